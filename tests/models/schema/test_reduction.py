"""Schemas without prose."""

from __future__ import annotations

from typing import Any

import pytest

from citycontext.models.schema.reduction import Definitions, identifies_person, reduce_schema
from citycontext.models.schema.references import SchemaLibrary


def reduced(schema: dict[str, Any], **documents: Any) -> Any:
    """Reduce a schema that refers to documents."""
    return reduce_schema(schema, "own.json", SchemaLibrary(documents))


def test_texts_go_and_constraints_stay() -> None:
    """Titles, descriptions, examples and comments are dropped at every depth."""
    schema = {
        "title": "A pump",
        "description": "Property. Pumps.",
        "examples": [1],
        "properties": {"power": {"type": "number", "minimum": 0, "description": "Property. How strong", "title": "P"}},
        "required": ["power"],
    }
    assert reduced(schema).schema == {
        "properties": {"power": {"type": "number", "minimum": 0}},
        "required": ["power"],
    }


@pytest.mark.parametrize(
    ("prose", "facts"),
    [
        ("Relationship. The pump", {"kind": "Relationship"}),
        ("Geoproperty. Where", {"kind": "GeoProperty"}),
        ("ListProperty. Many", {"kind": "ListProperty"}),
        ("Property. Plain", {}),
        ("Property. Width. Units:'meters'", {"unit": "meters", "unitCode": "MTR"}),
        ("Property. Units: 'Douglas sea scale'", {"unit": "Douglas sea scale"}),
        ("The relationship between", {}),
    ],
)
def test_facts_are_read_out_of_the_prose(prose: str, facts: dict[str, str]) -> None:
    """Attribute type and unit are facts that only the description states."""
    assert reduced({"type": "string", "description": prose}).schema == {"type": "string", **facts}


def test_references_are_followed_and_renamed() -> None:
    """A reference keeps the definition it names, reduced, under one name; so do references inside of it."""
    common = {
        "definitions": {
            "Part": {"properties": {"tag": {"$ref": "#/definitions/tag"}}, "description": "prose"},
            "tag": {"type": "string", "description": "prose"},
            "unused": {"type": "string"},
        }
    }
    address = "https://raw.githubusercontent.com/smart-data-models/data-models/master/common-schema.json"
    found = reduced({"allOf": [{"$ref": f"{address}#/definitions/Part"}]}, **{address: common})
    assert found.schema == {"allOf": [{"$ref": "data-models/common-schema.json#/definitions/Part"}]}
    assert found.definitions == {
        "data-models/common-schema.json#/definitions/Part": {
            "properties": {"tag": {"$ref": "data-models/common-schema.json#/definitions/tag"}}
        },
        "data-models/common-schema.json#/definitions/tag": {"type": "string"},
    }
    definitions = Definitions(found.definitions)
    assert definitions.resolve("data-models/common-schema.json#/definitions/Part/properties/tag") == {
        "$ref": "data-models/common-schema.json#/definitions/tag"
    }


def test_a_definition_that_refers_to_itself_ends() -> None:
    """Recursion is kept as a reference."""
    tree = {"$ref": "#/definitions/tree"}
    schema = {**tree, "definitions": {"tree": {"type": "object", "properties": {"left": tree}}}}
    found = reduced(schema)
    assert found.definitions["own.json#/definitions/tree"]["properties"]["left"] == {
        "$ref": "own.json#/definitions/tree"
    }
    assert Definitions({"a#/definitions/x": {"$ref": "a#/definitions/x"}}).expand({"$ref": "a#/definitions/x"}) == {}


def test_a_reference_into_nothing_is_told_and_allows_anything() -> None:
    """A dangling reference is listed; it constrains nothing."""
    found = reduced({"properties": {"a": {"$ref": "https://city.example/none.json#/definitions/a"}}})
    assert found.unresolved == ["https://city.example/none.json#/definitions/a"]
    assert Definitions(found.definitions).resolve("https://city.example/none.json#/definitions/a") == {}


