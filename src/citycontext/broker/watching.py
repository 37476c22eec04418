"""Subscribers to registrations: told which ones match, and when one begins or ceases to (5.11, 5.3.2)."""

from __future__ import annotations

from typing import Any

from citycontext.broker.notifier import Notifier
from citycontext.broker.registrations import compact_registration, filter_of_subscription
from citycontext.broker.store import Store
from citycontext.broker.subscribing import LiveSubscription
from citycontext.broker.writing import Document

__all__ = ["Watch"]

_TYPE = "ContextSourceNotification"


class Watch:
    """Puts changes of registrations to the subscriptions to them.

    Args:
        store: Where registrations are.
        notifier: The subscriptions in force.
    """

    def __init__(self, store: Store, notifier: Notifier) -> None:
        self._store = store
        self._notifier = notifier

    def changed(self, tenant: int, before: Document | None, after: Document | None) -> None:
        """Tell subscribers of a registration that was made, changed or removed.

        Args:
            tenant: The tenant's number.
            before: The registration before; None when it is new.
            after: The registration now; None when it is gone.
        """
        for subscription in self._notifier.of_tenant(tenant):
            if subscription.period is not None:
                continue
            wanted = filter_of_subscription(subscription)
            was = before is not None and wanted.accepts(before)
            matches = after is not None and wanted.accepts(after)
            if was or matches:
                reason = "updated" if was and matches else "newlyMatching" if matches else "noLongerMatching"
                shown = after if after is not None else before
                assert shown is not None
                self._notify(subscription, [shown], reason)

    def introduce(self, subscription: LiveSubscription) -> None:
        """Tell a new or changed subscription which registrations match now (5.11.2, 5.11.3)."""
        matching = self.matching(subscription)
        if matching:
            self._notify(subscription, matching, "newlyMatching")

    def current(self, subscription: LiveSubscription) -> tuple[list[dict[str, Any]], dict[str, Any]]:
        """Give what a periodic notification says."""
        data = [compact_registration(one, subscription.notified_context) for one in self.matching(subscription)]
        return data, {"type": _TYPE, "triggerReason": "newlyMatching"}

    def matching(self, subscription: LiveSubscription) -> list[Document]:
        """List the registrations a subscription asks for."""
        wanted = filter_of_subscription(subscription)
        stored = self._store.resources.all(subscription.tenant, "registration")
        return [one["wire"] for one in stored if wanted.accepts(one["wire"])]

    def _notify(self, subscription: LiveSubscription, registrations: list[Document], reason: str) -> None:
        data = [compact_registration(one, subscription.notified_context) for one in registrations]
        self._notifier.notify(subscription, data, type=_TYPE, triggerReason=reason)
