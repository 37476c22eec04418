"""Checking one entity."""

from __future__ import annotations

from typing import Any

import pytest

from citycontext.errors import UnknownModel
from citycontext.models import validate
from citycontext.models.parking import OffStreetParking
from citycontext.models.validation import schema_findings
from citycontext.ngsild import Entity, point
from citycontext.ngsild.findings import Finding, Severity

LOOP = "urn:ngsi-ld:OffStreetParking:gent:loop"


def parking(**attributes: Any) -> dict[str, Any]:
    """Build a normalized car park."""
    location = {"type": "GeoProperty", "value": {"type": "Point", "coordinates": [3.7, 51.0]}}
    return {"id": LOOP, "type": "OffStreetParking", "location": location, **attributes}


def rules(findings: list[Finding]) -> list[tuple[str, str, str]]:
    """Return path, rule and severity of each."""
    return [(one.path, one.rule, str(one.severity)) for one in findings]


def test_an_entity_without_fault_has_no_findings() -> None:
    """A clean entity, as an object and as its payload in each representation."""
    entity = OffStreetParking(id=LOOP, location=point(3.7, 51.0), available_spot_number=5, category=["free"])
    assert validate(entity, strictness="strict") == []
    for form in ("normalized", "concise", "simplified"):
        assert validate(entity.to_dict(form), strictness="strict") == []


@pytest.mark.parametrize(
    ("attribute", "value", "finding"),
    [
        ("availableSpotNumber", "five", ("availableSpotNumber.value", "schema/type", "error")),
        ("availableSpotNumber", -1, ("availableSpotNumber.value", "schema/minimum", "warning")),
        ("category", ["odd"], ("category.value[0]", "schema/enum", "note")),
        ("occupancyModified", "yesterday", ("occupancyModified.value", "schema/format", "warning")),
        ("category", ["free", "free"], ("category.value", "schema/uniqueItems", "warning")),
        ("address", {"postalCode": 9000}, ("address.value.postalCode", "schema/type", "error")),
    ],
)
def test_a_breach_of_the_schema_has_its_path(attribute: str, value: Any, finding: tuple[str, str, str]) -> None:
    """Tolerant checking tells an error from what is merely unusual; strict checking calls all of it errors."""
    payload = parking(**{attribute: {"type": "Property", "value": value}})
    assert finding in rules(validate(payload))
    path, rule, _ = finding
    assert (path, rule, "error") in rules(validate(payload, strictness="strict"))


def test_both_sides_of_a_breach_are_told() -> None:
    """What was asked for, and what was found."""
    findings = validate(parking(availableSpotNumber={"type": "Property", "value": -1}))
    assert [(one.expected, one.found) for one in findings] == [("0", "-1")]
    assert "less than the least" in str(findings[0])


def test_what_is_required_and_missing_is_told() -> None:
    """The path is the attribute that is not there."""
    payload = parking()
    del payload["location"]
    assert rules(validate(payload)) == [("location", "schema/required", "error")]


def test_the_standard_is_checked_too() -> None:
    """A Relationship without object, and an id that is not a URI."""
    payload = parking(refParkingGroup={"type": "Relationship", "value": "urn:ngsi-ld:ParkingGroup:1"}) | {"id": "loop"}
    found = rules(validate(payload))
    assert ("refParkingGroup", "ngsi-ld/value-missing", "error") in found
    assert ("id", "ngsi-ld/id", "error") in found


def test_in_simplified_form_the_standard_only_warns() -> None:
    """Key-values that are given as such are judged by their schema."""
    values = {"id": "loop", "type": "OffStreetParking", "location": {"type": "Point", "coordinates": [3.7, 51.0]}}
    findings = validate(values, strictness="strict", representation="simplified")
    assert ("id", "ngsi-ld/id", "warning") in rules(findings)
    assert not any(one.severity is Severity.ERROR for one in findings)


def test_several_instances_are_one_list_for_the_schema() -> None:
    """Where a model has a list, instances with their own datasetId are its items; else each is a value."""
    links = [
        {"type": "Relationship", "object": f"urn:ngsi-ld:Device:{number}", "datasetId": f"urn:ngsi-ld:Dataset:{number}"}
        for number in (1, 2)
    ]
    payload = {
        "id": "urn:ngsi-ld:WasteContainer:1",
        "type": "WasteContainer",
        "location": parking()["location"],
        "refDevice": links,
        "fillingLevel": [
            {"type": "Property", "value": 0.4},
            {"type": "Property", "value": 0.5, "datasetId": "urn:ngsi-ld:Dataset:second"},
        ],
    }
    assert [one for one in validate(payload, strictness="strict") if one.severity is Severity.ERROR] == []


