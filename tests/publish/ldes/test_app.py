"""A stream over HTTP."""

from __future__ import annotations

import sys

import httpx
import pytest

from citycontext.errors import MissingExtra
from citycontext.publish import EventStream
from citycontext.publish.ldes.app import ldes_app


@pytest.fixture
def site(tmp_path, make_publication, parkings):
    with EventStream(tmp_path / "site", make_publication(page_size=1)) as stream:
        stream.write(parkings(101))
    (tmp_path / "site" / "secret.txt").write_text("not part of the stream")
    return tmp_path / "site"


def client(site, settings) -> httpx.AsyncClient:
    return httpx.AsyncClient(transport=httpx.ASGITransport(ldes_app(site, settings)), base_url="http://stream")


async def test_each_document_has_the_caching_it_allows(site, make_publication) -> None:
    """Full pages are kept for a day; the root and index nodes for a short while; all are JSON-LD for anyone."""
    async with client(site, make_publication(refresh=30).stream) as http:
        page = await http.get("/pages/00000000.jsonld")
        root = await http.get("/ldes.jsonld")
        index = await http.get("/index/1-00000000.jsonld")
    assert page.headers["cache-control"] == "public, max-age=86400"
    assert root.headers["cache-control"] == index.headers["cache-control"] == "public, max-age=30"
    for answer in (page, root, index):
        assert answer.status_code == 200
        assert answer.headers["content-type"] == "application/ld+json"
        assert answer.headers["access-control-allow-origin"] == "*"
    assert page.content == (site / "pages" / "00000000.jsonld").read_bytes()


async def test_what_has_not_changed_is_not_sent_again(site, make_publication, parkings) -> None:
    """A reader that shows the root's tag gets 304 until there is something new."""
    async with client(site, make_publication().stream) as http:
        tag = (await http.get("/ldes.jsonld")).headers["etag"]
        again = await http.get("/ldes.jsonld", headers={"if-none-match": tag})
        assert (again.status_code, again.content) == (304, b"")
        with EventStream(site, make_publication(page_size=1)) as stream:
            stream.write(parkings(1, first=101))
        assert (await http.get("/ldes.jsonld", headers={"if-none-match": tag})).status_code == 200


async def test_struck_pages_are_not_immutable(site, make_publication) -> None:
    """Where single versions may be struck from pages, pages are fresh for a short while only."""
    async with client(site, make_publication(retention={"latest_versions": 1}).stream) as http:
        assert (await http.get("/pages/00000000.jsonld")).headers["cache-control"] == "public, max-age=60"


async def test_nothing_else_is_served(site, make_publication) -> None:
    """Other files, the state, and paths that climb are not found; a page that is kept no longer is gone."""
    async with client(site, make_publication(retention={"max_age": "P1D"}).stream) as http:
        for path in ("/secret.txt", "/..%2Fsite.sqlite", "/pages/..%2Fsecret.txt", "/pages/0.jsonld", "/pages/"):
            assert (await http.get(path)).status_code == 404
        assert (await http.get("/pages/00009999.jsonld")).status_code == 410
        assert (await http.head("/ldes.jsonld")).status_code == 200
        assert (await http.post("/ldes.jsonld")).status_code == 405
        assert (await http.get("/")).headers["location"] == "https://data.stad.example/parking/ldes.jsonld"


def test_a_missing_extra_is_named(site, make_publication, monkeypatch) -> None:
    """Without Starlette the error says which extra brings it."""
    monkeypatch.setitem(sys.modules, "starlette", None)
    with pytest.raises(MissingExtra, match=r"citycontext\[broker\]"):
        ldes_app(site, make_publication().stream)
