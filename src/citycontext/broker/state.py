"""What the operations of a running broker share: the store, the contexts, the clock, the notifier."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from datetime import UTC, datetime
from functools import partial
from typing import Any
from urllib.parse import quote
from uuid import uuid4

from citycontext.broker.contexts.hosted_contexts import HostedContexts
from citycontext.broker.distribution.forwarder import Forwarder
from citycontext.broker.distribution.reachable import Reachable
from citycontext.broker.distribution.sources import BROKEN, Sources, Tally
from citycontext.broker.distribution.subscriptions import ForwardedSubscriptions
from citycontext.broker.documents.nulls import without_nulls
from citycontext.broker.documents.timestamps import timestamp, tombstone
from citycontext.broker.documents.writing import Change, Document, Revision, listed_scope, put_newest, same_value
from citycontext.broker.notifying.delivery import check_endpoint
from citycontext.broker.notifying.notification import entity_data
from citycontext.broker.notifying.notifier import Notifier
from citycontext.broker.notifying.registration_notifications import RegistrationNotifications, current_registrations
from citycontext.broker.notifying.snapshot_notifications import SnapshotNotifications
from citycontext.broker.notifying.subscriptions import Counters, LiveSubscription
from citycontext.broker.request.bounds import Bounds
from citycontext.broker.responses.problems import Problem
from citycontext.broker.selection.selection import Selection
from citycontext.broker.store import Instance, Store
from citycontext.errors import CityContextError
from citycontext.web.http import httpx

__all__ = ["State", "Writer"]

_log = logging.getLogger(__name__)


class State:
    """Everything one broker holds.

    Args:
        store: A file, or ``:memory:``.
        allow_private_contexts: Whether contexts may be fetched from private networks.
        temporal_page: Attribute instances one temporal answer holds at most.
        history_limit: Instances of each attribute that are kept; None for all.
        alias: The name by which the broker stands in ``Via``; None for one of its own.
        allow_forwarding: Hosts that requests may be forwarded to.
        sources: What reaches a context source without the network, by its origin.
        bounds: How much one request may ask of the broker.
    """

    def __init__(
        self,
        store: str,
        *,
        allow_private_contexts: bool,
        temporal_page: int,
        history_limit: int | None,
        alias: str | None = None,
        allow_forwarding: Iterable[str] = (),
        sources: Mapping[str, httpx.AsyncBaseTransport] | None = None,
        bounds: Bounds | None = None,
        profile: str = "1.9",
    ) -> None:
        self.profile = profile
        self.bounds: Bounds = bounds or Bounds()
        self.busy = 0
        """How many requests are being answered."""
        self.store: Store = Store(store, history_limit=history_limit)
        self.started_at: datetime = datetime.now(UTC)
        self.identity: str = f"urn:ngsi-ld:ContextSourceIdentity:{uuid4()}"
        self.alias: str = alias or f"citycontext-{uuid4().hex[:12]}"
        self.temporal_page = temporal_page
        self.hosted_contexts: HostedContexts = HostedContexts(self.store, allow_private=allow_private_contexts)
        self.contexts = self.hosted_contexts.source
        self.base = ""
        """Where the broker is reached, as it was first; what a subscription was made by stays with it."""
        self.sources: Sources = Sources(self.store)
        self.forwarded: dict[tuple[int, str], Tally] = {}
        self.forwarder: Forwarder = Forwarder(
            Reachable(allow_forwarding),
            resolve=self.contexts.resolve,
            note=self._note_forwarding,
            transports=sources if sources is not None else {},
        )
        self._transports = sources if sources is not None else {}
        self.notifier: Notifier = self._make_notifier(self._current_entities, "subscription")
        self.registration_notifier: Notifier = self._make_notifier(
            partial(current_registrations, self.store), "csourceSubscription"
        )
        self.registration_notifications: RegistrationNotifications = RegistrationNotifications(
            self.store, self.registration_notifier, changed=self._registrations_changed
        )
        self.forwarded_subscriptions: ForwardedSubscriptions = ForwardedSubscriptions(
            self.store,
            self.sources,
            self.forwarder,
            self.hosted_contexts,
            alias_of=self.alias_of,
            notifier=self.notifier,
            base=lambda: self.base,
        )
        self.snapshot_notifications: SnapshotNotifications = SnapshotNotifications()

    def alias_of(self, tenant: int) -> str:
        """Return the name by which the broker and a tenant of it stand in ``Via`` (5.15.1)."""
        name = self.store.database.tenant_name(tenant)
        return f"{self.alias}.{quote(name, safe='')}" if name else self.alias

    def _registrations_changed(self, tenant: int) -> None:
        self.sources.forget(tenant)
        self.forwarded_subscriptions.registrations_changed(tenant)

    def _note_forwarding(self, tenant: int, registration: str, went_well: bool) -> None:
        self.forwarded.setdefault((tenant, registration), Tally()).note(went_well, timestamp())

    @contextmanager
    def writing(self, tenant: int) -> Iterator[Writer]:
        """Write entities in one transaction, then tell the subscribers."""
        writer = Writer(self.store, tenant, self.bounds, keeps_revisions=self.notifier.has_any(tenant))
        with self.store.transaction():
            yield writer
        self.notifier.publish(tenant, writer.revisions)

    async def make_subscription(self, tenant: int, record: Document) -> LiveSubscription:
        """Make a subscription of what is stored of it.

        Args:
            tenant: The tenant's number.
            record: The expanded subscription, its @context, and its counters.

        Raises:
            ContextError: Its @context, or that of its notifications, cannot be had.
        """
        wire = record["wire"]
        check_endpoint(wire["notification"]["endpoint"])
        context = await self.contexts.resolve(record["context"])
        notified = await self.contexts.resolve(wire["jsonldContext"]) if "jsonldContext" in wire else context

        return LiveSubscription(
            tenant,
            wire,
            context,
            notified,
            partial(self.store.entities.sized, tenant),
            self.bounds,
            record.get("base", ""),
            Counters(**record.get("counters", {})),
        )

    async def restore(self) -> None:
        """Put the stored subscriptions into force; one whose @context cannot be had now waits for the next start."""
        self._drop_nulls()
        self.forwarded_subscriptions.restore()
        for kind, notifier in (
            ("subscription", self.notifier),
            ("csourceSubscription", self.registration_notifier),
        ):
            for tenant, record in self.store.resources.everywhere(kind):
                try:
                    notifier.put(await self.make_subscription(tenant, record))
                except (CityContextError, Problem, *BROKEN) as error:
                    _log.warning("subscription %s is not in force: %s", record["wire"].get("id"), error)

    async def stop(self) -> None:
        """Stop timers and deliveries."""
        await self.forwarded_subscriptions.stop()
        await self.notifier.stop()
        await self.registration_notifier.stop()
        await self.snapshot_notifications.stop()
        await self.forwarder.stop()

    def _drop_nulls(self) -> None:
        """Drop JSON nulls that earlier releases stored in subscriptions and registrations."""
        resources = self.store.resources
        for kind in ("subscription", "csourceSubscription", "registration"):
            for tenant, record in resources.everywhere(kind):
                wire = without_nulls(record["wire"])
                if wire is not record["wire"]:
                    resources.put(tenant, kind, record["wire"]["id"], {**record, "wire": wire})

    def _make_notifier(
        self, current: Callable[[LiveSubscription], tuple[list[dict[str, Any]], dict[str, Any]]], kind: str
    ) -> Notifier:
        def save(changed: Sequence[LiveSubscription]) -> None:
            try:
                with self.store.transaction():
                    for subscription in changed:
                        kept = self.store.resources.get(subscription.tenant, kind, subscription.id)
                        if kept is not None:
                            kept["counters"] = asdict(subscription.counters)
                            self.store.resources.put(subscription.tenant, kind, subscription.id, kept)
            except Problem as problem:
                _log.warning("the counts of notifications were not kept: %s", problem.detail)

        return Notifier(
            current,
            context_url=lambda subscription: self.hosted_contexts.address_of(
                subscription.notified_context, subscription.base or self.base
            ),
            tenant_name=self.store.database.tenant_name,
            save=save,
            is_busy=lambda: self.busy > 0,
            merges=lambda subscription, revisions: self.forwarded_subscriptions.merges(subscription, revisions),
            transports=self._transports,
        )

    def _current_entities(self, subscription: LiveSubscription) -> tuple[list[dict[str, Any]], dict[str, Any]]:
        self.store.sweep()
        selection = Selection(subscription.selectors, tests=list(subscription.tests))
        return entity_data(subscription, list(selection.find(self.store, subscription.tenant))), {}

    def close(self) -> None:
        """Close the store."""
        self.store.close()


class Writer:
    """Writes revisions inside one transaction.

    Args:
        store: Where to.
        tenant: The tenant's number.
        bounds: How large an entity may become.
        keeps_revisions: Whether there is anybody to tell of them.
    """

    def __init__(self, store: Store, tenant: int, bounds: Bounds, *, keeps_revisions: bool) -> None:
        self.now: str = timestamp()
        self._bounds = bounds
        self._keeps_revisions = keeps_revisions
        self.revisions: list[Revision] = []
        self._store = store
        self._tenant = tenant

    def get(self, id: str) -> Document | None:
        """Read an entity as it stands in this transaction."""
        return self._store.entities.get(self._tenant, id)

    def apply(self, revision: Revision) -> None:
        """Write the entity, and record what changed in its evolution."""
        before, after = revision.before, revision.after
        if after is None:
            assert before is not None
            self._store.entities.delete(self._tenant, before)
        else:
            self._check(after)
            self._store.entities.put(self._tenant, after, before)
        frame = after or before
        assert frame is not None
        recorded = [
            Instance(change.attribute, self._recorded(change))
            for change in revision.changes
            if not (change.before and change.after and same_value(change.before, change.after))
        ]
        if after is not None and after.get("scope") != (before or {}).get("scope"):
            recorded.append(Instance("scope", self._scope(after.get("scope", []))))
        self._store.evolution.record(self._tenant, frame["id"], frame["type"], recorded, self.now)
        if after is None:
            self._store.evolution.end(self._tenant, frame["id"], self.now)
        if self._keeps_revisions:
            self.revisions.append(revision)

    def follow(self, id: str, types: list[str], recorded: Iterable[Instance]) -> None:
        """Let the present state follow an evolution that was written directly, for an entity known by that alone.

        Args:
            id: The entity's id.
            types: Its types.
            recorded: The instances that were added to its evolution.
        """
        before = self.get(id)
        if before is not None and not self._store.entities.is_derived(self._tenant, id):
            return
        after: Document = dict(before or {"id": id, "type": types, "createdAt": self.now})
        after |= {"type": list(dict.fromkeys([*after["type"], *types])), "modifiedAt": self.now}
        come: dict[str, list[Document]] = {}
        for instance in recorded:
            if instance.attribute == "scope":
                after["scope"] = listed_scope(instance.document["value"])
            else:
                come.setdefault(instance.attribute, []).append(instance.document)
        for attribute, documents in come.items():
            put_newest(after, attribute, documents)
        self._check(after)
        self._store.entities.put(self._tenant, after, before, derived=True)

    def _check(self, document: Document) -> None:
        """Make sure that an entity has not grown too large to be worked with.

        Raises:
            Problem: It has (413).
        """
        bounds = self._bounds
        count = sum(len(value) if type(value) is list else 1 for value in document.values())
        if count > bounds.attributes:
            raise Problem(
                "InvalidRequest", f"An entity has at most {bounds.attributes:,} attribute instances.", status=413
            )
        if len(document["type"]) > bounds.names or len(document.get("scope", ())) > bounds.names:
            raise Problem("InvalidRequest", f"An entity has at most {bounds.names:,} types and scopes.", status=413)

    def _recorded(self, change: Change) -> Document:
        return {**tombstone(change, self.now), "modifiedAt": self.now} if change.after is None else change.after

    def _scope(self, scope: list[str]) -> Document:
        recorded = {"type": "Property", "value": scope, "createdAt": self.now, "modifiedAt": self.now}
        return recorded if scope else {**recorded, "deletedAt": self.now}
