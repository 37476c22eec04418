"""What we write is, triple by triple, what the profiles say: graphs by hand, JSON-LD expanded by others' code."""

from __future__ import annotations

import pytest

from citycontext.ngsild import Entity, LanguageProperty, Property, Relationship, line_string, point
from citycontext.oslo import ENERGY, ISO, SOSA, read_json_ld, standard_tables, to_oslo
from citycontext.oslo.documents import context_document
from citycontext.oslo.n_triples import write_n_triples

PREFIXES = """
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
@prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix dct: <http://purl.org/dc/terms/> .
@prefix dc11: <http://purl.org/dc/elements/1.1/> .
@prefix sosa: <http://www.w3.org/ns/sosa/> .
@prefix ssn: <http://www.w3.org/ns/ssn/> .
@prefix time: <http://www.w3.org/2006/time#> .
@prefix schema: <https://schema.org/> .
@prefix geo: <http://www.opengis.net/ont/geosparql#> .
@prefix sf: <http://www.opengis.net/ont/sf#> .
@prefix locn: <http://www.w3.org/ns/locn#> .
@prefix unit: <http://qudt.org/vocab/unit/> .
@prefix qudt: <http://qudt.org/schema/qudt/> .
@prefix dqv: <http://www.w3.org/ns/dqv#> .
@prefix mv: <http://schema.mobivoc.org/#> .
@prefix inf: <https://data.vlaanderen.be/ns/openbaardomein/infrastructuur#> .
@prefix vm: <https://data.vlaanderen.be/ns/verkeersmetingen#> .
@prefix im: <https://implementatie.data.vlaanderen.be/ns/vsds-verkeersmetingen#> .
@prefix weg: <https://data.vlaanderen.be/ns/weg#> .
@prefix wk: <https://data.vlaanderen.be/ns/waterkwaliteit#> .
@prefix aq: <https://purl.eu/ns/air-and-water/air#> .
@prefix wq: <https://purl.eu/ns/air-and-water/water-quality#> .
@prefix obs: <http://def.isotc211.org/iso19156/2011/Observation#> .
@prefix mst: <http://def.isotc211.org/iso19156/2011/Measurement#> .
@prefix cnt: <http://def.isotc211.org/iso19156/2011/CountObservation#> .
@prefix tru: <http://def.isotc211.org/iso19156/2011/TruthObservation#> .
@prefix pnt: <http://def.isotc211.org/iso19156/2011/SamplingPoint#> .
@prefix crv: <http://def.isotc211.org/iso19156/2011/SamplingCurve#> .
@prefix sfe: <http://def.isotc211.org/iso19156/2011/SamplingFeature#> .
@prefix uom: <http://def.isotc211.org/iso19103/2005/UnitsOfMeasure#> .
@prefix vkm: <https://data.vlaanderen.be/id/concept/VkmVerkeersKenmerkType/> .
@prefix voertuig: <https://data.vlaanderen.be/id/concept/VkmVoertuigType/> .
@prefix gent: <https://data.stad.gent/id/concept/> .
@prefix sdm: <https://smartdatamodels.org/dataModel.> .
"""
TIME = "2024-05-01T10:00:00Z"
TABLES = standard_tables().with_base("https://data.stad.gent/id/concept/")

