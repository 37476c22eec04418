"""Belgian coordinates, to the centimetre, and texts of geometries however they are written."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from citycontext.errors import InvalidGeometry
from citycontext.ngsild import point
from citycontext.oslo.places.gml import read_gml, write_gml
from citycontext.oslo.places.reference_systems import CRS84, LAMBERT_72, LAMBERT_2008, WGS84, find_crs, project
from citycontext.oslo.places.wkt import read_wkt, write_wkt
from strategies import geometries

pytest.importorskip("pyproj", reason="the library of coordinate operations is not installed")

CENTIMETRE = 0.01
DEGREE = 111_000  # metres, roughly: a centimetre is less than 1e-7 of one
PLACES = [
    ((4.2296042, 51.0991668), (140252.76, 198794.27), None),
    ((3.22994761, 51.19947735), (70403.40, 210554.60), (570398.89, 710545.21)),
    ((3.77726719, 51.07399041), (108545.79, 196149.10), (608542.70, 696144.37)),
]


def at(x: float, y: float) -> dict[str, object]:
    """Return a point in any reference system."""
    return {"type": "Point", "coordinates": [x, y]}


@pytest.mark.parametrize(("wgs", "lambert_72", "lambert_2008"), PLACES)
def test_control_points(wgs, lambert_72, lambert_2008):
    """Known points hold within a centimetre, forth and back, in all three systems."""
    east, north = project(at(*lambert_72), LAMBERT_72, CRS84)["coordinates"]
    assert math.hypot((east - wgs[0]) * DEGREE * math.cos(math.radians(51)), (north - wgs[1]) * DEGREE) < CENTIMETRE
    assert math.dist(project(at(*wgs), CRS84, LAMBERT_72)["coordinates"], lambert_72) < CENTIMETRE
    if lambert_2008:
        assert math.dist(project(at(*wgs), CRS84, LAMBERT_2008)["coordinates"], lambert_2008) < CENTIMETRE
        assert math.dist(project(at(*lambert_72), LAMBERT_72, LAMBERT_2008)["coordinates"], lambert_2008) < CENTIMETRE


@given(st.floats(22_000, 295_000), st.floats(21_000, 244_000))
def test_lambert_comes_back(x, y):
    """A position in Lambert 72 that goes to WGS 84 and to Lambert 2008 comes back to the millimetre."""
    for other in (CRS84, LAMBERT_2008):
        there = project(at(x, y), LAMBERT_72, other)
        assert math.dist(project(there, other, LAMBERT_72)["coordinates"], (x, y)) < 1e-3


@pytest.mark.parametrize(
    "name",
    [
        "EPSG:31370",
        "urn:ogc:def:crs:EPSG::31370",
        "http://www.opengis.net/def/crs/EPSG/0/31370",
        "https://www.opengis.net/def/crs/EPSG/9.9.1/31370",
        "http:\\//www.opengis.net/def/crs/EPSG/0/31370",
        "http://www.opengis.net/gml/srs/epsg.xml#31370",
    ],
)
def test_names_of_lambert_72(name):
    """One reference system is found by all the names that data give it."""
    assert find_crs(name) is LAMBERT_72


@pytest.mark.parametrize("name", ["EPSG:28992", "Lambert", "", "31370"])
def test_other_reference_systems_are_refused(name):
    """A reference system that is not known is not guessed; the error says which are."""
    with pytest.raises(InvalidGeometry, match="EPSG:31370"):
        find_crs(name)


@given(geometries)
def test_well_known_text_keeps_every_digit(geometry):
    """What is written as well-known text is read as the same geometry, to the last digit."""
    assert read_wkt(write_wkt(geometry)).geometry == geometry


@given(geometries)
def test_gml_keeps_every_digit(geometry):
    """What is written as GML is read as the same geometry, to the last digit, unless it reads as swapped."""
    place = read_gml(write_gml(geometry))
    assert place.crs is WGS84
    assert place.swapped or place.geometry == geometry


def test_text_in_lambert():
    """Text in Lambert 72 has its prefix, easting first, two decimals; and is read to the centimetre."""
    text = write_wkt(point(3.22994761, 51.19947735), LAMBERT_72)
    assert text == "<http://www.opengis.net/def/crs/EPSG/0/31370> POINT (70403.4 210554.6)"
    east, north = read_wkt(text.replace("EPSG/0/", "EPSG/9.9.1/")).geometry["coordinates"]
    assert math.hypot((east - 3.22994761) * DEGREE, (north - 51.19947735) * DEGREE) < CENTIMETRE
    gml = write_gml(point(3.22994761, 51.19947735), LAMBERT_2008)
    assert "<gml:pos>570398.89 710545.21</gml:pos>" in gml


def test_order_of_axes():
    """EPSG:4326 has latitude first, CRS84 and bare text longitude; text that lies in Belgium only swapped says so."""
    latitude_first = read_wkt("<http://www.opengis.net/def/crs/EPSG/0/4326> POINT (51.05 3.72)")
    assert latitude_first.geometry["coordinates"] == [3.72, 51.05]
    assert not latitude_first.swapped
    swapped = read_wkt("<http://www.opengis.net/def/crs/EPSG/0/4326> POINT (3.72 51.05)")
    assert swapped.geometry["coordinates"] == [3.72, 51.05]
    assert swapped.swapped
    assert read_wkt("POINT (3.72 51.05)").geometry["coordinates"] == [3.72, 51.05]
    with_height = read_wkt("<http://www.opengis.net/def/crs/EPSG/0/4979> POINT Z (50.89 4.38 26.0)")
    assert with_height.geometry["coordinates"] == [4.38, 50.89, 26.0]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("POINT (3,72 51,05)", "brackets"),
        ("POINT EMPTY", "empty"),
        ("POINT (x y)", "not a coordinate"),
        ("LINESTRING (3 51, 4", "not well-known text"),
        ("POLYGON ((3 51, 4 51, 4 52))", "at least four"),
        ("CIRCLE (3 51)", "not well-known text"),
        ("POINT (3 51", "not well-known text"),
        ("POINT ((3 51)", "brackets"),
        ("POINT (3 91)", "latitude"),
    ],
)
def test_wrong_text_says_what_is_wrong(text, says):
    """Text that is not a geometry raises one error that names the fault."""
    with pytest.raises(InvalidGeometry, match=says):
        read_wkt(text)


GML = '<gml:Point srsName="http://www.opengis.net/def/crs/EPSG/0/31370">{}</gml:Point>'


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (
            '<gml:Point srsName="http:\\//www.opengis.net/def/crs/EPSG/0/4326">'
            "<gml:coordinates>51.041935,4.35714</gml:coordinates><gml:Point>",
            "tags closed",
        ),
        (GML.format("<gml:pos>140252,76 198794,27</gml:pos>"), "comma"),
        (GML.format("<gml:pos>140252.76</gml:pos>"), "divide"),
        (GML.format("<gml:coordinates></gml:coordinates>"), "one position"),
        ("<gml:Point><gml:pos>1 2</gml:pos></gml:Point>", "srsName"),
        (GML.format("<gml:pos>a b</gml:pos>"), "not a coordinate"),
        ('<!DOCTYPE x [<!ENTITY a "b">]>' + GML.format("<gml:pos>1 2</gml:pos>"), "document type"),
        (GML.replace("Point", "Curve").format(""), "Curve"),
    ],
)
def test_malformed_published_gml_says_what_is_wrong(text, says):
    """Unclosed tags, decimals behind commas, missing srsName: each raises one error that names the fault."""
    with pytest.raises(InvalidGeometry, match=says):
        read_gml(text)


def test_gml_with_old_coordinates():
    """GML 2 coordinates, and a prefix without declaration, are read."""
    text = '<gml:Point srsName="EPSG:4326"><gml:coordinates>51.041935,4.35714</gml:coordinates></gml:Point>'
    assert read_gml(text).geometry["coordinates"] == [4.35714, 51.041935]
