"""Serve a broker over HTTP with uvicorn: in a thread, in a running event loop, or until interrupted."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Final

from starlette.datastructures import Headers
from starlette.types import Receive, Scope, Send

from citycontext.broker.responses.answers import problem_answer
from citycontext.broker.responses.problems import Problem
from citycontext.foreign_text import shown
from citycontext.web.hosts import AllowedHosts, is_foreign_origin
from citycontext.web.serving import AppServer

if TYPE_CHECKING:
    from citycontext.broker.app import LocalBroker

__all__ = ["Server", "serve"]

_ANY_ADDRESS: Final = frozenset({"", "0.0.0.0", "::"})  # noqa: S104  (compared with, not listened on)
_SAFE: Final = frozenset({"GET", "HEAD", "OPTIONS"})


class Server(AppServer):
    """A broker behind a port.

    As a context manager it serves from a thread of its own; ``async with`` serves in the running event loop. Once
    stopped, it can be started again.

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
        super().__init__(
            _Guard(broker, AllowedHosts(host, allow_hosts)),
            host,
            port,
            who="the broker",
            extra="broker",
            has_lifespan=True,
            handles_signals=handles_signals,
        )
        self.broker = broker
        self._own_base: str | None = None

    def bind(self) -> None:
        """Take the port, unless it is taken already: clients may connect, and wait until requests are answered.

        Raises:
            ConfigurationError: Another program has it, or the address is not of this machine.
        """
        super().bind()
        state = self.broker.state
        if self.host not in _ANY_ADDRESS and state.base in ("", None, self._own_base):
            # An address that somebody gave stays; our own may have another port than at the last start.
            state.base = self._own_base = self.url


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


def serve(broker: LocalBroker, host: str = "127.0.0.1", port: int = 1026) -> None:
    """Serve a broker until the program is interrupted.

    Args:
        broker: What answers.
        host: Address to listen on.
        port: Port to listen on.

    Raises:
        ConfigurationError: The port is taken.
    """
    Server(broker, host, port, handles_signals=True).run()
