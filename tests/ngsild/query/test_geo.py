"""Geoqueries."""

from __future__ import annotations

from typing import Any

import pytest

from citycontext.errors import InvalidQuery
from citycontext.ngsild import GeoProperty
from citycontext.ngsild.geometry import line_string, point, polygon
from citycontext.ngsild.query import (
    GeoQuery,
    GeoRelation,
    contains,
    disjoint,
    equals,
    intersects,
    near,
    overlaps,
    parse_georel,
    within,
)

RING = [(3.6, 51.0), (3.8, 51.0), (3.8, 51.1), (3.6, 51.0)]


def test_near_is_written_as_the_clause_has_it() -> None:
    """A point and a distance become the three parameters."""
    assert near(point(8, 40), max_distance=2000).to_parameters() == [
        ("georel", "near;maxDistance==2000"),
        ("geometry", "Point"),
        ("coordinates", "[8,40]"),
    ]
    assert near(point(8, 40), min_distance=0.5, geoproperty="observationSpace").to_body() == {
        "georel": "near;minDistance==0.5",
        "geometry": "Point",
        "coordinates": [8, 40],
        "geoproperty": "observationSpace",
    }


@pytest.mark.parametrize("build", [within, contains, overlaps, intersects, equals, disjoint])
def test_other_relations_take_any_geometry(build: Any) -> None:
    """Each relation is built from GeoJSON and comes back from parameters and from a body."""
    for geometry in (polygon(RING), line_string((3, 51), (4, 51)), point(3, 51)):
        query = build(geometry)
        assert query.georel.name == build.__name__
        assert GeoQuery.from_parameters(dict(query.to_parameters())) == query
        assert GeoQuery.from_body(query.to_body()) == query
        assert query.geojson["type"] == geometry["type"]


def test_takes_geometries_of_other_libraries() -> None:
    """Shapely's objects, GeoProperty objects and GeoProperty wires serve as they are."""
    shapely = pytest.importorskip("shapely")
    expected = within(polygon(RING))
    assert within(shapely.Polygon(RING)) == expected
    assert within(GeoProperty(polygon(RING))) == expected
    assert within({"type": "GeoProperty", "value": polygon(RING)}) == expected


@pytest.mark.parametrize(
    ("text", "relation"),
    [
        ("within", GeoRelation("within")),
        ("near;maxDistance==2000", GeoRelation("near", 2000)),
        ("near;minDistance==1.5e3", GeoRelation("near", None, 1500.0)),
    ],
)
def test_reads_georel(text: str, relation: GeoRelation) -> None:
    """A relation is read with its distance as a number."""
    assert parse_georel(text) == relation


@pytest.mark.parametrize(
    ("text", "column"),
    [
        ("", 0),
        ("close", 0),
        ("invalid", 0),
        ("near", 4),
        ("near;", 5),
        ("near;distance==5", 5),
        ("near;maxDistance=5", 5),
        ("near;maxDistance==", 18),
        ("near;maxDistance==-5", 18),
        ("near;maxDistance==0", 18),
        ("near;maxDistance==5;minDistance==1", 19),
        ("near;maxDistance==1e999", 18),
        ("within;maxDistance==5", 6),
        ("Within", 0),
    ],
)
def test_errors_in_georel_point_at_the_column(text: str, column: int) -> None:
    """A relation that the clause does not have is refused where reading stopped."""
    with pytest.raises(InvalidQuery) as caught:
        parse_georel(text)
    assert caught.value.column == column


@pytest.mark.parametrize(
    ("parameters", "path"),
    [
        ({"georel": "within"}, "geometry"),
        ({"georel": "within", "geometry": "Polygon"}, "coordinates"),
        ({"geometry": "Point", "coordinates": "[1,2]"}, "georel"),
        ({"georel": "within", "geometry": "Circle", "coordinates": "[1,2]"}, "geometry"),
        ({"georel": "within", "geometry": "GeometryCollection", "coordinates": "[1,2]"}, "geometry"),
        ({"georel": "within", "geometry": "Point", "coordinates": "[1,2"}, "coordinates"),
        ({"georel": "within", "geometry": "Point", "coordinates": "5"}, "coordinates"),
        ({"georel": "within", "geometry": "Point", "coordinates": "[1]"}, "coordinates"),
        ({"georel": "within", "geometry": "Point", "coordinates": '["1",2]'}, "coordinates"),
        ({"georel": "within", "geometry": "Point", "coordinates": "[1e300,2]"}, "coordinates"),
        ({"georel": "within", "geometry": "Point", "coordinates": "[[1,2]]"}, "coordinates"),
        ({"georel": "within", "geometry": "LineString", "coordinates": "[[1,2]]"}, "coordinates"),
        ({"georel": "within", "geometry": "Polygon", "coordinates": "[[[1,2],[2,2],[1,1],[1,3]]]"}, "coordinates"),
        ({"georel": "within", "geometry": "Polygon", "coordinates": "[[[1,2],[2,2],[1,2]]]"}, "coordinates"),
        ({"georel": "within", "geometry": "MultiPoint", "coordinates": "[]"}, "coordinates"),
        ({"georel": "within", "geometry": "Point", "coordinates": "[" * 5000}, "coordinates"),
        ({"georel": "within", "geometry": "MultiPoint", "coordinates": f"[{'[1,2],' * 10_001}[1,2]]"}, "coordinates"),
    ],
)
def test_what_does_not_go_together_is_refused(parameters: dict[str, str], path: str) -> None:
    """A missing parameter, or coordinates that are not such geometry, are refused by name."""
    with pytest.raises(InvalidQuery) as caught:
        GeoQuery.from_parameters(parameters)
    assert caught.value.path == path


def test_a_distance_is_given_once_and_above_zero() -> None:
    """near without, or with two distances, and one of 0 are refused."""
    for distances in ({}, {"max_distance": 1, "min_distance": 1}, {"max_distance": 0}, {"min_distance": -1}):
        with pytest.raises(InvalidQuery):
            near(point(1, 2), **distances)  # type: ignore[arg-type]


def test_a_body_may_carry_coordinates_as_text() -> None:
    """Some senders put the array into a text, which the clause allows; unknown members it does not."""
    body = {"georel": "equals", "geometry": "Point", "coordinates": "[8, 40]"}
    assert GeoQuery.from_body(body) == equals(point(8, 40))
    for broken in (
        {**body, "distance": 5},
        {**body, "georel": 5},
        {**body, "coordinates": {"a": 1}},
        {**body, "coordinates": None},
        {"georel": "equals"},
        [],
        "near",
    ):
        with pytest.raises(InvalidQuery):
            GeoQuery.from_body(broken)
