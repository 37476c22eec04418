"""Models of a user's own."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import httpx
import pytest
import respx

from citycontext.errors import InvalidEntity, InvalidSchema
from citycontext.models import describe, model_from_schema, validate

COMMON = "https://smart-data-models.github.io/data-models/common-schema.json"
SCHEMA: dict[str, Any] = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "$schemaVersion": "1.2.0",
    "allOf": [
        {"$ref": f"{COMMON}#/definitions/GSMA-Commons"},
        {
            "properties": {
                "type": {"type": "string", "enum": ["BikeCounter"]},
                "bikeCount": {"type": "integer", "minimum": 0, "description": "Property. Bikes"},
                "refRoad": {
                    "description": "Relationship. Where",
                    "anyOf": [{"type": "string"}, {"type": "string", "format": "uri"}],
                },
            }
        },
    ],
    "required": ["id", "type", "bikeCount"],
}


def test_a_schema_makes_a_class_that_checks() -> None:
    """Types, required attributes and commons work as in the classes that ship."""
    counter = model_from_schema(SCHEMA)
    entity = counter(id="urn:ngsi-ld:BikeCounter:1", bike_count=3, name="Coupure", ref_road="urn:ngsi-ld:Road:1")
    assert entity.to_dict("simplified") == {
        "id": "urn:ngsi-ld:BikeCounter:1",
        "type": "BikeCounter",
        "bikeCount": 3,
        "name": "Coupure",
        "refRoad": "urn:ngsi-ld:Road:1",
    }
    assert entity["refRoad"].type == "Relationship"
    with pytest.raises(InvalidEntity, match="bikeCount"):
        counter(id="urn:ngsi-ld:BikeCounter:1", bike_count="three")
    with pytest.raises(InvalidEntity, match="needs bike_count"):
        counter(id="urn:ngsi-ld:BikeCounter:1")


def test_a_class_of_an_own_schema_is_described_and_validated() -> None:
    """``describe`` and ``validate`` know it by its class."""
    counter = model_from_schema(SCHEMA)
    assert describe(counter).version == "1.2.0"
    assert describe(counter).problems == ()
    entity = counter(id="urn:ngsi-ld:BikeCounter:1", bike_count=-3)
    assert [(one.path, one.rule) for one in validate(entity)] == [("bikeCount.value", "schema/minimum")]


def test_a_file_refers_to_what_lies_beside_it(tmp_path: Path) -> None:
    """A repository's own shared schema is found, by relative path and by address."""
    (tmp_path / "dataModel.City" / "Lamp").mkdir(parents=True)
    (tmp_path / "dataModel.City" / "city-schema.json").write_text(
        json.dumps({"definitions": {"City": {"properties": {"quarter": {"type": "string"}}}}})
    )
    for reference in (
        "../city-schema.json#/definitions/City",
        "https://smart-data-models.github.io/dataModel.City/city-schema.json#/definitions/City",
    ):
        path = tmp_path / "dataModel.City" / "Lamp" / "schema.json"
        path.write_text(json.dumps({"allOf": [{"$ref": reference}, {"properties": {"power": {"type": "number"}}}]}))
        lamp = model_from_schema(path)
        assert lamp.entity_type == "Lamp"
        assert list(lamp.fields_by_wire_name) == ["quarter", "power"]


def test_shared_schemas_may_be_given() -> None:
    """Documents that are nowhere else are handed over by address."""
    schema = {"allOf": [{"$ref": "https://city.example/shared.json#/definitions/Named"}]}
    documents = {
        "https://city.example/shared.json": {"definitions": {"Named": {"properties": {"label": {"type": "string"}}}}}
    }
    named = model_from_schema(schema, type_name="Named", documents=documents)
    assert list(named.fields_by_wire_name) == ["label"]


@respx.mock
def test_a_schema_is_fetched_from_an_address() -> None:
    """A URL is read as a file is."""
    respx.get("https://city.example/schema.json").mock(return_value=httpx.Response(200, json=SCHEMA))
    counter = model_from_schema("https://city.example/schema.json")
    assert counter.entity_type == "BikeCounter"
    respx.get("https://city.example/gone.json").mock(return_value=httpx.Response(404))
    with pytest.raises(InvalidSchema, match=r"gone\.json cannot be fetched"):
        model_from_schema("https://city.example/gone.json")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("{", "is no JSON"),
        ("[1]", "no JSON Schema of an object"),
        ('{"properties": {"a": {}}, "title": ""}', "does not say its entity type"),
        ('{"title": "Lamp"}', "declares no attributes"),
    ],
)
def test_what_is_no_schema_is_told(tmp_path: Path, content: str, message: str) -> None:
    """The error names the file and what is missing."""
    path = tmp_path / "lamp.json"
    path.write_text(content)
    with pytest.raises(InvalidSchema, match=message):
        model_from_schema(path)


def test_a_missing_file_is_told(tmp_path: Path) -> None:
    """The error names the path."""
    with pytest.raises(InvalidSchema, match=r"none\.json cannot be read"):
        model_from_schema(tmp_path / "none.json")


def test_what_a_model_says_of_odd_schemas_is_survived() -> None:
    """Members that are no schemas, and references into nothing, allow anything."""
    odd = {
        "title": "Odd",
        "properties": {"a": 5, "b": True, "c": {"$ref": "nowhere.json"}, "d": {"type": "string", "items": 3}, "e": {}},
        "required": ["a", 3],
    }
    model = model_from_schema(odd)
    assert set(model.fields_by_wire_name) >= {"c", "d", "e"}
    assert describe(model).problems == (
        "nowhere.json leads nowhere",
        "/properties/a: 5 is no JSON Schema",
        "/properties/d/items: 3 is no JSON Schema",
        "/required: ['a', 3] is no JSON Schema",
    )
    assert model(id="urn:ngsi-ld:Odd:1", a=1, c=[1], e={"x": 1}).to_dict("simplified")["c"] == [1]
