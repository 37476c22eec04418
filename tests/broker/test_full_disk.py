"""A broker whose store filled its disk: what deletes is taken, what grows is refused, and nothing needs a restart."""

from __future__ import annotations

import os
from pathlib import Path

import httpx
import pytest

from citycontext.broker import LocalBroker


def entity(number: int, size: int = 20_000) -> dict[str, object]:
    """Make an entity of about so many bytes."""
    return {"id": f"urn:ngsi-ld:T:{number}", "type": "T", "text": {"type": "Property", "value": "x" * size}}


def fill(folder: Path) -> Path:
    """Take all of the room that is left on a disk."""
    path = folder / "filler"
    with path.open("wb", buffering=0) as file:
        try:
            while True:
                file.write(bytes(min(65_536, max(4096, os.statvfs(folder).f_bavail * 4096))))
        except OSError:
            pass
    return path


async def until_full(http: httpx.AsyncClient) -> int:
    """Create entities until one is refused, and return how many there are."""
    for number in range(5_000):
        answer = await http.post("entities", json=entity(number))
        if answer.status_code != 201:
            assert answer.status_code == 507, answer.text
            assert "disk" in answer.json()["detail"]
            return number
    pytest.fail("the disk was never full")


def connect(broker: LocalBroker) -> httpx.AsyncClient:
    """Return a client of a broker in process."""
    return httpx.AsyncClient(transport=broker.transport(), base_url="http://broker/ngsi-ld/v1/")


async def test_a_full_store_takes_deletes_and_then_new_entities(small_disk: Path) -> None:
    """On a disk that the store filled and others filled up, DELETE answers 204; then there is room for new entities."""
    broker = LocalBroker(str(small_disk / "city.db"))
    async with connect(broker) as http:
        number = await until_full(http)
        filler = fill(small_disk)
        assert (await http.post("entities", json=entity(9_999))).status_code == 507
        changed = await http.patch("entities/urn:ngsi-ld:T:0/attrs", json={"text": "y" * 50_000})
        assert changed.status_code == 507
        assert (await http.get("entities/urn:ngsi-ld:T:0")).json()["text"]["value"] == "x" * 20_000
        for one in range(number):
            assert (await http.delete(f"entities/urn:ngsi-ld:T:{one}")).status_code == 204
            assert (await http.delete(f"temporal/entities/urn:ngsi-ld:T:{one}")).status_code == 204
        filler.unlink()
        assert (await http.post("entities", json=entity(9_999))).status_code == 201
        assert (await http.get("entities?type=T&count=true")).headers["ngsild-results-count"] == "1"
    broker.close()


async def test_a_subscription_goes_on_and_can_go_on_a_full_disk(small_disk: Path) -> None:
    """A new subscription is refused; one that is there can be deleted."""
    broker = LocalBroker(str(small_disk / "city.db"))
    subscription = {
        "id": "urn:ngsi-ld:Subscription:1",
        "type": "Subscription",
        "entities": [{"type": "T"}],
        "notification": {"endpoint": {"uri": "http://127.0.0.1:9/"}},
    }
    async with connect(broker) as http:
        assert (await http.post("subscriptions", json=subscription)).status_code == 201
        await until_full(http)
        second = subscription | {"id": "urn:ngsi-ld:Subscription:2"}
        assert (await http.post("subscriptions", json=second)).status_code == 507
        assert (await http.delete("subscriptions/urn:ngsi-ld:Subscription:1")).status_code == 204
    broker.close()


async def test_a_store_opens_on_a_full_disk(small_disk: Path) -> None:
    """A broker starts on a full disk, answers with what it has, and deletes."""
    broker = LocalBroker(str(small_disk / "city.db"))
    async with connect(broker) as http:
        await until_full(http)
    broker.close()
    fill(small_disk)
    broker = LocalBroker(str(small_disk / "city.db"))
    async with connect(broker) as http:
        assert (await http.get("entities/urn:ngsi-ld:T:0")).status_code == 200
        assert (await http.delete("entities/urn:ngsi-ld:T:0")).status_code == 204
    broker.close()
