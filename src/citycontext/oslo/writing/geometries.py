"""Geometries in a graph: in the reference system, and as the kind of literal, that was asked for."""

from __future__ import annotations

import math
from enum import StrEnum
from typing import Final

from citycontext.errors import InvalidGeometry
from citycontext.ngsild.geometry import Geometry
from citycontext.oslo.graph import Graph, Literal
from citycontext.oslo.losses import Loss, LossKind, LossReport
from citycontext.oslo.places.gml import GML_TYPES, read_gml, write_gml
from citycontext.oslo.places.reference_systems import CRS84, Crs, check_area, map_positions
from citycontext.oslo.places.wkt import read_wkt, write_wkt
from citycontext.oslo.vocabulary import NAMESPACES

__all__ = ["GeometryLiteral", "GeometryWriter"]

_CENTIMETRE: Final = 0.01
_METRES_A_DEGREE: Final = 111_320


class GeometryLiteral(StrEnum):
    """How a geometry stands in a literal."""

    WKT = "wkt"  # geo:asWKT
    GML = "gml"  # geo:asGML


class GeometryWriter:
    """Writes geometries into a graph.

    A geometry outside the area of the reference system is an error: its coordinates are wrong, or the system is. One
    that does not come back within a centimetre stands in CRS84; the report says so, and says which literals are to
    the centimetre.

    Args:
        graph: The graph.
        crs: The reference system.
        literal: The kind of literal; GML has points, lines and polygons only.
        report: What takes the notes.
        subject: The id of the entity that the geometries are of.
    """

    def __init__(self, graph: Graph, crs: Crs, literal: GeometryLiteral, report: LossReport, subject: str) -> None:
        self.graph = graph
        self.crs = crs
        self.literal = literal
        self.report = report
        self.subject = subject

    @property
    def plain(self) -> bool:
        """Whether geometries stand as they do where nothing was asked for: CRS84, well-known text."""
        return self.crs is CRS84 and self.literal is GeometryLiteral.WKT

    def node(self, geometry: Geometry, *classes: str) -> str:
        """Write a geometry, and give its node.

        Args:
            geometry: The geometry.
            classes: Further classes of the node.
        """
        node = self.graph.blank(f"sf:{geometry['type']}", *classes)
        self.add(node, geometry)
        return node

    def add(self, node: str, geometry: Geometry) -> None:
        """Write a geometry's literal.

        Args:
            node: Its node.
            geometry: The geometry.
        """
        if self.literal is GeometryLiteral.GML:
            if geometry["type"] in GML_TYPES:
                crs = self._reached(geometry)
                self.graph.add(node, "geo:asGML", Literal(write_gml(geometry, crs), NAMESPACES["geo"] + "gmlLiteral"))
                return
            self._note(f"a {geometry['type']} is written as well-known text, not as GML")
        crs = self._reached(geometry)
        self.graph.add(node, "geo:asWKT", Literal(write_wkt(geometry, crs), NAMESPACES["geo"] + "wktLiteral"))

    def _reached(self, geometry: Geometry) -> Crs:
        """Return the reference system that the geometry comes back from."""
        if self.crs is CRS84:
            return CRS84
        try:
            check_area(geometry, self.crs)
        except InvalidGeometry as outside:
            raise InvalidGeometry(f"{self.subject}: {outside}") from None
        try:
            if geometry["type"] in GML_TYPES and self.literal is GeometryLiteral.GML:
                back = read_gml(write_gml(geometry, self.crs)).geometry
            else:
                back = read_wkt(write_wkt(geometry, self.crs)).geometry
            away = _distance(geometry, back)
        except InvalidGeometry:
            away = math.inf
        if away > _CENTIMETRE:
            self._note(f"a {geometry['type']} does not come back from {self.crs} and is written in CRS84")
            return CRS84
        if away:
            self._note(f"it is written in {self.crs}, to the centimetre")
        return self.crs

    def _note(self, reason: str) -> None:
        self.report.add(Loss(LossKind.REWRITTEN, self.subject, reason=reason))


def _distance(one: Geometry, other: Geometry) -> float:
    """Return how far apart the positions of two geometries are at the most, in metres, roughly."""
    here: list[list[float]] = []
    there: list[list[float]] = []
    for geometry, positions in ((one, here), (other, there)):
        map_positions(geometry, lambda position, into=positions: into.append(position) or position)  # type: ignore[misc]
    away = 0.0
    for (x, y, *_), (east, north, *_) in zip(here, there, strict=True):
        width = _METRES_A_DEGREE * math.cos(math.radians(y))
        away = max(away, math.hypot((x - east) * width, (y - north) * _METRES_A_DEGREE))
    return away