AIR = Entity(
    id="urn:ngsi-ld:AirQualityObserved:1",
    type="AirQualityObserved",
    location=point(3.72, 51.05),
    dateObserved="2024-05-01T10:05:00Z",
    refPointOfInterest=Relationship("urn:ngsi-ld:PointOfInterest:square"),
    pm10=Property(20.43, unit_code="GQ", observed_at=TIME, observedBy=Relationship("urn:ngsi-ld:Device:1")),
)
AIR_ISO = """
<urn:ngsi-ld:AirQualityObserved:1> a sosa:ObservationCollection, aq:AirQualityObservationCollection ;
    dct:type <https://smartdatamodels.org/dataModel.Environment/AirQualityObserved> ;
    sosa:hasFeatureOfInterest <urn:ngsi-ld:AirQualityObserved:1/sample> ;
    sosa:phenomenonTime [ a time:Instant ; time:inXSDDateTime "2024-05-01T10:05:00Z"^^xsd:dateTime ] ;
    sosa:hasMember <urn:ngsi-ld:AirQualityObserved:1/pm10/2024-05-01T10:00:00Z> .
<urn:ngsi-ld:AirQualityObserved:1/sample> a pnt:SF_SamplingPoint ;
    pnt:SF_SamplingPoint.shape [ a sf:Point ; geo:asWKT "POINT (3.72 51.05)"^^geo:wktLiteral ] ;
    sfe:SF_SamplingFeature.sampledFeature <urn:ngsi-ld:PointOfInterest:square> .
<urn:ngsi-ld:AirQualityObserved:1/pm10/2024-05-01T10:00:00Z> a aq:AirPollutantValueObservation ;
    aq:AirPollutantObservation.observedProperty <http://dd.eionet.europa.eu/vocabulary/aq/pollutant/5> ;
    obs:OM_Observation.featureOfInterest <urn:ngsi-ld:AirQualityObserved:1/sample> ;
    obs:OM_Observation.phenomenonTime [ a time:Instant ; time:inXSDDateTime "2024-05-01T10:00:00Z"^^xsd:dateTime ] ;
    obs:OM_Observation.resultTime "2024-05-01T10:00:00Z"^^xsd:dateTime ;
    sosa:madeBySensor <urn:ngsi-ld:Device:1> ;
    aq:AirPollutantValueObservation.airPollutantValue [ a uom:Measure ; uom:Measure.value
        [ a schema:QuantitativeValue ; schema:value 20.43 ; schema:unitCode unit:MicroGM-PER-M3 ] ] .
"""

WEATHER = Entity(
    id="urn:ngsi-ld:WeatherObserved:1",
    type="WeatherObserved",
    dateObserved=TIME,
    temperature=Property(12, unit_code="CEL", accuracy=Property(0.5)),
)
WEATHER_ISO = """
<urn:ngsi-ld:WeatherObserved:1> a sosa:ObservationCollection ;
    dct:type <https://smartdatamodels.org/dataModel.Weather/WeatherObserved> ;
    sosa:hasFeatureOfInterest <urn:ngsi-ld:WeatherObserved:1/sample> ;
    sosa:phenomenonTime _:t ;
    sosa:hasMember <urn:ngsi-ld:WeatherObserved:1/temperature> .
_:t a time:Instant ; time:inXSDDateTime "2024-05-01T10:00:00Z"^^xsd:dateTime .
<urn:ngsi-ld:WeatherObserved:1/sample>
    a <http://def.isotc211.org/iso19156/2011/SpatialSamplingFeature#SF_SpatialSamplingFeature> .
<urn:ngsi-ld:WeatherObserved:1/temperature> a mst:OM_Measurement ;
    obs:OM_Observation.observedProperty <https://data.stad.gent/id/concept/ObserveerbaarKenmerk/temperature> ;
    obs:OM_Observation.featureOfInterest <urn:ngsi-ld:WeatherObserved:1/sample> ;
    obs:OM_Observation.phenomenonTime _:t ;
    obs:OM_Observation.resultTime [ a time:Instant ; time:inXSDDateTime "2024-05-01T10:00:00Z"^^xsd:dateTime ] ;
    obs:OM_Observation.resultQuality [ a <http://def.isotc211.org/iso19157/2013/DataQuality_2#DQ_Element> ;
        dct:type gent:Kwaliteit\\/accuracy ; schema:value 0.5 ] ;
    obs:OM_Observation.result _:m1 ; mst:OM_Measurement.result _:m1 .
_:m1 a uom:Measure ; uom:Measure.value
        [ a schema:QuantitativeValue ; schema:value 12 ; schema:unitCode unit:DEG_C ] .
"""
WEATHER_SOSA = """
<urn:ngsi-ld:WeatherObserved:1> a sosa:ObservationCollection ;
    dct:type <https://smartdatamodels.org/dataModel.Weather/WeatherObserved> ;
    sosa:hasFeatureOfInterest <urn:ngsi-ld:WeatherObserved:1/sample> ;
    sosa:phenomenonTime _:t ;
    sosa:hasMember <urn:ngsi-ld:WeatherObserved:1/temperature> .
_:t a time:Instant ; time:inXSDDateTime "2024-05-01T10:00:00Z"^^xsd:dateTime .
<urn:ngsi-ld:WeatherObserved:1/sample> a sosa:Sample .
<urn:ngsi-ld:WeatherObserved:1/temperature> a sosa:Observation ;
    sosa:observedProperty <https://data.stad.gent/id/concept/ObserveerbaarKenmerk/temperature> ;
    sosa:hasFeatureOfInterest <urn:ngsi-ld:WeatherObserved:1/sample> ;
    sosa:phenomenonTime _:t ;
    sosa:resultTime [ a time:Instant ; time:inXSDDateTime "2024-05-01T10:00:00Z"^^xsd:dateTime ] ;
    sosa:resultQuality [ a dqv:QualityMeasurement ; dqv:isMeasurementOf gent:Kwaliteit\\/accuracy ; dqv:value 0.5 ] ;
    sosa:hasResult [ a qudt:QuantityValue ; qudt:numericValue 12 ; qudt:hasUnit unit:DEG_C ] .
"""

