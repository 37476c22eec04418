"""One notification as a program gets it: the document, its entities as objects, and what was odd about it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Generic, TypeAlias, TypeVar

from citycontext.ngsild.entity import Entity
from citycontext.ngsild.findings import Finding
from citycontext.ngsild.notifications import ContextSourceNotification, Notification, SnapshotNotification

__all__ = ["AnyNotification", "Received"]

E = TypeVar("E", bound=Entity)

AnyNotification: TypeAlias = Notification | ContextSourceNotification | SnapshotNotification
"""The documents that a broker sends to an endpoint (CIM 009, 5.3)."""


@dataclass(frozen=True, slots=True)
class Received(Generic[E]):
    """A notification that arrived (CIM 009, 5.3).

    A deleted attribute has the value ``NULL``, a deleted entity has ``deleted_at``.

    Args:
        document: The notification itself; ``Notification``, unless the subscription was to registrations or snapshots.
        entities: Its entities, those that could not be read left out; none where it is of another kind.
        tenant: The tenant that it came from; empty for the default one, and where the broker does not say.
        headers: The headers it came with, over MQTT its metadata; names in small letters, without the secret.
        findings: What was not as it should be; each path starts with the entity's place, ``data[0]``.
        received_at: When it arrived.
    """

    document: AnyNotification
    entities: list[E]
    tenant: str = ""
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    findings: list[Finding] = field(default_factory=list)
    received_at: datetime = field(default_factory=lambda: datetime.now(UTC))

    @property
    def id(self) -> str:
        """The notification's id: one that is sent again has the same."""
        return self.document.id

    @property
    def subscription_id(self) -> str:
        """The subscription it belongs to; empty for a snapshot's."""
        return "" if isinstance(self.document, SnapshotNotification) else self.document.subscription_id

    @property
    def notified_at(self) -> datetime | None:
        """When the broker made it."""
        return self.document.notified_at
