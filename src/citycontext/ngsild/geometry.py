"""GeoJSON geometries (RFC 7946; CIM 009, 4.7): longitude first, always."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final, Literal, TypedDict, TypeGuard

from citycontext.errors import InvalidGeometry
from citycontext.foreign_text import shown
from citycontext.ngsild.terms import GEOMETRY_TYPES

__all__ = ["Geometry", "check_geometry", "is_geometry", "is_plain_point", "line_string", "point", "polygon"]

Position = Sequence[float]


class Geometry(TypedDict):
    """A GeoJSON geometry as a plain dict."""

    type: Literal["Point", "LineString", "Polygon", "MultiPoint", "MultiLineString", "MultiPolygon"]
    coordinates: Any


_CLAUSE: Final = "4.7.1"
_NUMBERS: Final = frozenset({int, float})
_DEPTH: Final = {"Point": 0, "MultiPoint": 1, "LineString": 1, "MultiLineString": 2, "Polygon": 2, "MultiPolygon": 3}


def point(longitude: float, latitude: float, altitude: float | None = None) -> Geometry:
    """Build a Point.

    Args:
        longitude: Degrees east, -180 to 180.
        latitude: Degrees north, -90 to 90.
        altitude: Metres above the ellipsoid.

    Raises:
        InvalidGeometry: A number is out of range (often longitude and latitude are swapped).
    """
    coordinates = [longitude, latitude] if altitude is None else [longitude, latitude, altitude]
    _check_position(coordinates, "coordinates")
    return {"type": "Point", "coordinates": coordinates}


def line_string(*positions: Position) -> Geometry:
    """Build a LineString.

    Args:
        positions: Two or more ``(longitude, latitude)``.

    Raises:
        InvalidGeometry: Fewer than two, or one out of range.
    """
    geometry: Geometry = {"type": "LineString", "coordinates": [list(position) for position in positions]}
    check_geometry(geometry)
    return geometry


def polygon(*rings: Sequence[Position]) -> Geometry:
    """Build a Polygon.

    Args:
        rings: The outer ring, then any holes; each a closed row of four or more ``(longitude, latitude)``.

    Raises:
        InvalidGeometry: A ring is open or too short, or a position out of range.
    """
    geometry: Geometry = {"type": "Polygon", "coordinates": [[list(position) for position in ring] for ring in rings]}
    check_geometry(geometry)
    return geometry


def check_geometry(value: Any, *, path: str = "") -> None:
    """Make sure that a value is a geometry NGSI-LD takes.

    Args:
        value: What stands as the value of a GeoProperty.
        path: Where it stands, for the error.

    Raises:
        InvalidGeometry: It is not; the path leads to the first wrong position.
    """
    if not isinstance(value, Mapping):
        raise InvalidGeometry(
            f"a geometry is an object with type and coordinates, not {shown(value)}", path=path, clause=_CLAUSE
        )
    kind = value.get("type")
    if kind is None:
        named = value.keys() & {"lat", "latitude", "lon", "lng", "long", "longitude"}
        cure = "; for latitude and longitude write point(longitude, latitude)" if named else ""
        raise InvalidGeometry(f"a geometry has type and coordinates{cure}", path=path, clause=_CLAUSE)
    if type(kind) is not str or kind not in GEOMETRY_TYPES:
        raise InvalidGeometry(
            f"{shown(kind)} is not a geometry type; one of {', '.join(sorted(GEOMETRY_TYPES))}",
            path=path,
            clause=_CLAUSE,
        )
    if "coordinates" not in value:
        raise InvalidGeometry(f"a {kind} needs coordinates", path=path, clause=_CLAUSE)
    prefix = f"{path}.coordinates" if path else "coordinates"
    _check_positions(value["coordinates"], _DEPTH[kind], kind, prefix)


def is_geometry(value: Any) -> TypeGuard[Geometry]:
    """Return whether a value says that it is a geometry: its type is one, and it has coordinates.

    Args:
        value: Any JSON value.
    """
    if not isinstance(value, Mapping) or "coordinates" not in value:
        return False
    kind = value.get("type")
    return type(kind) is str and kind in GEOMETRY_TYPES


def is_plain_point(value: Any) -> bool:
    """Return, fast, whether a value is the geometry that most are: a Point of two plain numbers in range.

    Args:
        value: What stands as the value of a GeoProperty.
    """
    if type(value) is not dict or len(value) != 2:
        return False
    position = value.get("coordinates")
    if value.get("type") != "Point" or type(position) is not list or len(position) != 2:
        return False
    longitude, latitude = position
    return (
        type(longitude) in _NUMBERS
        and type(latitude) in _NUMBERS
        and -180 <= longitude <= 180
        and -90 <= latitude <= 90
    )


def _check_positions(coordinates: Any, depth: int, kind: str, path: str) -> None:
    if depth == 0:
        _check_position(coordinates, path)
        return
    if not isinstance(coordinates, (list, tuple)):
        raise InvalidGeometry(f"{shown(coordinates, 60)} is not a list of positions", path=path, clause=_CLAUSE)
    if not coordinates:
        raise InvalidGeometry(f"a {kind} needs positions", path=path, clause=_CLAUSE)
    for index, part in enumerate(coordinates):
        _check_positions(part, depth - 1, kind, f"{path}[{index}]")
    if depth != 1:
        return
    if kind.endswith("Polygon"):
        if len(coordinates) < 4:
            raise InvalidGeometry("a ring has at least four positions", path=path, clause=_CLAUSE)
        if list(coordinates[0]) != list(coordinates[-1]):
            raise InvalidGeometry("a ring ends where it starts; repeat its first position", path=path, clause=_CLAUSE)
    elif kind.endswith("LineString") and len(coordinates) < 2:
        raise InvalidGeometry("a line has at least two positions", path=path, clause=_CLAUSE)


def _check_position(position: Any, path: str) -> None:
    if not isinstance(position, (list, tuple)) or not 2 <= len(position) <= 4:
        raise InvalidGeometry(
            f"{shown(position, 60)} is not a position [longitude, latitude]", path=path, clause=_CLAUSE
        )
    for number in position:
        if type(number) not in _NUMBERS or number != number or number in (float("inf"), float("-inf")):
            raise InvalidGeometry(f"{shown(number, 60)} is not a coordinate", path=path, clause=_CLAUSE)
    longitude, latitude = position[0], position[1]
    if not -180 <= longitude <= 180:
        raise InvalidGeometry(f"longitude {longitude} is not between -180 and 180", path=path, clause=_CLAUSE)
    if not -90 <= latitude <= 90:
        raise InvalidGeometry(
            f"latitude {latitude} is not between -90 and 90; longitude comes first", path=path, clause=_CLAUSE
        )
