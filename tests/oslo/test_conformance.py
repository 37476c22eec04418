"""Our shapes take what we write, and refuse what is wrong."""

from __future__ import annotations

import pytest

from citycontext.ngsild import Entity, LanguageProperty, Property, Relationship, point
from citycontext.oslo import ENERGY, ISO, SOSA, Graph, to_oslo
from citycontext.oslo.entities.addresses import Adres
from citycontext.oslo.entities.charging import Lader
from citycontext.oslo.entities.noise import Geluidsmeting
from citycontext.oslo.entities.public_domain import Fietsstalling
from citycontext.oslo.entities.traffic import Verkeerstelling
from citycontext.oslo.entities.waste import OpenbareVuilnisbak
from citycontext.oslo.n_triples import parse_n_triples, write_n_triples

pytest.importorskip("pyshacl", reason="the SHACL processor is not installed")

from citycontext.oslo.conformance import check_shapes

TIME = "2024-05-01T10:00:00Z"


def observed(entity_type: str, **attributes: object) -> Entity:
    """Build an observed entity at a place and time."""
    return Entity(
        id=f"urn:ngsi-ld:{entity_type}:1",
        type=entity_type,
        location=point(3.72, 51.05),
        dateObserved=TIME,
        refDevice={"type": "Relationship", "object": "urn:ngsi-ld:Device:1"},
        **attributes,
    )


CITY = {
    "air": observed("AirQualityObserved", pm10=Property(20.43, unit_code="GQ"), airQualityLevel="good", temperature=12),
    "noise": Entity(
        id="urn:ngsi-ld:NoiseLevelObserved:1",
        type="NoiseLevelObserved",
        location=point(3.72, 51.05),
        dateObservedFrom="2024-05-01T09:00:00Z",
        dateObservedTo=TIME,
        LAeq=Property(54.2, unit_code="2N", observed_at=TIME),
    ),
    "traffic": Entity(
        id="urn:ngsi-ld:TrafficFlowObserved:1",
        type="TrafficFlowObserved",
        location=point(3.72, 51.05),
        dateObserved=f"2024-05-01T09:45:00Z/{TIME}",
        intensity=11,
        averageVehicleSpeed=Property(31.5, unit_code="KMH"),
        vehicleType="bicycle",
        congested=False,
    ),
    "weather": observed(
        "WeatherObserved", temperature=12.5, relativeHumidity=0.7, windSpeed=Property(3, unit_code="MTS")
    ),
    "water": observed("WaterQualityObserved", temperature=15.18, conductivity=Property(2567.02, unit_code="G42")),
    "container": Entity(
        id="urn:ngsi-ld:WasteContainer:1",
        type="WasteContainer",
        location=point(3.72, 51.05),
        fillingLevel=Property(0.4, observed_at=TIME),
        status=Property("ok", observed_at=TIME),
    ),
}


def placed(entity_type: str, **attributes: object) -> Entity:
    """Build a thing at a place."""
    return Entity(id=f"urn:ngsi-ld:{entity_type}:1", type=entity_type, location=point(3.72, 51.05), **attributes)


CITY |= {
    "parking": placed(
        "OffStreetParking",
        totalSpotNumber=280,
        availableSpotNumber=12,
        occupancy=0.95,
        occupancyModified=TIME,
        layout=["surface"],
        category=["free"],
        address={"streetAddress": "Veldstraat", "streetNr": "1", "postalCode": "9000"},
    ),
    "spot": placed("ParkingSpot", status=Property("occupied", observed_at=TIME)),
    "light": placed("Streetlight", powerState=Property("on", observed_at=TIME), dateServiceStarted=TIME),
    "bin": OpenbareVuilnisbak(id="urn:ngsi-ld:OpenbareVuilnisbak:1", geometrie=point(3.72, 51.05), movable=True),
    "charging": placed("EVChargingStation", capacity=4, availableCapacity=2, status="working", socketType=["Type2"]),
    "charger": Lader(id="urn:ngsi-ld:Lader:1", plug=["Type2"], type_lader="snellader"),
    "stand": Fietsstalling(
        id="urn:ngsi-ld:Fietsstalling:1", geometrie=point(3.72, 51.05), lockable=False, covered=True, capaciteit=20
    ),
    "address": Adres(
        id="https://data.vlaanderen.be/id/adres/60",
        house_number="42",
        street_name=LanguageProperty({"nl": "Teststraat"}),
        municipality_name=LanguageProperty({"nl": "Gent"}),
        postal_area=Relationship("https://data.vlaanderen.be/id/postinfo/9000"),
        officially_assigned=True,
        address_status="inGebruik",
        position=point(4.2296042, 51.0991668),
        position_method="aangeduidDoorBeheerder",
    ),
    "typed count": Verkeerstelling(
        id="urn:ngsi-ld:Verkeerstelling:1",
        phenomenon_time=f"2024-05-01T09:45:00Z/{TIME}",
        property_type="aantal",
        feature_of_interest=Relationship("urn:ngsi-ld:Verkeersmeetpunt:1"),
        count=11,
    ),
    "typed noise": Geluidsmeting(
        id="urn:ngsi-ld:Geluidsmeting:1",
        phenomenon_time=TIME,
        observed_property=Relationship("https://data.stad.gent/id/concept/ObserveerbaarKenmerk/LAeq"),
        feature_of_interest=Relationship("urn:ngsi-ld:Meetpunt:1"),
        result=Property(54.2, unit_code="2N"),
    ),
}


