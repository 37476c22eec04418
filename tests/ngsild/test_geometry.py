"""Geometries: longitude first, rings closed, numbers in range."""

from __future__ import annotations

import pytest
from hypothesis import given

from citycontext.errors import InvalidGeometry
from citycontext.ngsild import line_string, point, polygon
from citycontext.ngsild.geometry import check_geometry
from strategies import geometries


@given(geometries)
def test_well_formed_geometries_pass(geometry):
    """Whatever is well-formed is taken."""
    check_geometry(geometry)


def test_builders():
    """Builders write GeoJSON."""
    assert point(3.7, 51.0, 8) == {"type": "Point", "coordinates": [3.7, 51.0, 8]}
    assert line_string((3, 51), (4, 51)) == {"type": "LineString", "coordinates": [[3, 51], [4, 51]]}
    assert polygon([(3, 51), (4, 51), (4, 52), (3, 51)])["coordinates"] == [[[3, 51], [4, 51], [4, 52], [3, 51]]]


@pytest.mark.parametrize(
    ("geometry", "path", "says"),
    [
        ("Gent", "location", "a geometry is an object"),
        ({"type": "Circle", "coordinates": []}, "location", "'Circle' is not a geometry type"),
        ({"type": "Point"}, "location", "needs coordinates"),
        ({"type": "Point", "coordinates": [51.0, 93.7]}, "location.coordinates", "longitude comes first"),
        ({"type": "Point", "coordinates": [200, 3]}, "location.coordinates", "longitude 200"),
        ({"type": "Point", "coordinates": [3]}, "location.coordinates", "is not a position"),
        ({"type": "Point", "coordinates": ["3", "51"]}, "location.coordinates", "is not a coordinate"),
        ({"type": "Point", "coordinates": [float("nan"), 1]}, "location.coordinates", "is not a coordinate"),
        ({"type": "Point", "coordinates": [True, 1]}, "location.coordinates", "is not a coordinate"),
        ({"type": "LineString", "coordinates": [[3, 51]]}, "location.coordinates", "two positions"),
        ({"type": "Polygon", "coordinates": [[[0, 0], [1, 0], [1, 1]]]}, "location.coordinates[0]", "four positions"),
        (
            {"type": "Polygon", "coordinates": [[[0, 0], [1, 0], [1, 1], [0, 1]]]},
            "location.coordinates[0]",
            "ends where it starts",
        ),
        ({"type": "MultiPoint", "coordinates": []}, "location.coordinates", "needs positions"),
        ({"type": "Polygon", "coordinates": [3, 51]}, "location.coordinates[0]", "not a list of positions"),
    ],
)
def test_malformed_geometries_say_where_and_what(geometry, path, says):
    """The error leads to the first wrong position and says what it should be."""
    with pytest.raises(InvalidGeometry) as raised:
        check_geometry(geometry, path="location")
    assert raised.value.path == path
    assert says in str(raised.value)
