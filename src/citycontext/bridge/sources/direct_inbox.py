"""The inbox of sources that keep what is not acknowledged: memory only, no journal, no disk.

A message waits in the queue of its claim. When its updates are delivered, or it is safely a dead letter, it is
acknowledged; not before. So a crash loses nothing: the source brings again what it was not told of.
"""

from __future__ import annotations

import logging
import threading
import time
from collections import OrderedDict, deque
from collections.abc import Callable, Sequence
from typing import Final, Protocol, TypeAlias

from citycontext.bridge.claim import Claim, Mark
from citycontext.bridge.delivery.entity_queues import EntityQueues
from citycontext.bridge.journal.journal import Refusal
from citycontext.bridge.message import Message
from citycontext.errors import CityContextError

__all__ = ["Acknowledge", "DirectInbox", "KeepRefusals"]

logger: logging.Logger = logging.getLogger(__name__)

Acknowledge: TypeAlias = Callable[[str, list[Mark]], None]
"""Called with a source's name and the marks of its messages that are done; must not wait."""

_OF_A_CLAIM: Final = 2_000
_OF_ALL: Final = 12_000
_BYTES: Final = 24_000_000
_IN_TURN: Final = 50
_RETRY: Final = 1.0


class KeepRefusals(Protocol):
    """Puts messages aside where they stay, outside of this process."""

    def __call__(self, refusals: Sequence[Refusal]) -> None:
        """Keep refused messages; returns when they are safe.

        Args:
            refusals: The messages, all of one source.

        Raises:
            CityContextError: They are not safe yet.
        """
        ...