@pytest.mark.parametrize("profile", [ISO, SOSA, ENERGY], ids=["observaties-en-metingen", "sosa", "energie"])
@pytest.mark.parametrize("subject", sorted(CITY))
def test_what_we_write_conforms(subject, profile):
    """Every kind of observation that a city has keeps to the shapes of both profiles."""
    written = to_oslo(CITY[subject], profile=profile)
    assert check_shapes(written.graph, profile) == []


@pytest.mark.parametrize("geometry", ["wkt", "gml"])
@pytest.mark.parametrize("subject", ["light", "bin", "address"])
def test_places_in_lambert_conform(subject, geometry):
    """A geometry in Belgian Lambert keeps to the shapes, as text and as GML."""
    pytest.importorskip("pyproj", reason="the library of coordinate operations is not installed")
    written = to_oslo(CITY[subject], crs="lambert72", geometry=geometry)
    assert check_shapes(written.graph, ISO) == []


def test_the_stream_of_gent_conforms(shared_dir):
    """Park-and-ride sites as the city publishes them keep to the shapes of things."""
    for member in sorted((shared_dir / "oslo" / "examples" / "park-and-ride-gent" / "members").glob("*.nt")):
        assert check_shapes(parse_n_triples(member.read_text()), ISO) == []


def changed(graph: Graph, old: str, new: str) -> Graph:
    """Return the graph with a piece of its N-Triples changed."""
    text = write_n_triples(graph)
    assert old in text
    return parse_n_triples(text.replace(old, new))


@pytest.mark.parametrize(
    ("subject", "profile", "old", "new", "rule"),
    [
        ("weather", ISO, "OM_Observation.observedProperty>", "OM_Observation.observed>", "MinCount"),
        ("weather", ISO, '"12.5"^^<http://www.w3.org/2001/XMLSchema#decimal>', '"mild"', "Or"),
        ("weather", ISO, "http://www.w3.org/2006/time#inXSDDateTime", "http://www.w3.org/2006/time#in", "Node"),
        (
            "air",
            ISO,
            "AirPollutantValueObservation.airPollutantValue>",
            "AirPollutantValueObservation.value>",
            "MinCount",
        ),
        ("traffic", ISO, "Verkeerstelling.tellingresultaat>", "tellingresultaat>", "MinCount"),
        ("traffic", ISO, '"false"^^<http://www.w3.org/2001/XMLSchema#boolean>', '"no"', "Datatype"),
        ("noise", SOSA, "http://www.w3.org/ns/sosa/hasResult", "http://www.w3.org/ns/sosa/hasSimpleResult", "MinCount"),
        ("noise", SOSA, "<http://qudt.org/vocab/unit/DeciB>", '"dB"', "NodeKind"),
        ("parking", ISO, '"12"^^<http://www.w3.org/2001/XMLSchema#integer>', '"twelve"', "Datatype"),
        ("parking", ISO, '"12"^^', '"-12"^^', "MinInclusive"),
        ("parking", ISO, '"95"^^', '"195"^^', "MaxInclusive"),
        ("parking", ISO, "mobivoc.org/#currentValue", "mobivoc.org/#value", "MinCount"),
        ("parking", SOSA, "mobivoc.org/#RealTimeCapacity", "mobivoc.org/#Number", "Or"),
        ("parking", ISO, '"280"^^<http://www.w3.org/2001/XMLSchema#integer>', '"280"', "Datatype"),
        ("parking", ISO, '"9000"', '"9000"^^<http://www.w3.org/2001/XMLSchema#integer>', "Datatype"),
        ("spot", ISO, "<https://example.org/id/concept/ResourceStatus/inGebruik>", '"inGebruik"', "NodeKind"),
        ("light", ISO, "http://www.w3.org/ns/locn#geometry", "http://www.w3.org/ns/locn#place", "MinCount"),
        ("light", ISO, '"POINT (3.72 51.05)"^^<http://www.opengis.net/ont/geosparql#wktLiteral>', '"here"', "Node"),
        ("light", ISO, "#begindatum> ", '#einddatum> "x" .\n<urn:ngsi-ld:Streetlight:1> <urn:x> ', "Datatype"),
        ("bin", SOSA, '"true"^^<http://www.w3.org/2001/XMLSchema#boolean>', '"yes"', "Datatype"),
        ("charging", ISO, "infrastructuur#stekkertype", "infrastructuur#stekker", "MinCount"),
        ("charging", ISO, "<https://data.vlaanderen.be/id/concept/OplaadpuntStekkertypes/2>", '"2"', "NodeKind"),
        ("charger", ISO, "mobivoc.org/#plug>", "mobivoc.org/#socket>", "MinCount"),
        ("stand", ISO, "infrastructuur#overdekt", "infrastructuur#dak", "MinCount"),
        ("address", ISO, "adres#huisnummer", "adres#nummer", "MinCount"),
        ("address", ISO, "adres#Adres.status", "adres#status", "MinCount"),
        ("address", ISO, "generiek#GeografischePositie", "generiek#Positie", "Class"),
        ("address", ISO, '"true"^^<http://www.w3.org/2001/XMLSchema#boolean>', '"ja"', "Datatype"),
        ("address", ISO, "adres#Straatnaam", "adres#Straat", "Class"),
        ("noise", ENERGY, '"54.2"^^<http://www.w3.org/2001/XMLSchema#decimal>', '"loud"', "Or"),
    ],
)
def test_what_is_wrong_does_not_conform(subject, profile, old, new, rule):
    """Shapes target what they should: each wrong graph has a finding of the rule it breaks."""
    wrong = changed(to_oslo(CITY[subject], profile=profile).graph, old, new)
    assert rule in {finding.rule for finding in check_shapes(wrong, profile)}
