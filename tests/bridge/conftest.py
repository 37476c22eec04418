"""Real parts for the bridge's tests: an MQTT broker, a context broker that records, a bridge to be killed."""

from __future__ import annotations

import contextlib
import shutil
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, ClassVar

import orjson
import paho.mqtt.client as paho
import pytest

Answer = Callable[[list[dict[str, Any]]], tuple[int, Any]]


def free_port() -> int:
    """Find a port that nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        port: int = server.getsockname()[1]
        return port


def wait_until(condition: Callable[[], Any], timeout: float = 15.0, what: str = "it") -> None:
    """Wait until a condition holds, or fail."""
    deadline = time.monotonic() + timeout
    while not condition():
        if time.monotonic() > deadline:
            pytest.fail(f"waited {timeout} s in vain for {what}")
        time.sleep(0.01)


@dataclass
class Mosquitto:
    """A Mosquitto of our own, that can be stopped and started again with its memory."""

    folder: Path
    port: int = field(default_factory=free_port)
    settings: str = ""
    anonymous: bool = True
    process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"mqtt://127.0.0.1:{self.port}"

    def start(self) -> None:
        """Start it and wait until it answers."""
        program = shutil.which("mosquitto") or shutil.which("mosquitto", path="/usr/sbin:/usr/local/sbin")
        assert program is not None
        configuration = self.folder / "mosquitto.conf"
        configuration.write_text(
            f"listener {self.port} 127.0.0.1\nallow_anonymous {str(self.anonymous).lower()}\n"
            "max_queued_messages 100000\n"
            f"persistence true\npersistence_location {self.folder}/\nautosave_interval 1\n"
            f"user root\nlog_type error\n{self.settings}\n"
        )
        self.process = subprocess.Popen([program, "-c", str(configuration)], stderr=subprocess.DEVNULL)
        wait_until(self._answers, what="Mosquitto")

    def _answers(self) -> bool:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self.port), timeout=1):
            return True
        return False

    def stop(self) -> None:
        """Stop it in good order: it keeps sessions and queues."""
        if self.process is not None:
            self.process.terminate()
            self.process.wait(10)
            self.process = None

    def publish(self, messages: list[tuple[str, bytes]], *, qos: int = 1, retain: bool = False) -> None:
        """Publish messages in order and wait until the broker has them."""
        client = paho.Client(paho.CallbackAPIVersion.VERSION2)
        client.max_inflight_messages_set(500)
        client.connect("127.0.0.1", self.port)
        client.loop_start()
        sent = [client.publish(topic, payload, qos, retain) for topic, payload in messages]
        for one in sent:
            one.wait_for_publish(30)
        client.disconnect()
        client.loop_stop()


class RecordingBroker:
    """A context broker that takes batch upserts, writes down what came, and misbehaves on demand."""

    def __init__(self) -> None:
        self.entities: list[dict[str, Any]] = []
        self.batches: list[list[str]] = []
        self.headers: list[dict[str, str]] = []
        self.answer: Answer | None = None
        self.latency = 0.0
        self.port = free_port()
        self._server: ThreadingHTTPServer | None = None
        self.start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        """Listen."""
        record = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True

            def do_POST(self) -> None:
                body = orjson.loads(self.rfile.read(int(self.headers["Content-Length"])))
                status, answer = record._take(self.path, body, dict(self.headers.items()))
                content = b"" if answer is None else orjson.dumps(answer)
                self.send_response(status)
                if content:
                    self.send_header("Content-Type", "application/json")
                if status != 204:
                    self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, *arguments: Any) -> None:
                pass

        class Server(ThreadingHTTPServer):
            daemon_threads = True
            block_on_close = False
            connections: ClassVar[set[socket.socket]] = set()

            def get_request(self) -> tuple[socket.socket, Any]:
                connection, address = super().get_request()
                self.connections.add(connection)
                return connection, address

            def handle_error(self, request: Any, address: Any) -> None:
                pass

        Server.connections = set()
        self._server = Server(("127.0.0.1", self.port), Handler)
        threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()

    def stop(self) -> None:
        """Refuse connections, and break those there are."""
        if self._server is not None:
            self._server.shutdown()
            self._server.server_close()
            for connection in self._server.connections:  # type: ignore[attr-defined]
                with contextlib.suppress(OSError):
                    connection.shutdown(socket.SHUT_RDWR)
            self._server = None

    def _take(self, path: str, body: list[dict[str, Any]], headers: dict[str, str]) -> tuple[int, Any]:
        assert path.startswith("/ngsi-ld/v1/entityOperations/upsert?options=update"), path
        if self.latency:
            time.sleep(self.latency)
        self.batches.append([entity["id"] for entity in body])
        self.headers.append(headers)
        status, answer = (204, None) if self.answer is None else self.answer(body)
        refused = {one["entityId"] for one in answer["errors"]} if status == 207 else set()
        if status < 300:
            self.entities += [entity for entity in body if entity["id"] not in refused]
        return status, answer

    def values(self, attribute: str) -> dict[str, list[Any]]:
        """Return the values of an attribute, entity by entity, in the order they came."""
        found: dict[str, list[Any]] = {}
        for entity in list(self.entities):
            if attribute in entity:
                found.setdefault(entity["id"], []).append(entity[attribute]["value"])
        return found


class BridgeProcess:
    """A bridge in a process of its own, to be killed."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it."""
        code = (
            "import sys; from citycontext.bridge import Bridge, BridgeConfig; "
            "Bridge(BridgeConfig.load(sys.argv[1])).run()"
        )
        self.process = subprocess.Popen([sys.executable, "-c", code, str(self.path)])

    def kill(self) -> None:
        """``kill -9``."""
        if self.process is not None:
            self.process.kill()
            self.process.wait()
            self.process = None

    def terminate(self) -> int:
        """SIGTERM; gives the exit code."""
        assert self.process is not None
        self.process.terminate()
        code = self.process.wait(30)
        self.process = None
        return code


@pytest.fixture
def mosquitto(tmp_path: Path) -> Iterator[Mosquitto]:
    """Return a running Mosquitto, or skip where the program is not installed."""
    if shutil.which("mosquitto") is None and not Path("/usr/sbin/mosquitto").exists():
        pytest.skip("the program mosquitto is not on the PATH")
    folder = tmp_path / "mosquitto"
    folder.mkdir()
    broker = Mosquitto(folder)
    broker.start()
    yield broker
    broker.stop()


@pytest.fixture
def context_broker() -> Iterator[RecordingBroker]:
    """Return a context broker that records."""
    broker = RecordingBroker()
    yield broker
    broker.stop()


@pytest.fixture
def bridge_process(tmp_path: Path) -> Iterator[BridgeProcess]:
    """Return a bridge to start on ``bridge.toml`` in the test's folder; killed at the end."""
    process = BridgeProcess(tmp_path / "bridge.toml")
    yield process
    process.kill()


@pytest.fixture
def wait() -> Callable[..., None]:
    """Return ``wait_until(condition, timeout, what)``."""
    return wait_until
