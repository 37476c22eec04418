"""The @context of answers and notifications: as given, and the core where it is not in it (5.2.3)."""

from __future__ import annotations

import json
from typing import Any

import httpx
import pytest

from citycontext.broker import LocalBroker
from citycontext.broker.contexts import source
from citycontext.broker.notifying.receivers import Receivers

CORE = "https://uri.etsi.org/ngsi-ld/v1/ngsi-ld-core-context-v1.8.jsonld"
LATEST = "https://uri.etsi.org/ngsi-ld/v1/ngsi-ld-core-context-v1.9.jsonld"
COMPOUND = "https://city.example/compound.jsonld"
PLAIN = "https://city.example/plain.jsonld"
TERMS = {"name": "https://city.example/name", "Building": "https://city.example/Building"}
DOCUMENTS = {COMPOUND: {"@context": [PLAIN, CORE]}, PLAIN: {"@context": TERMS}}
BUILDING = {
    "id": "urn:ngsi-ld:Building:1",
    "type": "Building",
    "name": {"type": "Property", "value": "Belfry"},
    "location": {"type": "GeoProperty", "value": {"type": "Point", "coordinates": [3.7, 51.0]}},
}


@pytest.fixture(autouse=True)
def web(monkeypatch: pytest.MonkeyPatch) -> None:
    """Put two contexts on the web."""

    async def fetch(url: str, *_: object, **__: object) -> Any:
        return DOCUMENTS[url]

    monkeypatch.setattr(source, "fetch_document", fetch)


def link(url: str) -> dict[str, str]:
    """Write the header that names an @context."""
    return {"Link": f'<{url}>; rel="http://www.w3.org/ns/json-ld#context"; type="application/ld+json"'}


@pytest.mark.parametrize(
    ("named", "shown"),
    [
        (COMPOUND, COMPOUND),
        (CORE, CORE),
        (PLAIN, [PLAIN, LATEST]),
        (None, LATEST),
    ],
)
async def test_5_2_3_core_is_appended_only_where_the_users_documents_do_not_include_it(
    http: httpx.AsyncClient, named: str | None, shown: Any
) -> None:
    """A link whose documents end in the core comes back alone; one without it comes back with the core behind it."""
    await http.post("entities", json=BUILDING, headers=link(PLAIN))
    headers = {"Accept": "application/ld+json", **(link(named) if named else {})}
    one = (await http.get("entities/urn:ngsi-ld:Building:1", headers=headers)).json()
    many = (await http.get("entities?local=true", headers=headers)).json()
    features = (await http.get("entities?local=true", headers={**headers, "Accept": "application/geo+json"})).json()
    assert one["@context"] == many[0]["@context"] == features["@context"] == shown


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ([PLAIN, CORE], [PLAIN, CORE]),
        ([CORE, PLAIN], [PLAIN, LATEST]),
        ([COMPOUND], COMPOUND),
        ([COMPOUND, {"level": "https://city.example/level"}], [COMPOUND, {"level": "https://city.example/level"}]),
        ([COMPOUND, None, TERMS], [COMPOUND, None, TERMS, LATEST]),
    ],
)
async def test_5_2_3_a_core_that_is_there_is_not_said_twice(
    http: httpx.AsyncClient, broker: LocalBroker, given: Any, shown: Any
) -> None:
    """Whatever way a core was met, the member that says the same holds exactly one at its end."""
    assert (await broker.state.contexts.resolve(given)).wire == shown


@pytest.mark.parametrize(
    ("accept", "prefer", "places"),
    [
        ("application/ld+json", "", ("body", "entity")),
        ("application/geo+json", "", ("body", "collection")),
        ("application/geo+json", "body=json", ("link",)),
        ("application/json", "", ("link",)),
    ],
)
async def test_5_3_1_notifications_say_what_their_names_mean(
    http: httpx.AsyncClient, broker: LocalBroker, monkeypatch: pytest.MonkeyPatch, accept: str, prefer: str,
    places: tuple[str, ...],
) -> None:  # fmt: skip
    """In JSON-LD the @context is in each entity too, in GeoJSON in the collection unless JSON is preferred (6.3.8)."""
    sent: list[tuple[dict[str, str], dict[str, Any]]] = []

    async def post(_: str, body: bytes, headers: dict[str, str], __: float) -> None:
        sent.append((headers, json.loads(body)))

    monkeypatch.setattr(Receivers, "post", staticmethod(post))
    endpoint: dict[str, Any] = {"uri": "http://receiver.example/", "accept": accept}
    if prefer:
        endpoint["receiverInfo"] = [{"key": "Prefer", "value": prefer}]
    subscription = {"type": "Subscription", "entities": [{"type": "Building"}], "notification": {"endpoint": endpoint}}
    await http.post("subscriptions", json=subscription, headers=link(COMPOUND))
    await http.post("entities", json=BUILDING, headers=link(COMPOUND))
    await broker.state.notifier.drained()
    headers, body = sent[0]
    data = body["data"]
    found = {
        "link": headers.get("Link", "").partition(">")[0].strip("<"),
        "body": body.get("@context"),
        "entity": data[0].get("@context") if isinstance(data, list) else None,
        "collection": data.get("@context") if isinstance(data, dict) else None,
    }
    assert {place for place, value in found.items() if value} == set(places)
    assert {value for value in found.values() if value} == {COMPOUND}


@pytest.mark.parametrize("path", ["subscriptions", "csourceSubscriptions"])
async def test_5_8_1_4_jsonld_context_is_initialised(http: httpx.AsyncClient, path: str) -> None:
    """A subscription without jsonldContext gets its own @context; an array gets a hosted one; null chooses it again."""
    body = {
        "type": "Subscription",
        "entities": [{"type": "Building"}],
        "notification": {"endpoint": {"uri": "http://receiver.example/"}},
    }
    bare = (await http.post(path, json=body)).headers["location"]
    linked = (await http.post(path, json=body, headers=link(COMPOUND))).headers["location"]
    array = (
        await http.post(
            path, json={**body, "@context": [COMPOUND, TERMS]}, headers={"Content-Type": "application/ld+json"}
        )
    ).headers["location"]
    assert (await http.get(f"http://broker{bare}")).json()["jsonldContext"] == LATEST
    assert (await http.get(f"http://broker{linked}")).json()["jsonldContext"] == COMPOUND
    hosted = (await http.get(f"http://broker{array}")).json()["jsonldContext"]
    assert hosted.startswith("http://broker/ngsi-ld/v1/jsonldContexts/")
    assert (await http.get(hosted)).json()["@context"] == [COMPOUND, TERMS]
    await http.patch(f"http://broker{linked}", json={"jsonldContext": PLAIN})
    assert (await http.get(f"http://broker{linked}")).json()["jsonldContext"] == PLAIN
    assert (
        await http.patch(f"http://broker{linked}", json={"jsonldContext": None}, headers=link(COMPOUND))
    ).status_code == 204
    assert (await http.get(f"http://broker{linked}")).json()["jsonldContext"] == COMPOUND
