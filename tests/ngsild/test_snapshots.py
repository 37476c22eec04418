"""Snapshots and entity maps."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from citycontext.errors import InvalidDocument
from citycontext.ngsild.selection import EntitySelector, Query
from citycontext.ngsild.snapshots import EntityMap, Snapshot


def test_an_entity_map_reads():
    """A map tells which sources have which entities, and until when it is kept, under either name."""
    payload = {
        "id": "urn:m:1",
        "type": "EntityMap",
        "entityMap": {"urn:a:b": ["@none", "urn:r:1"]},
        "linkedMaps": {"urn:r:1": "urn:m:2"},
        "expiresAt": "2024-05-01T10:00:00Z",
    }
    read = EntityMap.from_dict(payload, strict=True)
    assert read.entity_map == {"urn:a:b": ["@none", "urn:r:1"]}
    assert read.expires_at == datetime(2024, 5, 1, 10, tzinfo=UTC)
    assert read.to_dict() == payload
    assert EntityMap.from_dict({"type": "EntityMap", "expiredBy": "2024-05-01T10:00:00Z"}).expired_by == read.expires_at


def test_a_snapshot_holds_queries():
    """A snapshot is made of queries, and checked with them."""
    snapshot = Snapshot(
        snapshot_queries=[Query(entities=[EntitySelector(type="A")])], snapshot_lifetime="P1D", snapshot_priority=3
    )
    assert snapshot.to_dict() == {
        "type": "Snapshot",
        "snapshotQueries": [{"type": "Query", "entities": [{"type": "A"}]}],
        "snapshotLifetime": "P1D",
        "snapshotPriority": 3,
    }
    with pytest.raises(InvalidDocument, match="from 1 to 10"):
        Snapshot(snapshot_priority=11)


def test_details_under_either_name_are_kept():
    """The standard spells one member in two ways; what came goes out."""
    payload = {"id": "urn:s:1", "type": "Snapshot", "temporalSnapshotQueriesDetails": [], "snapshotStatus": "partial"}
    assert Snapshot.from_dict(payload, strict=True).to_dict() == payload