@pytest.mark.parametrize(
    "name",
    ["email", "vehiclePlateIdentifier", "macAddress", "owner", "telephone", "givenName", "license_plate", "userId"],
)
def test_attributes_that_identify_persons_are_marked(name: str) -> None:
    """The mark is put where the name says so, at any depth."""
    assert identifies_person(name)
    schema = {"properties": {"box": {"type": "object", "properties": {name: {"type": "string"}}}}}
    assert reduced(schema).schema["properties"]["box"]["properties"][name]["personal"] is True


@pytest.mark.parametrize("name", ["template", "temperature", "name", "platform", "address", "status", "speed"])
def test_other_attributes_are_not_marked(name: str) -> None:
    """A name that only resembles one is left alone."""
    assert not identifies_person(name)


@pytest.mark.parametrize(
    "schema",
    [
        {"type": "text"},
        {"type": 5},
        {"type": []},
        {"minimum": "0"},
        {"minLength": -1},
        {"multipleOf": 0},
        {"enum": "a"},
        {"required": ["a", 1]},
        {"uniqueItems": "yes"},
        {"format": 3},
        {"items": 3},
        {"properties": []},
        {"anyOf": []},
        {"anyOf": {}},
        {"dependentRequired": {"a": "b"}},
    ],
)
def test_a_keyword_of_another_form_is_told_and_left_out(schema: dict[str, Any]) -> None:
    """What is not a JSON Schema constrains nothing, and is not passed over in silence."""
    found = reduced({"properties": {"a": schema}})
    assert found.schema["properties"]["a"] in ({}, {"items": {}})
    assert [one.partition(":")[0] for one in found.malformed] == [f"/properties/a/{next(iter(schema))}"]


def test_items_of_earlier_drafts_become_prefix_items() -> None:
    """A list of schemas under items is what 2020-12 calls prefixItems."""
    assert reduced({"items": [{"type": "string"}, True]}).schema == {"prefixItems": [{"type": "string"}, True]}


@pytest.mark.parametrize(
    ("reference", "beside"),
    [
        ("#/$defs/P", {"$defs": {"P": {"type": "number"}}}),
        ("#p", {"$defs": {"P": {"$anchor": "p", "type": "number"}}}),
        ("#/components/schemas/P", {"components": {"schemas": {"P": {"type": "number"}}}}),
        ("#/definitions/a~1b", {"definitions": {"a/b": {"type": "number"}}}),
        ("#/definitions/a%20b", {"definitions": {"a b": {"type": "number"}}}),
        ("https://city.example/P", {"$defs": {"P": {"$id": "https://city.example/P", "type": "number"}}}),
        ("https://city.example/T#/$defs/P", {"$id": "https://city.example/T", "$defs": {"P": {"type": "number"}}}),
    ],
)
def test_a_reference_is_followed_however_it_points(reference: str, beside: dict[str, Any]) -> None:
    """By pointer into any part, by anchor, and by an ``$id`` that is not the document's address."""
    reduction = reduced({**beside, "properties": {"a": {"$ref": reference}}})
    assert reduction.unresolved == []
    found = Definitions(reduction.definitions).expand(reduction.schema["properties"]["a"])
    assert found["type"] == "number"


def test_definitions_may_be_true_or_false() -> None:
    """A definition that allows anything does, and one that allows nothing refuses."""
    reduction = reduced(
        {"$defs": {"any": True, "no": False}, "allOf": [{"$ref": "#/$defs/any"}, {"$ref": "#/$defs/no"}]}
    )
    assert reduction.unresolved == []
    assert list(reduction.definitions.values()) == [{}, {"not": {}}]


def test_a_schema_that_nests_without_end_is_cut() -> None:
    """What lies too deep is told and left out, and the interpreter's own limit is not reached."""
    deep: dict[str, Any] = {"type": "number"}
    for _ in range(800):
        deep = {"anyOf": [deep]}
    assert len(reduced({"properties": {"a": deep}}).malformed) == 1
