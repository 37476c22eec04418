"""What of an entity decides which triples there are, and what is only carried from the entity into the triples.

Which classes, predicates and nodes there are follows from names, types, units, codes and kinds of numbers. A number
that was measured, a time, an id, the address of a sensor the writer carries as it stands; at most it asks which of them
are equal. All that decides is the outline. Entities with equal outlines have equal triples but for what is carried.
"""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy
from functools import lru_cache
from typing import Any, Final, Literal, NamedTuple, TypeAlias

import orjson

from citycontext.ngsild.attribute_base import is_null
from citycontext.ngsild.geometry import is_plain_point
from citycontext.ngsild.time import is_datetime_text
from citycontext.oslo.literals import is_time_text
from citycontext.oslo.phenomenon_times import TIME_ATTRIBUTES
from citycontext.oslo.tables.mapping_table import MappingTable
from citycontext.oslo.tables.mapping_tables import MappingTables
from citycontext.oslo.vocabulary import DEFAULT_BASE
from citycontext.oslo.writing.instances import QUALITIES
from citycontext.oslo.writing.targets import is_iri

__all__ = ["Outline", "Outlines"]

Role: TypeAlias = Literal["observed", "described", "time", "texts", "decides", "unmapped"]
Place: TypeAlias = tuple[Any, Any, int | tuple[int, int]]
"""Where something carried stands: a dict or list, the key in it, and what is carried; of an interval both ends."""

_PLAIN: Final = frozenset({"type", "unitCode"})
_LOOKED_INTO: Final = frozenset({"languageMap", "resultTime", "observedBy", "procedure", *QUALITIES})
_WHOLE: Final = -1
_DECIMAL: Final = -2
_DOUBLE: Final = -3


class Outline(NamedTuple):
    """The outline of an entity.

    Args:
        key: All that decides; equal for entities with equal outlines.
        carried: What is carried, as it will stand in the triples; things that have to be equal stand here once.
        places: Where in the entity each of them stands.
    """

    key: tuple[Any, ...]
    carried: list[str]
    places: list[Place]


class Outlines:
    """Finds the outlines of entities, as mapping tables see them.

    Args:
        tables: The tables.
    """

    def __init__(self, tables: MappingTables) -> None:
        self._tables = tables
        self._roles: dict[tuple[str, ...], dict[str, Role] | None] = {}
        self._minted = (tables.base, DEFAULT_BASE)

    def of(self, wire: dict[str, Any]) -> Outline | None:
        """Return the outline of an entity.

        Args:
            wire: The entity, normalized: id, type and attributes.

        Returns:
            The outline; ``None`` where more decides than this can tell.
        """
        identifier, named = wire["id"], wire["type"]
        types = (named,) if isinstance(named, str) else tuple(named)
        if types not in self._roles:
            self._roles[types] = self._roles_of(types)
        roles = self._roles[types]
        if roles is None or not is_iri(identifier) or identifier.startswith(self._minted):
            return None
        tracing = _Tracing(identifier, types, self._minted)
        try:
            tracing.carry(wire, "id", identifier)
            for name, member in wire.items():
                if name not in ("id", "type"):
                    tracing.attribute(name, member, roles.get(name, "unmapped"))
        except _Undecided:
            return None
        return Outline(tuple(tracing.key), tracing.carried, tracing.places)

    def marked(self, wire: Mapping[str, Any], year: int) -> tuple[dict[str, Any], list[str]] | None:
        """Return an entity of the same outline with marks in place of what is carried.

        Args:
            wire: The entity.
            year: Four digits that the marks are made of; marks of different years are different.

        Returns:
            The entity, and its marks, in the order of ``Outline.carried``; ``None`` where a mark changes the outline.
        """
        copy = deepcopy(dict(wire))
        outline = self.of(copy)
        if outline is None:
            return None
        marks = [""] * len(outline.carried)
        for container, name, number in outline.places:
            if isinstance(number, tuple):
                marks[number[0]], marks[number[1]] = (_time_mark(year, one) for one in number)
                container[name] = "/".join(marks[one] for one in number)
            else:
                container[name] = mark = _mark(container, container[name], year, number)
                marks[number] = mark if isinstance(mark, str) else repr(mark)
        again = self.of(copy)
        return (copy, marks) if again is not None and (again.key, again.carried) == (outline.key, marks) else None

    def _roles_of(self, types: tuple[str, ...]) -> dict[str, Role] | None:
        table = next((self._tables[name] for name in types if name in self._tables), None)
        return None if table is None or table.parts else _roles(table)


