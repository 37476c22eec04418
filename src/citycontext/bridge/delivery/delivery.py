"""From the lanes to the context broker: batches, retries without end, and refusals taken apart."""

from __future__ import annotations

import logging
import random
import threading
import time
from bisect import bisect_left
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Protocol, TypeAlias

from citycontext.bridge.config.bridge import DeliveryConfig
from citycontext.bridge.delivery.correlation import Correlate
from citycontext.bridge.delivery.lanes import Lanes, Ticket, Update
from citycontext.bridge.journal.journal import Refusal
from citycontext.errors import CityContextError, ContextBrokerError, DataError, OperationNotSupported
from citycontext.ngsild.batch import BatchResult

__all__ = ["BATCH_BOUNDS", "Delivery", "DeliveryCounts", "Writer"]

BATCH_BOUNDS: Final = (1, 10, 50, 100, 500, 1000)
"""Bounds of the sizes of requests, as they are counted."""

logger = logging.getLogger(__name__)

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
_SPLIT_AFTER: Final = 5
_REFUSE_AFTER: Final = 10
_NO_HISTORY: Final = frozenset({405, 501})
# About the request or its sender, not about the entities in it; a person or time will mend it.
_NOT_THE_DATA: Final = frozenset({0, 401, 402, 403, 404, 405, 407, 408, 425, 429})


