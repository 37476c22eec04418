"""Geometries as GML 3.2, as Flemish registers publish them (OGC 07-036)."""

from __future__ import annotations

import re
from typing import Any, Final, cast
from xml.etree import ElementTree

from citycontext.errors import InvalidGeometry
from citycontext.ngsild.geometry import Geometry
from citycontext.oslo.places.reference_systems import WGS84, Crs, Place, find_crs, place, positions_written

__all__ = ["GML_TYPES", "read_gml", "write_gml"]

GML_TYPES: Final = ("Point", "LineString", "Polygon")
"""The types of geometry that are read and written."""

_GML: Final = "http://www.opengis.net/gml/3.2"
_NUMBER: Final = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?")
_COMMA_DECIMALS: Final = re.compile(r"\d+,\d+\s+\d+,\d+")
_LONGEST: Final = 10_000_000


def read_gml(text: str) -> Place:
    """Read a Point, LineString or Polygon from GML.

    Args:
        text: One element; its srsName tells the reference system and with it the order of axes.

    Raises:
        InvalidGeometry: It is not GML, or not GML that can be read without guessing; says what is wrong with it.
        MissingExtra: Belgian Lambert needs pyproj.
    """
    element = _parse(text)
    name = element.get("srsName")
    if not name:
        raise InvalidGeometry("the GML has no srsName, so its coordinates may mean anything")
    crs = find_crs(name)
    dimension = 3 if element.get("srsDimension") == "3" else 2
    kind = _tag(element)
    coordinates: Any
    if kind == "Point":
        positions = _positions(element, dimension)
        if len(positions) != 1:
            raise InvalidGeometry(f"a gml:Point has one position, not {len(positions)}")
        coordinates = positions[0]
    elif kind == "LineString":
        coordinates = _positions(element, dimension)
    elif kind == "Polygon":
        rings = [ring for ring in element.iter() if _tag(ring) == "LinearRing"]
        coordinates = [_positions(ring, dimension) for ring in rings]
    else:
        raise InvalidGeometry(f"gml:{kind} is not read; a Point, LineString or Polygon is")
    if not coordinates:
        raise InvalidGeometry(f"the gml:{kind} has no coordinates")
    return place(cast("Geometry", {"type": kind, "coordinates": coordinates}), crs)


def write_gml(geometry: Geometry, crs: Crs = WGS84) -> str:
    """Write a Point, LineString or Polygon as GML.

    Args:
        geometry: The geometry, longitude first.
        crs: What to write it in.

    Raises:
        InvalidGeometry: It is of another type, or lies where the reference system does not reach.
        MissingExtra: Belgian Lambert needs pyproj.
    """
    there = positions_written(geometry, crs)
    kind, coordinates = there["type"], there["coordinates"]
    if kind == "Point":
        body = f"<gml:pos>{_text([coordinates])}</gml:pos>"
    elif kind == "LineString":
        body = f"<gml:posList>{_text(coordinates)}</gml:posList>"
    elif kind == "Polygon":
        rings = [f"<gml:LinearRing><gml:posList>{_text(ring)}</gml:posList></gml:LinearRing>" for ring in coordinates]
        body = f"<gml:exterior>{rings[0]}</gml:exterior>" + "".join(
            f"<gml:interior>{ring}</gml:interior>" for ring in rings[1:]
        )
    else:
        raise InvalidGeometry(f"a {kind} is not written as GML; write it as well-known text")
    return f'<gml:{kind} srsName="{crs.uri}" xmlns:gml="{_GML}">{body}</gml:{kind}>'


def _text(positions: Any) -> str:
    return " ".join(repr(number) for position in positions for number in position)


def _parse(text: str) -> ElementTree.Element:
    if len(text) > _LONGEST or "<!" in text:
        raise InvalidGeometry("the GML is too long, or declares a document type, which is not read")
    try:
        # Published literals often lack the declaration of their prefix.
        wrapped = ElementTree.fromstring(f'<_ xmlns:gml="{_GML}">{text.strip()}</_>')  # noqa: S314 - no DTD, see above
    except ElementTree.ParseError as wrong:
        raise InvalidGeometry(f"{text[:60]!r} is not GML: {wrong}; are all tags closed?") from None
    if len(wrapped) != 1:
        raise InvalidGeometry(f"{text[:60]!r} is not GML: one element is expected")
    return wrapped[0]


def _tag(element: ElementTree.Element) -> str:
    return element.tag.rpartition("}")[2]


def _positions(element: ElementTree.Element, dimension: int) -> list[list[float]]:
    positions: list[list[float]] = []
    for part in element.iter():
        tag, text = _tag(part), (part.text or "").strip()
        if tag in ("pos", "posList"):
            if _COMMA_DECIMALS.search(text):
                raise InvalidGeometry(f"{text[:60]!r} has decimals behind a comma; GML has them behind a point")
            numbers = [_number(word) for word in text.split()]
            step = len(numbers) if tag == "pos" else dimension
            if step < 2 or len(numbers) % step:
                raise InvalidGeometry(f"{text[:60]!r} does not divide into positions of {max(step, 2)} numbers")
            positions += [numbers[start : start + step] for start in range(0, len(numbers), step)]
        elif tag == "coordinates":
            positions += [[_number(word) for word in position.split(",")] for position in text.split()]
    if any(len(position) < 2 for position in positions):
        raise InvalidGeometry("a position of the GML has one number only")
    return positions


def _number(word: str) -> float:
    if _NUMBER.fullmatch(word) is None:
        raise InvalidGeometry(f"{word[:40]!r} is not a coordinate of GML")
    return int(word) if re.fullmatch(r"[+-]?\d+", word) else float(word)
