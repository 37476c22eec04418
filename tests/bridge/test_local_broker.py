"""The bridge and the local context broker together: what arrives there is what the standard asks for."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from citycontext import Client
from citycontext.bridge import Bridge, BridgeConfig
from citycontext.broker import LocalBroker, Server


@pytest.fixture
def local_broker() -> Iterator[str]:
    """Give the address of a local context broker."""
    with Server(LocalBroker(), port=0) as server:
        yield server.url


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
