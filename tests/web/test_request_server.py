"""The server for requests that are answered later: nobody who goes away in the middle ends it."""

from __future__ import annotations

import socket
import struct
import time
from collections.abc import Iterator

import pytest

from citycontext.web.listening import listen
from citycontext.web.request_server import Answer, Exchange, Limits, RequestServer


class Handler:
    """Answers at once."""

    def begin(self, exchange: Exchange) -> Answer | None:
        """Let everything in."""

    def complete(self, exchange: Exchange) -> Answer | None:
        """Answer with the size of the body."""
        return Answer(200, f"{len(exchange.body)}\n")

    def refused(self, exchange: Exchange | None, answer: Answer) -> None:
        """Do nothing."""


@pytest.fixture
def port() -> Iterator[int]:
    """Return the port of a server that is impatient."""
    listening = listen("127.0.0.1", 0, who="the test")
    server = RequestServer(listening, Handler(), Limits(seconds=0.3), name="test")
    port: int = listening.getsockname()[1]
    server.start()
    yield port
    assert server.is_alive
    server.stop()


def test_who_goes_away_in_the_middle_ends_nothing(port: int) -> None:
    """By a reset, at any moment of a request that comes slowly: the others are answered as before."""
    for number in range(12):
        with socket.create_connection(("127.0.0.1", port), timeout=10) as connection:
            connection.sendall(b"POST /x HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\nxx")
            time.sleep(0.05 * number)
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    with socket.create_connection(("127.0.0.1", port), timeout=10) as connection:
        connection.sendall(b"POST /x HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\nxx")
        answer = b""
        while not answer.endswith(b"2\n"):
            part = connection.recv(4096)
            assert part, answer
            answer += part
