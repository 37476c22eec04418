"""Positions in cells: degrees, Belgian Lambert, a pair in one cell, WKT, GeoJSON."""

from __future__ import annotations

import re
from collections.abc import Sequence
from contextlib import suppress
from typing import Any, Final, Literal, TypeAlias

import orjson

from citycontext.errors import InvalidGeometry
from citycontext.foreign_text import shown
from citycontext.ngsild.degrees import read_degrees, read_position
from citycontext.ngsild.geometry import check_geometry, is_geometry
from citycontext.oslo.places.reference_systems import (
    CRS84,
    LAMBERT_72,
    LAMBERT_2008,
    Crs,
    find_crs,
    map_positions,
    project,
)
from citycontext.oslo.places.wkt import read_wkt
from citycontext.tables.sheets.cells import Decimal, read_number

__all__ = [
    "CrsName",
    "Order",
    "angle_of",
    "angles_in",
    "crs_named",
    "crs_of",
    "is_pair",
    "is_written_out",
    "order_of",
    "read_pair",
    "read_point",
    "read_shape",
]

CrsName: TypeAlias = Literal["wgs84", "lambert72", "lambert2008"]
Order: TypeAlias = Literal["lat-lon", "lon-lat"]

_SYSTEMS: Final[dict[str, Crs]] = {"wgs84": CRS84, "lambert72": LAMBERT_72, "lambert2008": LAMBERT_2008}
_RANGES: Final[dict[CrsName, tuple[tuple[float, float], tuple[float, float]]]] = {
    "lambert72": ((10_000, 310_000), (15_000, 255_000)),
    "lambert2008": ((510_000, 810_000), (515_000, 755_000)),
}
_NUMBER: Final = r"[+-]?\d{1,7}(?:[.,]\d+)?"
_PAIRS: Final = (
    re.compile(rf"[\[(]?\s*({_NUMBER})\s*[;|]\s*({_NUMBER})\s*[\])]?"),
    re.compile(rf"[\[(]?\s*({_NUMBER})\s*,\s+({_NUMBER})\s*[\])]?"),
    re.compile(r"[\[(]?\s*([+-]?\d{1,7}(?:\.\d+)?)\s*,\s*([+-]?\d{1,7}(?:\.\d+)?)\s*[\])]?"),
    re.compile(rf"[\[(]?\s*({_NUMBER})\s+({_NUMBER})\s*[\])]?"),
)
_SIGNS: Final = re.compile(r"[NSEWO°º'\u2032\u2019]|\bgeo:|\bSRID=|\blat", re.IGNORECASE)
_BELGIAN_LATITUDE: Final = (49.4, 51.7)
_BELGIAN_LONGITUDE: Final = (2.4, 6.5)
_DECIMALS: Final = 7
_LATITUDES: Final = ("lat", "latitude")
_LONGITUDES: Final = ("lon", "lng", "long", "longitude")


def crs_named(name: str) -> CrsName:
    """Return the short name of a reference system that a file names.

    Raises:
        ValueError: It is another one.
    """
    try:
        found = find_crs(name)
    except InvalidGeometry as error:
        raise ValueError(error.message) from None
    return "lambert72" if found is LAMBERT_72 else "lambert2008" if found is LAMBERT_2008 else "wgs84"


def crs_of(xs: Sequence[float], ys: Sequence[float]) -> CrsName | None:
    """Return the reference system whose ranges hold all numbers: Lambert before degrees; None for none.

    Args:
        xs: Eastings, or longitudes.
        ys: Northings, or latitudes.
    """
    if not xs or not ys:
        return None
    for name, ((west, east), (south, north)) in _RANGES.items():
        if all(west <= x <= east for x in xs) and all(south <= y <= north for y in ys):
            return name
    return "wgs84" if all(abs(x) <= 180 for x in xs) and all(abs(y) <= 90 for y in ys) else None


def order_of(firsts: Sequence[float], seconds: Sequence[float]) -> Order:
    """Return which of two numbers is the latitude, where Belgium or the range of degrees tells; else the first."""
    if any(abs(one) > 90 for one in firsts) and all(abs(one) <= 90 for one in seconds):
        return "lon-lat"
    west, east = _BELGIAN_LONGITUDE
    south, north = _BELGIAN_LATITUDE
    if firsts and all(west <= one <= east for one in firsts) and all(south <= one <= north for one in seconds):
        return "lon-lat"
    return "lat-lon"


def is_pair(value: Any) -> bool:
    """Return whether a text is two numbers."""
    return isinstance(value, str) and any(pattern.fullmatch(value.strip()) for pattern in _PAIRS)


def is_written_out(value: Any) -> bool:
    """Return whether a text is a position with signs or letters: ``51°03'16"N 3°43'03"E``, ``geo:51.05,3.72``."""
    if not isinstance(value, str) or _SIGNS.search(value) is None:
        return False
    try:
        longitude, latitude, *_ = read_position(value)
    except ValueError:
        return False
    return abs(longitude) <= 180 and abs(latitude) <= 90


