"""@contexts: where they may stand, hosted ones, and those from the web."""

from __future__ import annotations

from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import httpx
import orjson
import pytest

from citycontext.broker import LocalBroker
from citycontext.broker.contexts import source as contexts
from citycontext.errors import ContextNotAvailable, ContextTooLarge, InvalidContext
from citycontext.models import clean
from citycontext.models.parking import OffStreetParking
from citycontext.ngsild.context import Limits, core_url

TERMS = {"Lamp": "https://example.org/Lamp", "power": "https://example.org/power"}
LD = {"Content-Type": "application/ld+json"}


class WebServer:
    """A server of contexts that counts what is asked of it."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                outer.asked.append(self.path)
                answers: dict[str, tuple[int, bytes]] = {
                    "/terms": (200, orjson.dumps({"@context": TERMS})),
                    "/large": (
                        200,
                        b'{"@context":{' + b'"a":"https://example.org/a",' * 500 + b'"b":"https://b.c/d"}}',
                    ),
                    "/text": (200, b"<html>"),
                    "/moved": (302, b""),
                    "/page": (200, b"<html>"),
                }
                status, body = answers.get(self.path, (404, b""))
                self.send_response(status)
                self.send_header("Content-Length", str(len(body)))
                if status == 302:
                    self.send_header("Location", "/moved")
                if self.path == "/page":
                    self.send_header("Content-Type", "text/html")
                    self.send_header("Link", '</terms>; rel="alternate"; type="application/ld+json"')
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, format: str, *args: object) -> None:
                """Stay quiet."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"
        self.thread = Thread(target=self.server.serve_forever, args=(0.01,), daemon=True)
        self.thread.start()

    def close(self) -> None:
        """Stop serving."""
        self.server.shutdown()
        self.thread.join()
        self.server.server_close()


@pytest.fixture
def web() -> Iterator[WebServer]:
    """Return a web server with contexts."""
    serving = WebServer()
    yield serving
    serving.close()


def link(url: str) -> dict[str, str]:
    """Make a Link header that names a context."""
    return {"Link": f'<{url}>; rel="http://www.w3.org/ns/json-ld#context"; type="application/ld+json"'}


async def test_names_are_expanded_on_write_and_compacted_on_read(http: httpx.AsyncClient) -> None:
    """What one context calls a name, another calls by its own term, and none by the full IRI."""
    entity: dict[str, Any] = {"id": "urn:ngsi-ld:Lamp:1", "type": "Lamp", "power": 40, "@context": TERMS}
    assert (await http.post("entities", json=entity, headers=LD)).status_code == 201
    plain = (await http.get("entities/urn:ngsi-ld:Lamp:1?options=keyValues")).json()
    assert plain == {"id": entity["id"], "type": TERMS["Lamp"], TERMS["power"]: 40}
    hosted = await http.post("jsonldContexts", json={"@context": {"lampPower": TERMS["power"], "L": TERMS["Lamp"]}})
    address = hosted.headers["location"]
    shown = await http.get("entities?type=L&q=lampPower>1&options=keyValues", headers=link(f"http://broker{address}"))
    assert shown.json() == [{"id": entity["id"], "type": "L", "lampPower": 40}]
    assert address in shown.headers["link"]


@pytest.mark.parametrize(
    ("headers", "context"),
    [
        ({}, TERMS),
        (LD, None),
        (LD | link("http://broker/x"), TERMS),
        (LD, {"a": {"@id": "https://a.b/c", "@context": {}}}),
    ],
)
async def test_context_in_the_wrong_place_is_refused(
    http: httpx.AsyncClient, headers: dict[str, str], context: Any
) -> None:
    """JSON has no @context, JSON-LD has one and no Link; a scoped context is refused."""
    entity = {"id": "urn:ngsi-ld:Lamp:1", "type": "Lamp"} | ({"@context": context} if context else {})
    answer = await http.post("entities", json=entity, headers=headers)
    assert answer.status_code == 400
    assert answer.json()["type"].endswith("/BadRequestData")


