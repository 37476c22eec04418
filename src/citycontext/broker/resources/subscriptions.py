"""Subscriptions to entities (5.8.1 to 5.8.5)."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, Final
from urllib.parse import quote
from uuid import uuid4

from starlette.responses import Response

from citycontext.broker.answering import page_headers
from citycontext.broker.call import Call
from citycontext.broker.parameters import check_uri
from citycontext.broker.problems import already_exists, bad_request_data, not_found
from citycontext.broker.routing import JSON_FORMS, PREFIX, Operation
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

KIND: Final = "subscription"


async def create(call: Call) -> Response:
    """Create a subscription (5.8.1)."""
    payload = dict(call.object_body())
    payload.setdefault("id", f"urn:ngsi-ld:Subscription:{uuid4()}")
    check_subscription(payload, now=datetime.now(UTC))
    resources = call.state.store.resources
    if resources.get(call.tenant, KIND, payload["id"]) is not None:
        raise already_exists(f"There is a subscription {payload['id']} already.")
    now = timestamp()
    record: Document = {
        "wire": expand_subscription(payload, call.context),
        "context": call.context.source if call.body_type.endswith("ld+json") else call.link,
        "createdAt": now,
        "modifiedAt": now,
    }
    subscription = await call.state.make_subscription(call.tenant, record)
    call.state.hosting.address_of(subscription.notified_context, call.base)
    resources.put(call.tenant, KIND, payload["id"], record)
    call.state.notifier.put(subscription)
    return call.created(f"{PREFIX}/subscriptions/{quote(payload['id'], safe=':')}")


async def query(call: Call) -> Response:
    """List subscriptions (5.8.4)."""
    limit, offset = call.parameters.page()
    records = call.state.store.resources.all(call.tenant, KIND)
    headers = page_headers(call, limit, offset, more=len(records) > offset + limit)
    if call.parameters.flag("count"):
        headers["NGSILD-Results-Count"] = str(len(records))
    return call.answer([_shown(call, record) for record in records[offset : offset + limit]], headers=headers)


async def retrieve(call: Call) -> Response:
    """Retrieve a subscription (5.8.3)."""
    return call.answer(_shown(call, _find(call)))


async def update(call: Call) -> Response:
    """Change members of a subscription; null removes one (5.8.2)."""
    record, fragment = _find(call), call.object_body()
    if fragment.get("id", call.values["id"]) != call.values["id"]:
        raise bad_request_data(f"The body is about {fragment['id']!r}, the address about {call.values['id']!r}.")
    merged = _merge(record["wire"], expand_subscription(fragment, call.context))
    check_subscription(merged, now=datetime.now(UTC) if "expiresAt" in fragment else None)
    changed: Document = {**record, "wire": merged, "modifiedAt": timestamp()}
    if not {"q", "geoQ", "csf", "notification"}.isdisjoint(fragment):
        changed["context"] = call.context.source
    subscription = await call.state.make_subscription(call.tenant, changed)
    call.state.store.resources.put(call.tenant, KIND, merged["id"], changed)
    call.state.notifier.put(subscription)
    return call.no_content()


async def delete(call: Call) -> Response:
    """Delete a subscription (5.8.5)."""
    record = _find(call)
    call.state.store.resources.delete(call.tenant, KIND, record["wire"]["id"])
    call.state.notifier.drop(call.tenant, record["wire"]["id"])
    return call.no_content()


def _find(call: Call) -> Document:
    record = call.state.store.resources.get(call.tenant, KIND, check_uri(call.values["id"]))
    if record is None:
        raise not_found(f"There is no subscription {call.values['id']}.")
    return record


def _shown(call: Call, record: Document) -> Document:
    shown = compact_subscription(record["wire"], call.context)
    live: LiveSubscription | None = call.state.notifier.get(call.tenant, shown["id"])
    shown.setdefault("notificationTrigger", list(DEFAULT_TRIGGERS))
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
        elif name == "notification" and isinstance(value, dict):
            merged[name] = _merge(stored.get(name, {}), value)
        else:
            merged[name] = value
    return merged


_PAGE: Final = frozenset({"limit", "offset", "count", "options"})
_OPTIONS: Final = frozenset({"options"})
_ALL: Final = "/subscriptions"
_ONE: Final = "/subscriptions/{id}"

OPERATIONS = (
    Operation("POST", _ALL, create, reads_body=True, creates=True),
    Operation("GET", _ALL, query, _PAGE, answers=JSON_FORMS, writes=False),
    Operation("GET", _ONE, retrieve, _OPTIONS, answers=JSON_FORMS, writes=False),
    Operation("PATCH", _ONE, update, reads_body=True),
    Operation("DELETE", _ONE, delete),
)