def test_typed_values_are_judged_by_what_they_hold() -> None:
    """The older form of a timestamp counts as a timestamp."""
    payload = parking(
        observationDateTime={"type": "Property", "value": {"@type": "DateTime", "@value": "2024-05-01T10:00:00Z"}}
    )
    assert validate(payload, strictness="strict") == []


def test_the_model_is_found_by_type_and_context() -> None:
    """An ambiguous type is settled by its @context; what is unknown is a note."""
    sensor = {"id": "urn:ngsi-ld:Sensor:1", "type": "Sensor"}
    assert ("type", "schema/ambiguous", "warning") in rules(validate(sensor))
    context = "https://raw.githubusercontent.com/smart-data-models/dataModel.ZEB/master/context.jsonld"
    assert "schema/ambiguous" not in [one.rule for one in validate({**sensor, "@context": [context]})]
    unknown = {"id": "urn:ngsi-ld:X:1", "type": "X"}
    assert rules(validate(unknown)) == [("type", "schema/unknown", "note")]
    assert rules(validate(unknown, strictness="strict")) == [("type", "schema/unknown", "warning")]


def test_a_model_may_be_named() -> None:
    """By type, by class, by description; one that is not known raises."""
    payload = {"id": "urn:ngsi-ld:X:1", "type": "X"}
    for model in ("OffStreetParking", OffStreetParking):
        found = rules(validate(payload, model, strictness="strict"))
        assert ("type", "schema/enum", "error") in found
        assert ("location", "schema/required", "error") in found
    with pytest.raises(UnknownModel):
        validate(payload, "NoSuchModel")


@pytest.mark.parametrize("payload", [{}, {"id": 3}, {"type": ["A", 5]}, {"id": "urn:a:b", "type": "T", "a": None}])
def test_whatever_comes_is_checked(payload: dict[str, Any]) -> None:
    """Broken payloads give findings, never another exception."""
    assert validate(payload)


def test_what_is_no_object_is_one_finding() -> None:
    """A list, a text or a number is not an entity."""
    for broken in ([], "text", 5, None):
        findings = validate(broken)  # type: ignore[arg-type]
        assert rules(findings) == [("", "ngsi-ld/entity", "error")]


def test_an_entity_of_any_class_is_checked_by_its_type() -> None:
    """A plain Entity has the model of its type."""
    entity = Entity(id=LOOP, type="OffStreetParking", availableSpotNumber=5)
    assert rules(validate(entity)) == [("location", "schema/required", "error")]


def test_schema_findings_judge_key_values_alone() -> None:
    """As a JSON Schema validator does, with or without formats."""
    values = {"id": LOOP, "type": "OffStreetParking", "location": {"type": "Point", "coordinates": [3.7, 51.0]}}
    assert schema_findings(values, "OffStreetParking") == []
    broken = {**values, "occupancyModified": "yesterday"}
    assert [one.rule for one in schema_findings(broken, OffStreetParking)] == ["schema/format"]
    assert schema_findings(broken, OffStreetParking, formats=False) == []


V2 = {
    "id": "urn:ngsi-ld:ParkingSpot:1",
    "type": "ParkingSpot",
    "name": {"type": "Text", "value": "A1", "metadata": {}},
    "status": {"type": "Text", "value": "free"},
    "location": {"type": "geo:json", "value": {"type": "Point", "coordinates": [3.7, 51.0]}},
}


def test_an_ngsi_v2_payload_is_one_finding() -> None:
    """Not one for each attribute; what else is wrong with its values is still told."""
    findings = validate({**V2, "width": {"type": "Number", "value": "wide"}})
    rules = [one.rule for one in findings if one.severity == "error"]
    assert rules.count("ngsi-ld/ngsi-v2") == 1
    assert "ngsi-ld/attribute-type" not in rules
    assert ("width.value", "schema/type") in [(one.path, one.rule) for one in findings]


def test_one_attribute_of_ngsi_v2_is_told_by_its_name() -> None:
    """In an entity that is NGSI-LD otherwise, the attribute is what is wrong."""
    findings = validate({**V2, "name": {"type": "Property", "value": "A1"}})
    assert "ngsi-ld/ngsi-v2" not in [one.rule for one in findings]
    assert {one.path for one in findings if one.rule == "ngsi-ld/attribute-type"} == {"status", "location"}