WEATHER_ENERGY = WEATHER_SOSA.replace(
    "[ a qudt:QuantityValue ; qudt:numericValue 12 ; qudt:hasUnit unit:DEG_C ]",
    "[ a schema:QuantitativeValue ; schema:value 12 ; schema:unitCode unit:DEG_C ]",
)

NOISE = Entity(
    id="urn:ngsi-ld:NoiseLevelObserved:1",
    type="NoiseLevelObserved",
    location=point(3.72, 51.05),
    dateObservedFrom="2024-05-01T09:00:00Z",
    dateObservedTo=TIME,
    LAeq=Property(54.2, unit_code="2N", observed_at=TIME),
)
NOISE_SOSA = """
<urn:ngsi-ld:NoiseLevelObserved:1> a sosa:ObservationCollection ;
    dct:type <https://smartdatamodels.org/dataModel.Environment/NoiseLevelObserved> ;
    sosa:hasFeatureOfInterest <urn:ngsi-ld:NoiseLevelObserved:1/sample> ;
    sosa:phenomenonTime [ a time:ProperInterval ;
        time:hasBeginning [ a time:Instant ; time:inXSDDateTime "2024-05-01T09:00:00Z"^^xsd:dateTime ] ;
        time:hasEnd [ a time:Instant ; time:inXSDDateTime "2024-05-01T10:00:00Z"^^xsd:dateTime ] ] ;
    sosa:hasMember <urn:ngsi-ld:NoiseLevelObserved:1/LAeq/2024-05-01T10:00:00Z> .
<urn:ngsi-ld:NoiseLevelObserved:1/sample> a sosa:Sample, wk:Meetpunt ;
    geo:hasGeometry [ a sf:Point ; geo:asWKT "POINT (3.72 51.05)"^^geo:wktLiteral ] .
<urn:ngsi-ld:NoiseLevelObserved:1/LAeq/2024-05-01T10:00:00Z> a sosa:Observation ;
    sosa:observedProperty <https://data.stad.gent/id/concept/ObserveerbaarKenmerk/LAeq> ;
    sosa:hasFeatureOfInterest <urn:ngsi-ld:NoiseLevelObserved:1/sample> ;
    sosa:phenomenonTime [ a time:ProperInterval ;
        time:hasBeginning [ a time:Instant ; time:inXSDDateTime "2024-05-01T09:00:00Z"^^xsd:dateTime ] ;
        time:hasEnd [ a time:Instant ; time:inXSDDateTime "2024-05-01T10:00:00Z"^^xsd:dateTime ] ] ;
    sosa:resultTime [ a time:Instant ; time:inXSDDateTime "2024-05-01T10:00:00Z"^^xsd:dateTime ] ;
    sosa:hasResult [ a qudt:QuantityValue ; qudt:numericValue 54.2 ; qudt:hasUnit unit:DeciB ] .
"""

