"""A scripted broker for the tests of the client: it answers what it is told to, and remembers what it was asked."""

from __future__ import annotations

import contextlib
import json
import shutil
import socket
import ssl
import struct
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import httpx
import pytest
import uvicorn
from starlette.types import Message, Receive, Scope, Send

from citycontext.broker import LocalBroker, Server
from citycontext.client import without_waiting

ETSI = "https://uri.etsi.org/ngsi-ld/errors/"


class ScriptedBroker:
    """Answers requests in order from a list, the last answer for ever; or by a function."""

    def __init__(self) -> None:
        self.url = "http://broker.test:1026"
        self.requests: list[httpx.Request] = []
        self.answers: list[httpx.Response | Exception] = []
        self.function: Callable[[httpx.Request], httpx.Response] | None = None
        self.transport = httpx.MockTransport(self._answer)

    def will(self, status: int, body: Any = None, **headers: str) -> ScriptedBroker:
        """Add an answer: JSON for a value, none for None, raw for bytes."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        content = body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
        self.answers.append(httpx.Response(status, content=content, headers=named))
        return self

    def refuses(self, status: int, name: str) -> ScriptedBroker:
        """Add an error answer."""
        return self.will(status, {"type": ETSI + name, "title": name})

    def fails(self, error: Exception) -> ScriptedBroker:
        """Add a failure of the transport."""
        self.answers.append(error)
        return self

    def _answer(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        if self.function is not None:
            return self.function(request)
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, Exception):
            raise answer
        # a fresh response each time: a stream is read once
        return httpx.Response(answer.status_code, content=answer.content, headers=answer.headers)

    @property
    def last(self) -> httpx.Request:
        """The last request."""
        return self.requests[-1]

    @property
    def targets(self) -> list[str]:
        """Method and target of every request, below the API root."""
        return [
            f"{request.method} {request.url.raw_path.decode().removeprefix('/ngsi-ld/v1/')}"
            for request in self.requests
        ]

    def body(self, position: int = -1) -> Any:
        """The JSON body of a request."""
        return json.loads(self.requests[position].content)


@pytest.fixture
def broker() -> ScriptedBroker:
    """Return a broker that does what it is told."""
    return ScriptedBroker()


@pytest.fixture(autouse=True)
def _no_waiting() -> Iterator[None]:
    """Let retries follow at once."""
    with without_waiting():
        yield


class Seen(NamedTuple):
    """A request below the API's root, and how it was answered."""

    method: str
    path: str
    status: int


class WatchedBroker(LocalBroker):
    """A local broker that keeps which requests it saw."""

    def __init__(self, **settings: Any) -> None:
        super().__init__(**settings)
        self.seen: list[Seen] = []

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def watch(message: Message) -> None:
            if message["type"] == "http.response.start":
                path = scope["raw_path"].decode().removeprefix("/ngsi-ld/v1")
                self.seen.append(Seen(scope["method"], path, message["status"]))
            await send(message)

        await super().__call__(scope, receive, watch)


@pytest.fixture(scope="module")
def local_broker() -> Iterator[Server]:
    """Serve a local broker on a free port; its temporal API answers in small segments, and it has 2.0."""
    broker = WatchedBroker(temporal_page=10, profile="2.0")
    with Server(broker, port=0) as server:
        yield server
    broker.close()


class MisbehavingServer:
    """A real server that treats each connection as the next of its behaviours says, the last one for ever."""

    def __init__(self) -> None:
        self.behaviours: list[Callable[[socket.socket], None]] = []
        self.connections = 0
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._closing = threading.Event()
        self._threads = [threading.Thread(target=self._accept)]
        self._threads[0].start()

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self._listener.getsockname()[1]}"

    def answers(self, *parts: bytes, pause: float = 0.0, reset: bool = False, hang: bool = False) -> MisbehavingServer:
        """Add a behaviour: read a request, send these bytes part by part, then close, reset or hang."""

        def behave(connection: socket.socket) -> None:
            connection.recv(65536)
            for part in parts:
                connection.sendall(part)
                if self._closing.wait(pause):
                    return
            if hang:
                self._closing.wait()
            if reset:
                connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))

        self.behaviours.append(behave)
        return self

    def close(self) -> None:
        """Stop, and wait until all is quiet."""
        if self._closing.is_set():
            return
        self._closing.set()
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for thread in self._threads:
            thread.join(5)

    def _accept(self) -> None:
        while not self._closing.is_set():
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            behaviour = self.behaviours[min(self.connections, len(self.behaviours) - 1)]
            self.connections += 1
            thread = threading.Thread(target=self._serve, args=(connection, behaviour))
            self._threads.append(thread)
            thread.start()

    def _serve(self, connection: socket.socket, behaviour: Callable[[socket.socket], None]) -> None:
        with connection, contextlib.suppress(OSError):
            behaviour(connection)


@pytest.fixture
def misbehaving() -> Iterator[MisbehavingServer]:
    """Return a server that does what it should not."""
    server = MisbehavingServer()
    yield server
    server.close()


class SecureBroker:
    """A local broker behind TLS that talks to nobody without a certificate of its authority."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        key = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2", "-x509")
        self._openssl("req", *key, "-subj", "/CN=authority", "-keyout", "ca.key", "-out", "ca.crt")
        for name in ("server", "client"):
            names = ("-addext", "subjectAltName=IP:127.0.0.1", "-subj", f"/CN={name}")
            issuer = ("-CA", "ca.crt", "-CAkey", "ca.key")
            self._openssl("req", *key, *names, *issuer, "-keyout", f"{name}.key", "-out", f"{name}.crt")
        bound = socket.create_server(("127.0.0.1", 0))
        self.url = f"https://127.0.0.1:{bound.getsockname()[1]}"
        self._broker = LocalBroker()
        config = uvicorn.Config(
            self._broker,
            ssl_keyfile=folder / "server.key",
            ssl_certfile=folder / "server.crt",
            ssl_ca_certs=str(folder / "ca.crt"),
            ssl_cert_reqs=ssl.CERT_REQUIRED,
            log_config=None,
        )
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(target=self._server.run, kwargs={"sockets": [bound]})
        self._thread.start()
        while not self._server.started:
            time.sleep(0.01)

    def context(self, *, with_certificate: bool) -> ssl.SSLContext:
        """Return what a client trusts, and shows."""
        context = ssl.create_default_context(cafile=str(self._folder / "ca.crt"))
        if with_certificate:
            context.load_cert_chain(self._folder / "client.crt", self._folder / "client.key")
        return context

    def close(self) -> None:
        """Stop."""
        self._server.should_exit = True
        self._thread.join()
        self._broker.close()

    def _openssl(self, *arguments: str) -> None:
        subprocess.run(["openssl", *arguments], cwd=self._folder, check=True, capture_output=True)


@pytest.fixture(scope="module")
def secure_broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SecureBroker]:
    """Serve a local broker with mutual TLS."""
    if shutil.which("openssl") is None:
        pytest.skip("openssl is not here to make certificates")
    broker = SecureBroker(tmp_path_factory.mktemp("certificates"))
    yield broker
    broker.close()
