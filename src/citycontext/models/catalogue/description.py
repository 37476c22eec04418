"""What is known about a model and its attributes: the facts of its schema, ready to be asked."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Final

from citycontext.models.catalogue.annotations import attribute_kind, json_types, value_annotation
from citycontext.models.catalogue.python_names import attribute_names
from citycontext.models.schema.reduction import Definitions, Schema
from citycontext.ngsild.terms import CORE_CONTEXT, ENTITY_MEMBERS

__all__ = ["AttributeDescription", "ModelDescription"]

_MAX_PARTS: Final = 64


@dataclass(frozen=True, eq=False)
class AttributeDescription:
    """An attribute of a model.

    Args:
        name: Its Python name.
        wire_name: Its name on the wire.
        required: Whether an entity must have it.
        schema: Its reduced schema.
        definitions: Resolves the schema's references.
        part: The shared definition it comes from, e.g. ``GSMA-Commons``; empty for the model's own.
    """

    name: str
    wire_name: str
    required: bool
    schema: Schema = field(repr=False)
    definitions: Definitions = field(repr=False)
    part: str = ""

    @cached_property
    def _expanded(self) -> Schema:
        return self.definitions.expand(self.schema)

    @cached_property
    def kind(self) -> str:
        """The attribute type: ``Property``, ``Relationship``, ``GeoProperty`` …"""
        return attribute_kind(self.schema, self.definitions)

    @cached_property
    def annotation(self) -> Any:
        """The Python type of the value, e.g. ``float`` or ``list[str]``."""
        return value_annotation(self.schema, self.definitions)

    @cached_property
    def json_types(self) -> tuple[str, ...]:
        """The JSON types a value may have; empty where the model does not say."""
        return tuple(sorted(json_types(self.schema, self.definitions)))

    @property
    def format(self) -> str | None:
        """How a text is spelt, e.g. ``date-time`` or ``uri``."""
        return self._expanded.get("format")

    @property
    def enumeration(self) -> tuple[Any, ...]:
        """The values the model lists, for itself or for the items of a list; other values may occur."""
        own = self._expanded
        items = own.get("items")
        return tuple(
            own.get("enum") or (self.definitions.expand(items).get("enum") if isinstance(items, dict) else ()) or ()
        )

    @property
    def minimum(self) -> float | None:
        """The least value."""
        return self._expanded.get("minimum", self._expanded.get("exclusiveMinimum"))

    @property
    def maximum(self) -> float | None:
        """The greatest value."""
        return self._expanded.get("maximum", self._expanded.get("exclusiveMaximum"))

    @property
    def pattern(self) -> str | None:
        """A regular expression that a text contains."""
        return self._expanded.get("pattern")

    @property
    def unit(self) -> str | None:
        """The unit, as the model spells it."""
        return self._expanded.get("unit")

    @property
    def unit_code(self) -> str | None:
        """The unit's UN/CEFACT common code, where the model's spelling could be recognised."""
        return self._expanded.get("unitCode")

    @cached_property
    def personal(self) -> bool:
        """Whether it may identify a person."""
        return _is_personal(self.schema, self.definitions, 0)


def _is_personal(schema: Schema, definitions: Definitions, depth: int) -> bool:
    schema = definitions.expand(schema)
    if schema.get("personal"):
        return True
    inner = [*schema.get("properties", {}).values(), schema.get("items")]
    return depth < 4 and any(_is_personal(one, definitions, depth + 1) for one in inner if isinstance(one, dict))


@dataclass(frozen=True, eq=False)
class ModelDescription:
    """A model.

    Args:
        subject: The subject it belongs to, e.g. ``Parking``; empty for a model of a user's own.
        type: The entity type.
        schema: Its reduced schema.
        definitions: Resolves the schema's references.
        version: The version it states.
        commit: The commit of its repository that it was read at.
        page: The address of its page.
        context: The address of its @context.
        licence: The licence it is published under (SPDX).
        problems: What of its schema could not be used, and is not checked: references that lead nowhere, and keywords
            whose argument is of a form that JSON Schema does not have.
        texts: What a user's own schema says in words: of the model under the empty name, of attributes by wire name.
    """

    subject: str
    type: str
    schema: Schema = field(repr=False)
    definitions: Definitions = field(repr=False)
    version: str = ""
    commit: str = ""
    page: str = ""
    context: str = ""
    licence: str = ""
    problems: tuple[str, ...] = ()
    texts: Mapping[str, str] = field(default_factory=dict, repr=False)

    @cached_property
    def attributes(self) -> Mapping[str, AttributeDescription]:
        """The attributes by wire name, in the model's order."""
        found: dict[str, tuple[Schema, str]] = {}
        required: set[str] = set()
        for part, origin in self.parts():
            required.update(name for name in part.get("required", ()) if isinstance(name, str))
            for wire_name, schema in part.get("properties", {}).items():
                if wire_name not in ENTITY_MEMBERS and schema is not False:
                    found[wire_name] = (schema if isinstance(schema, dict) else {}, origin)
        names = attribute_names(found)
        return {
            wire_name: AttributeDescription(
                names[wire_name], wire_name, wire_name in required, schema, self.definitions, origin
            )
            for wire_name, (schema, origin) in found.items()
        }

    def parts(self) -> Iterator[tuple[Schema, str]]:
        """Yield the schemas that the model is put together from, each with the shared definition it comes from."""
        return self._parts(self.schema, "", 0, False, set())

    def _parts(
        self, schema: Schema, origin: str, depth: int, optional: bool, seen: set[tuple[str, bool]]
    ) -> Iterator[tuple[Schema, str]]:
        if depth > 8:
            return
        reference = schema.get("$ref")
        if reference is not None and (reference, optional) not in seen:  # once is enough, however often it is named
            seen.add((reference, optional))
            target = reference.rpartition("/definitions/")[2] or origin
            yield from self._parts(self.definitions.resolve(reference), target, depth + 1, optional, seen)
        for keyword in ("allOf", "anyOf", "oneOf"):
            for part in schema.get(keyword, ())[:_MAX_PARTS]:
                if isinstance(part, dict):
                    yield from self._parts(part, origin, depth + 1, optional or keyword != "allOf", seen)
        # what only one form requires, no entity must have
        yield {"properties": schema.get("properties", {})} if optional else schema, origin

    @property
    def contexts(self) -> tuple[str, ...]:
        """The @context that entities of the model carry: the subject's first, the core one last (CIM 009, 4.4)."""
        return (self.context, CORE_CONTEXT) if self.context else (CORE_CONTEXT,)

    @property
    def required(self) -> tuple[str, ...]:
        """Wire names of the attributes that an entity must have."""
        return tuple(name for name, one in self.attributes.items() if one.required)

    def __getitem__(self, wire_name: str) -> AttributeDescription:
        return self.attributes[wire_name]

    def __str__(self) -> str:
        return f"{self.subject}.{self.type}" if self.subject else self.type