class DirectInbox:
    """Queues in memory, one for each claim; those who work on them take from each in turn.

    Args:
        entity_queues: Where the updates of the messages wait.
        acknowledge: Has a source told that its messages are done.
        keep: For each source, by name, what puts its refused messages aside.
    """

    def __init__(self, entity_queues: EntityQueues, acknowledge: Acknowledge, keep: dict[str, KeepRefusals]) -> None:
        self._entity_queues = entity_queues
        self._acknowledge = acknowledge
        self._keep = keep
        self._lock = threading.Lock()
        self._has_some = threading.Condition(self._lock)
        self._queues: OrderedDict[Claim, deque[Message]] = OrderedDict()
        self._waiting = 0
        self._bytes = 0
        self._open: dict[Claim, int] = {}
        self._refused: deque[Refusal] = deque()
        self._has_refused = threading.Event()
        self._closing = threading.Event()
        self._thread = threading.Thread(target=self._run, name="citycontext-dead-letters", daemon=True)
        self.received: int = 0
        """Messages taken over since the start."""
        self.taken: int = 0
        """Messages given to be worked on."""
        self.given_up: int = 0
        """Messages forgotten with their claims: somebody else works on them."""
        self.dead: int = 0
        """Messages that became dead letters."""
        self.trouble: str | None = None
        """Why dead letters cannot be put aside right now, if they cannot."""

    @property
    def is_alive(self) -> bool:
        """Whether the thread runs."""
        return self._thread.is_alive()

    def start(self) -> None:
        """Start the thread that puts dead letters aside."""
        self._thread.start()

    # -- the source's side --------------------------------------------------------------------------------------------

    def offer(self, messages: Sequence[Message]) -> None:
        """Take messages over; those of a claim that is over are left.

        Args:
            messages: In their order within each claim; each has a mark.
        """
        with self._lock:
            for message in messages:
                claim = message.claim
                if claim is None or claim.revoked:
                    continue
                queue = self._queues.get(claim)
                if queue is None:
                    queue = self._queues[claim] = deque()
                queue.append(message)
                self._waiting += 1
                self._bytes += len(message.payload)
                self._open[claim] = self._open.get(claim, 0) + 1
                self.received += 1
            self._has_some.notify()

    def is_full(self, claim: Claim | None = None) -> bool:
        """Return whether a source should bring no more of a claim for now.

        Args:
            claim: The claim; all together where none is given.
        """
        if self._waiting >= _OF_ALL or self._bytes >= _BYTES:
            return True
        queue = None if claim is None else self._queues.get(claim)
        return queue is not None and len(queue) >= _OF_A_CLAIM

    def revoking(self, claims: Sequence[Claim], grace: float) -> None:
        """Abandon claims: what waits is dropped; returns when none of their requests is open, or the grace is over.

        Args:
            claims: The claims.
            grace: Longest wait, seconds.
        """
        self._end(claims)
        self._entity_queues.wait_idle(claims, grace)

    def lost(self, claims: Sequence[Claim]) -> None:
        """Take note, at once, that claims are gone already.

        Args:
            claims: The claims.
        """
        self._end(claims)

    def _end(self, claims: Sequence[Claim]) -> None:
        for claim in claims:
            # First: whoever takes something from now on sees it.
            claim.revoked = True
        with self._lock:
            for claim in claims:
                queue = self._queues.pop(claim, deque())
                self._waiting -= len(queue)
                self._bytes -= sum(len(message.payload) for message in queue)
                self.given_up += self._open.pop(claim, 0)
        self._entity_queues.drop(claims)

    # -- the worker's side --------------------------------------------------------------------------------------------

    def take(self, limit: int, timeout: float) -> list[Message]:
        """Take messages to work on: in their order within a claim, and some of each claim in turn.

        Args:
            limit: Most messages.
            timeout: Longest wait for the first, seconds.

        Returns:
            The messages; none when the time is over.
        """
        taken: list[Message] = []
        with self._lock:
            if not self._waiting:
                self._has_some.wait(timeout)
            while self._waiting and len(taken) < limit:
                claim, queue = next(iter(self._queues.items()))
                for _ in range(min(len(queue), _IN_TURN, limit - len(taken))):
                    message = queue.popleft()
                    self._waiting -= 1
                    self._bytes -= len(message.payload)
                    taken.append(message)
                if queue:
                    self._queues.move_to_end(claim)
                else:
                    del self._queues[claim]
            self.taken += len(taken)
        return taken

    def settle(self, done: Sequence[Message], refused: Sequence[Refusal]) -> None:
        """Have messages acknowledged: at once, or when they are safe as dead letters.

        Args:
            done: Messages that were delivered, or need no delivery.
            refused: Messages that become dead letters.
        """
        self._let_go(done)
        if refused:
            self._refused.extend(refused)
            self._has_refused.set()

    @property
    def is_drained(self) -> bool:
        """Whether all that was brought is acknowledged, or given up."""
        with self._lock:
            return not self._open

    @property
    def waiting(self) -> int:
        """Messages brought that are not acknowledged yet."""
        with self._lock:
            return sum(self._open.values())

    def _let_go(self, messages: Sequence[Message]) -> None:
        by_source: dict[str, list[Mark]] = {}
        with self._lock:
            for message in messages:
                mark = message.mark
                if mark is None:
                    continue
                by_source.setdefault(message.source, []).append(mark)
                still_open = self._open.get(mark.claim, 0)
                if still_open > 1:
                    self._open[mark.claim] = still_open - 1
                else:
                    self._open.pop(mark.claim, None)
        for source, marks in by_source.items():
            self._acknowledge(source, marks)

    # -- the thread ---------------------------------------------------------------------------------------------------

    def close(self, timeout: float = 5.0) -> None:
        """Put aside what is refused, as far as time allows, and end the thread.

        Args:
            timeout: Longest wait, seconds; what is not put aside by then is brought again.
        """
        deadline = time.monotonic() + timeout
        while self._refused and time.monotonic() < deadline:
            self._has_refused.set()
            time.sleep(0.01)
        self._closing.set()
        self._has_refused.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._closing.is_set():
            self._has_refused.wait()
            self._has_refused.clear()
            while self._refused and not self._closing.is_set():
                try:
                    self._put_aside(list(self._refused))
                except CityContextError as error:
                    if self.trouble is None:
                        logger.error("Dead letters cannot be put aside; they are not acknowledged: %s", error)
                    self.trouble = f"dead letters cannot be put aside: {error}"
                    self._closing.wait(_RETRY)

    def _put_aside(self, refusals: list[Refusal]) -> None:
        """Keep refusals, source by source; those of claims that are over are somebody else's."""
        ours = [one for one in refusals if (claim := one.message.claim) is not None and not claim.revoked]
        for source in {one.message.source for one in ours}:
            self._keep[source]([one for one in ours if one.message.source == source])
        for _ in refusals:
            self._refused.popleft()
        if self.trouble is not None:
            logger.warning("Dead letters can be put aside again.")
            self.trouble = None
        messages = {id(one.message): one.message for one in ours}
        self.dead += len(messages)
        self._let_go(list(messages.values()))
