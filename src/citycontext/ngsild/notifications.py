"""Notifications: what a context broker sends to a subscription's endpoint (CIM 009, 5.3 and 7)."""

from __future__ import annotations

import builtins
from datetime import tzinfo
from typing import Any, ClassVar, Literal, Self, TypeVar, overload

from citycontext.errors import InvalidDocument
from citycontext.ngsild.entity import Entity
from citycontext.ngsild.findings import Finding
from citycontext.ngsild.json_text import read_json
from citycontext.ngsild.links import context_url
from citycontext.ngsild.names import is_uri
from citycontext.ngsild.registrations import ContextSourceRegistration
from citycontext.ngsild.representations import Representation, geojson
from citycontext.ngsild.wire_model import OptTime, Time, WireModel, one_of, optional, uri

__all__ = ["ContextSourceNotification", "Notification", "SnapshotNotification", "linked_context"]

E = TypeVar("E", bound=Entity)


class Notification(WireModel):
    """A notification of entities (CIM 009, 5.3.1).

    A deleted attribute has the value ``NULL``, a deleted entity has ``deleted_at``; with ``show_changes`` attributes
    have a ``previous_value``.

    Args:
        id: Its URI.
        subscription_id: The subscription it belongs to.
        notified_at: When it was sent.
        data: The entities' JSON objects, or a FeatureCollection; ``entities()`` reads them.
        context: The @context, where it stands in the notification.
    """

    clause: ClassVar[str] = "5.3.1"

    id: str
    type: Literal["Notification"] = "Notification"
    subscription_id: str
    notified_at: Time
    data: list[dict[str, Any]] | dict[str, Any]
    context: Any = optional("@context")

    @classmethod
    def from_mqtt(cls, message: bytes | str | dict[str, Any], *, strict: bool = False) -> Self:
        """Read a notification that came over MQTT: ``metadata`` beside ``body`` (CIM 009, 7.2).

        Args:
            message: The message's payload.
            strict: As of ``from_dict``.

        Returns:
            The notification; an @context that the metadata link to becomes its own, where it has none.

        Raises:
            InvalidDocument: It is not such a message.
            InvalidContext: The metadata link to several contexts.
        """
        if not isinstance(message, dict):
            message = read_json(message, InvalidDocument)
        if not isinstance(message, dict) or not isinstance(message.get("body"), dict):
            raise InvalidDocument("a message has metadata and a body", path="body", clause="7.2")
        body = message["body"]
        metadata = message.get("metadata")
        link = metadata.get("Link") if isinstance(metadata, dict) else None
        if isinstance(link, str) and "@context" not in body:
            linked = linked_context(link)
            if linked is not None:
                body = {**body, "@context": linked}
        return cls.from_dict(body, strict=strict)

    @overload
    def entities(
        self,
        *,
        representation: Representation | str | None = None,
        strict: bool = False,
        zone: tzinfo | None = None,
        findings: list[Finding] | None = None,
    ) -> list[Entity]: ...
    @overload
    def entities(
        self,
        as_: builtins.type[E],
        *,
        representation: Representation | str | None = None,
        strict: bool = False,
        zone: tzinfo | None = None,
        findings: list[Finding] | None = None,
    ) -> list[E]: ...
    def entities(
        self,
        as_: builtins.type[Entity] = Entity,
        *,
        representation: Representation | str | None = None,
        strict: bool = False,
        zone: tzinfo | None = None,
        findings: list[Finding] | None = None,
    ) -> list[Any]:
        """Read the entities, each with the notification's @context where it has none of its own.

        Args:
            as_: The class to read them as.
            representation: ``simplified`` if the subscription asks for that format; others tell themselves.
            strict: Raise at the first thing that is not as it should be.
            zone: What a time without zone is taken to be in.
            findings: A list that takes what was not as it should be.

        Raises:
            DataError: One is not an entity at all or, in strict reading, breaks the standard or the model.
        """
        payloads = self.data
        if isinstance(payloads, dict):
            simplified = representation == Representation.SIMPLIFIED
            payloads = [geojson.unwrap(feature, simplified=simplified) for feature in geojson.features(payloads)]
        if self.context is not None:
            payloads = [one if "@context" in one else {**one, "@context": self.context} for one in payloads]
        return [
            as_.from_dict(
                one, representation=representation, strict=strict, zone=zone, findings=findings, fragment=True
            )
            for one in payloads
        ]

    def _check(self, prefix: str) -> None:
        uri(self.id, f"{prefix}id", self.clause)
        uri(self.subscription_id, f"{prefix}subscriptionId", self.clause)


class ContextSourceNotification(WireModel):
    """A notification of context source registrations (CIM 009, 5.3.2).

    Args:
        id: Its URI.
        subscription_id: The subscription it belongs to.
        notified_at: When it was sent.
        data: The registrations.
        trigger_reason: ``newlyMatching``, ``updated`` or ``noLongerMatching``.
        type: ``ContextSourceNotification``; ``CsourceNotification`` in the published OpenAPI.
        context: The @context, where it stands in the notification.
    """

    clause: ClassVar[str] = "5.3.2"

    id: str
    type: Literal["ContextSourceNotification", "CsourceNotification"] = "ContextSourceNotification"
    subscription_id: str
    notified_at: Time
    data: list[ContextSourceRegistration]
    trigger_reason: str
    context: Any = optional("@context")

    def _check(self, prefix: str) -> None:
        reasons = ("newlyMatching", "updated", "noLongerMatching")
        one_of(self.trigger_reason, reasons, f"{prefix}triggerReason", self.clause)


class SnapshotNotification(WireModel):
    """A notification that a snapshot is there, or failed (CIM 009, 5.3.4, since 1.9).

    Args:
        id: Its URI.
        snapshot_id: The snapshot.
        snapshot_status: ``success``, ``partial``, ``failure`` or ``empty``.
        notified_at: When it was sent.
        context: The @context, where it stands in the notification.
    """

    clause: ClassVar[str] = "5.3.4"

    id: str
    type: Literal["SnapshotNotification"] = "SnapshotNotification"
    snapshot_id: str | None = None
    snapshot_status: str | None = None
    notified_at: OptTime = optional()
    context: Any = optional("@context")


def linked_context(link: str) -> str | None:
    """Find the address of the @context in ``Link``: a header's value, or a bare address as some send over MQTT.

    Args:
        link: The text; empty for none.

    Raises:
        InvalidContext: It names several.
    """
    bare = link.strip()
    return bare if is_uri(bare) else context_url(link)
