"""From the queues to the context broker: batches, retries without end, and refusals taken apart."""

from __future__ import annotations

import logging
import random
import threading
import time
from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Protocol, TypeAlias

from citycontext.bridge.config.bridge import DeliveryConfig
from citycontext.bridge.delivery.correlation import Correlate
from citycontext.bridge.delivery.entity_queues import EntityQueues, Group, Ticket, Update
from citycontext.bridge.delivery.refusals import (
    SPLIT_AFTER,
    TIME_WILL_MEND,
    is_seldom_the_data,
    is_worth_halving,
    may_pass,
    reason_of,
    says_no_history,
    status_of,
)
from citycontext.bridge.journal.journal import Refusal
from citycontext.errors import CityContextError, DataError
from citycontext.ngsild.batch import BatchResult

__all__ = ["BATCH_BOUNDS", "Delivery", "DeliveryCounts", "Writer"]

BATCH_BOUNDS: Final = (1, 10, 50, 100, 500, 1000)
"""Bounds of the sizes of requests, as they are counted."""

logger: logging.Logger = logging.getLogger(__name__)

Settle: TypeAlias = Callable[[list[Ticket]], None]
"""Called with tickets on which nothing is open any more."""


class Writer(Protocol):
    """What writes to the context broker."""

    def upsert(
        self, tenant: str | None, entities: list[dict[str, Any]], *, correlation: str | None = None
    ) -> BatchResult:
        """Create entities, or append and overwrite the attributes given (CIM 009, 5.6.8, option ``update``).

        Args:
            tenant: Tenant, if the route names one.
            entities: In normalized form, no two with the same id.
            correlation: Names the messages they come from, where that is asked for.

        Returns:
            What became of each.

        Raises:
            CityContextError: The request as a whole had no success.
        """
        ...

    def append_history(self, tenant: str | None, entity: dict[str, Any], *, correlation: str | None = None) -> None:
        """Create the evolution of an entity, or add instances to the one that is there (CIM 009, 5.6.11).

        Args:
            tenant: Tenant, if the route names one.
            entity: In temporal form: each attribute is a list of instances.
            correlation: Names the messages it comes from, where that is asked for.

        Raises:
            CityContextError: The context broker did not take it.
        """
        ...


@dataclass(slots=True)
class DeliveryCounts:
    """What the delivery did since the start.

    Args:
        delivered: Updates that the context broker took.
        refused: Updates it refused for good.
        retried: Updates sent again.
        requests: Requests sent.
        batch_sizes: How many requests held at most 1, 10, 50, 100, 500, 1000 updates, or more (``BATCH_BOUNDS``).
        sent: Updates in all requests together.
    """

    delivered: int = 0
    refused: int = 0
    retried: int = 0
    requests: int = 0
    batch_sizes: list[int] = field(default_factory=lambda: [0] * (len(BATCH_BOUNDS) + 1))
    sent: int = 0


_FIRST_PAUSE: Final = 0.2
_NOT_OURS_NOW: Final = 0.5
_CLAIM_OVER: Final = CityContextError("the claim on its partition is over")
_ENOUGH: Final = 12
"""Requests without any success after which a group rests: more than halving a batch of 1,000 takes."""
_SAME_MINUTES: Final = 300.0
_CONVICTED_AFTER: Final = 3


@dataclass(slots=True)
class _Standing:
    """How the context broker and a group of updates get on.

    Args:
        accepted: When it last took one, on the clock that never jumps.
        failures: Requests in a row of which it took nothing.
        held_until: Until when the group rests.
        trouble: Why it takes nothing right now, if it does not.
    """

    accepted: float = 0.0
    failures: int = 0
    held_until: float = 0.0
    trouble: str | None = None


