"""What the receiver's tests share: notifications as brokers send them, and real brokers."""

from __future__ import annotations

import contextlib
import shutil
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from citycontext.broker import LocalBroker, Server

Notify = Callable[..., dict[str, Any]]


@pytest.fixture
def notify() -> Notify:
    """Return a function that writes a notification."""

    def write(*entities: dict[str, Any], subscription: str = "urn:ngsi-ld:Subscription:1", **more: Any) -> Any:
        data = list(entities) or [
            {"id": "urn:ngsi-ld:Room:1", "type": "Room", "level": {"type": "Property", "value": 1}}
        ]
        return {
            "id": "urn:ngsi-ld:Notification:1",
            "type": "Notification",
            "subscriptionId": subscription,
            "notifiedAt": "2026-05-01T10:00:00Z",
            "data": data,
            **more,
        }

    return write


@pytest.fixture
def broker_url() -> Iterator[str]:
    """Serve a local context broker on a free port."""
    with Server(LocalBroker(), port=0) as server:
        yield server.url


class Mosquitto:
    """A Mosquitto of our own, that can be stopped and started again."""

    def __init__(self, folder: Path) -> None:
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port = int(free.getsockname()[1])
        self.folder = folder
        self._process: subprocess.Popen[bytes] | None = None
        self.settings = "allow_anonymous true"

    def start(self) -> None:
        """Start it and wait until it answers."""
        program = shutil.which("mosquitto") or shutil.which("mosquitto", path="/usr/sbin:/usr/local/sbin")
        assert program is not None
        configuration = self.folder / "mosquitto.conf"
        configuration.write_text(
            f"listener {self.port} 127.0.0.1\nuser root\n"
            f"persistence true\npersistence_location {self.folder}/\n{self.settings}\n"
        )
        self._process = subprocess.Popen([program, "-c", str(configuration)], stderr=subprocess.DEVNULL)
        deadline = time.monotonic() + 10
        while time.monotonic() < deadline:
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self.port), timeout=1):
                return
            time.sleep(0.01)
        pytest.fail("Mosquitto does not answer")

    def stop(self) -> None:
        """Stop it in good order: it keeps sessions and queues."""
        if self._process is not None:
            self._process.terminate()
            self._process.wait(10)
            self._process = None

    def publish(self, topic: str, *payloads: bytes, qos: int = 1, retain: bool = False) -> None:
        """Publish messages in order and wait until it has them."""
        import paho.mqtt.client as paho

        client = paho.Client(paho.CallbackAPIVersion.VERSION2)
        client.connect("127.0.0.1", self.port)
        client.loop_start()
        for sent in [client.publish(topic, payload, qos, retain) for payload in payloads]:
            sent.wait_for_publish(10)
        client.disconnect()
        client.loop_stop()


@pytest.fixture
def mosquitto(tmp_path: Path) -> Iterator[Mosquitto]:
    """Run a Mosquitto, or skip if absent."""
    if not (shutil.which("mosquitto") or shutil.which("mosquitto", path="/usr/sbin:/usr/local/sbin")):
        pytest.skip("the program mosquitto is not on the PATH")
    server = Mosquitto(tmp_path)
    server.start()
    yield server
    server.stop()
