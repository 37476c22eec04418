"""Subscriptions to entities (5.8.1 to 5.8.5) and to context source registrations (5.11.2 to 5.11.6)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final
from urllib.parse import quote
from uuid import uuid4

from starlette.responses import Response

from citycontext.broker.documents.admission import check_mandatory, check_type
from citycontext.broker.documents.nulls import refuse_nulls
from citycontext.broker.documents.timestamps import timestamp
from citycontext.broker.documents.writing import Document
from citycontext.broker.notifying.notifier import Notifier
from citycontext.broker.notifying.subscriptions import (
    DEFAULT_TRIGGERS,
    LiveSubscription,
    check_subscription,
    compact_subscription,
    expand_subscription,
)
from citycontext.broker.request.parameters import check_uri
from citycontext.broker.request.query_body import body_q
from citycontext.broker.request.request import Request
from citycontext.broker.responses.entities import page_headers
from citycontext.broker.responses.problems import Problem, already_exists, bad_request_data, not_found
from citycontext.broker.routing import Operation
from citycontext.broker.state import State
from citycontext.broker.wire import PREFIX
from citycontext.ngsild.terms import NULL_URN
from citycontext.web.media_types import JSON_FORMS

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

    async def create(self, request: Request) -> Response:
        """Create a subscription (5.8.1, 5.11.2)."""
        payload = dict(request.object_body())
        payload.setdefault("id", f"urn:ngsi-ld:Subscription:{uuid4()}")
        refuse_nulls(payload)
        check_type(payload, "Subscription")
        for member in ("q", "csf"):
            if isinstance(payload.get(member), str):
                payload[member] = body_q(payload[member])
        check_subscription(payload, now=datetime.now(UTC))
        if self.to_entities and request.via and request.caller.is_loop:
            raise Problem("LoopDetected", "This subscription comes from this broker; it is known here.", status=508)
        resources = request.state.store.resources
        if resources.get(request.tenant, self.kind, payload["id"]) is not None:
            raise already_exists(f"There is a subscription {payload['id']} already.")
        now = timestamp()
        record: Document = {
            "wire": self._expanded(request, payload),
            "context": request.context.source,
            "base": request.base,
            "via": request.via,
            "createdAt": now,
            "modifiedAt": now,
        }
        subscription = await request.state.make_subscription(request.tenant, record)
        resources.put(request.tenant, self.kind, payload["id"], record)
        self._enforce(request, subscription)
        await self._follow(request, payload["id"])
        return request.created(f"{PREFIX}{self.path}/{quote(payload['id'], safe=':')}")

    async def query(self, request: Request) -> Response:
        """List subscriptions (5.8.4, 5.11.5)."""
        request.parameters.options({"sysAttrs"})
        limit, offset = request.parameters.page()
        records = request.state.store.resources.all(request.tenant, self.kind)
        headers = page_headers(request, limit, offset, more=len(records) > offset + limit)
        if request.parameters.flag("count"):
            headers["NGSILD-Results-Count"] = str(len(records))
        shown = [self._shown(request, record) for record in records[offset : offset + limit]]
        return request.answer(shown, headers=headers)

    async def retrieve(self, request: Request) -> Response:
        """Retrieve a subscription (5.8.3, 5.11.4)."""
        return request.answer(self._shown(request, self._find(request)))

    async def update(self, request: Request) -> Response:
        """Change members of a subscription; null removes one (5.8.2, 5.11.3)."""
        record, fragment = self._find(request), request.object_body()
        if fragment.get("id", request.values["id"]) != request.values["id"]:
            raise bad_request_data(f"The body is about {fragment['id']!r}, the address about {request.values['id']!r}.")
        refuse_nulls(fragment, fragment=True)
        merged = _merge(record["wire"], self._expanded(request, fragment, record["wire"]))
        check_subscription(merged, now=datetime.now(UTC) if "expiresAt" in fragment else None)
        changed: Document = {**record, "wire": merged, "modifiedAt": timestamp()}
        if request.context.source is not None and not {"q", "geoQ", "csf", "notification"}.isdisjoint(fragment):
            changed["context"] = request.context.source
        subscription = await request.state.make_subscription(request.tenant, changed)
        request.state.store.resources.put(request.tenant, self.kind, merged["id"], changed)
        self._enforce(request, subscription)
        await self._follow(request, merged["id"])
        return request.no_content()

    async def delete(self, request: Request) -> Response:
        """Delete a subscription (5.8.5, 5.11.6)."""
        record = self._find(request)
        request.state.store.resources.delete(request.tenant, self.kind, record["wire"]["id"])
        self.notifier(request.state).drop(request.tenant, record["wire"]["id"])
        await self._follow(request, record["wire"]["id"])
        return request.no_content()

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

    def _expanded(self, request: Request, payload: Document, known: Document | None = None) -> Document:
        """Expand the names, and say which @context notifications have where nobody chose one (5.8.1.4)."""
        wire = expand_subscription(payload, request.context)
        chosen = {**(known or {}), **wire}.get("jsonldContext")
        if chosen is None or chosen == NULL_URN:
            wire["jsonldContext"] = request.state.hosted_contexts.address_of(request.context, request.base)
        return wire

    def _enforce(self, request: Request, subscription: LiveSubscription) -> None:
        self.notifier(request.state).put(subscription)
        if not self.to_entities:
            request.state.registration_notifications.introduce(subscription)

    async def _follow(self, request: Request, id: str) -> None:
        """Have context sources follow; what fails there is a warning (5.8.1.4, 5.8.2.4, 5.8.5.4)."""
        if self.to_entities:
            replies = await request.state.forwarded_subscriptions.follow(request.tenant, id, headers=request.headers)
            for warning in filter(None, (reply.warning() for reply in replies)):
                request.warn(warning)

    def _find(self, request: Request) -> Document:
        record = request.state.store.resources.get(request.tenant, self.kind, check_uri(request.values["id"]))
        if record is None:
            raise not_found(f"There is no subscription {request.values['id']}.")
        return record

    def _shown(self, request: Request, record: Document) -> Document:
        shown = compact_subscription(record["wire"], request.context)
        if self.to_entities:
            shown.setdefault("notificationTrigger", list(DEFAULT_TRIGGERS))
        live = self.notifier(request.state).get(request.tenant, shown["id"])
        if live is not None:
            shown["status"] = live.status
            shown["notification"] = {**shown["notification"], **live.counters.wire()}
        if "sysAttrs" in request.parameters.options({"sysAttrs"}):
            shown |= {"createdAt": record["createdAt"], "modifiedAt": record["modifiedAt"]}
        return shown


def _merge(stored: Document, fragment: Document) -> Document:
    check_mandatory(fragment, ("id", "type", "notification"))
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