TRAFFIC = Entity(
    id="urn:ngsi-ld:TrafficFlowObserved:1",
    type="TrafficFlowObserved",
    location=line_string((3.72, 51.05), (3.73, 51.05)),
    dateObserved=f"2024-05-01T09:45:00Z/{TIME}",
    intensity=11,
    vehicleType="bicycle",
    laneDirection="backward",
    refRoadSegment=Relationship("urn:ngsi-ld:RoadSegment:1"),
    congested=False,
)
TRAFFIC_ISO = """
<urn:ngsi-ld:TrafficFlowObserved:1> a sosa:ObservationCollection, vm:Verkeersmetingverzameling ;
    dct:type <https://smartdatamodels.org/dataModel.Transportation/TrafficFlowObserved> ;
    sosa:hasFeatureOfInterest <urn:ngsi-ld:TrafficFlowObserved:1/sample> ;
    sosa:phenomenonTime _:t ;
    vm:heeftLid <urn:ngsi-ld:TrafficFlowObserved:1/intensity> ;
    sosa:hasMember <urn:ngsi-ld:TrafficFlowObserved:1/intensity>, <urn:ngsi-ld:TrafficFlowObserved:1/congested> .
_:t a time:ProperInterval ;
    time:hasBeginning [ a time:Instant ; time:inXSDDateTime "2024-05-01T09:45:00Z"^^xsd:dateTime ] ;
    time:hasEnd [ a time:Instant ; time:inXSDDateTime "2024-05-01T10:00:00Z"^^xsd:dateTime ] .
<urn:ngsi-ld:TrafficFlowObserved:1/sample> a vm:Verkeersmeettraject ;
    crv:SF_SamplingCurve.shape [ a sf:LineString ; geo:asWKT "LINESTRING (3.72 51.05, 3.73 51.05)"^^geo:wktLiteral ] ;
    vm:bemonsterdObject <urn:ngsi-ld:RoadSegment:1> ,
        [ a weg:Rijrichting ;
          weg:rijrichting <https://inspire.ec.europa.eu/codelist/LinkDirectionValue/inOppositeDirection> ] .
<urn:ngsi-ld:RoadSegment:1> a weg:Wegsegment .
<urn:ngsi-ld:TrafficFlowObserved:1/intensity> a im:Verkeerstelling, vm:Verkeersmeting ;
    im:Verkeerstelling.geobserveerdKenmerk [ a im:Verkeerstellingkenmerk ;
        im:Verkeerstellingkenmerk.kenmerktype vkm:aantal ; vm:voertuigType voertuig:fiets ] ;
    vm:geobserveerdObject <urn:ngsi-ld:TrafficFlowObserved:1/sample> ;
    obs:OM_Observation.phenomenonTime _:t ;
    obs:OM_Observation.resultTime [ a time:Instant ; time:inXSDDateTime "2024-05-01T10:00:00Z"^^xsd:dateTime ] ;
    im:Verkeerstelling.tellingresultaat 11 .
<urn:ngsi-ld:TrafficFlowObserved:1/congested> a tru:OM_TruthObservation ;
    obs:OM_Observation.observedProperty
        [ a <http://def.isotc211.org/iso19109/2005/GeneralFeatureModel#GF_PropertyType> ;
          dct:type <https://data.stad.gent/id/concept/ObserveerbaarKenmerk/congested> ;
          vm:voertuigType voertuig:fiets ] ;
    obs:OM_Observation.featureOfInterest <urn:ngsi-ld:TrafficFlowObserved:1/sample> ;
    obs:OM_Observation.phenomenonTime _:t ;
    obs:OM_Observation.resultTime [ a time:Instant ; time:inXSDDateTime "2024-05-01T10:00:00Z"^^xsd:dateTime ] ;
    obs:OM_Observation.result false ; tru:OM_TruthObservation.result false .
"""

