"""The one shape behind all eight attribute types: a view over a wire object (CIM 009, 4.5.1).

An attribute holds one thing, ``wire``: the normalized JSON object as it came or as it will go. Its members are read
from there on demand, so nothing that a payload carries is lost, re-spelt or re-ordered.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from typing import Any, ClassVar, Final, Self

from citycontext.errors import DataError, InvalidName
from citycontext.foreign_text import shown
from citycontext.ngsild.geometry import is_geometry
from citycontext.ngsild.json_copy import copy_json
from citycontext.ngsild.lifetime import Lifetime
from citycontext.ngsild.names import is_attribute_name, to_camel
from citycontext.ngsild.terms import ATTRIBUTE_TYPES, ENTITY_MEMBERS, NULL_URN, PREVIOUS_MEMBERS, VALUE_MEMBERS
from citycontext.ngsild.time import INSTANTS, format_datetime, written_time

__all__ = [
    "ATTRIBUTE_CLASSES",
    "ATTRIBUTE_MEMBERS",
    "NULL",
    "RESERVED_NAMES",
    "Attribute",
    "NgsiLdNull",
    "attribute_class",
    "attribute_type",
    "free_name",
    "is_null",
    "misplaced_value",
    "wrap",
]

ATTRIBUTE_MEMBERS: Final = (
    frozenset(
        {
            "type",
            "@type",
            "observedAt",
            "unitCode",
            "datasetId",
            "valueType",
            "objectType",
            "createdAt",
            "modifiedAt",
            "deletedAt",
            "expiresAt",
            "instanceId",
            "entity",
            "entityList",
            "lang",
            "ngsildproof",
        }
    )
    | VALUE_MEMBERS.keys()
    | frozenset(PREVIOUS_MEMBERS.values())
)
"""Members of an attribute that are not sub-attributes (CIM 009, 4.5.2 and 5.2.5 to 5.2.7)."""

RESERVED_NAMES: Final = (ATTRIBUTE_MEMBERS - {"type", "@type", "lang"}) | {
    *("values", "objects", "languageMaps", "vocabs", "jsons"),
    *("entityIdSealed", "entityTypeSealed"),
}
"""Names that a context broker refuses for an attribute: those of its members, temporal ones too (CIM 009, 4.5.1)."""


ATTRIBUTE_CLASSES: Final[dict[str, type[Attribute]]] = {}
"""Attribute type → the class that views it; each class enters itself."""


def free_name(name: str) -> str:
    """Return the name itself, or where NGSI-LD keeps it for itself one that a context broker takes: ``measuredValue``.

    Args:
        name: A name for an attribute.
    """
    taken = name in RESERVED_NAMES or name in ENTITY_MEMBERS
    return f"measured{name[0].upper()}{name[1:]}" if taken else name


class NgsiLdNull(str):
    """The type of ``NULL``; a text on the wire, never Python's ``None``."""

    __slots__ = ()

    def __new__(cls) -> NgsiLdNull:
        return NULL

    def __repr__(self) -> str:
        return "NULL"

    def __reduce__(self) -> tuple[type[NgsiLdNull], tuple[()]]:
        return (NgsiLdNull, ())


NULL: Final[NgsiLdNull] = str.__new__(NgsiLdNull, NULL_URN)
"""NGSI-LD Null: in an update, merge or notification it says *deleted* (CIM 009, 4.5.0)."""


def is_null(value: object) -> bool:
    """Return whether a value is NGSI-LD Null, in any of the forms it takes on the wire.

    Args:
        value: The content of a value member: the Null text, a list of just it, or ``{"@none": …}`` of it.
    """
    if isinstance(value, str):
        return value == NULL_URN
    if isinstance(value, list):
        return value == [NULL_URN]
    return isinstance(value, dict) and value == {"@none": NULL_URN}


