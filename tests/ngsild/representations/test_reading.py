"""Reading payloads: what is told, what is mended, what is refused."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

import pytest

from citycontext.errors import DataError, InvalidEntity, InvalidGeometry, InvalidName, InvalidTime
from citycontext.ngsild import Finding, load
from citycontext.ngsild.representations import Reader
from citycontext.ngsild.representations.reading import is_instance_list


def entity(**attributes):
    return {"id": "urn:ngsi-ld:T:1", "type": "T", **attributes}


def read(payload, **options):
    findings: list[Finding] = []
    wire = Reader(findings=findings, **options).entity(payload)
    return wire, findings


@pytest.mark.parametrize(
    ("given", "normalized"),
    [
        (5, {"type": "Property", "value": 5}),
        ("x", {"type": "Property", "value": "x"}),
        (["a", "b"], {"type": "Property", "value": ["a", "b"]}),
        ({"street": "Korenmarkt"}, {"type": "Property", "value": {"street": "Korenmarkt"}}),
        ({"value": 5, "unitCode": "CEL"}, {"type": "Property", "value": 5, "unitCode": "CEL"}),
        ({"object": "urn:a:b"}, {"type": "Relationship", "object": "urn:a:b"}),
        (
            {"type": "Point", "coordinates": [3, 51]},
            {"type": "GeoProperty", "value": {"type": "Point", "coordinates": [3, 51]}},
        ),
        (
            {"value": {"type": "Point", "coordinates": [3, 51]}},
            {"type": "GeoProperty", "value": {"type": "Point", "coordinates": [3, 51]}},
        ),
        ({"languageMap": {"nl": "x"}}, {"type": "LanguageProperty", "languageMap": {"nl": "x"}}),
        ({"vocab": "x"}, {"type": "VocabProperty", "vocab": "x"}),
        ({"json": [None]}, {"type": "JsonProperty", "json": [None]}),
        ({"valueList": [1]}, {"type": "ListProperty", "valueList": [1]}),
        ({"objectList": ["urn:a:b"]}, {"type": "ListRelationship", "objectList": ["urn:a:b"]}),
        (
            {"value": 5, "by": {"object": "urn:a:b"}},
            {"type": "Property", "value": 5, "by": {"type": "Relationship", "object": "urn:a:b"}},
        ),
    ],
)
def test_the_concise_procedure(given, normalized):
    """Each step of the concise form gives the attribute it abbreviates (4.5.2.3)."""
    wire, findings = read(entity(a=given))
    assert wire["a"] == normalized
    assert findings == []


def test_a_spelt_out_payload_is_not_copied():
    """A normalized payload stays the very object that came."""
    payload = entity(a={"type": "Property", "value": 5, "b": {"type": "Property", "value": 1}})
    wire, _ = read(payload)
    assert wire is payload


def test_what_came_is_never_changed_in_place():
    """A concise payload is left as it was; the normalized one is new."""
    payload = entity(a=5, b={"type": "Property", "value": 1})
    wire, _ = read(payload)
    assert payload == entity(a=5, b={"type": "Property", "value": 1})
    assert wire["b"] is payload["b"]


def test_concise_parts_inside_spelt_out_attributes_are_kept_unless_completed():
    """A mixed attribute echoes as it came; only complete reading spells it out."""
    payload = entity(a={"type": "Property", "value": 5, "accuracy": 0.5})
    assert read(payload)[0] is payload
    assert load(payload)["a"]["accuracy"].value == 0.5
    assert read(payload, complete=True)[0]["a"]["accuracy"] == {"type": "Property", "value": 0.5}


@pytest.mark.parametrize(
    ("given", "rule", "error", "clause"),
    [
        (entity(a=None), "null", InvalidEntity, "4.5.0"),
        (entity(a={"type": "Property"}), "value-missing", InvalidEntity, "4.5.2"),
        (entity(a={"type": "Relationship", "object": "not a uri"}), "relationship", InvalidEntity, "4.5.3"),
        (entity(a={"type": "Relationship", "object": "urn:a:b", "value": 5}), "member", InvalidEntity, "4.5.2"),
        (entity(a={"type": "Relationship", "object": "urn:a:b", "unitCode": "CEL"}), "member", InvalidEntity, "4.5.2"),
        (entity(a={"type": "GeoProperty", "value": "Gent"}), "geometry", InvalidGeometry, "4.7.1"),
        (entity(a={"type": "LanguageProperty", "languageMap": 5}), "value", InvalidEntity, "4.5.18"),
        (entity(a={"type": "Number", "value": 5}), "attribute-type", InvalidEntity, "4.5.1"),
        (entity(a={"type": "PostalAddress", "street": "x"}), "attribute-type", InvalidEntity, "4.5.2.3"),
        (entity(a={"value": 5, "observedAt": "soon"}), "time", InvalidTime, "4.6.3"),
        (entity(a={"value": 5, "observedAt": "2024-05-01T10:00:00+02:00"}), "time", InvalidTime, "4.6.3"),
        (entity(a={"value": 5, "unitCode": 5}), "member", InvalidEntity, "4.5.2"),
        (entity(a={"value": 5, "datasetId": "gps 1"}), "member", InvalidEntity, "4.5.2"),
        (entity(a=[{"type": "Property", "value": 1}] * 2), "instances", InvalidEntity, "4.5.5"),
        (entity(**{"a b": 5}), "name", InvalidName, "4.6.2"),
        (entity(a={"value": 5, "b c": {"value": 1}}), "name", InvalidName, "4.6.2"),
        ({"type": "T"}, "id", InvalidEntity, "5.2.4"),
        ({"id": "loop 1", "type": "T"}, "id", InvalidEntity, "5.2.4"),
        ({"id": "urn:a:b"}, "type", InvalidEntity, "5.2.4"),
        ({"id": "urn:a:b", "type": []}, "type", InvalidEntity, "4.6.2"),
        ({"id": "urn:a:b", "type": ["T", 5]}, "type", InvalidEntity, "4.6.2"),
    ],
)
def test_what_is_wrong_is_found_or_refused(given, rule, error, clause):
    """Tolerant reading keeps the payload and notes the rule; strict reading raises with path and clause."""
    wire, findings = read(given)
    assert rule in [one.rule for one in findings]
    assert wire.keys() == given.keys()
    with pytest.raises(error) as raised:
        Reader(strict=True).entity(given)
    assert raised.value.clause == clause
    assert raised.value.path


@pytest.mark.parametrize(
    "attribute",
    [
        {"type": "Property ", "value": 1},
        {"type": "property", "value": 1},
        {"type": "Geoproperty", "value": {"type": "Point", "coordinates": [3, 51]}},
    ],
)
def test_misspelt_types_are_read_as_meant_and_refused_if_strict(attribute: dict[str, Any]):
    """``"Property "`` and ``Geoproperty`` stay as they came and are errors: brokers refuse them, so strict does."""
    payload = entity(a=attribute)
    wire, findings = read(payload)
    assert wire is payload
    assert [(one.path, one.rule, str(one.severity)) for one in findings] == [("a", "attribute-type", "error")]
    with pytest.raises(InvalidEntity, match="not an attribute type") as raised:
        Reader(strict=True).entity(payload)
    assert (raised.value.path, raised.value.clause) == ("a", "4.5.1")


@pytest.mark.parametrize("text", ["20240701T120000Z", "2024-07-01 12:00:00Z", "2024-07-01T12:00:00.1234567Z"])
def test_times_in_another_spelling_are_refused_if_strict(text: str):
    """What ISO 8601 allows and the standard does not is kept and noted; strict reading tells the right spelling."""
    payload = entity(a={"type": "Property", "value": 5, "observedAt": text})
    wire, findings = read(payload)
    assert wire is payload
    assert [(one.path, one.rule) for one in findings] == [("a.observedAt", "time")]
    with pytest.raises(InvalidTime, match=r"2024-07-01T12:00:00[.0-9]*Z, in UTC"):
        Reader(strict=True).entity(payload)


def test_a_time_that_no_zone_can_hold_is_a_finding():
    """The first hours of year 1 lie before it in UTC: kept, noted, and refused if strict."""
    payload = entity(a={"type": "Property", "value": 5, "observedAt": "0001-01-01T00:00:00"})
    wire, findings = read(payload, zone=ZoneInfo("Europe/Brussels"))
    assert wire is payload
    assert [one.rule for one in findings] == ["time"]


def test_a_configured_zone_mends_naive_times():
    """With a zone, a naive time is rewritten in UTC and noted; without one it is a finding and stays."""
    payload = entity(a={"value": 5, "observedAt": "2024-07-01T12:00:00"})
    wire, findings = read(payload, zone=ZoneInfo("Europe/Brussels"))
    assert wire["a"]["observedAt"] == "2024-07-01T10:00:00Z"
    assert [(one.rule, str(one.severity)) for one in findings] == [("time-zone", "note")]
    wire, findings = read(payload)
    assert wire["a"]["observedAt"] == "2024-07-01T12:00:00"
    assert [one.rule for one in findings] == ["time"]


def test_null_may_stand_in_updates_only():
    """Where Nulls are not allowed, one is refused wherever it stands."""
    for member in ("urn:ngsi-ld:null", {"value": "urn:ngsi-ld:null"}, {"languageMap": {"@none": "urn:ngsi-ld:null"}}):
        assert Reader(strict=True).entity(entity(a=member))
        with pytest.raises(InvalidEntity, match="updates only"):
            Reader(strict=True, nulls=False).entity(entity(a=member))


def test_deep_nesting_is_refused_not_followed():
    """A payload nested thousands deep raises our error, quickly, instead of ending the interpreter."""
    member = {"value": 1}
    for _ in range(5000):
        member = {"value": 1, "a": member}
    with pytest.raises(DataError, match="nested"):
        load(entity(a=member))


@pytest.mark.parametrize(
    ("member", "is_list"),
    [
        ([{"type": "Property", "value": 1}], True),
        ([{"value": 1, "datasetId": "urn:a:b"}, {"value": 2}], True),
        ([{"name": "x", "value": 1}, {"name": "y", "value": 2}], False),
        ([{"street": "x"}], False),
        ([1, 2], False),
        ([], False),
        ([{"type": "Property", "value": 1}, 5], False),
        (5, False),
    ],
)
def test_lists_of_instances_are_told_from_lists_of_values(member, is_list):
    """Only attributes that are spelt out, or told apart by datasetId, are instances."""
    assert is_instance_list(member) is is_list


@pytest.mark.parametrize("payload", [None, 5, "x", [], [{}]])
def test_what_is_no_object_is_no_entity(payload):
    """Even tolerant reading refuses what cannot be an entity."""
    with pytest.raises(InvalidEntity, match="is a JSON object"):
        load(payload)
