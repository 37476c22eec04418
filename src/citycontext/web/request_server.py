"""A small HTTP/1.1 server for requests that are answered later, by somebody else: bounded in size, time and number.

One thread runs an event loop; h11 reads the protocol. A connection has one request at a time; the next one is read when
the answer has gone.
"""

from __future__ import annotations

import asyncio
import logging
import socket
import threading
import time
from dataclasses import dataclass, field
from typing import Final, Protocol
from urllib.parse import parse_qsl, unquote

import h11

__all__ = ["Answer", "Exchange", "Handler", "Limits", "RequestServer"]

logger: logging.Logger = logging.getLogger(__name__)

_SWEEP: Final = 0.25
_HEAD_BYTES: Final = 16_384
_IDLE: Final = 75.0
_LINGER: Final = 2.0
_SERVER: Final = (b"server", b"citycontext")


@dataclass(frozen=True, slots=True)
class Limits:
    """What a client may use.

    Args:
        body: Bytes of a body.
        seconds: How long a request may take to arrive, and to be answered.
        requests: Requests open at a time.
        connections: Connections open at a time.
        buffered: Bytes of all bodies together that have arrived and are not answered yet.
    """

    body: int = 1_000_000
    seconds: float = 10.0
    requests: int = 256
    connections: int = 1_024
    buffered: int = 32_000_000


@dataclass(frozen=True, slots=True)
class Answer:
    """A response: a status, and a line for people or a document.

    Args:
        status: The status.
        content: The body.
        headers: More headers.
        reason: Under which name it is counted.
        media_type: What the body is.
    """

    status: int
    content: str | bytes = ""
    headers: tuple[tuple[str, str], ...] = ()
    reason: str = ""
    media_type: str = "text/plain; charset=utf-8"


class Handler(Protocol):
    """Who answers. Both are called in the server's thread and must not wait."""

    def begin(self, exchange: Exchange) -> Answer | None:
        """Look at the head of a request.

        Args:
            exchange: The request, without its body.

        Returns:
            A refusal, or nothing: then the body is read.
        """
        ...

    def complete(self, exchange: Exchange) -> Answer | None:
        """Take a request that has arrived whole.

        Args:
            exchange: The request.

        Returns:
            The answer, or nothing: then ``RequestServer.answer`` is called later.
        """
        ...

    def refused(self, exchange: Exchange | None, answer: Answer) -> None:
        """Take note of a refusal by the server itself or by ``begin``.

        Args:
            exchange: The request, as far as it was read.
            answer: What was answered.
        """
        ...


@dataclass(slots=True, eq=False)
class Exchange:
    """A request, and the connection on which its answer is waited for.

    Args:
        method: Its method.
        target: Path and query, as sent.
        path: The path, decoded.
        query: The query's parameters, decoded, in their order.
        headers: Its headers, names in lower case; of several of one name, the last.
        body: What arrived.
        is_answered: Whether an answer went out, or can not any more.
    """

    method: str
    target: str
    path: str
    query: tuple[tuple[str, str], ...]
    headers: dict[str, str]
    connection: _Connection
    body: bytearray = field(default_factory=bytearray)
    is_answered: bool = False


