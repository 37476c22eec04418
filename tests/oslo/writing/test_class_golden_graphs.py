"""What classes of OSLO become is, triple by triple, what the vocabularies say: graphs by hand."""

from __future__ import annotations

import pytest

from citycontext.ngsild import LanguageProperty, Property, Relationship, point
from citycontext.oslo import ENERGY, ISO, SOSA, from_oslo, read_json_ld, standard_tables, to_oslo
from citycontext.oslo.documents import context_document
from citycontext.oslo.entities.addresses import Adres, Adresvoorstelling
from citycontext.oslo.entities.air import LuchtkwaliteitObservatie
from citycontext.oslo.entities.noise import Geluidsmeting
from citycontext.oslo.entities.observations import Observatieverzameling
from citycontext.oslo.entities.parking import Parkeerterrein
from citycontext.oslo.entities.public_domain import Lichtpunt
from citycontext.oslo.entities.sensors import Sensor
from citycontext.oslo.entities.traffic import Verkeersmeetpunt, Verkeerstelling
from citycontext.oslo.entities.water import ChemischAgensConcentratieObservatie
from citycontext.oslo.n_triples import write_n_triples
from citycontext.oslo.profiles import all_forms
from citycontext.oslo.vocabulary import RDF_TYPE, iri

BASE = "https://data.stad.gent/id/concept/"
TABLES = standard_tables().with_base(BASE)
TIME = "2024-05-01T10:00:00Z"
PREFIXES = f"""
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix dct: <http://purl.org/dc/terms/> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix adms: <http://www.w3.org/ns/adms#> .
@prefix prov: <http://www.w3.org/ns/prov#> .
@prefix locn: <http://www.w3.org/ns/locn#> .
@prefix geo: <http://www.opengis.net/ont/geosparql#> .
@prefix sf: <http://www.opengis.net/ont/sf#> .
@prefix sosa: <http://www.w3.org/ns/sosa/> .
@prefix ssn: <http://www.w3.org/ns/ssn/> .
@prefix time: <http://www.w3.org/2006/time#> .
@prefix schema: <https://schema.org/> .
@prefix unit: <http://qudt.org/vocab/unit/> .
@prefix qudt: <http://qudt.org/schema/qudt/> .
@prefix mv: <http://schema.mobivoc.org/#> .
@prefix adr: <https://data.vlaanderen.be/ns/adres#> .
@prefix gen: <https://data.vlaanderen.be/ns/generiek#> .
@prefix oem: <https://data.vlaanderen.be/ns/observaties-en-metingen#> .
@prefix vm: <https://data.vlaanderen.be/ns/verkeersmetingen#> .
@prefix im: <https://implementatie.data.vlaanderen.be/ns/vsds-verkeersmetingen#> .
@prefix wk: <https://data.vlaanderen.be/ns/waterkwaliteit#> .
@prefix aq: <https://purl.eu/ns/air-and-water/air#> .
@prefix wq: <https://purl.eu/ns/air-and-water/water-quality#> .
@prefix weg: <https://data.vlaanderen.be/ns/weg#> .
@prefix od: <https://data.vlaanderen.be/ns/openbaardomein#> .
@prefix inf: <https://data.vlaanderen.be/ns/openbaardomein/infrastructuur#> .
@prefix obs: <http://def.isotc211.org/iso19156/2011/Observation#> .
@prefix mst: <http://def.isotc211.org/iso19156/2011/Measurement#> .
@prefix pnt: <http://def.isotc211.org/iso19156/2011/SamplingPoint#> .
@prefix uom: <http://def.isotc211.org/iso19103/2005/UnitsOfMeasure#> .
@prefix vkm: <https://data.vlaanderen.be/id/concept/VkmVerkeersKenmerkType/> .
@prefix voertuig: <https://data.vlaanderen.be/id/concept/VkmVoertuigType/> .
@prefix kind: <{BASE}Observatietype/> .
@prefix kwaliteit: <{BASE}Kwaliteit/> .
"""

