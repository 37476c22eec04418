"""Whether a subscription still notifies: brokers lose them at a restart, let them expire, and pause them on errors."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Final

from citycontext.ngsild.subscriptions import Subscription

__all__ = ["LOOK_EVERY", "why_silent"]

LOOK_EVERY: Final = 30.0
"""Seconds between two looks at a subscription."""


def why_silent(subscription: Subscription | None) -> str | None:
    """Say why a subscription notifies no more, in words that go on after "the subscription"; ``None`` if it does.

    Args:
        subscription: As the broker tells it; ``None`` if it knows it no more.
    """
    if subscription is None:
        return "is not there any more"
    expires = subscription.expires_at
    if subscription.status == "expired" or (expires is not None and expires <= datetime.now(UTC)):
        return "has expired"
    if subscription.status == "paused" or subscription.is_active is False:
        return "is paused"
    return None
