"""A model as one schema."""

from __future__ import annotations

import pytest

from citycontext.models import describe, model_from_schema
from citycontext.models.catalogue.index import smart_data_models
from citycontext.models.catalogue.json_schema import json_schema
from citycontext.models.own_schema import describe_schema


def test_a_schema_stands_alone_and_keeps_the_facts() -> None:
    """References lead to its own definitions; attribute types and units stand under x-ngsi."""
    schema = json_schema(describe("OffStreetParking"))
    assert schema["title"] == "OffStreetParking"
    assert schema["allOf"][0] == {"$ref": "#/$defs/GSMA-Commons"}
    own = next(part["properties"] for part in schema["allOf"] if "properties" in part)
    assert own["averageSpotWidth"]["x-ngsi"] == {"units": "meters", "unitCode": "MTR"}
    assert own["refParkingSpot"]["x-ngsi"] == {"type": "Relationship"}


@pytest.mark.parametrize("number", range(0, 1070, 19))
def test_every_schema_is_valid_and_makes_the_same_class(number: int) -> None:
    """A validator accepts the schema, and a class made from it has the fields of the shipped one."""
    jsonschema = pytest.importorskip("jsonschema", reason="jsonschema, the reference implementation, is not installed")
    index = smart_data_models()
    model = index[list(index)[number]]
    schema = json_schema(model)
    jsonschema.Draft202012Validator.check_schema(schema)
    again = describe_schema(schema, type_name=model.type)
    assert [(one.name, one.kind, one.unit_code, one.annotation) for one in again.attributes.values()] == [
        (one.name, one.kind, one.unit_code, one.annotation) for one in model.attributes.values()
    ]


def test_a_definition_of_itself_is_written_once() -> None:
    """Recursion stays a reference."""
    tree = {"$ref": "#/definitions/tree"}
    schema = {"title": "Tree", "properties": {"root": tree}, "definitions": {"tree": {"properties": {"left": tree}}}}
    written = json_schema(describe(model_from_schema(schema)))
    assert written["$defs"] == {"tree": {"properties": {"left": {"$ref": "#/$defs/tree"}}}}
