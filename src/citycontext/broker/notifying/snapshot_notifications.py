"""Notifications that a snapshot is there, or gone (5.3.4, 5.16)."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from typing import Any, Final
from uuid import uuid4

from citycontext.broker.documents.timestamps import timestamp
from citycontext.broker.documents.writing import Document
from citycontext.broker.notifying.delivery import deliver, endpoint_headers
from citycontext.broker.notifying.receivers import DeliveryFailed, Receivers
from citycontext.ngsild.context import link_header
from citycontext.ngsild.key_value_pairs import without_password
from citycontext.web.media_types import LD_JSON

__all__ = ["SnapshotNotifications"]

_log = logging.getLogger(__name__)

_TOLD: Final = (
    *("snapshotStatus", "snapshotPriority", "expiresAt"),
    *("snapshotQueriesDetails", "snapshotTemporalQueriesDetails"),
)


class SnapshotNotifications:
    """What is on its way to those who wait for a snapshot."""

    def __init__(self) -> None:
        self._receivers = Receivers()
        self._under_way: set[asyncio.Task[None]] = set()

    def tell(self, snapshot: Document, *, context_url: str, tenant: str) -> None:
        """Let the endpoint of a snapshot, if it has one, know how it stands.

        Args:
            snapshot: The snapshot; where it was deleted, with the time of that as its ``expiresAt``.
            context_url: Address of the @context that its members are of.
            tenant: The tenant's name; empty for the default one.
        """
        endpoint = snapshot.get("endpoint")
        if endpoint is None:
            return
        notification: dict[str, Any] = {
            "id": f"urn:ngsi-ld:SnapshotNotification:{uuid4()}",
            "type": "SnapshotNotification",
            "snapshotId": snapshot["id"],
            "notifiedAt": timestamp(),
            **{name: snapshot[name] for name in _TOLD if name in snapshot},
        }
        headers = endpoint_headers(endpoint, tenant=tenant)
        if endpoint.get("accept") == LD_JSON:
            notification["@context"] = context_url
        else:
            headers["Link"] = link_header(context_url)
        task = asyncio.get_running_loop().create_task(self._send(endpoint, notification, headers))
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)

    async def stop(self) -> None:
        """Stop what is on its way."""
        for task in self._under_way:
            with contextlib.suppress(RuntimeError):
                task.cancel()
        await self._receivers.close()

    async def _send(self, endpoint: Document, notification: dict[str, Any], headers: dict[str, str]) -> None:
        try:
            await deliver(self._receivers, endpoint, notification, headers)
        except DeliveryFailed as failure:
            where = without_password(endpoint["uri"])
            _log.warning("%s: no notification to %s: %s", notification["snapshotId"], where, failure)
