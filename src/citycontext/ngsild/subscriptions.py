"""Subscriptions: what a context broker notifies of, when, and whom (CIM 009, 5.2.12 to 5.2.15).

Subscription(
    entities=[EntitySelector(type="OffStreetParking")],
    watched_attributes=["availableSpotNumber"],
    q=Q.availableSpotNumber < 10,
    notification=NotificationParams(endpoint=Endpoint(uri="https://city.example/notify")),
)
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime
from typing import Any, ClassVar, Final, Literal

from citycontext.errors import InvalidDocument
from citycontext.ngsild.key_value_pairs import KeyValuePair, OptPairs, without_password
from citycontext.ngsild.selection import EntitySelector, OptGeoQ, OptSelectors, OptTemporalQ, check_queries
from citycontext.ngsild.wire_model import Number, OptText, OptTime, WireModel, one_of, optional, uri
from citycontext.web.media_types import ENTITY_FORMS

__all__ = ["Endpoint", "EntitySelector", "KeyValuePair", "NotificationParams", "Subscription", "SubscriptionFragment"]

_TRIGGERS: Final = (
    "entityCreated",
    "entityUpdated",
    "entityDeleted",
    "attributeCreated",
    "attributeUpdated",
    "attributeDeleted",
)
_FORMATS: Final = ("normalized", "concise", "simplified", "keyValues")


class Endpoint(WireModel):
    """Where notifications go (CIM 009, 5.2.15).

    Args:
        uri: ``http(s)://…`` or ``mqtt(s)://[user:password@]host[:port]/topic``.
        accept: Their media type: ``application/json``, ``application/ld+json`` or ``application/geo+json``.
        timeout: How long the broker waits for an answer, in milliseconds.
        cooldown: How long it leaves the endpoint alone after a failure, in milliseconds.
        receiver_info: Headers to send, by name; in MQTT members of ``metadata``.
        notifier_info: How to send: with MQTT ``MQTT-Version`` and ``MQTT-QoS``.
    """

    clause: ClassVar[str] = "5.2.15"

    uri: str
    accept: str | None = None
    timeout: Number | None = None
    cooldown: Number | None = None
    receiver_info: OptPairs = optional()
    notifier_info: OptPairs = optional()

    def _check(self, prefix: str) -> None:
        if not re.match(r"[A-Za-z][A-Za-z0-9+.\-]*:\S", self.uri):
            raise InvalidDocument("it is not a URI", path=f"{prefix}uri", clause=self.clause)
        one_of(self.accept, ENTITY_FORMS, f"{prefix}accept", self.clause)
        for name in ("timeout", "cooldown"):
            _positive(getattr(self, name), f"{prefix}{name}", self.clause)

    def __repr_args__(self) -> Iterable[tuple[str | None, Any]]:
        for name, value in super().__repr_args__():
            yield name, without_password(value) if name == "uri" else value


class NotificationParams(WireModel):
    """How notifications look and where they go (CIM 009, 5.2.14).

    Args:
        endpoint: Where they go.
        format: ``normalized`` (if none is named), ``concise`` or ``simplified``, once called ``keyValues``.
        pick: Members of entities that they have.
        omit: Members that they lack.
        attributes: Attributes that they have; deprecated for ``pick``.
        sys_attrs: Whether with ``createdAt``, ``modifiedAt`` and ``deletedAt``.
        show_changes: Whether with previous values.
        join: How linked entities are given: ``flat``, ``inline`` or ``@none``.
        join_level: How many links deep.
        status: ``ok`` or ``failed``; set by the broker, as all that follows.
        times_sent: How often one was sent, failures included.
        times_failed: How often that failed.
        last_notification: When one was sent last.
        last_success: When that succeeded last.
        last_failure: When it failed last.
    """

    clause: ClassVar[str] = "5.2.14"

    endpoint: Endpoint
    format: str | None = None
    pick: list[str] | None = None
    omit: list[str] | None = None
    attributes: list[str] | None = None
    sys_attrs: bool | None = None
    show_changes: bool | None = None
    join: str | None = None
    join_level: Number | None = None
    status: str | None = None
    times_sent: Number | None = None
    times_failed: Number | None = None
    last_notification: OptTime = optional()
    last_success: OptTime = optional()
    last_failure: OptTime = optional()

    def _check(self, prefix: str) -> None:
        one_of(self.format, _FORMATS, f"{prefix}format", self.clause)
        one_of(self.join, ("flat", "inline", "@none"), f"{prefix}join", self.clause)
        for name in ("attributes", "pick", "omit"):
            if getattr(self, name) == []:
                raise InvalidDocument("an empty list; leave it out", path=f"{prefix}{name}", clause=self.clause)
        _positive(self.join_level, f"{prefix}joinLevel", self.clause)
        if self.show_changes and self.format in ("simplified", "keyValues"):
            raise InvalidDocument(
                f"previous values do not go with {self.format}; use normalized or concise",
                path=f"{prefix}showChanges",
                clause=self.clause,
            )


class _Subscribed(WireModel):
    """What a subscription and a part of one have in common."""

    clause: ClassVar[str] = "5.2.12"

    id: str | None = None
    type: Literal["Subscription"] = "Subscription"
    subscription_name: str | None = None
    description: str | None = None
    entities: OptSelectors = optional()
    watched_attributes: list[str] | None = None
    notification_trigger: list[str] | None = None
    time_interval: Number | None = None
    throttling: Number | None = None
    q: OptText = optional()
    geo_q: OptGeoQ = optional()
    scope_q: OptText = optional()
    temporal_q: OptTemporalQ = optional()
    csf: OptText = optional()
    lang: OptText = optional()
    dataset_id: list[str] | None = None
    expand_values: str | list[str] | None = None
    json_keys: str | list[str] | None = None
    is_active: bool | None = None
    expires_at: OptTime = optional()
    jsonld_context: str | None = None
    local_only: bool | None = None
    split_entities: bool | None = None
    ngsild_conformance: str | None = None
    status: str | None = None
    created_at: OptTime = optional()
    modified_at: OptTime = optional()
    deleted_at: OptTime = optional()
    context: Any = optional("@context")

    def check_expiry(self, now: datetime) -> None:
        """Check that the subscription does not expire in the past, as a broker does when it takes one (5.8.1).

        Args:
            now: The present, with a zone.

        Raises:
            InvalidDocument: It does.
        """
        if self.expires_at is not None and self.expires_at <= now:
            raise InvalidDocument(f"{self.expires_at.isoformat()} is past", path="expiresAt", clause="5.8.1")

    def _check(self, prefix: str) -> None:
        uri(self.id, f"{prefix}id", self.clause)
        uri(self.jsonld_context, f"{prefix}jsonldContext", self.clause)
        for trigger in self.notification_trigger or ():
            one_of(trigger, _TRIGGERS, f"{prefix}notificationTrigger", self.clause)
        for name in ("entities", "watched_attributes", "notification_trigger"):
            if getattr(self, name) == []:
                path = f"{prefix}{type(self).model_fields[name].alias}"
                raise InvalidDocument("an empty list; leave it out", path=path, clause=self.clause)
        _positive(self.time_interval, f"{prefix}timeInterval", self.clause)
        _positive(self.throttling, f"{prefix}throttling", self.clause)
        if self.time_interval is not None:
            for name in ("watched_attributes", "throttling"):
                if getattr(self, name) is not None:
                    path = f"{prefix}{type(self).model_fields[name].alias}"
                    raise InvalidDocument("it does not go with timeInterval", path=path, clause=self.clause)
        check_queries(self, prefix)


class Subscription(_Subscribed):
    """A subscription to entities, or to context source registrations (CIM 009, 5.2.12).

    Args:
        notification: How notifications look and where they go.
        id: Its URI; the broker gives one if absent.
        subscription_name: A name for people.
        description: What it is for.
        entities: Which entities; this or ``watched_attributes`` is needed, unless ``local_only``.
        watched_attributes: Attributes whose change is notified; any, if none is named.
        notification_trigger: Which changes: ``entityCreated``, ``entityUpdated``, ``entityDeleted``,
            ``attributeCreated``, ``attributeUpdated``, ``attributeDeleted``.
        time_interval: Seconds between notifications that do not wait for a change.
        throttling: Least seconds between two notifications.
        q: Conditions on attributes: a text, or what ``Q`` builds.
        geo_q: A condition on where entities lie: what ``near(…)`` and its kin build.
        scope_q: A condition on scopes.
        temporal_q: Which time; for context source registrations only.
        csf: Conditions on context source registrations.
        lang: Languages in order of preference.
        dataset_id: Which instances of attributes; ``@none`` is the default one.
        expand_values: Attributes whose compared values are expanded.
        json_keys: Attributes whose values are JSON with keys that are not expanded.
        is_active: ``False`` pauses it.
        expires_at: When it ends.
        jsonld_context: Address of the @context of notifications, if not the subscription's own.
        local_only: Only entities that the broker itself has.
        split_entities: Whether parts of an entity that several sources have may come apart.
        ngsild_conformance: The version of NGSI-LD that notifications are written in.
        status: ``active``, ``paused`` or ``expired``; set by the broker.
        context: The @context.
    """

    notification: NotificationParams

    def _check(self, prefix: str) -> None:
        super()._check(prefix)
        if self.entities is None and not self.local_only:
            if self.time_interval is not None:
                raise InvalidDocument("timeInterval needs entities", path=f"{prefix}entities", clause=self.clause)
            if self.watched_attributes is None:
                raise InvalidDocument(
                    "entities or watchedAttributes is needed", path=f"{prefix}entities", clause=self.clause
                )


class SubscriptionFragment(_Subscribed):
    """A part of a subscription, as an update takes it: nothing is required (CIM 009, 5.8.2).

    Args:
        notification: How notifications look and where they go; as a whole, where it changes.
        members: As of ``Subscription``.
    """

    notification: NotificationParams | None = None


def _positive(value: float | None, path: str, clause: str) -> None:
    if value is not None and value <= 0:
        raise InvalidDocument(f"{value} is not above 0", path=path, clause=clause)
