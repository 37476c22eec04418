"""Entities: typed views over their wire form (CIM 009, 4.5.1 and 5.2.4).

``Entity`` serves any type; a subclass declares the attributes of one:

    class OffStreetParking(Entity):
        location: GeoAttr
        available_spot_number: OptAttr[int] = optional()

``entity.wire`` is the normalized JSON object as it came or as it will go; nothing in it is lost, re-spelt or
re-ordered, and what is not declared stands beside what is: ``entity["anything"]``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import tzinfo
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any, ClassVar, Final, Self, dataclass_transform

from citycontext.errors import DataError, InvalidEntity, InvalidName
from citycontext.foreign_text import shown
from citycontext.ngsild.attribute_base import Attribute, as_attribute, wrap
from citycontext.ngsild.declaration import Declaration
from citycontext.ngsild.entity_reading import ReadEntity
from citycontext.ngsild.fields import Field, attribute
from citycontext.ngsild.findings import Finding
from citycontext.ngsild.json_copy import copy_json
from citycontext.ngsild.json_text import read_json, write_json
from citycontext.ngsild.names import is_attribute_name, is_uri, to_camel
from citycontext.ngsild.representations import Reader, Representation, concise, simplified
from citycontext.ngsild.terms import ENTITY_MEMBERS

if TYPE_CHECKING:
    from pydantic import GetCoreSchemaHandler
    from pydantic_core import CoreSchema

__all__ = ["Entity"]

_new: Final = object.__new__
_set_wire: Final = Declaration.wire.__set__  # type: ignore[attr-defined]  # past __setattr__, which looks for fields
_LOCAL: Final = re.compile(r"[\w.-]{1,80}", re.ASCII).fullmatch
_RENDER: Final = {Representation.CONCISE: concise.render, Representation.SIMPLIFIED: simplified.render}


@dataclass_transform(kw_only_default=True, field_specifiers=(attribute,))
class _Base(ReadEntity):
    """Declare to type checkers that subclasses of Entity are built from what they declare."""

    __slots__ = ()


class Entity(_Base):
    """An entity of any type; subclass it to declare one.

    Args:
        id: The entity's URI, e.g. ``urn:ngsi-ld:OffStreetParking:gent:loop``.
        type: Its type, or types; a declared class knows its own.
        scope: Its scope, or scopes, e.g. ``/Gent/Parking``.
        context: Its @context: an address, an object, or a list of both.
        attributes: Attributes, or plain values: declared ones by their Python or wire name, others by wire name.

    Raises:
        InvalidEntity: A value is of another type than declared, or a required attribute is missing.
        InvalidName: A name is not valid, or a declared class does not declare it.
    """

    __slots__ = ()

    if TYPE_CHECKING:
        # What a constructor takes and an instance gives; at run time these are the properties below.
        id: str
        type: str = ""
        scope: str | Sequence[str] | None = None
        context: str | Mapping[str, Any] | Sequence[Any] | None = None

        def __init__(
            self,
            *,
            id: str,
            type: str | Sequence[str],
            scope: str | Sequence[str] | None = None,
            context: str | Mapping[str, Any] | Sequence[Any] | None = None,
            **attributes: Any,
        ) -> None: ...

    else:

        def __init__(self, *, id, type=None, scope=None, context=None, **attributes):
            if not attributes and not self.fields and type is None and not self.entity_type:
                raise InvalidEntity("an entity needs a type", path="type", clause="5.2.4")
            self._build(id, type, scope, context, attributes)
            for field in self.required_fields:
                if field.name not in self.__dict__:
                    raise InvalidEntity(f"{self.entity_type} needs {field.name}", path=field.wire_name)

        id = property(
            lambda self: self.wire.get("id") or self.wire.get("@id", ""),
            lambda self, uri: self._set_member_or_drop("id", uri and self._checked_id(uri, None)),
            doc="The entity's URI; empty for a fragment without one.",
        )
        type = property(
            lambda self: next(iter(self.types), ""),
            lambda self, name: self._set_member_or_drop("type", name),
            doc="The entity's type; of several the first.",
        )
        scope = property(
            lambda self: self.wire.get("scope"),
            lambda self, scope: self._set_member_or_drop("scope", scope),
            doc="The entity's scope, or scopes.",
        )
        context = property(
            lambda self: self.wire.get("@context"),
            lambda self, context: self._set_member_or_drop("@context", context),
            doc="The entity's @context, where it carries one.",
        )

    def _build(self, id: str | None, type: Any, scope: Any, context: Any, attributes: dict[str, Any]) -> None:
        wire: dict[str, Any] = {}
        _set_wire(self, wire)
        if id is not None:
            wire["id"] = self._checked_id(id, type)
        named = type if type is not None else self.entity_type
        if named:
            wire["type"] = named
        if context is not None:
            wire["@context"] = context
        if scope is not None:
            wire["scope"] = scope
        fields, views, reserved = self.fields, self.__dict__, self.reserved_names
        try:
            for name, given in attributes.items():
                field = fields.get(name)
                if field is None:
                    if fields or given is None or name in reserved or not is_attribute_name(name):
                        self._set_by_wire_name(name, given, declared_only=bool(fields))
                    else:
                        view = as_attribute(given)
                        views[name] = view
                        wire[name] = view.wire
                elif given is not None:
                    view = field.take(given)
                    views[name] = view
                    wire[field.wire_name] = view.wire
        except DataError as wrong:
            wrong.entity = wire.get("id", "")
            raise

    def _checked_id(self, id: Any, type: Any) -> str:
        if isinstance(id, str) and is_uri(id):
            return id
        named = type if isinstance(type, str) and type else self.entity_type or "Type"
        local = id if isinstance(id, str) and _LOCAL(id) else "name"
        raise InvalidEntity(
            f"{shown(id)} is not a URI; write for example urn:ngsi-ld:{named}:{local}", path="id", clause="5.2.4"
        )

    @classmethod
    def fragment(cls, *, type: str | Sequence[str] | None = None, **attributes: Any) -> Self:
        """Build a part of an entity, as PATCH and attribute operations take it: no id, nothing required.

        Args:
            type: Types to add to the entity.
            attributes: Attributes, or plain values; ``NULL`` deletes.
        """
        fragment = _new(cls)
        fragment._build(None, type if type is not None else "", None, None, attributes)
        if type is None:
            fragment.wire.pop("type", None)
        return fragment

    @classmethod
    def from_dict(
        cls,
        payload: dict[str, Any],
        *,
        representation: Representation | str | None = None,
        strict: bool = False,
        zone: tzinfo | None = None,
        findings: list[Finding] | None = None,
        fragment: bool = False,
    ) -> Self:
        """Read an entity from its JSON object.

        Args:
            payload: The object; the entity keeps it and changes it when the entity is changed.
            representation: ``simplified`` for that form; normalized, concise and any mix tell themselves.
            strict: Raise at the first thing that breaks the standard or the model, instead of noting it.
            zone: What a time without zone is taken to be in; such a time is rewritten in UTC.
            findings: A list that takes what was not as it should be.
            fragment: Whether id and type may be missing.

        Returns:
            The entity. What is declared reads as declared; what breaks the declaration is kept, and is a finding.

        Raises:
            DataError: The payload is not an entity at all or, in strict reading, breaks the standard or the model.
        """
        reader = Reader(strict=strict, findings=findings, zone=zone)
        if representation is not None and Representation(representation) is Representation.SIMPLIFIED:
            return cls._read_simplified(payload, reader, fragment)
        return cls._read(payload, reader, fragment)

    @classmethod
    def from_json(
        cls,
        text: bytes | str,
        *,
        representation: Representation | str | None = None,
        strict: bool = False,
        zone: tzinfo | None = None,
        findings: list[Finding] | None = None,
    ) -> Self:
        """Read an entity from JSON text; see ``from_dict``.

        Raises:
            InvalidEntity: The text is not JSON.
            DataError: As ``from_dict``.
        """
        payload = read_json(text)
        return cls.from_dict(payload, representation=representation, strict=strict, zone=zone, findings=findings)

    def attributes(self) -> dict[str, Attribute]:
        """Return the attributes by wire name; of several instances the default one."""
        return {name: self[name] for name in self}

    def instances(self, name: str) -> list[Attribute]:
        """Return all instances of an attribute; more than one are told apart by ``dataset_id`` (CIM 009, 4.5.5).

        Args:
            name: The attribute's Python or wire name.
        """
        member = self.wire.get(self._wire_name(name))
        if member is None:
            return []
        return [wrap(one) for one in member] if isinstance(member, list) else [wrap(member)]

    def set_instance(self, name: str, instance: Attribute) -> None:
        """Add an instance of an attribute, or replace the one with its ``dataset_id`` (CIM 009, 4.5.5).

        Args:
            name: The attribute's Python or wire name.
            instance: The instance; without a ``dataset_id`` it is the default one.
        """
        wire_name = self._wire_name(name)
        others = [one for one in self.instances(name) if one.dataset_id != instance.dataset_id]
        instances = [*(one.wire for one in others), instance.wire]
        self._put(wire_name, instances if len(instances) > 1 else instance.wire)

    def get(self, name: str, default: Any = None) -> Any:
        """Return an attribute by Python or wire name, or the default.

        Args:
            name: The attribute's name.
            default: What to return where the entity has none.
        """
        try:
            return self[name]
        except KeyError:
            return default

    def __getitem__(self, name: str) -> Attribute:
        views = self.__dict__
        if name in views:
            return views[name]  # type: ignore[no-any-return]
        field = self.fields_by_wire_name.get(name)
        if field is not None and field.name in views:
            return views[field.name]  # type: ignore[no-any-return]
        wire_name = self._wire_name(name)
        field = self.fields_by_wire_name.get(wire_name)
        if field is not None:
            if field.name in views:
                return views[field.name]  # type: ignore[no-any-return]
            return field.view_of(self)
        if wire_name in ENTITY_MEMBERS:
            raise KeyError(name)
        view = wrap(self.wire[wire_name])
        if wire_name not in self.reserved_names and "://" not in wire_name:
            views[wire_name] = view
        return view

    def __setitem__(self, name: str, given: Any) -> None:
        field = self.fields_by_wire_name.get(name) or self.fields.get(name)
        if field is not None:
            self._set_field(field, given)
        else:
            self._set_by_wire_name(name, given, declared_only=False)

    def __delitem__(self, name: str) -> None:
        wire_name = self._wire_name(name)
        if wire_name in ENTITY_MEMBERS:
            raise KeyError(name)
        field = self.fields_by_wire_name.get(wire_name) or self._field_of_iri(wire_name, self.wire)
        del self.wire[wire_name]
        self.__dict__.pop(wire_name if field is None else field.name, None)

    def __contains__(self, name: object) -> bool:
        return (
            isinstance(name, str)
            and (wire_name := self._wire_name(name)) in self.wire
            and (wire_name not in ENTITY_MEMBERS)
        )

    def __iter__(self) -> Iterator[str]:
        return (name for name in self.wire if name not in ENTITY_MEMBERS)

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def __bool__(self) -> bool:
        return True

    if not TYPE_CHECKING:

        def __getattr__(self, name):
            wire_name = name if name in self.wire else to_camel(name)
            if name[:1] != "_" and wire_name in self.wire and wire_name not in ENTITY_MEMBERS:
                return self[wire_name]
            if name in self.fields:
                hint = ", though the model requires it"
            else:
                near = get_close_matches(name, [*self.fields, *self], n=1)
                hint = f"; did you mean {near[0]!r}?" if near else ""
            raise AttributeError(f"{self.__class__.__name__} {shown(self.id)} has no attribute {name!r}{hint}")

        def __setattr__(self, name, given):
            field = self.fields.get(name)
            if field is not None:
                self._set_field(field, given)
            elif name in self.reserved_names:
                object.__setattr__(self, name, given)
            else:
                self._set_by_wire_name(name, given, declared_only=bool(self.fields))

        def __delattr__(self, name):
            try:
                del self[name]
            except KeyError:
                raise AttributeError(name) from None

    def _wire_name(self, name: str) -> str:
        if name in self.fields_by_wire_name:
            return self._stored_name(name)
        field = self.fields.get(name)
        return name if field is None else self._stored_name(field.wire_name)

    def _set_field(self, field: Field, given: Any) -> None:
        stored = self._stored_name(field.wire_name)
        if given is None:
            self.wire.pop(stored, None)
            self.__dict__.pop(field.name, None)
        else:
            try:
                view = field.take(given)
            except DataError as wrong:
                wrong.entity = self.id
                raise
            self.wire[stored] = view.wire
            self.__dict__[field.name] = view

    def _set_by_wire_name(self, name: str, given: Any, *, declared_only: bool) -> None:
        field = self.fields_by_wire_name.get(name)
        if field is not None:
            self._set_field(field, given)
            return
        if declared_only:
            near = get_close_matches(name, list(self.fields), n=1)
            hint = f"did you mean {near[0]!r}?" if near else f"for an attribute beside the model: entity[{name!r}] = …"
            raise InvalidName(f"{self.entity_type} declares no {name!r}; {hint}")
        if name in ENTITY_MEMBERS or not is_attribute_name(name):
            raise InvalidName(
                f"{name!r} cannot name an attribute; use a letter, then letters, digits and '_'", clause="4.6.2"
            )
        if given is None:
            self.wire.pop(name, None)
            self.__dict__.pop(name, None)
        else:
            view = as_attribute(given)
            self.wire[name] = view.wire
            if name not in self.reserved_names:
                self.__dict__[name] = view

    def _put(self, wire_name: str, member: dict[str, Any] | list[dict[str, Any]]) -> None:
        self.wire[wire_name] = member
        field = self.fields_by_wire_name.get(wire_name) or self._field_of_iri(wire_name, self.wire)
        if field is not None:
            self.__dict__[field.name] = wrap(member)
        elif wire_name not in self.reserved_names:
            self.__dict__[wire_name] = wrap(member)

    def to_dict(self, representation: Representation | str = Representation.NORMALIZED) -> dict[str, Any]:
        """Return the entity as a JSON object.

        Args:
            representation: ``normalized``, ``concise`` or ``simplified``.

        Returns:
            A new object; its parts are the entity's own, so copy them before changing them.
        """
        if representation == Representation.NORMALIZED:
            return dict(self.wire)
        return _RENDER[Representation(representation)](self.wire)

    def to_json(self, representation: Representation | str = Representation.NORMALIZED) -> bytes:
        """Return the entity as JSON text in UTF-8.

        Args:
            representation: ``normalized``, ``concise`` or ``simplified``.

        Raises:
            InvalidEntity: Something in it is not a JSON value, or it is nested too deep.
        """
        if representation == Representation.NORMALIZED:
            return write_json(self.wire)
        return write_json(_RENDER[Representation(representation)](self.wire))

    def copy(self) -> Self:
        """Return an independent copy."""
        return self._read(copy_json(self.wire), Reader())

    __copy__ = copy

    def __deepcopy__(self, memo: dict[int, Any]) -> Self:
        return self._read(copy_json(self.wire, memo), Reader())

    def __reduce__(self) -> tuple[Any, tuple[Any, ...]]:
        return (_restore, (self.__class__, self.wire))

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Entity):
            return NotImplemented
        return self.wire == other.wire

    __hash__: ClassVar[None] = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        values = "".join(f", {name}={shown(attribute.value, 60)}" for name, attribute in self.attributes().items())
        named = "" if self.__class__.__name__ == self.type else f", type={shown(self.type)}"
        return f"{self.__class__.__name__}(id={shown(self.id)}{named}{values})"

    def _repr_html_(self) -> str:
        from citycontext.ngsild.frames.html import entity_html

        return entity_html(self.wire)

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        from pydantic_core import core_schema

        return core_schema.no_info_plain_validator_function(
            lambda given: given if isinstance(given, cls) else cls.from_dict(given, strict=True),
            serialization=core_schema.plain_serializer_function_ser_schema(lambda entity: entity.to_dict()),
        )


def _restore(cls: type[Entity], wire: dict[str, Any]) -> Entity:
    return cls._read(wire, Reader())
