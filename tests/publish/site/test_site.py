"""The page for people, and several datasets behind one port."""

from __future__ import annotations

import re

import httpx
import pytest

from citycontext.errors import ConfigurationError
from citycontext.publish import EventStream, Publication, export
from citycontext.publish.site import Shelf, site_app
from citycontext.web.serving import AppServer


@pytest.fixture
def shelf(tmp_path, make_publication, parkings) -> Shelf:
    """A dataset with a stream and files."""
    given = make_publication().model_dump(mode="json", exclude_none=True)
    folder = tmp_path / "public"
    given["output"] = {
        "url": "https://data.stad.example/files",
        "stream": str(folder / "parking"),
        "csv": str(folder / "parking.csv"),
        "geojson": str(folder / "parking.geojson"),
        "xlsx": str(folder / "missing.xlsx"),
    }
    publication = Publication.parse(given)
    with EventStream(folder / "parking", publication) as stream:
        stream.write(parkings(10))
    for form in ("csv", "geojson"):
        export(parkings(10), folder / f"parking.{form}", publication, form=form)
    return Shelf(publication)


def web(*shelves: Shelf) -> httpx.AsyncClient:
    return httpx.AsyncClient(transport=httpx.ASGITransport(site_app(shelves)), base_url="http://data.stad.example")


async def test_an_official_finds_all_of_it_from_the_address_alone(shelf) -> None:
    """The page says title, publisher, licence, files and how to follow the stream, without scripts; each link leads."""
    async with web(shelf) as http:
        answer = await http.get("/", headers={"accept": "text/html,*/*;q=0.8", "accept-language": "nl-BE,nl;q=0.9"})
        page = answer.text
        assert answer.headers["content-type"] == "text/html; charset=utf-8"
        assert '<html lang="nl"' in page
        for said in ("Parkeren", "Vrije plaatsen.", "Stad Voorbeeld", "data@stad.example", "Licentie", "Bestanden"):
            assert said in page
        assert "https://creativecommons.org/publicdomain/zero/1.0/" in page
        assert "citycontext subscribe-ldes https://data.stad.example/parking/ldes.jsonld" in page
        assert "missing.xlsx" not in page
        links = [
            one for one in re.findall(r'(?:href|src)="([^"]+)"', page) if not one.startswith(("http", "mailto", "#"))
        ]
        assert {"files/parking.csv", "files/parking.geojson", "api", "collections", "?lang=en"} <= set(links)
        for link in links:
            assert (await http.get(f"/{link}")).status_code == 200, link
        english = (await http.get("/?lang=en", headers={"accept": "text/html"})).text
    assert '<html lang="en"' in english
    for said in ("Parking", "Free places.", "Licence", "Follow the stream"):
        assert said in english


@pytest.mark.parametrize(
    ("accepted", "language"),
    [("", "nl"), ("fr,en;q=0.5", "en"), ("en-GB", "en"), ("en;q=0.1,nl;q=0.2", "nl"), ("x;q=y", "nl")],
)
async def test_the_language_is_the_one_the_browser_prefers(shelf, accepted, language) -> None:
    """Of Dutch and English the one that is preferred; Dutch where neither is."""
    async with web(shelf) as http:
        answer = await http.get("/", headers={"accept": "text/html", "accept-language": accepted})
    assert answer.headers["content-language"] == language


async def test_foreign_text_is_no_markup(make_publication, tmp_path) -> None:
    """What a title says is shown as it is, and is no HTML."""
    given = make_publication().model_dump(mode="json", exclude_none=True)
    given["dataset"]["title"] = {"nl": "<script>alert(1)</script>"}
    given["dataset"]["publisher"] = "javascript:alert(1)"
    async with web(Shelf(Publication.parse(given))) as http:
        page = (await http.get("/", headers={"accept": "text/html"})).text
    assert "<script>alert" not in page
    assert 'href="javascript' not in page


