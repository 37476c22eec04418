"""Dead letters in a topic of Kafka, for bridges without a disk: confirmed before the message is acknowledged.

Of the topic only the first partition is used, and it should be compacted: a letter's key is where its message stands
and the route, so one that is written twice is one; dropped, it is written again without content. Its number is its
offset.
"""

from __future__ import annotations

import base64
import contextlib
import time
from collections.abc import Iterable, Iterator, Sequence
from types import TracebackType
from typing import IO, Any, Final, Self, TypeAlias

import orjson

from citycontext.bridge.config.sources import KafkaConfig
from citycontext.bridge.journal.dead_letter_counts import DeadLetterCount
from citycontext.bridge.journal.dead_letters import DeadLetter, export_letters
from citycontext.bridge.journal.journal import Refusal
from citycontext.bridge.message import Message
from citycontext.bridge.sources.kafka_client import common_options, producer_options
from citycontext.errors import JournalError
from citycontext.extras import library
from citycontext.foreign_text import printable

__all__ = ["KafkaDeadLetters"]

_Letters: TypeAlias = dict[str, tuple[DeadLetter, bytes | None]]

_HEADER: Final = "citycontext"
_CONFIRMED_WITHIN: Final = 15.0
_READ_WITHIN: Final = 30.0
_LONGEST_REASON: Final = 1_000


