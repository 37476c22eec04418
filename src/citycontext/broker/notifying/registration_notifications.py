"""Subscribers to registrations: told which ones match, and when one begins or ceases to (5.11, 5.3.2)."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

from citycontext.broker.distribution.registrations import compact_registration, filter_of_subscription
from citycontext.broker.distribution.sources import BROKEN
from citycontext.broker.documents.writing import Document
from citycontext.broker.notifying.notifier import Notifier
from citycontext.broker.notifying.subscriptions import LiveSubscription
from citycontext.broker.store import Store
from citycontext.errors import CityContextError

_log = logging.getLogger(__name__)

__all__ = ["RegistrationNotifications", "current_registrations"]

_TYPE = "ContextSourceNotification"


class RegistrationNotifications:
    """Puts changes of registrations to the subscriptions to them.

    Args:
        store: Where registrations are.
        notifier: The subscriptions in force.
        changed: Takes the number of a tenant whose registrations changed.
    """

    def __init__(self, store: Store, notifier: Notifier, *, changed: Callable[[int], None]) -> None:
        self._store = store
        self._notifier = notifier
        self._changed = changed

    def changed(self, tenant: int, before: Document | None, after: Document | None) -> None:
        """Notify subscribers of a registration that was made, changed or removed.

        Args:
            tenant: The tenant's number.
            before: The registration before; None when it is new.
            after: The registration now; None when it is gone.
        """
        self._changed(tenant)
        for subscription in self._notifier.of_tenant(tenant):
            if subscription.period is not None:
                continue
            try:
                wanted = filter_of_subscription(subscription)
            except (CityContextError, *BROKEN):
                # What is wrong with one subscription must not be another client's error.
                _log.exception("subscription %s cannot be put to a change", subscription.id)
                continue
            was = before is not None and wanted.accepts(before)
            matches = after is not None and wanted.accepts(after)
            if was or matches:
                reason = "updated" if was and matches else "newlyMatching" if matches else "noLongerMatching"
                shown = after if matches else before
                assert shown is not None
                shown = wanted.narrowed(shown)
                self._notify(subscription, [shown], reason)

    def introduce(self, subscription: LiveSubscription) -> None:
        """Notify a new or changed subscription which registrations match now (5.11.2, 5.11.3)."""
        matching = _matching(self._store, subscription)
        if matching:
            self._notify(subscription, matching, "newlyMatching")

    def _notify(self, subscription: LiveSubscription, registrations: list[Document], reason: str) -> None:
        data = [compact_registration(one, subscription.notified_context) for one in registrations]
        self._notifier.notify(subscription, data, type=_TYPE, triggerReason=reason)


def current_registrations(store: Store, subscription: LiveSubscription) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    """Return what a periodic notification says: the registrations that match now, and its further members."""
    data = [compact_registration(one, subscription.notified_context) for one in _matching(store, subscription)]
    return data, {"type": _TYPE, "triggerReason": "newlyMatching"}


def _matching(store: Store, subscription: LiveSubscription) -> list[Document]:
    wanted = filter_of_subscription(subscription)
    stored = store.resources.all(subscription.tenant, "registration")
    return [wanted.narrowed(one["wire"]) for one in stored if wanted.accepts(one["wire"])]