WATER = Entity(
    id="urn:ngsi-ld:WaterQualityObserved:1",
    type="WaterQualityObserved",
    conductivity=Property(2567.02, unit_code="G42", observed_at=TIME),
)
WATER_ISO = """
<urn:ngsi-ld:WaterQualityObserved:1> a sosa:ObservationCollection ;
    dct:type <https://smartdatamodels.org/dataModel.WaterQuality/WaterQualityObserved> ;
    sosa:hasFeatureOfInterest <urn:ngsi-ld:WaterQualityObserved:1/sample> ;
    sosa:hasMember <urn:ngsi-ld:WaterQualityObserved:1/conductivity/2024-05-01T10:00:00Z> .
<urn:ngsi-ld:WaterQualityObserved:1/sample> a wk:Meetpunt .
<urn:ngsi-ld:WaterQualityObserved:1/conductivity/2024-05-01T10:00:00Z> a wq:WaterQualityParameterObservation ;
    wq:WaterQualityParameterObservation.observedProperty
        <https://data.vmm.be/concept/waterkwaliteitparameter/conductiviteit> ;
    obs:OM_Observation.featureOfInterest <urn:ngsi-ld:WaterQualityObserved:1/sample> ;
    obs:OM_Observation.phenomenonTime [ a time:Instant ; time:inXSDDateTime "2024-05-01T10:00:00Z"^^xsd:dateTime ] ;
    obs:OM_Observation.resultTime [ a time:Instant ; time:inXSDDateTime "2024-05-01T10:00:00Z"^^xsd:dateTime ] ;
    wq:WaterQualityParameterObservation.waterQualityParameterResult [ a uom:Measure ; uom:Measure.value
        [ a schema:QuantitativeValue ; schema:value 2567.02 ; schema:unitCode unit:MicroS-PER-CentiM ] ] .
"""

CONTAINER = Entity(
    id="urn:ngsi-ld:WasteContainer:1",
    type="WasteContainer",
    name=LanguageProperty({"nl": "Glasbol", "fr": "Bulle à verre"}),
    location=point(3.72, 51.05),
    storedWasteKind="glass",
    fillingLevel=Property(0.4, unit_code="C62", observed_at=TIME),
)
CONTAINER_ISO = """
<urn:ngsi-ld:WasteContainer:1> a inf:Recyclagecontainer ;
    rdfs:label "Glasbol"@nl, "Bulle à verre"@fr ;
    locn:geometry [ a locn:Geometry, sf:Point ; geo:asWKT "POINT (3.72 51.05)"^^geo:wktLiteral ] ;
    inf:sorteerfractie <https://data.vlaanderen.be/id/concept/Sorteerfracties/HolGlas> .
<urn:ngsi-ld:WasteContainer:1/fillingLevel/2024-05-01T10:00:00Z> a mst:OM_Measurement ;
    obs:OM_Observation.observedProperty <https://data.stad.gent/id/concept/ObserveerbaarKenmerk/fillingLevel> ;
    obs:OM_Observation.featureOfInterest <urn:ngsi-ld:WasteContainer:1> ;
    obs:OM_Observation.phenomenonTime [ a time:Instant ; time:inXSDDateTime "2024-05-01T10:00:00Z"^^xsd:dateTime ] ;
    obs:OM_Observation.resultTime [ a time:Instant ; time:inXSDDateTime "2024-05-01T10:00:00Z"^^xsd:dateTime ] ;
    obs:OM_Observation.result _:m2 ; mst:OM_Measurement.result _:m2 .
_:m2 a uom:Measure ; uom:Measure.value
        [ a schema:QuantitativeValue ; schema:value 0.4 ; schema:unitCode unit:UNITLESS ] .
"""

SPOT = Entity(
    id="urn:ngsi-ld:ParkingSpot:1",
    type="ParkingSpot",
    status=Property("occupied", observed_at=TIME),
    refParkingSite=Relationship("urn:ngsi-ld:OffStreetParking:1"),
)
SPOT_SOSA = """
<urn:ngsi-ld:ParkingSpot:1> a mv:ParkingSpace ;
    <https://data.vlaanderen.be/ns/mobiliteit/trips-en-aanbod#status> gent:ResourceStatus\\/inGebruik .
<urn:ngsi-ld:OffStreetParking:1> mv:parkingSpace <urn:ngsi-ld:ParkingSpot:1> .
<urn:ngsi-ld:ParkingSpot:1/status/2024-05-01T10:00:00Z> a sosa:Observation ;
    sosa:observedProperty <https://data.stad.gent/id/concept/ObserveerbaarKenmerk/status> ;
    sosa:hasFeatureOfInterest <urn:ngsi-ld:ParkingSpot:1> ;
    sosa:phenomenonTime [ a time:Instant ; time:inXSDDateTime "2024-05-01T10:00:00Z"^^xsd:dateTime ] ;
    sosa:resultTime [ a time:Instant ; time:inXSDDateTime "2024-05-01T10:00:00Z"^^xsd:dateTime ] ;
    sosa:hasResult [ a sosa:Result ; rdf:value "occupied" ] .
"""

