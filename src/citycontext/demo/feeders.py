"""The feeders: all messages of the demo in order of time, and the thread that publishes them over MQTT."""

from __future__ import annotations

import heapq
import threading
import time
from collections.abc import Iterator
from datetime import datetime
from typing import Any, Final

import paho.mqtt.client as mqtt
from paho.mqtt.enums import CallbackAPIVersion

from citycontext.demo.broken import broken_counter
from citycontext.demo.city import AIR, NOISE, WASTE
from citycontext.demo.park_and_ride import load_recording, replay
from citycontext.demo.publication import Publication
from citycontext.demo.sensors import air, noise, waste
from citycontext.errors import TransportError

__all__ = ["Feeders", "publications"]

_PATIENCE: Final = 10.0


def publications(seed: int, started: datetime) -> Iterator[Publication]:
    """Return all messages of the demo: the same for the same arguments.

    Args:
        seed: What the simulated values are drawn from.
        started: The time at which the feeders start; with a zone.

    Returns:
        Messages without end, in order of time.
    """
    return heapq.merge(
        replay(load_recording(), started),
        *(air(device, seed, started) for device in AIR),
        *(noise(device, seed, started) for device in NOISE),
        *(waste(device, seed, started) for device in WASTE),
        broken_counter(started),
        key=lambda publication: publication.due,
    )


class Feeders:
    """Publish messages when they are due, at QoS 1, from a thread of its own.

    Args:
        messages: The messages, in order of time.
        host, port: The MQTT broker.
    """

    def __init__(self, messages: Iterator[Publication], *, host: str, port: int) -> None:
        self._messages = messages
        self._address = (host, port)
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._publish, name="citycontext-feeders", daemon=True)
        self._client = mqtt.Client(CallbackAPIVersion.VERSION2, client_id="citycontext-demo-feeders")
        self._client.on_publish = self._confirm
        self._client.max_inflight_messages_set(200)
        self.newest: Publication | None = None
        self._published = 0
        self._confirmed = 0

    @property
    def published(self) -> int:
        """How many messages were given to the MQTT broker."""
        return self._published

    def start(self) -> None:
        """Connect, and begin to publish.

        Raises:
            TransportError: The MQTT broker does not answer.
        """
        host, port = self._address
        try:
            self._client.connect(host, port)
        except OSError as error:
            raise TransportError(f"the MQTT broker at {host}, port {port} does not answer: {error}") from error
        self._client.loop_start()
        self._thread.start()

    def stop(self) -> None:
        """Publish no more, and wait until the MQTT broker has confirmed every message.

        Raises:
            TransportError: It did not.
        """
        if self._stopping.is_set():
            return
        self._stopping.set()
        self._thread.join()
        patience = time.monotonic() + _PATIENCE
        while self._confirmed < self._published and time.monotonic() < patience:
            time.sleep(0.01)
        self._client.disconnect()
        self._client.loop_stop()
        if self._confirmed < self._published:
            missing = self._published - self._confirmed
            raise TransportError(f"the MQTT broker did not confirm {missing} of {self._published} messages")

    def _publish(self) -> None:
        started = time.monotonic()
        for message in self._messages:
            if self._stopping.wait(max(0.0, started + message.due - time.monotonic())):
                return
            self._client.publish(message.topic, message.payload, qos=1)
            self.newest = message
            self._published += 1

    def _confirm(self, *_: Any) -> None:
        self._confirmed += 1