async def test_private_address_is_not_asked_unless_allowed(http: httpx.AsyncClient, web: WebServer) -> None:
    """The broker fetches nothing from its own network by default: 504, and the server sees no request."""
    answer = await http.get("types", headers=link(f"{web.url}/terms"))
    assert answer.status_code == 504
    assert answer.json()["type"].endswith("/LdContextNotAvailable")
    assert web.asked == []


async def test_context_is_fetched_once_listed_and_reloaded(web: WebServer) -> None:
    """A context from the web is fetched once, shows among the cached ones with its hits, and can be fetched anew."""
    broker, url = LocalBroker(allow_private_contexts=True), f"{web.url}/terms"
    async with httpx.AsyncClient(transport=broker.transport(), base_url="http://broker/ngsi-ld/v1/") as http:
        for _ in range(3):
            assert (await http.get("types", headers=link(url))).status_code == 200
        assert web.asked == ["/terms"]
        assert (await http.get("jsonldContexts?kind=Cached")).json() == [core_url(), url]
        (_, details) = (await http.get("jsonldContexts?details=true&kind=Cached")).json()
        assert details["numberOfHits"] == 3
        name = url.replace("/", "%2F")
        assert (await http.get(f"jsonldContexts/{name}")).status_code == 422
        assert (await http.delete(f"jsonldContexts/{name}?reload=true")).status_code == 204
        assert web.asked == ["/terms", "/terms"]
        assert (await http.delete(f"jsonldContexts/{name}")).status_code == 204
        assert (await http.get("jsonldContexts")).json() == [core_url()]
    broker.close()


async def test_fetching_has_bounds(web: WebServer) -> None:
    """What is too large, no JSON, gone, or redirects for ever is refused, each in its own way."""
    small = Limits(size=1000)
    with pytest.raises(ContextTooLarge):
        await contexts.fetch_document(f"{web.url}/large", small, allow_private=True)
    with pytest.raises(InvalidContext):
        await contexts.fetch_document(f"{web.url}/text", small, allow_private=True)
    for path in ("/nothing", "/moved"):
        with pytest.raises(ContextNotAvailable):
            await contexts.fetch_document(web.url + path, small, allow_private=True)
    assert web.asked.count("/moved") == 4
    with pytest.raises(ContextNotAvailable, match="only http"):
        await contexts.fetch_document("file:///etc/hostname", small, allow_private=True)


async def test_a_page_leads_to_its_context(web: WebServer) -> None:
    """A page for people that links to its JSON-LD document stands for that document (JSON-LD 1.1 API, 9.3)."""
    found = await contexts.fetch_document(f"{web.url}/page", Limits(), allow_private=True)
    assert found == {"@context": TERMS}
    assert web.asked == ["/page", "/terms"]


async def test_hosted_context_is_served_and_deleted(http: httpx.AsyncClient) -> None:
    """A hosted context is served as it was added; deleted, it is gone, and reload is not for it."""
    added = await http.post("jsonldContexts", json={"@context": TERMS, "other": 1})
    address = added.headers["location"].removeprefix("/ngsi-ld/v1/")
    assert (await http.get(address)).json() == {"@context": TERMS}
    assert (await http.get(f"{address}?details=true")).json()["kind"] == "Hosted"
    assert (await http.delete(f"{address}?reload=true")).status_code == 400
    assert (await http.delete(address)).status_code == 204
    assert (await http.get(address)).status_code == 404
    assert (await http.post("jsonldContexts", json={"terms": {}})).status_code == 400


async def test_hosting_a_context_makes_the_tenant(http: httpx.AsyncClient) -> None:
    """Storing a context is a creation, so it may be the first thing that a tenant does (5.5.10)."""
    tenant = {"NGSILD-Tenant": "gent"}
    assert (await http.get("jsonldContexts", headers=tenant)).status_code == 404
    made = await http.post("jsonldContexts", json={"@context": {"Lamp": "https://example.org/Lamp"}}, headers=tenant)
    assert (made.status_code, made.headers["ngsild-tenant"]) == (201, "gent")
    assert (await http.get("jsonldContexts", headers=tenant)).status_code == 200


