"""Subscriptions as the broker keeps them: expanded, checked, ready to be put to changes (5.2.12, 5.8)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final

import orjson

from citycontext.broker.documents.writing import Change, Document, Revision, same_value
from citycontext.broker.request.bounds import Bounds
from citycontext.broker.request.parameters import Parameters
from citycontext.broker.request.query_body import body_q
from citycontext.broker.responses.joining import NO_JOIN, Join
from citycontext.broker.responses.projection import read_projection
from citycontext.broker.responses.rendering import View
from citycontext.broker.responses.versions import version_of
from citycontext.broker.selection.geo import geo_test
from citycontext.broker.selection.selectors import Selector, read_entity_selectors
from citycontext.errors import InvalidDocument
from citycontext.ngsild.context import Context
from citycontext.ngsild.names import is_uri
from citycontext.ngsild.query.alternatives import render_alternatives
from citycontext.ngsild.query.entity_types import parse_types
from citycontext.ngsild.query.evaluate import compile_q
from citycontext.ngsild.query.geo import GeoQuery
from citycontext.ngsild.query.language import parse_language
from citycontext.ngsild.query.q_parser import parse_q
from citycontext.ngsild.query.scope import parse_scope
from citycontext.ngsild.subscriptions import Subscription
from citycontext.ngsild.time import parse_datetime

__all__ = ["Counters", "LiveSubscription", "check_subscription", "compact_subscription", "expand_subscription"]

DEFAULT_TRIGGERS: Final = ("attributeCreated", "attributeUpdated")
READ_ONLY: Final = frozenset({"status", "createdAt", "modifiedAt", "deletedAt"})
_COUNTED: Final = frozenset({"status", "timesSent", "timesFailed", "lastNotification", "lastSuccess", "lastFailure"})
_WISHED: Final = (
    "entities",
    "watchedAttributes",
    "notificationTrigger",
    "q",
    "expandValues",
    "jsonKeys",
    "geoQ",
    "scopeQ",
)
_SEEN_BY: Final = ("accept", "receiverInfo")
_ATTRIBUTE_LISTS: Final = ("attributes", "pick", "omit")
_UNEXPANDED: Final = frozenset({"id", "type", "scope"})

Predicate = Callable[[Document], bool]


@dataclass(slots=True)
class Counters:
    """What came of the notifications of a subscription (5.2.14)."""

    sent: int = 0
    failed: int = 0
    last_notification: str = ""
    last_success: str = ""
    last_failure: str = ""

    def wire(self) -> dict[str, Any]:
        """Write what a subscription shows of them: nothing before the first notification."""
        if not self.sent:
            return {}
        shown = {
            "status": "ok" if self.last_success >= self.last_failure else "failed",
            "timesSent": self.sent,
            "timesFailed": self.failed,
            "lastNotification": self.last_notification,
            "lastSuccess": self.last_success,
            "lastFailure": self.last_failure,
        }
        return {name: value for name, value in shown.items() if value}


@dataclass(slots=True)
class LiveSubscription:
    """A subscription in force.

    Args:
        tenant: The tenant's number.
        wire: The subscription, expanded, without @context.
        context: What names in its queries mean.
        notified_context: What notifications are compacted with.
        read: Gives entities by id, with their bytes, for queries along relationships and for ``join``.
        bounds: How much a notification may hold.
        base: Scheme, host and mount point of the request that made it; empty where that is not known.
    """

    tenant: int
    wire: Document
    context: Context
    notified_context: Context
    read: Callable[[str], tuple[Document, int] | None]
    bounds: Bounds
    base: str = ""
    counters: Counters = field(default_factory=Counters)
    selectors: Sequence[Selector] = ()
    watched: frozenset[str] = frozenset()
    triggers: frozenset[str] = frozenset()
    tests: list[Predicate] = field(default_factory=list)
    view: View = field(default_factory=View)
    wish: bytes = b""
    look: bytes = b""

    def __post_init__(self) -> None:
        wire, notification = self.wire, self.wire["notification"]
        if "entities" in wire:
            self.selectors = read_entity_selectors(wire["entities"], self.context, needs_type=True)
        self.watched = frozenset(wire.get("watchedAttributes", ()))
        self.triggers = frozenset(wire.get("notificationTrigger", DEFAULT_TRIGGERS))
        if "q" in wire:
            self.tests.append(
                compile_q(
                    parse_q(wire["q"]),
                    expand=self.context.expand,
                    resolve=self._lookup,
                    expand_values=wire.get("expandValues", ()),
                )
            )
        if "geoQ" in wire:
            self.tests.append(geo_test(GeoQuery.from_body(wire["geoQ"]), self.context).matches)
        if "scopeQ" in wire:
            in_scope = parse_scope(wire["scopeQ"]).compile()
            self.tests.append(lambda document: in_scope(document.get("scope")))
        self.view = _view(wire, notification, self.context)
        # Subscriptions with the same wish want the same changes; those with the same look want to see them alike.
        asked = {name: wire[name] for name in _WISHED if name in wire}
        self.wish = orjson.dumps([id(self.context), asked], option=orjson.OPT_SORT_KEYS)
        endpoint = {name: notification["endpoint"][name] for name in _SEEN_BY if name in notification["endpoint"]}
        seen = {name: value for name, value in notification.items() if name != "endpoint" and name not in _COUNTED}
        shown = {
            name: wire[name]
            for name in ("lang", "datasetId", "watchedAttributes", "notificationTrigger")
            if name in wire
        }
        self.look = orjson.dumps(
            [id(self.context), id(self.notified_context), endpoint, seen, shown], option=orjson.OPT_SORT_KEYS
        )

    def _lookup(self, id: str) -> Document | None:
        found = self.read(id)
        return None if found is None else found[0]

    @property
    def id(self) -> str:
        """The subscription's URI."""
        return str(self.wire["id"])

    @property
    def period(self) -> float | None:
        """Seconds between notifications that wait for no change; None for one that waits for changes."""
        interval = self.wire.get("timeInterval")
        return None if interval is None else float(interval)

    @property
    def status(self) -> str:
        """Return ``active``, ``paused`` or ``expired``."""
        if "expiresAt" in self.wire and parse_datetime(self.wire["expiresAt"]) <= datetime.now(UTC):
            return "expired"
        return "active" if self.wire.get("isActive", True) else "paused"

    @property
    def is_split(self) -> bool:
        """Whether an entity may have parts at several brokers, so that filters look at all of it (4.3.6.7)."""
        return bool(self.wire.get("splitEntities")) and not self.wire.get("localOnly")

    def selects(self, document: Document) -> bool:
        """Return whether an entity is one the subscription is about."""
        if self.selectors and not any(selector.accepts(document) for selector in self.selectors):
            return False
        return all(test(document) for test in self.tests)

    def wants(self, revision: Revision) -> bool:
        """Return whether a change of an entity is one to notify of (5.8.6)."""
        document = revision.after or revision.before
        return document is not None and self.is_triggered(revision) and self.selects(document)

    def touches(self, change: Change) -> bool:
        """Return whether a change is of a watched attribute, and of a kind that triggers."""
        if self.watched and change.attribute not in self.watched:
            return False
        if change.kind not in self.triggers:
            return False
        return change.kind != "attributeUpdated" or _differs(change)

    def is_triggered(self, revision: Revision) -> bool:
        """Return whether a change is of a kind, and of an attribute, to notify of, whatever the entity is."""
        if revision.before is None and "entityCreated" in self.triggers:
            return True
        if revision.after is None and "entityDeleted" in self.triggers:
            return True
        if "entityUpdated" in self.triggers and revision.before is not None and revision.after is not None:
            watched = [one for one in revision.changes if not self.watched or one.attribute in self.watched]
            if any(change.kind != "attributeUpdated" or _differs(change) for change in watched):
                return True
        return any(self.touches(change) for change in revision.changes)