def _roles(table: MappingTable) -> dict[str, Role]:
    """Return for each attribute what becomes of its value."""
    roles: dict[str, Role] = dict.fromkeys(table.observe, "observed")
    for name, mappings in table.describe.items():
        mapping = mappings[0]
        if len(mappings) > 1 or mapping.codes or mapping.codelist or mapping.many or mapping.start == "@property":
            roles[name] = "decides"
        elif mapping.value in ("text", "integer", "number", "reference", "geometry", "wgs84"):
            roles[name] = "described"
        elif mapping.value in ("time", "dateTime"):
            roles[name] = "time"
        else:
            roles[name] = "texts" if mapping.value == "members" else "decides"
    for entry in table.observe.values():
        if entry.difference:
            roles |= dict.fromkeys((entry.name, *entry.difference), "decides")
    for mappings in table.describe.values():
        roles |= dict.fromkeys((mapping.time for mapping in mappings if mapping.time), "time")
    if table.generic:
        roles |= dict.fromkeys(("controlledProperty", "unit"), "decides")
    if table.observed:
        roles |= dict.fromkeys(TIME_ATTRIBUTES, "time")
        roles |= dict.fromkeys(("location", table.sensor_attribute), "described")
    return roles


class _Undecided(Exception):
    """What is carried cannot be told from what decides."""


