"""The subscriptions that feed a stream: whether they still notify, and made again where the broker lost them."""

from __future__ import annotations

import contextlib
import logging
import threading
from typing import Any, Final

from citycontext.client import Client
from citycontext.errors import CityContextError, ResourceNotFound
from citycontext.foreign_text import printable
from citycontext.ngsild.subscriptions import Subscription
from citycontext.receiver.subscription_health import LOOK_EVERY, why_silent

__all__ = ["SubscriptionWatch"]

_log = logging.getLogger(__name__)

_MOST: Final = 100
_LONGEST_NAME: Final = 200
_OF_THE_BROKER: Final = frozenset({"status", "isActive", "expiresAt", "createdAt", "modifiedAt"})
_OF_NOTIFYING: Final = frozenset(
    {"status", "timesSent", "timesFailed", "lastNotification", "lastFailure", "lastSuccess", "lastErrorReason"}
)


class SubscriptionWatch:
    """Looks after the subscriptions whose notifications come; use it in ``with``.

    A subscription is known from its first notification on, as the broker then tells it.

    Args:
        client: Reaches the context broker.
        every: Seconds between two looks.
    """

    def __init__(self, client: Client, every: float = LOOK_EVERY) -> None:
        self._client = client
        self._every = every
        self._known: dict[str, dict[str, Any] | None] = {}
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._run, name="citycontext-subscriptions", daemon=True)
        self.restored: int = 0
        """How many subscriptions were lost, and made again."""

    def __enter__(self) -> SubscriptionWatch:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        self._thread.join(self._every)

    def note(self, subscription_id: str) -> None:
        """Take note of a subscription whose notification came; returns at once.

        Args:
            subscription_id: Its id.
        """
        if subscription_id and len(self._known) < _MOST:
            self._known.setdefault(subscription_id, None)

    def _run(self) -> None:
        # The first look is soon, so that little can be lost before a subscription is known.
        pause = min(1.0, self._every)
        while not self._ended.wait(pause):
            for name in list(self._known):
                try:
                    self._look(name)
                except CityContextError as error:
                    _log.warning("the subscription %s cannot be looked at: %s", printable(name, _LONGEST_NAME), error)
            pause = self._every if all(self._known.values()) and self._known else min(1.0, self._every)

    def _look(self, name: str) -> None:
        found: Subscription | None = None
        with contextlib.suppress(ResourceNotFound):
            found = self._client.subscriptions.retrieve(name)
        why = why_silent(found)
        if why is None and found is not None:
            self._known[name] = _wanted(found)
            return
        document = self._known[name] or (None if found is None else _wanted(found))
        shown = printable(name, _LONGEST_NAME)
        if document is None:
            _log.error("the subscription %s %s, and what it asked for is not known: make it again", shown, why)
            del self._known[name]
            return
        if found is not None:
            self._client.subscriptions.delete(name)
        self._client.subscriptions.create(document)
        self.restored += 1
        _log.warning("the subscription %s %s; it was made again, and what changed meanwhile may be missing", shown, why)


def _wanted(subscription: Subscription) -> dict[str, Any]:
    """Return what a subscription asks for, without what the broker says of it."""
    document = {name: one for name, one in subscription.to_dict().items() if name not in _OF_THE_BROKER}
    notification = document.get("notification")
    if isinstance(notification, dict):
        document["notification"] = {name: one for name, one in notification.items() if name not in _OF_NOTIFYING}
    return document