async def test_several_datasets(shelf, make_publication, tmp_path, parkings) -> None:
    """Streams and files of each are found at their own addresses, and a stream's caching stays."""
    given = make_publication(url="https://data.stad.example/air/stream").model_dump(mode="json", exclude_none=True)
    given["dataset"]["title"] = {"en": "Air"}
    other = Shelf(Publication.parse(given), tmp_path / "air")
    with EventStream(tmp_path / "air", other.publication) as stream:
        stream.write(parkings(3))
    async with web(shelf, other) as http:
        for path in ("/parking/ldes.jsonld", "/air/stream/ldes.jsonld"):
            answer = await http.get(path)
            assert answer.headers["cache-control"] == "public, max-age=60"
            assert answer.json()["@graph"][0]["@id"] == f"https://data.stad.example{path}"
        csv = await http.get("/files/parking.csv")
        assert csv.headers["content-type"] == "text/csv; charset=utf-8"
        assert csv.headers["access-control-allow-origin"] == "*"
        assert (await http.get("/files/parking.csv-metadata.json")).status_code == 200
        page = (await http.get("/", headers={"accept": "text/html"})).text
        assert page.count('<section class="dataset">') == 2
        assert (await http.get("/ldes.jsonld")).status_code == 404
        assert (await http.get("/parking/../../publish.toml")).status_code == 404


def test_two_of_one_address_are_refused(shelf) -> None:
    """Two streams that would be at one address are an error before anything is served."""
    with pytest.raises(ConfigurationError, match="one address"):
        site_app([shelf, shelf])


@pytest.mark.browser
def test_a_browser_shows_map_and_values(shelf, open_tab) -> None:
    """Without any network beside the server, the map has each parking, and the table its newest value."""
    with AppServer(site_app([shelf]), "127.0.0.1", 0, who="the test", extra="broker") as server:
        tab = open_tab(f"{server.url}/?lang=en&tiles=off")
        tab.wait_for("document.body?.dataset.state === 'shown'")
        # Those that are near each other share a marker, which names them.
        ids = "(one.dataset.members ?? one.dataset.entity).split(' ')"
        shown = f"[...document.querySelectorAll('[data-entity]')].flatMap(one => {ids})"
        assert tab.evaluate(f"new Set({shown}).size") == 5
        assert tab.evaluate("document.querySelectorAll('#table tbody tr').length") == 5
        assert "P4" in tab.evaluate("document.querySelector('#table').textContent")
        assert tab.errors == []
        assert all(one.startswith(server.url) for one in tab.requested)


async def test_the_way_back_from_an_address_to_an_id(shelf) -> None:
    """Under `base` an address answers with the id that it stands for, and with the feature where it is published."""
    given = shelf.publication.model_dump(mode="json", exclude_none=True)
    given["output"]["base"] = "https://data.stad.example/id/"
    known = Shelf(Publication.parse(given))
    async with web(known) as http:
        answer = await http.get("/id/OffStreetParking/gent:p1")
        assert answer.json() == {
            "id": "urn:ngsi-ld:OffStreetParking:gent:p1",
            "address": "https://data.stad.example/id/OffStreetParking/gent:p1",
            "feature": "http://data.stad.example/collections/OffStreetParking/items/"
            "urn%3Angsi-ld%3AOffStreetParking%3Agent%3Ap1",
        }
        assert (await http.get(answer.json()["feature"])).json()["id"] == answer.json()["id"]
        elsewhere = (await http.get("/id/Device/a%20b")).json()
        assert elsewhere == {"id": "urn:ngsi-ld:Device:a b", "address": "https://data.stad.example/id/Device/a%20b"}
        assert (await http.get("/id/urn/oslc:x")).json()["id"] == "urn:oslc:x"
        for path in ("/id/", "/id/Device", "/id/concept/x"):
            assert (await http.get(path)).status_code == 404, path
    given["output"]["base"] = "no-address"
    with pytest.raises(ConfigurationError, match="ends with /"):
        Publication.parse(given)


async def test_rows_of_the_published_history_for_a_dashboard(shelf) -> None:
    """Each published value is one row with its time; a wrong parameter is named, and more than is given is refused."""
    async with web(shelf) as http:
        rows = (await http.get("/rows?type=OffStreetParking&attrs=availableSpotNumber")).json()
        assert len(rows) == len({(row["id"], row["time"]) for row in rows}) == 10
        assert all(isinstance(row["value"], int) for row in rows)
        one = rows[0]
        alone = await http.get(f"/rows?id={one['id']}&attrs=availableSpotNumber&last=1&f=csv")
        assert alone.headers["content-type"] == "text/csv; charset=utf-8"
        header, line = alone.text.splitlines()
        assert header.split(",")[:2] == ["time", "id"]
        assert one["id"] in line
        assert (await http.get("/rows?x=1")).status_code == 400
