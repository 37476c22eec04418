"""Context source registrations: kept, found, and told to subscribers."""

from __future__ import annotations

import asyncio
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from citycontext.broker import LocalBroker
from citycontext.broker.notifying.receivers import Receivers

SOURCE: dict[str, Any] = {
    "id": "urn:ngsi-ld:ContextSourceRegistration:1",
    "type": "ContextSourceRegistration",
    "endpoint": "http://source.example:1026",
    "information": [{"entities": [{"type": "Building", "idPattern": "gent"}], "propertyNames": ["name"]}],
    "location": {"type": "Point", "coordinates": [3.7, 51.0]},
}


@pytest.fixture
async def stored(http: httpx.AsyncClient) -> httpx.AsyncClient:
    """Return a client of a broker that holds a registration."""
    answer = await http.post("csourceRegistrations", json=SOURCE)
    assert answer.status_code == 201, answer.text
    return http


async def test_registration_is_read_back_changed_and_removed(stored: httpx.AsyncClient) -> None:
    """A registration comes back with its defaults; an update changes what it names; removed, it is gone."""
    address = f"csourceRegistrations/{SOURCE['id']}"
    assert (await stored.get(address)).json() == {**SOURCE, "mode": "inclusive", "operations": ["federationOps"]}
    assert (await stored.post("csourceRegistrations", json=SOURCE)).status_code == 409
    assert (await stored.patch(address, json={"endpoint": "http://other.example"})).status_code == 204
    assert (await stored.get(address)).json()["endpoint"] == "http://other.example"
    assert (await stored.patch(address, json={"endpoint": None})).status_code == 400
    assert (await stored.delete(address)).status_code == 204
    assert (await stored.get(address)).status_code == 404


@pytest.mark.parametrize(
    ("asked", "matches"),
    [
        ("type=Building", True),
        ("type=Vehicle", False),
        ("type=Building&id=urn:ngsi-ld:Building:gent:1", True),
        ("type=Building&id=urn:ngsi-ld:Building:aalst:1", False),
        ("type=Building&idPattern=aalst", True),
        ("attrs=name", True),
        ("attrs=height", False),
        ("georel=near;maxDistance==10&geometry=Point&coordinates=[3.7,51]", True),
        ("georel=near;maxDistance==10&geometry=Point&coordinates=[4.7,51]", False),
        ("type=Building&timerel=after&timeAt=2024-01-01T00:00:00Z", False),
        ('csf=endpoint=="http://source.example:1026"', True),
    ],
)
async def test_query_finds_what_may_match(stored: httpx.AsyncClient, asked: str, matches: bool) -> None:
    """A registration matches by type, id, attribute, place and time, as far as it says anything about them."""
    answer = await stored.get(f"csourceRegistrations?{asked}")
    assert answer.status_code == 200
    assert len(answer.json()) == int(matches)


async def test_query_without_filter_is_refused(stored: httpx.AsyncClient) -> None:
    """A query of registrations needs something that selects."""
    assert (await stored.get("csourceRegistrations")).status_code == 400


async def test_subscriber_is_told_what_begins_and_ceases_to_match(monkeypatch: pytest.MonkeyPatch) -> None:
    """A subscription is told of matching registrations at its start, and when one comes, changes and goes."""
    broker, told = LocalBroker(), []

    async def post(uri: str, body: bytes, headers: dict[str, str], timeout: float) -> None:  # noqa: ASYNC109
        told.append(httpx.Response(200, content=body).json())

    monkeypatch.setattr(Receivers, "post", staticmethod(post))
    async with httpx.AsyncClient(transport=broker.transport(), base_url="http://broker/ngsi-ld/v1/") as http:
        await http.post("csourceRegistrations", json=SOURCE)
        subscription = {
            "type": "Subscription",
            "entities": [{"type": "Building"}],
            "notification": {"endpoint": {"uri": "http://receiver.example"}},
        }
        assert (await http.post("csourceSubscriptions", json=subscription)).status_code == 201
        address = f"csourceRegistrations/{SOURCE['id']}"
        await http.patch(address, json={"endpoint": "http://other.example"})
        await http.patch(address, json={"information": [{"entities": [{"type": "Vehicle"}]}]})
        await http.patch(address, json={"information": SOURCE["information"]})
        await http.delete(address)
        async with asyncio.timeout(5):
            while len(told) < 5:  # noqa: ASYNC110
                await asyncio.sleep(0.01)
    assert [one["triggerReason"] for one in told] == [
        "newlyMatching",
        "updated",
        "noLongerMatching",
        "newlyMatching",
        "noLongerMatching",
    ]
    assert {one["type"] for one in told} == {"ContextSourceNotification"}
    assert told[0]["data"][0]["id"] == SOURCE["id"]
    await broker.state.stop()
    broker.close()


