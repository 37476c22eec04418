"""A subscription's notifications, pushed into a stream."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import logging
import secrets
from collections.abc import Awaitable, Callable, MutableMapping
from datetime import timedelta
from typing import Any, Final

from citycontext.errors import PublicationError
from citycontext.ngsild import Entity, Severity
from citycontext.publish.config import Retention
from citycontext.publish.ldes import EventStream, Written
from citycontext.receiver import SECRET_HEADER, Received, Receiver
from citycontext.receiver.notifications import read_notification

__all__ = ["MAX_BODY", "RETENTION_EVERY", "NotificationApp", "new_secret", "publish_notification", "stored_secret"]

RETENTION_EVERY: Final = timedelta(hours=1)
"""How often what is kept no longer goes: as long as a page stays for those who are reading."""
MAX_BODY: Final = 16 * 1024 * 1024
"""How many bytes a notification has at most."""

_SETTING: Final = "receive-secret"
_UNDER_WAY: Final = 32  # bodies in memory at once
_FIX: Final = (
    f"a notification came %s the secret, and was refused: add {SECRET_HEADER} to receiverInfo of its subscription (or "
    "run `publish receive` with --new-secret to have another secret, or with --no-secret to take what anybody sends)"
)

_Message = MutableMapping[str, Any]
_log = logging.getLogger(__name__)


def publish_notification(stream: EventStream, notification: Received[Any] | dict[str, Any]) -> Written:
    """Publish the entities of a notification; the same one twice changes nothing.

    A version holds what the notification holds: a subscription for publishing asks for all attributes.

    Args:
        stream: Where the versions go.
        notification: The notification, or its JSON object.

    Raises:
        DataError: It is not a notification.
        PublicationError: The versions cannot be written; the sender must keep them.
    """
    if isinstance(notification, dict):
        notification = read_notification(notification, {}, Entity)
    for finding in notification.findings:
        if finding.severity is Severity.ERROR:
            message = "an entity, or a part of one, cannot be read; it is not published"
            stream.report.note("not-an-entity", "notification", message, Severity.ERROR)
    there: list[Entity] = []
    for entity in notification.entities:
        if "deletedAt" in entity.wire:
            stream.report.note("deleted", entity.type, "an entity was deleted; its versions stay", Severity.NOTE)
        else:
            there.append(entity)
    return stream.write(there)


def new_secret(stream: EventStream) -> str:
    """Make the secret that notifications of a stream must show; one that was made before counts no longer.

    Args:
        stream: The stream; it remembers a digest, not the secret.

    Returns:
        The secret, which cannot be asked for again.
    """
    secret = secrets.token_urlsafe(32)
    stream.remember(_SETTING, _digest(secret))
    return secret


def stored_secret(stream: EventStream) -> Callable[[str], bool] | None:
    """Return what tells whether a secret is the one that was made for a stream; ``None`` if none was.

    Args:
        stream: The stream.
    """
    known = stream.remembered(_SETTING)
    return None if known is None else lambda shown: hmac.compare_digest(_digest(shown), known)


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode(errors="replace")).hexdigest()  # of 256 random bits: no salt is needed


class NotificationApp:
    """An ASGI application that takes notifications by POST, and answers once their versions are on disk.

    While its lifespan lasts, what the stream keeps no longer goes; one that is mounted in another application has none,
    and leaves ``stream.apply_retention`` to you.

    Args:
        stream: Where the versions go.
        secret: What the broker sends as ``X-Notification-Secret`` or ``Authorization: Bearer …`` (``receiverInfo`` of
            the subscription), or what tells whether it is right; with ``None`` anybody who reaches it publishes.
        retention_every: How often retention is applied.
        max_body: How many bytes a notification has at most.
        on_subscription: Called with the id of the subscription of each notification that is taken.
    """

    def __init__(
        self,
        stream: EventStream,
        *,
        secret: str | Callable[[str], bool] | None,
        retention_every: timedelta = RETENTION_EVERY,
        max_body: int = MAX_BODY,
        on_subscription: Callable[[str], object] = lambda name: None,
    ) -> None:
        self._stream = stream
        self._every = retention_every.total_seconds()
        self._told: set[str] = set()
        self._on_subscription = on_subscription
        self.receiver: Receiver[Entity] = Receiver(
            secret=secret,
            max_body=max_body,
            capacity=_UNDER_WAY,
            handler=self._publish,
        )
        """What takes the notifications; its ``findings`` say what was refused."""

    def _publish(self, received: Received[Any]) -> None:
        self._on_subscription(received.subscription_id)
        publish_notification(self._stream, received)

    async def __call__(
        self,
        scope: _Message,
        receive: Callable[[], Awaitable[_Message]],
        send: Callable[[_Message], Awaitable[None]],
    ) -> None:
        """Answer as an ASGI application; the path does not matter."""
        if scope["type"] == "lifespan":
            await self._live(receive, send)
            return
        await self.receiver(scope, receive, send)
        self._tell()

    def _tell(self) -> None:
        """Log what was refused, a line for each kind of reason."""
        if not self.receiver.findings:
            return
        found = self.receiver.findings[-1]
        if found.rule not in self._told:
            self._told.add(found.rule)
            if found.rule == "secret":
                _log.warning(_FIX, "with another than" if "wrong" in found.message else "without")
            else:
                _log.warning("%s (of this kind only the first is told)", found.message)

    async def _live(
        self, receive: Callable[[], Awaitable[_Message]], send: Callable[[_Message], Awaitable[None]]
    ) -> None:
        ended = asyncio.Event()
        await receive()
        retaining = asyncio.create_task(_retain(self._stream, self._every, ended))
        await send({"type": "lifespan.startup.complete"})
        await receive()
        ended.set()
        await retaining  # the stream may be closed only when nothing writes any more
        await send({"type": "lifespan.shutdown.complete"})


async def _retain(stream: EventStream, seconds: float, ended: asyncio.Event) -> None:
    """Apply retention from time to time; what fails is tried again the next time."""
    while stream.settings.retention != Retention():
        try:
            await asyncio.wait_for(ended.wait(), seconds)
            return
        except TimeoutError:
            pass
        try:
            await asyncio.to_thread(stream.apply_retention)
        except PublicationError as error:
            _log.warning("what is kept no longer could not be taken out: %s", error)