def check_subscription(payload: Document, *, now: datetime | None = None) -> None:
    """Check a subscription against its table (5.2.12) and the clock.

    Args:
        payload: The subscription.
        now: The present, where an expiry in the past is refused.

    Raises:
        InvalidDocument: It breaks the table.
    """
    checked = Subscription.from_dict(payload, strict=True)
    if now is not None:
        checked.check_expiry(now)
    for dataset_id in payload.get("datasetId") or ():
        if dataset_id != "@none" and not is_uri(dataset_id):
            raise InvalidDocument(f"{dataset_id!r:.80} is not a URI", path="datasetId", clause="5.2.12")
    for selector in payload.get("entities", ()):
        if "type" not in selector:
            raise InvalidDocument("each of entities needs a type, which may be '*'", path="entities", clause="5.2.33")


def expand_subscription(payload: Document, context: Context) -> Document:
    """Expand the names in a subscription, or in a fragment of one; leave out what only the broker may say."""
    return _translate(payload, context.expand, context.expand_vocab)


def compact_subscription(wire: Document, context: Context) -> Document:
    """Compact the names in a stored subscription."""
    return _translate(wire, context.compact, context.compact_vocab)


def _translate(payload: Document, name_of: Callable[[str], str], word_of: Callable[[str], str]) -> Document:
    made = {name: value for name, value in payload.items() if name not in READ_ONLY and name != "@context"}
    if isinstance(made.get("q"), str):
        made["q"] = body_q(made["q"])
    if isinstance(made.get("entities"), list):
        made["entities"] = [_selector(one, word_of) for one in made["entities"]]
    if isinstance(made.get("watchedAttributes"), list):
        made["watchedAttributes"] = [
            name_of(name) if isinstance(name, str) else name for name in made["watchedAttributes"]
        ]
    if isinstance(made.get("geoQ"), dict) and isinstance(made["geoQ"].get("geoproperty"), str):
        made["geoQ"] = {**made["geoQ"], "geoproperty": name_of(made["geoQ"]["geoproperty"])}
    if isinstance(made.get("notification"), dict):
        notification = {name: value for name, value in made["notification"].items() if name not in _COUNTED}
        for member in _ATTRIBUTE_LISTS:
            if isinstance(notification.get(member), list):
                notification[member] = [
                    name if not isinstance(name, str) or name in _UNEXPANDED or "{" in name else name_of(name)
                    for name in notification[member]
                ]
        made["notification"] = notification
    return made


