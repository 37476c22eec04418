"""What a collection says for its members, and times that are told in days and years."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import pytest

pytest.importorskip("rdflib")

from citycontext.oslo import LossKind, from_oslo, read_text

PREFIXES = """
@prefix sosa: <http://www.w3.org/ns/sosa/> .
@prefix time: <http://www.w3.org/2006/time#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
@prefix qudt: <http://qudt.org/schema/qudt/> .
@prefix unit: <http://qudt.org/vocab/unit/> .
@prefix ex: <https://data.example/> .
"""
COLLECTION = """
ex:c a sosa:ObservationCollection; sosa:observedProperty ex:level; sosa:hasFeatureOfInterest ex:quay;
  sosa:madeBySensor ex:s; sosa:hasMember ex:o1, ex:o2 .
ex:o1 a sosa:Observation; sosa:resultTime "2026-05-01T08:00:00Z"^^xsd:dateTime;
  sosa:phenomenonTime [ a time:Instant; time:inXSDDateTime "2026-05-01T08:00:00Z"^^xsd:dateTime ];
  sosa:hasResult [ a qudt:QuantityValue; qudt:numericValue 1.5; qudt:hasUnit unit:M ] .
ex:o2 a sosa:Observation; sosa:resultTime "2026-05-01T09:00:00Z"^^xsd:dateTime;
  sosa:phenomenonTime [ a time:Instant; time:inXSDDateTime "2026-05-01T09:00:00Z"^^xsd:dateTime ];
  sosa:hasResult [ a qudt:QuantityValue; qudt:numericValue 1.7; qudt:hasUnit unit:M ] .
"""


def read(turtle: str, **options):
    """Read Turtle with the prefixes of these tests."""
    return from_oslo(read_text(PREFIXES + turtle, "text/turtle"), **options)


def test_members_inherit_what_their_collection_says():
    """Members without a property, feature and sensor of their own have those of their collection."""
    reading = read(COLLECTION, models="oslo")
    members = [entity.to_dict() for entity in reading if entity.id.startswith("https://data.example/o")]
    assert [one["id"] for one in members] == ["https://data.example/o1", "https://data.example/o2"]
    for one in members:
        said = {attribute.get("object") for attribute in one.values() if isinstance(attribute, dict)}
        assert {"https://data.example/level", "https://data.example/quay", "https://data.example/s"} <= said
    assert not reading.report.of(LossKind.REFUSED)
    inherited = [loss for loss in reading.report.of(LossKind.REWRITTEN) if "its collection" in loss.reason]
    assert len(inherited) == 6


def test_models_take_inherited_properties_too():
    """The values of both members stand in one entity with its evolution."""
    reading = read(COLLECTION)
    (entity,) = reading.entities
    assert entity.to_dict()["numValue"]["value"] == 1.7
    assert entity.to_dict()["controlledProperty"]["value"] == "https://data.example/level"
    (history,) = reading.histories
    assert [one["value"] for one in history.to_dict()["numValue"]] == [1.5, 1.7]


def test_a_member_without_a_class_is_an_observation():
    """A member that has a result and no class is read, not dropped."""
    reading = read(COLLECTION.replace("ex:o1 a sosa:Observation; ", "ex:o1 "))
    (history,) = reading.histories
    assert len(history.to_dict()["numValue"]) == 2


@pytest.mark.parametrize(
    ("said", "whole"),
    [
        ('time:inXSDgYear "2024"^^xsd:gYear', "2024-01-01T00:00:00Z/2025-01-01T00:00:00Z"),
        ('time:inXSDgYearMonth "2024-02Z"^^xsd:gYearMonth', "2024-02-01T00:00:00Z/2024-03-01T00:00:00Z"),
        ('time:inXSDDate "2024-02-29"^^xsd:date', "2024-02-29T00:00:00Z/2024-03-01T00:00:00Z"),
    ],
)
def test_a_day_a_month_and_a_year_are_times(said, whole):
    """A time told to the day, month or year is the interval of it, and the report says so."""
    observation = "ex:o a sosa:Observation; sosa:observedProperty ex:p; sosa:hasSimpleResult 5.5; sosa:phenomenonTime"
    for node in (f"[ a time:Instant; {said} ]", said.split(" ", 1)[1]):
        reading = read(f"{observation} {node} .", zone=ZoneInfo("UTC"))
        (entity,) = reading.entities
        assert entity.to_dict()["dateObserved"]["value"] == whole
        assert any("first moment" in loss.reason for loss in reading.report.of(LossKind.CHANGED))


def test_a_time_without_zone_is_reported():
    """A time without zone is kept as it stands, and the report says how to tell the zone."""
    observation = "ex:o a sosa:Observation; sosa:observedProperty ex:p; sosa:hasSimpleResult 5; sosa:phenomenonTime"
    turtle = f'{observation} [ a time:Instant; time:inXSDDateTime "2026-05-01T08:00:00"^^xsd:dateTime ] .'
    missing = read(turtle).report.of(LossKind.MISSING)
    assert [loss.term for loss in missing] == ["2026-05-01T08:00:00"]
    assert "zone=" in missing[0].home
    told = read(turtle, zone=ZoneInfo("Europe/Brussels"))
    assert not told.report.of(LossKind.MISSING)
    assert told.entities[0].to_dict()["dateObserved"]["value"] == "2026-05-01T06:00:00Z"


@pytest.mark.parametrize(
    ("result", "kind"), [("7.2", "Meting"), ("7.0", "Meting"), ("7e0", "Meting"), ("7", "Telling")]
)
def test_a_number_with_decimals_is_no_count(result, kind):
    """A pH has no unit and is a measurement; a whole number without unit is a count."""
    (entity,) = read(
        f"ex:o a sosa:Observation; sosa:observedProperty ex:pH; sosa:hasSimpleResult {result} .", models="oslo"
    )
    assert entity.type.startswith(kind)
