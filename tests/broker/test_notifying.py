"""Notifications under load: what waits is bounded, what is alike is made once, headers stay the broker's."""

from __future__ import annotations

import asyncio
import logging
import time
from typing import Any

import httpx
import orjson
import pytest

from citycontext.broker import LocalBroker
from citycontext.broker.notifying import notification
from citycontext.broker.notifying.receivers import Receivers

Told = list[tuple[str, dict[str, str], dict[str, Any]]]


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> Told:
    """Collect what the broker sends."""
    sent: Told = []

    async def post(uri: str, body: bytes, headers: dict[str, str], timeout: float) -> None:  # noqa: ASYNC109
        sent.append((uri, headers, orjson.loads(body)))

    monkeypatch.setattr(Receivers, "post", staticmethod(post))
    return sent


def _subscription(uri: str = "http://receiver.example/", **members: Any) -> dict[str, Any]:
    endpoint = {"uri": uri, **members.pop("endpoint", {})}
    return {"type": "Subscription", "entities": [{"type": "T"}], "notification": {"endpoint": endpoint}, **members}


async def test_dropped_notifications_are_counted(http: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch) -> None:
    """Beyond a thousand that wait the oldest goes, and the subscription says how many did not arrive."""
    blocked = asyncio.Event()

    async def post(uri: str, body: bytes, headers: dict[str, str], timeout: float) -> None:  # noqa: ASYNC109
        await blocked.wait()

    monkeypatch.setattr(Receivers, "post", staticmethod(post))
    made = await http.post("subscriptions", json=_subscription())
    await http.post("entities", json={"id": "urn:x:1", "type": "T", "a": 0})
    for number in range(1, 1_102):
        await http.patch("entities/urn:x:1/attrs", json={"a": number})
        await asyncio.sleep(0)
    await asyncio.sleep(0.2)
    shown = (await http.get(made.headers["Location"].removeprefix("/ngsi-ld/v1/"))).json()["notification"]
    assert shown["timesFailed"] == 101
    blocked.set()


async def test_what_is_alike_is_rendered_once(
    broker: LocalBroker, http: httpx.AsyncClient, told: Told, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A hundred subscriptions that want to see a change alike cost one rendering; another form costs one more."""
    rendered = []
    inner = notification.render

    def render(*given: Any) -> Any:
        rendered.append(given)
        return inner(*given)

    monkeypatch.setattr(notification, "render", render)
    for number in range(100):
        await http.post("subscriptions", json=_subscription(f"http://r{number}.example/"))
    other = _subscription("http://other.example/")
    other["notification"]["format"] = "simplified"
    await http.post("subscriptions", json=other)
    await http.post("entities", json={"id": "urn:x:1", "type": "T", "a": 1})
    await broker.state.notifier.drained()
    assert len(told) == 101
    assert len(rendered) == 2
    assert {orjson.dumps(body["data"]) for _, _, body in told} == {
        b'[{"id":"urn:x:1","type":"T","a":{"type":"Property","value":1}}]',
        b'[{"id":"urn:x:1","type":"T","a":1}]',
    }
    assert len({body["subscriptionId"] for _, _, body in told}) == 101


async def test_a_write_does_not_wait_for_subscriptions(http: httpx.AsyncClient, told: Told) -> None:
    """A write with a thousand matching subscriptions is answered before they are looked at."""
    for number in range(1_000):
        await http.post("subscriptions", json=_subscription(q=f"a>-{number}"))
    began = time.process_time()
    answer = await http.post("entities", json={"id": "urn:x:1", "type": "T", "a": 1})
    spent = time.process_time() - began
    assert answer.status_code == 201
    assert not told
    assert spent < 0.02
    async with asyncio.timeout(30):
        while len(told) < 1_000:  # noqa: ASYNC110
            await asyncio.sleep(0.01)


async def test_headers_of_the_broker_stay(broker: LocalBroker, http: httpx.AsyncClient, told: Told) -> None:
    """What ``receiverInfo`` says about Link, tenant or content type replaces nothing; other headers are sent."""
    information = [
        {"key": "link", "value": "<http://forged.example/>"},
        {"key": "NGSILD-Tenant", "value": "other"},
        {"key": "Content-Type", "value": "text/plain"},
        {"key": "X-Mine", "value": "yes"},
    ]
    wanted = _subscription(endpoint={"receiverInfo": information})
    assert (await http.post("subscriptions", json=wanted, headers={"NGSILD-Tenant": "mine"})).status_code == 201
    entity = {"id": "urn:x:1", "type": "T", "a": 1}
    await http.post("entities", json=entity, headers={"NGSILD-Tenant": "mine"})
    await broker.state.notifier.drained()
    ((_, headers, _),) = told
    assert {name.lower() for name in headers} == {"link", "ngsild-tenant", "content-type", "x-mine"}
    assert headers["NGSILD-Tenant"] == "mine"
    assert headers["Content-Type"] == "application/json"
    assert "forged" not in headers["Link"]


@pytest.mark.parametrize("pair", [("X-A", "a\r\nX-B: b"), ("X-A\r\nX-B", "b"), ("X A", "b"), ("X-A", "b\x00")])
async def test_headers_are_one_line(http: httpx.AsyncClient, pair: tuple[str, str]) -> None:
    """A line break or a control character in ``receiverInfo`` is refused."""
    information = [{"key": pair[0], "value": pair[1]}]
    assert (
        await http.post("subscriptions", json=_subscription(endpoint={"receiverInfo": information}))
    ).status_code == 400


@pytest.mark.parametrize("interval", [1e-9, 1e300])
async def test_time_interval_is_bounded(http: httpx.AsyncClient, told: Told, interval: float) -> None:
    """However short the interval, the work for it leaves most of the time to others; however long, nothing breaks."""
    await http.post("entityOperations/create", json=[{"id": f"urn:x:{one}", "type": "T", "a": 1} for one in range(200)])
    assert (await http.post("subscriptions", json=_subscription(timeInterval=interval))).status_code == 201
    began = time.process_time()
    await asyncio.sleep(1)
    assert time.process_time() - began < 0.5
    assert len(told) <= 10


def test_unknown_mqtt_broker_is_one_warning(caplog: pytest.LogCaptureFixture) -> None:
    """A notification over MQTT goes by a client without a log of its own: what fails is told by the broker, once."""
    from citycontext.broker.notifying.mqtt_publishing import publish
    from citycontext.broker.notifying.receivers import DeliveryFailed

    with caplog.at_level(logging.DEBUG), pytest.raises(DeliveryFailed):
        publish("mqtt://127.0.0.1:9/topic", b"{}", {}, 1.0)
    assert not [record for record in caplog.records if record.name.startswith("paho")]
