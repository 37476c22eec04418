"""What a notification says: the entities that changed, in the form a subscription asks for (5.3.1, 5.8.6)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any
from uuid import uuid4

from citycontext.broker.documents.timestamps import tombstone
from citycontext.broker.documents.writing import Change, Document, Revision, instances
from citycontext.broker.notifying.subscriptions import LiveSubscription
from citycontext.broker.responses.answers import with_context
from citycontext.broker.responses.joining import NO_JOIN, Links, linked_entities
from citycontext.broker.responses.rendering import render
from citycontext.ngsild.representations import geojson
from citycontext.ngsild.terms import ATTRIBUTE_TYPES, NULL_URN, PREVIOUS_MEMBERS
from citycontext.web.media_types import GEO_JSON

__all__ = ["data_of", "entity_data", "notification_of", "show_revision"]


def notification_of(subscription: LiveSubscription, now: str) -> dict[str, Any]:
    """Write a notification, but for its data.

    Args:
        subscription: Who asked for it.
        now: When it is made.
    """
    return {
        "id": f"urn:ngsi-ld:Notification:{uuid4()}",
        "type": "Notification",
        "subscriptionId": subscription.id,
        "notifiedAt": now,
    }


def data_of(subscription: LiveSubscription, shown: list[dict[str, Any]], wire: Any) -> Any:
    """Write the data of a notification, in its media type.

    Args:
        subscription: Who asked for it.
        shown: The rendered entities.
        wire: The @context that stands in them; None where it is linked to.
    """
    endpoint = subscription.wire["notification"]["endpoint"]
    data = geojson.collect(shown) if endpoint.get("accept") == GEO_JSON else shown
    return data if wire is None else with_context(data, wire)


def entity_data(subscription: LiveSubscription, documents: Iterable[Document]) -> list[dict[str, Any]]:
    """Render entities as they are, each with the entities it links to if that is asked for."""
    view, context = subscription.view, subscription.notified_context
    lookup = Links(subscription.read, subscription.bounds, once=view.join.form == "flat")
    shown: list[dict[str, Any]] = []
    present: set[str] = set()
    for document in documents:
        shown.append(render(document, view, context, lookup))
        present.add(document["id"])
        if view.join.form == "flat":
            for linked, projection in linked_entities(document, view.projection, view.join, lookup):
                if linked["id"] not in present:
                    present.add(linked["id"])
                    inner = replace(view, projection=projection, join=NO_JOIN)
                    shown.append(render(linked, inner, context))
    return shown


def show_revision(subscription: LiveSubscription, revision: Revision, now: str) -> list[dict[str, Any]]:
    """Render an entity after a change: with what was deleted as Null, and previous values if they are asked for."""
    notification = subscription.wire["notification"]
    previous = bool(notification.get("showChanges"))
    if revision.after is None:
        return [_deleted(subscription, revision, now, previous=previous)]
    document = dict(revision.after)
    nulls: list[Change] = []
    for change in revision.changes:
        if change.after is None:
            nulls.append(change)
        elif previous and change.before is not None:
            _swap(document, change, {**change.after, **_previous(change.before)})
    if subscription.triggers.isdisjoint(("attributeDeleted", "entityUpdated")):
        nulls = []
    for change in nulls:
        gone = _gone(change, now, previous=previous)
        document[change.attribute] = [*instances(document.get(change.attribute, [])), gone]
        if len(document[change.attribute]) == 1:
            document[change.attribute] = gone
    shown = entity_data(subscription, [document])
    if subscription.view.representation == "simplified":
        _simplify_nulls(subscription, shown[0], nulls)
    return shown


def _deleted(subscription: LiveSubscription, revision: Revision, now: str, *, previous: bool) -> dict[str, Any]:
    before = revision.before
    assert before is not None
    document: Document = {"id": before["id"], "type": before["type"], "deletedAt": now}
    if subscription.view.sys_attrs:
        document |= {"createdAt": before["createdAt"], "modifiedAt": before["modifiedAt"]}
    if previous or "entityDeleted" not in subscription.triggers:
        for change in revision.changes:
            if not subscription.watched or change.attribute in subscription.watched:
                gone = _gone(change, now, previous=previous)
                known = document.get(change.attribute)
                document[change.attribute] = gone if known is None else [*instances(known), gone]
    shown = render(document, subscription.view, subscription.notified_context)
    return {**shown, "deletedAt": now}


def _gone(change: Change, now: str, *, previous: bool) -> Document:
    before = change.before
    assert before is not None
    gone = {**tombstone(change, now), "modifiedAt": before["modifiedAt"]}
    return gone | _previous(before) if previous else gone


def _previous(before: Document) -> Document:
    return {PREVIOUS_MEMBERS[before["type"]]: before[ATTRIBUTE_TYPES[before["type"]]]}


def _swap(document: Document, change: Change, shown: Document) -> None:
    swapped = [shown if one is change.after else one for one in instances(document[change.attribute])]
    document[change.attribute] = swapped if len(swapped) > 1 else swapped[0]


def _simplify_nulls(subscription: LiveSubscription, shown: dict[str, Any], nulls: Iterable[Change]) -> None:
    """In simplified form a deleted attribute is the bare Null, whatever its type was (4.5.4)."""
    for change in nulls:
        name = subscription.notified_context.compact(change.attribute)
        value = shown.get(name)
        if isinstance(value, dict) and "dataset" in value:
            value["dataset"][change.dataset_id or "@none"] = NULL_URN
        elif value is not None:
            shown[name] = NULL_URN