SPEED = Entity(
    id="urn:ngsi-ld:TrafficFlowObserved:2",
    type="TrafficFlowObserved",
    location=point(3.72, 51.05),
    dateObserved=TIME,
    averageVehicleSpeed=Property(31.5, unit_code="KMH"),
    occupancy=Property(0.2, unit_code="C62"),
)
SPEED_ISO = """
<urn:ngsi-ld:TrafficFlowObserved:2> a sosa:ObservationCollection, vm:Verkeersmetingverzameling ;
    dct:type <https://smartdatamodels.org/dataModel.Transportation/TrafficFlowObserved> ;
    sosa:hasFeatureOfInterest <urn:ngsi-ld:TrafficFlowObserved:2/sample> ;
    sosa:phenomenonTime _:t ;
    vm:heeftLid <urn:ngsi-ld:TrafficFlowObserved:2/averageVehicleSpeed> ,
        <urn:ngsi-ld:TrafficFlowObserved:2/occupancy> ;
    sosa:hasMember <urn:ngsi-ld:TrafficFlowObserved:2/averageVehicleSpeed> ,
        <urn:ngsi-ld:TrafficFlowObserved:2/occupancy> .
_:t a time:Instant ; time:inXSDDateTime "2024-05-01T10:00:00Z"^^xsd:dateTime .
<urn:ngsi-ld:TrafficFlowObserved:2/sample> a vm:Verkeersmeetpunt ;
    pnt:SF_SamplingPoint.shape [ a sf:Point ; geo:asWKT "POINT (3.72 51.05)"^^geo:wktLiteral ] .
<urn:ngsi-ld:TrafficFlowObserved:2/averageVehicleSpeed> a im:Verkeerssnelheidsmeting, vm:Verkeersmeting ;
    im:Verkeerssnelheidsmeting.geobserveerdKenmerk [ a im:Verkeerssnelheidsmetingkenmerk ;
        im:Verkeerssnelheidsmetingkenmerk.kenmerktype vkm:tijdsgemiddelde_snelheid ] ;
    vm:geobserveerdObject <urn:ngsi-ld:TrafficFlowObserved:2/sample> ;
    obs:OM_Observation.phenomenonTime _:t ;
    obs:OM_Observation.resultTime [ a time:Instant ; time:inXSDDateTime "2024-05-01T10:00:00Z"^^xsd:dateTime ] ;
    mst:OM_Measurement.result [ a uom:Measure ; uom:Measure.value
        [ a schema:QuantitativeValue ; schema:value 31.5 ; schema:unitCode unit:KiloM-PER-HR ] ] .
<urn:ngsi-ld:TrafficFlowObserved:2/occupancy> a vm:Verkeersmeting ;
    vm:geobserveerdKenmerk [ a vm:Verkeerskenmerk ; dc11:type gent:ObserveerbaarKenmerk\\/occupancy ] ;
    vm:geobserveerdObject <urn:ngsi-ld:TrafficFlowObserved:2/sample> ;
    <https://def.isotc211.org/iso19156/2011/Observation#OM_Observation.phenomenonTime> _:t ;
    obs:OM_Observation.resultTime [ a time:Instant ; time:inXSDDateTime "2024-05-01T10:00:00Z"^^xsd:dateTime ] ;
    obs:OM_Observation.result _:m3 .
_:m3 a uom:Measure ; uom:Measure.value
        [ a schema:QuantitativeValue ; schema:value 0.2 ; schema:unitCode unit:UNITLESS ] .
"""

PARKING = Entity(
    id="urn:ngsi-ld:OffStreetParking:1",
    type="OffStreetParking",
    name="P+R",
    layout=["surface"],
    category=["free"],
    totalSpotNumber=280,
    availableSpotNumber=Property(12, observed_at=TIME),
    occupancy=Property(0.95, observed_at=TIME),
    occupancyModified=TIME,
    provider={"name": "Stad"},
    address={"streetAddress": "Veldstraat", "streetNr": "1", "postalCode": "9000", "addressLocality": "Gent"},
)
PARKING_ISO = """
<urn:ngsi-ld:OffStreetParking:1> a mv:ParkingLot ; rdfs:label "P+R" ;
    mv:price [ a <http://schema.org/PriceSpecification> ; mv:freeOfCharge 1 ] ;
    mv:capacity [ a mv:Capacity ; mv:totalCapacity 280 ], [ a mv:RealTimeCapacity ; mv:currentValue 12 ] ;
    mv:rateOfOccupancy 95 ;
    dct:modified "2024-05-01T10:00:00Z"^^xsd:dateTime ;
    mv:operatedBy [ a dct:Agent, <http://schema.org/Organization> ; rdfs:label "Stad" ] ;
    locn:address [ a locn:Address ; locn:thoroughfare "Veldstraat" ; locn:postCode "9000" ;
        <https://data.vlaanderen.be/ns/adres#Adresvoorstelling.huisnummer> "1" ;
        <https://data.vlaanderen.be/ns/adres#gemeentenaam> "Gent" ] .
"""

