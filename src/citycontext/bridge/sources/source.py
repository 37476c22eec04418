"""What all sources have in common: how they hand messages over, and how they are told that these are safe.

A source promises: it acknowledges nothing that was not passed to ``acknowledge``; messages of one claim are offered in
their order; a message of a revoked claim is never acknowledged; after a crash, all that was not acknowledged comes
again, the oldest first (where the origin sends again at all, see the documentation of each).

An inbox promises: no request starts for a claim that does not allow it, and ``revoking`` returns in time.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final, Protocol

from citycontext.bridge.claim import Claim, Mark
from citycontext.bridge.message import Message

__all__ = [
    "NOTHING_LISTENS",
    "NO_ANSWER",
    "NO_HOST",
    "Inbox",
    "PartitionState",
    "Publishes",
    "Resubscribes",
    "Source",
    "SourceState",
    "is_unreached",
]

NOTHING_LISTENS: Final = "nothing listens there (connection refused)"
NO_HOST: Final = "the host name is not known"
NO_ANSWER: Final = "no answer in time"


def is_unreached(trouble: str) -> bool:
    """Return whether a trouble is that nobody answers at an address; what an answer says has a cure of its own.

    Args:
        trouble: The sentence, which holds one of the reasons.
    """
    return any(one in trouble for one in (NOTHING_LISTENS, NO_HOST, NO_ANSWER))


@dataclass(frozen=True, slots=True)
class PartitionState:
    """How far a source is behind on one partition.

    Args:
        partition: Which.
        lag: Messages there that are not acknowledged; ``None`` where that is not known.
        waiting_since: When the oldest of them was put there, seconds since 1970; ``None`` if absent.
    """

    partition: str
    lag: int | None = None
    waiting_since: float | None = None


@dataclass(frozen=True, slots=True)
class SourceState:
    """How a source stands.

    Args:
        is_connected: Whether messages can come.
        connections: How many times a connection came about.
        trouble: Why they cannot, or what is wrong although they can.
        partitions: Those it holds, where it has any.
        counts: What else it counted since the start, by name.
    """

    is_connected: bool
    connections: int = 0
    trouble: str | None = None
    partitions: tuple[PartitionState, ...] = ()
    counts: tuple[tuple[str, int], ...] = ()


class Inbox(Protocol):
    """What a source sees of the bridge. Nothing here waits, but for ``revoking``."""

    def offer(self, messages: Sequence[Message]) -> None:
        """Take messages over.

        Args:
            messages: In their order within each claim.
        """
        ...

    def is_full(self, claim: Claim) -> bool:
        """Return whether the source should bring no more of a claim for now.

        Args:
            claim: The claim.
        """
        ...

    def revoking(self, claims: Sequence[Claim], grace: float) -> None:
        """Abandon claims: what waits is dropped; returns when none of their requests is open.

        Args:
            claims: The claims.
            grace: Longest wait, seconds.
        """
        ...

    def lost(self, claims: Sequence[Claim]) -> None:
        """Take note, at once, that claims are gone already.

        Args:
            claims: The claims.
        """
        ...


class Source(Protocol):
    """Where messages come from."""

    @property
    def name(self) -> str:
        """What routes and messages call it."""
        ...

    @property
    def keeps(self) -> bool:
        """Whether the origin keeps, and gives again after a crash, all that is not acknowledged, for as long as it
        takes: then no journal is needed."""
        ...

    @property
    def address(self) -> str:
        """Where it reads from, or listens, for people; without secrets."""
        ...

    @property
    def is_alive(self) -> bool:
        """Whether its threads run."""
        ...

    def start(self) -> None:
        """Start; it connects, and keeps trying. Returns at once."""
        ...

    def acknowledge(self, marks: Sequence[Mark]) -> None:
        """Acknowledge messages; from any thread, in any order; returns at once.

        Args:
            marks: Those of messages of this source that are safe.
        """
        ...

    def pause(self) -> None:
        """Bring no more, but stay connected: what was brought can still be acknowledged."""
        ...

    def stop(self, grace: float = 0.0) -> None:
        """End it in a way that keeps order for whoever comes next.

        Args:
            grace: Longest wait for open requests, seconds.
        """
        ...

    def state(self) -> SourceState:
        """Return how it stands."""
        ...

    def wait_connected(self, timeout: float) -> bool:
        """Wait until messages can come.

        Args:
            timeout: Longest wait, seconds.

        Returns:
            Whether they can.
        """
        ...

    def wait_first_attempt(self) -> bool:
        """Wait for the first attempt to end, well or not, for as long as it may take.

        Returns:
            Whether messages can come.
        """
        ...


class Publishes(Protocol):
    """A source by which devices can be asked for something."""

    def publish(self, topic: str, payload: bytes, *, qos: int = 1, retain: bool = False) -> None:
        """Publish a message; returns at once.

        Args:
            topic: Topic.
            payload: Bytes.
            qos: Quality of service.
            retain: Whether the broker keeps it.
        """
        ...


class Resubscribes(Protocol):
    """A source whose topic filters can change while it runs."""

    def resubscribe(self, subscriptions: dict[str, int], stale: Iterable[str]) -> None:
        """Change the subscriptions; returns at once.

        Args:
            subscriptions: Topic filter → quality of service: all that are wanted.
            stale: Topic filters to take back.
        """
        ...
