"""What a subscription's copy at a context source says: what the source is registered for of it (5.8.1.4, 5.12)."""

from __future__ import annotations

from typing import Any, Final

from citycontext.broker.distribution.forwarder import passed_through
from citycontext.broker.distribution.sources import Source
from citycontext.broker.documents.writing import Document
from citycontext.broker.notifying.subscriptions import LiveSubscription, compact_subscription
from citycontext.broker.selection.selectors import read_entity_selectors
from citycontext.ngsild.terms import NULL_URN

__all__ = ["copy_for", "difference"]

_OWN: Final = frozenset(
    {"id", "type", "jsonldContext", "csf", "lang", "localOnly", "throttling", "subscriptionName", "ngsildConformance"}
)
"""What is done here, to what a source sends, or says something of this subscription alone."""

_FILTERS: Final = frozenset({"q", "geoQ", "scopeQ", "expandValues", "jsonKeys"})
_LISTS: Final = ("attributes", "pick")
_SHOWN: Final = ("attributes", "pick", "omit", "sysAttrs", "showChanges")
_FRAME: Final = ("id", "type")


def copy_for(source: Source, subscription: LiveSubscription, via: str) -> Document | None:
    """Write a subscription as a source gets it, without who is notified.

    Args:
        source: The source.
        subscription: What was subscribed to here.
        via: What the subscription has been through on its way here (6.3.18).

    Returns:
        The copy; None when the source has nothing of what is wanted.
    """
    wire = subscription.wire
    if source.mode == "auxiliary" or wire.get("localOnly"):
        return None
    if passed_through(via, source) or not source.meets(wire.get("csf")):
        return None
    wanted = _wanted_attributes(subscription)
    share = source.share(None, attributes=wanted)
    entities = _entities(source, subscription, wanted)
    if share is None or entities == []:
        return None
    splits, context = subscription.is_split, subscription.context
    shown = compact_subscription(wire, context)
    body = {
        name: value
        for name, value in shown.items()
        if name not in _OWN and not (splits and name in _FILTERS) and name not in ("entities", "notification")
    }
    if entities is not None:
        body["entities"] = compact_subscription({"entities": entities}, context)["entities"]
    if source.local_only:
        body["localOnly"] = True
    notification = {name: value for name, value in shown["notification"].items() if name in _SHOWN}
    if splits:
        notification = {name: value for name, value in notification.items() if name in ("sysAttrs", "showChanges")}
    if notification.get("showChanges") and "format" in shown["notification"]:
        notification["format"] = "normalized"
    if share.attributes is not None:
        registered = {context.compact(name) for name in share.attributes}
        if "timeInterval" not in body:
            watched = body.get("watchedAttributes")
            body["watchedAttributes"] = sorted(registered.intersection(watched or ()) or registered)
        for member in _LISTS:
            if member in notification:
                frame = _FRAME if member == "pick" else ()
                kept = [one for one in notification[member] if one in registered or one in _FRAME]
                notification[member] = list(dict.fromkeys((*frame, *kept)))
        if not notification.get("attributes", True):
            del notification["attributes"]
    return {**body, "notification": notification}


def difference(old: Document, new: Document) -> Document:
    """Return what changes one copy into another; what is gone is Null (5.5.8)."""
    changed = {name: value for name, value in new.items() if old.get(name) != value}
    return changed | dict.fromkeys(old.keys() - new.keys(), NULL_URN)


def _wanted_attributes(subscription: LiveSubscription) -> set[str] | None:
    """Return the attributes that a source must have one of; None for any (5.12)."""
    notification = subscription.wire["notification"]
    named = notification.get("attributes") or notification.get("pick")
    if not named:
        return None
    return {*subscription.watched, *(one.partition("{")[0] for one in named if one not in (*_FRAME, "scope"))} or None


def _entities(source: Source, subscription: LiveSubscription, wanted: set[str] | None) -> list[Any] | None:
    """Return the selectors for a source; None where any entity is meant."""
    given = subscription.wire.get("entities")
    registered = source.selectors()
    if given is None:
        return None if registered is None else [_as_selector(one) for one in registered]
    kept = []
    for one in given:
        if one["type"] == "*":
            # Any type means any type here (4.17).
            continue
        types = read_entity_selectors([{"type": one["type"]}], subscription.context)[0].types
        ids = one["id"] if isinstance(one.get("id"), list) else [one["id"]] if "id" in one else []
        if not ids:
            if source.share(None, types, pattern=one.get("idPattern"), attributes=wanted) is not None:
                kept += _narrowed(one, registered, types)
        elif left := [known for known in ids if source.share(known, types, attributes=wanted) is not None]:
            kept.append({**one, "id": left if len(left) > 1 else left[0]})
    return kept


def _narrowed(selector: Document, registered: list[Document] | None, types: Any) -> list[Document]:
    """Return a selector without ids as far as a source has such entities: with the ids that are registered."""
    if registered is None or "idPattern" in selector:
        return [selector]
    means = [one for one in registered if types is None or "*" in _kinds(one) or not set(types).isdisjoint(_kinds(one))]
    if not means or any("id" not in one and "idPattern" not in one for one in means):
        return [selector]
    # An id outranks a pattern (5.2.8).
    return [
        {**selector, "id": one["id"]} if "id" in one else {**selector, "idPattern": one["idPattern"]} for one in means
    ]


def _as_selector(registered: Document) -> Document:
    """Return registered entities as a selector of a subscription, which has its types in one text."""
    kept: Document = {name: registered[name] for name in ("id", "idPattern") if name in registered}
    if "id" in kept:
        kept.pop("idPattern", None)
    return {"type": ",".join(_kinds(registered)), **kept}


def _kinds(registered: Document) -> list[str]:
    kind = registered["type"]
    return kind if isinstance(kind, list) else [kind]
