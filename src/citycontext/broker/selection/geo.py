"""Geo-queries on stored geometries: boxes to narrow, shapely to decide, metres on a sphere (4.10)."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

import orjson

from citycontext.broker.documents.writing import Document, instances
from citycontext.ngsild.context import Context
from citycontext.ngsild.query.geo import GEO_PARAMETERS, GeoQuery
from citycontext.ngsild.query.paths import AttributePath, parse_path

__all__ = [
    "EARTH_RADIUS",
    "GEO",
    "Box",
    "GeoTest",
    "bounding_box",
    "box_around",
    "distance",
    "geo_test",
    "matcher",
    "parse_geometry",
    "read_geo",
]

Box = tuple[float, float, float, float]
"""West, south, east, north, in degrees."""

EARTH_RADIUS: Final = 6_371_008.8
"""Mean radius in metres (IUGG): distances differ from those on the ellipsoid by at most 0.56 %."""

Geometry = dict[str, Any]


GEO: Final = frozenset(GEO_PARAMETERS)
"""The parameters of a geo-query."""


@dataclass(frozen=True, slots=True)
class GeoTest:
    """A geo-query, ready to be put to entities.

    Args:
        path: The GeoProperty looked at, an attribute or a sub-attribute.
        test: What its value must meet.
        box: The box it must touch; None when it may be anywhere.
    """

    path: tuple[str, ...]
    test: Callable[[Any], bool]
    box: Box | None

    @property
    def place(self) -> tuple[str, Box] | None:
        """The attribute and the box, where the index of places can narrow the search."""
        return (self.path[0], self.box) if self.box is not None and len(self.path) == 1 else None

    def matches(self, document: Document) -> bool:
        """Return whether an entity matches by one of the GeoProperty's instances."""
        found = [document]
        for name in self.path:
            found = [instance for one in found for instance in instances(one.get(name, []))]
        return any(instance.get("type") == "GeoProperty" and self.test(instance["value"]) for instance in found)


def read_geo(parameters: Mapping[str, str], context: Context) -> GeoTest | None:
    """Read a geo-query; None if absent (4.10).

    Raises:
        InvalidQuery: It is incomplete, or a part of it is not valid.
    """
    if not any(name in parameters for name in GEO):
        return None
    return geo_test(GeoQuery.from_parameters(parameters), context)


def geo_test(query: GeoQuery, context: Context) -> GeoTest:
    """Make a geo-query ready.

    Args:
        query: The query.
        context: What the name of its GeoProperty means.
    """
    relation, geometry = query.georel, query.geojson
    path = parse_path(query.geoproperty)
    assert isinstance(path, AttributePath)
    test = matcher(relation.name, geometry, min_distance=relation.min_distance, max_distance=relation.max_distance)
    box = box_around(relation.name, geometry, relation.max_distance)
    return GeoTest(tuple(context.expand(name) for name in path.names), test, box)


def parse_geometry(value: Any) -> Geometry | None:
    """Read the value of a GeoProperty, which may be GeoJSON in a text (4.7); None when it is not a geometry."""
    if isinstance(value, str):
        try:
            value = orjson.loads(value)
        except orjson.JSONDecodeError:
            return None
    return value if isinstance(value, dict) and "coordinates" in value else None


def bounding_box(value: Any) -> Box | None:
    """Find the box around a geometry; None when it has no position."""
    geometry = parse_geometry(value)
    positions = list(_positions(geometry["coordinates"])) if geometry else []
    if not positions:
        return None
    longitudes = [position[0] for position in positions]
    latitudes = [position[1] for position in positions]
    return min(longitudes), min(latitudes), max(longitudes), max(latitudes)


