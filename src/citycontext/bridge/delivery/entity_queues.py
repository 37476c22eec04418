"""Updates that wait for delivery: a queue for each entity, so that order is kept and no batch holds an entity twice."""

from __future__ import annotations

import threading
import time
from collections import Counter, deque
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from heapq import heappop, heappush
from itertools import count
from typing import Any, Final, TypeAlias

from citycontext.bridge.claim import Claim
from citycontext.bridge.journal.journal import Refusal
from citycontext.bridge.message import Message

__all__ = ["EntityQueues", "Group", "Ticket", "Update"]

Group: TypeAlias = tuple[str | None, bool]
"""A tenant, and whether it is about its history: what may share a request."""
_Key: TypeAlias = tuple[Group, str]

_TOGETHER: Final = 500
_HISTORIES_AT_ONCE: Final = 10


@dataclass(slots=True)
class Ticket:
    """What is still to be done for a message before the journal may let it go.

    Args:
        message: The message.
        open: How many of its updates are not settled yet.
        refusals: Why parts of it were refused.
        newest: By tenant and entity, the newest times of observation once it is delivered, where they are to be kept.
    """

    message: Message
    open: int = 0
    refusals: list[Refusal] = field(default_factory=list)
    newest: dict[tuple[str, str], dict[str, str]] | None = None

    def keep_times(self, tenant: str | None, entity: str, times: dict[str, str]) -> None:
        """Note the newest times of observation of an entity.

        Args:
            tenant: The entity's tenant.
            entity: Its id.
            times: Attribute → time; not changed afterwards.
        """
        if self.newest is None:
            self.newest = {(tenant or "", entity): times}
        else:
            self.newest[tenant or "", entity] = times


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
        refused_since: When it was refused first, or last with evidence against it; on the clock that never jumps.
        convictions: How often it was refused though the context broker took others meanwhile.
        more: For the history: what later messages add, to go in the same request. One ticket for each, after that of
            ``wire``.
    """

    tenant: str | None
    wire: dict[str, Any]
    route: str
    tickets: list[Ticket]
    is_history: bool = False
    attempts: int = 0
    refused_since: float = 0.0
    convictions: int = 0
    more: tuple[dict[str, Any], ...] = ()

    @property
    def key(self) -> _Key:
        """What tells its queue."""
        return (self.tenant, self.is_history), self.wire["id"]

    def claims(self) -> Iterator[Claim]:
        """Yield the claims of its messages, one for each; a message that the journal holds has none."""
        for ticket in self.tickets:
            if (claim := ticket.message.claim) is not None:
                yield claim

    @property
    def is_over(self) -> bool:
        """Whether all its messages came by claims that are over: it must not be sent any more."""
        return all((claim := ticket.message.claim) is not None and claim.revoked for ticket in self.tickets)

    def is_allowed(self, seconds: float) -> bool:
        """Return whether a request with it may start: one of its messages is ours for so long.

        Args:
            seconds: Longest time that the request takes.
        """
        for ticket in self.tickets:
            claim = ticket.message.claim
            if claim is None or claim.allows(seconds):
                return True
        return False


class EntityQueues:
    """The queues. One thread puts, several take.

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
        # A key is here while its queue holds updates or one of them is on its way.
        self._queues: dict[_Key, deque[Update]] = {}
        self._ready: dict[Group, deque[_Key]] = {}
        self._ready_since: dict[Group, float] = {}
        self._held: dict[Group, tuple[float, int]] = {}
        self._later: list[tuple[float, int, _Key]] = []
        self._numbers = count()
        self._is_idle = threading.Condition(self._lock)
        self._on_their_way: Counter[Claim] = Counter()
        self._queued = 0
        self._closed = False
        self.waiting: int = 0
        """Updates that wait or are on their way; each of those that were folded counts, for its message is held."""

    def put(self, updates: Sequence[Update]) -> bool:
        """Add updates; waits while there is no room.

        Args:
            updates: In the order in which their messages arrived.

        Returns:
            Whether they were taken: not once the queues are closed.
        """
        with self._lock:
            while self.waiting >= self._limit and not self._closed:
                self._has_room.wait()
            if self._closed:
                return False
            skipped = 0
            for update in updates:
                if update.tickets[0].message.mark is not None and update.is_over:
                    skipped += len(update.tickets)
                    continue
                is_history = update.is_history
                key = ((update.tenant, is_history), update.wire["id"])
                queue = self._queues.get(key)
                if queue is None:
                    self._queues[key] = deque((update,))
                    self._queued += 1
                    self._make_ready(key)
                elif queue and queue[-1].attempts:
                    # What was refused before stays alone: nobody shall be refused with it.
                    queue.append(update)
                    self._queued += 1
                elif queue and is_history and len(queue[-1].tickets) < _TOGETHER:
                    _add_instances(queue[-1], update)
                elif queue and self._fold and not is_history:
                    _fold_into(queue[-1], update)
                else:
                    queue.append(update)
                    self._queued += 1
            self.waiting += len(updates) - skipped
            self._has_work.notify()
        return True

    def take(self, limit: int, linger: float) -> list[Update]:
        """Take one update from each of several queues, all of one tenant, all for the history or none.

        Waits until there are some.

        Args:
            limit: Most updates.
            linger: How long to wait for more, seconds.

        Returns:
            The updates, each of another entity; none once the queues are closed.
        """
        with self._lock:
            while not self._closed:
                now = time.monotonic()
                self._make_due_ready(now)
                group = self._next_group(now)
                if group is None:
                    self._has_work.wait(self._until_next(now))
                    continue
                keys = self._ready[group]
                limit = min(limit, self._held.get(group, (0.0, limit))[1])
                if len(keys) < limit and not self._is_behind(len(keys)):
                    rest = self._ready_since[group] + linger - time.monotonic()
                    if rest > 0:
                        self._has_work.wait(rest)
                        continue
                if group[1]:
                    # A request for each: the other threads have their share.
                    limit = min(limit, _HISTORIES_AT_ONCE)
                taken = [self._queues[keys.popleft()].popleft() for _ in range(min(limit, len(keys)))]
                self._queued -= len(taken)
                for update in taken:
                    for claim in update.claims():
                        self._on_their_way[claim] += 1
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
        """Settle updates that were taken; their queues go on.

        Args:
            updates: Delivered or refused.

        Returns:
            The tickets on which nothing is open any more.
        """
        closed = []
        with self._lock:
            for update in updates:
                key = update.key
                if self._queues[key]:
                    self._make_ready(key)
                else:
                    del self._queues[key]
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

    def landed(self, updates: Sequence[Update]) -> None:
        """Note that updates are no longer on their way: they are finished, and their messages settled.

        Args:
            updates: Those that were finished.
        """
        if self._on_their_way:
            with self._lock:
                for update in updates:
                    self._came_back(update)

    def let_go(self, tickets: Sequence[Ticket]) -> list[Ticket]:
        """Settle some of the tickets of an update that was taken; the update itself stays on its way.

        Args:
            tickets: Those that are done.

        Returns:
            The tickets on which nothing is open any more.
        """
        with self._lock:
            self.waiting -= len(tickets)
            for ticket in tickets:
                ticket.open -= 1
                if (claim := ticket.message.claim) is not None:
                    self._came_back_by(claim)
            if self.waiting < self._limit:
                self._has_room.notify()
        return [ticket for ticket in tickets if not ticket.open]

    def give_back(self, updates: Sequence[Update], pauses: Sequence[float]) -> None:
        """Take updates back that were neither delivered nor refused: they are the first of their queues again.

        Args:
            updates: Those that were taken.
            pauses: How long each is to wait before it can be taken again, seconds.
        """
        now = time.monotonic()
        with self._lock:
            for update, pause in zip(updates, pauses, strict=True):
                key = update.key
                self._came_back(update)
                before = len(update.tickets)
                is_over = _without_ended(update) is None
                self.waiting -= before if is_over else before - len(update.tickets)
                if is_over:
                    if self._queues[key]:
                        self._make_ready(key)
                    else:
                        del self._queues[key]
                    continue
                self._queues[key].appendleft(update)
                self._queued += 1
                if pause > 0:
                    heappush(self._later, (now + pause, next(self._numbers), key))
                else:
                    self._make_ready(key)
            self._has_work.notify_all()

    def drop(self, claims: Collection[Claim]) -> None:
        """Forget what waits for claims that are over; what is on its way stays so.

        Args:
            claims: The claims, revoked already.
        """
        ended = set(claims)
        with self._lock:
            free = {key for keys in self._ready.values() for key in keys} | {one[2] for one in self._later}
            emptied = set()
            for key, queue in self._queues.items():
                if any(claim in ended for update in queue for claim in update.claims()):
                    self._drop_from(queue)
                    if not queue and key in free:
                        emptied.add(key)
            for key in emptied:
                del self._queues[key]
            if emptied:
                for group in list(self._ready):
                    self._ready[group] = deque(key for key in self._ready[group] if key not in emptied)
                    if not self._ready[group]:
                        del self._ready[group]
                self._later = sorted(one for one in self._later if one[2] not in emptied)
            if self.waiting < self._limit:
                self._has_room.notify()

    def _drop_from(self, queue: deque[Update]) -> None:
        for _ in range(len(queue)):
            update = queue.popleft()
            before = len(update.tickets)
            if _without_ended(update) is None:
                self.waiting -= before
                self._queued -= 1
            else:
                self.waiting -= before - len(update.tickets)
                queue.append(update)

    def wait_idle(self, claims: Collection[Claim], grace: float) -> bool:
        """Wait until nothing of these claims is on its way.

        Args:
            claims: The claims.
            grace: Longest wait, seconds.

        Returns:
            Whether nothing is.
        """
        with self._lock:
            return self._is_idle.wait_for(lambda: not any(self._on_their_way[claim] for claim in claims), grace)

    def _came_back(self, update: Update) -> None:
        for claim in update.claims():
            self._came_back_by(claim)

    def _came_back_by(self, claim: Claim) -> None:
        self._on_their_way[claim] -= 1
        if not self._on_their_way[claim]:
            del self._on_their_way[claim]
            self._is_idle.notify_all()

    def hold(self, group: Group, pause: float, limit: int) -> None:
        """Withhold a group for a while, and few at a time until it is released.

        Args:
            group: The group.
            pause: How long, seconds.
            limit: Most updates at a time after that.
        """
        with self._lock:
            self._held[group] = (time.monotonic() + pause, limit)
            self._has_work.notify_all()

    def release(self, group: Group) -> None:
        """Let all of a group be taken at once, those too that were to wait.

        Args:
            group: The group.
        """
        with self._lock:
            self._held.pop(group, None)
            due = [one for one in self._later if one[2][0] == group]
            if due:
                self._later = sorted(one for one in self._later if one[2][0] != group)
                for _, _, key in sorted(due):
                    self._make_ready(key)
            self._has_work.notify_all()

    def close(self) -> None:
        """Let all that wait here go on with nothing."""
        with self._lock:
            self._closed = True
            self._has_work.notify_all()
            self._has_room.notify_all()

    def _make_due_ready(self, now: float) -> None:
        while self._later and self._later[0][0] <= now:
            self._make_ready(heappop(self._later)[2])

    def _next_group(self, now: float) -> Group | None:
        if not self._held:
            return next(iter(self._ready), None)
        return next((group for group in self._ready if self._held.get(group, (0.0, 0))[0] <= now), None)

    def _until_next(self, now: float) -> float | None:
        times = [self._held[group][0] for group in self._ready if group in self._held]
        times += [one[0] for one in self._later[:1]]
        return max(0.0, min(times) - now) if times else None

    def _is_behind(self, ready: int) -> bool:
        """Return whether to send what is ready: most queues are, and in some an update waits behind another."""
        return self._queued > ready and 2 * ready >= len(self._queues)

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


def _without_ended(update: Update) -> Update | None:
    """Take out of an update what came by claims that are over, as far as it can be told apart."""
    if not any(claim.revoked for claim in update.claims()):
        return update
    if update.is_over:
        return None
    if update.is_history:
        wires = (update.wire, *update.more)
        kept = [(wire, one) for wire, one in zip(wires, update.tickets, strict=True) if not _is_over(one)]
        update.wire, *more = [wire for wire, _ in kept]
        update.more = tuple(more)
    update.tickets = [ticket for ticket in update.tickets if not _is_over(ticket)]
    return update


def _is_over(ticket: Ticket) -> bool:
    claim = ticket.message.claim
    return claim is not None and claim.revoked


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
