"""From the lanes to the context broker: batches, retries without end, and refusals taken apart."""

from __future__ import annotations

import logging
import random
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final, Protocol, TypeAlias

from citycontext.bridge.config import DeliveryConfig
from citycontext.bridge.journal import Refusal
from citycontext.bridge.lanes import Lanes, Ticket, Update
from citycontext.errors import CityContextError, ContextBrokerError
from citycontext.ngsild.batch import BatchResult

__all__ = ["Delivery", "DeliveryCounts", "Upsert"]

logger = logging.getLogger(__name__)

Settle: TypeAlias = Callable[[list[Ticket]], None]
"""Called with tickets on which nothing is open any more."""


class Upsert(Protocol):
    """What writes entities to the context broker."""

    def __call__(self, tenant: str | None, entities: list[dict[str, Any]]) -> BatchResult:
        """Create entities, or append and overwrite the attributes given (CIM 009, 5.6.8, option ``update``).

        Args:
            tenant: Tenant, if the route names one.
            entities: In normalized form, no two with the same id.

        Returns:
            What became of each.

        Raises:
            CityContextError: The request as a whole had no success.
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
    """

    delivered: int = 0
    refused: int = 0
    retried: int = 0
    requests: int = 0


_FIRST_PAUSE: Final = 0.2
_SPLIT_AFTER: Final = 5
_REFUSE_AFTER: Final = 10
# About the request or its sender, not about the entities in it; a person or time will mend it.
_NOT_THE_DATA: Final = frozenset({0, 401, 402, 403, 404, 405, 407, 408, 425, 429})


class Delivery:
    """The threads that deliver.

    Args:
        lanes: Where updates wait.
        upsert: What writes them.
        config: Sizes and pauses.
        settle: Who is told when all of a message is done.
    """

    def __init__(self, lanes: Lanes, upsert: Upsert, config: DeliveryConfig, settle: Settle) -> None:
        self._lanes = lanes
        self._upsert = upsert
        self._config = config
        self._settle = settle
        self._stopping = threading.Event()
        self._lock = threading.Lock()
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
        while batch := self._lanes.take(self._config.batch_size, self._config.linger):
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
        """Send a request; settle what was taken, and give the reasons for the rest."""
        error: CityContextError | None = None
        try:
            result = self._upsert(part[0].tenant, [update.wire for update in part])
        except CityContextError as raised:
            error = raised
        failed = (
            {failure.entity_id: failure.error for failure in result.failed}
            if error is None
            else {update.wire["id"]: error for update in part}
        )
        taken = part if not failed else [update for update in part if update.wire["id"] not in failed]
        with self._lock:
            self.counts.requests += 1
            self.counts.delivered += len(taken)
        if taken:
            self._recovered()
            self._settle(self._lanes.finish(taken))
        return failed

    def _judge(self, part: list[Update], failed: dict[str, CityContextError]) -> tuple[list[Update], list[Update]]:
        """Tell which of the failed ones to send again as they are, and which in smaller parts; refuse the others."""
        if not failed:
            return [], []
        again: list[Update] = []
        split: list[Update] = []
        refused: list[Update] = []
        all_failed = len(failed) == len(part) > 1
        for update in part:
            error = failed.get(update.wire["id"])
            if error is None:
                continue
            update.attempts += 1
            status = error.status if isinstance(error, ContextBrokerError) else 0
            if status in _NOT_THE_DATA or status > 500:
                again.append(update)
            elif status == 500 and update.attempts < _REFUSE_AFTER:
                # A broker that chokes on one entity answers this for all that came with it.
                (split if len(part) > 1 and update.attempts >= _SPLIT_AFTER else again).append(update)
            elif all_failed:
                split.append(update)
            else:
                refused.append(update)
                reason = f"the context broker refused it: {error}"
                for ticket in update.tickets:
                    ticket.refusals.append(Refusal(ticket.message, "delivery", reason, update.route, update.wire["id"]))
        if again:
            self._in_trouble(failed[again[0].wire["id"]])
        if refused:
            self._recovered()
            with self._lock:
                self.counts.refused += len(refused)
            self._settle(self._lanes.finish(refused))
        return again, split

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
