"""Models of a user's own."""

from __future__ import annotations

import json
import os
import pickle
import subprocess
import sys
from pathlib import Path
from typing import Any

import httpx
import pytest
import respx

from citycontext import AnyValue
from citycontext.errors import InvalidEntity, InvalidSchema
from citycontext.models import describe, model_from_schema, validate
from citycontext.models.catalogue.generation import class_source
from citycontext.models.catalogue.index import smart_data_models
from citycontext.models.catalogue.json_schema import json_schema

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
    entity = counter(id="urn:ngsi-ld:BikeCounter:1", bike_count=AnyValue(-3))
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
        lamp = model_from_schema(path, folders=[tmp_path / "dataModel.City"])
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
        ("{", "is not JSON"),
        ("[1]", "not a JSON Schema of an object"),
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
    """Members that are not schemas, and references into nothing, allow anything."""
    odd = {
        "title": "Odd",
        "properties": {"a": 5, "b": True, "c": {"$ref": "nowhere.json"}, "d": {"type": "string", "items": 3}, "e": {}},
        "required": ["a", 3],
    }
    model = model_from_schema(odd)
    assert set(model.fields_by_wire_name) >= {"c", "d", "e"}
    assert describe(model).problems == (
        "nowhere.json leads nowhere",
        "/properties/a: 5 is not a JSON Schema",
        "/properties/d/items: 3 is not a JSON Schema",
        "/required: ['a', 3] is not a JSON Schema",
    )
    assert model(id="urn:ngsi-ld:Odd:1", a=1, c=[1], e={"x": 1}).to_dict("simplified")["c"] == [1]


ODD: dict[str, dict[str, Any]] = {
    "a list of itself": {"$defs": {"x": {"type": "array", "items": {"$ref": "#/$defs/x"}}}, "a": {"$ref": "#/$defs/x"}},
    "an object of itself": {"a": {"type": ["object", "array"], "items": {"$ref": "#/properties/a"}}},
    "references in a ring": {
        "$defs": {"x": {"$ref": "#/$defs/y"}, "y": {"$ref": "#/$defs/x"}},
        "a": {"$ref": "#/$defs/x"},
    },
    "the whole again": {"a": {"$ref": "#"}},
    "a type that is not a list of texts": {"a": {"properties": {"type": {"enum": [["x"], 5]}, "coordinates": {}}}},
    "numbers to choose from": {"a": {"enum": [1, 2.5, None, True, {"x": 1}]}},
    "constants": {"a": {"const": 5}, "b": {"const": None}},
    "true and false": {"a": True, "b": False, "c": {"items": True}},
    "tuples": {"a": {"type": "array", "items": [{"type": "number"}, {"type": "string"}]}},
    "no items": {"a": {"type": "array"}},
    "types that are not": {"a": {"type": "any"}, "b": {"type": []}, "c": {"type": None}},
    "odd names": {"class": {}, "1a": {}, "a-b": {}, "a.b": {}, "a_b": {}, "aB": {}, "": {}, "wire": {}, "__init__": {}},
    "names of the class body": {
        "datetime": {"format": "date-time", "type": "string"},
        "Any": {},
        "Literal": {},
        "list": {},
    },
    "alternatives of alternatives": {"a": {"anyOf": [{"oneOf": [{"allOf": [{"type": "string"}]}]}, {"type": "null"}]}},
}


@pytest.mark.parametrize("name", ODD)
def test_any_schema_makes_a_class(name: str) -> None:
    """Whatever a schema says, its class is made, described, written out, pickled, and checks without a crash."""
    properties = dict(ODD[name])
    defs = properties.pop("$defs", {})
    model = model_from_schema({"title": "Odd", "$defs": defs, "properties": properties})
    described = describe(model)
    compile(class_source(described, smart_data_models().definitions), "odd.py", "exec")
    json.dumps(json_schema(described))
    for value in (
        1,
        "x",
        [[1], "x", None],
        {"a": {"a": [1]}},
        {"type": "Point", "coordinates": [1]},
        {"value": 5},
        True,
    ):
        payload = {"id": "urn:ngsi-ld:Odd:1", "type": "Odd", "a": value}
        for form in (None, "normalized", "simplified"):
            validate(payload, model, representation=form)
        entity = model.from_dict(payload, representation="simplified")
        assert pickle.loads(pickle.dumps(entity)) == entity


def test_a_title_that_is_no_name_is_no_type() -> None:
    """A title in words is not taken for the entity type, which is asked for."""
    schema = {"title": "Bike counters of the city", "properties": {"bikeCount": {"type": "integer"}}}
    with pytest.raises(InvalidSchema, match="does not say its entity type"):
        model_from_schema(schema)
    assert model_from_schema(schema, type_name="BikeCounter").entity_type == "BikeCounter"


def test_entities_of_an_own_schema_are_pickled_with_it() -> None:
    """In this process they come back as the same class; in another as one that knows all of the schema."""
    counter = model_from_schema(SCHEMA)
    entity = counter(id="urn:ngsi-ld:BikeCounter:1", bike_count=3)
    pickled = pickle.dumps(entity)
    back = pickle.loads(pickled)
    assert type(back) is counter
    assert back == entity
    code = (
        "import pickle, sys\n"
        "from citycontext.models import describe, validate\n"
        "one, two = pickle.loads(sys.stdin.buffer.read())\n"
        "assert type(one) is type(two)\n"
        "one.wire['bikeCount']['value'] = -1\n"
        "print(type(one).__name__, describe(type(one)).version, [finding.rule for finding in validate(one)])"
    )
    answer = subprocess.run(
        [sys.executable, "-c", code], input=pickle.dumps([entity, entity.copy()]), capture_output=True, check=True
    )
    assert answer.stdout.decode().strip() == "BikeCounter 1.2.0 ['schema/minimum']"


def test_nothing_outside_of_the_folder_is_read_unless_asked_for(tmp_path: Path) -> None:
    """Steps up, absolute paths and links that lead away are as if there were no such file; a named folder is read."""
    (tmp_path / "own").mkdir()
    (tmp_path / "else.json").write_text('{"properties": {"secret": {"type": "string"}}}')
    (tmp_path / "own" / "link.json").symlink_to(tmp_path / "else.json")
    path = tmp_path / "own" / "schema.json"
    for reference in ("../else.json", str(tmp_path / "else.json"), "link.json", "a/../../else.json"):
        path.write_text(json.dumps({"title": "Lamp", "allOf": [{"$ref": reference}, {"properties": {"a": {}}}]}))
        lamp = describe(model_from_schema(path, type_name="Lamp"))
        assert [one.name for one in lamp.attributes.values()] == ["a"], reference
        assert "leads nowhere" in lamp.problems[0]
    path.write_text(json.dumps({"title": "Lamp", "allOf": [{"$ref": "../else.json"}]}))
    lamp = describe(model_from_schema(path, type_name="Lamp", folders=[tmp_path]))
    assert [one.name for one in lamp.attributes.values()] == ["secret"]


@pytest.mark.parametrize("kind", ["device", "pipe", "large"])
def test_what_cannot_be_a_schema_is_refused_at_once(tmp_path: Path, kind: str) -> None:
    """A device, a pipe that nobody writes to and a file of many megabytes are one error each."""
    path = Path("/dev/zero")
    if kind != "device":
        path = tmp_path / "schema.json"
    if kind == "pipe":
        os.mkfifo(path)
    elif kind == "large":
        with path.open("wb") as file:
            file.truncate(10_000_000)
    with pytest.raises(InvalidSchema, match=r"not a regular file|that is not a schema"):
        model_from_schema(path)