class RequestServer:
    """The server, in a thread of its own.

    Args:
        listening: A socket that listens; the server closes it.
        handler: Who answers.
        limits: What a client may use.
        name: Name of the thread.
    """

    def __init__(self, listening: socket.socket, handler: Handler, limits: Limits, *, name: str) -> None:
        self._listening = listening
        self._handler: Final = handler
        self._limits: Final = limits
        self._connections: set[_Connection] = set()
        self._buffered = 0
        self._open = 0
        self._loop = asyncio.new_event_loop()
        self._stop_asked = asyncio.Event()
        self._is_closing = False
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)

    @property
    def is_alive(self) -> bool:
        """Whether the thread runs."""
        return self._thread.is_alive()

    def start(self) -> None:
        """Start the thread."""
        self._thread.start()

    def stop(self) -> None:
        """Take no more requests, close all connections, and end the thread."""
        if self._thread.is_alive():
            self._loop.call_soon_threadsafe(self._stop_asked.set)
            self._thread.join()
        else:
            self._listening.close()
        if not self._loop.is_closed():
            self._loop.close()

    def answer(self, exchanges: list[Exchange], answer: Answer) -> None:
        """Answer requests; from any thread, returns at once.

        Args:
            exchanges: The requests; those that are answered already are left.
            answer: What to answer them all.
        """
        self._loop.call_soon_threadsafe(self._answer_all, exchanges, answer)

    # -- in the thread ------------------------------------------------------------------------------------------------

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        try:
            self._loop.run_until_complete(self._serve())
        finally:
            asyncio.set_event_loop(None)

    async def _serve(self) -> None:
        server = await self._loop.create_server(lambda: _Connection(self), sock=self._listening)
        while not self._stop_asked.is_set():
            self._sweep()
            try:
                await asyncio.wait_for(self._stop_asked.wait(), _SWEEP)
            except TimeoutError:
                continue
        self._is_closing = True
        server.close()
        for connection in list(self._connections):
            connection.close()
        await server.wait_closed()
        await asyncio.sleep(0)

    def _answer_all(self, exchanges: list[Exchange], answer: Answer) -> None:
        for exchange in exchanges:
            exchange.connection.answer(exchange, answer)

    def _sweep(self) -> None:
        now = time.monotonic()
        for connection in list(self._connections):
            if now >= connection.deadline:
                try:
                    connection.time_is_over()
                except Exception:
                    # One connection must not end the others.
                    logger.exception("A connection could not be ended in good order.")
                    connection.abort()

    # -- for the connections ------------------------------------------------------------------------------------------

    @property
    def limits(self) -> Limits:
        """What a client may use."""
        return self._limits

    @property
    def handler(self) -> Handler:
        """Who answers."""
        return self._handler

    def enter(self, connection: _Connection) -> bool:
        """Count a connection; return whether there is room for it."""
        self._connections.add(connection)
        return len(self._connections) <= self._limits.connections and not self._is_closing

    def leave(self, connection: _Connection) -> None:
        """Forget a connection."""
        self._connections.discard(connection)

    def begin_request(self) -> bool:
        """Count a request; return whether there is room for it."""
        self._open += 1
        return self._open <= self._limits.requests

    def end_request(self, size: int) -> None:
        """Forget a request and the bytes of its body."""
        self._open -= 1
        self._buffered -= size

    def buffer(self, size: int) -> bool:
        """Count bytes of a body; return whether there is room for them."""
        self._buffered += size
        return self._buffered <= self._limits.buffered


