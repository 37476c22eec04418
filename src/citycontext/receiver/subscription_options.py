"""What ``subscribed`` asks a broker for: the members of a subscription that a program chooses."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final, Literal, TypeAlias, TypedDict

from citycontext.errors import InvalidName
from citycontext.ngsild.query import EntityFilter, GeoQuery
from citycontext.ngsild.selection import EntitySelector, GeoQ
from citycontext.ngsild.subscriptions import Endpoint, NotificationParams, Subscription

__all__ = ["SubscriptionOptions", "Trigger", "subscription_of"]

Trigger: TypeAlias = Literal[
    "entityCreated", "entityUpdated", "entityDeleted", "attributeCreated", "attributeUpdated", "attributeDeleted"
]


class SubscriptionOptions(TypedDict, total=False):
    """Which changes are notified, and what a notification holds (CIM 009, 5.2.12 and 5.2.14).

    .. versionadded:: 0.2

    Keys:
        entities: Which entities; without it those of the entity class, if that stands for a type.
        watched_attributes: Attributes, by wire name, whose change is notified; any, if none is named.
        notification_trigger: Which changes; without it ``attributeCreated`` and ``attributeUpdated``.
        time_interval: Seconds between notifications that do not wait for a change.
        throttling: Least seconds between two notifications.
        q: Conditions on attributes: a text, or what ``Q`` builds.
        geo: A condition on where entities lie: what ``near(…)`` and its kin build.
        scope_q: A condition on scopes.
        lang: Languages in order of preference.
        dataset_id: Which instances of attributes; ``@none`` is the default one.
        expires_at: When the broker shall delete it, if this program cannot.
        description: What it is for.
        representation: ``normalized`` (if none is named), ``concise`` or ``simplified``.
        pick: Members of entities that notifications have.
        omit: Members that they lack.
        sys_attrs: Whether with ``createdAt``, ``modifiedAt`` and ``deletedAt``.
        show_changes: Whether with previous values.
    """

    entities: Sequence[EntitySelector | EntityFilter]
    watched_attributes: Sequence[str]
    notification_trigger: Sequence[Trigger]
    time_interval: float
    throttling: float
    q: Any
    geo: GeoQ | GeoQuery
    scope_q: Any
    lang: str
    dataset_id: Sequence[str]
    expires_at: datetime | str
    description: str
    representation: Literal["normalized", "concise", "simplified"]
    pick: Sequence[str]
    omit: Sequence[str]
    sys_attrs: bool
    show_changes: bool


_OF_NOTIFICATION: Final = frozenset({"representation", "pick", "omit", "sys_attrs", "show_changes"})
_MEMBERS: Final = {"geo": "geo_q", "representation": "format"}
"""What the standard calls differently in subscriptions than in queries."""


def subscription_of(options: SubscriptionOptions, *, id: str, entity_type: str, endpoint: Endpoint) -> Subscription:
    """Write the subscription.

    Args:
        options: What is wanted.
        id: Its id.
        entity_type: Which entities, where ``options`` does not say; empty for no type.
        endpoint: Where notifications go.

    Raises:
        InvalidDocument: It breaks a clause.
        InvalidName: There is no such member.
    """
    members: dict[str, Any] = {name: _listed(value) for name, value in options.items()}
    for name, other in (("geo_q", "geo"), ("format", "representation")):
        if name in members:
            raise InvalidName(f"{name!r} is the standard's name; write {other}=…, as in queries")
    notification = {_MEMBERS.get(name, name): members.pop(name) for name in _OF_NOTIFICATION & members.keys()}
    members = {_MEMBERS.get(name, name): value for name, value in members.items()}
    if "entities" not in members and entity_type:
        members["entities"] = [EntitySelector(type=entity_type)]
    return Subscription(id=id, notification=NotificationParams(endpoint=endpoint, **notification), **members)


def _listed(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else value
