"""The bridge and the local context broker together: what arrives there is what the standard asks for."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from citycontext import Client
from citycontext.bridge import Bridge, BridgeConfig
from citycontext.broker import LocalBroker, Server


@pytest.fixture
def local_broker() -> Iterator[str]:
    """Return the address of a local context broker."""
    with Server(LocalBroker(), port=0) as server:
        yield server.url


def is_done(bridge: Bridge, number: int) -> bool:
    """Return whether so many messages came and none waits any more."""
    return bridge.counts.received == number and bridge.is_drained and not bridge.counts.waiting


def configured(folder: Path, mqtt_url: str, context_broker_url: str, **more: Any) -> BridgeConfig:
    """Build a configuration of one route."""
    return BridgeConfig.from_dict(
        {
            "mqtt": {"url": mqtt_url, "client_id": "bridge"},
            "context_broker": {"url": context_broker_url},
            "journal": {"path": str(folder / "journal.db")},
            "route": [
                {
                    "topic": "s/{x}",
                    "type": "Device",
                    "id": "urn:ngsi-ld:Device:{x}",
                    "observed_at": "at",
                    "attributes": {"level": "v"},
                }
            ],
        }
        | more
    )


@pytest.mark.mosquitto
def test_late_updates_are_in_the_history_and_not_in_the_present(
    tmp_path: Path, mosquitto: Any, local_broker: str, wait: Any
) -> None:
    """``late = "temporal"``: the newest value stays the value, and no observation is missing."""
    bridge = Bridge(configured(tmp_path, mosquitto.url, local_broker, delivery={"late": "temporal"}))
    bridge.start()
    try:
        assert bridge.wait_connected()
        order = [10, 30, 20, 25, 40]
        mosquitto.publish([("s/1", f'{{"v": {n}, "at": "2024-05-01T10:00:{n}Z"}}'.encode()) for n in order])
        wait(lambda: bridge.counts.received == 5 and bridge.is_drained, what="all of them")
        assert bridge.counts.late == 2
        with Client(local_broker) as client:
            assert client.entities.retrieve("urn:ngsi-ld:Device:1", as_=dict)["level"]["value"] == 40
            history = client.temporal.retrieve("urn:ngsi-ld:Device:1", as_=dict)
        assert sorted(instance["value"] for instance in history["level"]) == sorted(order)
    finally:
        bridge.stop()


@pytest.mark.mosquitto
@pytest.mark.parametrize("kept", [True, False])
def test_older_overwrites_nothing_newer_by_default_and_over_a_restart(
    tmp_path: Path, mosquitto: Any, local_broker: str, context_broker: Any, wait: Any, kept: bool
) -> None:
    """What comes late goes to the history of a broker that keeps one, also after a restart."""
    address = local_broker if kept else context_broker.url
    for start, order in enumerate(([30], [10, 20, 40])):
        bridge = Bridge(configured(tmp_path, mosquitto.url, address))
        bridge.start()
        try:
            assert bridge.wait_connected()
            mosquitto.publish([("s/1", f'{{"v": {n}, "at": "2024-05-01T10:00:{n}Z"}}'.encode()) for n in order])
            wait(partial(is_done, bridge, len(order)), what="all of them")
            assert bridge.counts.late == (2 * start if kept else 0)
            told = [one.text for one in bridge.status().recent if "keeps no history" in one.text]
            assert len(told) == (0 if kept else start)
        finally:
            bridge.stop()
    if kept:
        with Client(local_broker) as client:
            assert client.entities.retrieve("urn:ngsi-ld:Device:1", as_=dict)["level"]["value"] == 40
            history = client.temporal.retrieve("urn:ngsi-ld:Device:1", as_=dict)
        assert sorted(instance["value"] for instance in history["level"]) == [10, 20, 30, 40]
    else:
        assert [one["level"]["value"] for one in context_broker.entities] == [30, 10, 20, 40]


@pytest.mark.mosquitto
def test_a_route_may_write_to_the_history_alone(tmp_path: Path, mosquitto: Any, local_broker: str, wait: Any) -> None:
    """``mode = "temporal"``: every observation is there once and in order, and other routes write entities."""
    config = configured(tmp_path, mosquitto.url, local_broker, delivery={"mode": "temporal"})
    route = config.route[0].model_dump(by_alias=True, exclude_unset=True)
    other = route | {"name": "now", "topic": "now/{x}", "mode": "entities"}
    config = configured(tmp_path, mosquitto.url, local_broker, delivery={"mode": "temporal"}, route=[route, other])
    bridge = Bridge(config)
    bridge.start()
    try:
        assert bridge.wait_connected()
        messages = [(f"s/{n % 3}", f'{{"v": {n}, "at": "2024-05-01T10:00:00.{n:03}Z"}}'.encode()) for n in range(300)]
        mosquitto.publish([*messages, ("now/9", b'{"v": 9, "at": "2024-05-01T10:00:00Z"}')])
        wait(lambda: bridge.counts.received == 301 and bridge.is_drained, what="all of them")
        assert bridge.counts.delivered == 301
        assert bridge.counts.requests < 200, "instances of one entity share requests"
        with Client(local_broker) as client:
            for n in range(3):
                evolution = client.temporal.retrieve(f"urn:ngsi-ld:Device:{n}", as_=dict)
                assert [one["value"] for one in evolution["level"]] == list(range(n, 300, 3))
            assert client.entities.retrieve("urn:ngsi-ld:Device:9", as_=dict)["level"]["value"] == 9
    finally:
        bridge.stop()


@pytest.mark.mosquitto
def test_history_waits_for_a_context_broker_that_is_away(tmp_path: Path, mosquitto: Any, wait: Any) -> None:
    """Nothing is lost of what came meanwhile, and it goes in few requests; with ``both`` the entity is there too."""
    with Server(LocalBroker(), port=0) as server:
        url, port = server.url, int(server.url.rpartition(":")[2])
    bridge = Bridge(configured(tmp_path, mosquitto.url, url, delivery={"mode": "both", "max_backoff": "200ms"}))
    bridge.start()
    try:
        assert bridge.wait_connected()
        mosquitto.publish([("s/1", f'{{"v": {n}, "at": "2024-05-01T10:00:{n:02}Z"}}'.encode()) for n in range(50)])
        wait(lambda: bridge.counts.received == 50 and bridge.counts.retried, what="the attempts")
        with Server(LocalBroker(), port=port), Client(url) as client:
            wait(lambda: bridge.is_drained, what="all of them")
            evolution = client.temporal.retrieve("urn:ngsi-ld:Device:1", as_=dict)
            assert {one["value"] for one in evolution["level"]} == set(range(50))
            assert client.entities.retrieve("urn:ngsi-ld:Device:1", as_=dict)["level"]["value"] == 49
    finally:
        bridge.stop()