class _Connection(asyncio.Protocol):
    """A connection: reads a request, waits for its answer, and goes on."""

    def __init__(self, server: RequestServer) -> None:
        self._server = server
        self._h11 = h11.Connection(h11.SERVER, max_incomplete_event_size=_HEAD_BYTES)
        self._transport: asyncio.Transport | None = None
        self._exchange: Exchange | None = None
        self._is_waiting = False
        self._is_leaving = False
        self.deadline: float = time.monotonic() + server.limits.seconds

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport), "TCP gives one"
        self._transport = transport
        if not self._server.enter(self):
            self._refuse(_busy("too many connections"))

    def connection_lost(self, exc: Exception | None) -> None:
        self._server.leave(self)
        self._forget()
        self._transport = None

    def eof_received(self) -> bool:
        # Half-closed: whoever says no more may still want the answer.
        return self._is_waiting

    def data_received(self, data: bytes) -> None:
        if self._is_leaving:
            # Read and thrown away: a reset would take the answer with it.
            return
        if self._exchange is None and self._h11.states[h11.CLIENT] is h11.IDLE:
            self.deadline = min(self.deadline, time.monotonic() + self._server.limits.seconds)
        self._receive(data)

    def _receive(self, data: bytes) -> None:
        try:
            self._h11.receive_data(data)
        except h11.RemoteProtocolError as error:
            self._refuse(Answer(error.error_status_hint, f"{error}\n", reason="malformed"))
            return
        self._read_on()

    def _go_on(self) -> None:
        while self._transport is not None and not self._is_waiting:
            event = self._h11.next_event()
            if event is h11.NEED_DATA or event is h11.PAUSED:
                return
            if isinstance(event, h11.Request):
                self._begin(event)
            elif isinstance(event, h11.Data):
                self._take(event.data)
            elif isinstance(event, h11.EndOfMessage):
                self._complete()
            elif isinstance(event, h11.ConnectionClosed):
                self.close()
                return

    def _begin(self, request: h11.Request) -> None:
        server = self._server
        # Each request has its time, a slow one as much as a quick one.
        self.deadline = time.monotonic() + server.limits.seconds
        target = request.target.decode("ascii", "replace")
        path, _, query = target.partition("?")
        exchange = self._exchange = Exchange(
            request.method.decode("ascii", "replace"),
            target,
            unquote(path, errors="replace"),
            tuple(parse_qsl(query, keep_blank_values=True, max_num_fields=200)) if query.count("&") < 200 else (),
            {name.decode("ascii"): value.decode("latin-1") for name, value in request.headers},
            self,
        )
        if not server.begin_request():
            self._refuse(_busy("too many requests are open"))
            return
        length = exchange.headers.get("content-length", "")
        if length.isdigit() and int(length) > server.limits.body:
            self._refuse(_too_large(server.limits.body))
            return
        if (refusal := server.handler.begin(exchange)) is not None:
            self._refuse(refusal)
            return
        if exchange.headers.get("expect", "").lower() == "100-continue":
            self._send(h11.InformationalResponse(status_code=100, headers=[]))

    def _take(self, data: bytes) -> None:
        exchange = self._exchange
        if exchange is None or exchange.is_answered:
            return
        if len(exchange.body) + len(data) > self._server.limits.body:
            self._refuse(_too_large(self._server.limits.body))
            return
        exchange.body += data
        if not self._server.buffer(len(data)):
            self._refuse(_busy("too many bytes wait"))

    def _complete(self) -> None:
        exchange = self._exchange
        if exchange is None or exchange.is_answered:
            return
        self._is_waiting = True
        if self._transport is not None:
            # Whoever sends the next request before the answer waits in the network, not in our memory.
            self._transport.pause_reading()
        self.deadline = time.monotonic() + self._server.limits.seconds
        if (answer := self._server.handler.complete(exchange)) is not None:
            self.answer(exchange, answer)

    def answer(self, exchange: Exchange, answer: Answer) -> None:
        """Answer the request that waits, and read the next one."""
        if exchange.is_answered or exchange is not self._exchange:
            return
        self._write(answer, is_last=False)
        self._forget()
        if self._transport is None:
            return
        if self._h11.states == {h11.CLIENT: h11.DONE, h11.SERVER: h11.DONE}:
            self._h11.start_next_cycle()
            self._is_waiting = False
            self.deadline = time.monotonic() + _IDLE
            self._transport.resume_reading()
            self._read_on()
        else:
            self.close()

    def _read_on(self) -> None:
        try:
            self._go_on()
        except h11.RemoteProtocolError as error:
            self._refuse(Answer(error.error_status_hint, f"{error}\n", reason="malformed"))

    def _refuse(self, answer: Answer) -> None:
        """Answer before the request has been read, and close: what follows on the connection is the rest of it."""
        exchange = self._exchange
        self._server.handler.refused(exchange, answer)
        self._write(answer, is_last=True)
        self._forget()
        self._is_leaving = True
        self.deadline = time.monotonic() + _LINGER
        if self._transport is not None and not self._transport.is_closing():
            try:
                self._transport.resume_reading()
                self._transport.write_eof()
            except OSError:
                # The other side is gone already.
                self._transport.abort()

    def _write(self, answer: Answer, *, is_last: bool) -> None:
        if self._h11.our_state not in (h11.IDLE, h11.SEND_RESPONSE):
            return
        body = answer.content.encode() if isinstance(answer.content, str) else answer.content
        headers = [
            _SERVER,
            (b"content-length", str(len(body)).encode()),
            *((name.encode(), value.encode()) for name, value in answer.headers),
        ]
        if body:
            headers.append((b"content-type", answer.media_type.encode()))
        if is_last:
            headers.append((b"connection", b"close"))
        self._send(h11.Response(status_code=answer.status, headers=headers))
        if body and (self._exchange is None or self._exchange.method != "HEAD"):
            self._send(h11.Data(data=body))
        self._send(h11.EndOfMessage())

    def _send(self, event: h11.Event) -> None:
        data = self._h11.send(event)
        if data and self._transport is not None:
            self._transport.write(data)

    def _forget(self) -> None:
        exchange, self._exchange = self._exchange, None
        if exchange is not None and not exchange.is_answered:
            exchange.is_answered = True
            self._server.end_request(len(exchange.body))

    def time_is_over(self) -> None:
        """Close a connection that took too long, with a word where a request is open."""
        if self._transport is not None and (self._is_leaving or self._transport.is_closing()):
            self._transport.abort()
        elif self._is_waiting:
            self._refuse(
                Answer(
                    503,
                    "the request could not be answered in time\n",
                    (("retry-after", "5"),),
                    reason="not kept in time",
                )
            )
        elif self._exchange is not None or self._h11.trailing_data[0]:
            self._refuse(Answer(408, "the request did not arrive in time\n", reason="too slow"))
        else:
            self.close()

    def abort(self) -> None:
        """Drop the connection at once."""
        if self._transport is not None:
            self._transport.abort()

    def close(self) -> None:
        """Close the connection when what was written has gone."""
        if self._transport is not None:
            self._transport.close()
        self.deadline = time.monotonic() + _LINGER


def _busy(why: str) -> Answer:
    return Answer(503, f"{why}\n", (("retry-after", "5"),), reason="busy")


def _too_large(limit: int) -> Answer:
    return Answer(413, f"the body has more than {limit} bytes\n", reason="too large")
