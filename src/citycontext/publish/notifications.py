"""A subscription's notifications, pushed into a stream."""

from __future__ import annotations

import asyncio
import hmac
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

from citycontext.errors import DataError, PublicationError
from citycontext.extras import require
from citycontext.ngsild import Entity, Severity
from citycontext.ngsild.json_text import read_json
from citycontext.ngsild.notifications import Notification
from citycontext.publish.config import Retention
from citycontext.publish.ldes import EventStream, Written

if TYPE_CHECKING:
    from starlette.applications import Starlette
    from starlette.requests import Request
    from starlette.responses import Response

__all__ = ["RETENTION_EVERY", "notification_app", "publish_notification"]

RETENTION_EVERY: Final = timedelta(hours=1)
"""How often what is kept no longer goes: as long as a page stays for those who are reading."""

_log = logging.getLogger(__name__)


def publish_notification(stream: EventStream, notification: Notification | dict[str, Any]) -> Written:
    """Publish the entities of a notification; the same one twice changes nothing.

    A version holds what the notification holds: a subscription for publishing asks for all attributes.

    Args:
        stream: Where the versions go.
        notification: The notification, or its JSON object.

    Raises:
        DataError: It is no notification.
        PublicationError: The versions cannot be written; the sender must keep them.
    """
    if isinstance(notification, dict):
        notification = Notification.from_dict(notification)
    there: list[Entity] = []
    for entity in notification.entities():
        if "deletedAt" in entity.wire:
            stream.report.note("deleted", entity.type, "an entity was deleted; its versions stay", Severity.NOTE)
        else:
            there.append(entity)
    return stream.write(there)


def notification_app(
    stream: EventStream, *, secret: str = "", retention_every: timedelta = RETENTION_EVERY
) -> Starlette:
    """Make an ASGI app that takes notifications by POST; keep it where only the broker can reach it.

    While its lifespan lasts, what the stream keeps no longer goes; an app that is mounted in another one has none, and
    leaves ``stream.apply_retention`` to you.

    Args:
        stream: Where the versions go.
        secret: What the broker sends as ``Authorization: Bearer …`` (a ``receiverInfo`` entry of the subscription).
        retention_every: How often retention is applied.

    Raises:
        MissingExtra: Starlette is not installed.
    """
    require("broker", "starlette", purpose="Taking notifications over HTTP")
    from starlette.applications import Starlette
    from starlette.concurrency import run_in_threadpool
    from starlette.responses import PlainTextResponse
    from starlette.routing import Route

    async def take(request: Request) -> Response:
        shown = request.headers.get("authorization", "")
        if secret and not hmac.compare_digest(shown.encode(), f"Bearer {secret}".encode()):
            return PlainTextResponse("not allowed", 401)
        try:
            content = read_json(await request.body())
            await run_in_threadpool(publish_notification, stream, content)
        except DataError as error:
            return PlainTextResponse(str(error), 400)
        return PlainTextResponse("", 204)

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        ended = asyncio.Event()
        retaining = asyncio.create_task(_retain(stream, retention_every.total_seconds(), ended))
        try:
            yield
        finally:
            ended.set()
            await retaining  # the stream may be closed only when nothing writes any more

    return Starlette(routes=[Route("/", take, methods=["POST"])], lifespan=lifespan)


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
