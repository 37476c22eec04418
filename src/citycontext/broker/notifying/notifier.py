"""Notify subscribers of what changed, each at its own pace: a slow or dead receiver holds up nobody else (5.8.6).

A write only leaves its revisions here. A task of its own puts them to the subscriptions in their order, renders what
several subscriptions want to see alike once, and gives other work its turns. Every subscription has a queue of its own
and at most one task that empties it, so notifications of one subscription keep their order.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

import orjson

from citycontext.broker.documents.timestamps import timestamp
from citycontext.broker.documents.writing import Revision
from citycontext.broker.notifying.delivery import carries_context, deliver, head_of
from citycontext.broker.notifying.lines import Line, Rendered, Waiting
from citycontext.broker.notifying.notification import data_of, notification_of, show_revision
from citycontext.broker.notifying.receivers import DeliveryFailed, Receivers
from citycontext.broker.notifying.subscriptions import LiveSubscription
from citycontext.broker.responses.problems import Problem
from citycontext.ngsild.key_value_pairs import without_password
from citycontext.web.http import httpx

__all__ = ["Notifier"]

_log = logging.getLogger(__name__)

_PAUSES: Final = (0.5, 2.0)
_AT_ONCE: Final = 50
_SHORTEST_PERIOD: Final = 0.1
_LONGEST_PERIOD: Final = 10 * 365 * 86_400.0
_SAVED_EVERY: Final = 1.0
_MOST_REVISIONS: Final = 20_000

_InForce = tuple[tuple[Line, LiveSubscription], ...]
_Event = tuple[Sequence[Revision], _InForce, str]


class Notifier:
    """The subscriptions in force, and the notifications on their way.

    Args:
        current: Gives the data of a periodic notification, and its further members.
        context_url: Gives the address of the context of notifications, for Link headers.
        tenant_name: Gives a tenant's name by its number.
        save: Keeps the counters of subscriptions.
        is_busy: Tells whether a request is being answered, which goes before.
        merges: Takes over changes of entities of which others may have parts; False where it does not.
        transports: What reaches a receiver without the network, by its origin.
    """

    def __init__(
        self,
        current: Callable[[LiveSubscription], tuple[list[dict[str, Any]], dict[str, Any]]],
        *,
        context_url: Callable[[LiveSubscription], str],
        tenant_name: Callable[[int], str],
        save: Callable[[Sequence[LiveSubscription]], None],
        is_busy: Callable[[], bool],
        merges: Callable[[LiveSubscription, Sequence[Revision]], bool] = lambda _, __: False,
        transports: Mapping[str, httpx.AsyncBaseTransport] | None = None,
    ) -> None:
        self._current = current
        self._context_url = context_url
        self._tenant_name = tenant_name
        self._save = save
        self._is_busy = is_busy
        self._merges = merges
        self._lines: dict[tuple[int, str], Line] = {}
        self._of_tenant: dict[int, _InForce] = {}
        self._events: deque[_Event] = deque()
        self._revisions = 0
        self._digesting: asyncio.Task[None] | None = None
        self._saving: asyncio.Task[None] | None = None
        self._pausing: asyncio.Task[None] | None = None
        self._unsaved: dict[tuple[int, str], LiveSubscription] = {}
        self._waiting = Waiting()
        self._receivers = Receivers(transports)

    def get(self, tenant: int, id: str) -> LiveSubscription | None:
        """Return a subscription in force; None when nothing has this id."""
        line = self._lines.get((tenant, id))
        return None if line is None else line.subscription

    def put(self, subscription: LiveSubscription) -> None:
        """Put a subscription into force, or in place of the one with its id."""
        key = subscription.tenant, subscription.id
        known = self._lines.get(key)
        if known is None:
            self._lines[key] = known = Line(subscription)
        else:
            subscription.counters = known.subscription.counters
            known.subscription = subscription
        self._of_tenant.pop(subscription.tenant, None)
        self._tick(known)

    def drop(self, tenant: int, id: str) -> None:
        """End a subscription; what waits to be sent is not sent."""
        line = self._lines.pop((tenant, id), None)
        self._of_tenant.pop(tenant, None)
        self._unsaved.pop((tenant, id), None)
        if line is not None:
            line.is_over = True
            self._waiting.clear(line)
            for task in (line.timer, line.task):
                if task is not None and not task.done():
                    _cancel(task)

    async def stop(self) -> None:
        """Stop timers and deliveries, and keep the counters."""
        tasks = [task for line in self._lines.values() for task in (line.timer, line.task) if task is not None]
        for task in (*tasks, self._digesting, self._saving, self._pausing):
            if task is not None:
                _cancel(task)
        for line in self._lines.values():
            line.timer = line.task = None
        self._digesting = self._saving = self._pausing = None
        self._save_counters()
        await self._receivers.close()

    def keep_connections(self) -> None:
        """Keep connections to receivers while nothing is sent; ``stop`` closes them."""
        self._receivers.keeps_idle = True

    async def drained(self) -> None:
        """Wait until all that was written was looked at, and nothing waits to be sent."""
        if self._digesting is not None:
            await self._digesting
        await asyncio.gather(*(line.task for line in self._lines.values() if line.task is not None))

    @property
    def is_quiet(self) -> bool:
        """Whether nothing is left to look at, to send, or to try again."""
        return not self._events and all(
            task is None or task.done() for task in (self._digesting, *(line.task for line in self._lines.values()))
        )

    def publish(self, tenant: int, revisions: Sequence[Revision]) -> None:
        """Leave changes for those subscribers of a tenant who should know of them."""
        in_force = self._in_force(tenant)
        if not revisions or not in_force:
            return
        self._events.append((revisions, in_force, timestamp()))
        self._revisions += len(revisions)
        while self._revisions > _MOST_REVISIONS and len(self._events) > 1:
            # Who writes faster than subscriptions can be looked at does a part of the looking.
            for _ in self._look(*self._take()):
                pass
        if self._digesting is None or self._digesting.done():
            self._digesting = asyncio.get_running_loop().create_task(self._digest())

    def of_tenant(self, tenant: int) -> list[LiveSubscription]:
        """List a tenant's subscriptions in force."""
        return [subscription for _, subscription in self._in_force(tenant)]

    def has_any(self, tenant: int) -> bool:
        """Return whether a tenant has subscriptions in force."""
        return bool(self._in_force(tenant))

    def notify(self, subscription: LiveSubscription, data: Iterable[dict[str, Any]], **members: Any) -> None:
        """Send data that were made elsewhere, with further members of the notification."""
        line = self._lines.get((subscription.tenant, subscription.id))
        if line is not None and subscription.status == "active":
            self._enqueue(line, self._rendered(subscription, list(data)), timestamp(), **members)

    def _in_force(self, tenant: int) -> _InForce:
        """List a tenant's subscriptions as they are now, each with its line."""
        known = self._of_tenant.get(tenant)
        if known is None:
            known = tuple((line, line.subscription) for (owner, _), line in self._lines.items() if owner == tenant)
            self._of_tenant[tenant] = known
        return known

    def _take(self) -> _Event:
        event = self._events.popleft()
        self._revisions -= len(event[0])
        return event

    async def _digest(self) -> None:
        """Put what was written to the subscriptions, in turns with all other work."""
        while self._events:
            for number, _ in enumerate(self._look(*self._take()), start=1):
                if number % _AT_ONCE == 0:
                    await asyncio.sleep(0)
                    await self._give_way()

    def _look(self, revisions: Sequence[Revision], in_force: _InForce, now: str) -> Iterator[None]:
        """Put one write to the subscriptions that were in force then, a step for each."""
        rendered: dict[tuple[bytes, tuple[int, ...]], Rendered] = {}
        wanted: dict[bytes, list[bool]] = {}
        for line, subscription in in_force:
            if line.is_over or subscription.period is not None:
                continue
            try:
                self._put(line, subscription, revisions, now, wanted, rendered)
            except Problem as problem:
                self._fail(subscription, now, problem.detail)
            except Exception:
                # Whatever is wrong with one subscription, the write of another client is done, and others are told.
                _log.exception("subscription %s cannot be put to a change", subscription.id)
                self._fail(subscription, now, "it cannot be put to a change")
            yield

    def _put(
        self,
        line: Line,
        subscription: LiveSubscription,
        revisions: Sequence[Revision],
        now: str,
        wanted: dict[bytes, list[bool]],
        rendered: dict[tuple[bytes, tuple[int, ...]], Rendered],
    ) -> None:
        if subscription.status == "active" and self._merges(subscription, revisions):
            return
        hits = wanted.get(subscription.wish)
        if hits is None:
            hits = wanted[subscription.wish] = [subscription.wants(revision) for revision in revisions]
        chosen = tuple(place for place, hit in enumerate(hits) if hit)
        if not chosen or subscription.status != "active" or line.is_throttled():
            return
        key = subscription.look, chosen
        made = rendered.get(key)
        if made is None:
            data = [shown for place in chosen for shown in show_revision(subscription, revisions[place], now)]
            made = rendered[key] = self._rendered(subscription, data)
        self._enqueue(line, made, now)

    def _rendered(self, subscription: LiveSubscription, data: list[dict[str, Any]]) -> Rendered:
        wire = subscription.notified_context.wire if carries_context(subscription) else None
        return Rendered(orjson.dumps(data_of(subscription, data, wire)), wire)

    def _fail(self, subscription: LiveSubscription, now: str, reason: str, times: int = 1) -> None:
        """Note that there is no notification of a change: a subscription that asks too much fails, not the write."""
        counters = subscription.counters
        counters.sent += times
        counters.failed += times
        counters.last_notification = counters.last_failure = now
        self._note(subscription)
        _log.warning("%s: no notification: %s", subscription.id, reason)

    def _enqueue(self, line: Line, data: Rendered, now: str, **members: Any) -> None:
        if line.is_throttled():
            return
        line.last_sent = time.monotonic()
        dropped = self._waiting.add(line, data, {**notification_of(line.subscription, now), **members})
        if dropped:
            self._fail(line.subscription, now, "so many wait that the oldest is dropped", dropped)
        if line.task is None or line.task.done():
            line.task = asyncio.get_running_loop().create_task(self._empty(line))

    async def _empty(self, line: Line) -> None:
        """Send what waits, in its order."""
        while line.waiting:
            await self._give_way()
            if line.waiting:
                await self._send(line, self._waiting.take(line))

    async def _give_way(self) -> None:
        """Let requests that are being answered go before, though not for ever; all that wait wait for one thing."""
        if self._is_busy():
            if self._pausing is None or self._pausing.done():
                self._pausing = asyncio.get_running_loop().create_task(self._pause())
            await asyncio.wait({self._pausing})

    async def _pause(self) -> None:
        for _ in range(20):
            await asyncio.sleep(0.001)
            if not self._is_busy():
                return

    async def _send(self, line: Line, notification: dict[str, Any]) -> None:
        subscription = line.subscription
        counters = subscription.counters
        endpoint = subscription.wire["notification"]["endpoint"]
        counters.sent += 1
        counters.last_notification = notification["notifiedAt"]
        self._note(subscription)
        headers = head_of(
            subscription,
            context_url="" if carries_context(subscription) else self._context_url(subscription),
            tenant=self._tenant_name(subscription.tenant),
        )
        for pause in (*_PAUSES, None):
            try:
                await deliver(self._receivers, endpoint, notification, headers)
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

    def _note(self, subscription: LiveSubscription) -> None:
        """Have the counters of a subscription kept, with those of others, before long."""
        self._unsaved[subscription.tenant, subscription.id] = subscription
        if self._saving is None or self._saving.done():
            self._saving = asyncio.get_running_loop().create_task(self._save_soon())

    async def _save_soon(self) -> None:
        while self._unsaved:
            await asyncio.sleep(_SAVED_EVERY)
            self._save_counters()

    def _save_counters(self) -> None:
        changed = list(self._unsaved.values())
        self._unsaved.clear()
        if changed:
            self._save(changed)

    def _tick(self, line: Line) -> None:
        """Start, stop or restart the timer of a subscription."""
        if line.timer is not None:
            _cancel(line.timer)
            line.timer = None
        if line.subscription.period is None:
            return
        # Outside an event loop nobody can be notified.
        with contextlib.suppress(RuntimeError):
            line.timer = asyncio.get_running_loop().create_task(self._periodically(line))

    async def _periodically(self, line: Line) -> None:
        spent = 0.0
        while True:
            subscription = line.subscription
            period = subscription.period
            if period is None:
                return
            # However short the period, the work for it takes a small part of the time.
            await asyncio.sleep(max(min(period, _LONGEST_PERIOD), _SHORTEST_PERIOD, 4 * spent))
            if subscription.status != "active":
                continue
            began = time.monotonic()
            try:
                data, members = self._current(subscription)
                if data:
                    self._enqueue(line, self._rendered(subscription, data), timestamp(), **members)
            except Problem as problem:
                self._fail(subscription, timestamp(), problem.detail)
            except Exception:
                _log.exception("subscription %s has no current data", subscription.id)
                self._fail(subscription, timestamp(), "it cannot be put to what is stored")
            spent = time.monotonic() - began


def _cancel(task: asyncio.Task[None]) -> None:
    # The loop of an earlier run may be closed by now, and its tasks with it.
    with contextlib.suppress(RuntimeError):
        task.cancel()
