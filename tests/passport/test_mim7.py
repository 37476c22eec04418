"""MIM7, geospatial data: each verdict of each requirement, for the right reason."""

from __future__ import annotations

from typing import Any

import orjson
import pytest

from citycontext import Client
from citycontext.passport import Reason, Verdict
from citycontext.web.http import httpx
from passport_city import BROKER, CATALOGUE, DATA, City, answer, described

CORE = "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/core"


def outcome(city: City, name: str, *changes: Any, **more: Any) -> Any:
    return city.check(*changes, **more)[f"MIM7 {name}"].outcome


def features(change: Any) -> Any:
    """Change the features in answers as GeoJSON."""

    def apply(request: httpx.Request, response: httpx.Response) -> httpx.Response | None:
        if "geo+json" not in response.headers.get("content-type", "") or request.url.host != "broker.example":
            return None
        body = orjson.loads(response.content)
        listed = [change(one) for one in body.get("features", [])]
        return answer(200, {**body, "features": listed}, "application/geo+json")

    return apply


def no_geojson(request: httpx.Request, response: httpx.Response) -> httpx.Response | None:
    return answer(406, {"title": "no"}) if request.headers.get("accept") == "application/geo+json" else None


def test_a_good_city_passes(city: City) -> None:
    """The local broker with a catalogue that tells the reference system passes MIM7."""
    passport = city.check(catalogue=CATALOGUE)
    for name in ("R1.1", "R2.1", "R4.1", "R5.1"):
        assert passport[f"MIM7 {name}"].outcome.verdict is Verdict.PASS, passport[f"MIM7 {name}"].outcome.seen.en
    assert "CRS84" in passport["MIM7 R5.1"].outcome.seen.en


def ogc(city: City, items: httpx.Response) -> None:
    document = described()
    service = next(one for one in document["@graph"] if one["@type"] == "dcat:DataService")
    service["dcat:endpointURL"] = {"@id": f"{DATA}/features"}
    city.documents[CATALOGUE] = answer(200, document, "application/ld+json")
    city.documents[f"{DATA}/features/conformance"] = answer(200, {"conformsTo": [CORE]})
    city.documents[f"{DATA}/features/collections"] = answer(200, {"collections": [{"id": "parking"}]})
    city.documents[f"{DATA}/features/collections/parking/items"] = items


def test_ogc_api_features_is_found_by_the_catalogue(city: City) -> None:
    """R1.1 passes by OGC API Features with items, and fails where it declares itself and gives none."""
    ogc(city, answer(200, {"type": "FeatureCollection", "features": []}, "application/geo+json"))
    assert "OGC API Features" in outcome(city, "R1.1", catalogue=CATALOGUE).seen.en
    ogc(city, answer(404, {}))
    assert outcome(city, "R1.1", catalogue=CATALOGUE).verdict is Verdict.FAIL


def test_the_broker_alone_passes_with_a_note(city: City) -> None:
    """R1.1 passes by NGSI-LD with GeoJSON as our reading, and fails without any of it."""
    seen = outcome(city, "R1.1")
    assert seen.verdict is Verdict.PASS
    assert "Our reading" in seen.notes[0].en
    assert outcome(city, "R1.1", no_geojson).verdict is Verdict.FAIL


def test_a_wfs_is_found(city: City) -> None:
    """R1.1 passes by a WFS that the catalogue names."""

    def wfs(request: httpx.Request, response: httpx.Response) -> httpx.Response | None:
        if request.url.params.get("request") == "GetCapabilities":
            return answer(200, b"<wfs:WFS_Capabilities/>", "application/xml")
        return None

    assert "is a WFS" in outcome(city, "R1.1", wfs, no_geojson, catalogue=CATALOGUE).seen.en


