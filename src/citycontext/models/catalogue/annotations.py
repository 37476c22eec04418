"""From a property's schema to a Python annotation: the one field mapper behind static and run-time classes."""

from __future__ import annotations

import json
import types
from collections.abc import Iterable
from datetime import datetime
from functools import reduce
from operator import or_
from typing import Any, Final, Literal, Union, get_args, get_origin

from citycontext.models.postal_address import POSTAL_ADDRESS_MEMBERS, PostalAddress
from citycontext.models.schema.reduction import Definitions, Schema
from citycontext.ngsild.terms import GEOMETRY_TYPES

__all__ = ["attribute_kind", "json_types", "pieces", "render", "value_annotation"]

_PLAIN: Final[dict[str, Any]] = {"string": str, "number": float, "integer": int, "boolean": bool}
_MAX_DEPTH: Final = 8
_MAX_CHOICES: Final = 64  # a longer list says less in an editor than it costs; the index still has it
_ORDER: Final = ("boolean", "integer", "number", "string", "array", "object", "null")


def json_types(schema: Schema, definitions: Definitions, *, depth: int = 0) -> set[str]:
    """Return the JSON types a value may have; an empty set where the schema does not say.

    Args:
        schema: A reduced schema.
        definitions: Resolves its references.
        depth: How many references and alternatives lead here.
    """
    schema = definitions.expand(schema)
    named = schema.get("type")
    if isinstance(named, str):
        return {named}
    if isinstance(named, list):
        return set(named)
    choices = schema["enum"] if "enum" in schema else [schema["const"]] if "const" in schema else None
    if choices is not None:
        return {_json_type(choice) for choice in choices}
    for keyword, json_type in (("properties", "object"), ("items", "array"), ("minimum", "number")):
        if keyword in schema:
            return {json_type}
    found: set[str] = set()
    if depth < 8:
        for part in (*schema.get("anyOf", ()), *schema.get("oneOf", ()), *schema.get("allOf", ())):
            if isinstance(part, dict):
                found |= json_types(part, definitions, depth=depth + 1)
    return found


def _json_type(value: Any) -> str:
    if isinstance(value, bool):
        return "boolean"
    for json_type, python in (
        ("string", str),
        ("integer", int),
        ("number", float),
        ("array", list),
        ("null", type(None)),
    ):
        if isinstance(value, python):
            return json_type
    return "object"


def attribute_kind(schema: Schema, definitions: Definitions) -> str:
    """Return the attribute type a property stands for.

    What the model says counts; where it says nothing, its alternatives or items do, then the form of the value. A link
    is a text, so what is called Relationship and can be none is a Property.

    Args:
        schema: A reduced schema of a property.
        definitions: Resolves its references.
    """
    said = _said_kind(schema, definitions, 0)
    if said in ("Relationship", "ListRelationship"):
        allowed = json_types(schema, definitions)
        return said if not allowed or allowed & {"string", "array"} else "Property"
    if said == "GeoProperty":
        allowed = json_types(schema, definitions)
        return said if not allowed or "object" in allowed else "Property"
    return said or ("GeoProperty" if _is_geometry(schema, definitions, 0) else "Property")


def _said_kind(schema: Schema, definitions: Definitions, depth: int) -> str | None:
    schema = definitions.expand(schema)
    if "kind" in schema:
        return str(schema["kind"])
    if depth > 3:
        return None
    for keyword in ("anyOf", "oneOf"):
        kinds = {_said_kind(part, definitions, depth + 1) for part in schema.get(keyword, ()) if isinstance(part, dict)}
        if len(kinds) == 1:
            return kinds.pop()
    items = schema.get("items")
    return _said_kind(items, definitions, depth + 1) if isinstance(items, dict) else None


def _is_geometry(schema: Schema, definitions: Definitions, depth: int) -> bool:
    schema = definitions.expand(schema)
    members = schema.get("properties", {})
    if "coordinates" in members and isinstance(members.get("type"), dict):
        named = members["type"].get("enum", [members["type"].get("const")])
        return any(isinstance(one, str) and one in GEOMETRY_TYPES for one in named)
    alternatives = schema.get("oneOf") or schema.get("anyOf") or []
    return (
        depth < 3
        and bool(alternatives)
        and all(isinstance(one, dict) and _is_geometry(one, definitions, depth + 1) for one in alternatives)
    )