class Attribute(Lifetime):
    """What all attribute types have in common.

    Subclasses are the eight types of the standard. Members that are neither the value nor one of the standard's own
    are sub-attributes: ``temperature["accuracy"].value``.

    Args:
        value: The value, in the form the type asks for.
        observed_at: When it held; an aware datetime, or a text kept as it is.
        dataset_id: URI that tells several instances of one attribute apart.
        members: Further members: sub-attributes by their wire name (an attribute, or a plain value for a Property),
            or the standard's own by their Python name (``expires_at``, ``object_type``).

    Raises:
        InvalidEntity: The value is not of the form the type asks for.
        InvalidName: A sub-attribute's name is not valid.
        InvalidTime: ``observed_at`` is not a time, or has no zone.
    """

    __slots__ = ("wire",)

    type: ClassVar[str] = ""
    value_member: ClassVar[str] = ""
    wire: dict[str, Any]

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        if "type" in cls.__dict__:
            ATTRIBUTE_CLASSES[cls.type] = cls

    def __init__(
        self,
        value: Any,
        *,
        observed_at: datetime | str | None = None,
        dataset_id: str | None = None,
        **members: Any,
    ) -> None:
        self.wire = {"type": self.type, self.value_member: self._checked(value)}
        if observed_at is not None:
            self.wire["observedAt"] = written_time(observed_at, "observed_at")
        if dataset_id is not None:
            self.wire["datasetId"] = dataset_id
        for name, member in members.items():
            self._set_member(name, member)

    @classmethod
    def _checked(cls, value: Any) -> Any:
        """Return the value as it goes on the wire, or raise InvalidEntity."""
        return value

    def _set_member(self, name: str, member: Any) -> None:
        own = to_camel(name)
        if own in ATTRIBUTE_MEMBERS:
            if isinstance(member, datetime):
                member = format_datetime(member)
            self.wire[own] = member
        else:
            self[name] = member

    @property
    def value(self) -> Any:
        """The value, whichever member carries it; ``None`` where a broker sent none."""
        try:
            return self.wire[self.value_member]
        except KeyError:
            return misplaced_value(self.wire)

    @value.setter
    def value(self, value: Any) -> None:
        self.wire[self.value_member] = self._checked(value)

    @property
    def is_null(self) -> bool:
        """Whether the value is NGSI-LD Null: deleted."""
        return is_null(self.value)

    @property
    def previous_value(self) -> Any:
        """The value before the change that a notification tells of (CIM 009, 5.8.6)."""
        return self.wire.get(PREVIOUS_MEMBERS[self.type])

    @property
    def observed_at(self) -> datetime | None:
        """When the value held.

        Raises:
            InvalidTime: The text on the wire is not a timestamp, or has no zone.
        """
        try:
            return INSTANTS[self.wire["observedAt"]]
        except (KeyError, TypeError):  # none, one that was not read yet, or a broker's Property in its place
            return self._time("observedAt") if "observedAt" in self.wire else None

    @observed_at.setter
    def observed_at(self, instant: datetime | str | None) -> None:
        self._set_time("observedAt", instant)

    @property
    def dataset_id(self) -> str | None:
        """What tells this instance from others of the same attribute; ``None`` for the default one."""
        return self.wire.get("datasetId")

    @dataset_id.setter
    def dataset_id(self, uri: str | None) -> None:
        self._set_member_or_drop("datasetId", uri)

    @property
    def instance_id(self) -> str | None:
        """The URI of this instance in the temporal API; set by the broker."""
        return self.wire.get("instanceId")

    def sub_attributes(self) -> dict[str, Attribute]:
        """Return the sub-attributes by wire name; of several instances the default one."""
        return {
            name: wrap(member)
            for name, member in self.wire.items()
            if name not in ATTRIBUTE_MEMBERS and isinstance(member, (dict, list)) and member
        }

    def __getitem__(self, name: str) -> Attribute:
        if name in ATTRIBUTE_MEMBERS:
            raise KeyError(name)
        return wrap(self.wire[name])

    def __setitem__(self, name: str, attribute: Any) -> None:
        if not is_attribute_name(name) or name in ATTRIBUTE_MEMBERS:
            raise InvalidName(
                f"{name!r} cannot name a sub-attribute; use a letter, then letters, digits and '_'", clause="4.6.2"
            )
        self.wire[name] = as_attribute(attribute).wire

    def __delitem__(self, name: str) -> None:
        if name in ATTRIBUTE_MEMBERS:
            raise KeyError(name)
        del self.wire[name]

    def __contains__(self, name: object) -> bool:
        return name in self.wire and name not in ATTRIBUTE_MEMBERS

    def __iter__(self) -> Iterator[str]:
        return iter(self.sub_attributes())

    def copy(self) -> Self:
        """Return an independent copy."""
        return self.from_wire(copy_json(self.wire))

    __copy__ = copy

    def __deepcopy__(self, memo: dict[int, Any]) -> Self:
        return self.from_wire(copy_json(self.wire, memo))

    @classmethod
    def from_wire(cls, wire: dict[str, Any]) -> Self:
        """View a normalized JSON object as this attribute type, without checks or copy.

        Args:
            wire: The object, e.g. ``{"type": "Property", "value": 5}``.
        """
        attribute = object.__new__(cls)
        attribute.wire = wire
        return attribute

    def __eq__(self, other: object) -> bool:
        if isinstance(other, Attribute):
            return self.type == other.type and self.wire == other.wire
        if not isinstance(other, _PLAIN):
            return NotImplemented
        if self.wire.get(self.value_member) == other:
            return True
        try:
            return bool(self.value == other)
        except DataError:  # it cannot be read as its class has it
            return False

    __hash__: ClassVar[None] = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        rest = "".join(
            f", {name}={shown(member, 1000)}"
            for name, member in self.wire.items()
            if name not in ("type", self.value_member)
        )
        return f"{self.type}({shown(self.value, 1000)}{rest})"