class Delivery:
    """The threads that deliver.

    Args:
        queues: Where updates wait.
        writer: What writes them.
        config: Sizes and pauses.
        settle: Who is told when all of a message is done.
        correlate: Names the messages of a request, where that is asked for.
        put_aside: Which entities a person wants to be put aside, each with the time of asking, seconds since 1970.
        longest_request: After which time a request ends, well or not: none starts for a claim that does not last so
            long.
    """

    def __init__(
        self,
        queues: EntityQueues,
        writer: Writer,
        config: DeliveryConfig,
        settle: Settle,
        correlate: Correlate | None = None,
        put_aside: Callable[[], Mapping[str, float]] = dict,
        longest_request: float = 10.0,
    ) -> None:
        self._longest_request: Final = longest_request
        self._queues = queues
        self._writer = writer
        self._config = config
        self._settle = settle
        self._correlate = correlate
        self._put_aside = put_aside
        self._standings: dict[Group, _Standing] = {}
        self._stopping = threading.Event()
        self._lock = threading.Lock()
        self._next_turn = 0.0
        rate = config.max_rate
        # No request may hold more than a second's worth.
        self._batch_size = config.batch_size if rate is None else max(1, min(config.batch_size, int(rate)))
        self._threads = [
            threading.Thread(target=self._run, name=f"citycontext-delivery-{number}", daemon=True)
            for number in range(config.connections)
        ]
        self.counts: Final = DeliveryCounts()

    @property
    def trouble(self) -> str | None:
        """Why the context broker takes nothing right now, all of it or of one tenant, if it does not."""
        with self._lock:
            return next((one.trouble for one in self._standings.values() if one.trouble is not None), None)

    @property
    def is_alive(self) -> bool:
        """Whether all threads run."""
        return all(thread.is_alive() for thread in self._threads)

    def start(self) -> None:
        """Start the threads."""
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """End the threads; what is not delivered stays in the journal."""
        self._stopping.set()
        self._queues.close()
        for thread in self._threads:
            thread.join()

    def _run(self) -> None:
        while batch := self._queues.take(self._batch_size, self._config.linger):
            self._deliver(batch)

    def _deliver(self, batch: list[Update]) -> None:
        group = batch[0].key[0]
        with self._lock:
            standing = self._standings.setdefault(group, _Standing())
        parts: list[list[Update]] = [batch]
        back: list[Update] = []
        error: CityContextError | None = None
        while parts and not self._stopping.is_set():
            part = parts.pop()
            if self._config.max_rate is not None:
                size = sum(1 + len(update.more) for update in part) if part[0].is_history else len(part)
                self._wait_for_turn(size / self._config.max_rate)
            part = self._still_ours(part)
            if not part:
                continue
            # Only what was taken before the request began is evidence against what is refused now.
            accepted = standing.accepted
            failed, named = self._send(part, standing, group)
            if not failed:
                continue
            again, split = self._judge(standing, part, failed, named, accepted)
            if again:
                error = failed[again[0].wire["id"]]
            back += again
            if split and standing.failures >= _ENOUGH:
                error = failed[split[0].wire["id"]]
                back += split
            elif split:
                middle = (len(split) + 1) // 2
                parts += [half for half in (split[middle:], split[:middle]) if half]
        if back and error is not None:
            if standing.failures >= _ENOUGH:
                # With many entities, each request may be another one's first.
                self._in_trouble(standing, back[0], error)
            self._rest(group, standing, back, error)

    def _rest(self, group: Group, standing: _Standing, back: list[Update], error: CityContextError) -> None:
        """Return updates to their queues, which wait; the whole group does where nothing of it was taken."""
        with self._lock:
            self.counts.retried += len(back)
            spread = random.uniform(0.8, 1.2)  # noqa: S311
            is_away = status_of(error) in TIME_WILL_MEND
            pauses = [0.0 if not status_of(error) else self._pause(one.attempts) * spread for one in back]
            self._queues.give_back(back, pauses)
            failures = standing.failures if is_away else standing.failures - _ENOUGH + 1
            if failures > 0 and standing.held_until <= time.monotonic():
                pause = self._pause(failures) * spread
                standing.held_until = time.monotonic() + pause
                self._queues.hold(group, pause, self._batch_size if is_away else 1)

    def _still_ours(self, part: list[Update]) -> list[Update]:
        """Return the updates that may be sent now; the others wait in their queues, or end with their claim."""
        ours = [update for update in part if update.is_allowed(self._longest_request)]
        if len(ours) < len(part):
            kept = {id(update) for update in ours}
            others = [update for update in part if id(update) not in kept]
            self._queues.give_back(others, [_NOT_OURS_NOW] * len(others))
        return ours

    def _pause(self, failures: int) -> float:
        pause: float = min(_FIRST_PAUSE * 2 ** min(failures - 1, 30), self._config.max_backoff)
        return pause

    def _send(
        self, part: list[Update], standing: _Standing, group: Group
    ) -> tuple[dict[str, CityContextError], frozenset[str]]:
        """Send updates; settle what was taken, and return the reasons for the rest and which of it is named."""
        is_history = part[0].is_history
        failed, named = self._append(part) if is_history else self._upsert(part)
        taken = part if not failed else [update for update in part if update.wire["id"] not in failed]
        if not is_history:
            self._count(len(part), len(taken))
        if taken:
            self._recovered(standing, group)
            self._settle(self._queues.finish(taken))
            self._queues.landed(taken)
        elif standing.held_until <= time.monotonic():
            with self._lock:
                standing.failures += 1
        return failed, named

    def _count(self, size: int, delivered: int) -> None:
        counts = self.counts
        with self._lock:
            counts.requests += 1
            counts.batch_sizes[bisect_left(BATCH_BOUNDS, size)] += 1
            counts.sent += size
            counts.delivered += delivered

    def _upsert(self, part: list[Update]) -> tuple[dict[str, CityContextError], frozenset[str]]:
        try:
            correlation = None if self._correlate is None else self._correlate(part)
            result = self._writer.upsert(part[0].tenant, [one.wire for one in part], correlation=correlation)
        except CityContextError as error:
            return {update.wire["id"]: error for update in part}, frozenset()
        failed = {failure.entity_id: failure.error for failure in result.failed}
        # One reason for several is a reason for the request they came with.
        shared = Counter(id(error) for error in failed.values())
        return failed, frozenset(name for name, error in failed.items() if shared[id(error)] == 1)

    def _append(self, part: list[Update]) -> tuple[dict[str, CityContextError], frozenset[str]]:
        failed: dict[str, CityContextError] = {}
        away: CityContextError | None = None
        for update in part:
            if not update.is_allowed(self._longest_request):
                failed[update.wire["id"]] = _CLAIM_OVER
                continue
            error = away or self._append_one(update)
            if error is not None:
                failed[update.wire["id"]] = error
                if not status_of(error):
                    # No answer: the others need not wait for none either.
                    away = error
        return failed, frozenset()

    def _append_one(self, update: Update) -> CityContextError | None:
        """Add instances to the history of an entity; those at fault are found by halving, the others are written.

        An instance is at fault only if another one was taken after it was refused. What is neither written nor at
        fault stays in the update.
        """
        wires = (update.wire, *update.more)
        gone: set[int] = set()
        suspects: list[tuple[int, CityContextError]] = []
        at_fault: list[tuple[int, CityContextError]] = []
        error: CityContextError | None = None
        misses = 0
        segments = [(0, len(wires))]
        while segments and misses < _ENOUGH:
            start, end = segments.pop()
            if not update.is_allowed(self._longest_request):
                error = _CLAIM_OVER
                break
            try:
                correlation = None if self._correlate is None else self._correlate([update])
                self._writer.append_history(update.tenant, _evolution(wires[start:end]), correlation=correlation)
            except CityContextError as refusal:
                self._count(end - start, 0)
                misses, error = misses + 1, refusal
                if end - start > 1:
                    if not is_worth_halving(refusal, update.attempts):
                        break
                    middle = (start + end) // 2
                    segments += [(middle, end), (start, middle)]
                elif isinstance(refusal, DataError):
                    at_fault.append((start, refusal))
                elif status_of(refusal) in TIME_WILL_MEND:
                    break
                else:
                    suspects.append((start, refusal))
            else:
                self._count(end - start, end - start)
                misses = 0
                gone.update(range(start, end))
                at_fault += suspects
                suspects = []
        for index, why in at_fault:
            gone.add(index)
            self._refuse(update, [update.tickets[index]], reason_of(why))
        with self._lock:
            self.counts.refused += len(at_fault)
        rest = [index for index in range(len(wires)) if index not in gone]
        if not rest:
            return None
        if gone:
            self._settle(self._queues.let_go([update.tickets[index] for index in sorted(gone)]))
            update.wire, *more = [wires[index] for index in rest]
            update.more = tuple(more)
            update.tickets = [update.tickets[index] for index in rest]
        return error

    def _wait_for_turn(self, seconds: float) -> None:
        """Wait until so many updates may go; each call books the time after the one before."""
        with self._lock:
            turn = max(self._next_turn, time.monotonic())
            self._next_turn = turn + seconds
        self._stopping.wait(turn - time.monotonic())

    def _judge(
        self,
        standing: _Standing,
        part: list[Update],
        failed: dict[str, CityContextError],
        named: frozenset[str],
        accepted: float,
    ) -> tuple[list[Update], list[Update]]:
        """Decide which of the failed ones to send again as they are, and which in smaller parts; refuse the others."""
        again: list[Update] = []
        split: list[Update] = []
        refused: list[tuple[Update, str]] = []
        asked = self._put_aside()
        now = time.monotonic()
        for update in part:
            error = failed.get(update.wire["id"])
            if error is None:
                continue
            if error is _CLAIM_OVER:
                again.append(update)
                continue
            update.attempts += 1
            update.refused_since = update.refused_since or now
            status = status_of(error)
            is_alone = len(part) == 1 or update.is_history or update.wire["id"] in named
            if _is_put_aside(update, asked):
                refused.append((update, f"put aside, as a person asked; the last answer was: {error}"))
            elif is_alone and self._is_to_blame(update, error, update.wire["id"] in named, accepted, now):
                refused.append((update, reason_of(error)))
            elif is_alone or not status or (may_pass(status) and update.attempts < SPLIT_AFTER):
                again.append(update)
                if status in TIME_WILL_MEND or (update.attempts > 1 and accepted < update.refused_since):
                    self._in_trouble(standing, update, error)
            else:
                split.append(update)
        if refused:
            for update, reason in refused:
                self._refuse(update, update.tickets, reason)
            with self._lock:
                self.counts.refused += len(refused)
            self._settle(self._queues.finish([update for update, _ in refused]))
            self._queues.landed([update for update, _ in refused])
        return again, split

    @staticmethod
    def _is_to_blame(update: Update, error: CityContextError, is_named: bool, accepted: float, now: float) -> bool:
        """Decide whether there is evidence that a refusal is about the update: others were taken meanwhile."""
        status = status_of(error)
        if isinstance(error, DataError):
            return True
        if status in TIME_WILL_MEND:
            return False
        seldom = is_seldom_the_data(status)
        if is_named and not seldom:
            return True
        if accepted < max(update.refused_since, now - _SAME_MINUTES):
            return False
        update.convictions += 1
        update.refused_since = now
        return update.convictions >= (_CONVICTED_AFTER if seldom else 1)

    @staticmethod
    def _refuse(update: Update, tickets: list[Ticket], reason: str) -> None:
        for ticket in tickets:
            ticket.refusals.append(Refusal(ticket.message, "delivery", reason, update.route, update.wire["id"]))

    def _in_trouble(self, standing: _Standing, update: Update, error: CityContextError) -> None:
        reason = str(error)
        if update.is_history and says_no_history(error):
            reason = (
                'it keeps no history; set delivery.mode = "entities" and delivery.late = "pass" or "drop", or correct '
                f"the address ({error})"
            )
        with self._lock:
            is_new = standing.trouble is None
            standing.trouble = reason if update.tenant is None else f"{reason} (tenant {update.tenant})"
        if is_new:
            logger.warning(
                "The context broker takes no updates%s (%s); they are kept and sent again until it does.",
                _of(update.key[0]),
                reason,
            )

    def _recovered(self, standing: _Standing, group: Group) -> None:
        with self._lock:
            was_in_trouble = standing.trouble is not None
            is_to_release = was_in_trouble or standing.held_until > 0.0
            standing.accepted = time.monotonic()
            standing.failures, standing.held_until, standing.trouble = 0, 0.0, None
        if was_in_trouble:
            logger.info("The context broker takes updates%s again.", _of(group))
        if is_to_release:
            self._queues.release(group)


def _of(group: Group) -> str:
    tenant, is_history = group
    return (" of the history" if is_history else "") + ("" if tenant is None else f" of tenant {tenant}")


def _is_put_aside(update: Update, asked: Mapping[str, float]) -> bool:
    until = asked.get(update.wire["id"])
    return until is not None and all(ticket.message.arrived <= until for ticket in update.tickets)


def _evolution(wires: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Return the temporal form of an entity: each attribute becomes a list of instances (CIM 009, 5.2.20)."""
    evolution: dict[str, Any] = {}
    for wire in wires:
        for name, attribute in wire.items():
            if type(attribute) is dict:
                evolution.setdefault(name, []).append(attribute)
            else:
                evolution[name] = attribute
    return evolution
