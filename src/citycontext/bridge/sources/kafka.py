"""Kafka: partitions by its own consumer group, positions committed when all before them is delivered.

One thread polls. What it holds of a partition is a claim: it begins with the assignment and ends with the revocation,
before which open requests are waited for and the position is committed. Kafka keeps what is not committed, so there is
no journal.
"""

from __future__ import annotations

import logging
import re
import threading
import time
from collections.abc import Sequence
from typing import Any, Final

import orjson

from citycontext.bridge.claim import Claim, Mark
from citycontext.bridge.config.sources import KafkaConfig
from citycontext.bridge.message import Message
from citycontext.bridge.sources.kafka_client import common_options
from citycontext.bridge.sources.low_water import LowWater
from citycontext.bridge.sources.source import Inbox, PartitionState, SourceState
from citycontext.errors import ConfigurationError
from citycontext.extras import library
from citycontext.foreign_text import printable

__all__ = ["KafkaSource"]

logger: logging.Logger = logging.getLogger(__name__)

_AT_ONCE: Final = 500
_POLL: Final = 0.1
_MOST_OPEN: Final = 4_000
_COMMIT_EVERY: Final = 1.0
_PLACES: Final = re.compile(r"\{(topic|key|header\.[^{}]+)\}")
_TOPIC_HEADER: Final = "mqtt-topic"
_LONGEST_TOPIC: Final = 4_096


