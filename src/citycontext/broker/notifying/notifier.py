"""Tells subscribers what changed, each at its own pace: a slow or dead receiver holds up nobody else (5.8.6).

Every subscription has a queue of its own and at most one task that empties it. So notifications of one subscription
keep their order, and a write never waits for a receiver.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from citycontext.broker.documents.timestamps import timestamp
from citycontext.broker.documents.writing import Revision
from citycontext.broker.notifying.delivery import DeliveryFailed, deliver
from citycontext.broker.notifying.notification import notification_of, show_revision
from citycontext.broker.notifying.subscriptions import LiveSubscription
from citycontext.broker.responses.problems import Problem
from citycontext.ngsild.key_value_pairs import without_password

__all__ = ["Notifier"]

_log = logging.getLogger(__name__)

_WAITING: Final = 1000
_PAUSES: Final = (0.5, 2.0)


@dataclass(slots=True)
class _Line:
    """The notifications of one subscription that wait to be sent."""

    subscription: LiveSubscription
    waiting: deque[dict[str, Any]] = field(default_factory=lambda: deque(maxlen=_WAITING))
    task: asyncio.Task[None] | None = None
    timer: asyncio.Task[None] | None = None
    last_sent: float = float("-inf")


class Notifier:
    """The subscriptions in force, and the notifications on their way.

    Args:
        current: Gives the data of a periodic notification, and its further members.
        context_url: Gives the address of the context of notifications, for Link headers.
        tenant_name: Gives a tenant's name by its number.
        save: Keeps the counters of a subscription.
    """

    def __init__(
        self,
        current: Callable[[LiveSubscription], tuple[list[dict[str, Any]], dict[str, Any]]],
        *,
        context_url: Callable[[LiveSubscription], str],
        tenant_name: Callable[[int], str],
        save: Callable[[LiveSubscription], None],
    ) -> None:
        self._current = current
        self._context_url = context_url
        self._tenant_name = tenant_name
        self._save = save
        self._lines: dict[tuple[int, str], _Line] = {}

    def get(self, tenant: int, id: str) -> LiveSubscription | None:
        """Give a subscription in force; None when there is none of this id."""
        line = self._lines.get((tenant, id))
        return None if line is None else line.subscription

    def put(self, subscription: LiveSubscription) -> None:
        """Put a subscription into force, or in place of the one with its id."""
        known = self._lines.get((subscription.tenant, subscription.id))
        if known is None:
            self._lines[subscription.tenant, subscription.id] = known = _Line(subscription)
        else:
            subscription.counters = known.subscription.counters
            known.subscription = subscription
        self._tick(known)

    def drop(self, tenant: int, id: str) -> None:
        """End a subscription; what waits to be sent is not sent."""
        line = self._lines.pop((tenant, id), None)
        if line is not None:
            line.waiting.clear()
            for task in (line.timer, line.task):
                if task is not None and not task.done():
                    _cancel(task)

    async def stop(self) -> None:
        """Stop timers and deliveries."""
        tasks = [task for line in self._lines.values() for task in (line.timer, line.task) if task is not None]
        for task in tasks:
            _cancel(task)
        for line in self._lines.values():
            line.timer = line.task = None

    def publish(self, tenant: int, revisions: Sequence[Revision]) -> None:
        """Put what subscribers should know of these changes on its way."""
        for (owner, _), line in self._lines.items():
            subscription = line.subscription
            if owner != tenant or subscription.period is not None:
                continue
            now = timestamp()
            try:
                wanted = [revision for revision in revisions if subscription.wants(revision)]
                if not wanted or subscription.status != "active":
                    continue
                data = [shown for revision in wanted for shown in show_revision(subscription, revision, now)]
            except Problem as problem:
                self._fail(subscription, now, problem.detail)
                continue
            except Exception:
                # Whatever is wrong with one subscription, the write of another client is done, and others are told.
                _log.exception("subscription %s cannot be put to a change", subscription.id)
                self._fail(subscription, now, "it cannot be put to a change")
                continue
            self._enqueue(line, data, now)

    def _fail(self, subscription: LiveSubscription, now: str, reason: str) -> None:
        """Note that there is no notification of a change: a subscription that asks too much fails, not the write."""
        counters = subscription.counters
        counters.sent += 1
        counters.failed += 1
        counters.last_notification = counters.last_failure = now
        _log.warning("%s: no notification: %s", subscription.id, reason)

    def of_tenant(self, tenant: int) -> list[LiveSubscription]:
        """List a tenant's subscriptions in force."""
        return [line.subscription for (owner, _), line in self._lines.items() if owner == tenant]

    def notify(self, subscription: LiveSubscription, data: Iterable[dict[str, Any]], **members: Any) -> None:
        """Send data that were made elsewhere, with further members of the notification."""
        line = self._lines.get((subscription.tenant, subscription.id))
        if line is not None and subscription.status == "active":
            self._enqueue(line, list(data), timestamp(), **members)

    def _enqueue(self, line: _Line, data: list[dict[str, Any]], now: str, **members: Any) -> None:
        throttling = float(line.subscription.wire.get("throttling", 0))
        moment = time.monotonic()
        if moment - line.last_sent < throttling:
            return
        line.last_sent = moment
        line.waiting.append({**notification_of(line.subscription, data, now), **members})
        if line.task is None or line.task.done():
            line.task = asyncio.get_running_loop().create_task(self._empty(line))

    async def _empty(self, line: _Line) -> None:
        """Send what waits, in its order."""
        while line.waiting:
            await self._send(line, line.waiting.popleft())
        self._save(line.subscription)

    async def _send(self, line: _Line, notification: dict[str, Any]) -> None:
        subscription = line.subscription
        counters = subscription.counters
        endpoint = subscription.wire["notification"]["endpoint"]
        counters.sent += 1
        counters.last_notification = notification["notifiedAt"]
        for pause in (*_PAUSES, None):
            try:
                await deliver(
                    subscription,
                    notification,
                    context_url=self._context_url(subscription),
                    tenant=self._tenant_name(subscription.tenant),
                )
            except DeliveryFailed as failure:
                counters.last_failure = timestamp()
                if pause is not None and failure.retryable:
                    await asyncio.sleep(pause)
                    continue
                counters.failed += 1
                _log.warning(
                    "%s: no notification to %s: %s", subscription.id, without_password(endpoint["uri"]), failure
                )
                await asyncio.sleep(float(endpoint.get("cooldown", 0)) / 1000)
                return
            counters.last_success = timestamp()
            return

    def _tick(self, line: _Line) -> None:
        """Start, stop or restart the timer of a subscription."""
        if line.timer is not None:
            _cancel(line.timer)
            line.timer = None
        if line.subscription.period is None:
            return
        # Outside an event loop nobody can be notified.
        with contextlib.suppress(RuntimeError):
            line.timer = asyncio.get_running_loop().create_task(self._periodically(line))

    async def _periodically(self, line: _Line) -> None:
        while True:
            subscription = line.subscription
            period = subscription.period
            if period is None:
                return
            await asyncio.sleep(period)
            if subscription.status != "active":
                continue
            try:
                data, members = self._current(subscription)
            except Problem as problem:
                self._fail(subscription, timestamp(), problem.detail)
                continue
            if data:
                self._enqueue(line, data, timestamp(), **members)


def _cancel(task: asyncio.Task[None]) -> None:
    # The loop of an earlier run may be closed by now, and its tasks with it.
    with contextlib.suppress(RuntimeError):
        task.cancel()