def box_around(georel: str, geometry: Geometry, max_distance: float | None = None) -> Box | None:
    """Find the box that everything matching must touch; None when the relation allows anywhere.

    Args:
        georel: A georel's name, e.g. ``within``.
        geometry: The query's geometry.
        max_distance: Metres, for ``near``.
    """
    box = bounding_box(geometry)
    if box is None or georel == "disjoint" or (georel == "near" and max_distance is None):
        return None
    if georel != "near" or max_distance is None:
        return box
    west, south, east, north = box
    # The index keeps 32-bit floats; a hundredth more is no loss.
    rise = math.degrees(max_distance / EARTH_RADIUS) * 1.01 + 1e-5
    top = min(90.0, max(abs(south - rise), abs(north + rise)))
    if top >= 89.0:
        return -180.0, south - rise, 180.0, north + rise
    run = rise / math.cos(math.radians(top))
    if west - run < -180 or east + run > 180:
        west, east, run = -180.0, 180.0, 0.0
    return west - run, south - rise, east + run, north + rise


def matcher(
    georel: str, geometry: Geometry, *, min_distance: float | None = None, max_distance: float | None = None
) -> Callable[[Any], bool]:
    """Build the test of one georel.

    Args:
        georel: ``near``, ``within``, ``contains``, ``overlaps``, ``intersects``, ``equals`` or ``disjoint``.
        geometry: The query's geometry.
        min_distance: Metres, for ``near``.
        max_distance: Metres, for ``near``.

    Returns:
        A function that takes the value of a GeoProperty.
    """
    if georel == "near":

        def near(value: Any) -> bool:
            stored = parse_geometry(value)
            if stored is None:
                return False
            metres = distance(geometry, stored)
            return (max_distance is None or metres <= max_distance) and (min_distance is None or metres >= min_distance)

        return near

    import shapely
    from shapely.geometry import shape

    reference = shape(geometry)
    shapely.prepare(reference)

    def related(value: Any) -> bool:
        stored = parse_geometry(value)
        if stored is None:
            return False
        try:
            return bool(getattr(shape(stored), georel)(reference))
        except shapely.errors.GEOSException:
            # A geometry that crosses itself stands in no relation.
            return False

    return related


def distance(one: Geometry, other: Geometry) -> float:
    """Measure the shortest way between two geometries, in metres.

    Exact on the sphere between points; between larger geometries measured in an azimuthal equidistant
    projection around the first one's centre.
    """
    if one["type"] == "Point" and other["type"] == "Point":
        return _great_circle(one["coordinates"], other["coordinates"])
    from shapely import transform
    from shapely.geometry import shape

    first, second = shape(one), shape(other)
    centre = first.centroid
    project = _projection(centre.x, centre.y)
    return float(transform(first, project).distance(transform(second, project)))


def _great_circle(one: list[float], other: list[float]) -> float:
    longitude, latitude = math.radians(other[0] - one[0]), math.radians(other[1] - one[1])
    chord = (
        math.sin(latitude / 2) ** 2
        + math.cos(math.radians(one[1])) * math.cos(math.radians(other[1])) * math.sin(longitude / 2) ** 2
    )
    return 2 * EARTH_RADIUS * math.asin(min(1.0, math.sqrt(chord)))


def _projection(longitude: float, latitude: float) -> Callable[[Any], Any]:
    import numpy as np

    centre_lon, centre_lat = math.radians(longitude), math.radians(latitude)

    def project(positions: Any) -> Any:
        lon, lat = np.radians(positions[:, 0]), np.radians(positions[:, 1])
        cosine = np.sin(centre_lat) * np.sin(lat) + np.cos(centre_lat) * np.cos(lat) * np.cos(lon - centre_lon)
        angle = np.arccos(np.clip(cosine, -1, 1))
        sine = np.sin(angle)
        scale = EARTH_RADIUS * np.where(sine == 0, 1, angle / np.where(sine == 0, 1, sine))
        east = np.cos(lat) * np.sin(lon - centre_lon)
        north = np.cos(centre_lat) * np.sin(lat) - np.sin(centre_lat) * np.cos(lat) * np.cos(lon - centre_lon)
        return np.column_stack((scale * east, scale * north))

    return project


def _positions(coordinates: Any) -> Iterator[list[float]]:
    if isinstance(coordinates, list) and coordinates:
        if isinstance(coordinates[0], (int, float)):
            yield coordinates
        else:
            for part in coordinates:
                yield from _positions(part)