def _selector(selector: Any, word_of: Callable[[str], str]) -> Any:
    if not isinstance(selector, dict) or not isinstance(selector.get("type"), str) or selector["type"] == "*":
        return selector
    groups = parse_types(selector["type"]).alternatives
    # What a name becomes is written and not checked: it would be another reader's @context that is at fault.
    return {**selector, "type": render_alternatives(tuple(tuple(map(word_of, group)) for group in groups))}


def _view(wire: Document, notification: Document, context: Context) -> View:
    shown = {name: ",".join(notification[name]) for name in ("pick", "omit") if notification.get(name)}
    if notification.get("attributes"):
        shown["attrs"] = ",".join(notification["attributes"])
    if wire.get("datasetId"):
        shown["datasetId"] = ",".join(wire["datasetId"])
    form = notification.get("format", "normalized")
    join = NO_JOIN
    if notification.get("join", "@none") != "@none":
        join = Join(notification["join"], int(notification.get("joinLevel", 1)))
    return View(
        "simplified" if form == "keyValues" else form,
        read_projection(Parameters(shown), context),
        bool(notification.get("sysAttrs", False)),
        parse_language(wire["lang"]) if wire.get("lang") else None,
        join,
        version_of(wire["ngsildConformance"]) if wire.get("ngsildConformance") else None,
    )


def _differs(change: Change) -> bool:
    return change.before is None or change.after is None or not same_value(change.before, change.after)
