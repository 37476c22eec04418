"""Our shapes take what we write, and refuse what is wrong."""

from __future__ import annotations

import pytest

from citycontext.ngsild import Entity, Property, point
from citycontext.oslo import ENERGY, ISO, SOSA, Graph, to_oslo
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


@pytest.mark.parametrize("profile", [ISO, SOSA, ENERGY], ids=["observaties-en-metingen", "sosa", "energie"])
@pytest.mark.parametrize("subject", sorted(CITY))
def test_what_we_write_conforms(subject, profile):
    """Every kind of observation that a city has keeps to the shapes of both profiles."""
    written = to_oslo(CITY[subject], profile=profile)
    assert check_shapes(written.graph, profile) == []


def changed(graph: Graph, old: str, new: str) -> Graph:
    """Give the graph with a piece of its N-Triples changed."""
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
        ("noise", ENERGY, '"54.2"^^<http://www.w3.org/2001/XMLSchema#decimal>', '"loud"', "Or"),
    ],
)
def test_what_is_wrong_does_not_conform(subject, profile, old, new, rule):
    """Shapes target what they should: each wrong graph has a finding of the rule it breaks."""
    wrong = changed(to_oslo(CITY[subject], profile=profile).graph, old, new)
    assert rule in {finding.rule for finding in check_shapes(wrong, profile)}
