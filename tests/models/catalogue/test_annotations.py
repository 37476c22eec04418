"""From a property's schema to an annotation."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

import pytest

from citycontext.models.catalogue.annotations import attribute_kind, json_types, render, value_annotation
from citycontext.models.postal_address import PostalAddress
from citycontext.models.schema.reduction import Definitions

DEFINITIONS = Definitions(
    {
        "c#/definitions/id": {
            "kind": "Relationship",
            "anyOf": [{"type": "string", "minLength": 1}, {"type": "string", "format": "uri"}],
        },
        "c#/definitions/place": {
            "oneOf": [
                {"type": "object", "properties": {"type": {"enum": [kind]}, "coordinates": {"type": "array"}}}
                for kind in ("Point", "Polygon")
            ]
        },
    }
)
ID = {"$ref": "c#/definitions/id"}


@pytest.mark.parametrize(
    ("schema", "annotation", "source"),
    [
        ({"type": "number"}, float, "float"),
        ({"type": "integer"}, int, "int"),
        ({"type": "string"}, str, "str"),
        ({"type": "boolean"}, bool, "bool"),
        ({"type": "string", "format": "date-time"}, datetime, "datetime"),
        ({"type": "string", "format": "date"}, str, "str"),
        ({"type": "object"}, dict[str, Any], "dict[str, Any]"),
        ({}, Any, "Any"),
        ({"type": "array"}, list[Any], "list[Any]"),
        ({"type": "array", "items": {"type": "number"}}, list[float], "list[float]"),
        ({"type": "array", "items": {"type": "string", "format": "date-time"}}, list[str], "list[str]"),
        ({"enum": ["a", 'b"']}, Literal["a", 'b"'] | str, 'Literal["a", "b\\""] | str'),
        ({"type": "array", "items": {"enum": ["a"]}}, list[Literal["a"] | str], 'list[Literal["a"] | str]'),
        ({"enum": [0, 1]}, int, "int"),
        ({"type": ["number", "null"]}, float, "float"),
        ({"type": ["string", "integer"]}, int | str, "int | str"),
        ({"anyOf": [{"type": "integer"}, {"type": "number"}]}, float, "float"),
        (
            {"oneOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}]},
            str | list[str],
            "str | list[str]",
        ),
        ({"anyOf": [{"type": "string"}, {}]}, Any, "Any"),
        (ID, str, "str"),
        ({"type": "string", "items": {"type": "number"}}, str, "str"),
        (
            {"type": "object", "properties": {"addressLocality": {}, "postalCode": {}}},
            PostalAddress,
            "PostalAddress",
        ),
    ],
)
def test_a_schema_becomes_an_annotation(schema: dict[str, Any], annotation: Any, source: str) -> None:
    """The annotation itself, and the source text that means the same."""
    found = value_annotation(schema, DEFINITIONS)
    assert found == annotation
    assert render(found) == source


@pytest.mark.parametrize(
    ("schema", "kind"),
    [
        ({"type": "string"}, "Property"),
        ({"type": "string", "kind": "Relationship"}, "Relationship"),
        (ID, "Relationship"),
        ({**ID, "kind": "Property"}, "Property"),
        ({"type": "array", "items": ID}, "Relationship"),
        ({"type": "array", "kind": "Property", "items": ID}, "Property"),
        ({"type": "array", "kind": "ListProperty"}, "ListProperty"),
        ({"$ref": "c#/definitions/place"}, "GeoProperty"),
        ({"type": "number", "kind": "Relationship"}, "Property"),
        ({"type": "string", "kind": "GeoProperty"}, "Property"),
        ({"anyOf": [ID, ID]}, "Relationship"),
    ],
)
def test_a_schema_tells_the_attribute_type(schema: dict[str, Any], kind: str) -> None:
    """What is said counts, then alternatives and items, then the form; what cannot be is not believed."""
    assert attribute_kind(schema, DEFINITIONS) == kind


def test_alternatives_without_end_end() -> None:
    """A definition of itself has no types."""
    endless = Definitions({"c#/definitions/x": {"anyOf": [{"$ref": "c#/definitions/x"}]}})
    assert json_types({"$ref": "c#/definitions/x"}, endless) == set()
    assert value_annotation({"$ref": "c#/definitions/x"}, endless) is Any
