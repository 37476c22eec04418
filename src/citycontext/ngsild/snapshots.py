"""Snapshots and entity maps: results of queries that a broker keeps (CIM 009, 5.2.39 and 5.2.41)."""

from __future__ import annotations

from typing import Any, ClassVar, Literal

from citycontext.errors import InvalidDocument
from citycontext.ngsild.selection import Query
from citycontext.ngsild.subscriptions import Endpoint
from citycontext.ngsild.wire_model import Number, OptTime, WireModel, optional, uri

__all__ = ["EntityMap", "Snapshot"]


class EntityMap(WireModel):
    """Which sources have which entities of an answer, kept for its further pages (CIM 009, 5.2.39).

    Args:
        id: Its URI.
        entity_map: Ids of registrations by entity id; ``@none`` is the broker itself.
        linked_maps: The maps that the sources keep, by registration id.
        expires_at: Until when it is kept; clause 4.5.25 spells it ``expiredBy``.
        expired_by: The same under that name.
        context: The @context.
    """

    clause: ClassVar[str] = "5.2.39"

    id: str | None = None
    type: Literal["EntityMap"] = "EntityMap"
    entity_map: dict[str, Any] | None = None
    linked_maps: dict[str, Any] | None = None
    expires_at: OptTime = optional()
    expired_by: OptTime = optional()
    context: Any = optional("@context")


class Snapshot(WireModel):
    """A snapshot of what queries find (CIM 009, 5.2.41, since 1.9).

    Args:
        id: Its URI; the broker gives one if absent.
        snapshot_queries: Queries for entities.
        snapshot_temporal_queries: Queries for evolutions.
        snapshot_lifetime: For how long it is kept, as a duration.
        snapshot_priority: From 1 to 10.
        endpoint: Where to notify that it is there.
        snapshot_status: ``preparing``, ``success``, ``partial``, ``failure`` or ``empty``; set by the broker.
        snapshot_queries_details: What became of each query; set by the broker.
        snapshot_temporal_queries_details: What became of each query for evolutions; set by the broker.
        expires_at: Until when it is kept; set by the broker.
        last_used_at: When it was used last; set by the broker.
        context: The @context.
    """

    clause: ClassVar[str] = "5.2.41"

    id: str | None = None
    type: Literal["Snapshot"] = "Snapshot"
    snapshot_queries: list[Query] | None = None
    snapshot_temporal_queries: list[Query] | None = None
    snapshot_lifetime: str | None = None
    snapshot_priority: Number | None = None
    endpoint: Endpoint | None = None
    snapshot_status: str | None = None
    snapshot_queries_details: list[Any] | None = None
    snapshot_temporal_queries_details: list[Any] | None = None
    expires_at: OptTime = optional()
    last_used_at: OptTime = optional()
    created_at: OptTime = optional()
    modified_at: OptTime = optional()
    context: Any = optional("@context")

    def _check(self, prefix: str) -> None:
        uri(self.id, f"{prefix}id", self.clause)
        if self.snapshot_priority is not None and not 1 <= self.snapshot_priority <= 10:
            raise InvalidDocument(
                f"{self.snapshot_priority} is not from 1 to 10", path=f"{prefix}snapshotPriority", clause=self.clause
            )
