"""Serve a broker over HTTP with uvicorn: in a thread, in a running event loop, or until interrupted."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import threading
from collections.abc import Iterable
from types import TracebackType
from typing import TYPE_CHECKING, Final

import uvicorn
from starlette.datastructures import Headers
from starlette.types import Receive, Scope, Send

from citycontext.broker.responses.answers import problem_answer
from citycontext.broker.responses.problems import Problem
from citycontext.errors import ConfigurationError
from citycontext.foreign_text import shown
from citycontext.web.hosts import AllowedHosts, is_foreign_origin
from citycontext.web.listening import listen

if TYPE_CHECKING:
    from citycontext.broker.app import LocalBroker

__all__ = ["Server", "serve"]

_ANY_ADDRESS: Final = frozenset({"", "0.0.0.0", "::"})  # noqa: S104  (compared with, not listened on)
_SAFE: Final = frozenset({"GET", "HEAD", "OPTIONS"})


class Server:
    """A broker behind a port.

    As a context manager it serves from a thread of its own; ``async with`` serves in the running event loop.

    Args:
        broker: What answers.
        host: Address to listen on.
        port: Port to listen on; 0 takes a free one, see ``port``.
        handles_signals: Whether an interrupt stops it; for a program that does nothing but serve.
        allow_hosts: Names that requests may come by (their header ``Host``) besides those of the machine itself and the
            address that is listened on; ``*`` for all. Behind a proxy or in a container, the name that clients use.
    """

    def __init__(
        self,
        broker: LocalBroker,
        host: str = "127.0.0.1",
        port: int = 1026,
        *,
        handles_signals: bool = False,
        allow_hosts: Iterable[str] = (),
    ) -> None:
        self.broker = broker
        self.host = host
        self._wanted = port
        self._socket: socket.socket | None = None
        self._thread: threading.Thread | None = None
        self._task: asyncio.Task[None] | None = None
        guarded = _Guard(broker, AllowedHosts(host, allow_hosts))
        config = uvicorn.Config(
            guarded, host=host, port=port, log_config=None, access_log=False, lifespan="on", server_header=False
        )
        self._uvicorn = uvicorn.Server(config) if handles_signals else _Embedded(config)

    @property
    def port(self) -> int:
        """The port that is listened on.

        Raises:
            ConfigurationError: The server was not started.
        """
        if self._socket is None:
            raise ConfigurationError("the broker's server is not started, so it has no port.", cure="Call start().")
        return int(self._socket.getsockname()[1])

    @property
    def url(self) -> str:
        """The address of the broker, without the path of the API."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"http://{host}:{self.port}"

    def bind(self) -> None:
        """Take the port.

        Raises:
            ConfigurationError: It is taken, or the address is not of this machine.
        """
        bound = listen(self.host, self._wanted, who="the broker")
        bound.set_inheritable(True)
        self._socket = bound
        if self.host not in _ANY_ADDRESS:
            self.broker.state.base = self.broker.state.base or self.url

    def start(self) -> Server:
        """Serve from a thread; return when requests are answered.

        Raises:
            ConfigurationError: The port is taken.
        """
        self.bind()
        self._thread = threading.Thread(target=self._run, name="citycontext-broker", daemon=True)
        self._thread.start()
        started = threading.Event()
        while not self._uvicorn.started:
            if not self._thread.is_alive():
                raise ConfigurationError("the broker's server ended while it started.", cure="See its log.")
            started.wait(0.002)
        return self

    def stop(self) -> None:
        """Finish the requests under way, and stop."""
        self._uvicorn.should_exit = True
        if self._thread is not None:
            self._thread.join()
            self._thread = None

    async def serve(self) -> None:
        """Serve in the running event loop until cancelled or stopped."""
        if self._socket is None:
            self.bind()
        await self._uvicorn.serve(sockets=[self._bound()])

    async def __aenter__(self) -> Server:
        self.bind()
        self._task = asyncio.create_task(self._embedded())
        while not self._uvicorn.started and not self._task.done():  # noqa: ASYNC110
            await asyncio.sleep(0.002)
        return self

    async def __aexit__(self, *_: object) -> None:
        self._uvicorn.should_exit = True
        if self._task is not None:
            await self._task

    def __enter__(self) -> Server:
        return self.start()

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.stop()

    def _bound(self) -> socket.socket:
        assert self._socket is not None
        return self._socket

    def _run(self) -> None:
        asyncio.run(self._embedded())

    async def _embedded(self) -> None:
        await self._uvicorn.serve(sockets=[self._bound()])


class _Guard:
    """Lets through what is meant for this broker, and does not come from a foreign web page.

    Args:
        broker: What answers the rest.
        hosts: Names that requests may come by.
    """

    def __init__(self, broker: LocalBroker, hosts: AllowedHosts) -> None:
        self._broker = broker
        self._hosts = hosts

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        refusal = self._refusal(scope) if scope["type"] == "http" else None
        await (self._broker(scope, receive, send) if refusal is None else problem_answer(refusal)(scope, receive, send))

    def _refusal(self, scope: Scope) -> Problem | None:
        headers = Headers(scope=scope)
        host, origin = headers.get("host"), headers.get("origin")
        if host not in self._hosts:
            return Problem(
                "InvalidRequest",
                f"This broker is not reached as {shown(host)}, but by localhost, by the address it listens on, or by a "
                "name that it was told with --allow-host.",
                status=421,
            )
        if scope["method"] in _SAFE or origin is None or not is_foreign_origin(origin, host or "", self._broker.cors):
            return None
        return Problem(
            "InvalidRequest",
            f"A page of {shown(origin)} may not write here; --cors with that origin permits it.",
            status=403,
        )


class _Embedded(uvicorn.Server):
    """Signals belong to the program that started us, not to a server inside it."""

    def capture_signals(self) -> contextlib.AbstractContextManager[None]:  # type: ignore[override]
        return contextlib.nullcontext()


def serve(broker: LocalBroker, host: str = "127.0.0.1", port: int = 1026) -> None:
    """Serve a broker until the program is interrupted.

    Args:
        broker: What answers.
        host: Address to listen on.
        port: Port to listen on.

    Raises:
        ConfigurationError: The port is taken.
    """
    asyncio.run(Server(broker, host, port, handles_signals=True).serve())
