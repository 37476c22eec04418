"""What a schema says about a value."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from citycontext.models.schema.evaluation import Breach, breaches, is_valid
from citycontext.models.schema.reduction import Definitions

NOTHING = Definitions({})

CASES: list[tuple[dict[str, Any], Any, Any]] = [
    ({"type": "integer"}, 3.0, 3.5),
    ({"type": "integer"}, 3, True),
    ({"type": "number"}, 3.5, "3"),
    ({"type": ["number", "null"]}, None, "3"),
    ({"type": "boolean"}, True, 1),
    ({"type": "array"}, [], {}),
    ({"enum": ["a", 1]}, 1.0, True),
    ({"const": {"a": [1]}}, {"a": [1.0]}, {"a": [True]}),
    ({"minimum": 0}, 0, -1),
    ({"maximum": 1}, "2", 2),
    ({"exclusiveMinimum": 0}, 0.1, 0),
    ({"exclusiveMaximum": 1}, 0.9, 1),
    ({"multipleOf": 0.5}, 1.5, 1.3),
    ({"minLength": 2}, "ab", "a"),
    ({"maxLength": 2}, "ab", "abc"),
    ({"pattern": "^a"}, "ab", "b"),
    ({"format": "date"}, "2024-05-01", "May"),
    ({"items": {"type": "string"}}, ["a"], ["a", 1]),
    ({"prefixItems": [{"type": "string"}], "items": False}, ["a"], ["a", 1]),
    ({"contains": {"type": "string"}}, [1, "a"], [1]),
    ({"contains": {"type": "string"}, "maxContains": 1}, ["a"], ["a", "b"]),
    ({"minItems": 1}, [1], []),
    ({"maxItems": 1}, [1], [1, 2]),
    ({"uniqueItems": True}, [1, True, "1"], [1, 1.0]),
    ({"uniqueItems": True}, [{"a": 1}, {"a": 2}], [{"a": 1}, {"a": 1}]),
    ({"properties": {"a": {"type": "string"}}}, {"a": "x", "b": 1}, {"a": 1}),
    ({"patternProperties": {"^x": {"type": "string"}}}, {"y": 1}, {"xa": 1}),
    ({"properties": {"a": {}}, "additionalProperties": False}, {"a": 1}, {"b": 1}),
    ({"additionalProperties": {"type": "string"}}, {"b": "x"}, {"b": 1}),
    ({"propertyNames": {"maxLength": 2}}, {"ab": 1}, {"abc": 1}),
    ({"required": ["a"]}, {"a": 1}, {"b": 1}),
    ({"dependentRequired": {"a": ["b"]}}, {"b": 1}, {"a": 1}),
    ({"dependentSchemas": {"a": {"required": ["b"]}}}, {"a": 1, "b": 1}, {"a": 1}),
    ({"minProperties": 1}, {"a": 1}, {}),
    ({"maxProperties": 1}, {"a": 1}, {"a": 1, "b": 2}),
    ({"allOf": [{"minimum": 0}, {"maximum": 1}]}, 1, 2),
    ({"anyOf": [{"type": "string"}, {"type": "number"}]}, 1, []),
    ({"oneOf": [{"minimum": 0}, {"maximum": 5}]}, 6, 3),
    ({"not": {"type": "string"}}, 1, "a"),
    ({"if": {"minimum": 5}, "then": {"maximum": 6}, "else": {"minimum": 1}}, 5.5, 7),
    ({"if": {"minimum": 5}, "then": {"maximum": 6}, "else": {"minimum": 1}}, 1, 0),
]


@pytest.mark.parametrize(("schema", "good", "bad"), CASES)
def test_each_keyword_tells_good_from_bad(schema: dict[str, Any], good: Any, bad: Any) -> None:
    """One value that a keyword allows, and one that it does not."""
    assert is_valid(good, schema, NOTHING)
    assert not is_valid(bad, schema, NOTHING)


@pytest.mark.parametrize(("schema", "good", "bad"), CASES)
def test_the_verdicts_are_those_of_jsonschema(schema: dict[str, Any], good: Any, bad: Any) -> None:
    """The reference implementation judges every case the same."""
    jsonschema = pytest.importorskip("jsonschema", reason="jsonschema, the reference implementation, is not installed")
    validator = jsonschema.Draft202012Validator(schema, format_checker=jsonschema.FormatChecker())
    assert validator.is_valid(good)
    assert not validator.is_valid(bad)


values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-3, 3)
    | st.sampled_from([0.5, 1.0, 2.5])
    | st.sampled_from(["", "a", "ab"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("abx"), inner, max_size=3),
    max_leaves=8,
)
schemas = st.recursive(
    st.sampled_from([schema for schema, _, _ in CASES if "format" not in schema]),
    lambda inner: st.fixed_dictionaries(
        {},
        optional={
            "items": inner,
            "properties": st.dictionaries(st.sampled_from("abx"), inner, max_size=2),
            "anyOf": st.lists(inner, min_size=1, max_size=2),
            "oneOf": st.lists(inner, min_size=1, max_size=2),
            "not": inner,
        },
    ),
    max_leaves=4,
)


@given(schema=schemas, value=values)
def test_any_schema_judges_any_value_as_jsonschema_does(schema: dict[str, Any], value: Any) -> None:
    """Nested schemas and values, drawn at random: the verdict is the reference implementation's."""
    jsonschema = pytest.importorskip("jsonschema", reason="jsonschema, the reference implementation, is not installed")
    assert is_valid(value, schema, NOTHING) == jsonschema.Draft202012Validator(schema).is_valid(value)