ADDRESS = Adres(
    id="https://data.vlaanderen.be/id/adres/60",
    identifier={"naamruimte": "https://data.vlaanderen.be/id/adres", "lokaleIdentificator": "60"},
    house_number="42",
    box_number="5B",
    street_name=LanguageProperty({"nl": "Teststraat"}),
    homonym_addition=LanguageProperty({"nl": "UK"}),
    street=Relationship("https://data.vlaanderen.be/id/straatnaam/748"),
    municipality=Relationship("https://data.vlaanderen.be/id/gemeente/44021"),
    municipality_name=LanguageProperty({"nl": "Gent"}),
    postal_area=Relationship("https://data.vlaanderen.be/id/postinfo/9000"),
    post_code="9000",
    full_address=LanguageProperty({"nl": "Teststraat 42 bus 5B, 9000 Gent"}),
    officially_assigned=True,
    assigned_by=Relationship("https://data.vlaanderen.be/id/organisatie/OVO002067"),
    address_status="inGebruik",
    position=point(4.2296042, 51.0991668),
    position_method="aangeduidDoorBeheerder",
    position_specification="gebouweenheid",
)
ADDRESS_GRAPH = """
<https://data.vlaanderen.be/id/adres/60> a adr:Adres ;
    adms:identifier [ a adms:Identifier ; gen:gestructureerdeIdentificator [ a gen:GestructureerdeIdentificator ;
        gen:naamruimte "https://data.vlaanderen.be/id/adres" ; gen:lokaleIdentificator "60" ] ] ;
    adr:huisnummer "42" ; adr:busnummer "5B" ;
    adr:heeftStraatnaam <https://data.vlaanderen.be/id/straatnaam/748> ;
    adr:heeftGemeentenaam [ a adr:Gemeentenaam ; rdfs:label "Gent"@nl ;
        adr:isAfgeleidVan <https://data.vlaanderen.be/id/gemeente/44021> ] ;
    adr:heeftPostinfo <https://data.vlaanderen.be/id/postinfo/9000> ;
    adr:isVerrijktMet [ a adr:Adresuitbreiding ; adr:volledigAdres "Teststraat 42 bus 5B, 9000 Gent"@nl ] ;
    adr:officieelToegekend true ;
    prov:wasAttributedTo <https://data.vlaanderen.be/id/organisatie/OVO002067> ;
    adr:Adres.status <https://data.vlaanderen.be/id/concept/adresstatus/inGebruik> ;
    adr:positie [ a gen:GeografischePositie ;
        locn:geometry [ a locn:Geometry, sf:Point ; geo:asWKT "POINT (4.2296042 51.0991668)"^^geo:wktLiteral ] ;
        gen:methode <https://data.vlaanderen.be/id/concept/geometriemethode/aangeduidDoorBeheerder> ;
        gen:specificatie <https://data.vlaanderen.be/id/concept/geometriespecificatie/gebouweenheid> ] .
<https://data.vlaanderen.be/id/straatnaam/748> a adr:Straatnaam ;
    rdfs:label "Teststraat"@nl ; adr:homoniemToevoeging "UK"@nl .
<https://data.vlaanderen.be/id/gemeente/44021> a gen:Gemeente .
<https://data.vlaanderen.be/id/postinfo/9000> a adr:Postinfo ; adr:postcode "9000" .
"""

REPRESENTATION = Adresvoorstelling(
    id="urn:ngsi-ld:Adresvoorstelling:1", thoroughfare="Veldstraat", house_number="1", post_code="9000", country="BE"
)
REPRESENTATION_GRAPH = """
<urn:ngsi-ld:Adresvoorstelling:1> a locn:Address ; locn:thoroughfare "Veldstraat" ;
    adr:Adresvoorstelling.huisnummer "1" ; locn:postCode "9000" ; adr:land "BE" .
"""

