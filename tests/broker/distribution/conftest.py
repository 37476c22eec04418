"""A region of brokers in one process, and sources that answer what a test says."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import httpx
import pytest

from citycontext.broker import LocalBroker

Answer = Callable[[httpx.Request], httpx.Response]


class Region:
    """A regional broker and its sources, each with a client."""

    def __init__(self, sources: dict[str, LocalBroker | Answer]) -> None:
        self.sent: list[httpx.Request] = []
        transports: dict[str, httpx.AsyncBaseTransport] = {}
        self.clients: dict[str, httpx.AsyncClient] = {}
        for name, source in sources.items():
            if isinstance(source, LocalBroker):
                inner: httpx.AsyncBaseTransport = source.transport()
                self.clients[name] = httpx.AsyncClient(transport=inner, base_url=f"http://{name}/ngsi-ld/v1")
            else:
                inner = httpx.MockTransport(source)
            transports[f"http://{name}"] = _Recorded(inner, self.sent)
        self.brokers = [one for one in sources.values() if isinstance(one, LocalBroker)]
        self.broker = LocalBroker(sources=transports, alias="region")
        self.http = httpx.AsyncClient(transport=self.broker.transport(), base_url="http://region/ngsi-ld/v1")

    async def register(self, name: str, **members: Any) -> str:
        """Register a source; return the registration's id."""
        body = {
            "id": f"urn:ngsi-ld:ContextSourceRegistration:{name}-{len(self.sent)}-{members.get('mode', '')}",
            "type": "ContextSourceRegistration",
            "information": [{"entities": [{"type": "Vehicle"}]}],
            "endpoint": f"http://{name}",
            **members,
        }
        answer = await self.http.post("/csourceRegistrations", json=body)
        assert answer.status_code == 201, answer.text
        return str(body["id"])

    def asked(self) -> list[str]:
        """Return what was sent to sources: method, path and query."""
        return [f"{one.method} {one.url.raw_path.decode().removeprefix('/ngsi-ld/v1')}" for one in self.sent]

    async def close(self) -> None:
        """End all of it."""
        for client in (self.http, *self.clients.values()):
            await client.aclose()
        for broker in (self.broker, *self.brokers):
            await broker.state.stop()
            broker.close()


class _Recorded(httpx.AsyncBaseTransport):
    def __init__(self, inner: httpx.AsyncBaseTransport, sent: list[httpx.Request]) -> None:
        self._inner = inner
        self._sent = sent

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self._sent.append(request)
        return await self._inner.handle_async_request(request)


@asynccontextmanager
async def _region(**sources: LocalBroker | Answer) -> AsyncIterator[Region]:
    made = Region(sources)
    try:
        yield made
    finally:
        await made.close()


@pytest.fixture
def region() -> Callable[..., Any]:
    """Return what makes a region of its sources, by name: brokers, or functions that answer."""
    return _region


@pytest.fixture
def run() -> Callable[..., Any]:
    """Return what runs a coroutine to its end."""
    return asyncio.run