LIGHT = Entity(
    id="urn:ngsi-ld:Streetlight:1",
    type="Streetlight",
    location=point(3.72, 51.05),
    dateServiceStarted="2020-01-01T00:00:00Z",
    powerState=Property("on", observed_at=TIME),
)
LIGHT_ISO = """
<urn:ngsi-ld:Streetlight:1> a inf:Lichtpunt ;
    locn:geometry [ a locn:Geometry, sf:Point ; geo:asWKT "POINT (3.72 51.05)"^^geo:wktLiteral ] ;
    <https://data.vlaanderen.be/ns/openbaardomein#begindatum> "2020-01-01T00:00:00Z"^^xsd:dateTime .
<urn:ngsi-ld:Streetlight:1/powerState/2024-05-01T10:00:00Z>
    a <http://def.isotc211.org/iso19156/2011/CategoryObservation#OM_CategoryObservation> ;
    obs:OM_Observation.observedProperty gent:ObserveerbaarKenmerk\\/powerState ;
    obs:OM_Observation.featureOfInterest <urn:ngsi-ld:Streetlight:1> ;
    obs:OM_Observation.phenomenonTime [ a time:Instant ; time:inXSDDateTime "2024-05-01T10:00:00Z"^^xsd:dateTime ] ;
    obs:OM_Observation.resultTime [ a time:Instant ; time:inXSDDateTime "2024-05-01T10:00:00Z"^^xsd:dateTime ] ;
    obs:OM_Observation.result "on" ;
    <http://def.isotc211.org/iso19156/2011/CategoryObservation#OM_CategoryObservation.result> "on" .
"""

CHARGING = Entity(
    id="urn:ngsi-ld:EVChargingStation:1",
    type="EVChargingStation",
    capacity=4,
    availableCapacity=2,
    status="working",
    socketType=["CHAdeMO", "Type2"],
    allowedVehicleType=["car"],
    operator="Stad",
)
CHARGING_SOSA = """
<urn:ngsi-ld:EVChargingStation:1> a inf:Oplaadpunt ;
    mv:capacity [ a mv:Capacity ; mv:totalCapacity 4 ], [ a mv:RealTimeCapacity ; mv:currentValue 2 ] ;
    <https://data.vlaanderen.be/ns/mobiliteit/trips-en-aanbod#status> gent:ResourceStatus\\/beschikbaar ;
    inf:stekkertype <https://data.vlaanderen.be/id/concept/OplaadpuntStekkertypes/4> ,
        <https://data.vlaanderen.be/id/concept/OplaadpuntStekkertypes/2> ;
    inf:geschiktVoor gent:Voertuigtype\\/car ;
    mv:operatedBy [ a dct:Agent, <http://schema.org/Organization> ; rdfs:label "Stad" ] .
"""

