"""A broker in memory, and a client that talks to it in process."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator

import httpx
import pytest

from citycontext.broker import LocalBroker


@pytest.fixture
def broker() -> Iterator[LocalBroker]:
    """Return an empty broker."""
    started = LocalBroker()
    yield started
    started.close()


@pytest.fixture
async def http(broker: LocalBroker) -> AsyncIterator[httpx.AsyncClient]:
    """Return a client whose addresses start at the API's root."""
    async with httpx.AsyncClient(transport=broker.transport(), base_url="http://broker/ngsi-ld/v1/") as client:
        yield client