def test_a_breach_has_its_path_and_both_sides() -> None:
    """Where, which rule, what was asked for, what was found."""
    schema = {"properties": {"a": {"items": {"minimum": 0}}}, "required": ["b"]}
    assert list(breaches({"a": [1, -1]}, schema, NOTHING)) == [
        Breach(("a", 1), "minimum", 0, -1),
        Breach(("b",), "required", "to be there", None),
    ]


def test_references_are_followed() -> None:
    """A reference counts beside the keywords it stands with."""
    definitions = Definitions({"c#/definitions/short": {"maxLength": 2}})
    schema = {"$ref": "c#/definitions/short", "minLength": 1}
    assert [breach.rule for value in ("", "abc") for breach in breaches(value, schema, definitions)] == [
        "minLength",
        "maxLength",
    ]


def test_a_schema_without_end_ends() -> None:
    """A reference to itself is a breach at a bounded depth, not a crash."""
    definitions = Definitions({"c#/definitions/loop": {"allOf": [{"$ref": "c#/definitions/loop"}]}})
    assert [one.rule for one in breaches(1, {"$ref": "c#/definitions/loop"}, definitions)] == ["depth"]


def test_a_pattern_of_another_dialect_constrains_nothing() -> None:
    """An expression that Python does not read is passed over."""
    assert is_valid("a", {"pattern": r"\p{L}(?<x"}, NOTHING)


def test_formats_may_be_left_out() -> None:
    """JSON Schema lets ``format`` be a mere annotation."""
    assert is_valid("May", {"format": "date"}, NOTHING, formats=False)


def test_alternatives_within_alternatives_end() -> None:
    """Forty levels of two alternatives each are judged at once, not in 2^40 steps."""
    schemas: dict[str, Any] = {
        f"own.json#/$defs/d{level}": {"anyOf": [{"$ref": f"own.json#/$defs/d{level + 1}"}] * 2} for level in range(40)
    }
    schemas["own.json#/$defs/d40"] = {"type": "number"}
    definitions = Definitions(schemas)
    assert is_valid(1, {"$ref": "own.json#/$defs/d0"}, definitions)
    assert not is_valid("x", {"$ref": "own.json#/$defs/d0"}, definitions)