DEVICE = Entity(
    id="urn:ngsi-ld:DeviceMeasurement:1",
    type="DeviceMeasurement",
    dateObserved=TIME,
    refDevice=Relationship("urn:ngsi-ld:Device:1"),
    controlledProperty="soilMoisture",
    numValue=Property(41, unit_code="P1"),
)
DEVICE_SOSA = """
<urn:ngsi-ld:DeviceMeasurement:1> a sosa:ObservationCollection ;
    dct:type <https://smartdatamodels.org/dataModel.Device/DeviceMeasurement> ;
    sosa:hasFeatureOfInterest <urn:ngsi-ld:DeviceMeasurement:1/sample> ;
    sosa:phenomenonTime _:t ;
    sosa:madeBySensor <urn:ngsi-ld:Device:1> ;
    sosa:hasMember <urn:ngsi-ld:DeviceMeasurement:1/numValue> .
_:t a time:Instant ; time:inXSDDateTime "2024-05-01T10:00:00Z"^^xsd:dateTime .
<urn:ngsi-ld:DeviceMeasurement:1/sample> a sosa:Sample .
<urn:ngsi-ld:DeviceMeasurement:1/numValue> a sosa:Observation ;
    sosa:observedProperty gent:ObserveerbaarKenmerk\\/soilMoisture ;
    sosa:hasFeatureOfInterest <urn:ngsi-ld:DeviceMeasurement:1/sample> ;
    sosa:phenomenonTime _:t ;
    sosa:resultTime [ a time:Instant ; time:inXSDDateTime "2024-05-01T10:00:00Z"^^xsd:dateTime ] ;
    sosa:madeBySensor <urn:ngsi-ld:Device:1> ;
    sosa:hasResult [ a qudt:QuantityValue ; qudt:numericValue 41 ; qudt:hasUnit unit:PERCENT ] .
"""

GOLDEN = {
    "speed and occupancy of a road, first generation": (SPEED, ISO, SPEED_ISO),
    "parking, as Gent publishes it": (PARKING, ISO, PARKING_ISO),
    "light, first generation": (LIGHT, ISO, LIGHT_ISO),
    "charging, second generation": (CHARGING, SOSA, CHARGING_SOSA),
    "any device, second generation": (DEVICE, SOSA, DEVICE_SOSA),
    "air, first generation": (AIR, ISO, AIR_ISO),
    "weather, first generation": (WEATHER, ISO, WEATHER_ISO),
    "weather, second generation": (WEATHER, SOSA, WEATHER_SOSA),
    "weather, as energy management": (WEATHER, ENERGY, WEATHER_ENERGY),
    "noise, second generation": (NOISE, SOSA, NOISE_SOSA),
    "traffic, first generation": (TRAFFIC, ISO, TRAFFIC_ISO),
    "water, first generation": (WATER, ISO, WATER_ISO),
    "container, first generation": (CONTAINER, ISO, CONTAINER_ISO),
    "parking spot, second generation": (SPOT, SOSA, SPOT_SOSA),
}


@pytest.mark.parametrize("name", sorted(GOLDEN))
def test_the_triples_are_those_of_the_profile(name, rdf, same_triples):
    """What is written equals the graph written by hand, and so does its JSON-LD."""
    entity, profile, expected = GOLDEN[name]
    written = to_oslo(entity, profile=profile, tables=TABLES)
    golden = rdf(PREFIXES + expected)
    same_triples(golden, rdf(written.to_n_triples(), "nt"))
    same_triples(golden, rdf(write_n_triples(read_json_ld(written.to_json_ld())), "nt"))


@pytest.mark.parametrize("name", sorted(GOLDEN))
def test_json_ld_has_no_term_left_unnamed(name):
    """Every predicate and class of the output has a Dutch term in the profile's context; only addresses stay IRIs."""
    entity, profile, _ = GOLDEN[name]

    def look(part: object) -> None:
        if isinstance(part, list):
            for one in part:
                look(one)
        elif isinstance(part, dict):
            for term, said in part.items():
                assert "://" not in term, term
                if term == "@type":
                    assert not any(one.startswith("http") for one in (said if isinstance(said, list) else [said])), said
                else:
                    look(said)

    document = to_oslo(entity, profile=profile, tables=TABLES).to_json_ld()
    look({name: said for name, said in document.items() if name != "@context"})


@pytest.mark.parametrize("name", ["observaties", "sosa", "adressen"])
def test_our_contexts_are_valid_json_ld(name):
    """Each context document stands alone: JSON-LD 1.1 that a processor takes without fetching anything."""
    jsonld = pytest.importorskip("pyld").jsonld
    context = context_document(name)

    def refuse(url: str, _: object) -> None:
        raise AssertionError(f"{url} was fetched")

    for term in context["@context"]:
        if term.startswith("@") or context["@context"][term] == "@graph":
            continue
        document = {**context, "@id": "urn:x", term: "http://example.org/x"}
        jsonld.expand(document, {"documentLoader": refuse, "processingMode": "json-ld-1.1"})
