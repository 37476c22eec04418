"""Reading entities by what their class declares: this is what a large answer spends its time on.

What is usual about a declared attribute is checked in one step, inline; everything else goes the long way.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, Final, Self

from citycontext.foreign_text import shown
from citycontext.ngsild.attribute_base import Attribute, attribute_class, wrap
from citycontext.ngsild.attributes import Property
from citycontext.ngsild.declaration import Declaration
from citycontext.ngsild.fields import Field
from citycontext.ngsild.findings import Severity
from citycontext.ngsild.geometry import is_plain_point
from citycontext.ngsild.names import is_attribute_name
from citycontext.ngsild.representations import Reader, simplified
from citycontext.ngsild.representations.reading import is_link, is_usual, plain_value_class
from citycontext.ngsild.terms import DEFAULT_CONTEXT, ENTITY_MEMBERS
from citycontext.ngsild.time import is_datetime

__all__ = ["ReadEntity"]

_new: Final = object.__new__
_set_wire: Final = Declaration.wire.__set__  # type: ignore[attr-defined]  # past __setattr__, which looks for fields
_NONE_YET: Final = object()
_NOTHING: Final[Mapping[str, Any]] = {}
_SCALARS: Final[Any] = frozenset({int, float, bool, str})
_LINK_OR_PLACE: Final = ("Relationship", "GeoProperty")
_AS_THEY_ARE: Final = frozenset({"id", "type", "@id", "@type", "@context", "scope"})  # read by others
_PLAIN_NAMES: Final[dict[str, None]] = {}  # undeclared names of attributes that were found to be right
_MOST_NAMES: Final = 4096
_LONGEST_NAME: Final = 100


def _note_name(name: str) -> None:
    if len(name) <= _LONGEST_NAME and "://" not in name and name not in ENTITY_MEMBERS and is_attribute_name(name):
        if len(_PLAIN_NAMES) >= _MOST_NAMES:  # they come from outside: forget them all, so that it never stays slow
            _PLAIN_NAMES.clear()
        _PLAIN_NAMES[name] = None


class ReadEntity(Declaration):
    """Base of entity classes: reads payloads, and knows under which names what is declared may stand."""

    __slots__ = ()

    _fields_by_iri: ClassVar[Mapping[str, Field] | None] = None  # of the class itself, made when first asked for

    @classmethod
    def _read(cls, payload: Any, reader: Reader, fragment: bool = False) -> Self:
        """Check and normalize a payload in one go: this is what reading a large answer spends its time on.

        Views of the attributes are made when they are first read.
        """
        reader.identity(payload, fragment=fragment)
        entity = _new(cls)
        by_wire_name = cls.fields_by_wire_name
        usual_of: Mapping[str, Any] = cls.usual if reader.nulls else _NOTHING
        plain = _PLAIN_NAMES if reader.nulls else _NOTHING
        held: Any = _NONE_YET
        link: Any = reader.known_link
        wire: dict[str, Any] = payload
        for name, member in payload.items():
            usual = usual_of.get(name)
            if usual is None and name not in by_wire_name:
                if name in _AS_THEY_ARE:
                    continue
                if name in plain:
                    usual = _SCALARS
            if usual is not None and type(member) is dict:
                # Taken, not asked for: a member that is not there, or is not what it should be, goes the long way.
                try:
                    kind = member["type"]
                    if kind == "Property":
                        if type(member["value"]) in usual:
                            size = len(member)
                            if size == 2 or (
                                size == 4 and member["observedAt"] == held and type(member["unitCode"]) is str
                            ):
                                continue
                            text = member.get("observedAt")
                            if text is not None and (text == held or is_datetime(text)):
                                held = text  # one message carries one timestamp many times
                                size -= 1
                            if size == 2 or (size == 3 and type(member.get("unitCode")) is str):
                                continue
                    elif kind == usual:
                        if len(member) == 2:
                            if kind == "GeoProperty":
                                if is_plain_point(member["value"]):
                                    continue
                            elif member["object"] == link or is_link(member["object"]):
                                link = member["object"]  # and one entity that many lead to
                                continue
                    elif usual is _SCALARS and kind in _LINK_OR_PLACE and is_usual(member, kind):
                        continue
                except (KeyError, TypeError):
                    pass
            read = entity._read_member(name, member, payload, reader)
            if read is not member:
                if wire is payload:
                    wire = dict(payload)
                wire[name] = read
        reader.known_link = link
        _set_wire(entity, wire)
        if (reader.strict or reader.findings is not None) and by_wire_name:
            entity._check_declaration(reader)
        return entity

    @classmethod
    def _read_simplified(cls, payload: Any, reader: Reader, fragment: bool = False) -> Self:
        """Normalize names and values, and check them, in one go."""
        reader.identity(payload, fragment=fragment)
        entity = _new(cls)
        by_wire_name = cls.fields_by_wire_name
        usual_of: Mapping[str, Any] = cls.usual if reader.nulls else _NOTHING
        plain = _PLAIN_NAMES if reader.nulls else _NOTHING
        wire: dict[str, Any] = {}
        for name, value in payload.items():
            usual = usual_of.get(name)
            if usual is None and name not in by_wire_name:
                if name in _AS_THEY_ARE:
                    wire[name] = value
                    continue
                if name in plain:
                    usual = _SCALARS
            if usual is not None:
                value_class = type(value)
                if value_class is dict:
                    if (usual is _SCALARS or usual == "GeoProperty") and is_plain_point(value):
                        wire[name] = {"type": "GeoProperty", "value": value}
                        continue
                elif usual.__class__ is str:
                    if usual == "Relationship" and value_class is str and is_link(value):
                        wire[name] = {"type": "Relationship", "object": value}
                        continue
                elif value_class in usual:
                    wire[name] = {"type": "Property", "value": value}
                    continue
            member = value if name in ENTITY_MEMBERS else simplified.spell_out(value, cls._declared_kind(name))
            wire[name] = entity._read_member(name, member, payload, reader)
        _set_wire(entity, wire)
        if (reader.strict or reader.findings is not None) and by_wire_name:
            entity._check_declaration(reader)
        return entity

    def _read_member(self, name: str, member: Any, payload: Mapping[str, Any], reader: Reader) -> Any:
        """Read one member the long way; return what goes on the wire, the very member where nothing had to change."""
        field = self.fields_by_wire_name.get(name)
        if field is None and name in ENTITY_MEMBERS:
            return reader.entity_member(name, member)
        if field is None:
            if self.fields_by_wire_name and "://" in name:
                field = self._field_of_iri(name, payload)
            else:
                _note_name(name)
        view_class: type[Attribute] = Property
        value_class = plain_value_class(member, reader.nulls) if type(member) is dict else None
        if value_class is not None:
            read = member
            if field is None and not is_attribute_name(name):
                reader.refuse_name(name)
        else:
            read = reader.entity_member(name, member)
        if field is not None:
            single = read if type(read) is dict else wrap(read).wire
            if value_class is None:
                view_class = attribute_class(single)
                value_class = type(single.get("value"))
            if view_class is not field.attribute_class:
                _check_declared_kind(field, view_class.type, reader)
            elif field.accepted is not None and value_class not in field.accepted:
                _check_declared_value(field, single, reader)
            if field.wire_name != name:  # it came as a full IRI, under which nobody asks for it
                self.__dict__[field.name] = field.viewed(single)
        return read

    def _check_declaration(self, reader: Reader) -> None:
        wire = self.wire
        if wire.get("type") != self.entity_type and "type" in wire and not self._is_of_class():
            reader.note("type", "entity-type", f"{wire['type']!r} is not {self.entity_type}", "")
        # Mostly a name is known; then nothing else is looked at, and the entity needs no dictionary of views yet.
        if self.fields_by_wire_name.keys().isdisjoint(wire) and self.fields.keys().isdisjoint(self.__dict__):
            iri = next((name for name in wire if "://" in name), None)
            if iri is not None:
                message = f"none of the names that came, such as {shown(iri)}, means an attribute of {self.entity_type}"
                reader.note("", "unknown-names", f"{message}; read with the @context it was written with", "5.5.7")
        for field in self.required_fields:
            if field.wire_name not in wire and "id" in wire and self._stored_name(field.wire_name) not in wire:
                reader.note(field.wire_name, "required", f"{self.entity_type} needs it", "")

    def _is_of_class(self) -> bool:
        types: tuple[object, ...] = self.types  # a payload may have anything there
        names = self.type_names()
        return any(isinstance(one, str) and one in names for one in types)

    @classmethod
    def type_names(cls) -> frozenset[str]:
        """Return the names that the type may be stored under: the short one and the IRIs that it stands for."""
        return frozenset({cls.entity_type, *cls._iris(cls.entity_type)})

    @classmethod
    def _iris(cls, name: str) -> tuple[str, ...]:
        """List the IRIs that a name of the class stands for in the contexts that are known."""
        return (DEFAULT_CONTEXT + name,)

    @classmethod
    def _field_of_iri(cls, iri: str, payload: Mapping[str, Any]) -> Field | None:
        """Find what an IRI declares; where several names of a payload mean one attribute, the first counts."""
        known: Mapping[str, Field] | None = cls.__dict__.get("_fields_by_iri")
        if known is None:
            known = {one: field for name, field in cls.fields_by_wire_name.items() for one in cls._iris(name)}
            cls._fields_by_iri = known
        field = known.get(iri)
        if field is None or field.wire_name in payload:
            return None
        return field if next(name for name in payload if known.get(name) is field) == iri else None

    def _stored_name(self, wire_name: str) -> str:
        """Return the name under which the entity has an attribute: its short one, or the IRI that came."""
        wire = self.wire
        if wire_name not in wire:
            for name in wire:
                if "://" in name:
                    field = self._field_of_iri(name, wire)
                    if field is not None and field.wire_name == wire_name:
                        return name
        return wire_name

    @classmethod
    def _declared_kind(cls, wire_name: str) -> str | None:
        field = cls.fields_by_wire_name.get(wire_name)
        return None if field is None else field.kind

    @property
    def types(self) -> tuple[str, ...]:
        """All the entity's types."""
        named = self.wire.get("type", self.wire.get("@type"))
        return tuple(named) if isinstance(named, list | tuple) else () if named is None else (named,)


def _check_declared_value(field: Field, member: dict[str, Any], reader: Reader) -> None:
    if field.kind == "Property" and "value" in member and not field.value_type.accepts(member["value"]):
        path, value = f"{field.wire_name}.value", member["value"]
        reader.note(path, "value-type", f"{shown(value)} is not {field.value_type.name}", "")


def _check_declared_kind(field: Field, found: str, reader: Reader) -> None:
    message = f"a {found} stands where the model has a {field.kind}"
    reader.note(field.wire_name, "attribute-kind", message, "", Severity.WARNING)
