"""Where things are: Belgian Lambert 72 and 2008 beside WGS 84, with the operation between them pinned.

PROJ offers three operations from Belgian Datum 1972 to WGS 84, about 0.3 m apart, and takes the one that it finds best
on its machine. Here it is always the newest one with seven parameters (EPSG: BD72 to WGS 84 (3)), written out,
so that two machines never disagree.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any, Final, cast

from citycontext.errors import InvalidGeometry, MissingExtra
from citycontext.ngsild.geometry import Geometry, check_geometry

__all__ = [
    "CRS84",
    "LAMBERT_72",
    "LAMBERT_2008",
    "WGS84",
    "Crs",
    "Place",
    "check_area",
    "find_crs",
    "map_positions",
    "place",
    "positions_written",
    "project",
]

_LAMBERT_72_STEPS: Final = (
    "+proj=pipeline +step +proj=unitconvert +xy_in=deg +xy_out=rad +step +proj=push +v_3 "
    "+step +proj=cart +ellps=WGS84 "
    "+step +inv +proj=helmert +x=-106.8686 +y=52.2978 +z=-103.7239 +rx=-0.3366 +ry=0.457 +rz=-1.8422 +s=-1.2747 "
    "+convention=coordinate_frame "
    "+step +inv +proj=cart +ellps=intl +step +proj=pop +v_3 "
    "+step +proj=lcc +lat_0=90 +lon_0=4.36748666666667 +lat_1=51.1666672333333 +lat_2=49.8333339 "
    "+x_0=150000.013 +y_0=5400088.438 +ellps=intl"
)
_LAMBERT_2008_STEPS: Final = (
    "+proj=pipeline +step +proj=unitconvert +xy_in=deg +xy_out=rad "
    "+step +proj=lcc +lat_0=50.797815 +lon_0=4.35921583333333 +lat_1=49.8333333333333 +lat_2=51.1666666666667 "
    "+x_0=649328 +y_0=665262 +ellps=GRS80"
)


@dataclass(frozen=True, slots=True)
class Crs:
    """A coordinate reference system.

    Args:
        name: What people call it.
        uri: Its address, as srsName and WKT give it.
        epsg: Its code; 0 for CRS84.
        latitude_first: Whether its definition puts latitude, or northing, first.
        pipeline: The steps of PROJ from longitude and latitude to it; empty if absent.
    """

    name: str
    uri: str
    epsg: int
    latitude_first: bool = False
    pipeline: str = ""

    def __str__(self) -> str:
        return f"{self.name} (EPSG:{self.epsg})" if self.epsg else self.name


_EPSG: Final = "http://www.opengis.net/def/crs/EPSG/0/"
CRS84: Final = Crs("CRS84", "http://www.opengis.net/def/crs/OGC/1.3/CRS84", 0)
"""Longitude, then latitude, on WGS 84: what GeoJSON and a bare WKT mean."""
WGS84: Final = Crs("WGS 84", f"{_EPSG}4326", 4326, latitude_first=True)
"""Latitude, then longitude."""
LAMBERT_72: Final = Crs("Belgian Lambert 72", f"{_EPSG}31370", 31370, pipeline=_LAMBERT_72_STEPS)
LAMBERT_2008: Final = Crs("Belgian Lambert 2008", f"{_EPSG}3812", 3812, pipeline=_LAMBERT_2008_STEPS)

_KNOWN: Final = {
    4326: WGS84,
    4979: Crs("WGS 84 (3D)", f"{_EPSG}4979", 4979, latitude_first=True),
    4258: Crs("ETRS89", f"{_EPSG}4258", 4258, latitude_first=True),
    31370: LAMBERT_72,
    3812: LAMBERT_2008,
}
_DECIMALS: Final = 2
_CODE: Final = re.compile(r"(?:^|[:/#])EPSG(?:\.xml)?(?:[:/#]+[\d.]*)*?[:/#]+(\d{4,5})$", re.IGNORECASE)
_NAMES: Final = {"crs84": CRS84, "wgs84": WGS84, "lambert72": LAMBERT_72, "lambert2008": LAMBERT_2008}
_BELGIUM: Final = ((2.4, 6.5), (49.4, 51.7))
_LAMBERT_AREA: Final = ((2.2, 6.5), (49.45, 51.9))
"""Where Belgian Lambert is used, its part of the North Sea too, with some room."""


@dataclass(frozen=True, slots=True)
class Place:
    """A geometry that was read, and how.

    Args:
        geometry: The geometry, longitude first.
        crs: What it was written in.
        swapped: Whether it stood longitude first though its reference system says latitude first, and lies in
            Belgium only when read so.
    """

    geometry: Geometry
    crs: Crs
    swapped: bool = False


def find_crs(name: str) -> Crs:
    """Find a reference system by the names it is given in data.

    Args:
        name: For example ``EPSG:31370``, ``urn:ogc:def:crs:EPSG::3812``, the address behind srsName, with http or
            https and any version of the EPSG list, ``CRS84``, or a short ``wgs84``, ``lambert72``, ``lambert2008``.

    Raises:
        InvalidGeometry: It is another one, or no reference system at all.
    """
    plain = name.strip().strip("<>").replace("\\", "")
    if plain.upper().endswith("CRS84"):
        return CRS84
    short = _NAMES.get(plain.lower())
    if short is not None:
        return short
    code = _CODE.search(plain)
    known = _KNOWN.get(int(code[1])) if code else None
    if known is None:
        raise InvalidGeometry(
            f"reference system {name[:120]!r} is not known; use CRS84, EPSG:4326, EPSG:31370 or EPSG:3812"
        )
    return known


def project(geometry: Geometry, source: Crs, target: Crs) -> Geometry:
    """Take a geometry from one reference system to another.

    Args:
        geometry: The geometry; in a geographic system longitude first, in Lambert easting first.
        source: What it is in.
        target: What it is to be in.

    Returns:
        A new geometry, longitude or easting first; heights stay as they are.

    Raises:
        InvalidGeometry: A position lies where the target does not reach.
        MissingExtra: Belgian Lambert needs pyproj.
    """
    if source.pipeline == target.pipeline:
        return map_positions(geometry, list)
    moves: list[Callable[[float, float], tuple[float, float]]] = []
    if source.pipeline:
        moves.append(_mover(source.pipeline, inverse=True))
    if target.pipeline:
        moves.append(_mover(target.pipeline, inverse=False))

    def moved(position: list[float]) -> list[float]:
        x, y = position[0], position[1]
        for move in moves:
            x, y = move(x, y)
        if not (math.isfinite(x) and math.isfinite(y)):
            raise InvalidGeometry(f"position {position} in {source} has no place in {target}")
        return [x, y, *position[2:]]

    return map_positions(geometry, moved)


def map_positions(geometry: Geometry, change: Callable[[list[float]], list[float]]) -> Geometry:
    """Change every position of a geometry.

    Args:
        geometry: The geometry.
        change: What makes a new position of a position.
    """

    def walk(part: Any) -> Any:
        return [walk(one) for one in part] if isinstance(part[0], list | tuple) else change(list(part))

    return cast("Geometry", {"type": geometry["type"], "coordinates": walk(geometry["coordinates"])})


def place(geometry: Geometry, crs: Crs) -> Place:
    """Make a place of a geometry as a document writes it: axes in the order of its reference system.

    Args:
        geometry: The geometry, its axes as written.
        crs: What it is written in.

    Raises:
        InvalidGeometry: A position is out of range.
        MissingExtra: Belgian Lambert needs pyproj.
    """
    swapped = False
    if crs.latitude_first:
        turned = map_positions(geometry, lambda position: [position[1], position[0], *position[2:]])
        swapped = not _in_belgium(turned) and _in_belgium(geometry)
        geometry = geometry if swapped else turned
    if crs.pipeline:
        geometry = map_positions(
            project(geometry, crs, CRS84),
            lambda position: [round(position[0], 9), round(position[1], 9), *position[2:]],
        )
        check_area(geometry, crs)
    check_geometry(geometry)
    return Place(geometry, crs, swapped)


def check_area(geometry: Geometry, crs: Crs) -> None:
    """Refuse a geometry that lies where a reference system is not used.

    Args:
        geometry: The geometry, longitude first.
        crs: The reference system; only Belgian Lambert has bounds.

    Raises:
        InvalidGeometry: A position lies outside, as one does whose coordinates are swapped.
    """

    def look(position: list[float]) -> list[float]:
        if not _lies_in(position, _LAMBERT_AREA):
            swapped = _lies_in([position[1], position[0]], _LAMBERT_AREA)
            why = "; are longitude and latitude swapped?" if swapped else ""
            raise InvalidGeometry(f"position {position[:2]} lies outside the area of {crs}{why}")
        return position

    if crs.pipeline:
        map_positions(geometry, look)


def positions_written(geometry: Geometry, crs: Crs) -> Geometry:
    """Return a geometry with its positions as a document has them: axes in order, Lambert to the centimetre.

    Args:
        geometry: The geometry, longitude first.
        crs: What it is written in.

    Raises:
        InvalidGeometry: A position lies where the reference system does not reach.
        MissingExtra: Belgian Lambert needs pyproj.
    """
    there = project(geometry, CRS84, crs)
    if crs.pipeline:
        there = map_positions(there, lambda position: [round(number, _DECIMALS) for number in position])
    if crs.latitude_first:
        there = map_positions(there, lambda position: [position[1], position[0], *position[2:]])
    return there


def _in_belgium(geometry: Geometry) -> bool:
    inside = True

    def look(position: list[float]) -> list[float]:
        nonlocal inside
        inside &= _lies_in(position, _BELGIUM)
        return position

    map_positions(geometry, look)
    return inside


def _lies_in(position: list[float], area: tuple[tuple[float, float], tuple[float, float]]) -> bool:
    return all(low <= number <= high for number, (low, high) in zip(position[:2], area, strict=True))


@cache
def _mover(pipeline: str, *, inverse: bool) -> Callable[[float, float], tuple[float, float]]:
    try:
        from pyproj import Transformer
        from pyproj.enums import TransformDirection
    except ModuleNotFoundError:
        raise MissingExtra("oslo", package="pyproj", purpose="Belgian Lambert") from None
    transformer = Transformer.from_pipeline(pipeline)
    direction = TransformDirection.INVERSE if inverse else TransformDirection.FORWARD

    def move(x: float, y: float) -> tuple[float, float]:
        moved_x, moved_y = transformer.transform(x, y, direction=direction)
        return moved_x, moved_y

    return move
