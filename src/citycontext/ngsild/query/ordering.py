"""The order of entities: ``name,age;desc``, ``location;dist-asc`` (CIM 009, 4.23)."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final, NoReturn

from citycontext.errors import InvalidQuery
from citycontext.foreign_text import shown
from citycontext.ngsild.query.collation import collation_key
from citycontext.ngsild.query.geo import (
    Coordinates,
    coordinates_text,
    frozen_coordinates,
    geometry_of,
    listed_coordinates,
    parse_coordinates,
)
from citycontext.ngsild.query.paths import AttributePath, read_attribute_path
from citycontext.ngsild.query.scanner import Scanner, errors_in
from citycontext.ngsild.query.targets import (
    MISSING,
    calendar_date,
    clock_time,
    element_at,
    instant,
    member_keys,
    member_of,
    target_of,
)
from citycontext.ngsild.terms import GEOMETRY_TYPES

__all__ = ["ORDERING_PARAMETERS", "Direction", "Distance", "OrderTerm", "Ordering", "order_by", "parse_order_by"]

ORDERING_PARAMETERS: Final = ("orderBy", "collation", "orderFrom", "orderGeometry")

Distance = Callable[[Mapping[str, Any], Mapping[str, Any]], float]
"""Metres between two GeoJSON geometries."""

_CLAUSE: Final = "4.23"
_DIRECTION: Final = re.compile(r"asc|desc|dist-asc|dist-desc")
_COLLATION: Final = re.compile(r"[A-Za-z0-9]{1,8}(?:[-_][A-Za-z0-9]{1,8}){0,20}")
_MAX_TERMS: Final = 100
_BODY_MEMBERS: Final = ("orderBy", "collation", "coordinates", "geometry")
_ABSENT: Final = 9


class Direction(StrEnum):
    """Which way to order."""

    ASCENDING = "asc"
    DESCENDING = "desc"
    NEAREST_FIRST = "dist-asc"
    FARTHEST_FIRST = "dist-desc"

    @property
    def by_distance(self) -> bool:
        """Whether the distance counts and not the value."""
        return self in (Direction.NEAREST_FIRST, Direction.FARTHEST_FIRST)

    @property
    def backwards(self) -> bool:
        """Whether the greatest comes first."""
        return self in (Direction.DESCENDING, Direction.FARTHEST_FIRST)


@dataclass(frozen=True, slots=True)
class OrderTerm:
    """One criterion.

    Args:
        path: What is compared: ``id``, ``type``, ``scope``, an attribute, a sub-attribute, or a member of a value.
        direction: Which way.
    """

    path: AttributePath
    direction: Direction = Direction.ASCENDING

    def __str__(self) -> str:
        ascending = self.direction is Direction.ASCENDING
        return str(self.path) if ascending else f"{self.path};{self.direction.value}"


@dataclass(frozen=True, slots=True)
class Ordering:
    """In which order entities are asked for.

    Args:
        terms: Criteria; later ones count where earlier ones find no difference.
        collation: An ICU collation for texts, e.g. ``de-u-co-phonebk``; left out, ICU's root collation.
        order_from: Coordinates of the geometry that distances are measured from.
        order_geometry: Its type.

    Raises:
        InvalidQuery: No terms, a distance without coordinates or the other way round, or a value that is wrong.
    """

    terms: tuple[OrderTerm, ...]
    collation: str | None = None
    order_from: Coordinates | None = None
    order_geometry: str = "Point"

    def __post_init__(self) -> None:
        if not self.terms:
            _refuse("an ordering without terms", "", "orderBy")
        if self.collation is not None and not _COLLATION.fullmatch(self.collation):
            _refuse("no collation such as und-u-ks-identic", self.collation, "collation")
        if self.order_geometry not in GEOMETRY_TYPES:
            _refuse(f"{shown(self.order_geometry)} is not a geometry", shown(self.order_geometry), "orderGeometry")
        if any(term.direction.by_distance for term in self.terms) is not (self.order_from is not None):
            _refuse("dist-asc and dist-desc need orderFrom, and it goes with nothing else", str(self), "orderFrom")
        if self.order_from is not None:
            coordinates = frozen_coordinates(self.order_from, self.order_geometry, path="orderFrom")
            object.__setattr__(self, "order_from", coordinates)

    def to_parameters(self) -> list[tuple[str, str]]:
        """Write the URL parameters, not percent-encoded."""
        parameters = [("orderBy", str(self))]
        if self.collation is not None:
            parameters.append(("collation", self.collation))
        if self.order_from is not None:
            parameters.append(("orderFrom", coordinates_text(self.order_from)))
            if self.order_geometry != "Point":
                parameters.append(("orderGeometry", self.order_geometry))
        return parameters

    @classmethod
    def from_parameters(cls, parameters: Mapping[str, str]) -> Ordering:
        """Read the URL parameters ``orderBy``, ``collation``, ``orderFrom`` and ``orderGeometry``.

        Args:
            parameters: Names to values, percent-decoded; empty ones are ignored.

        Raises:
            InvalidQuery: One is wrong, or ``orderBy`` is missing.
        """
        if not parameters.get("orderBy"):
            _refuse("collation, orderFrom and orderGeometry go with orderBy", "", "orderBy")
        order_from = parameters.get("orderFrom")
        return cls(
            parse_order_by(parameters["orderBy"]),
            parameters.get("collation") or None,
            parse_coordinates(order_from) if order_from else None,
            parameters.get("orderGeometry") or "Point",
        )

    def to_body(self) -> dict[str, Any]:
        """Write the member ``ordering`` of a query (CIM 009, 5.2.43)."""
        body: dict[str, Any] = {"orderBy": [str(term) for term in self.terms]}
        if self.collation is not None:
            body["collation"] = self.collation
        if self.order_from is not None:
            body["coordinates"] = listed_coordinates(self.order_from)
            if self.order_geometry != "Point":
                body["geometry"] = self.order_geometry
        return body

    @classmethod
    def from_body(cls, body: Any) -> Ordering:
        """Read the member ``ordering``.

        Args:
            body: The member's value.

        Raises:
            InvalidQuery: A member is missing, unknown or wrong.
        """
        if not isinstance(body, Mapping):
            _refuse("ordering is an object", shown(body), "ordering")
        unknown = [str(name) for name in body if name not in _BODY_MEMBERS]
        if unknown:
            _refuse(f"ordering has no member {', '.join(unknown)}", unknown[0], "ordering")
        terms = body.get("orderBy")
        if not isinstance(terms, list) or not all(isinstance(term, str) for term in terms):
            _refuse("orderBy is an array of texts", shown(terms), "orderBy")
        for name in ("collation", "geometry"):
            if not isinstance(body.get(name, ""), str):
                _refuse(f"{name} is a text", shown(body[name]), name)
        return cls(
            parse_order_by(",".join(terms)),
            body.get("collation"),
            body.get("coordinates"),
            body.get("geometry", "Point"),
        )

    def sort(
        self,
        entities: Iterable[Mapping[str, Any]],
        *,
        expand: Callable[[str], str] | None = None,
        distance: Distance | None = None,
    ) -> list[Mapping[str, Any]]:
        """Put entities into this order.

        Values of different types come in the order of the clause, whatever the direction; what has no value comes
        last. Texts are compared as ``collation`` says, as far as :func:`collation_key` knows it.

        Args:
            entities: Entities in normalized form.
            expand: Turns a name of the ordering into the name entities have.
            distance: Measures metres between two GeoJSON geometries; needed to order by distance.

        Returns:
            A new list.

        Raises:
            InvalidQuery: The collation needs ICU.
            TypeError: The order is by distance and there is no ``distance``.
        """
        collate = collation_key(self.collation)
        if collate is None:
            _refuse("this collation needs tables that are not here", self.collation or "", "collation")
        ordered = list(entities)
        for term in reversed(self.terms):
            ranked: dict[int, list[tuple[Any, Mapping[str, Any]]]] = {}
            for entity in ordered:
                rank, key = self._key(term, entity, collate, expand, distance)
                ranked.setdefault(rank, []).append((key, entity))
            ordered = [
                entity
                for rank in sorted(ranked)
                for _, entity in sorted(ranked[rank], key=lambda pair: pair[0], reverse=term.direction.backwards)
            ]
        return ordered

    def _key(
        self,
        term: OrderTerm,
        entity: Mapping[str, Any],
        collate: Callable[[str], Any],
        expand: Callable[[str], str] | None,
        distance: Distance | None,
    ) -> tuple[int, Any]:
        element = element_at(entity, term.path, expand)
        if element is MISSING:
            return _ABSENT, 0
        type_, value = target_of(element)
        if term.direction.by_distance and type_ == "GeoProperty" and isinstance(value, Mapping):
            if distance is None:
                raise TypeError("to order by distance, say how to measure it: sort(entities, distance=...)")
            origin = {"type": self.order_geometry, "coordinates": listed_coordinates(self.order_from)}
            return -1, distance(value, origin)
        return _ranked(member_of(value, member_keys(term.path.member, expand), json=type_ == "JsonProperty"), collate)

    def __str__(self) -> str:
        return ",".join(map(str, self.terms))


def order_by(*terms: str, collation: str | None = None, distance_from: Any = None) -> Ordering:
    """Build an ordering, e.g. ``order_by("name", "age;desc")``.

    By distance it is ``order_by("location;dist-asc", distance_from=point(8, 40))``.

    Args:
        terms: Criteria as the language writes them.
        collation: An ICU collation for texts.
        distance_from: The geometry that distances are measured from.

    Raises:
        InvalidQuery: A term that does not follow the grammar, or a distance from nowhere.
    """
    geometry, coordinates = ("Point", None) if distance_from is None else geometry_of(distance_from)
    return Ordering(parse_order_by(",".join(terms)), collation, coordinates, geometry)


def parse_order_by(text: str) -> tuple[OrderTerm, ...]:
    """Read the terms of an ordering.

    Args:
        text: The parameter's value, percent-decoded.

    Raises:
        InvalidQuery: The text does not follow the grammar; points at the column.
    """
    with errors_in("orderBy"):
        return _read_terms(Scanner(text, _CLAUSE))


def _read_terms(scanner: Scanner) -> tuple[OrderTerm, ...]:
    terms: list[OrderTerm] = []
    while True:
        path = read_attribute_path(scanner)
        direction = Direction.ASCENDING
        if scanner.take(";"):
            found = scanner.match(_DIRECTION)
            if found is None:
                scanner.fail("expected asc, desc, dist-asc or dist-desc")
            direction = Direction(found[0])
        terms.append(OrderTerm(path, direction))
        if len(terms) > _MAX_TERMS:
            scanner.fail(f"more than {_MAX_TERMS} terms")
        if not scanner.take(","):
            scanner.finish()
            return tuple(terms)


def _ranked(value: Any, collate: Callable[[str], Any]) -> tuple[int, Any]:
    """Return a value's place in the order of types (CIM 009, 4.23.2), and what it is compared by within it."""
    if isinstance(value, bool):
        return 4, value
    if isinstance(value, (int, float)):
        return 0, value
    if isinstance(value, str):
        for rank, read in ((5, clock_time), (6, calendar_date), (7, instant)):
            found = read(value)
            if found is not None:
                return rank, found
        return 1, collate(value)
    if isinstance(value, Mapping):
        return 2, json.dumps(value, sort_keys=True, default=str)
    if isinstance(value, (list, tuple)):
        return 3, json.dumps(value, sort_keys=True, default=str)
    return (_ABSENT, 0) if value is MISSING else (8, 0)


def _refuse(message: str, text: str, path: str) -> NoReturn:
    raise InvalidQuery(message, text=text, column=0, clause=_CLAUSE, path=path)
