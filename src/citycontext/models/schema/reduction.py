"""A schema without its prose: the keywords that constrain values, and the facts that only the prose states.

Smart Data Models write facts into descriptions, as ``Relationship. Units:'meters'. …``. Reduction reads attribute type
and unit out, marks attributes that identify persons by their names, and drops every text. References stay references,
but all spellings of one address become one name.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from citycontext.errors import UnitError
from citycontext.foreign_text import shown
from citycontext.models.schema.references import (
    SchemaLibrary,
    find_anchor,
    find_identifier,
    look_up,
    split_reference,
)
from citycontext.ngsild.names import to_snake

__all__ = ["Definitions", "Reduction", "identifies_person", "reduce_schema"]

Schema = dict[str, Any]

_MAX_DEPTH: Final = 100  # no schema of an entity nests deeper; a hostile one ends here
_SHOWN: Final = 200

_TYPES: Final = frozenset({"string", "number", "integer", "boolean", "array", "object", "null"})


def _is_text(value: Any) -> bool:
    return isinstance(value, str)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _is_count(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def _is_text_list(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(one, str) for one in value)


_VALUES: Final[dict[str, Callable[[Any], bool]]] = {
    "type": lambda value: (
        (isinstance(value, str) and value in _TYPES)
        or (_is_text_list(value) and bool(value) and _TYPES.issuperset(value))
    ),
    "format": _is_text,
    "pattern": _is_text,
    "enum": lambda value: isinstance(value, list) and bool(value),
    "const": lambda value: True,
    **dict.fromkeys(("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"), _is_number),
    "multipleOf": lambda value: _is_number(value) and value > 0,
    **dict.fromkeys(("minLength", "maxLength", "minItems", "maxItems", "minContains", "maxContains"), _is_count),
    **dict.fromkeys(("minProperties", "maxProperties"), _is_count),
    "uniqueItems": lambda value: isinstance(value, bool),
    "required": _is_text_list,
    "dependentRequired": lambda value: isinstance(value, dict) and all(map(_is_text_list, value.values())),
}
"""Keyword → whether an argument is of the form JSON Schema asks for."""

_SCHEMAS: Final = frozenset({"items", "additionalProperties", "contains", "propertyNames", "not", "if", "then", "else"})
_SCHEMA_LISTS: Final = frozenset({"allOf", "anyOf", "oneOf", "prefixItems"})
_SCHEMA_MAPS: Final = frozenset({"properties", "patternProperties", "dependentSchemas"})

_KIND: Final = re.compile(
    r"\s*(Property|Relationship|GeoProperty|LanguageProperty|VocabProperty|JsonProperty|ListProperty|ListRelationship)"
    r"\s*[.:,]",
    re.IGNORECASE,
)
_KINDS: Final = {
    kind.lower(): kind
    for kind in (
        "Property",
        "Relationship",
        "GeoProperty",
        "LanguageProperty",
        "VocabProperty",
        "JsonProperty",
        "ListProperty",
        "ListRelationship",
    )
}
_UNIT: Final = re.compile(r"\bUnits?\s*:\s*'([^']{1,60})'", re.IGNORECASE)
_PERSON: Final = re.compile(
    r"(?:^|_)(?:e_?mail|telephone|phone|fax|mac_?address|imei|imsi|ip_?address|owner|driver|birth_?date|date_of_birth"
    r"|(?:given|family|first|last|middle|maiden)_name|plate|license_plate|vehicle_identification_number|national_id"
    r"|passport|social_security|tax_id|user_id|account_id|citizen|patient|person|requester|complainant)(?:$|_|s$)"
)
_NO_PERSON: Final = frozenset({"template"})


@dataclass(slots=True)
class Reduction:
    """A reduced schema and what it refers to.

    Args:
        schema: The schema without prose.
        definitions: What its references name, reduced, by ``<document>#<pointer>``.
        unresolved: References that lead nowhere; they allow any value.
        malformed: Where the schema is not one, and what stands there; it is left out.
    """

    schema: Schema
    definitions: dict[str, Schema] = field(default_factory=dict)
    unresolved: list[str] = field(default_factory=list)
    malformed: list[str] = field(default_factory=list)


class Definitions:
    """Resolves the references of reduced schemas.

    Args:
        schemas: Reduced schemas by ``<document>#<pointer>``.
    """

    __slots__ = ("_found", "schemas")

    def __init__(self, schemas: Mapping[str, Schema]) -> None:
        self.schemas: Mapping[str, Schema] = schemas
        self._found: dict[str, Schema] = {}

    def resolve(self, reference: str) -> Schema:
        """Return what a reference names; a schema that allows anything where it names nothing.

        Args:
            reference: The text of a ``$ref`` in a reduced schema.
        """
        found = self._found.get(reference)
        if found is None:
            key, rest = _split_at_definition(reference)
            schema = self.schemas.get(reference) or look_up(self.schemas.get(key, {}), rest)
            found = self._found[reference] = schema if isinstance(schema, dict) else {}
        return found

    def expand(self, schema: Schema) -> Schema:
        """Return a schema with its own ``$ref`` followed; what stands beside the reference goes before what it names.

        Args:
            schema: A reduced schema.
        """
        seen: set[str] = set()
        while "$ref" in schema:
            reference = schema["$ref"]
            beside = {name: value for name, value in schema.items() if name != "$ref"}
            schema = beside if reference in seen else {**self.resolve(reference), **beside}
            seen.add(reference)
        return schema


def reduce_schema(schema: Mapping[str, Any], name: str, library: SchemaLibrary) -> Reduction:
    """Reduce a schema, and everything it refers to.

    Args:
        schema: The schema as published.
        name: Its document's name, e.g. ``dataModel.Parking/OffStreetParking/schema.json``.
        library: Where the documents it refers to are found.
    """
    reducer = _Reducer(library, name, schema)
    reduced = reducer.reduce(schema, name, "")
    reducer.follow()
    return Reduction(reduced, reducer.definitions, sorted(set(reducer.unresolved)), reducer.malformed)


def identifies_person(name: str) -> bool:
    """Return, by its name, whether an attribute may identify a person: a number plate, an address of a device, a name.

    Args:
        name: The attribute's wire name.
    """
    snake = to_snake(name)
    return _PERSON.search(snake) is not None and snake not in _NO_PERSON


class _Reducer:
    def __init__(self, library: SchemaLibrary, name: str, document: Mapping[str, Any]) -> None:
        self._library = library
        self._own = (name, document)
        self.definitions: dict[str, Schema] = {}
        self.unresolved: list[str] = []
        self.malformed: list[str] = []
        self._references: dict[str, str] = {}
        self._depth = 0

    def reduce(self, schema: Any, base: str, at: str) -> Any:
        """Reduce a schema.

        Args:
            schema: What stands in its place.
            base: The name of the document it stands in.
            at: Where in the document it stands.
        """
        if isinstance(schema, bool):
            return schema
        if not isinstance(schema, Mapping) or self._depth > _MAX_DEPTH:
            return self._leave_out(at, schema)
        self._depth += 1
        reduced = self._reduce(schema, base, at)
        self._depth -= 1
        return reduced

    def _reduce(self, schema: Mapping[str, Any], base: str, at: str) -> Schema:
        reduced: Schema = {}
        for keyword, value in schema.items():
            here = f"{at}/{keyword}"
            if keyword == "$ref":
                if isinstance(value, str):
                    reduced[keyword] = self._refer(value, base)
                else:
                    self._leave_out(here, value)
            elif keyword in _VALUES:
                if _VALUES[keyword](value):
                    reduced[keyword] = value
                else:
                    self._leave_out(here, value)
            elif keyword == "items" and isinstance(value, list):  # how earlier drafts wrote prefixItems
                reduced["prefixItems"] = self._reduce_list(value, base, here)
            elif keyword in _SCHEMAS:
                reduced[keyword] = self.reduce(value, base, here)
            elif keyword in _SCHEMA_LISTS:
                if isinstance(value, list) and value:
                    reduced[keyword] = self._reduce_list(value, base, here)
                else:
                    self._leave_out(here, value)
            elif keyword in _SCHEMA_MAPS:
                if isinstance(value, Mapping):
                    reduced[keyword] = {
                        name: self._reduce_member(name, one, base, f"{here}/{name}") for name, one in value.items()
                    }
                else:
                    self._leave_out(here, value)
        reduced.update(_facts(schema))
        return reduced

    def _reduce_list(self, schemas: list[Any], base: str, at: str) -> list[Any]:
        return [self.reduce(one, base, f"{at}/{index}") for index, one in enumerate(schemas)]

    def _reduce_member(self, name: str, schema: Any, base: str, at: str) -> Any:
        reduced = self.reduce(schema, base, at)
        if isinstance(reduced, dict) and identifies_person(name):
            reduced["personal"] = True
        return reduced

    def _leave_out(self, at: str, value: Any) -> Schema:
        self.malformed.append(f"{at[-_SHOWN:]}: {shown(value, 60)}")
        return {}

    def _refer(self, reference: str, base: str) -> str:
        name, pointer = split_reference(reference, base)
        document = self._document(name)
        if pointer and not pointer.startswith("/"):
            pointer = find_anchor(document, pointer) or pointer
        full = f"{name}#{pointer}"
        if full not in self._references:
            self._references[full] = reference
            self._define(_split_at_definition(full)[0])
        return full

    def _document(self, name: str) -> Any:
        """Return a document by its name; a part of the schema's own that is given as a document of its own counts."""
        own_name, own = self._own
        if name == own_name:
            return own
        found = self._library.document(name)
        return find_identifier(own, name, own_name) if found is None else found

    def _define(self, key: str) -> None:
        if key not in self.definitions:
            name, _, pointer = key.partition("#")
            found = look_up(self._document(name), pointer)
            if isinstance(found, bool):
                self.definitions[key] = {} if found else {"not": {}}
            elif isinstance(found, Mapping):
                self.definitions[key] = {}  # so that a definition that refers to itself ends here
                self.definitions[key] = self.reduce(found, name, key)

    def follow(self) -> None:
        """Make sure that every reference leads somewhere, also one to where a schema is not looked for."""
        followed: set[str] = set()
        while len(followed) < len(self._references):
            for full, reference in list(self._references.items()):
                if full not in followed:
                    followed.add(full)
                    key, rest = _split_at_definition(full)
                    if look_up(self.definitions.get(key), rest) is None:
                        self._define(full)
                        if full not in self.definitions:
                            self.unresolved.append(reference)


