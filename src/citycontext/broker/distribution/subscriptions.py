"""Subscriptions over sources: a copy at each that may have what is wanted, and its notifications (5.8.1.4, 5.8.6)."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from functools import partial
from typing import Any, Final
from urllib.parse import quote, unquote, urlsplit
from uuid import uuid4

from citycontext.broker.contexts.hosted_contexts import HostedContexts
from citycontext.broker.distribution.copies import copy_for, difference
from citycontext.broker.distribution.forwarder import Caller, Forwarder, Reply, Target
from citycontext.broker.distribution.sources import BROKEN, Source, Sources
from citycontext.broker.distribution.told import restore_told
from citycontext.broker.documents.reading import entity_document
from citycontext.broker.documents.writing import Document, Revision, attribute_names
from citycontext.broker.notifying.notification import entity_data
from citycontext.broker.notifying.notifier import Notifier
from citycontext.broker.notifying.subscriptions import LiveSubscription, compact_subscription, expand_subscription
from citycontext.broker.responses.problems import Problem, bad_request_data, not_found
from citycontext.broker.store import Store
from citycontext.errors import CityContextError
from citycontext.ngsild.context import Context, link_header
from citycontext.ngsild.terms import PREVIOUS_MEMBERS
from citycontext.web.media_types import LD_JSON

__all__ = ["NOTIFICATIONS_PATH", "ForwardedSubscriptions"]

_log = logging.getLogger(__name__)

NOTIFICATIONS_PATH: Final = "/ngsi-ld/ex/v1/notifications/"
"""Where sources notify; what follows is known to one source alone."""

_KIND: Final = "forwardedSubscription"
_TOLD: Final = ("createdAt", "modifiedAt", "deletedAt", *PREVIOUS_MEMBERS.values())
_AT_ONCE: Final = 16

Merge = Callable[[LiveSubscription, str], Awaitable[Document | None]]


class ForwardedSubscriptions:
    """The copies of subscriptions at context sources.

    Args:
        store: Where subscriptions are, and which copies there are of them.
        sources: The registrations in force.
        forwarder: What sends requests to them.
        contexts: Where a source finds what names mean.
        alias_of: Returns the name of a tenant here in ``Via``.
        notifier: The subscriptions in force.
        base: Returns where this broker is reached, for subscriptions that do not say.
    """

    def __init__(
        self,
        store: Store,
        sources: Sources,
        forwarder: Forwarder,
        contexts: HostedContexts,
        *,
        alias_of: Callable[[int], str],
        notifier: Notifier,
        base: Callable[[], str],
    ) -> None:
        self._store = store
        self._sources = sources
        self._forwarder = forwarder
        self._contexts = contexts
        self._alias_of = alias_of
        self._notifier = notifier
        self._base = base
        self.merge: Merge | None = None
        """What returns an entity as the broker and its sources have it; None where entities are never split."""
        self._copies: dict[str, tuple[int, Document]] = {}
        self._turns: dict[tuple[int, str], tuple[asyncio.Lock, int]] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    def restore(self) -> None:
        """Read which copies there are."""
        self._copies = {record["key"]: (tenant, record) for tenant, record in self._store.resources.everywhere(_KIND)}

    async def stop(self) -> None:
        """End what is under way."""
        tasks = self._under_way()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        self._tasks.clear()

    async def drained(self) -> None:
        """Wait until registrations that changed were followed up, and what came was passed on."""
        while tasks := self._under_way():
            await asyncio.gather(*tasks, return_exceptions=True)

    async def follow(self, tenant: int, id: str, *, headers: Mapping[str, str] | None = None) -> list[Reply]:
        """Have the copies of a subscription say what it says: made, changed or deleted with it.

        Args:
            tenant: The tenant's number.
            id: The subscription, which may be gone.
            headers: Those of the request that changed it.

        Returns:
            What sources answered.
        """
        if not self._copies and not self._sources.of_tenant(tenant):
            return []
        async with self._turn(tenant, id):
            kept = {
                copy["registration"]: copy
                for owner, copy in self._copies.values()
                if owner == tenant and copy["subscription"] == id
            }
            live, record = self._notifier.get(tenant, id), self._store.resources.get(tenant, "subscription", id)
            if record is not None and live is None:
                return []
            caller, wanted = self._caller(tenant, record, live, headers), {}
            if record is not None and live is not None:
                wanted = {one.id: (one, body) for one, body in self._wanted(record, live)}
            told = await asyncio.gather(
                *(
                    self._settle(caller, id, kept.get(registration), wanted.get(registration))
                    for registration in dict.fromkeys((*wanted, *kept))
                )
            )
        replies = [reply for reply in told if reply is not None]
        for reply in replies:
            if reply.failure:
                _log.warning("subscription %s: %s: %s", id, reply.source.id, reply.detail or reply.failure)
        return replies

    def registrations_changed(self, tenant: int) -> None:
        """Follow a registration that was made, changed or removed: subscribers may want a copy there, or none."""
        ids = [one.id for one in self._notifier.of_tenant(tenant)]
        if ids:
            self._start(partial(self._follow_all, tenant, ids))

    async def receive(self, key: str, body: Any, link: str | None) -> None:
        """Pass a source's notification on to who subscribed here (5.8.6).

        Args:
            key: What the address of the notification ends with.
            body: The notification.
            link: Address of its @context; None where the body has one.

        Raises:
            Problem: Nobody waits for it, or it is not a notification.
            ContextError: Its @context cannot be had.
        """
        tenant, copy = self._copies.get(key, (0, None))
        subscription = None if copy is None else self._notifier.get(tenant, copy["subscription"])
        if copy is None or subscription is None:
            raise not_found("Nobody here waits for this notification.")
        data = body.get("data") if isinstance(body, dict) else None
        if not isinstance(data, list) or body.get("subscriptionId") != copy["remote"]:
            raise bad_request_data("This is not a notification of that subscription, with 'data' in a list.")
        source, shown = Source.read(copy["source"]), []
        for one in data:
            document = await self._read(one, body.get("@context", link))
            admitted = source.admit(document)
            if admitted is None or (any(attribute_names(document)) and not any(attribute_names(admitted))):
                continue
            if subscription.selectors and not any(one.accepts(admitted) for one in subscription.selectors):
                continue
            shown.append(admitted)
        if subscription.is_split and self.merge is not None:
            self._start(partial(self._tell_merged, subscription, shown))
        else:
            self._tell(subscription, shown)

    def merges(self, subscription: LiveSubscription, revisions: Sequence[Revision]) -> bool:
        """Take over a change of split entities, if sources may have parts of them; else return False (5.8.6)."""
        if self.merge is None or not subscription.is_split or not self._sources.of_tenant(subscription.tenant):
            return False
        documents = [
            document
            for revision in revisions
            if (document := revision.after) is not None and subscription.is_triggered(revision)
            if not subscription.selectors or any(one.accepts(document) for one in subscription.selectors)
        ]
        if documents:
            self._start(partial(self._tell_merged, subscription, documents))
        return True

    def _wanted(self, record: Document, live: LiveSubscription) -> Iterable[tuple[Source, Document]]:
        """List the sources that should have a copy, each with what it says but for who is notified."""
        via = record.get("via", "")
        for source in self._sources.of_tenant(live.tenant):
            if "createSubscription" in source.operations and not source.keeps_history:
                body = copy_for(source, live, via)
                if body is not None:
                    yield source, body

    async def _settle(
        self, caller: Caller, id: str, copy: Document | None, wanted: tuple[Source, Document] | None
    ) -> Reply | None:
        """Make, change or delete one copy."""
        if copy is not None and wanted is not None and _place(copy["source"]) == _place(wanted[0].wire):
            source, body = wanted
            changed = difference(copy["body"], body)
            if not changed:
                if copy["source"] != source.wire:
                    self._keep(caller.tenant, {**copy, "source": source.wire})
                return None
            if "updateSubscription" in source.operations:
                path = f"/subscriptions/{quote(copy['remote'], safe=':')}"
                reply = await self._send(caller, source, Target("PATCH", path, body=self._whole(changed, copy)))
                if not reply.failure:
                    self._keep(caller.tenant, {**copy, "source": source.wire, "body": body})
                if reply.status != 404:
                    return reply
                self._forget(copy)
                copy = None
        gone = None if copy is None else await self._delete(caller, copy)
        return gone if wanted is None else await self._make(caller, id, *wanted)

    async def _make(self, caller: Caller, id: str, source: Source, body: Document) -> Reply:
        base = (self._store.resources.get(caller.tenant, "subscription", id) or {}).get("base") or self._base()
        copy: Document = {
            "key": uuid4().hex,
            "subscription": id,
            "registration": source.id,
            "source": source.wire,
            "remote": f"urn:ngsi-ld:Subscription:{uuid4()}",
            "base": base,
            "body": body,
        }
        # A source may notify before it has answered.
        self._copies[copy["key"]] = caller.tenant, copy
        sent = {"id": copy["remote"], **self._whole(body, copy)}
        reply = await self._send(caller, source, Target("POST", "/subscriptions", body=sent))
        if reply.failure:
            self._copies.pop(copy["key"], None)
            return reply
        named = unquote(urlsplit(reply.headers.get("location", "")).path.rpartition("/")[2])
        self._keep(caller.tenant, {**copy, "remote": named or copy["remote"]})
        return reply

    async def _delete(self, caller: Caller, copy: Document) -> Reply | None:
        self._forget(copy)
        source = Source.read(copy["source"])
        if "deleteSubscription" not in source.operations:
            return None
        reply = await self._send(caller, source, Target("DELETE", f"/subscriptions/{quote(copy['remote'], safe=':')}"))
        return None if reply.status == 404 else reply

    async def _send(self, caller: Caller, source: Source, target: Target) -> Reply:
        told = replace(target, tells_local=False, rename=_renamed)
        return await self._forwarder.send(caller, source, told)

    def _whole(self, body: Document, copy: Document) -> Document:
        """Return a copy, or what changed in one, with where its notifications go: here."""
        whole = {"type": "Subscription", **body}
        if "notification" in whole:
            endpoint = {"uri": f"{copy['base']}{NOTIFICATIONS_PATH}{copy['key']}", "accept": LD_JSON}
            whole["notification"] = {**whole["notification"], "endpoint": endpoint}
        return whole

    def _keep(self, tenant: int, copy: Document) -> None:
        self._copies[copy["key"]] = tenant, copy
        self._store.resources.put(tenant, _KIND, copy["key"], copy)

    def _forget(self, copy: Document) -> None:
        tenant, _ = self._copies.pop(copy["key"], (0, copy))
        self._store.resources.delete(tenant, _KIND, copy["key"])

    def _caller(
        self, tenant: int, record: Document | None, live: LiveSubscription | None, headers: Mapping[str, str] | None
    ) -> Caller:
        record, context = record or {}, Context.core() if live is None else live.context
        link, form = "", ""
        if isinstance(context.source, str):
            link = link_header(self._contexts.address_of(context, record.get("base") or self._base()))
        elif context.source not in (None, []):
            form = LD_JSON
        return Caller(tenant, self._alias_of(tenant), record.get("via", ""), headers or {}, context, link, form)

    async def _read(self, payload: Any, outer: Any) -> Document:
        """Read an entity of a notification, in which what was deleted is Null."""
        if not isinstance(payload, dict):
            raise bad_request_data("An entity of the notification is not an object.")
        context = await self._contexts.source.resolve(payload.get("@context", outer))
        wire = {name: value for name, value in payload.items() if name != "@context"}
        try:
            document = entity_document(wire, context, nulls=True)
        except BROKEN as error:
            raise bad_request_data("An entity of the notification cannot be read.") from error
        restore_told(document, wire, context, _TOLD)
        return document

    def _tell(self, subscription: LiveSubscription, documents: Iterable[Document]) -> None:
        data = []
        for document in documents:
            shown = entity_data(subscription, [document])
            if "deletedAt" in document:
                shown[0]["deletedAt"] = document["deletedAt"]
            data += shown
        if data:
            self._notifier.notify(subscription, data)

    async def _tell_merged(self, subscription: LiveSubscription, changed: Iterable[Document]) -> None:
        """Notify of entities as they are with all their parts, as far as the subscription still wants them."""
        assert self.merge is not None
        whole = []
        for document in changed:
            merged = document if "deletedAt" in document else await self.merge(subscription, document["id"])
            if merged is not None and ("deletedAt" in merged or subscription.selects(merged)):
                whole.append(merged)
        self._tell(subscription, whole)

    async def _follow_all(self, tenant: int, ids: Iterable[str]) -> None:
        slots = asyncio.Semaphore(_AT_ONCE)

        async def follow(id: str) -> None:
            async with slots:
                await self.follow(tenant, id)

        await asyncio.gather(*map(follow, ids))

    def _under_way(self) -> list[asyncio.Task[None]]:
        """List the tasks of the running event loop; those of an earlier one ended with it."""
        loop = asyncio.get_running_loop()
        return [task for task in self._tasks if task.get_loop() is loop]

    def _start(self, work: Callable[[], Awaitable[None]]) -> None:
        # Begun inside of the task: one that is cancelled before its turn leaves nothing that was never awaited.
        task = asyncio.get_running_loop().create_task(self._guarded(work))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _guarded(self, work: Callable[[], Awaitable[None]]) -> None:
        try:
            await work()
        except (CityContextError, Problem, *BROKEN):
            _log.exception("subscriptions over sources: this was not followed up")

    @asynccontextmanager
    async def _turn(self, tenant: int, id: str) -> AsyncIterator[None]:
        """Let changes of one subscription go one after the other."""
        lock, waiting = self._turns.get((tenant, id), (asyncio.Lock(), 0))
        self._turns[tenant, id] = lock, waiting + 1
        try:
            async with lock:
                yield
        finally:
            lock, waiting = self._turns[tenant, id]
            if waiting == 1:
                del self._turns[tenant, id]
            else:
                self._turns[tenant, id] = lock, waiting - 1


def _renamed(body: Document, old: Context, new: Context) -> Document:
    """Write a subscription with the names of another context."""
    return compact_subscription(expand_subscription(body, old), new)


def _place(wire: Document) -> tuple[Any, ...]:
    return Source.read(wire).endpoint, wire.get("tenant")
