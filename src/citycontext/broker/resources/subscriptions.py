"""Subscriptions to entities (5.8.1 to 5.8.5) and to context source registrations (5.11.2 to 5.11.6)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final
from urllib.parse import quote
from uuid import uuid4

from starlette.responses import Response

from citycontext.broker.answering import page_headers
from citycontext.broker.call import Call
from citycontext.broker.notifier import Notifier
from citycontext.broker.parameters import check_uri
from citycontext.broker.problems import already_exists, bad_request_data, not_found
from citycontext.broker.routing import JSON_FORMS, PREFIX, Operation
from citycontext.broker.state import State
from citycontext.broker.subscribing import (
    DEFAULT_TRIGGERS,
    LiveSubscription,
    check_subscription,
    compact_subscription,
    expand_subscription,
)
from citycontext.broker.timestamps import timestamp
from citycontext.broker.writing import Document
from citycontext.ngsild.terms import NULL_URN

__all__ = ["OPERATIONS"]


@dataclass(frozen=True, slots=True)
class SubscriptionResource:
    """The operations on subscriptions to entities, or to registrations; they differ in little.

    Args:
        path: The path below the prefix.
        kind: The kind of resource in the store.
        notifier: Gives the notifier that has them in force.
        to_entities: Whether they are to entities.
    """

    path: str
    kind: str
    notifier: Callable[[State], Notifier]
    to_entities: bool

    async def create(self, call: Call) -> Response:
        """Create a subscription (5.8.1, 5.11.2)."""
        payload = dict(call.object_body())
        payload.setdefault("id", f"urn:ngsi-ld:Subscription:{uuid4()}")
        check_subscription(payload, now=datetime.now(UTC))
        resources = call.state.store.resources
        if resources.get(call.tenant, self.kind, payload["id"]) is not None:
            raise already_exists(f"There is a subscription {payload['id']} already.")
        now = timestamp()
        record: Document = {
            "wire": expand_subscription(payload, call.context),
            "context": call.context.source,
            "createdAt": now,
            "modifiedAt": now,
        }
        subscription = await call.state.make_subscription(call.tenant, record)
        call.state.hosting.address_of(subscription.notified_context, call.base)
        resources.put(call.tenant, self.kind, payload["id"], record)
        self._enforce(call, subscription)
        return call.created(f"{PREFIX}{self.path}/{quote(payload['id'], safe=':')}")

    async def query(self, call: Call) -> Response:
        """List subscriptions (5.8.4, 5.11.5)."""
        limit, offset = call.parameters.page()
        records = call.state.store.resources.all(call.tenant, self.kind)
        headers = page_headers(call, limit, offset, more=len(records) > offset + limit)
        if call.parameters.flag("count"):
            headers["NGSILD-Results-Count"] = str(len(records))
        shown = [self._shown(call, record) for record in records[offset : offset + limit]]
        return call.answer(shown, headers=headers)

    async def retrieve(self, call: Call) -> Response:
        """Retrieve a subscription (5.8.3, 5.11.4)."""
        return call.answer(self._shown(call, self._find(call)))

    async def update(self, call: Call) -> Response:
        """Change members of a subscription; null removes one (5.8.2, 5.11.3)."""
        record, fragment = self._find(call), call.object_body()
        if fragment.get("id", call.values["id"]) != call.values["id"]:
            raise bad_request_data(f"The body is about {fragment['id']!r}, the address about {call.values['id']!r}.")
        merged = _merge(record["wire"], expand_subscription(fragment, call.context))
        check_subscription(merged, now=datetime.now(UTC) if "expiresAt" in fragment else None)
        changed: Document = {**record, "wire": merged, "modifiedAt": timestamp()}
        if call.context.source is not None and not {"q", "geoQ", "csf", "notification"}.isdisjoint(fragment):
            changed["context"] = call.context.source
        subscription = await call.state.make_subscription(call.tenant, changed)
        call.state.store.resources.put(call.tenant, self.kind, merged["id"], changed)
        self._enforce(call, subscription)
        return call.no_content()

    async def delete(self, call: Call) -> Response:
        """Delete a subscription (5.8.5, 5.11.6)."""
        record = self._find(call)
        call.state.store.resources.delete(call.tenant, self.kind, record["wire"]["id"])
        self.notifier(call.state).drop(call.tenant, record["wire"]["id"])
        return call.no_content()

    def operations(self) -> tuple[Operation, ...]:
        """List the operations."""
        one = f"{self.path}/{{id}}"
        return (
            Operation("POST", self.path, self.create, reads_body=True, creates=True),
            Operation("GET", self.path, self.query, _PAGE, answers=JSON_FORMS, writes=False),
            Operation("GET", one, self.retrieve, _OPTIONS, answers=JSON_FORMS, writes=False),
            Operation("PATCH", one, self.update, reads_body=True),
            Operation("DELETE", one, self.delete),
        )

    def _enforce(self, call: Call, subscription: LiveSubscription) -> None:
        self.notifier(call.state).put(subscription)
        if not self.to_entities:
            call.state.watch.introduce(subscription)

    def _find(self, call: Call) -> Document:
        record = call.state.store.resources.get(call.tenant, self.kind, check_uri(call.values["id"]))
        if record is None:
            raise not_found(f"There is no subscription {call.values['id']}.")
        return record

    def _shown(self, call: Call, record: Document) -> Document:
        shown = compact_subscription(record["wire"], call.context)
        if self.to_entities:
            shown.setdefault("notificationTrigger", list(DEFAULT_TRIGGERS))
        live = self.notifier(call.state).get(call.tenant, shown["id"])
        if live is not None:
            shown["status"] = live.status
            shown["notification"] = {**shown["notification"], **live.counters.wire()}
        if "sysAttrs" in call.parameters.options():
            shown |= {"createdAt": record["createdAt"], "modifiedAt": record["modifiedAt"]}
        return shown


def _merge(stored: Document, fragment: Document) -> Document:
    merged: dict[str, Any] = dict(stored)
    for name, value in fragment.items():
        if value is None or value == NULL_URN:
            merged.pop(name, None)
        else:
            merged[name] = value
    return merged


_PAGE: Final = frozenset({"limit", "offset", "count", "options"})
_OPTIONS: Final = frozenset({"options"})

OPERATIONS = (
    *SubscriptionResource("/subscriptions", "subscription", lambda state: state.notifier, True).operations(),
    *SubscriptionResource(
        "/csourceSubscriptions", "csourceSubscription", lambda state: state.registration_notifier, False
    ).operations(),
)
