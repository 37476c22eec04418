"""From a source to the disk, and on: many messages, one commit, then the acknowledgements.

The source never waits here: it appends to a queue. One thread writes the journal. What it committed goes on to be
mapped from memory; when that queue is full, messages stay on disk and are read from there, in the same order.
"""

from __future__ import annotations

import logging
import threading
import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from itertools import islice
from typing import Final, TypeAlias

from citycontext.bridge.claim import Claim, Mark
from citycontext.bridge.config.bridge import JournalConfig
from citycontext.bridge.journal.journal import Journal, Refusal
from citycontext.bridge.journal.journal_file import JournalReader
from citycontext.bridge.journal.newest_times import Delivered
from citycontext.bridge.message import Message
from citycontext.errors import JournalError

__all__ = ["Acknowledge", "JournalInbox"]

logger: logging.Logger = logging.getLogger(__name__)

Acknowledge: TypeAlias = Callable[[str, list[Mark]], None]
"""Called with a source's name and the marks of its messages that are on disk; must not wait."""

_GROUP: Final = 2_000
_READY_LIMIT: Final = 4_000
_READY_BYTES: Final = 16_000_000
_OFFERED_LIMIT: Final = 8_000
_OFFERED_BYTES: Final = 16_000_000
_GATHER: Final = 0.002
_WORTH_A_COMMIT: Final = 50
_SETTLE_DELAY: Final = 0.05
_WORTH_GIVING_BACK: Final = 8_000_000
_LOOK_AT_AGE: Final = 1.0
_DROPPED_BYTES: Final = 8_000_000
_DROPPED_WHILE_SHORT: Final = 1_000_000
_ROOMY: Final = 0.9
_FORGET_EVERY: Final = 10
_IDLE: Final = 0.25
_RETRY: Final = 0.5