async def test_context_in_a_body_gets_an_address(http: httpx.AsyncClient) -> None:
    """A query with an @context in its body is answered in JSON with a Link that leads to that context."""
    query = {"type": "Query", "entities": [{"type": "Lamp"}], "@context": TERMS}
    for _ in range(2):
        answer = await http.post("entityOperations/query", json=query, headers=LD)
    url = answer.headers["link"].partition(">")[0].lstrip("<")
    assert (await http.get(url)).json() == {"@context": TERMS}
    assert len((await http.get("jsonldContexts?kind=ImplicitlyCreated")).json()) == 1


async def test_what_clean_writes_is_taken_without_a_network(
    http: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An entity with its model's @context is stored under the model's IRIs and found by them; nothing is fetched."""

    async def fetch(url: str, limits: Limits, *, allow_private: bool) -> Any:
        raise AssertionError(f"fetched {url}")

    monkeypatch.setattr(contexts, "fetch_document", fetch)
    parking = {"id": "urn:ngsi-ld:OffStreetParking:1", "type": "OffStreetParking", "availableSpotNumber": 3}
    cleaned = clean(parking).entity.to_dict()
    assert cleaned["@context"][0] == OffStreetParking.context_url
    assert (await http.post("entities", json=cleaned, headers=LD)).status_code == 201
    plain = (await http.get("entities/urn:ngsi-ld:OffStreetParking:1")).json()
    assert plain["type"] == "https://smartdatamodels.org/dataModel.Parking/OffStreetParking"
    found = await http.get("entities?type=OffStreetParking", headers=link(OffStreetParking.context_url))
    assert [one["availableSpotNumber"]["value"] for one in found.json()] == [3]


async def test_5_13_3_the_core_is_among_the_contexts(http: httpx.AsyncClient) -> None:
    """The core is listed as a cached context, with details, and cannot be deleted."""
    assert (await http.get("jsonldContexts")).json() == [core_url()]
    (details,) = (await http.get("jsonldContexts?details=true")).json()
    assert (details["kind"], details["URL"]) == ("Cached", core_url())
    name = core_url().replace("/", "%2F")
    assert (await http.get(f"jsonldContexts/{name}?details=true")).json() == details
    assert (await http.get(f"jsonldContexts/{name}")).status_code == 422
    assert (await http.delete(f"jsonldContexts/{name}")).status_code == 400
    assert (await http.delete(f"jsonldContexts/{name}?reload=true")).status_code == 204


async def test_5_13_2_equal_contexts_are_one(http: httpx.AsyncClient) -> None:
    """A context that is added again, or that a request brings in its body, is the one that is there already."""
    first, second = [await http.post("jsonldContexts", json={"@context": TERMS}) for _ in range(2)]
    other = await http.post("jsonldContexts", json={"@context": {**TERMS, "more": "https://example.org/more"}})
    assert first.headers["location"] == second.headers["location"] != other.headers["location"]
    body = {"id": "urn:a:1", "type": "Lamp", "@context": TERMS}
    await http.post("entities", json=body, headers={"Content-Type": "application/ld+json"})
    subscription = {
        "type": "Subscription",
        "entities": [{"type": "Lamp"}],
        "notification": {"endpoint": {"uri": "http://receiver.example/"}},
        "@context": TERMS,
    }
    made = await http.post("subscriptions", json=subscription, headers={"Content-Type": "application/ld+json"})
    shown = (await http.get(f"http://broker{made.headers['location']}")).json()
    assert shown["jsonldContext"] == f"http://broker{first.headers['location']}"
    assert len((await http.get("jsonldContexts?kind=ImplicitlyCreated")).json()) == 0
