"""Context source registrations: kept, found, and told to subscribers."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import httpx
import pytest

from citycontext.broker import LocalBroker
from citycontext.broker.notifying import delivery

SOURCE: dict[str, Any] = {
    "id": "urn:ngsi-ld:ContextSourceRegistration:1",
    "type": "ContextSourceRegistration",
    "endpoint": "http://source.example:1026",
    "information": [{"entities": [{"type": "Building", "idPattern": "gent"}], "propertyNames": ["name"]}],
    "location": {"type": "Point", "coordinates": [3.7, 51.0]},
}


@pytest.fixture
async def stored(http: httpx.AsyncClient) -> httpx.AsyncClient:
    """Give a client of a broker that holds a registration."""
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

    monkeypatch.setattr(delivery, "_post", post)
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

    monkeypatch.setattr(delivery, "_post", post)
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
