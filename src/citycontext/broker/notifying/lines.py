"""Notifications that wait to be sent: in a line for each subscription, bounded in number and in bytes."""

from __future__ import annotations

import asyncio
import time
from collections import deque
from dataclasses import dataclass, field
from typing import Any, Final

import orjson

from citycontext.broker.notifying.subscriptions import LiveSubscription

__all__ = ["Line", "Rendered", "Waiting"]

_IN_A_LINE: Final = 1_000
_IN_ALL: Final = 100_000
_BYTES: Final = 64 * 1024 * 1024


@dataclass(slots=True)
class Rendered:
    """The data of notifications, written once for all subscriptions that want to see them alike.

    Args:
        text: The JSON of the member ``data``.
        context: The @context that stands in the notification; None where it is linked to.
        uses: In how many waiting notifications it stands.
    """

    text: bytes
    context: Any
    uses: int = 0


@dataclass(slots=True, eq=False)
class Line:
    """The notifications of one subscription that wait to be sent."""

    subscription: LiveSubscription
    waiting: deque[tuple[Rendered, dict[str, Any]]] = field(default_factory=deque)
    task: asyncio.Task[None] | None = None
    timer: asyncio.Task[None] | None = None
    last_sent: float = float("-inf")
    is_over: bool = False

    def is_throttled(self) -> bool:
        """Return whether the last notification is too short a time ago (5.8.6)."""
        return time.monotonic() - self.last_sent < float(self.subscription.wire.get("throttling", 0))


class Waiting:
    """All that waits, of all lines."""

    def __init__(self) -> None:
        self._count = self._bytes = 0

    def add(self, line: Line, data: Rendered, notification: dict[str, Any]) -> int:
        """Let a notification wait; return how many older ones of the line had to go for it."""
        line.waiting.append((data, notification))
        self._count += 1
        self._bytes += 0 if data.uses else len(data.text)
        data.uses += 1
        dropped = 0
        while len(line.waiting) > 1 and (
            len(line.waiting) > _IN_A_LINE or self._count > _IN_ALL or self._bytes > _BYTES
        ):
            self._next(line)
            dropped += 1
        return dropped

    def take(self, line: Line) -> dict[str, Any]:
        """Take the oldest notification of a line."""
        data, notification = self._next(line)
        notification["data"] = orjson.Fragment(data.text)
        if data.context is not None:
            notification["@context"] = data.context
        return notification

    def clear(self, line: Line) -> None:
        """Let go of all that waits in a line."""
        while line.waiting:
            self._next(line)

    def _next(self, line: Line) -> tuple[Rendered, dict[str, Any]]:
        data, notification = line.waiting.popleft()
        self._count -= 1
        data.uses -= 1
        self._bytes -= 0 if data.uses else len(data.text)
        return data, notification
