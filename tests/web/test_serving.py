"""One loop serves every application: in a thread, in an event loop, until interrupted, and again."""

from __future__ import annotations

import asyncio
import signal
import socket
import subprocess
import sys
from typing import Any

import pytest

from citycontext.errors import ConfigurationError, MissingExtra
from citycontext.web.http import httpx
from citycontext.web.serving import AppServer

pytest.importorskip("uvicorn")


async def hello(scope: Any, receive: Any, send: Any) -> None:
    """Answer each request with 204."""
    await send({"type": "http.response.start", "status": 204, "headers": []})
    await send({"type": "http.response.body", "body": b""})


async def failing(scope: Any, receive: Any, send: Any) -> None:
    """Fail in the lifespan, as an application does whose store cannot be opened."""
    await receive()
    await send({"type": "lifespan.startup.failed", "message": "no store"})


def server(app: Any = hello, port: int = 0, *, has_lifespan: bool = False) -> AppServer:
    """Return a server on this machine."""
    return AppServer(app, "127.0.0.1", port, who="the test", extra="receiver", has_lifespan=has_lifespan)


def is_free(port: int) -> bool:
    """Return whether nobody listens on a port."""
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) != 0


def test_a_stopped_server_frees_its_port_and_starts_again() -> None:
    """The same server serves a second time, on a port of its own, and answers."""
    serving = server()
    for _ in range(2):
        with serving:
            port = serving.port
            assert httpx.get(serving.url).status_code == 204
        assert is_free(port)
        with pytest.raises(ConfigurationError, match=r"the test's server is not started.*Call start"):
            _ = serving.port


async def test_a_server_in_a_loop_starts_again() -> None:
    """In a running event loop, too."""
    serving = server()
    for _ in range(2):
        async with serving, httpx.AsyncClient() as client:
            port = serving.port
            assert (await client.get(serving.url)).status_code == 204
        assert is_free(port)


def test_who_starts_twice_is_told() -> None:
    """A second start of a server that runs is refused, and the first goes on."""
    with server() as serving:
        with pytest.raises(ConfigurationError, match="runs already"):
            serving.start()
        assert httpx.get(serving.url).status_code == 204


def test_an_application_that_does_not_start_is_an_error() -> None:
    """In a thread, in a loop and to the end alike: nobody waits for a server that is not there."""
    with pytest.raises(ConfigurationError, match="the test's server ended while it started"):
        server(failing, has_lifespan=True).start()
    with pytest.raises(ConfigurationError, match="the test's server ended while it started"):
        asyncio.run(server(failing, has_lifespan=True).astart())
    with pytest.raises(ConfigurationError, match="the test's server ended while it started"):
        server(failing, has_lifespan=True).run()


def test_a_failed_start_frees_the_port() -> None:
    """The port of an application that does not start is free again, for the next try."""
    serving = server(failing, has_lifespan=True)
    serving.bind()
    port = serving.port
    with pytest.raises(ConfigurationError):
        serving.start()
    assert is_free(port)


def test_a_port_that_was_only_taken_is_freed() -> None:
    """Whoever takes a port and then does not serve gives it back by stopping."""
    serving = server()
    serving.bind()
    port = serving.port
    assert not is_free(port)
    serving.stop()
    assert is_free(port)


def test_without_uvicorn(monkeypatch: pytest.MonkeyPatch) -> None:
    """One line says which extra brings it, and for what."""
    monkeypatch.setitem(sys.modules, "uvicorn", None)
    with pytest.raises(MissingExtra, match=r"A port for the test.*citycontext\[receiver\]"):
        server()


_PROGRAM = """
import sys
from citycontext.web.serving import AppServer

async def app(scope, receive, send):
    if scope["type"] == "http":
        await send({"type": "http.response.start", "status": 204, "headers": []})
        await send({"type": "http.response.body", "body": b""})
    while scope["type"] == "lifespan":
        message = await receive()
        await send({"type": f"{message['type']}.complete"})
        if message["type"] == "lifespan.shutdown":
            print("shut down", flush=True)
            return

server = AppServer(app, "127.0.0.1", 0, who="a program", extra="receiver", has_lifespan=True, handles_signals=True)
server.bind()
print(server.port, flush=True)
server.run()
print("done", flush=True)
"""


def test_an_interrupt_ends_a_program_that_serves() -> None:
    """Ctrl-C ends it in order: the application hears of the end, and the program goes on behind ``run``."""
    with subprocess.Popen([sys.executable, "-c", _PROGRAM], stdout=subprocess.PIPE, text=True) as program:
        try:
            assert program.stdout is not None
            assert httpx.get(f"http://127.0.0.1:{int(program.stdout.readline())}/", timeout=20).status_code == 204
            program.send_signal(signal.SIGINT)
            assert program.stdout.read().split("\n")[:2] == ["shut down", "done"]
            assert program.wait(20) == 0
        finally:
            program.kill()