PARKING = Parkeerterrein(
    id="urn:ngsi-ld:Parkeerterrein:1",
    naam=LanguageProperty({"nl": "P+R"}),
    capacity=280,
    available_capacity=12,
    rate_of_occupancy=95,
    modified=TIME,
    parking_space=Relationship("urn:ngsi-ld:Parkeerplaats:1"),
)
PARKING_GRAPH = """
<urn:ngsi-ld:Parkeerterrein:1> a mv:ParkingLot ; rdfs:label "P+R"@nl ;
    mv:capacity [ a mv:Capacity ; mv:totalCapacity 280 ], [ a mv:RealTimeCapacity ; mv:currentValue 12 ] ;
    mv:rateOfOccupancy 95 ;
    mv:parkingSpace <urn:ngsi-ld:Parkeerplaats:1> ;
    dct:modified "2024-05-01T10:00:00Z"^^xsd:dateTime .
"""

LIGHT = Lichtpunt(
    id="urn:ngsi-ld:Lichtpunt:1",
    identifier="L 12",
    start_date="2020-01-01T00:00:00Z",
    manager=Relationship("https://data.vlaanderen.be/id/organisatie/OVO002949"),
)
LIGHT_GRAPH = """
<urn:ngsi-ld:Lichtpunt:1> a inf:Lichtpunt ;
    adms:identifier [ a adms:Identifier ; skos:notation "L 12" ] ;
    od:begindatum "2020-01-01T00:00:00Z"^^xsd:dateTime ;
    od:beheerder <https://data.vlaanderen.be/id/organisatie/OVO002949> .
"""

COUNT = Verkeerstelling(
    id="urn:ngsi-ld:Verkeerstelling:1",
    phenomenon_time=f"2024-05-01T09:45:00Z/{TIME}",
    feature_of_interest=Relationship("urn:ngsi-ld:Verkeersmeetpunt:1"),
    made_by_sensor=Relationship("urn:ngsi-ld:Sensor:1"),
    vehicle_type="fiets",
    property_type="aantal",
    count=11,
)
INTERVAL = """[ a time:ProperInterval ;
        time:hasBeginning [ a time:Instant ; time:inXSDDateTime "2024-05-01T09:45:00Z"^^xsd:dateTime ] ;
        time:hasEnd [ a time:Instant ; time:inXSDDateTime "2024-05-01T10:00:00Z"^^xsd:dateTime ] ]"""
INSTANT = """[ a time:Instant ; time:inXSDDateTime "2024-05-01T10:00:00Z"^^xsd:dateTime ]"""
COUNT_ISO = f"""
<urn:ngsi-ld:Verkeerstelling:1> a im:Verkeerstelling ;
    im:Verkeerstelling.geobserveerdKenmerk [ a im:Verkeerstellingkenmerk ;
        im:Verkeerstellingkenmerk.kenmerktype vkm:aantal ; vm:voertuigType voertuig:fiets ] ;
    vm:geobserveerdObject <urn:ngsi-ld:Verkeersmeetpunt:1> ;
    obs:OM_Observation.phenomenonTime {INTERVAL} ;
    obs:OM_Observation.resultTime {INSTANT} ;
    sosa:madeBySensor <urn:ngsi-ld:Sensor:1> ;
    im:Verkeerstelling.tellingresultaat 11 .
"""
COUNT_SOSA = f"""
<urn:ngsi-ld:Verkeerstelling:1> a sosa:Observation ; dct:type im:Verkeerstelling ;
    sosa:observedProperty [ a ssn:Property ; dct:type vkm:aantal ; vm:voertuigType voertuig:fiets ] ;
    sosa:hasFeatureOfInterest <urn:ngsi-ld:Verkeersmeetpunt:1> ;
    sosa:phenomenonTime {INTERVAL} ;
    sosa:resultTime {INSTANT} ;
    sosa:madeBySensor <urn:ngsi-ld:Sensor:1> ;
    sosa:hasResult [ a sosa:Result ; <http://www.w3.org/1999/02/22-rdf-syntax-ns#value> 11 ] .
"""