def value_annotation(schema: Schema, definitions: Definitions) -> Any:
    """Return the annotation for a property's value, e.g. ``list[Literal["a", "b"] | str]``.

    Args:
        schema: A reduced schema of a property.
        definitions: Resolves its references.

    Returns:
        A plain type, ``datetime``, ``Literal[…] | str``, a list, an object, a union of these, or ``Any``.
    """
    return _annotation(schema, definitions, 0)


def _annotation(schema: Schema, definitions: Definitions, depth: int) -> Any:
    schema = definitions.expand(schema)
    if depth == 0 and schema.get("type") == "string" and schema.get("format") == "date-time":
        return datetime
    choices = schema.get("enum", [])
    if choices and len(choices) <= _MAX_CHOICES and schema.get("type", "string") == "string":
        # In order of the alphabet: typing takes two literals with the same texts for one, whatever their order.
        texts = tuple(sorted({choice for choice in choices if isinstance(choice, str)}))
        if len(texts) == len({repr(choice) for choice in choices}):
            return Union[Literal[texts], str]  # noqa: UP007 - the literal is made at run time
    allowed = json_types(schema, definitions)
    alternatives = [part for part in (*schema.get("anyOf", ()), *schema.get("oneOf", ())) if isinstance(part, dict)]
    if "type" not in schema and alternatives and depth < 4:
        return _join(_annotation(part, definitions, depth + 1) for part in alternatives)
    parts = []
    for json_type in sorted(allowed - {"null"}, key=_ORDER.index):
        if json_type in _PLAIN:
            parts.append(_PLAIN[json_type])
        elif json_type == "array":
            items = schema.get("items")
            inner: Any = Any  # also where a list is a list of itself
            if isinstance(items, dict) and depth < _MAX_DEPTH:
                inner = _annotation(items, definitions, depth + 1)
            parts.append(list[inner])
        elif json_type == "object":
            parts.append(PostalAddress if _is_address(schema) else dict[str, Any])
    return _join(parts)


def _join(parts: Iterable[Any]) -> Any:
    parts = list(parts)
    flat: list[Any] = []
    for part in parts:
        flat += get_args(part) if get_origin(part) in (Union, types.UnionType) else [part]
    if str in parts:  # any text beside listed ones: the list is one of examples
        flat = [part for part in flat if get_origin(part) is not Literal]
    if not flat or Any in flat:
        return Any
    unique = list(dict.fromkeys(flat))
    if float in unique and int in unique:
        unique.remove(int)
    return unique[0] if len(unique) == 1 else reduce(or_, unique)


def _is_address(schema: Schema) -> bool:
    members = schema.get("properties", {}).keys()
    return "addressLocality" in members and members <= POSTAL_ADDRESS_MEMBERS


def render(annotation: Any) -> str:
    """Write an annotation as source text.

    Args:
        annotation: What ``value_annotation`` returned.
    """
    return "".join(pieces(annotation))


def pieces(annotation: Any) -> list[str]:
    """Write an annotation as source text in pieces, between which a line may break.

    Args:
        annotation: What ``value_annotation`` returned.
    """
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin is Literal:
        return _enclosed("Literal", [[json.dumps(text, ensure_ascii=False)] for text in arguments])
    if origin in (Union, types.UnionType):
        parts = [pieces(part) for part in arguments]
        return [*(text for part in parts[:-1] for text in (*part[:-1], f"{part[-1]} | ")), *parts[-1]]
    if origin is not None:
        return _enclosed(origin.__name__, [pieces(part) for part in arguments])
    return ["Any" if annotation is Any else str(annotation.__name__)]


def _enclosed(name: str, parts: list[list[str]]) -> list[str]:
    texts = [text for part in parts[:-1] for text in (*part[:-1], f"{part[-1]}, ")] + parts[-1]
    return [f"{name}[{texts[0]}", *texts[1:-1], f"{texts[-1]}]"] if len(texts) > 1 else [f"{name}[{texts[0]}]"]
