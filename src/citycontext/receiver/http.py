"""``Receiver``: notifications over HTTP, as an ASGI application to mount or with a port of its own."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any, Final, Self, TypeAlias, TypeVar, overload
from urllib.parse import urlsplit

from citycontext.errors import ConfigurationError, DataError, PublicationError
from citycontext.foreign_text import shown
from citycontext.ngsild.entity import Entity
from citycontext.ngsild.json_text import write_json
from citycontext.ngsild.representations import Representation
from citycontext.ngsild.terms import ERROR_PREFIX
from citycontext.receiver.endpoint import NotificationEndpoint
from citycontext.receiver.notifications import read_body
from citycontext.receiver.received import Received
from citycontext.web.media_types import ENTITY_FORMS, JSON, media_type_of
from citycontext.web.serving import AppServer

__all__ = ["Receiver"]

E = TypeVar("E", bound=Entity)

_Message: TypeAlias = MutableMapping[str, Any]
_Receive: TypeAlias = Callable[[], Awaitable[_Message]]
_Send: TypeAlias = Callable[[_Message], Awaitable[None]]

_ANY_ADDRESS: Final = frozenset({"", "0.0.0.0", "::"})  # noqa: S104  (compared with, not listened on)
_RETRY_AFTER: Final = "1"
_BODY_WITHIN: Final = 30
_LONG: Final = 65_536
_BODIES: Final = 4
"""How many of the longest bodies may be in memory at once."""
_FULL: Final = "so many notifications wait that this one must wait outside"


class _NoRoom(Exception):
    """So many bodies are in memory that this one must wait outside."""


class Receiver(NotificationEndpoint[E]):
    """An HTTP endpoint for notifications (CIM 009, 6.3.8 and 6.3.9): an ASGI application, and a stream to iterate over.

    ``with`` gives it a port of its own, served from a thread; ``async with`` serves in the running event loop.
    Mounted in another application it needs neither, but ``public_url``. It answers 204 to what it takes, 400 to what
    is not a notification, 401 without the secret, 403 to a web page, 415 to what says it is not JSON, and 503 when so
    many wait that it is full: brokers then send again, or not, as they are made.

    Args:
        as_: The class of the entities; without it ``Entity``.
        host: Address to listen on.
        port: Port to listen on; 0 takes a free one.
        public_url: The address under which the broker reaches it, where that is not host and port: mounted, in a
            container, behind a proxy.
        secret: What senders must show in the header ``X-Notification-Secret``, or as ``Authorization: Bearer …``;
            ``endpoint()`` tells the broker. Or what tells whether a shown one is right; then ``endpoint()`` tells none.
        representation: The form that subscriptions ask for; without it the notifications tell.
        capacity: How many notifications wait at most.
        max_body: How many bytes a notification has at most.
        handler: Called in a thread with each notification that no ``expect`` takes out; the sender hears 204 once it
            has returned, and 503 where it raises ``PublicationError``. Without it notifications wait to be read.

    Raises:
        ConfigurationError: An argument cannot be used.

    Examples:
        >>> with Receiver(OffStreetParking) as receiver:
        ...     print(receiver.url)
        ...     for notification in receiver:
        ...         print(notification.entities)
    """

    @overload
    def __init__(
        self: Receiver[Entity],
        *,
        host: str = ...,
        port: int = ...,
        public_url: str | None = ...,
        secret: str | Callable[[str], bool] | None = ...,
        representation: Representation | str | None = ...,
        capacity: int = ...,
        max_body: int = ...,
        handler: Callable[[Received[Any]], object] | None = ...,
    ) -> None: ...
    @overload
    def __init__(
        self,
        as_: type[E],
        *,
        host: str = ...,
        port: int = ...,
        public_url: str | None = ...,
        secret: str | Callable[[str], bool] | None = ...,
        representation: Representation | str | None = ...,
        capacity: int = ...,
        max_body: int = ...,
        handler: Callable[[Received[Any]], object] | None = ...,
    ) -> None: ...
    def __init__(
        self,
        as_: type[Any] = Entity,
        *,
        host: str = "127.0.0.1",
        port: int = 0,
        public_url: str | None = None,
        secret: str | Callable[[str], bool] | None = None,
        representation: Representation | str | None = None,
        capacity: int = 1000,
        max_body: int = 16 * 1024 * 1024,
        handler: Callable[[Received[Any]], object] | None = None,
    ) -> None:
        super().__init__(as_, secret=secret, representation=representation, capacity=capacity)
        if public_url is not None and urlsplit(public_url).scheme not in {"http", "https"}:
            raise ConfigurationError("must be an http or https address", key="public_url")
        self.host = host
        self._port = port
        self._public_url = public_url
        self._max_body = max_body
        self._handler = handler
        self._under_way = 0
        self._bytes_under_way = 0
        self._server: AppServer | None = None

    @property
    def url(self) -> str:
        """The address that subscriptions name.

        Raises:
            ConfigurationError: No address is known yet, or only one that means every address of this machine.
        """
        if self._public_url is not None:
            return self._public_url
        if self._server is None:
            raise ConfigurationError(
                "the receiver has no address.", cure="Start it, or say as public_url where it is mounted."
            )
        if self.host in _ANY_ADDRESS:
            raise ConfigurationError(
                f"{self.host or 'an empty host'} is not an address that a broker can send to.",
                cure="Say as public_url how the broker reaches this machine.",
            )
        return f"{self._server.url}/"

    @property
    def port(self) -> int:
        """The port that is listened on.

        Raises:
            ConfigurationError: It was not started.
        """
        if self._server is None:
            raise ConfigurationError("the receiver is not started, so it has no port.", cure="Use it in `with`.")
        return self._server.port

    def start(self) -> Self:
        """Listen, from a thread; return when notifications are taken.

        Raises:
            ConfigurationError: The port is taken, or it was started before.
            MissingExtra: uvicorn is not installed.
        """
        self._new_server().start()
        return self

    def stop(self) -> None:
        """Stop listening; what waits can still be read."""
        self.close()
        if self._server is not None:
            self._server.stop()

    async def astart(self) -> Self:
        """Listen, in the running event loop; return when notifications are taken.

        Raises:
            ConfigurationError: The port is taken, or it was started before.
            MissingExtra: uvicorn is not installed.
        """
        await self._new_server().astart()
        return self

    async def astop(self) -> None:
        """Stop listening; what waits can still be read."""
        self.close()
        if self._server is not None:
            await self._server.astop()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()

    async def __aenter__(self) -> Self:
        return await self.astart()

    async def __aexit__(self, *_: object) -> None:
        await self.astop()

    async def __call__(self, scope: _Message, receive: _Receive, send: _Send) -> None:
        """Answer as an ASGI application; the path does not matter."""
        if scope["type"] == "lifespan":
            await _live(receive, send)
        elif scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1003})
        elif scope["type"] == "http":
            headers = _joined(scope["headers"])
            status, problem = await self._answer(scope["method"], headers, receive)
            await _respond(send, status, problem)

    async def _answer(self, method: str, headers: dict[str, str], receive: _Receive) -> tuple[int, str]:
        if method != "POST":
            return 405, ""
        if "origin" in headers or headers.get("sec-fetch-site", "none") != "none":
            self._note("", "origin", "a notification came from a web page; it was refused")
            return 403, "a notification comes from a context broker, not from a web page"
        media_type = media_type_of(headers.get("content-type", ""))
        if media_type and media_type not in ENTITY_FORMS:
            self._note("", "content-type", f"a notification came as {shown(media_type)}; it was refused")
            return 415, f"a notification is {', '.join(ENTITY_FORMS)}"
        if not self._admits(headers):
            return 401, "the secret is missing or wrong"
        if self._under_way >= self.capacity:
            return 503, _FULL
        self._under_way += 1
        try:
            return await self._take(headers, receive)
        finally:
            self._under_way -= 1

    async def _take(self, headers: dict[str, str], receive: _Receive) -> tuple[int, str]:
        body = bytearray()
        try:
            async with asyncio.timeout(_BODY_WITHIN):
                is_whole = await self._read(receive, body)
            return await self._take_body(bytes(body) if is_whole else None, headers)
        except TimeoutError:
            return 408, f"the notification was not there after {_BODY_WITHIN} seconds"
        except _NoRoom:
            return 503, _FULL
        finally:
            self._bytes_under_way -= len(body)

    async def _take_body(self, body: bytes | None, headers: dict[str, str]) -> tuple[int, str]:
        if body is None:
            self._note("", "size", f"a notification had over {self._max_body} bytes; it was refused")
            return 413, f"a notification has at most {self._max_body} bytes"
        try:
            if self._handler is not None or len(body) > _LONG:
                # Others are answered while a long one is read.
                taken = await asyncio.to_thread(self._read_and_deliver, body, headers)
            else:
                taken = self._read_and_deliver(body, headers)
        except DataError as error:
            self._note_unreadable(error)
            return 400, str(error)
        except PublicationError as error:
            self._note("", "handler", str(error))
            return 503, "the notification cannot be taken now; send it again"
        return (204, "") if taken else (503, _FULL)

    def _read_and_deliver(self, body: bytes, headers: dict[str, str]) -> bool:
        return self._deliver(read_body(body), headers)

    def _offer(
        self, received: Received[E], taken: Callable[[], None] | None = None, *, over_capacity: bool = False
    ) -> bool:
        if self._handler is None:
            return super()._offer(received, taken, over_capacity=over_capacity)
        self._handler(received)
        return True

    async def _read(self, receive: _Receive, body: bytearray) -> bool:
        """Read a body; return whether it is no longer than it may be."""
        while True:
            message = await receive()
            part = message.get("body", b"")
            body += part
            self._bytes_under_way += len(part)
            if len(body) > self._max_body:
                return False
            if self._bytes_under_way > _BODIES * self._max_body:
                raise _NoRoom
            if message["type"] == "http.disconnect" or not message.get("more_body"):
                return True

    def _new_server(self) -> AppServer:
        if self._server is not None:
            raise ConfigurationError("this receiver was started before.", cure="Make another one.")
        server = AppServer(self, self.host, self._port, who="the receiver", extra="receiver")
        server.bind()
        self._server = server
        return server


def _joined(headers: list[tuple[bytes, bytes]]) -> dict[str, str]:
    """Return each header once: what repeats is one list, as RFC 9110 has it."""
    joined: dict[str, str] = {}
    for raw_name, raw_value in headers:
        name, value = raw_name.decode("latin-1").lower(), raw_value.decode("latin-1")
        joined[name] = f"{joined[name]}, {value}" if name in joined else value
    return joined


async def _live(receive: _Receive, send: _Send) -> None:
    """Start and stop with a server that runs this application alone: there is nothing to do."""
    while True:
        message = await receive()
        await send({"type": f"{message['type']}.complete"})
        if message["type"] == "lifespan.shutdown":
            return


_TITLES: Final = {400: "BadRequestData", 503: "InternalError"}  # any other is an InvalidRequest


async def _respond(send: _Send, status: int, problem: str) -> None:
    body = b""
    headers: list[tuple[bytes, bytes]] = []
    if status == 405:
        headers.append((b"allow", b"POST"))
    elif status != 204:
        body = write_json(
            {"type": f"{ERROR_PREFIX}{_TITLES.get(status, 'InvalidRequest')}", "title": problem, "status": status}
        )
        headers.append((b"content-type", JSON.encode()))
    if status == 503:
        headers.append((b"retry-after", _RETRY_AFTER.encode()))
    # A 204 has neither body nor length (RFC 9110, 8.6), and needs none: Orion-LD looks in every other answer for
    # `Content-Length:`, spelt so, and pauses the subscription after three answers in which it finds none.
    if status != 204:
        headers.append((b"Content-Length", str(len(body)).encode()))
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
