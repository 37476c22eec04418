"""The port of a receiver: errors of starting, and what happens without uvicorn."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
from typing import Any

import pytest

from citycontext.errors import ConfigurationError, MissingExtra
from citycontext.receiver import Receiver


def test_without_uvicorn(monkeypatch: pytest.MonkeyPatch) -> None:
    """One line says which extra brings it."""
    monkeypatch.setitem(sys.modules, "uvicorn", None)
    with pytest.raises(MissingExtra, match=r"citycontext\[receiver\]"):
        Receiver().start()


def test_importing_is_light() -> None:
    """What only some receivers need is imported when they start."""
    code = (
        "import sys, citycontext.receiver\n"
        "heavy = ('uvicorn', 'starlette', 'paho', 'httpx', 'citycontext.client', 'citycontext.broker')\n"
        "assert not [name for name in heavy if name in sys.modules]\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


@pytest.mark.parametrize(("host", "port"), [("192.0.2.1", 0), ("127.0.0.1", 70000)])
def test_where_nothing_can_listen(host: str, port: int) -> None:
    """An address of another machine, or a port that is not one, is an error of configuration."""
    with pytest.raises(ConfigurationError, match=host):
        Receiver(host=host, port=port).start()


def test_an_exchange_that_fails_harms_no_other(monkeypatch: pytest.MonkeyPatch, notify: Any) -> None:
    """The server goes on after the application raised."""
    import httpx

    with Receiver() as receiver:
        with monkeypatch.context() as broken:
            broken.setattr(receiver, "_admits", lambda headers: 1 / 0)
            assert httpx.post(receiver.url, json=notify()).status_code == 500
        assert httpx.post(receiver.url, json=notify()).status_code == 204


def test_what_was_taken_is_answered_without_a_body(notify: Any) -> None:
    """On the wire a notification gets 204 and no body: Orion-LD finds no length in any other answer of a server that
    writes names of headers small, counts it as a failure, and pauses the subscription after three."""
    body = json.dumps(notify()).encode()
    with Receiver() as receiver, socket.create_connection(("127.0.0.1", receiver.port), timeout=10) as connection:
        for _ in range(4):
            connection.sendall(
                b"POST / HTTP/1.1\r\nHost: receiver\r\nContent-Type: application/json\r\n"
                b"Content-Length: %d\r\n\r\n%b" % (len(body), body)
            )
            answer = b""
            while b"\r\n\r\n" not in answer:
                answer += connection.recv(4096)
            head, _, rest = answer.partition(b"\r\n\r\n")
            assert head.split(b"\r\n")[0] == b"HTTP/1.1 204 No Content"
            assert b"content-length" not in head.lower()
            assert rest == b""