def angle_of(value: Any, decimal: Decimal | None = None) -> float:
    """Return a number of degrees, also one that is written with minutes or a letter: ``51°03'16"N``.

    Args:
        value: The cell.
        decimal: The decimal sign of texts.

    Raises:
        ValueError: It is not a number.
    """
    if isinstance(value, str) and _SIGNS.search(value) is not None:
        return read_degrees(value)
    return float(read_number(value, decimal))


def angles_in(values: Sequence[Any]) -> list[float]:
    """Return those of some cells that are numbers of degrees, however written."""
    found = []
    for value in values:
        with suppress(ValueError):
            found.append(angle_of(value))
    return found


def read_pair(value: Any) -> tuple[float, float]:
    """Read two numbers of one cell.

    Args:
        value: ``51.05, 3.72``, ``51,05; 3,72``, ``(51.05 3.72)``, a list of two.

    Raises:
        ValueError: It is not a pair.
    """
    if isinstance(value, list) and len(value) >= 2 and all(isinstance(one, int | float) for one in value[:2]):
        return value[0], value[1]
    if isinstance(value, str):
        for pattern in _PAIRS:
            if found := pattern.fullmatch(value.strip()):
                return float(found[1].replace(",", ".")), float(found[2].replace(",", "."))
    raise ValueError(f"a position such as 51.05, 3.72 belongs here, but there is {shown(value)}")


def read_point(x: Any, y: Any, crs: CrsName, decimal: Decimal | None = None) -> dict[str, Any]:
    """Make a point.

    Args:
        x: Longitude or easting.
        y: Latitude or northing.
        crs: The reference system.
        decimal: The decimal sign of texts.

    Raises:
        ValueError: One is not a number, or the point lies outside of the reference system.
    """
    numbers = [angle_of(one, decimal) if crs == "wgs84" else float(read_number(one, decimal)) for one in (x, y)]
    return _placed({"type": "Point", "coordinates": numbers}, crs)


def read_shape(value: Any, crs: CrsName, order: Order | None = None) -> dict[str, Any]:
    """Read a geometry of one cell.

    Args:
        value: GeoJSON, as an object or a text; WKT; an object with ``lat`` and ``lon``; a pair; degrees and minutes.
        crs: The reference system.
        order: Which number of a pair comes first; None for latitude in degrees, easting in Lambert.

    Raises:
        ValueError: It is not valid.
    """
    if isinstance(value, str) and value.lstrip()[:1] == "{":
        try:
            value = orjson.loads(value)
        except orjson.JSONDecodeError:
            raise ValueError(f"{shown(value)} is not GeoJSON") from None
    if isinstance(value, dict):
        if value.get("type") == "Feature":
            value = value.get("geometry") or {}
        latitude = next((value[name] for name in _LATITUDES if value.get(name) is not None), None)
        longitude = next((value[name] for name in _LONGITUDES if value.get(name) is not None), None)
        if latitude is not None and longitude is not None:
            return read_point(longitude, latitude, crs)
        if not is_geometry(value):
            raise ValueError(f"a geometry belongs here, but there is {shown(value)}")
        return _placed({"type": value["type"], "coordinates": value["coordinates"]}, crs)
    if isinstance(value, str) and value.strip()[:1].isalpha() and "(" in value:
        try:
            return _placed(dict(read_wkt(value).geometry), crs)
        except InvalidGeometry as error:
            raise ValueError(error.message) from None
    if crs == "wgs84" and is_written_out(value):
        longitude, latitude, *_ = read_position(value)
        return read_point(longitude, latitude, crs)
    first, second = read_pair(value)
    by_order = order or ("lat-lon" if crs == "wgs84" else "lon-lat")
    return read_point(*((second, first) if by_order == "lat-lon" else (first, second)), crs)


def _placed(geometry: dict[str, Any], crs: CrsName) -> dict[str, Any]:
    try:
        if crs != "wgs84":
            _check_range(geometry, crs)
            moved = project(geometry, _SYSTEMS[crs], CRS84)  # type: ignore[arg-type]
            geometry = dict(
                map_positions(moved, lambda one: [round(one[0], _DECIMALS), round(one[1], _DECIMALS), *one[2:]])
            )
        check_geometry(geometry)
    except InvalidGeometry as error:
        raise ValueError(error.message) from None
    return geometry


def _check_range(geometry: dict[str, Any], crs: CrsName) -> None:
    (west, east), (south, north) = _RANGES[crs]

    def look(position: list[float]) -> list[float]:
        if not (west <= position[0] <= east and south <= position[1] <= north):
            raise ValueError(f"{position[0]:g}, {position[1]:g} lies outside of {_SYSTEMS[crs].name}")
        return position

    map_positions(geometry, look)  # type: ignore[arg-type]