def _split_at_definition(reference: str) -> tuple[str, str]:
    """Split ``doc#/definitions/A/properties/b`` into ``doc#/definitions/A`` and ``/properties/b``."""
    document, _, pointer = reference.partition("#")
    steps = pointer.split("/")
    if len(steps) > 2 and steps[1] in ("definitions", "$defs"):
        return f"{document}#{'/'.join(steps[:3])}", "".join(f"/{step}" for step in steps[3:])
    return f"{document}#", pointer if pointer != "/" else ""


def _facts(schema: Mapping[str, Any]) -> Schema:
    """Read attribute type and unit out of ``x-ngsi`` where it is there, else out of the prose."""
    prose, said = schema.get("description"), schema.get("x-ngsi")
    prose = prose if isinstance(prose, str) else ""
    said = said if isinstance(said, Mapping) else {}
    kind, unit = _KIND.match(prose), _UNIT.search(prose)
    named = _KINDS.get(str(said.get("type", kind[1] if kind else "")).lower())
    facts: Schema = {}
    if named and (named != "Property" or not schema.keys().isdisjoint({"$ref", "items", "anyOf", "oneOf", "allOf"})):
        facts["kind"] = named
    text = str(said.get("units", unit[1] if unit else "")).strip()
    if text:
        facts["unit"] = text
        code = _unit_code(text)
        if code:
            facts["unitCode"] = code
    return facts


def _unit_code(text: str) -> str:
    """Return the UN/CEFACT code of a unit's text, or nothing where it cannot be told."""
    from citycontext.ngsild.units import find_unit  # its table is large, and the shipped index has the codes already

    try:
        return find_unit(text).code
    except UnitError:
        return ""
