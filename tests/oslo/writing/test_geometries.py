"""Places are written in the reference system that was asked for, and come back within a centimetre."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from citycontext.errors import ConfigurationError, InvalidGeometry
from citycontext.ngsild import Entity, point
from citycontext.oslo import LossKind, from_oslo, read_text, to_oslo
from citycontext.oslo.places.reference_systems import LAMBERT_72, LAMBERT_2008, map_positions
from strategies import geometries

pytest.importorskip("pyproj", reason="the library of coordinate operations is not installed")

SYSTEMS = ["crs84", "wgs84", "lambert72", "lambert2008", "EPSG:31370"]
LITERALS = ["wkt", "gml"]
TYPES = ["ParkingSpot", "OffStreetParking", "WeatherObserved", "TrafficFlowObserved"]
belgian = st.tuples(st.floats(2.5, 6.4), st.floats(49.5, 51.5)).map(list)
belgian_geometries = (
    belgian.map(lambda position: {"type": "Point", "coordinates": position})
    | st.lists(belgian, min_size=2, max_size=4).map(lambda line: {"type": "LineString", "coordinates": line})
    | st.lists(belgian, min_size=1, max_size=3).map(lambda points: {"type": "MultiPoint", "coordinates": points})
    | st.lists(belgian, min_size=3, max_size=4).map(
        lambda ring: {"type": "Polygon", "coordinates": [[*ring, list(ring[0])]]}
    )
)


def flat(coordinates: list) -> list[tuple[float, float]]:
    """Return the positions of a geometry one after the other."""
    if isinstance(coordinates[0], list):
        return [position for part in coordinates for position in flat(part)]
    return [(coordinates[0], coordinates[1])]


def metres(one: dict, other: dict) -> float:
    """Return how far apart two geometries of one type are at the most."""
    assert one["type"] == other["type"]
    pairs = zip(flat(one["coordinates"]), flat(other["coordinates"]), strict=True)
    return max(
        math.hypot((x - east) * 111_320 * math.cos(math.radians(y)), (y - north) * 111_320)
        for (x, y), (east, north) in pairs
    )


def round_trip(entity_type: str, geometry: dict, crs: str, literal: str) -> tuple[dict, object]:
    """Write an entity at a place and read its place again, with the report of writing."""
    entity = Entity.from_dict(
        {
            "id": f"urn:ngsi-ld:{entity_type}:1",
            "type": entity_type,
            "location": {"type": "GeoProperty", "value": geometry},
            "dateObserved": {"type": "Property", "value": "2024-05-01T10:00:00Z"},
        }
    )
    written = to_oslo(entity, crs=crs, geometry=literal)
    (found,) = from_oslo(read_text(written.to_n_triples(), "application/n-triples")).entities
    return found["location"].value, written.report


@pytest.mark.parametrize("literal", LITERALS)
@pytest.mark.parametrize("crs", SYSTEMS)
@given(geometry=belgian_geometries, entity_type=st.sampled_from(TYPES))
def test_a_place_in_belgium_comes_back_within_a_centimetre(crs, literal, geometry, entity_type):
    """In every reference system and literal, for samples and for things."""
    found, report = round_trip(entity_type, geometry, crs, literal)
    assert metres(geometry, found) <= 0.01
    assert not [loss for loss in report.of(LossKind.REWRITTEN) if "CRS84" in loss.reason]


@pytest.mark.parametrize("literal", LITERALS)
@pytest.mark.parametrize("crs", SYSTEMS)
@given(geometry=geometries)
def test_a_place_anywhere_comes_back_within_a_centimetre(crs, literal, geometry):
    """Whatever a place is, it comes back, or the reference system is none that is used there, which is an error."""
    positions: list[list[float]] = []
    map_positions(geometry, lambda position: positions.append(position) or position)
    inside = all(2.2 <= east <= 6.5 and 49.45 <= north <= 51.9 for east, north, *_ in positions)
    if crs not in ("crs84", "wgs84") and not inside:
        with pytest.raises(InvalidGeometry, match="outside the area"):
            round_trip("ParkingSpot", geometry, crs, literal)
        return
    found, _ = round_trip("ParkingSpot", geometry, crs, literal)
    assert metres(geometry, found) <= 0.01


def test_what_stands_in_the_literals():
    """Lambert 72 as GML, Lambert 2008 as text, and latitude first in WGS 84."""
    spot = Entity(id="urn:ngsi-ld:ParkingSpot:1", type="ParkingSpot", location=point(3.22994761, 51.19947735))
    text = to_oslo(spot, crs=LAMBERT_72, geometry="gml").to_n_triples()
    assert "geosparql#asGML" in text
    assert "<gml:pos>70403.4 210554.6</gml:pos>" in text
    assert 'srsName=\\"http://www.opengis.net/def/crs/EPSG/0/31370\\"' in text
    text = to_oslo(spot, crs=LAMBERT_2008).to_n_triples()
    assert '"<http://www.opengis.net/def/crs/EPSG/0/3812> POINT (570398.89 710545.21)"' in text
    text = to_oslo(spot, crs="wgs84").to_n_triples()
    assert '"<http://www.opengis.net/def/crs/EPSG/0/4326> POINT (51.19947735 3.22994761)"' in text
    assert '"POINT (3.22994761 51.19947735)"' in to_oslo(spot).to_n_triples()


def test_the_report_tells_what_was_written():
    """To the centimetre, or as text where GML has no such type."""
    here = Entity(id="urn:ngsi-ld:ParkingSpot:1", type="ParkingSpot", location=point(3.22994761, 51.19947735))
    several = {"type": "MultiPoint", "coordinates": [[3.7, 51.0], [3.8, 51.0]]}
    many = Entity.from_dict(
        {
            "id": "urn:ngsi-ld:ParkingSpot:3",
            "type": "ParkingSpot",
            "location": {"type": "GeoProperty", "value": several},
        }
    )
    report = to_oslo([here, many], crs="lambert72", geometry="gml", strict=True).report
    reasons = [(loss.subject[-1], loss.reason) for loss in report.of(LossKind.REWRITTEN)]
    lambert = "Belgian Lambert 72 (EPSG:31370)"
    assert reasons == [
        ("1", f"it is written in {lambert}, to the centimetre"),
        ("3", "a MultiPoint is written as well-known text, not as GML"),
        ("3", f"it is written in {lambert}, to the centimetre"),
    ]


@pytest.mark.parametrize("crs", ["lambert72", "lambert2008"])
@pytest.mark.parametrize(
    ("position", "why"), [((51.05, 3.72), "swapped"), ((180.0, 0.0), "outside"), ((5.1, 52.1), "Lambert")]
)
def test_lambert_outside_its_area_is_an_error(crs, position, why):
    """Coordinates that are swapped, or lie elsewhere, are an error that names the entity, written and read."""
    spot = Entity(id="urn:ngsi-ld:ParkingSpot:2", type="ParkingSpot", location=point(*position))
    with pytest.raises(InvalidGeometry, match=f"urn:ngsi-ld:ParkingSpot:2.*{why}"):
        to_oslo(spot, crs=crs)
    there = Entity(id="urn:ngsi-ld:ParkingSpot:3", type="ParkingSpot", location=point(3.72, 51.05))
    degrees = to_oslo(there, crs="crs84").to_n_triples()
    code = {"lambert72": 31370, "lambert2008": 3812}[crs]
    wrong = degrees.replace('"POINT', f'"<http://www.opengis.net/def/crs/EPSG/0/{code}> POINT')
    reading = from_oslo(read_text(wrong, "application/n-triples"))
    assert any("outside the area" in loss.reason for loss in reading.report.of(LossKind.LOST))
    assert "location" not in reading.entities[0].to_dict()


def test_what_cannot_be_asked_for():
    """An unknown reference system or literal is an error that names those there are."""
    spot = Entity(id="urn:ngsi-ld:ParkingSpot:1", type="ParkingSpot")
    with pytest.raises(InvalidGeometry, match="EPSG:3812"):
        to_oslo(spot, crs="EPSG:28992")
    with pytest.raises(ConfigurationError, match="wkt or gml"):
        to_oslo(spot, geometry="geojson")