@pytest.mark.parametrize(
    ("geometry", "words"),
    [
        ({"type": "Point", "coordinates": [51.05, 203.7]}, "outside of longitude"),
        ({"type": "Polygon", "coordinates": [[[0, 0], [1, 0], [1, 1], [0, 1]]]}, "not closed"),
        ({"type": "Polygon", "coordinates": [[[0, 0], [0, 1], [1, 1], [1, 0], [0, 0]]]}, "clockwise"),
        ({"type": "Point"}, "without coordinates"),
    ],
)
def test_geojson_against_its_rfc_fails(city: City, geometry: Any, words: str) -> None:
    """R2.1 fails where positions are off the earth, rings are open or run the wrong way."""
    seen = outcome(city, "R2.1", features(lambda one: {**one, "geometry": geometry}))
    assert seen.verdict is Verdict.FAIL
    assert words in seen.seen.en


def test_another_open_encoding_is_enough(city: City) -> None:
    """R2.1 passes by an open file of the catalogue where the broker has no GeoJSON, and fails without."""
    assert outcome(city, "R2.1", no_geojson).verdict is Verdict.FAIL
    assert "parking.geojson is GeoJSON" in outcome(city, "R2.1", no_geojson, catalogue=CATALOGUE).seen.en

    def geopackage(request: httpx.Request, response: httpx.Response) -> httpx.Response | None:
        if request.url.path.endswith(".geojson"):
            return answer(200, b"SQLite format 3\x00", "application/geopackage+sqlite3")
        return no_geojson(request, response)

    assert "GeoPackage" in outcome(city, "R2.1", geopackage, catalogue=CATALOGUE).seen.en


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda one: {name: value for name, value in one.items() if name != "id"}, "have no id"),
        (lambda one: {**one, "id": "same"}, "id of another"),
        (lambda one: {**one, "id": one["id"].replace("urn", "x")}, "No feature has the id"),
    ],
)
def test_features_without_their_ids_fail(city: City, change: Any, words: str) -> None:
    """R4.1 fails where features have no id, one id, or ids of their own."""
    seen = outcome(city, "R4.1", features(change))
    assert seen.verdict is Verdict.FAIL
    assert words in seen.seen.en


def test_a_reference_system_that_nothing_tells(city: City) -> None:
    """R5.1 passes with a warning by GeoJSON alone, and fails where there is not even that."""
    seen = outcome(city, "R5.1")
    assert seen.verdict is Verdict.PASS
    assert "Warning" in seen.notes[0].en
    assert outcome(city, "R5.1", no_geojson).verdict is Verdict.FAIL


def test_metres_for_degrees_fail(empty_city: City) -> None:
    """R5.1 fails where positions are in metres, whatever is told."""
    with Client(BROKER, transport=empty_city) as client:
        client.entities.create(
            {
                "id": "urn:ngsi-ld:T:1",
                "type": "T",
                "location": {"type": "GeoProperty", "value": {"type": "Point", "coordinates": [4.0, 51.0]}},
            }
        )

    def lambert(request: httpx.Request, response: httpx.Response) -> httpx.Response | None:
        changed = response.content.replace(b"[4.0,51.0]", b"[104000.0,193000.0]")
        return answer(response.status_code, changed, response.headers.get("content-type", "application/json"))

    assert outcome(empty_city, "R5.1", lambert).verdict is Verdict.FAIL


def test_without_places_there_is_nothing_to_see(empty_city: City) -> None:
    """MIM7 has no sample where no entity has a geometry."""
    with Client(BROKER, transport=empty_city) as client:
        client.entities.create({"id": "urn:ngsi-ld:T:1", "type": "T", "x": 1})
    for name in ("R1.1", "R2.1", "R4.1", "R5.1"):
        assert outcome(empty_city, name).reason is Reason.NO_SAMPLE


def test_context_data_follows_from_other_mims(city: City) -> None:
    """R3.1 fails with MIM1 or MIM2."""

    def forgets(request: httpx.Request, response: httpx.Response) -> httpx.Response | None:
        return answer(404, {"title": "?"}) if "/entities/urn" in request.url.path else None

    seen = outcome(city, "R3.1", forgets)
    assert seen.verdict is Verdict.FAIL
    assert "MIM1 R1.2" in seen.seen.en