class _Tracing:
    """One walk through an entity."""

    __slots__ = ("_identifier", "_minted", "_numbers", "carried", "key", "places")

    def __init__(self, identifier: str, types: tuple[str, ...], minted: tuple[str, ...]) -> None:
        self.key: list[Any] = [types]
        self.carried: list[str] = []
        self.places: list[Place] = []
        self._numbers: dict[Any, int] = {}
        self._identifier = identifier
        self._minted = minted

    def carry(self, container: Any, name: Any, text: str) -> int:
        """Note a text that is carried, and give its number, which equal ones share."""
        number = self._number(text)
        self.places.append((container, name, number))
        return number

    def attribute(self, name: str, member: Any, role: Role) -> None:
        """Look at an attribute: its name, how many instances it has, and what each of them says."""
        key = self.key
        key.append(name)
        if type(member) is list:
            key.append(len(member))
        else:
            key.append(0)
            member = (member,)
        for instance in member:
            if type(instance) is not dict:
                raise _Undecided
            if role == "unmapped":  # lost, whatever it says
                key.append(_spelt(instance.get("datasetId")))
                continue
            key.append(len(instance))
            for part, content in instance.items():
                key.append(part)
                plain = part in _PLAIN and type(content) is str
                key.append(content if plain else self._part(instance, part, content, role))

    def _part(self, instance: dict[str, Any], part: str, content: Any, role: Role) -> Any:
        if part == "observedAt":
            return self._time(instance, part, content)
        if part == "value":
            return self._value(instance, content, role)
        if part == "object":
            return self._address(instance, content)
        if part in _LOOKED_INTO:
            return self._sub_attribute(part, content)
        return _spelt(content)

    def _value(self, instance: dict[str, Any], value: Any, role: Role) -> Any:
        kind = type(value)
        if role == "decides":
            return _spelt(value)
        if role == "time":
            return self._time(instance, "value", value)
        if kind is float or kind is int:
            return self._quantity(instance, "value", value, told_apart=role == "observed")
        if kind is str:
            return self._text(instance, "value", value)
        if kind is dict and role == "texts":
            return self._texts(value)
        if role == "described" and is_plain_point(value):
            position = value["coordinates"]
            if all(type(one) is float and "e" not in repr(one) for one in position):
                return tuple(self._quantity(position, axis, one, told_apart=True) for axis, one in enumerate(position))
        return _spelt(value)

    def _sub_attribute(self, name: str, content: Any) -> Any:
        if type(content) is not dict:
            raise _Undecided
        if name == "languageMap":
            return self._texts(content)
        kind = content.get("type")
        if len(content) == 2:
            if kind == "Relationship" and "object" in content:
                return (kind, *content, self._address(content, content["object"]))
            if kind == "Property" and "value" in content:
                value = content["value"]
                if name == "resultTime":
                    return (kind, *content, self._time(content, "value", value))
                if type(value) in (int, float) and name in QUALITIES:
                    return (kind, *content, self._quantity(content, "value", value, told_apart=True))
        return _spelt(content)

    def _time(self, container: dict[str, Any], name: str, text: Any) -> int | tuple[int, int]:
        """Carry a time or two: those that are spelt as NGSI-LD has them are equal where their texts are."""
        if type(text) is not str:
            raise _Undecided
        if _is_time(text):
            return self.carry(container, name, text)
        ends = text.split("/")
        if len(ends) != 2 or not all(map(_is_time, ends)):
            raise _Undecided
        numbers = (self._number(ends[0]), self._number(ends[1]))
        self.places.append((container, name, numbers))
        return numbers

    def _quantity(self, container: Any, name: Any, value: float, *, told_apart: bool) -> Any:
        """Carry a number; one that stands at a node of its own is told apart from equal ones by where it stands."""
        text = repr(value)
        kind = _WHOLE if type(value) is int else _DOUBLE if "e" in text else _DECIMAL
        if kind is not _WHOLE and text[-1].isalpha():  # JSON has no infinity
            raise _Undecided
        if not told_apart:
            number = self._number(text, kind)
            self.places.append((container, name, number))
            return (kind, number)
        self.places.append((container, name, len(self.carried)))
        self.carried.append(text)
        return kind

    def _text(self, container: dict[str, Any], name: str, text: str) -> int | str:
        return self.carry(container, name, text) if _is_plain(text) else text

    def _texts(self, texts: dict[str, Any]) -> tuple[Any, ...]:
        return tuple(
            (name, self._text(texts, name, text) if type(text) is str else _spelt(text)) for name, text in texts.items()
        )

    def _address(self, container: Any, named: Any) -> Any:
        place: Any = "object"
        listed = type(named) is list
        if listed:
            if len(named) != 1:  # whether several are in order decides
                raise _Undecided
            container, place, named = named, 0, named[0]
        if type(named) is not str or not is_iri(named) or not _is_plain(named) or named.startswith(self._minted):
            raise _Undecided
        if named != self._identifier and named.startswith(self._identifier):  # it may be that of an observation
            raise _Undecided
        return (listed, self.carry(container, place, named))

    def _number(self, text: str, kind: int = 0) -> int:
        which = (text, kind) if kind else text
        number = self._numbers.get(which)
        if number is None:
            number = self._numbers[which] = len(self.carried)
            self.carried.append(text)
        return number


def _spelt(content: Any) -> bytes:
    """Spell something that decides, so that 1, 1.0 and true are three things."""
    try:
        return orjson.dumps(content)
    except TypeError:  # a number beyond 64 bits
        raise _Undecided from None


@lru_cache(maxsize=4096)  # one entity has one time many times, and many sensors measure at a time
def _is_time(text: str) -> bool:
    """Return whether a text is a time as NGSI-LD spells it and as XML Schema does."""
    return is_datetime_text(text) and is_time_text(text)


def _is_plain(text: str) -> bool:
    """Return whether a text stands in JSON as it is, and means nothing but itself."""
    return text != "" and text.isprintable() and '"' not in text and "\\" not in text and not is_null(text)


def _mark(container: Any, value: Any, year: int, number: int) -> Any:
    if type(value) is int:
        return year * 10_000_000 + number
    if type(value) is float:
        if type(container) is list:  # a coordinate
            return float(f"{number % 80}.{year}{number:04d}5")
        text = f"{year}{number:04d}.53125"
        return float(f"{text}e30" if "e" in repr(value) else text)
    return _time_mark(year, number) if is_datetime_text(value) else f"urn:carried:{year}:{number:04d}"


def _time_mark(year: int, number: int) -> str:
    return f"{year}-01-01T{number // 3600:02d}:{number // 60 % 60:02d}:{number % 60:02d}Z"