async def test_5_11_7_notifications_hold_the_information_that_matches(
    http: httpx.AsyncClient, broker: LocalBroker, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A subscriber to registrations gets of each only the information it asked for."""
    sent: list[dict[str, Any]] = []

    async def post(_: str, body: bytes, *__: object) -> None:
        sent.append(json.loads(body))

    monkeypatch.setattr(Receivers, "post", staticmethod(post))
    subscription = {
        "type": "Subscription",
        "entities": [{"type": "Lamp"}],
        "notification": {"endpoint": {"uri": "http://receiver.example/"}},
    }
    await http.post("csourceSubscriptions", json=subscription)
    information = [{"entities": [{"type": kind}]} for kind in ("Lamp", "Pole")]
    registration = {
        "type": "ContextSourceRegistration", "endpoint": "http://source.example", "information": information,
    }  # fmt: skip
    await http.post("csourceRegistrations", json=registration)
    for line in broker.state.registration_notifier._lines.values():
        assert line.task is not None
        await line.task
    assert sent[0]["data"][0]["information"] == information[:1]


def registration(mode: str = "inclusive", number: int = 1, **members: Any) -> dict[str, Any]:
    """Make a registration of one building's name."""
    entity = {"id": "urn:ngsi-ld:Building:1", "type": "Building"}
    return {
        "id": f"urn:ngsi-ld:ContextSourceRegistration:{mode}{number}", "type": "ContextSourceRegistration",
        "endpoint": "http://source.example:1026", "mode": mode,
        "information": [{"entities": [entity], "propertyNames": ["name"]}], **members,
    }  # fmt: skip


async def register(http: httpx.AsyncClient, *arguments: Any, **members: Any) -> int:
    """Register a source, and return the status."""
    return (await http.post("csourceRegistrations", json=registration(*arguments, **members))).status_code


@pytest.mark.parametrize(
    ("first", "second", "status"),
    [
        ("exclusive", "exclusive", 409),
        ("redirect", "exclusive", 409),
        ("exclusive", "redirect", 409),
        ("redirect", "redirect", 201),
        ("exclusive", "inclusive", 201),
        ("exclusive", "auxiliary", 201),
        ("inclusive", "exclusive", 201),
        ("auxiliary", "exclusive", 201),
    ],
)
async def test_4_3_6_3_who_has_something_alone_shares_it_with_nobody(
    http: httpx.AsyncClient, first: str, second: str, status: int
) -> None:
    """Exclusive sources and redirects clash where they have an entity and an attribute in common (5.9.2.4, 5.9.3.4)."""
    assert await register(http, first) == 201
    assert await register(http, second, 2) == status
    other = [{"entities": [{"id": "urn:ngsi-ld:Building:1", "type": "Building"}], "propertyNames": ["level"]}]
    assert await register(http, second, 3, information=other) == 201
    url = f"csourceRegistrations/urn:ngsi-ld:ContextSourceRegistration:{second}3"
    await http.delete(f"csourceRegistrations/urn:ngsi-ld:ContextSourceRegistration:{second}2")
    patch = await http.patch(url, json={"information": registration()["information"]})
    assert patch.status_code == (409 if status == 409 else 204)
    assert (await http.patch(url, json={"description": "x"})).status_code == 204


@pytest.mark.parametrize("tenant", ["", "other"])
async def test_5_9_2_4_what_the_broker_holds_is_not_given_away(http: httpx.AsyncClient, tenant: str) -> None:
    """Exclusive where the entity has the attribute is 409, a redirect where the entity is too; in that tenant alone."""
    entity = {"id": "urn:ngsi-ld:Building:1", "type": "Building", "name": {"type": "Property", "value": "x"}}
    await http.post("entities", json=entity, headers={"NGSILD-Tenant": tenant} if tenant else {})
    status = 201 if tenant else 409
    assert await register(http, "exclusive") == status
    await http.delete("csourceRegistrations/urn:ngsi-ld:ContextSourceRegistration:exclusive1")
    assert await register(http, "redirect", information=[{"entities": [{"type": "Building"}]}]) == status
    await http.delete("csourceRegistrations/urn:ngsi-ld:ContextSourceRegistration:redirect1")
    elsewhere = [{"entities": [{"id": "urn:ngsi-ld:Building:1", "type": "Building"}], "propertyNames": ["level"]}]
    assert await register(http, "exclusive", 2, information=elsewhere) == 201
    pattern = [{"entities": [{"type": "Building", "idPattern": "Building:2$"}]}]
    assert await register(http, "redirect", 2, information=pattern) == 201
    assert await register(http, "inclusive") == 201
    assert await register(http, "auxiliary") == 201


@pytest.mark.parametrize(
    "members",
    [
        {"expiresAt": "2020-01-01T00:00:00Z"},
        {"mode": "auxiliary", "operations": ["federationOps"]},
        {"mode": "auxiliary", "operations": ["retrieveOps", "createEntity"]},
        {"mode": "auxiliary", "operations": ["queryBatch"]},
        {"mode": "exclusive", "information": [{"entities": [{"type": "Building"}], "propertyNames": ["a"]}]},
        {"mode": "exclusive", "information": [{"entities": [{"type": "B", "id": "urn:a:b"}]}]},
        {"mode": "exclusive", "information": [{"entities": [{"type": "B", "idPattern": "x"}], "propertyNames": ["a"]}]},
        {"management": {"timeout": 0}},
        {"management": {"timeout": "5"}},
        {"management": {"cooldown": -1}},
        {"management": {"cacheDuration": "10 minutes"}},
        {"management": {"localOnly": "yes"}},
        {"management": []},
        {"contextSourceInfo": [{"key": "accept", "value": "text/html"}]},
        {"contextSourceInfo": [{"key": "contentType", "value": "application/geo+json"}]},
        {"contextSourceInfo": [{"key": "jsonldContext", "value": "no address"}]},
        {"contextSourceInfo": [{"key": "ngsildConformance", "value": "new"}]},
        {"datasetId": ["no uri"]},
    ],
)
async def test_5_9_2_4_registrations_that_are_refused(http: httpx.AsyncClient, members: dict[str, Any]) -> None:
    """What breaks a rule is 400 at creation and in an update, and changes nothing (4.3.6.3, 4.3.6.6, 5.2.34)."""
    assert await register(http, **members) == 400
    assert await register(http) == 201
    url = "csourceRegistrations/urn:ngsi-ld:ContextSourceRegistration:inclusive1"
    before = (await http.get(url)).json()
    assert (await http.patch(url, json=members)).status_code == 400
    assert (await http.get(url)).json() == before


@pytest.mark.parametrize(
    "members",
    [
        {"mode": "auxiliary"},
        {"mode": "auxiliary", "operations": ["retrieveOps", "queryEntity"]},
        {"management": {"timeout": 500, "cooldown": 1.5, "cacheDuration": "PT10M", "localOnly": True}},
        {
            "contextSourceInfo": [
                {"key": "jsonldContext", "value": "urn:ngsi-ld:request"},
                {"key": "X-Any", "value": "y"},
            ]
        },
        {"datasetId": ["@none", "urn:a:b"]},
        {"expiresAt": "2999-01-01T00:00:00Z"},
    ],
)
async def test_5_9_2_4_registrations_that_are_taken(http: httpx.AsyncClient, members: dict[str, Any]) -> None:
    """What keeps the rules is registered, an auxiliary source without operations too."""
    assert await register(http, **members) == 201


async def test_5_9_2_4_a_registration_is_gone_when_it_has_expired(http: httpx.AsyncClient) -> None:
    """Its id is free, no list has it, and it clashes with nobody any more."""
    soon = (datetime.now(UTC) + timedelta(seconds=0.2)).isoformat().replace("+00:00", "Z")
    assert await register(http, "exclusive", expiresAt=soon) == 201
    await asyncio.sleep(0.25)
    url = "csourceRegistrations/urn:ngsi-ld:ContextSourceRegistration:exclusive1"
    assert (await http.get(url)).status_code == 404
    assert (await http.get("csourceRegistrations", params={"type": "Building"})).json() == []
    assert await register(http, "exclusive", 2) == 201