class JournalInbox:
    """The inbox of sources that keep little or nothing: what the journal has is ours, whatever becomes of them.

    Its thread owns the journal's writing connection.

    Args:
        journal: The journal.
        config: How much it may hold, how long, and what happens then.
        acknowledge: Has a source told that its messages are kept.
    """

    def __init__(self, journal: Journal, config: JournalConfig, acknowledge: Acknowledge) -> None:
        self._journal = journal
        self._config = config
        self._acknowledge = acknowledge
        self._offered: deque[Message] = deque()
        self._offered_bytes = 0
        self._offer_lock = threading.Lock()
        self._settled: deque[Message] = deque()
        self._refused: deque[Refusal] = deque()
        self._times_settled: deque[Delivered] = deque()
        self._times: dict[tuple[str, str], Mapping[str, str]] = {}
        self._idle = False
        self._wake = threading.Event()
        self._lock = threading.Lock()
        self._has_ready = threading.Condition(self._lock)
        self._ready: deque[Message] = deque()
        self._ready_bytes = 0
        self._last_taken = 0
        self._on_disk = journal.count > 0
        self._last_committed = journal.last_id
        self._reader: JournalReader | None = None
        self._reader_of = 0
        self._closing = False
        self._thread = threading.Thread(target=self._run, name="citycontext-journal", daemon=True)
        self._grown = journal.bytes > _WORTH_GIVING_BACK
        self.received: int = 0
        """Messages taken over since the start."""
        self.journalled: int = 0
        """Messages kept since the start."""
        self.dead: int = 0
        """Messages that became dead letters."""
        self.taken: int = 0
        """Messages given to be worked on."""
        self.dropped: int = 0
        """Messages lost because they were too many or too old, as configured."""
        self.loss: str | None = None
        """Why messages are being dropped right now, if they are."""
        self.trouble: str | None = None
        """Why the journal cannot be written right now, if it cannot."""
        self.shortage: str | None = None
        """Why no message is read right now, if the disk of the journal has no room."""
        self.is_held: bool = False
        """Whether the journal takes nothing right now: it is full, or cannot be written."""

    @property
    def is_alive(self) -> bool:
        """Whether the thread runs."""
        return self._thread.is_alive()

    def start(self) -> None:
        """Start the thread."""
        self._thread.start()

    # -- the source's side --------------------------------------------------------------------------------------------

    def offer(self, messages: Sequence[Message]) -> None:
        """Take messages over, to be kept.

        Args:
            messages: In the order of their arrival.
        """
        size = sum([len(message.payload) for message in messages])
        with self._offer_lock:
            self._offered.extend(messages)
            self._offered_bytes += size
            self.received += len(messages)
        if self._idle:
            self._idle = False
            self._wake.set()

    def is_full(self, claim: Claim | None = None) -> bool:
        """Return whether a source should stop reading for now.

        Args:
            claim: Makes no difference here: all share the journal.
        """
        return (
            self.shortage is not None or len(self._offered) >= _OFFERED_LIMIT or self._offered_bytes >= _OFFERED_BYTES
        )

    def revoking(self, claims: Sequence[Claim], grace: float) -> None:
        """Do nothing: what the journal has is worked on whether or not there is a claim.

        Args:
            claims: The claims.
            grace: Longest wait.
        """

    def lost(self, claims: Sequence[Claim]) -> None:
        """Do nothing, for the same reason.

        Args:
            claims: The claims.
        """

    # -- the worker's side --------------------------------------------------------------------------------------------

    def take(self, limit: int, timeout: float) -> list[Message]:
        """Take messages to work on, in the order they were kept.

        Args:
            limit: Most messages.
            timeout: Longest wait for the first, seconds.

        Returns:
            The messages; none when the time is over.
        """
        deadline = time.monotonic() + timeout
        while True:
            with self._lock:
                if self._ready:
                    taken = [self._ready.popleft() for _ in range(min(limit, len(self._ready)))]
                    self._ready_bytes -= sum(len(message.payload) for message in taken)
                    self._last_taken = taken[-1].id
                    self.taken += len(taken)
                    return taken
                if not self._on_disk:
                    remaining = deadline - time.monotonic()
                    if remaining <= 0:
                        return []
                    self._has_ready.wait(remaining)
                    continue
                committed = self._last_committed
            taken = self._read_back(limit)
            if taken:
                with self._lock:
                    self._last_taken = taken[-1].id
                    self.taken += len(taken)
                return taken
            with self._lock:
                # What was committed while the disk was read is read in the next round.
                if self._last_committed == committed:
                    self._last_taken = max(self._last_taken, committed)
                    self._on_disk = False

    def _read_back(self, limit: int) -> list[Message]:
        if self._reader is None or self._reader_of != self._journal.times_opened:
            if self._reader is not None:
                self._reader.close()
            self._reader_of = self._journal.times_opened
            self._reader = self._journal.reader()
        return self._reader.after(self._last_taken, limit)

    def settle(self, done: list[Message], refused: list[Refusal], newest: Delivered | None = None) -> None:
        """Let messages go from the journal, soon.

        Args:
            done: Messages that were delivered, or need no delivery.
            refused: Messages that become dead letters.
            newest: The newest times of observation of what was delivered.
        """
        if newest:
            # First: no message may be struck out before its times are kept.
            self._times_settled.append(newest)
        self._settled.extend(done)
        self._refused.extend(refused)

    @property
    def waiting(self) -> int:
        """Messages in the journal."""
        return self._journal.count

    @property
    def is_drained(self) -> bool:
        """Whether all that arrived was kept and all that was kept was taken."""
        return self.received == self.journalled and not self._ready and not self._on_disk

    # -- the thread ---------------------------------------------------------------------------------------------------

    def close(self) -> None:
        """Keep what is there, let go what is settled, and end the thread."""
        self._closing = True
        self._wake.set()
        self._thread.join()
        if self._reader is not None:
            self._reader.close()

    def _run(self) -> None:
        group: list[Message] = []
        done: list[Message] = []
        refused: list[Refusal] = []
        last_settled = last_looked = time.monotonic()
        looks = 0
        while True:
            self._wait()
            if time.monotonic() - last_looked >= _LOOK_AT_AGE:
                last_looked = time.monotonic()
                self._drop_the_old()
                self._journal.drop_dead_letters()
                looks += 1
                if looks % _FORGET_EVERY == 1:
                    self._journal.forget_times()
                if self.shortage is not None:
                    self._journal.give_space_back()
            is_full = self._journal.bytes >= self._config.max_size and not self._made_room()
            self._grown = self._grown or self._journal.bytes > _WORTH_GIVING_BACK
            is_short = self._is_short_of_room()
            self.is_held = is_full or is_short or self.trouble is not None
            if is_full or is_short:
                time.sleep(_SETTLE_DELAY)
            elif not group:
                group = self._next_group()
            now = time.monotonic()
            if group or self._closing or now - last_settled >= _SETTLE_DELAY:
                last_settled = now
                _move(self._refused, refused)
                _move(self._settled, done)
                for _ in range(len(self._times_settled)):
                    self._times |= self._times_settled.popleft()
            try:
                # While the disk is short of room, only what is struck out is written.
                admitted = [] if is_short else group
                if admitted or done or refused:
                    self._write(admitted, done, refused)
                    self._is_written()
                    self._pass_on(admitted)
                    if admitted:
                        group = []
                    while done or refused or (self._times and self.shortage is None):
                        self._write((), done, refused)
                elif self._journal.changed_outside():
                    self._pass_on([], from_outside=True)
                elif self._grown and self._journal.count == 0:
                    self._journal.give_space_back()
                    self._grown = False
            except JournalError as error:
                if self.trouble is None:
                    logger.error("No message is acknowledged until this is solved: %s", error)
                self.trouble = str(error)
                if self._closing:
                    return
                self._journal.make_room()
                time.sleep(_RETRY)
            if self._closing and not self._settled and not self._refused and (is_full or is_short or not self._offered):
                return

    def _write(self, admitted: Sequence[Message], done: list[Message], refused: list[Refusal]) -> None:
        """Write what one transaction may hold, and take out of the lists what was written."""
        most = last = self._journal.rows_at_once
        # The reasons for one message stay together: the first takes it out of the journal.
        while 0 < last < len(refused) and refused[last].message is refused[last - 1].message:
            last += 1
        # They wait while the disk is short of room: what is struck out goes first.
        times = {} if self.shortage is not None else dict(islice(self._times.items(), most))
        self.dead += self._journal.write(admitted, done[:most], refused[:last], times)
        del done[:most], refused[:last]
        for key in times:
            del self._times[key]

    def _is_written(self) -> None:
        if self.trouble is not None:
            logger.warning("The journal can be written again.")
            self.trouble = None

    def _is_short_of_room(self) -> bool:
        """Look whether the disk has room for more; what was not read yet, the MQTT broker keeps."""
        is_short = not self._journal.has_room()
        if is_short and self._config.overflow == "drop-oldest":
            why = "the disk of the journal is full, and the messages that have waited longest are dropped"
            is_short = not self._drop(why, size=_DROPPED_WHILE_SHORT) or not self._journal.has_room()
        if is_short and self.shortage is None:
            self.shortage = (
                f"the disk of the journal has only {self._journal.free / 1e6:.0f} MB left: no message is read until "
                "there is room"
            )
            logger.error("Reading stops: %s.", self.shortage)
        elif not is_short and self.shortage is not None:
            self.shortage = None
            logger.warning("The disk of the journal has room again; messages are read.")
        return is_short

    def _made_room(self) -> bool:
        config = self._config
        if config.overflow == "stop":
            return False
        why = "the journal is full (journal.max_size), and the messages that have waited longest are dropped"
        size = self._journal.bytes - config.max_size + min(config.max_size // 20, _DROPPED_BYTES)
        return self._drop(why, size=size) > 0 and self._journal.bytes < config.max_size

    def _drop_the_old(self) -> None:
        config = self._config
        dropped = 0
        if config.max_age is not None and self._journal.count:
            before = time.time() - config.max_age
            dropped = self._drop("messages waited longer than journal.max_age and are dropped", before=before)
        if self.loss is not None and not dropped and self._journal.bytes < config.max_size * _ROOMY:
            logger.warning("No more messages are dropped; %d were, since the start.", self.dropped)
            self.loss = None

    def _drop(self, why: str, *, size: int = 0, before: float = 0.0) -> int:
        with self._lock:
            on_their_way = self._ready[-1].id if self._ready else self._last_taken
        try:
            dropped = self._journal.drop(on_their_way, size=size, before=before)
        except JournalError as error:
            if self.trouble is None:
                logger.error("No message can be dropped: %s", error)
            self.trouble = str(error)
            self._journal.make_room()
            return 0
        if dropped:
            if self.loss is None:
                logger.error("Messages are lost: %s.", why)
                self.loss = why
            # Last: whoever sees the count sees the reason too.
            self.dropped += dropped
        return dropped

    def _wait(self) -> None:
        if not self._offered:
            self._idle = True
            if not self._offered and not self._closing:
                busy = self._settled or self._refused
                self._wake.wait(_SETTLE_DELAY if busy else _IDLE)
            self._idle = False
            self._wake.clear()
        if not self._closing and len(self._offered) < _WORTH_A_COMMIT:
            time.sleep(_GATHER)

    def _next_group(self) -> list[Message]:
        offered = self._offered
        group: list[Message] = []
        size = 0
        for _ in range(min(_GROUP, len(offered))):
            message = offered.popleft()
            group.append(message)
            size += len(message.payload)
            if size >= self._journal.bytes_at_once:
                break
        with self._offer_lock:
            self._offered_bytes -= size
        return group

    def _pass_on(self, group: list[Message], *, from_outside: bool = False) -> None:
        kept = len(group)
        if group:
            by_source: dict[str, list[Mark]] = {}
            for message in group:
                mark = message.mark
                if mark is not None:
                    by_source.setdefault(message.source, []).append(mark)
                    # It has served: from now on the message is ours.
                    message.mark = None
            for source, marks in by_source.items():
                self._acknowledge(source, marks)
        from_outside = from_outside or self._journal.changed_outside()
        with self._lock:
            self._last_committed = self._journal.last_id
            if group and group[0].id <= self._last_taken:
                # Read from disk already, between the commit and now.
                group = [message for message in group if message.id > self._last_taken]
            size = sum(len(message.payload) for message in group)
            if from_outside or len(self._ready) + len(group) > _READY_LIMIT or self._ready_bytes + size > _READY_BYTES:
                self._on_disk = True
            if not self._on_disk:
                self._ready.extend(group)
                self._ready_bytes += size
            # Last: what was not made ready yet is not drained.
            self.journalled += kept
            self._has_ready.notify()


def _move(queue: deque[Message] | deque[Refusal], into: list[Message] | list[Refusal]) -> None:
    for _ in range(len(queue)):
        into.append(queue.popleft())  # type: ignore[arg-type]
