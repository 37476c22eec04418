"""Distances, boxes and relations of geometries."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from citycontext.broker.selection.geo import bounding_box, box_around, distance, matcher

GENT = {"type": "Point", "coordinates": [3.7250, 51.0536]}
BRUSSELS = {"type": "Point", "coordinates": [4.3525, 50.8467]}

points = st.builds(
    lambda longitude, latitude: {"type": "Point", "coordinates": [longitude, latitude]},
    st.floats(-179, 179),
    st.floats(-88, 88),
)


def test_distance_is_that_of_the_map() -> None:
    """Gent and Brussels lie 49.6 km apart on the ellipsoid; the sphere agrees within 0.56 %."""
    assert distance(GENT, BRUSSELS) == pytest.approx(49_621, rel=0.0056)


def test_distance_to_larger_geometries_is_the_shortest() -> None:
    """A point on a line is not a way off it, one beside it as far as the foot of the perpendicular."""
    line: dict[str, Any] = {"type": "LineString", "coordinates": [[3.7, 51.0], [3.8, 51.0]]}
    assert distance({"type": "Point", "coordinates": [3.75, 51.0]}, line) < 3
    assert distance({"type": "Point", "coordinates": [3.75, 51.001]}, line) == pytest.approx(111.2, abs=3)


@given(points, points)
def test_box_around_holds_all_that_is_near(one: Any, other: Any) -> None:
    """Whatever is near a point touches the box that narrows the search."""
    metres = distance(one, other)
    box = box_around("near", one, metres + 1)
    if box is not None:
        west, south, east, north = box
        longitude, latitude = other["coordinates"]
        assert west <= longitude <= east
        assert south <= latitude <= north


@pytest.mark.parametrize("value", [None, "x", {}, {"coordinates": []}, '{"type":"Point","coordinates":[1,2]}'])
def test_odd_values_have_no_box_or_their_own(value: Any) -> None:
    """What is not a geometry has no box; one that is written as text has its own."""
    expected = (1, 2, 1, 2) if isinstance(value, str) and value.startswith("{") else None
    assert bounding_box(value) == expected


@pytest.mark.parametrize(
    ("georel", "inside", "outside"),
    [("within", True, False), ("intersects", True, False), ("disjoint", False, True), ("contains", False, False)],
)
def test_relations_are_those_of_the_entity_to_the_query(georel: str, inside: bool, outside: bool) -> None:
    """The entity's geometry stands first: it is within, or contains, the one of the query."""
    square = {"type": "Polygon", "coordinates": [[[3, 50], [4, 50], [4, 52], [3, 52], [3, 50]]]}
    test = matcher(georel, square)
    assert test(GENT) is inside
    assert test(BRUSSELS) is outside
    assert matcher("contains", GENT)(square) is True


def test_self_crossing_geometry_stands_in_no_relation() -> None:
    """A polygon that crosses itself is answered, not failed on."""
    bow = {"type": "Polygon", "coordinates": [[[0, 0], [1, 1], [1, 0], [0, 1], [0, 0]]]}
    for georel in ("within", "overlaps", "equals", "intersects"):
        assert matcher(georel, bow)(bow) in (True, False)