POINT = Verkeersmeetpunt(
    id="urn:ngsi-ld:Verkeersmeetpunt:1",
    geometrie=point(3.72, 51.05),
    sampled_feature=Relationship("urn:ngsi-ld:RoadSegment:1"),
    driving_direction="inDirection",
)
POINT_GRAPH = """
<urn:ngsi-ld:Verkeersmeetpunt:1> a vm:Verkeersmeetpunt ;
    pnt:SF_SamplingPoint.shape [ a locn:Geometry, sf:Point ; geo:asWKT "POINT (3.72 51.05)"^^geo:wktLiteral ] ;
    vm:bemonsterdObject <urn:ngsi-ld:RoadSegment:1> ;
    vm:Verkeersmeetpunt.rijrichting [ a weg:Rijrichting ;
        weg:rijrichting <https://inspire.ec.europa.eu/codelist/LinkDirectionValue/inDirection> ] .
"""

AIR = LuchtkwaliteitObservatie(
    id="urn:ngsi-ld:LuchtkwaliteitObservatie:1",
    pollutant="no2",
    pollutant_value=Property(31.5, unit_code="GQ"),
    phenomenon_time=TIME,
    result_time="2024-05-01T10:05:00Z",
    feature_of_interest=Relationship("urn:ngsi-ld:Meetpunt:1"),
    reliability=0.9,
)
AIR_ISO = f"""
<urn:ngsi-ld:LuchtkwaliteitObservatie:1> a aq:AirPollutantValueObservation ;
    aq:AirPollutantObservation.observedProperty <http://dd.eionet.europa.eu/vocabulary/aq/pollutant/8> ;
    obs:OM_Observation.featureOfInterest <urn:ngsi-ld:Meetpunt:1> ;
    obs:OM_Observation.phenomenonTime {INSTANT} ;
    obs:OM_Observation.resultTime "2024-05-01T10:05:00Z"^^xsd:dateTime ;
    obs:OM_Observation.resultQuality [ a <http://def.isotc211.org/iso19157/2013/DataQuality_2#DQ_Element> ;
        dct:type kwaliteit:reliability ; schema:value 0.9 ] ;
    aq:AirPollutantValueObservation.airPollutantValue [ a uom:Measure ; uom:Measure.value
        [ a schema:QuantitativeValue ; schema:value 31.5 ; schema:unitCode unit:MicroGM-PER-M3 ] ] .
"""

