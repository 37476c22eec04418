"""Counting what a context broker holds, against a real one."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from citycontext.broker import LocalBroker, Server
from citycontext.demo.broker_counts import BrokerCounts
from citycontext.errors import TransportError


@pytest.fixture
def server() -> Iterator[Server]:
    """Serve a broker whose history comes in pages of ten."""
    broker = LocalBroker(temporal_page=10)
    with Server(broker, port=0) as running:
        yield running
    broker.close()


@pytest.fixture
def counts(server: Server) -> Iterator[BrokerCounts]:
    """Ask that broker."""
    counts = BrokerCounts(server.url)
    yield counts
    counts.close()


def upsert(server: Server, number: int, second: int) -> None:
    """Write one update of one entity."""
    level: dict[str, Any] = {"type": "Property", "value": second, "observedAt": f"2026-01-01T00:00:{second:02d}.5Z"}
    entity = {"id": f"urn:ngsi-ld:Bin:{number}", "type": f"Bin{number % 3}", "level": level}
    httpx.post(f"{server.url}/ngsi-ld/v1/entityOperations/upsert", json=[entity]).raise_for_status()


def test_empty_broker_holds_nothing(counts: BrokerCounts) -> None:
    """A broker without entities has no updates."""
    assert counts.entities() == []
    assert counts.updates() == 0


def test_every_update_is_counted_once_across_pages_and_repetitions(server: Server, counts: BrokerCounts) -> None:
    """Updates are counted across the pages of the history; one that was delivered twice counts once."""
    for second in range(35):
        upsert(server, 1, second)
    upsert(server, 2, 7)
    upsert(server, 2, 7)
    assert len(counts.entities()) == 2
    assert counts.updates() == 36


def test_a_history_that_may_be_cut_is_not_counted(server: Server) -> None:
    """Where an entity has as many updates as the broker keeps, older ones may be gone: there is no number."""
    for second in range(3):
        upsert(server, 1, second)
    for limit, number in ((4, 3), (3, None)):
        counts = BrokerCounts(server.url, history_limit=limit)
        assert counts.updates() == number
        counts.close()


def test_all_entities_are_found_across_pages(server: Server, counts: BrokerCounts) -> None:
    """More entities than a page holds are all found, whatever their types."""
    for number in range(103):
        upsert(server, number, 1)
    assert len({entity["id"] for entity in counts.entities()}) == 103


def test_broker_that_is_gone_is_an_error(server: Server, counts: BrokerCounts) -> None:
    """Without an answer there is no number."""
    server.stop()
    with pytest.raises(TransportError):
        counts.updates()
