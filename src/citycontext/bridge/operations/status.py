"""A bridge's state at one moment, as plain data."""

from __future__ import annotations

from dataclasses import dataclass, field

from citycontext.bridge.mapping.left_out import LeftOutValue
from citycontext.bridge.operations.heard import SilentEntity
from citycontext.bridge.operations.recent import LogLine
from citycontext.bridge.sources.source import PartitionState

__all__ = ["BridgeStatus", "CommandCounts", "Counts", "DeadReason", "RouteStatus", "SourceStatus"]


@dataclass(frozen=True, slots=True)
class Counts:
    """What the bridge did since it was started, and what it still holds.

    Args:
        received: Messages taken from MQTT.
        journalled: Messages kept on disk, and acknowledged.
        delivered: Updates that the context broker took.
        dead: Messages put aside as dead letters.
        late: Updates left out, or written to the history only, because a newer one was on its way (``delivery.late``).
        unrouted: Messages that no route wanted.
        retried: Updates sent again.
        requests: Requests to the context broker.
        waiting: Messages in the journal.
        dropped: Messages lost because they were too many or too old (``journal.overflow``, ``journal.max_age``).
        left_out: Values left out because they were wrong (``wrong = "leave-out"``).
        dead_dropped: Dead letters deleted because they were too many or too old (``[dead_letters]``).
    """

    received: int = 0
    journalled: int = 0
    delivered: int = 0
    dead: int = 0
    late: int = 0
    unrouted: int = 0
    retried: int = 0
    requests: int = 0
    waiting: int = 0
    dropped: int = 0
    dead_dropped: int = 0
    left_out: int = 0


@dataclass(slots=True)
class CommandCounts:
    """What became of commands since the start.

    Args:
        sent: Messages that the MQTT broker took.
        done: Commands that the device confirmed.
        failed: Commands that could not be sent, or that the device refused.
        timeout: Commands without a result in time.
    """

    sent: int = 0
    done: int = 0
    failed: int = 0
    timeout: int = 0

    def __add__(self, other: CommandCounts) -> CommandCounts:
        return CommandCounts(
            self.sent + other.sent, self.done + other.done, self.failed + other.failed, self.timeout + other.timeout
        )


@dataclass(frozen=True, slots=True)
class SourceStatus:
    """An MQTT broker or another source.

    Args:
        name: Its name in the configuration.
        url: Its address.
        connected: Whether there is a connection, with subscriptions.
        connections: How many there were since the start.
        counts: What else it counted since the start, e.g. refused requests by reason.
        partitions: Those it holds, where it has any, and how far it is behind there.
    """

    name: str
    url: str
    connected: bool
    connections: int
    counts: tuple[tuple[str, int], ...] = ()
    partitions: tuple[PartitionState, ...] = ()


@dataclass(frozen=True, slots=True)
class RouteStatus:
    """A route.

    Args:
        name: Its name.
        codec: Its codec.
        topics: Its topics.
        messages: Messages that came on them since the start.
        updates: Updates made of them.
        refused: Messages that could not be read or mapped.
        last: When the last one came, seconds since 1970; 0 for none.
        repeated: Messages let go because they came before (``dedup``).
        left_out: Values left out because they were wrong, by attribute, the most frequent first.
        flow: Messages in each minute of the last hour, the newest last.
        silent: Entities of which nothing comes any more, the longest silent first.
    """

    name: str
    codec: str
    topics: tuple[str, ...]
    messages: int
    updates: int
    refused: int
    last: float
    repeated: int = 0
    left_out: list[LeftOutValue] = field(default_factory=list)
    flow: list[int] = field(default_factory=list)
    silent: list[SilentEntity] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class DeadReason:
    """Dead letters of one kind.

    Args:
        route: The route they were on.
        stage: Who refused them: ``journal``, ``codec``, ``mapping`` or ``delivery`` (the context broker).
        attribute: The attribute at fault, where it is one.
        reason: The newest reason.
        count: How many.
        bytes: Bytes they take, about.
        last: When the newest was put aside, seconds since 1970.
    """

    route: str
    stage: str
    attribute: str
    reason: str
    count: int
    bytes: int
    last: float


@dataclass(frozen=True, slots=True)
class BridgeStatus:
    """All there is to see.

    Args:
        started: When the bridge was started, seconds since 1970.
        now: When this was asked.
        counts: What it did.
        troubles: What is wrong right now, in words.
        sources: The MQTT brokers.
        context_broker: Address of the context broker.
        is_delivering: Whether it takes updates.
        routes: The routes.
        journal_bytes: Bytes of the messages in the journal.
        journal_limit: Bytes at which it stops reading.
        lag: Age of the oldest message not delivered, seconds.
        dead_letters: Dead letters in the file, by route, stage and attribute, the most frequent first.
        commands: What became of commands.
        batch_sizes: How many requests there were of each size (``delivery.BATCH_BOUNDS``).
        sent: Updates in all requests together.
        recent: The newest warnings and errors, the newest first.
        restored_subscriptions: Subscriptions of commands that the context broker lost, and that were made again.
    """

    started: float
    now: float
    counts: Counts
    troubles: list[str]
    sources: list[SourceStatus]
    context_broker: str
    routes: list[RouteStatus]
    journal_bytes: int
    journal_limit: int
    lag: float
    dead_letters: list[DeadReason] = field(default_factory=list)
    commands: CommandCounts = field(default_factory=CommandCounts)
    batch_sizes: tuple[int, ...] = ()
    sent: int = 0
    recent: list[LogLine] = field(default_factory=list)
    is_delivering: bool = True
    restored_subscriptions: int = 0
