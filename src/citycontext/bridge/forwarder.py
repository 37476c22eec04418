"""From MQTT into Kafka: kept in a journal before MQTT is told, and let go when the in-sync replicas have it."""

from __future__ import annotations

import contextlib
import logging
import threading
import time
from collections import deque
from functools import partial
from typing import Any, Final

from citycontext.bridge.claim import Mark
from citycontext.bridge.config.forward import ForwardConfig, ForwardRoute
from citycontext.bridge.journal.inbox import JournalInbox
from citycontext.bridge.journal.journal import Journal, Refusal
from citycontext.bridge.journal.private_files import JournalLock
from citycontext.bridge.mapping.templates import Template
from citycontext.bridge.message import Message
from citycontext.bridge.operations.process import listening, notify
from citycontext.bridge.sources.kafka_client import producer_options
from citycontext.bridge.sources.mqtt import MqttSource
from citycontext.bridge.sources.subscriptions import remember
from citycontext.extras import library
from citycontext.foreign_text import printable

__all__ = ["Forwarder"]

logger: logging.Logger = logging.getLogger(__name__)

_AT_ONCE: Final = 500
_MOST_OPEN: Final = 5_000
_TICK: Final = 0.1
_RETRY: Final = 2.0


class Forwarder:
    """Reads MQTT and writes Kafka, in the order of arrival for each key.

    Args:
        config: From where, to where.

    Raises:
        MissingExtra: confluent-kafka is not installed.
    """

    def __init__(self, config: ForwardConfig) -> None:
        self.config: Final = config
        self._kafka: Final[Any] = library("confluent_kafka", "kafka", "Writing to Kafka")
        self._routes = [
            (route, [(pattern, Template(route.key, pattern.captures)) for pattern in route.patterns])
            for route in config.forward
        ]
        self._sources: dict[str, MqttSource] = {}
        self._open = 0
        self._failed: deque[tuple[Message, str]] = deque()
        self._stopping = threading.Event()
        self._stop_asked = threading.Event()
        self._thread = threading.Thread(target=self._run, name="citycontext-forward", daemon=True)
        self.forwarded = 0
        """Records that the in-sync replicas have."""
        self.trouble: str | None = None
        """Why Kafka takes nothing right now, if it does not."""

    def start(self) -> None:
        """Open the journal and start the threads; returns at once, connected or not.

        Raises:
            JournalError: The journal cannot be opened.
            ConfigurationError: Certificates or options cannot be used.
        """
        config = self.config
        with contextlib.ExitStack() as opened:
            self._lock = JournalLock(config.journal.path)
            opened.callback(self._lock.release)
            self._journal = Journal(config.journal.path, config.journal.durability, config.dead_letters)
            opened.callback(self._journal.close)
            self._inbox = JournalInbox(self._journal, config.journal, self._acknowledge)
            # Without end: what waits is in the journal, and the library keeps the order of what it tries again.
            self._producer = self._kafka.Producer(producer_options(config.kafka) | {"message.timeout.ms": 0})
            for mqtt in config.mqtt:
                wanted = {mqtt.shared(one.filter): 1 for route in config.forward for one in route.patterns}
                stale = remember(config.journal.path, mqtt.name, wanted) if mqtt.durable else set()
                self._sources[mqtt.name] = MqttSource(mqtt, config.client_id(mqtt), wanted, self._inbox, stale)
            opened.pop_all()
        self._inbox.start()
        self._thread.start()
        for source in self._sources.values():
            source.start()

    def stop(self, timeout: float = 10.0) -> bool:
        """Stop reading, write what is there as far as time allows, and close everything.

        Args:
            timeout: Longest wait, seconds; what is not written by then stays in the journal.

        Returns:
            Whether all that was read was written.
        """
        deadline = time.monotonic() + timeout
        for source in self._sources.values():
            source.pause()
        while not self.is_drained and time.monotonic() < deadline:
            time.sleep(0.02)
        is_drained = self.is_drained
        for source in self._sources.values():
            source.stop()
        self._stopping.set()
        self._thread.join()
        self._inbox.close()
        self._journal.close()
        self._lock.release()
        return is_drained

    def run(self) -> None:
        """Run until SIGTERM or SIGINT, then stop in good order."""
        self.start()
        try:
            with listening(self._stop_asked, threading.Event()):
                notify("READY=1")
                self._stop_asked.wait()
        finally:
            notify("STOPPING=1")
            if self.stop():
                logger.info("Stopped: all that was read is written.")
            else:
                logger.warning("Stopped: what was not written stays in the journal.")

    def wait_connected(self, timeout: float = 10.0) -> bool:
        """Wait until all MQTT brokers are connected.

        Args:
            timeout: Longest wait, seconds.
        """
        deadline = time.monotonic() + timeout
        return all(one.wait_connected(max(0.0, deadline - time.monotonic())) for one in self._sources.values())

    @property
    def is_drained(self) -> bool:
        """Whether all that was read is written, or a dead letter."""
        return self._inbox.is_drained and not self._open and not self._failed

    @property
    def dead(self) -> int:
        """Messages that became dead letters."""
        return self._inbox.dead

    def _acknowledge(self, source: str, marks: list[Mark]) -> None:
        self._sources[source].acknowledge(marks)

    # -- the thread ---------------------------------------------------------------------------------------------------

    def _run(self) -> None:
        while not self._stopping.is_set():
            self._producer.poll(0)
            if self._failed:
                self._again()
            elif self._open < _MOST_OPEN:
                for message in self._inbox.take(_AT_ONCE, _TICK):
                    self._open += 1
                    self._produce(message)
            else:
                self._producer.poll(_TICK)
        # What is not confirmed stays in the journal, and is written again.
        self._producer.flush(1.0)

    def _again(self) -> None:
        """Write what was refused once more, in its order; nothing newer goes before it."""
        if self._open > len(self._failed):
            self._producer.poll(_TICK)
            return
        failed = sorted(self._failed, key=lambda one: one[0].id)
        self._failed.clear()
        if self.trouble is None:
            logger.warning("Kafka takes nothing (%s); it is written again until it does.", failed[0][1])
        self.trouble = failed[0][1]
        if not self._stopping.wait(_RETRY):
            for message, _ in failed:
                self._produce(message)

    def _produce(self, message: Message) -> None:
        found = self._find(message.topic)
        if found is None or message.cut_from or not message.intact:
            why = "no [[forward]] has its topic" if found is None else "its payload is too large, or damaged"
            self._finish(message, Refusal(message, "journal", why))
            return
        route, key = found
        headers = [("mqtt-topic", message.topic.encode()), *((name, value) for name, value in message.properties)]
        try:
            self._producer.produce(
                route.into,
                message.payload,
                key,
                headers=headers,
                timestamp=int(message.arrived * 1000),
                on_delivery=partial(self._on_delivery, message),
            )
        except BufferError:
            self._failed.append((message, "the library's queue is full"))
        except self._kafka.KafkaException as error:
            self._judge(message, error.args[0])

    def _find(self, topic: str) -> tuple[ForwardRoute, str] | None:
        for route, patterns in self._routes:
            for pattern, key in patterns:
                captures = pattern.match(topic)
                if captures is not None:
                    return route, key.fill(captures, None)
        return None

    def _on_delivery(self, message: Message, error: Any, record: Any) -> None:
        if error is not None:
            self._judge(message, error)
            return
        self.forwarded += 1
        if self.trouble is not None:
            logger.info("Kafka takes records again.")
            self.trouble = None
        self._finish(message, None)

    def _judge(self, message: Message, error: Any) -> None:
        kafka = self._kafka.KafkaError
        if error.code() in (kafka.MSG_SIZE_TOO_LARGE, kafka.INVALID_RECORD, kafka.INVALID_MSG):
            self._finish(message, Refusal(message, "delivery", f"Kafka refused it: {printable(error.str(), 200)}"))
        else:
            self._failed.append((message, printable(error.str(), 200)))

    def _finish(self, message: Message, refusal: Refusal | None) -> None:
        self._open -= 1
        self._inbox.settle([message] if refusal is None else [], [] if refusal is None else [refusal])