class KafkaSource:
    """A member of a consumer group.

    Args:
        config: The cluster, the topics and the group.
        inbox: Who takes the messages.

    Raises:
        MissingExtra: confluent-kafka is not installed.
        ConfigurationError: An option is not known.
    """

    def __init__(self, config: KafkaConfig, inbox: Inbox) -> None:
        self.config: Final = config
        self._inbox = inbox
        self._kafka: Final[Any] = library("confluent_kafka", "kafka", "Reading from Kafka")
        self._claims: dict[tuple[str, int], Claim] = {}
        self._marks: dict[Claim, LowWater] = {}
        self._requested: dict[Claim, int] = {}
        self._lock = threading.Lock()
        self._held_back: set[tuple[str, int]] = set()
        self._paused = False
        self._stopping = threading.Event()
        self._connected = threading.Event()
        self._first_attempt = threading.Event()
        self._trouble: str | None = "not connected yet"
        self._lags: dict[tuple[str, int], int] = {}
        self._alive_at = 0.0
        self._grace = config.grace
        self._counts = {"rebalances": 0, "lost": 0, "commit retries": 0}
        self.connections: int = 0
        self._consumer = self._make_consumer()
        self._thread = threading.Thread(target=self._run, name=f"citycontext-{config.name}", daemon=True)

    def _make_consumer(self) -> Any:
        config = self.config
        session = int(config.session_timeout * 1000)
        options = common_options(config) | {
            "group.id": config.group,
            "enable.auto.commit": False,
            "enable.auto.offset.store": False,
            "partition.assignment.strategy": "cooperative-sticky",
            "isolation.level": "read_committed",
            "auto.offset.reset": config.start,
            "session.timeout.ms": session,
            "heartbeat.interval.ms": max(100, min(3_000, session // 3)),
            "max.poll.interval.ms": max(session, 300_000),
            # Messages of sensors are small: what each weighs beside its bytes is several times as much.
            "queued.max.messages.kbytes": 8_192,
            "queued.min.messages": 1_000,
            "max.partition.fetch.bytes": 131_072,
            # By default a partition of which enough waits is asked again a second later only.
            "fetch.queue.backoff.ms": 20,
            "statistics.interval.ms": 500,
            "stats_cb": self._on_statistics,
            "error_cb": self._on_error,
            "on_commit": self._on_commit,
        }
        if config.instance is not None:
            options["group.instance.id"] = config.instance
        try:
            return self._kafka.Consumer(options)
        except self._kafka.KafkaException as error:
            raise ConfigurationError(f"{error.args[0].str()}.", key=f'source "{config.name}".options') from None

    # -- for the other threads ----------------------------------------------------------------------------------------

    @property
    def name(self) -> str:
        """What routes and messages call it."""
        return self.config.name

    @property
    def keeps(self) -> bool:
        """Whether the origin keeps what is not acknowledged: Kafka does, as long as its retention says."""
        return True

    @property
    def address(self) -> str:
        """The servers and topics."""
        return f"kafka://{','.join(self.config.servers)}/{','.join(self.config.topics)}"

    @property
    def is_alive(self) -> bool:
        """Whether the thread runs."""
        return self._thread.is_alive()

    def start(self) -> None:
        """Start the thread; it joins the group."""
        self._thread.start()

    def acknowledge(self, marks: Sequence[Mark]) -> None:
        """Take note of what is done; a claim that was given back is not touched any more.

        Args:
            marks: Those of messages of this source that are delivered, or safely put aside.
        """
        with self._lock:
            for mark in marks:
                water = self._marks.get(mark.claim)
                if water is not None:
                    water.finish(mark.position[0])

    def pause(self) -> None:
        """Bring no more; the membership goes on."""
        self._paused = True

    def stop(self, grace: float = 0.0) -> None:
        """Return the partitions back, with their positions, and leave the group.

        Args:
            grace: Longest wait for open requests, seconds.
        """
        self._stopping.set()
        if self._thread.is_alive():
            self._thread.join()

    def wait_connected(self, timeout: float) -> bool:
        """Wait for the membership in the group.

        Args:
            timeout: Longest wait, seconds.
        """
        return self._connected.wait(timeout)

    def wait_first_attempt(self) -> bool:
        """Wait for the membership, or for the news that there is no server."""
        self._first_attempt.wait(self.config.session_timeout + 15.0)
        return self._connected.is_set()

    def state(self) -> SourceState:
        """Return how it stands, partition by partition."""
        with self._lock:
            partitions = tuple(
                PartitionState(claim.partition, self._lags.get(key), self._marks[claim].waiting_since)
                for key, claim in self._claims.items()
                if claim in self._marks
            )
        counts = tuple((name, count) for name, count in self._counts.items() if count)
        return SourceState(self._connected.is_set(), self.connections, self._trouble, partitions, counts)

    # -- the thread ---------------------------------------------------------------------------------------------------

    def _run(self) -> None:
        consumer, kafka = self._consumer, self._kafka
        try:
            consumer.subscribe(
                list(self.config.topics), on_assign=self._on_assign, on_revoke=self._on_revoke, on_lost=self._on_lost
            )
            next_commit = time.monotonic() + _COMMIT_EVERY
            while not self._stopping.is_set():
                try:
                    self._take(consumer.consume(_AT_ONCE, _POLL))
                    self._balance()
                    if time.monotonic() >= next_commit:
                        next_commit = time.monotonic() + _COMMIT_EVERY
                        self._commit()
                except kafka.KafkaException as error:
                    self._note_trouble(error.args[0])
                    self._stopping.wait(_POLL)
        finally:
            # Revokes what is held: see _on_revoke.
            consumer.close()
            self._connected.clear()

    def _take(self, records: list[Any]) -> None:
        messages: list[Message] = []
        for record in records:
            error = record.error()
            if error is not None:
                self._note_trouble(error)
                continue
            claim = self._claims.get((record.topic(), record.partition()))
            if claim is None or claim.revoked:
                continue
            messages.append(self._message(record, claim))
        if messages:
            self._inbox.offer(messages)

    def _message(self, record: Any, claim: Claim) -> Message:
        kind, stamp = record.timestamp()
        arrived = time.time() if kind == self._kafka.TIMESTAMP_NOT_AVAILABLE else stamp / 1000
        payload, most = record.value() or b"", self.config.max_payload
        cut_from = 0
        if len(payload) > most:
            payload, cut_from = payload[:most], len(payload)
        headers = tuple((name, (value or b"").decode(errors="replace")) for name, value in record.headers() or ())
        position = record.offset()
        with self._lock:
            water = self._marks.get(claim)
            if water is not None:
                water.add(position, arrived)
        topic = self._topic(record, headers)
        return Message(
            topic,
            payload,
            arrived,
            self.name,
            1,
            False,
            headers,
            Mark(claim, (position, record.key())),
            cut_from=cut_from,
        )

    def _topic(self, record: Any, headers: tuple[tuple[str, str], ...]) -> str:
        key = (record.key() or b"").decode(errors="replace")
        if self.config.topic is None:
            named = next((value for name, value in headers if name == _TOPIC_HEADER), "")
            return (named or key or str(record.topic()))[:_LONGEST_TOPIC]

        def fill(place: re.Match[str]) -> str:
            if place[1] == "topic":
                return str(record.topic())
            if place[1] == "key":
                return key or "-"
            wanted = place[1].partition(".")[2]
            return next((value for name, value in headers if name == wanted), "") or "-"

        return _PLACES.sub(fill, self.config.topic)[:_LONGEST_TOPIC]

    def _balance(self) -> None:
        """Hold back partitions that are full, and let those go on that have room again."""
        hold, free = [], []
        for key, claim in self._claims.items():
            water = self._marks.get(claim)
            waiting = 0 if water is None else len(water)
            if key in self._held_back:
                if not self._paused and waiting < _MOST_OPEN // 2 and not self._inbox.is_full(claim):
                    free.append(key)
            elif self._paused or waiting >= _MOST_OPEN or self._inbox.is_full(claim):
                hold.append(key)
        if hold:
            self._held_back.update(hold)
            self._consumer.pause([self._kafka.TopicPartition(*key) for key in hold])
        if free:
            self._held_back.difference_update(free)
            self._consumer.resume([self._kafka.TopicPartition(*key) for key in free])

    # -- committing ---------------------------------------------------------------------------------------------------

    def _offsets(self, keys: Sequence[tuple[str, int]], *, again: bool = False) -> list[Any]:
        offsets = []
        with self._lock:
            for key in keys:
                claim = self._claims.get(key)
                water = None if claim is None else self._marks.get(claim)
                if claim is None or water is None or water.mark is None:
                    continue
                if again or self._requested.get(claim) != water.mark:
                    self._requested[claim] = water.mark
                    offsets.append(self._kafka.TopicPartition(*key, water.mark + 1))
        return offsets

    def _commit(self) -> None:
        offsets = self._offsets(list(self._claims))
        if offsets:
            self._consumer.commit(offsets=offsets, asynchronous=True)

    def _on_commit(self, error: Any, partitions: list[Any]) -> None:
        if error is None and all(one.error is None for one in partitions):
            return
        # While the group rebalances, a commit is refused; it is made again afterwards, and no error.
        self._counts["commit retries"] += 1
        with self._lock:
            self._requested.clear()

    # -- the group ----------------------------------------------------------------------------------------------------

    def _on_assign(self, consumer: Any, partitions: list[Any]) -> None:
        self._counts["rebalances"] += 1
        now = time.monotonic()
        self._alive_at = max(self._alive_at, now)
        with self._lock:
            for one in partitions:
                claim = Claim(self.name, f"{one.topic}/{one.partition}", self._alive_at + self.config.session_timeout)
                self._claims[one.topic, one.partition] = claim
                self._marks[claim] = LowWater()
        self._held_back.difference_update((one.topic, one.partition) for one in partitions)
        consumer.incremental_assign(partitions)
        self._now_connected()
        if partitions:
            logger.info("%s: partitions taken: %s.", self.name, _names(partitions))

    def _on_revoke(self, consumer: Any, partitions: list[Any]) -> None:
        keys = [(one.topic, one.partition) for one in partitions]
        claims = [self._claims[key] for key in keys if key in self._claims]
        self._inbox.revoking(claims, self._grace)
        offsets = self._offsets(keys, again=True)
        if offsets:
            try:
                consumer.commit(offsets=offsets, asynchronous=False)
            except self._kafka.KafkaException as error:
                logger.warning(
                    "%s: positions could not be committed at a hand-over; some messages come again: %s.",
                    self.name,
                    error.args[0].str(),
                )
        self._forget(keys)
        consumer.incremental_unassign(partitions)
        if partitions:
            logger.info("%s: partitions given back: %s.", self.name, _names(partitions))

    def _on_lost(self, consumer: Any, partitions: list[Any]) -> None:
        keys = [(one.topic, one.partition) for one in partitions]
        self._inbox.lost([self._claims[key] for key in keys if key in self._claims])
        self._forget(keys)
        self._counts["lost"] += len(keys)
        consumer.incremental_unassign(partitions)
        logger.warning("%s: partitions lost: %s; others have them now.", self.name, _names(partitions))

    def _forget(self, keys: list[tuple[str, int]]) -> None:
        with self._lock:
            for key in keys:
                claim = self._claims.pop(key, None)
                if claim is not None:
                    self._marks.pop(claim, None)
                    self._requested.pop(claim, None)
                self._held_back.discard(key)
                self._lags.pop(key, None)

    # -- signs of life ------------------------------------------------------------------------------------------------

    def _on_statistics(self, text: str) -> None:
        """Move the claims on as far as the group's coordinator was heard of."""
        said = orjson.loads(text)
        coordinator = said.get("brokers", {}).get("GroupCoordinator", {})
        group = said.get("cgrp", {})
        if coordinator.get("state") == "UP" and group.get("state") == "up":
            heard = time.monotonic() - max(0, coordinator.get("rxidle", 0)) / 1e6
            if heard > self._alive_at:
                self._alive_at = heard
                for claim in list(self._claims.values()):
                    claim.held_until = heard + self.config.session_timeout
            if group.get("join_state") == "steady":
                self._now_connected()
        lags = {}
        for topic, one in said.get("topics", {}).items():
            for number, partition in one.get("partitions", {}).items():
                lag = partition.get("consumer_lag", -1)
                if lag >= 0 and int(number) >= 0:
                    lags[topic, int(number)] = lag
        with self._lock:
            self._lags = {key: lag for key, lag in lags.items() if key in self._claims}

    def _now_connected(self) -> None:
        if not self._connected.is_set():
            self.connections += 1
            logger.info("Member of the group %s at %s.", self.config.group, self.address)
        self._trouble = None
        self._connected.set()
        self._first_attempt.set()

    def _on_error(self, error: Any) -> None:
        self._note_trouble(error)

    def _note_trouble(self, error: Any) -> None:
        code = error.code()
        kafka = self._kafka.KafkaError
        if code == kafka._MAX_POLL_EXCEEDED or (code == kafka._TRANSPORT and self._connected.is_set()):
            return
        why = f"{self.address}: {printable(error.str(), 200)}"
        if self._trouble is None or not self._first_attempt.is_set():
            logger.warning("%s; trying again until it works.", why)
        self._trouble = why
        if code in (kafka._ALL_BROKERS_DOWN, kafka._AUTHENTICATION):
            self._connected.clear()
            self._first_attempt.set()


def _names(partitions: list[Any]) -> str:
    shown = [f"{one.topic}/{one.partition}" for one in partitions[:20]]
    return ", ".join(shown) + (f" and {len(partitions) - 20} more" if len(partitions) > 20 else "")
