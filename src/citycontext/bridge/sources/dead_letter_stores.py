"""Where a bridge's dead letters are: in the journal's file, or in a topic of Kafka."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from types import TracebackType
from typing import IO, Protocol, Self

from citycontext.bridge.config.bridge import BridgeConfig
from citycontext.bridge.config.sources import KafkaConfig
from citycontext.bridge.journal.dead_letter_counts import DeadLetterCount
from citycontext.bridge.journal.dead_letters import DeadLetter, DeadLetters
from citycontext.bridge.sources.kafka_dead_letters import KafkaDeadLetters

__all__ = ["DeadLetterStore", "dead_letter_store"]


class DeadLetterStore(Protocol):
    """What a person does with dead letters, wherever they are; used in ``with``."""

    def __enter__(self) -> Self:
        """Open it."""
        ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close it."""
        ...

    def __len__(self) -> int:
        """Return how many there are."""
        ...

    def __iter__(self) -> Iterator[DeadLetter]:
        """Yield all, the oldest first."""
        ...

    def newest(self, limit: int = 100, *, route: str | None = None) -> list[DeadLetter]:
        """List the newest, of one route or of all."""
        ...

    def counts(self) -> list[DeadLetterCount]:
        """Count by route, stage and attribute, the highest first."""
        ...

    def show(self, number: int) -> DeadLetter:
        """Return one by its number."""
        ...

    def retry(self, numbers: Iterable[int] | None = None, *, route: str | None = None) -> int:
        """Hand messages back to the bridge; return how many."""
        ...

    def drop(self, numbers: Iterable[int] | None = None, *, route: str | None = None) -> int:
        """Delete for good; return how many."""
        ...

    def put_aside(self, entity: str) -> None:
        """Ask that what waits for an entity becomes a dead letter."""
        ...

    def export(self, file: IO[bytes]) -> int:
        """Write all as JSON lines; return how many."""
        ...


def dead_letter_store(config: BridgeConfig) -> DeadLetterStore:
    """Open the dead letters of a bridge: its journal's where it has one, else those of its first Kafka source.

    Args:
        config: The bridge's configuration.

    Raises:
        JournalError: The file does not exist yet, or is not a journal.
        MissingExtra: confluent-kafka is not installed.
    """
    kafka = next((one for one in config.source if isinstance(one, KafkaConfig)), None)
    if kafka is None or config.needs_journal:
        return DeadLetters(config.journal.path)
    return KafkaDeadLetters(kafka)