NOISE = Geluidsmeting(
    id="urn:ngsi-ld:Geluidsmeting:1",
    observed_property=Relationship("https://data.stad.gent/id/concept/ObserveerbaarKenmerk/LAeq"),
    feature_of_interest=Relationship("urn:ngsi-ld:Meetpunt:1"),
    phenomenon_time=f"2024-05-01T09:45:00Z/{TIME}",
    valid_time="2024-05-01T10:00:00Z/..",
    identifier="G 1",
    carried_out_by=Relationship("https://data.vlaanderen.be/id/organisatie/OVO002949"),
    result=Property(54.2, unit_code="2N"),
)
NOISE_SOSA = f"""
<urn:ngsi-ld:Geluidsmeting:1> a sosa:Observation ; dct:type kind:Geluidsmeting ;
    sosa:observedProperty <https://data.stad.gent/id/concept/ObserveerbaarKenmerk/LAeq> ;
    sosa:hasFeatureOfInterest <urn:ngsi-ld:Meetpunt:1> ;
    sosa:phenomenonTime {INTERVAL} ;
    sosa:resultTime {INSTANT} ;
    <http://www.w3.org/ns/sosa/oms/validTime> [ a time:ProperInterval ; time:hasBeginning {INSTANT} ] ;
    adms:identifier [ a adms:Identifier ; skos:notation "G 1" ] ;
    dct:contributor <https://data.vlaanderen.be/id/organisatie/OVO002949> ;
    sosa:hasResult [ a qudt:QuantityValue ; qudt:numericValue 54.2 ; qudt:hasUnit unit:DeciB ] .
"""
NOISE_ENERGY = NOISE_SOSA.replace(
    "[ a qudt:QuantityValue ; qudt:numericValue 54.2 ; qudt:hasUnit unit:DeciB ]",
    "[ a schema:QuantitativeValue ; schema:value 54.2 ; schema:unitCode unit:DeciB ]",
)
NOISE_ISO = f"""
<urn:ngsi-ld:Geluidsmeting:1> a <http://def.isotc211.org/iso19156/2011/Measurement#OM_Measurement> ;
    dct:type kind:Geluidsmeting ;
    obs:OM_Observation.observedProperty <https://data.stad.gent/id/concept/ObserveerbaarKenmerk/LAeq> ;
    obs:OM_Observation.featureOfInterest <urn:ngsi-ld:Meetpunt:1> ;
    obs:OM_Observation.phenomenonTime {INTERVAL} ;
    obs:OM_Observation.resultTime {INSTANT} ;
    obs:OM_Observation.validTime [ a time:ProperInterval ; time:hasBeginning {INSTANT} ] ;
    oem:Observatie.identificator [ a adms:Identifier ; skos:notation "G 1" ] ;
    oem:Observatie.uitgevoerdDoor <https://data.vlaanderen.be/id/organisatie/OVO002949> ;
    obs:OM_Observation.result _:m1 ; mst:OM_Measurement.result _:m1 .
_:m1 a uom:Measure ; uom:Measure.value
        [ a schema:QuantitativeValue ; schema:value 54.2 ; schema:unitCode unit:DeciB ] .
"""

WATER = ChemischAgensConcentratieObservatie(
    id="urn:ngsi-ld:ChemischAgensConcentratieObservatie:1",
    observed_property=Relationship("https://data.vmm.be/concept/waterkwaliteitparameter/nitraat"),
    agent=Relationship("https://data.vmm.be/concept/agens/NO3"),
    chemical_agent_concentration=Property(12.5, unit_code="M1"),
    phenomenon_time=TIME,
    result_time=TIME,
)
WATER_ISO = f"""
<urn:ngsi-ld:ChemischAgensConcentratieObservatie:1> a wq:ChemicalAgentConcentrationObservation ;
    wq:ChemicalAgentConcentrationObservation.observedProperty
        <https://data.vmm.be/concept/waterkwaliteitparameter/nitraat> ;
    wk:Agens <https://data.vmm.be/concept/agens/NO3> ;
    obs:OM_Observation.phenomenonTime {INSTANT} ;
    obs:OM_Observation.resultTime {INSTANT} ;
    wq:ChemicalAgentConcentrationObservation.chemicalAgentConcentration [ a uom:Measure ; uom:Measure.value
        [ a schema:QuantitativeValue ; schema:value 12.5 ; schema:unitCode unit:MilliGM-PER-L ] ] .
"""

COLLECTION = Observatieverzameling(
    id="urn:ngsi-ld:Observatieverzameling:1",
    has_member=Relationship(["urn:ngsi-ld:Meting:1", "urn:ngsi-ld:Meting:2"]),
    phenomenon_time=TIME,
    result_time=TIME,
)
COLLECTION_GRAPH = f"""
<urn:ngsi-ld:Observatieverzameling:1> a sosa:ObservationCollection ;
    sosa:hasMember <urn:ngsi-ld:Meting:1>, <urn:ngsi-ld:Meting:2> ;
    sosa:phenomenonTime {INSTANT} ;
    sosa:resultTime "2024-05-01T10:00:00Z"^^xsd:dateTime .
"""

