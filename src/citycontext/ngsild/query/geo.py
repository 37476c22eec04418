"""Geoqueries: ``near(point(3.72, 51.05), max_distance=500)`` (CIM 009, 4.10)."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, NoReturn, TypeAlias

import orjson

from citycontext.errors import InvalidQuery
from citycontext.foreign_text import shown
from citycontext.ngsild.query.paths import AttributePath, parse_path
from citycontext.ngsild.query.scanner import Scanner, errors_in
from citycontext.ngsild.terms import GEOMETRY_TYPES

__all__ = [
    "GEO_PARAMETERS",
    "MAX_POSITIONS",
    "Coordinates",
    "GeoQuery",
    "GeoRelation",
    "contains",
    "coordinates_text",
    "disjoint",
    "equals",
    "frozen_coordinates",
    "geometry_of",
    "intersects",
    "listed_coordinates",
    "near",
    "overlaps",
    "parse_coordinates",
    "parse_georel",
    "within",
]

Coordinates: TypeAlias = "tuple[float | Coordinates, ...]"
"""A position, or nested tuples of positions, as the geometry asks for."""

GEO_PARAMETERS: Final = ("georel", "geometry", "coordinates", "geoproperty")
MAX_POSITIONS: Final = 10_000
"""Positions a reference geometry may have."""

_CLAUSE: Final = "4.10"
_DEFAULT_PROPERTY: Final = "location"
_MAX_TEXT: Final = 400_000
_FAR: Final = 1e9
_RELATIONS: Final = ("near", "within", "contains", "overlaps", "intersects", "equals", "disjoint")
_RELATION: Final = re.compile(r"[A-Za-z]+")
_DISTANCE: Final = re.compile(r"(maxDistance|minDistance)==")
_NUMBER: Final = re.compile(r"(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?")
_LEVELS: Final = {"Point": 0, "MultiPoint": 1, "LineString": 1, "MultiLineString": 2, "Polygon": 2, "MultiPolygon": 3}


@dataclass(frozen=True, slots=True)
class GeoRelation:
    """How the two geometries lie to each other.

    Args:
        name: ``near``, ``within``, ``contains``, ``overlaps``, ``intersects``, ``equals`` or ``disjoint``.
        max_distance: For ``near``: metres within which the entity lies.
        min_distance: For ``near``, instead: metres beyond which it lies.

    Raises:
        InvalidQuery: Another name, or a distance where none belongs, none where one does, or one that is not above 0.
    """

    name: str
    max_distance: float | None = None
    min_distance: float | None = None

    def __post_init__(self) -> None:
        if self.name not in _RELATIONS:
            _refuse(f"{self.name!r} is not a geo-relation; one of {', '.join(_RELATIONS)}", self.name, "georel")
        distances = [number for number in (self.max_distance, self.min_distance) if number is not None]
        if len(distances) != (1 if self.name == "near" else 0):
            message = (
                "near has either maxDistance or minDistance" if self.name == "near" else "a distance goes with near"
            )
            _refuse(message, self.name, "georel")
        if any(not (math.isfinite(number) and number > 0) for number in distances):
            _refuse("a distance is a number of metres above 0", str(distances[0]), "georel")

    def __str__(self) -> str:
        if self.max_distance is not None:
            return f"near;maxDistance=={self.max_distance}"
        if self.min_distance is not None:
            return f"near;minDistance=={self.min_distance}"
        return self.name


@dataclass(frozen=True, slots=True)
class GeoQuery:
    """Where entities lie, compared with a reference geometry.

    Args:
        georel: The relation of the entity's geometry to the reference geometry.
        geometry: Type of the reference geometry, e.g. ``Point``.
        coordinates: Its coordinates, longitude first; nested tuples as the type asks for. Lists are taken too.
        geoproperty: The GeoProperty whose value is compared.

    Raises:
        InvalidQuery: A geometry NGSI-LD does not take, coordinates that do not go with it, or a name that is not one.
    """

    georel: GeoRelation
    geometry: str
    coordinates: Coordinates
    geoproperty: str = _DEFAULT_PROPERTY

    def __post_init__(self) -> None:
        if self.geometry not in GEOMETRY_TYPES:
            known = ", ".join(sorted(GEOMETRY_TYPES))
            _refuse(f"{shown(self.geometry)} is not a geometry; one of {known}", shown(self.geometry), "geometry")
        coordinates = frozen_coordinates(self.coordinates, self.geometry, path="coordinates")
        object.__setattr__(self, "coordinates", coordinates)
        with errors_in("geoproperty"):
            path = parse_path(self.geoproperty)
        if not isinstance(path, AttributePath):
            _refuse("a geoproperty is not linked attribute", self.geoproperty, "geoproperty")

    @property
    def geojson(self) -> dict[str, Any]:
        """The reference geometry as GeoJSON, with lists."""
        return {"type": self.geometry, "coordinates": listed_coordinates(self.coordinates)}

    def to_parameters(self) -> list[tuple[str, str]]:
        """Write the URL parameters, not percent-encoded."""
        parameters = [
            ("georel", str(self.georel)),
            ("geometry", self.geometry),
            ("coordinates", coordinates_text(self.coordinates)),
        ]
        if self.geoproperty != _DEFAULT_PROPERTY:
            parameters.append(("geoproperty", self.geoproperty))
        return parameters

    @classmethod
    def from_parameters(cls, parameters: Mapping[str, str]) -> GeoQuery:
        """Read the URL parameters ``georel``, ``geometry``, ``coordinates`` and ``geoproperty``; others are ignored.

        Args:
            parameters: Names to values, percent-decoded.

        Raises:
            InvalidQuery: One is missing or wrong.
        """
        for name in GEO_PARAMETERS[:3]:
            if not parameters.get(name):
                _refuse(f"a geoquery needs {', '.join(GEO_PARAMETERS[:3])} together; {name} is missing", "", name)
        return cls(
            parse_georel(parameters["georel"]),
            parameters["geometry"],
            parse_coordinates(parameters["coordinates"]),
            parameters.get("geoproperty") or _DEFAULT_PROPERTY,
        )

    def to_body(self) -> dict[str, Any]:
        """Write the member ``geoQ`` of a query or subscription (CIM 009, 5.2.13), with its default spelt out.

        The default is the standard's, yet not every broker's: a subscription that relies on it may never match.
        """
        return {
            "georel": str(self.georel),
            "geometry": self.geometry,
            "coordinates": listed_coordinates(self.coordinates),
            "geoproperty": self.geoproperty,
        }

    @classmethod
    def from_body(cls, body: Any) -> GeoQuery:
        """Read the member ``geoQ``; coordinates may be an array or, as some send them, a text.

        Args:
            body: The member's value.

        Raises:
            InvalidQuery: A member is missing, unknown or wrong.
        """
        if not isinstance(body, Mapping):
            _refuse("geoQ is an object", shown(body), "geoQ")
        unknown = [str(name) for name in body if name not in GEO_PARAMETERS]
        if unknown:
            _refuse(f"geoQ has no member {', '.join(unknown)}", unknown[0], "geoQ")
        for name in GEO_PARAMETERS:
            if name != "coordinates" and not isinstance(body.get(name, "location"), str):
                _refuse(f"{name} is a text", shown(body[name]), name)
        coordinates = body.get("coordinates")
        if isinstance(coordinates, str) or not coordinates:
            return cls.from_parameters({**body, "coordinates": coordinates or ""})
        return cls(
            parse_georel(body.get("georel", "")),
            body.get("geometry", ""),
            coordinates,
            body.get("geoproperty", _DEFAULT_PROPERTY),
        )

    def __str__(self) -> str:
        return "&".join(f"{name}={value}" for name, value in self.to_parameters())


def near(
    geometry: Any,
    *,
    max_distance: float | None = None,
    min_distance: float | None = None,
    geoproperty: str = _DEFAULT_PROPERTY,
) -> GeoQuery:
    """Ask for entities within, or beyond, a distance.

    Args:
        geometry: From where, usually a point: see ``within``.
        max_distance: Metres within which entities lie.
        min_distance: Metres beyond which they lie; give one of the two.
        geoproperty: The GeoProperty whose value is compared.

    Raises:
        InvalidQuery: None or both distances, or no geometry.
    """
    return _query(GeoRelation("near", max_distance, min_distance), geometry, geoproperty)


def within(geometry: Any, *, geoproperty: str = _DEFAULT_PROPERTY) -> GeoQuery:
    """Ask for entities that lie within a geometry.

    Args:
        geometry: GeoJSON (``polygon(...)``, ``point(...)``), a GeoProperty, or an object with
            ``__geo_interface__`` such as shapely's.
        geoproperty: The GeoProperty whose value is compared.

    Raises:
        InvalidQuery: It is not a geometry.
    """
    return _query(GeoRelation("within"), geometry, geoproperty)


def contains(geometry: Any, *, geoproperty: str = _DEFAULT_PROPERTY) -> GeoQuery:
    """Ask for entities whose geometry contains another; arguments as for ``within``."""
    return _query(GeoRelation("contains"), geometry, geoproperty)


def overlaps(geometry: Any, *, geoproperty: str = _DEFAULT_PROPERTY) -> GeoQuery:
    """Ask for entities whose geometry overlaps another; arguments as for ``within``."""
    return _query(GeoRelation("overlaps"), geometry, geoproperty)


def intersects(geometry: Any, *, geoproperty: str = _DEFAULT_PROPERTY) -> GeoQuery:
    """Ask for entities whose geometry meets another anywhere; arguments as for ``within``."""
    return _query(GeoRelation("intersects"), geometry, geoproperty)


def equals(geometry: Any, *, geoproperty: str = _DEFAULT_PROPERTY) -> GeoQuery:
    """Ask for entities whose geometry equals another; arguments as for ``within``."""
    return _query(GeoRelation("equals"), geometry, geoproperty)


def disjoint(geometry: Any, *, geoproperty: str = _DEFAULT_PROPERTY) -> GeoQuery:
    """Ask for entities whose geometry does not meet another; arguments as for ``within``."""
    return _query(GeoRelation("disjoint"), geometry, geoproperty)


def parse_georel(text: str) -> GeoRelation:
    """Read a ``georel``, e.g. ``near;maxDistance==2000``.

    Args:
        text: The parameter's value, percent-decoded.

    Raises:
        InvalidQuery: It is not valid; points at the column.
    """
    with errors_in("georel"):
        return _read_georel(Scanner(text, _CLAUSE))


def _read_georel(scanner: Scanner) -> GeoRelation:
    name = scanner.match(_RELATION)
    if name is None or name[0] not in _RELATIONS:
        scanner.fail(f"expected one of {', '.join(_RELATIONS)}", at=0)
    if name[0] != "near":
        scanner.finish()
        return GeoRelation(name[0])
    scanner.expect(";", "and maxDistance or minDistance")
    distance = scanner.match(_DISTANCE)
    if distance is None:
        scanner.fail("expected maxDistance== or minDistance==")
    start = scanner.position
    number = scanner.match(_NUMBER)
    if number is None:
        scanner.fail(f"expected a number of metres, not {scanner.rest()}")
    scanner.finish()
    metres = _number(number[0])
    if not (math.isfinite(metres) and metres > 0):
        scanner.fail("a distance is above 0", at=start)
    return GeoRelation("near", metres) if distance[1] == "maxDistance" else GeoRelation("near", None, metres)


def parse_coordinates(text: str) -> Any:
    """Read coordinates written as a JSON array.

    Args:
        text: The array, e.g. ``[8,40]``.

    Returns:
        The nested lists; whether they go with a geometry is for the query to say.

    Raises:
        InvalidQuery: It is not a JSON array.
    """
    if len(text) > _MAX_TEXT:
        _refuse(f"coordinates of more than {_MAX_TEXT} characters", text, "coordinates", column=_MAX_TEXT)
    try:
        coordinates = orjson.loads(text)
    except orjson.JSONDecodeError as error:
        _refuse(f"coordinates are a JSON array: {error.msg}", text, "coordinates", column=error.pos)
    if not isinstance(coordinates, list):
        _refuse("coordinates are a JSON array", text, "coordinates")
    return coordinates


def frozen_coordinates(coordinates: Any, geometry: str, *, path: str) -> Coordinates:
    """Make coordinates immutable, and sure that they go with a geometry.

    Args:
        coordinates: Lists or tuples.
        geometry: The geometry's type.
        path: The parameter's name, for the error.

    Raises:
        InvalidQuery: They do not.
    """
    left = [MAX_POSITIONS]
    frozen = _frozen(coordinates, _LEVELS[geometry], geometry, left, path)
    assert isinstance(frozen, tuple)
    return frozen


def coordinates_text(coordinates: Coordinates) -> str:
    """Write coordinates as a compact JSON array."""
    return orjson.dumps(coordinates).decode()


def geometry_of(geometry: Any) -> tuple[str, Any]:
    """Return type and coordinates of GeoJSON, of a GeoProperty, or of an object with ``__geo_interface__``."""
    found = getattr(geometry, "__geo_interface__", geometry)
    if not isinstance(found, Mapping):
        found = getattr(found, "value", None)
    if isinstance(found, Mapping) and found.get("type") == "GeoProperty":
        found = found.get("value")
    if not isinstance(found, Mapping) or not isinstance(found.get("type"), str):
        _refuse("a geometry is GeoJSON with type and coordinates, such as point(3.72, 51.05)", shown(geometry), "")
    return found["type"], found.get("coordinates")


def _query(relation: GeoRelation, geometry: Any, geoproperty: str) -> GeoQuery:
    kind, coordinates = geometry_of(geometry)
    return GeoQuery(relation, kind, coordinates, geoproperty)


def _frozen(part: Any, level: int, geometry: str, left: list[int], path: str) -> Coordinates:
    if not isinstance(part, (list, tuple)):
        _refuse(f"{shown(part)} stands where a {geometry} has an array", shown(part), path)
    if level == 0:
        left[0] -= 1
        if left[0] < 0:
            _refuse(f"more than {MAX_POSITIONS} positions", "", path)
        if not 2 <= len(part) <= 4 or any(type(number) not in (int, float) for number in part):
            _refuse(f"{shown(part)} is not a position [longitude, latitude] of a {geometry}", shown(part), path)
        if not all(-_FAR <= number <= _FAR for number in part):
            _refuse("a coordinate is in degrees or metres, on or about the Earth", shown(part), path)
        return tuple(part)
    parts = tuple(_frozen(inner, level - 1, geometry, left, path) for inner in part)
    if not parts:
        _refuse(f"a {geometry} needs positions", "[]", path)
    if level == 1 and geometry.endswith("Polygon") and (len(parts) < 4 or parts[0] != parts[-1]):
        _refuse("a ring has at least four positions and ends where it starts", shown(parts), path)
    if level == 1 and geometry.endswith("LineString") and len(parts) < 2:
        _refuse("a line has at least two positions", shown(parts), path)
    return parts


def listed_coordinates(coordinates: Any) -> Any:
    """Turn nested tuples into the lists that JSON is made of."""
    return [listed_coordinates(part) for part in coordinates] if isinstance(coordinates, tuple) else coordinates


def _number(text: str) -> float:
    return int(text) if text.isdigit() and len(text) < 16 else float(text)


def _refuse(message: str, text: str, path: str, *, column: int = 0) -> NoReturn:
    raise InvalidQuery(message, text=text, column=column, clause=_CLAUSE, path=path)
