"""Entities as flat rows: what every table of entities is made of, whichever library it is for.

The columns of a row are ``id``, ``type``, ``scope`` and the attributes. Beside ``temperature`` stand
``temperature.unitCode`` and ``temperature.observedAt``, where the payload has them. A Point is ``location.longitude``
and ``location.latitude``, another geometry GeoJSON; a text in several languages is ``name.nl``, ``name.fr`` and so on;
an instance with a datasetId is ``temperature[urn:…]``. Sub-attributes are left out.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from enum import StrEnum
from typing import Any, Final, NamedTuple

from citycontext.ngsild.attribute_base import is_null
from citycontext.ngsild.geometry import is_geometry, is_plain_point
from citycontext.ngsild.representations import geojson
from citycontext.ngsild.representations.reading import is_instance_list
from citycontext.ngsild.representations.simplified import simplify
from citycontext.ngsild.terms import ENTITY_MEMBERS
from citycontext.ngsild.time import is_datetime_text

__all__ = ["Column", "Columns", "Kind", "cells", "values_of"]

_TIMES: Final = ("createdAt", "modifiedAt", "deletedAt", "expiresAt")
_INT64: Final = 1 << 63


class Kind(StrEnum):
    """What the values of a column are."""

    BOOLEAN = "boolean"
    INTEGER = "integer"
    NUMBER = "number"
    TEXT = "text"
    TIME = "time"
    TEXTS = "list of texts"
    NUMBERS = "list of numbers"
    JSON = "json"


class _Cell(NamedTuple):
    attribute: str
    column: str
    value: Any


def cells(wire: Mapping[str, Any], *, geometry: str | None = None) -> Iterator[tuple[str, str, Any]]:
    """Yield attribute, column and value of all that an entity has.

    Args:
        wire: The entity, in normalized, concise or simplified form, or as a Feature.
        geometry: An attribute that is left out, since it becomes the geometry of a table.
    """
    if wire.get("type") == "Feature" and isinstance(wire.get("properties"), dict):
        wire = geojson.unwrap(dict(wire))
    yield _Cell("", "id", wire.get("id", wire.get("@id")))
    named = wire.get("type", wire.get("@type"))
    yield _Cell("", "type", " ".join(map(str, named)) if isinstance(named, list) else named)
    scope = wire.get("scope")
    if isinstance(scope, str | list):
        yield _Cell("scope", "scope", " ".join(map(str, scope)) if isinstance(scope, list) else scope)
    for name in _TIMES:
        if name in wire:
            yield _Cell(name, name, _unwrapped(wire[name]))
    for name, member in wire.items():
        if name in ENTITY_MEMBERS or name == geometry:
            continue
        for instance in member if is_instance_list(member) else [member]:
            known = instance if isinstance(instance, dict) else {}
            dataset = known.get("datasetId")
            column = name if dataset in (None, "@none") else f"{name}[{dataset}]"
            for suffix, value in values_of(instance):
                yield _Cell(name, column + suffix, value)
            for beside in ("unitCode", "observedAt"):
                if isinstance(known.get(beside), str):
                    yield _Cell(name, f"{column}.{beside}", known[beside])


def values_of(instance: Any) -> Iterator[tuple[str, Any]]:
    """Yield the plain values of an instance, each with what its column's name ends in.

    Args:
        instance: One instance of an attribute, in normalized or concise form, or a simplified value.
    """
    if isinstance(instance, dict) and "datasetId" in instance:
        instance = {name: member for name, member in instance.items() if name != "datasetId"}
    value = simplify(instance)
    if is_null(value):
        yield "", None
    elif not isinstance(value, dict):
        yield "", value
    elif is_plain_point(value):
        yield ".longitude", float(value["coordinates"][0])
        yield ".latitude", float(value["coordinates"][1])
    elif value.keys() == {"languageMap"} and isinstance(value["languageMap"], dict):
        for language, text in value["languageMap"].items():
            yield ("" if language == "@none" else f".{language}"), (None if is_null(text) else text)
    else:
        yield "", _unwrapped(value)


def _unwrapped(value: Any) -> Any:
    """Take a value out of what only says of which sort it is."""
    if isinstance(value, dict):
        if "@value" in value and value.keys() <= {"@type", "@value"}:
            return value["@value"]
        if len(value) == 1 and not is_geometry(value):
            return next((value[name] for name in ("vocab", "json", "value") if name in value), value)
    return value


class Column:
    """A column of a table, as far as the rows that came tell.

    Args:
        name: Its name.
        place: Where it stands among the others.
    """

    __slots__ = ("_kinds", "_units", "count", "name", "place")

    def __init__(self, name: str, place: tuple[int, int]) -> None:
        self.name: str = name
        self.place: tuple[int, int] = place
        self.count: int = 0
        self._kinds: set[Kind] = set()
        self._units: set[str | None] = set()

    def take(self, value: Any, unit: str | None = None) -> None:
        """Note a value that is in the column.

        Args:
            value: Any but None.
            unit: Its unit code, if it has one.
        """
        self.count += 1
        self._kinds.add(_kind_of(value))
        self._units.add(unit)

    @property
    def unit(self) -> str | None:
        """The unit code that all values have, None where they have none or differ."""
        return next(iter(self._units)) if len(self._units) == 1 else None

    @property
    def kind(self) -> Kind:
        """What all values are; numbers hold integers, and what has nothing in common is JSON."""
        kinds = self._kinds
        if len(kinds) == 1:
            return next(iter(kinds))
        if kinds == {Kind.INTEGER, Kind.NUMBER}:
            return Kind.NUMBER
        if kinds == {Kind.TIME, Kind.TEXT} or not kinds:
            return Kind.TEXT
        return Kind.JSON


def _kind_of(value: Any) -> Kind:
    if isinstance(value, str):
        return Kind.TIME if is_datetime_text(value) else Kind.TEXT
    if isinstance(value, bool):
        return Kind.BOOLEAN
    if isinstance(value, int):
        return Kind.INTEGER if -_INT64 <= value < _INT64 else Kind.NUMBER
    if isinstance(value, float):
        return Kind.NUMBER
    if isinstance(value, list) and value:
        if all(type(one) is str for one in value):
            return Kind.TEXTS
        if all(type(one) in {int, float} for one in value):
            return Kind.NUMBERS
    return Kind.JSON


class Columns:
    """The columns of a table, found while its rows pass.

    Args:
        geometry: An attribute that becomes the geometry of the table and so is not a column.
    """

    def __init__(self, geometry: str | None = None) -> None:
        self._geometry = geometry
        self._columns: dict[str, Column] = {}
        self._attributes: dict[str, int] = {}

    def row(self, wire: Mapping[str, Any], geometry: str | None = None) -> dict[str, Any]:
        """Turn an entity into a row.

        Args:
            wire: The entity, in any form.
            geometry: The attribute that is this entity's geometry, where it is not the table's.

        Returns:
            Its values by column; what the entity lacks is not there.
        """
        row: dict[str, Any] = {}
        for place, (attribute, name, value) in enumerate(cells(wire, geometry=geometry or self._geometry)):
            if name not in self._columns:
                order = self._attributes.setdefault(attribute, len(self._attributes))
                self._columns[name] = Column(name, (order, place))
            if value is not None:
                row[name] = value
        for name, value in row.items():
            self._columns[name].take(value, row.get(f"{name}.unitCode"))
        return row

    def __iter__(self) -> Iterator[Column]:
        """Yield the columns in their order: a unit that all values share stands in its column, not beside it."""
        for column in sorted(self._columns.values(), key=lambda one: one.place):
            of = column.name.removesuffix(".unitCode")
            if of != column.name and of in self._columns and self._columns[of].unit is not None:
                continue
            yield column

    @property
    def units(self) -> dict[str, str]:
        """The unit codes of the columns whose values share one."""
        return {column.name: column.unit for column in self if column.unit is not None}