class Delivery:
    """The threads that deliver.

    Args:
        lanes: Where updates wait.
        writer: What writes them.
        config: Sizes and pauses.
        settle: Who is told when all of a message is done.
        correlate: Names the messages of a request, where that is asked for.
    """

    def __init__(
        self,
        lanes: Lanes,
        writer: Writer,
        config: DeliveryConfig,
        settle: Settle,
        correlate: Correlate | None = None,
    ) -> None:
        self._lanes = lanes
        self._writer = writer
        self._config = config
        self._settle = settle
        self._correlate = correlate
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
        self.trouble: str | None = None
        """Why the context broker takes nothing right now, if it does not."""

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
        self._lanes.close()
        for thread in self._threads:
            thread.join()

    def _run(self) -> None:
        while batch := self._lanes.take(self._batch_size, self._config.linger):
            self._deliver(batch)

    def _deliver(self, batch: list[Update]) -> None:
        pause = _FIRST_PAUSE
        parts: list[list[Update]] = [batch]
        while parts and not self._stopping.is_set():
            part = parts.pop()
            failed = self._send(part)
            again, split = self._judge(part, failed)
            if split:
                middle = (len(split) + 1) // 2
                parts += [half for half in (split[middle:], split[:middle]) if half]
            if not again:
                pause = _FIRST_PAUSE
                continue
            parts.append(again)
            with self._lock:
                self.counts.retried += len(again)
            self._stopping.wait(pause * random.uniform(0.8, 1.2))  # noqa: S311
            pause = min(pause * 2, self._config.max_backoff)

    def _send(self, part: list[Update]) -> dict[str, CityContextError]:
        """Send updates; settle what was taken, and give the reasons for the rest."""
        is_history = part[0].is_history
        if self._config.max_rate is not None:
            size = sum(1 + len(update.more) for update in part) if is_history else len(part)
            self._wait_for_turn(size / self._config.max_rate)
        failed = self._append(part) if is_history else self._upsert(part)
        taken = part if not failed else [update for update in part if update.wire["id"] not in failed]
        if not is_history:
            self._count(len(part), len(taken))
        if taken:
            self._recovered()
            self._settle(self._lanes.finish(taken))
        return failed

    def _count(self, size: int, delivered: int) -> None:
        counts = self.counts
        with self._lock:
            counts.requests += 1
            counts.batch_sizes[bisect_left(BATCH_BOUNDS, size)] += 1
            counts.sent += size
            counts.delivered += delivered

    def _upsert(self, part: list[Update]) -> dict[str, CityContextError]:
        try:
            correlation = None if self._correlate is None else self._correlate(part)
            result = self._writer.upsert(part[0].tenant, [one.wire for one in part], correlation=correlation)
        except CityContextError as error:
            return {update.wire["id"]: error for update in part}
        return {failure.entity_id: failure.error for failure in result.failed}

    def _append(self, part: list[Update]) -> dict[str, CityContextError]:
        failed: dict[str, CityContextError] = {}
        away: CityContextError | None = None
        for update in part:
            error = away or self._append_one(update)
            if error is not None:
                failed[update.wire["id"]] = error
                if not _status(error):
                    # No answer: the others need not wait for none either.
                    away = error
        return failed

    def _append_one(self, update: Update) -> CityContextError | None:
        """Add instances to the history of an entity; those at fault are found by halving, the others are written."""
        wires = (update.wire, *update.more)
        refused: list[tuple[int, CityContextError]] = []
        stretches = [(0, len(wires))]
        while stretches:
            start, end = stretches.pop()
            try:
                correlation = None if self._correlate is None else self._correlate([update])
                self._writer.append_history(update.tenant, _evolution(wires[start:end]), correlation=correlation)
            except CityContextError as error:
                self._count(end - start, 0)
                if len(wires) == 1 or not _is_about_the_data(error, update.attempts):
                    return error
                middle = (start + end) // 2
                if middle == start:
                    refused.append((start, error))
                else:
                    stretches += [(middle, end), (start, middle)]
            else:
                self._count(end - start, end - start)
        for index, why in refused:
            self._refuse(update, [update.tickets[index]], _reason(why))
        with self._lock:
            self.counts.refused += len(refused)
        return None

    def _wait_for_turn(self, seconds: float) -> None:
        """Wait until so many updates may go; each call books the time after the one before."""
        with self._lock:
            turn = max(self._next_turn, time.monotonic())
            self._next_turn = turn + seconds
        self._stopping.wait(turn - time.monotonic())

    def _judge(self, part: list[Update], failed: dict[str, CityContextError]) -> tuple[list[Update], list[Update]]:
        """Tell which of the failed ones to send again as they are, and which in smaller parts; refuse the others."""
        if not failed:
            return [], []
        again: list[Update] = []
        split: list[Update] = []
        refused: list[tuple[Update, str]] = []
        all_failed = len(failed) == len(part) > 1
        for update in part:
            error = failed.get(update.wire["id"])
            if error is None:
                continue
            update.attempts += 1
            status = _status(error)
            reason = _reason(error)
            if update.is_history and (
                isinstance(error, OperationNotSupported)
                or status in _NO_HISTORY
                or (status == 404 and update.attempts >= _REFUSE_AFTER)
            ):
                reason = (
                    'the context broker keeps no history; set delivery.mode = "entities" and delivery.late = "pass" or '
                    f'"drop" ({error})'
                )
                refused.append((update, reason))
            elif status in _NOT_THE_DATA or status > 500:
                again.append(update)
            elif status == 500 and update.attempts < _REFUSE_AFTER:
                # A broker that chokes on one entity answers this for all that came with it.
                is_to_split = len(part) > 1 and update.attempts >= _SPLIT_AFTER and not update.is_history
                (split if is_to_split else again).append(update)
            elif all_failed and not update.is_history:
                split.append(update)
            else:
                refused.append((update, reason))
        for update, reason in refused:
            self._refuse(update, update.tickets, reason)
        if again:
            self._in_trouble(failed[again[0].wire["id"]])
        if refused:
            self._recovered()
            with self._lock:
                self.counts.refused += len(refused)
            self._settle(self._lanes.finish([update for update, _ in refused]))
        return again, split

    @staticmethod
    def _refuse(update: Update, tickets: list[Ticket], reason: str) -> None:
        for ticket in tickets:
            ticket.refusals.append(Refusal(ticket.message, "delivery", reason, update.route, update.wire["id"]))

    def _in_trouble(self, error: CityContextError) -> None:
        if self.trouble is None:
            logger.warning(
                "The context broker takes no updates (%s); they are kept and sent again until it does.", error
            )
        self.trouble = str(error)

    def _recovered(self) -> None:
        if self.trouble is not None:
            logger.info("The context broker takes updates again.")
            self.trouble = None


def _status(error: CityContextError) -> int:
    """Give the status of an answer: of a refusal, too, where the client would not even send it; 0 without any."""
    if isinstance(error, DataError):
        return 400
    return error.status if isinstance(error, ContextBrokerError) else 0


def _reason(error: CityContextError) -> str:
    who = "it cannot be sent" if isinstance(error, DataError) else "the context broker refused it"
    return f"{who}: {error}"


def _is_about_the_data(error: CityContextError, attempts: int) -> bool:
    if isinstance(error, OperationNotSupported):
        return False
    status = _status(error)
    if status == 500:
        # A broker that chokes on one instance answers this for all that came with it.
        return attempts >= _SPLIT_AFTER
    return status < 500 and status not in _NOT_THE_DATA


def _evolution(wires: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Give the temporal form of an entity: each attribute becomes a list of instances (CIM 009, 5.2.20)."""
    evolution: dict[str, Any] = {}
    for wire in wires:
        for name, attribute in wire.items():
            if type(attribute) is dict:
                evolution.setdefault(name, []).append(attribute)
            else:
                evolution[name] = attribute
    return evolution
