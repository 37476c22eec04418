"""A pytest plugin: a context broker and clients on it, new for each test, in milliseconds and without a port.

    def test_free_spots(ngsild_client):
        ngsild_client.entities.create(parking)
        assert free_spots(ngsild_client) == 5

pytest loads it where citycontext is installed. While a test has a broker, repeated requests do not wait.

Fixtures:
    context_broker: A ``LocalBroker``.
    context_broker_transport: The transport that lets any httpx client, sync or async, talk to it.
    context_broker_url: The same broker behind a free port, for code that takes an address.
    ngsild_client: A ``Client`` on it.
    ngsild_async_client: An ``AsyncClient`` on it.
    ngsild_federation: Makes several brokers that reach each other by name, and a client on each.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import TYPE_CHECKING, Final

from citycontext.extras import require
from citycontext.lazy_names import lazy_names

require("testing", "pytest", purpose="citycontext.testing")

import pytest  # noqa: E402

# pytest loads this module in every run: what only some tests need is imported by their fixtures.
if TYPE_CHECKING:
    from citycontext.broker import LocalBroker
    from citycontext.client import AsyncClient, Client
    from citycontext.testing.in_process import BackgroundLoop, InProcessTransport
    from citycontext.web.http import httpx

__all__ = [
    "BackgroundLoop",
    "InProcessTransport",
    "context_broker",
    "context_broker_loop",
    "context_broker_transport",
    "context_broker_url",
    "ngsild_async_client",
    "ngsild_client",
    "ngsild_federation",
]

_ADDRESS: Final = "http://context-broker"
_ELSEWHERE: Final = {"BackgroundLoop": "in_process", "InProcessTransport": "in_process"}

if not TYPE_CHECKING:  # so that a checker finds a name that is not there
    __getattr__ = lazy_names(__name__, _ELSEWHERE)


@pytest.fixture
def context_broker_loop() -> Iterator[BackgroundLoop]:
    """Run an event loop in a thread, for the context broker."""
    from citycontext.testing.in_process import BackgroundLoop

    with BackgroundLoop() as loop:
        yield loop


@pytest.fixture
def context_broker(context_broker_loop: BackgroundLoop) -> Iterator[LocalBroker]:
    """Make a local context broker, empty and in memory; requests that are sent again do not wait meanwhile."""
    from citycontext.broker import LocalBroker
    from citycontext.client import without_waiting

    broker = LocalBroker()
    try:
        with without_waiting():
            yield broker
        context_broker_loop.run(broker.state.stop())
    finally:
        broker.close()


@pytest.fixture
def context_broker_transport(context_broker: LocalBroker, context_broker_loop: BackgroundLoop) -> InProcessTransport:
    """Return a transport that reaches the context broker without a port, for any httpx client, sync or async."""
    from citycontext.testing.in_process import InProcessTransport

    return InProcessTransport(context_broker, context_broker_loop)


@pytest.fixture
def context_broker_url(context_broker: LocalBroker, context_broker_loop: BackgroundLoop) -> Iterator[str]:
    """Put the context broker behind a free port of this machine too, and give its address."""
    from citycontext.broker import Server

    server = Server(context_broker, port=0)
    context_broker_loop.run(server.__aenter__())
    yield server.url
    context_broker_loop.run(server.__aexit__(None, None, None))


@pytest.fixture
def ngsild_client(context_broker_transport: InProcessTransport) -> Iterator[Client]:
    """Make a client on the context broker."""
    from citycontext.client import Client

    with Client(_ADDRESS, transport=context_broker_transport) as client:
        yield client


@pytest.fixture
def ngsild_async_client(
    context_broker_transport: InProcessTransport, context_broker_loop: BackgroundLoop
) -> Iterator[AsyncClient]:
    """Make an asynchronous client on the context broker."""
    from citycontext.client import AsyncClient

    client = AsyncClient(_ADDRESS, transport=context_broker_transport)
    yield client
    context_broker_loop.run(client.aclose())


@pytest.fixture
def ngsild_federation(context_broker_loop: BackgroundLoop) -> Iterator[Callable[..., tuple[Client, ...]]]:
    """Make brokers that reach each other without a port: ``region, gent = ngsild_federation("region", "gent")``.

    .. versionadded:: 0.2

    Each is registered at another as a context source under ``http://NAME``. The function returns a client on each.
    """
    from citycontext.broker import LocalBroker
    from citycontext.client import Client, without_waiting
    from citycontext.testing.in_process import InProcessTransport

    transports: dict[str, httpx.AsyncBaseTransport] = {}
    with ExitStack() as stack:
        stack.enter_context(without_waiting())

        def make(*names: str) -> tuple[Client, ...]:
            clients = []
            for name in names:
                broker = LocalBroker(alias=name, sources=transports)
                stack.callback(broker.close)
                stack.callback(_stop, broker, context_broker_loop)
                transports[f"http://{name}"] = broker.transport()
                transport = InProcessTransport(broker, context_broker_loop)
                clients.append(stack.enter_context(Client(f"http://{name}", transport=transport)))
            return tuple(clients)

        yield make


def _stop(broker: LocalBroker, loop: BackgroundLoop) -> None:
    loop.run(broker.state.stop())
