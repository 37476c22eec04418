"""Updates that wait for delivery: a lane for each entity, so that order is kept and no batch holds an entity twice."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final, TypeAlias

from citycontext.bridge.journal.journal import Refusal
from citycontext.bridge.message import Message

__all__ = ["Lanes", "Ticket", "Update"]

_Group: TypeAlias = tuple[str | None, bool]
_Key: TypeAlias = tuple[_Group, str]

_TOGETHER: Final = 500
_HISTORIES_AT_ONCE: Final = 10


@dataclass(slots=True)
class Ticket:
    """What is still to be done for a message before the journal may let it go.

    Args:
        message: The message.
        open: How many of its updates are not settled yet.
        refusals: Why parts of it were refused.
    """

    message: Message
    open: int = 0
    refusals: list[Refusal] = field(default_factory=list)


@dataclass(slots=True)
class Update:
    """One entity to write.

    Args:
        tenant: Tenant of the context broker.
        wire: The entity, normalized.
        route: The route it came by.
        tickets: The messages it came from; several where updates were folded.
        is_history: Whether it goes to the history, through the temporal API.
        attempts: How often it was sent without success.
        more: For the history: what later messages add, to go in the same request. One ticket for each, after that of
            ``wire``.
    """

    tenant: str | None
    wire: dict[str, Any]
    route: str
    tickets: list[Ticket]
    is_history: bool = False
    attempts: int = 0
    more: tuple[dict[str, Any], ...] = ()

    @property
    def key(self) -> _Key:
        """What tells its lane."""
        return (self.tenant, self.is_history), self.wire["id"]


class Lanes:
    """The lanes. One thread puts, several take.

    Args:
        limit: Most updates that wait; more make the one that puts wait.
        fold: Whether updates of an entity that wait are folded into one. Those for the history always go together, up
            to a number: it takes many instances at once.
    """

    def __init__(self, limit: int, *, fold: bool = False) -> None:
        self._limit: Final = limit
        self._fold: Final = fold
        self._lock = threading.Lock()
        self._has_work = threading.Condition(self._lock)
        self._has_room = threading.Condition(self._lock)
        # A key is here while its lane holds updates or one of them is on its way.
        self._lanes: dict[_Key, deque[Update]] = {}
        self._ready: dict[_Group, deque[_Key]] = {}
        self._ready_since: dict[_Group, float] = {}
        self._queued = 0
        self._closed = False
        self.waiting = 0
        """Updates that wait or are on their way; each of those that were folded counts, for its message is held."""

    def put(self, updates: Sequence[Update]) -> bool:
        """Add updates; waits while there is no room.

        Args:
            updates: In the order in which their messages arrived.

        Returns:
            Whether they were taken: not once the lanes are closed.
        """
        with self._lock:
            while self.waiting >= self._limit and not self._closed:
                self._has_room.wait()
            if self._closed:
                return False
            for update in updates:
                is_history = update.is_history
                key = ((update.tenant, is_history), update.wire["id"])
                lane = self._lanes.get(key)
                if lane is None:
                    self._lanes[key] = deque((update,))
                    self._queued += 1
                    self._make_ready(key)
                elif lane and is_history and len(lane[-1].tickets) < _TOGETHER:
                    _add_instances(lane[-1], update)
                elif lane and self._fold and not is_history:
                    _fold_into(lane[-1], update)
                else:
                    lane.append(update)
                    self._queued += 1
            self.waiting += len(updates)
            self._has_work.notify()
        return True

    def take(self, limit: int, linger: float) -> list[Update]:
        """Take one update from each of several lanes, all of one tenant, all for the history or none.

        Waits until there are some.

        Args:
            limit: Most updates.
            linger: How long to wait for more, seconds.

        Returns:
            The updates, each of another entity; none once the lanes are closed.
        """
        with self._lock:
            while not self._closed:
                if not self._ready:
                    self._has_work.wait()
                    continue
                group = next(iter(self._ready))
                keys = self._ready[group]
                if len(keys) < limit and not self._is_behind(len(keys)):
                    rest = self._ready_since[group] + linger - time.monotonic()
                    if rest > 0:
                        self._has_work.wait(rest)
                        continue
                if group[1]:
                    # A request for each: the other threads have their share.
                    limit = min(limit, _HISTORIES_AT_ONCE)
                taken = [self._lanes[keys.popleft()].popleft() for _ in range(min(limit, len(keys)))]
                self._queued -= len(taken)
                if keys:
                    # The other groups have their turn first.
                    self._ready[group] = self._ready.pop(group)
                    if not group[1]:
                        self._ready_since[group] = time.monotonic()
                    self._has_work.notify()
                else:
                    del self._ready[group]
                return taken
        return []

    def finish(self, updates: Sequence[Update]) -> list[Ticket]:
        """Settle updates that were taken; their lanes go on.

        Args:
            updates: Delivered or refused.

        Returns:
            The tickets on which nothing is open any more.
        """
        closed = []
        with self._lock:
            for update in updates:
                key = update.key
                if self._lanes[key]:
                    self._make_ready(key)
                else:
                    del self._lanes[key]
                self.waiting -= len(update.tickets)
                for ticket in update.tickets:
                    ticket.open -= 1
                    if not ticket.open:
                        closed.append(ticket)
            if self.waiting < self._limit:
                self._has_room.notify()
            if self._ready:
                self._has_work.notify()
        return closed

    def close(self) -> None:
        """Let all that wait here go on with nothing."""
        with self._lock:
            self._closed = True
            self._has_work.notify_all()
            self._has_room.notify_all()

    def _is_behind(self, ready: int) -> bool:
        """Tell whether to send what is ready: most lanes are, and in some of them an update stands behind another."""
        return self._queued > ready and 2 * ready >= len(self._lanes)

    def _make_ready(self, key: _Key) -> None:
        group = key[0]
        keys = self._ready.get(group)
        if keys is None:
            self._ready[group] = deque((key,))
            self._ready_since[group] = time.monotonic()
        else:
            keys.append(key)


def _fold_into(older: Update, newer: Update) -> None:
    """Fold an update into one that waits: for each attribute, the newest time of observation stays."""
    wire = older.wire
    for name, attribute in newer.wire.items():
        known = wire.get(name)
        if isinstance(known, dict) and isinstance(attribute, dict) and _is_older(attribute, known):
            continue
        wire[name] = attribute
    older.tickets += newer.tickets


def _add_instances(earlier: Update, later: Update) -> None:
    """Have an update for the history go with one that waits."""
    earlier.more += (later.wire, *later.more)
    earlier.tickets += later.tickets


def _is_older(attribute: dict[str, Any], known: dict[str, Any]) -> bool:
    said, before = attribute.get("observedAt"), known.get("observedAt")
    return said is not None and before is not None and _sortable(said) < _sortable(before)


def _sortable(text: str) -> str:
    # "…:00Z" and "…:00.5Z" sort rightly once the Z is gone.
    return text[:-1]
