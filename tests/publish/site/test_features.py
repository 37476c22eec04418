"""What is published as a service of features, asked as the standard says and by a client that others wrote."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from citycontext.publish import EventStream, Publication, export
from citycontext.publish.site import Shelf, site_app
from citycontext.web.serving import AppServer
from described import check_answers

SPECIFICATION = "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf"


@pytest.fixture
def publication(tmp_path, make_publication) -> Publication:
    """Parkings and a road, of which a stream and a file of GeoJSON may be written."""
    given = make_publication().model_dump(mode="json", exclude_none=True)
    given["allow"]["Road"] = ["name", "location"]
    return Publication.parse(given)


@pytest.fixture
def entities(parkings) -> list[dict]:
    found = [
        {**one, "location": {"type": "GeoProperty", "value": {"type": "Point", "coordinates": [3.7 + n / 100, 51.0]}}}
        for n, one in enumerate(parkings(10, of=10))
    ]
    road = {
        "id": "https://data.stad.example/id/road/1",
        "type": "Road",
        "name": {"type": "Property", "value": "Coupure"},
        "location": {
            "type": "GeoProperty",
            "value": {"type": "LineString", "coordinates": [[3.70, 51.04], [3.72, 51.06]]},
        },
    }
    return [*found, road]


def asked(publication: Publication, folder: Path | None = None) -> httpx.AsyncClient:
    app = site_app([Shelf(publication, folder)])
    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://data.stad.example")


@pytest.fixture
def with_file(tmp_path, publication, entities) -> Publication:
    """The publication with its file of GeoJSON."""
    export(entities, tmp_path / "parking.geojson", publication, form="geojson")
    given = publication.model_dump(mode="json", exclude_none=True)
    return Publication.parse({**given, "output": {"geojson": str(tmp_path / "parking.geojson")}})


async def test_from_the_landing_page_to_a_feature_by_links_alone(with_file) -> None:
    """A client that knows nothing but relations finds conformance, the interface, the collections and each feature."""
    async with asked(with_file) as http:
        landing = (await http.get("/")).json()
        links = {one["rel"]: one["href"] for one in landing["links"]}
        conformance = (await http.get(links["conformance"])).json()["conformsTo"]
        assert {f"{SPECIFICATION}/core", f"{SPECIFICATION}/geojson"} <= set(conformance)
        described = await http.get(links["service-desc"])
        assert described.headers["content-type"] == "application/vnd.oai.openapi+json;version=3.1"
        assert described.json()["openapi"] == "3.1.0"
        collections = (await http.get(links["data"])).json()["collections"]
        assert [one["id"] for one in collections] == ["OffStreetParking", "Road"]
        assert collections[0]["extent"]["spatial"]["bbox"] == [[3.7, 51.0, 3.79, 51.0]]
        assert collections[0]["extent"]["temporal"]["interval"] == [["2026-05-01T00:00:00Z", "2026-05-01T00:00:00Z"]]
        items = {link["rel"]: link["href"] for link in collections[1]["links"]}["items"]
        answer = await http.get(items)
        assert answer.headers["content-type"] == "application/geo+json"
        (road,) = answer.json()["features"]
        found = await http.get(f"{items}/https%3A%2F%2Fdata.stad.example%2Fid%2Froad%2F1")
        assert found.json()["properties"] == road["properties"]
        assert found.json()["geometry"]["type"] == "LineString"
        assert {one["rel"] for one in found.json()["links"]} == {"self", "collection"}


async def test_pages_have_each_feature_once(with_file) -> None:
    """Following ``next`` from the first page finds each feature once; counts are told."""
    async with asked(with_file) as http:
        found: list[str] = []
        url = "/collections/OffStreetParking/items?limit=3"
        while url:
            page = (await http.get(url)).json()
            assert page["numberMatched"] == 10
            assert page["numberReturned"] == len(page["features"]) <= 3
            found += [one["id"] for one in page["features"]]
            url = next((one["href"] for one in page["links"] if one["rel"] == "next"), "")
    assert len(found) == len(set(found)) == 10


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ("bbox=3.695,50.9,3.725,51.1", 3),
        ("bbox=3.695,50.9,0,3.725,51.1,100", 3),
        ("bbox=179,50,3.705,52", 1),
        ("bbox=10,10,11,11", 0),
        ("datetime=2026-05-01T00:00:00Z", 10),
        ("datetime=../2026-04-30T00:00:00Z", 0),
        ("datetime=2026-05-01T02:00:00%2B02:00/..", 10),
        ("limit=1000000", 10),
        ("limit=4&offset=8", 2),
        ("f=json", 10),
    ],
)
async def test_features_are_chosen_by_place_and_time(with_file, query, count) -> None:
    """Rectangles, also over the antimeridian, times and intervals choose; a great limit is brought down."""
    async with asked(with_file) as http:
        answer = await http.get(f"/collections/OffStreetParking/items?{query}")
    assert answer.status_code == 200
    assert len(answer.json()["features"]) == count


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/collections/OffStreetParking/items?bbox=1,2,3", 400),
        ("/collections/OffStreetParking/items?bbox=a,b,c,d", 400),
        ("/collections/OffStreetParking/items?bbox=1,nan,3,4", 400),
        ("/collections/OffStreetParking/items?limit=0", 400),
        ("/collections/OffStreetParking/items?limit=-1", 400),
        ("/collections/OffStreetParking/items?limit=1e3", 400),
        ("/collections/OffStreetParking/items?datetime=yesterday", 400),
        ("/collections/OffStreetParking/items?datetime=2026-05-02T00:00:00Z/2026-05-01T00:00:00Z", 400),
        ("/collections/OffStreetParking/items?unknown=1", 400),
        ("/conformance?unknown=1", 400),
        ("/collections/Vehicle", 404),
        ("/collections/Vehicle/items", 404),
        ("/collections/Road/items/urn:none", 404),
        ("/collections?f=xml", 406),
    ],
)
async def test_what_is_wrong_is_said(with_file, path, status) -> None:
    """A parameter that is unknown or unreadable is refused, and so is what is not there, as a problem in JSON."""
    async with asked(with_file) as http:
        answer = await http.get(path)
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["detail"]


async def test_the_newest_versions_of_a_stream_are_features(tmp_path, publication, parkings) -> None:
    """Without a file of GeoJSON features are what the stream says last, and follow it, corrections included."""
    site = tmp_path / "site"
    with EventStream(site, publication) as stream:
        stream.write(parkings(1_000, of=5))
        app = site_app([Shelf(publication, site)])
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://x") as http:
            path = "/collections/OffStreetParking/items"
            before = (await http.get(path)).json()["features"]
            assert [one["properties"]["availableSpotNumber"] for one in before] == [995, 996, 997, 998, 999]
            assert not any("http" in name for name in before[0]["properties"])
    assert len(before) == 5
    late = list(parkings(5))
    corrected = [{**one, "availableSpotNumber": {**one["availableSpotNumber"], "value": -1}} for one in parkings(1_000)]
    with EventStream(site, publication) as stream:
        stream.write([*late, *corrected[995:]])
    async with asked(publication, site) as http:
        after = (await http.get(path)).json()["features"]
    assert [one["properties"]["availableSpotNumber"] for one in after] == [-1] * 5


def test_gdal_opens_it(with_file, outside_tool) -> None:
    """ogrinfo, given the address alone, lists the collections, counts the features and reads them by rectangle."""
    ogrinfo = outside_tool("ogrinfo")
    with AppServer(site_app([Shelf(with_file)]), "127.0.0.1", 0, who="the test", extra="broker") as server:
        run = [ogrinfo, "-ro", f"OAPIF:{server.url}"]
        listed = subprocess.run(run, capture_output=True, text=True, timeout=120, check=True)
        assert "OffStreetParking" in listed.stdout
        assert "Road" in listed.stdout
        command = [*run, "OffStreetParking", "-spat", "3.695", "50.9", "3.725", "51.1"]
        found = subprocess.run(command, capture_output=True, text=True, timeout=120, check=True)
    assert found.stdout.count("POINT (3.7") == 3, found.stdout + found.stderr
    assert "Feature Count: 3" in found.stdout
    assert "availableSpotNumber (Integer)" in found.stdout


def test_qgis_opens_it(with_file) -> None:
    """The provider of QGIS, given the address alone, has fields with their types, every feature, and those nearby."""
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
    with AppServer(site_app([Shelf(with_file)]), "127.0.0.1", 0, who="the test", extra="broker") as server:
        command = [python_with_qgis(), str(Path(__file__).with_name("qgis_reading.py")), server.url, "OffStreetParking"]
        run = subprocess.run(command, capture_output=True, text=True, timeout=300, env=environment, check=False)
    assert run.returncode == 0, run.stderr
    found = json.loads(run.stdout)
    assert found["valid"], found["error"]
    assert found["crs"] == "EPSG:4326"
    assert found["fields"]["availableSpotNumber"] == "Integer"
    assert found["fields"]["availableSpotNumber.observedAt"] == "DateTime"
    assert len(set(found["ids"])) == found["count"] == 10
    assert found["near"] == ["Point (3.7 51)", "Point (3.71 51)", "Point (3.72 51)"]


def python_with_qgis() -> str:
    """Return a Python that has QGIS; skip where there is none."""
    for python in dict.fromkeys((sys.executable, "/usr/bin/python3", shutil.which("python3") or "")):
        if python and Path(python).exists():
            asked = [python, "-c", "import qgis.core"]
            if subprocess.run(asked, capture_output=True, timeout=120, check=False).returncode == 0:
                return python
    pytest.skip("QGIS is not here")


async def test_the_description_is_openapi(with_file) -> None:
    """The interface has each path of the service, and every reference in it leads somewhere."""
    async with asked(with_file) as http:
        document = (await http.get("/api")).json()
        for path in document["paths"]:
            filled = path.replace("{collection}", "Road").replace(
                "{item}", "https:%2F%2Fdata.stad.example%2Fid%2Froad%2F1"
            )
            assert (await http.get(filled)).status_code == 200
    text = json.dumps(document)
    for part in text.split('"$ref": "#/')[1:]:
        found = document
        for name in part.partition('"')[0].split("/"):
            found = found[name]
        assert found


def test_the_service_answers_as_described(with_file) -> None:
    """For each operation, made-up requests are answered by a status, a media type and a body that is described."""
    with AppServer(site_app([Shelf(with_file)]), "127.0.0.1", 0, who="the test", extra="broker") as server:
        seen = check_answers(f"{server.url}/api", examples=15, accept="application/json")
    assert {"GET /collections", "GET /collections/{collection}/items"} <= seen