SENSOR = Sensor(
    id="urn:ngsi-ld:Sensor:1",
    hosted_by=Relationship("urn:ngsi-ld:Platform:1"),
    observes=Relationship("https://data.stad.gent/id/concept/ObserveerbaarKenmerk/LAeq"),
    operating_range="-20 °C to 60 °C",
)
SENSOR_GRAPH = """
<urn:ngsi-ld:Sensor:1> a sosa:Sensor ; sosa:isHostedBy <urn:ngsi-ld:Platform:1> ;
    sosa:observes <https://data.stad.gent/id/concept/ObserveerbaarKenmerk/LAeq> ;
    <http://www.w3.org/ns/ssn/systems/hasOperatingRange> [ a <http://www.w3.org/ns/ssn/systems/OperatingRange> ;
        rdfs:label "-20 °C to 60 °C" ] .
"""

GOLDEN = {
    "address": (ADDRESS, ISO, ADDRESS_GRAPH),
    "how an address is written": (REPRESENTATION, ISO, REPRESENTATION_GRAPH),
    "parking": (PARKING, ISO, PARKING_GRAPH),
    "parking, second generation": (PARKING, SOSA, PARKING_GRAPH),
    "light": (LIGHT, SOSA, LIGHT_GRAPH),
    "count, first generation": (COUNT, ISO, COUNT_ISO),
    "count, second generation": (COUNT, SOSA, COUNT_SOSA),
    "measuring point": (POINT, ISO, POINT_GRAPH),
    "air, first generation": (AIR, ISO, AIR_ISO),
    "noise, first generation": (NOISE, ISO, NOISE_ISO),
    "noise, second generation": (NOISE, SOSA, NOISE_SOSA),
    "noise, as energy management": (NOISE, ENERGY, NOISE_ENERGY),
    "water, first generation": (WATER, ISO, WATER_ISO),
    "collection": (COLLECTION, SOSA, COLLECTION_GRAPH),
    "sensor": (SENSOR, ISO, SENSOR_GRAPH),
}


@pytest.mark.parametrize("name", sorted(GOLDEN))
def test_the_triples_are_those_of_the_vocabularies(name, rdf, same_triples):
    """An entity becomes the graph written by hand, so does its JSON-LD, and both come back as the entity."""
    entity, profile, expected = GOLDEN[name]
    written = to_oslo(entity, profile=profile, tables=TABLES)
    golden = rdf(PREFIXES + expected)
    same_triples(golden, rdf(written.to_n_triples(), "nt"))
    document = written.to_json_ld()
    same_triples(golden, rdf(write_n_triples(read_json_ld(document)), "nt"))
    reading = from_oslo(document, tables=TABLES, models="oslo")
    (found,) = reading.entities
    assert not len(reading.report), reading.report
    assert type(found) is type(entity)
    assumed = {loss.term for loss in written.report}
    assert {name: said for name, said in found.wire.items() if name not in assumed} == entity.wire


@pytest.mark.parametrize("profile", [ISO, SOSA], ids=["observaties-en-metingen", "sosa"])
def test_every_name_of_the_tables_has_a_term(profile):
    """Each predicate and class that a table writes has a Dutch term in the profile's context."""
    terms = context_document(profile.context)["@context"].values()
    known = {said["@id"] if isinstance(said, dict) else said for said in terms}
    needed = set()
    for table in standard_tables():
        if not table.parts:
            needed |= set(table.classes)
        for mappings in table.describe.values():
            steps = [step for mapping in mappings for step in mapping.steps if not step.predicate.startswith("@")]
            needed |= {step.predicate for step in steps} | {one for step in steps for one in step.classes}
    forms = list(all_forms())[:-1] if profile is ISO else [SOSA.form]
    for form in forms:
        names = (form.class_, form.observed_property, form.feature, form.result, form.phenomenon_time)
        needed |= {iri(one) for one in (*names, form.valid_time, form.identifier, form.agent)}
    assert needed - known - {RDF_TYPE} == set()
