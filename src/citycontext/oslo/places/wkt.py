"""Geometries as well-known text, with the prefix that GeoSPARQL puts before it (OGC 22-047, 8.5.1)."""

from __future__ import annotations

import re
from typing import Any, Final, NoReturn, cast

from citycontext.errors import InvalidGeometry
from citycontext.ngsild.geometry import Geometry
from citycontext.oslo.places.reference_systems import CRS84, Crs, Place, find_crs, place, positions_written

__all__ = ["read_wkt", "write_wkt"]

_KINDS: Final = {
    "POINT": ("Point", 0),
    "LINESTRING": ("LineString", 1),
    "POLYGON": ("Polygon", 2),
    "MULTIPOINT": ("MultiPoint", 1),
    "MULTILINESTRING": ("MultiLineString", 2),
    "MULTIPOLYGON": ("MultiPolygon", 3),
}
_HEAD: Final = re.compile(
    r"\s*(?:<([^<>]*)>)?\s*(?:SRID=(\d+);)?\s*([A-Za-z]+)\s*(?:ZM|Z|M)?\s*(\(.*\)|EMPTY)\s*", re.DOTALL
)
_TOKEN: Final = re.compile(r"\s*(?:([(),])|([^\s(),]+))")
_NUMBER: Final = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?")
_LONGEST: Final = 10_000_000


def read_wkt(text: str) -> Place:
    """Read a geometry from well-known text.

    Args:
        text: For example ``POINT (3.72 51.05)``, or with ``<http://www.opengis.net/def/crs/EPSG/0/31370>`` before it.

    Raises:
        InvalidGeometry: It is not valid, or its reference system is not known.
        MissingExtra: Belgian Lambert needs pyproj.
    """
    head = _HEAD.fullmatch(text) if len(text) <= _LONGEST else None
    if head is None or head[3].upper() not in _KINDS:
        raise InvalidGeometry(f"{text[:80]!r} is not well-known text such as POINT (3.72 51.05)")
    crs_name, srid, word, body = head.groups()
    kind, depth = _KINDS[word.upper()]
    if body == "EMPTY":
        raise InvalidGeometry(f"an empty {kind} has no place")
    crs = find_crs(f"EPSG:{srid}" if srid else crs_name) if srid or crs_name else CRS84
    coordinates = _shape(_parts(body), depth, kind)
    return place(cast("Geometry", {"type": kind, "coordinates": coordinates}), crs)


def write_wkt(geometry: Geometry, crs: Crs = CRS84) -> str:
    """Write a geometry as well-known text.

    Args:
        geometry: The geometry, longitude first.
        crs: What to write it in; CRS84 needs no prefix.

    Raises:
        InvalidGeometry: A position lies where the reference system does not reach.
        MissingExtra: Belgian Lambert needs pyproj.
    """
    if crs is CRS84:
        return f"{geometry['type'].upper()} {_text(geometry['coordinates'])}"
    there = positions_written(geometry, crs)
    return f"<{crs.uri}> {there['type'].upper()} {_text(there['coordinates'])}"


def _text(part: Any) -> str:
    if not isinstance(part[0], list | tuple):
        return f"({_numbers(part)})"
    if not isinstance(part[0][0], list | tuple):
        return f"({', '.join(_numbers(position) for position in part)})"
    return f"({', '.join(_text(one) for one in part)})"


def _numbers(position: Any) -> str:
    return " ".join(map(repr, position))


def _parts(body: str) -> list[Any]:
    """Read nested brackets into nested lists; a row of numbers is a tuple."""
    stack: list[list[Any]] = [[]]
    numbers: list[float] = []
    for found in _TOKEN.finditer(body):
        mark, word = found.groups()
        if word is not None:
            numbers.append(_number(word))
            continue
        if mark == "(":
            stack.append([])
            continue
        if numbers:
            stack[-1].append(tuple(numbers))
            numbers = []
        if mark == ")":
            if len(stack) < 2:
                raise InvalidGeometry("the well-known text closes a bracket that is not open")
            closed = stack.pop()
            stack[-1].append(closed)
    if len(stack) != 1 or len(stack[0]) != 1:
        raise InvalidGeometry("the well-known text has brackets that do not match")
    return cast("list[Any]", stack[0][0])


def _number(word: str) -> float:
    if _NUMBER.fullmatch(word) is None:
        raise InvalidGeometry(f"{word[:40]!r} is not a coordinate; decimals stand behind a point")
    return int(word) if re.fullmatch(r"[+-]?\d+", word) else float(word)


def _shape(parts: list[Any], depth: int, kind: str) -> Any:
    if depth == 0:
        return _position(parts, kind)
    if depth == 1:
        # MULTIPOINT ((1 2), (3 4)) and MULTIPOINT (1 2, 3 4) mean the same.
        return [_position(part if isinstance(part, list) else [part], kind) for part in parts]
    return [_shape(part, depth - 1, kind) if isinstance(part, list) else _fail(kind) for part in parts]


def _position(parts: list[Any], kind: str) -> list[float]:
    if len(parts) != 1 or not isinstance(parts[0], tuple) or len(parts[0]) < 2:
        _fail(kind)
    return list(parts[0])


def _fail(kind: str) -> NoReturn:
    raise InvalidGeometry(f"the brackets of the well-known text do not hold a {kind}")
