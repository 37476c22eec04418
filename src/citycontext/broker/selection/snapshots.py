"""What a snapshot holds: a copy in a tenant of its own, which no NGSILD-Tenant header can name (4.3.7)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any, Final

from citycontext.broker.documents.timestamps import timestamp
from citycontext.broker.documents.writing import Document
from citycontext.broker.request.parameters import Parameters, check_uri, moment_after
from citycontext.broker.request.queries import read_query
from citycontext.broker.request.request import Request
from citycontext.broker.request.temporal_query import read_temporal_request
from citycontext.broker.responses.problems import not_found
from citycontext.broker.store import Instance, Store
from citycontext.ngsild.time import parse_datetime

__all__ = ["HEADER", "SNAPSHOT", "expiry", "fill", "find_snapshot", "remove", "snapshot_tenant", "use_snapshot"]

SNAPSHOT: Final = "snapshot"
HEADER: Final = "NGSILD-Snapshot"
_LIFETIME: Final = timedelta(hours=1)


def snapshot_tenant(store: Store, tenant: int, snapshot_id: str) -> int:
    """Return the number of the tenant that holds a snapshot, making it if it is new."""
    return store.database.create_tenant(f"\0{tenant}\0{snapshot_id}")


def find_snapshot(store: Store, tenant: int, snapshot_id: str) -> Document:
    """Return a snapshot.

    Raises:
        Problem: It does not exist, or has expired.
    """
    found = store.resources.get(tenant, SNAPSHOT, check_uri(snapshot_id, "The snapshot"))
    if found is not None and parse_datetime(found["expiresAt"]) <= datetime.now(UTC):
        with store.transaction():
            remove(store, tenant, snapshot_id)
        found = None
    if found is None:
        raise not_found(f"There is no snapshot {snapshot_id}, or it has expired.")
    return found


def use_snapshot(store: Store, tenant: int, snapshot_id: str) -> None:
    """Note that a snapshot is used now (5.2.41).

    Raises:
        Problem: It does not exist, or has expired.
    """
    found = find_snapshot(store, tenant, snapshot_id)
    store.resources.put(tenant, SNAPSHOT, snapshot_id, {**found, "lastUsedAt": timestamp()})


def remove(store: Store, tenant: int, snapshot_id: str) -> None:
    """Remove a snapshot and what it holds, inside a transaction."""
    store.clear_tenant(snapshot_tenant(store, tenant, snapshot_id))
    store.resources.delete(tenant, SNAPSHOT, snapshot_id)


def expiry(snapshot: Document) -> str:
    """Return when a snapshot expires.

    Raises:
        InvalidQuery: Its lifetime is not a duration.
    """
    now = datetime.now(UTC)
    lifetime = snapshot.get("snapshotLifetime")
    return timestamp(now + _LIFETIME if lifetime is None else moment_after(lifetime, now, "snapshotLifetime"))


def fill(request: Request, snapshot: Document) -> dict[str, Any]:
    """Copy what the queries of a snapshot find, inside a transaction; tell what became of each.

    Args:
        call: The request; its @context is that of the queries.
        snapshot: The snapshot.
    """
    store = request.state.store
    target = snapshot_tenant(store, request.tenant, snapshot["id"])
    details: dict[str, Any] = {}
    copied = 0
    for query in snapshot.get("snapshotQueries", ()):
        count = _copy_entities(request, query, target)
        details.setdefault("snapshotQueriesDetails", []).append(_detail(count))
        copied += count
    for query in snapshot.get("snapshotTemporalQueries", ()):
        count = _copy_evolutions(request, query, target)
        details.setdefault("snapshotTemporalQueriesDetails", []).append(_detail(count))
        copied += count
    return {**details, "snapshotStatus": "success" if copied else "empty"}


def _copy_entities(request: Request, query: Document, target: int) -> int:
    entities = request.state.store.entities
    found = list(read_query(_asking(request, query)).find(request.state.store, request.tenant))
    for document in found:
        entities.put(target, document, entities.get(target, document["id"]))
    return len(found)


def _copy_evolutions(request: Request, query: Document, target: int) -> int:
    asking = _asking(request, query)
    selection = read_query(asking, temporal=True)
    asked = read_temporal_request(asking.parameters, needs_interval=False)
    evolution, count = request.state.store.evolution, 0
    for frame in list(selection.frames(request.state.store, request.tenant)):
        recorded = [
            Instance(name, {key: value for key, value in document.items() if key != "instanceId"})
            for name in evolution.attributes(frame.number)
            for document in evolution.instances(
                frame.number, name, time_property=asked.time_property, start=asked.start, end=asked.end
            )
        ]
        if recorded:
            evolution.record(target, frame.id, frame.types, recorded, timestamp())
            count += 1
    return count


def _asking(request: Request, query: Document) -> Request:
    """Make a request of a query inside a snapshot."""
    asking = Request(request.state, request.method, request.path, request.base, request.headers, {}, Parameters())
    asking.tenant, asking.context = request.tenant, request.context
    asking.body = {"type": "Query", **query}
    return asking


def _detail(count: int) -> dict[str, Any]:
    return {"snapshotStatus": "success" if count else "empty", "numberOfEntities": count}