class KafkaDeadLetters:
    """The dead letters of a source; use it in ``with``.

    Args:
        config: The source's table.
    """

    def __init__(self, config: KafkaConfig) -> None:
        self._config = config
        self._topic = config.dead_letters
        self._kafka: Final[Any] = library("confluent_kafka", "kafka", "Reading from Kafka")
        self._producer: Any = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the connection."""
        if self._producer is not None:
            self._producer.flush(_CONFIRMED_WITHIN)
            self._producer = None

    # -- for the bridge -----------------------------------------------------------------------------------------------

    def __call__(self, refusals: Sequence[Refusal]) -> None:
        """Keep refused messages; returns when Kafka has confirmed them all.

        Args:
            refusals: The messages.

        Raises:
            JournalError: Kafka has not confirmed them.
        """
        self._write([self._letter(one) for one in refusals])

    def _letter(self, refusal: Refusal) -> tuple[bytes, bytes, list[tuple[str, bytes]]]:
        message = refusal.message
        assert message.mark is not None, "it came from Kafka"
        offset, record_key = message.mark.position
        where = f"{message.mark.claim.partition}/{offset}"
        about = {
            "where": where,
            "key": None if record_key is None else base64.b64encode(record_key).decode(),
            "topic": message.topic,
            "arrived": message.arrived,
            "source": message.source,
            "properties": message.properties,
            "cut_from": message.cut_from,
            "failed": time.time(),
            "stage": refusal.stage,
            "route": refusal.route,
            "entity": printable(refusal.entity, 500),
            "attribute": printable(refusal.attribute, 500),
            "reason": printable(refusal.reason, _LONGEST_REASON),
        }
        return f"{where}/{refusal.route}".encode(), message.payload, [(_HEADER, orjson.dumps(about))]

    def _write(self, letters: Sequence[tuple[bytes, bytes | None, list[tuple[str, bytes]]]]) -> None:
        self._produce([(self._topic, 0, key, value, headers, None) for key, value, headers in letters])

    def _produce(
        self, records: Sequence[tuple[str, int, bytes | None, bytes | None, list[tuple[str, bytes]], int | None]]
    ) -> None:
        if self._producer is None:
            self._producer = self._kafka.Producer(
                producer_options(self._config) | {"message.timeout.ms": int(_CONFIRMED_WITHIN * 1000)}
            )
        problems: list[str] = []
        confirmed = 0

        def note(error: Any, record: Any) -> None:
            nonlocal confirmed
            if error is None:
                confirmed += 1
            else:
                problems.append(error.str())

        try:
            for topic, partition, key, value, headers, stamp in records:
                more = {} if stamp is None else {"timestamp": stamp}
                self._producer.produce(topic, value, key, partition, headers=headers, on_delivery=note, **more)
                self._producer.poll(0)
            self._producer.flush(_CONFIRMED_WITHIN + 1.0)
        except (self._kafka.KafkaException, BufferError) as error:
            raise JournalError(f"{records[0][0]} at {','.join(self._config.servers)}: {error}.") from None
        if confirmed < len(records):
            why = problems[0] if problems else "no confirmation in time"
            raise JournalError(f"{records[0][0]} at {','.join(self._config.servers)}: {printable(why, 200)}.")

    # -- for a person -------------------------------------------------------------------------------------------------

    def __iter__(self) -> Iterator[DeadLetter]:
        return iter(sorted((letter for letter, _ in self._read().values()), key=lambda letter: letter.id))

    def __len__(self) -> int:
        return len(self._read())

    def newest(self, limit: int = 100, *, route: str | None = None) -> list[DeadLetter]:
        """List the newest.

        Args:
            limit: Most to list.
            route: Only those of this route.

        Returns:
            The dead letters, newest first.
        """
        found = [letter for letter in self if route is None or letter.route == route]
        return found[::-1][:limit]

    def counts(self) -> list[DeadLetterCount]:
        """Count by route, stage and attribute.

        Returns:
            The counts, the highest first.
        """
        groups: dict[tuple[str, str, str], list[DeadLetter]] = {}
        for letter in self:
            groups.setdefault((letter.route, letter.stage, letter.attribute), []).append(letter)
        found = [
            DeadLetterCount(
                *key,
                reason=letters[-1].reason,
                number=len(letters),
                bytes=sum(len(one.message.payload) for one in letters),
                failed=letters[-1].failed,
            )
            for key, letters in groups.items()
        ]
        return sorted(found, key=lambda one: -one.number)

    def show(self, number: int) -> DeadLetter:
        """Return one.

        Args:
            number: Its number.

        Raises:
            JournalError: No dead letter has that number.
        """
        found = next((letter for letter in self if letter.id == number), None)
        if found is None:
            raise JournalError(f"there is no dead letter {number} in {self._topic}.")
        return found

    def retry(self, numbers: Iterable[int] | None = None, *, route: str | None = None) -> int:
        """Put messages back where they came from, behind what is there; each is dropped when it is there.

        Args:
            numbers: Which; all by default.
            route: Only those of this route.

        Returns:
            How many messages were put back. One that several routes refused is put back once.
        """
        chosen = self._chosen(numbers, route)
        back: dict[str, tuple[str, int, bytes | None, bytes | None, list[tuple[str, bytes]], int | None]] = {}
        for key, (letter, record_key) in chosen.items():
            where = key.rpartition("/")[0] if not letter.route else key.removesuffix(f"/{letter.route}")
            topic, partition, _ = where.rsplit("/", 2)
            message = letter.message
            if not message.cut_from:
                headers = [(name, value.encode()) for name, value in message.properties]
                stamp = int(message.arrived * 1000)
                back[where] = (topic, int(partition), record_key, message.payload, headers, stamp)
        if back:
            self._produce(list(back.values()))
        self._drop([key for key, (letter, _) in chosen.items() if not letter.message.cut_from])
        return len(back)

    def drop(self, numbers: Iterable[int] | None = None, *, route: str | None = None) -> int:
        """Delete for good.

        Args:
            numbers: Which; all by default.
            route: Only those of this route.

        Returns:
            How many were deleted.
        """
        chosen = self._chosen(numbers, route)
        self._drop(list(chosen))
        return len(chosen)

    def _drop(self, keys: Sequence[str]) -> None:
        if keys:
            self._write([(key.encode(), None, []) for key in keys])

    def put_aside(self, entity: str) -> None:
        """Refuse: this needs a place that all replicas look at.

        Args:
            entity: The entity's id.

        Raises:
            JournalError: Always.
        """
        raise JournalError("what waits for an entity can be put aside where there is a journal, not with Kafka alone.")

    def export(self, file: IO[bytes]) -> int:
        """Write all as JSON lines.

        Args:
            file: Where to.

        Returns:
            How many there were.
        """
        return export_letters(self, file)

    def _chosen(self, numbers: Iterable[int] | None, route: str | None) -> _Letters:
        wanted = None if numbers is None else set(numbers)
        return {
            key: (letter, record_key)
            for key, (letter, record_key) in self._read().items()
            if (wanted is None or letter.id in wanted) and (route is None or letter.route == route)
        }

    def _read(self) -> _Letters:
        """Read the topic from its beginning to its end."""
        kafka = self._kafka
        consumer = kafka.Consumer(
            common_options(self._config)
            | {
                "group.id": f"{self._config.group}-dead-letters",
                "enable.auto.commit": False,
                "enable.partition.eof": True,
            }
        )
        letters: _Letters = {}
        try:
            with contextlib.closing(consumer):
                place = kafka.TopicPartition(self._topic, 0)
                low, high = consumer.get_watermark_offsets(place, timeout=_READ_WITHIN)
                place.offset = low
                consumer.assign([place])
                deadline = time.monotonic() + _READ_WITHIN
                while low < high:
                    if time.monotonic() > deadline:
                        raise JournalError(f"{self._topic} cannot be read to its end in {_READ_WITHIN:g} s.")
                    for record in consumer.consume(500, 0.5):
                        if record.error() is not None:
                            if record.error().code() == kafka.KafkaError._PARTITION_EOF:
                                low = high
                            continue
                        low = record.offset() + 1
                        _take(letters, record)
        except kafka.KafkaException as error:
            raise JournalError(f"{self._topic} at {','.join(self._config.servers)}: {error.args[0].str()}.") from None
        return letters


def _take(letters: _Letters, record: Any) -> None:
    key = (record.key() or b"").decode(errors="replace")
    letters.pop(key, None)
    if record.value() is None and not record.headers():
        return
    said = next((value for name, value in record.headers() or () if name == _HEADER), None)
    try:
        about = orjson.loads(said or b"")
        message = Message(
            str(about["topic"]),
            record.value() or b"",
            float(about["arrived"]),
            str(about["source"]),
            1,
            properties=tuple((str(name), str(value)) for name, value in about["properties"]),
            cut_from=int(about["cut_from"]),
        )
        letter = DeadLetter(
            record.offset(),
            message,
            float(about["failed"]),
            str(about["stage"]),
            str(about["route"]),
            str(about["entity"]),
            str(about["attribute"]),
            str(about["reason"]),
        )
        letters[key] = letter, None if about["key"] is None else base64.b64decode(about["key"])
    except (orjson.JSONDecodeError, KeyError, TypeError, ValueError):
        # Somebody else's record; it is none of ours to show or to drop.
        return