def misplaced_value(wire: dict[str, Any]) -> Any:
    """Find the value under a member of another type, as some published payloads have it.

    Args:
        wire: The attribute's wire object.
    """
    for member in VALUE_MEMBERS:
        if member in wire:
            return wire[member]
    return None


_PLAIN: Final = (str, int, float, list, dict, datetime, date)
"""What an attribute's value may be compared with (decision 0045)."""
_SCALARS: Final = frozenset({int, float, bool, str})
_SPELLINGS: Final[dict[str, str]] = {
    **{name.lower(): name for name in ATTRIBUTE_TYPES},
    "vocabularyproperty": "VocabProperty",
    "geo:json": "GeoProperty",
    "geo:point": "GeoProperty",
    "geo:line": "GeoProperty",
    "geo:polygon": "GeoProperty",
    "geo:box": "GeoProperty",
}


def attribute_class(member: Mapping[str, Any]) -> type[Attribute]:
    """Return which attribute type a wire object is, however it is spelt.

    The type member decides where it is one of the standard's, in any case and with stray blanks (``Geoproperty``,
    ``"Property "``); then the member that carries the value; a geometry makes a GeoProperty.

    Args:
        member: An attribute's wire object.
    """
    named = member.get("type", member.get("@type"))
    exact = ATTRIBUTE_CLASSES.get(named) if type(named) is str else None
    if exact is not None:
        return exact
    if isinstance(named, str):
        spelt = _SPELLINGS.get(named.strip().lower())
        if spelt is not None:
            return ATTRIBUTE_CLASSES[spelt]
    for value_member, kind in VALUE_MEMBERS.items():
        if value_member in member:
            value = member[value_member]
            if kind == "Property" and is_geometry(value):
                return ATTRIBUTE_CLASSES["GeoProperty"]
            return ATTRIBUTE_CLASSES[kind]
    return ATTRIBUTE_CLASSES["Property"]


def attribute_type(member: Any) -> str | None:
    """Return the attribute type that a wire object names exactly as the standard spells it, else ``None``.

    Args:
        member: What stands under an attribute's name.
    """
    kind = member.get("type") if type(member) is dict else None
    return kind if type(kind) is str and kind in ATTRIBUTE_TYPES else None


def wrap(member: Any) -> Attribute:
    """View what stands on the wire as the attribute it is; of a list of instances the default one, else the first.

    Args:
        member: An attribute's wire object, a list of its instances, or a bare value (a Property in concise form).
    """
    if isinstance(member, dict):
        return attribute_class(member).from_wire(member)
    if isinstance(member, list):
        instances = [one for one in member if isinstance(one, dict)]
        for one in instances:
            if one.get("datasetId") in (None, "@none"):
                return attribute_class(one).from_wire(one)
        if instances:
            return attribute_class(instances[0]).from_wire(instances[0])
    return ATTRIBUTE_CLASSES["Property"].from_wire({"type": "Property", "value": member})


def as_attribute(given: Any) -> Attribute:
    """Take an attribute as it is; make a Property of a plain value, a GeoProperty of a geometry.

    Args:
        given: An attribute, a JSON value, a geometry, or a datetime (it becomes a DateTime text).
    """
    if isinstance(given, Attribute):
        return given
    if isinstance(given, datetime):
        given = format_datetime(given)
    if type(given) in _SCALARS:
        return ATTRIBUTE_CLASSES["Property"].from_wire({"type": "Property", "value": given})
    geometry = getattr(given, "__geo_interface__", given)
    kind = "GeoProperty" if is_geometry(geometry) else "Property"
    return ATTRIBUTE_CLASSES[kind](geometry)
