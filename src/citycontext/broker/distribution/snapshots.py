"""What the queries of a snapshot find, at the broker and at its sources (5.16.1.4)."""

from __future__ import annotations

from contextlib import closing
from typing import Any

from citycontext.broker.distribution.history import gather_evolutions
from citycontext.broker.distribution.reads import gather_entities
from citycontext.broker.documents.writing import Document
from citycontext.broker.request.parameters import Parameters
from citycontext.broker.request.queries import read_query
from citycontext.broker.request.request import Request
from citycontext.broker.request.temporal_query import read_temporal_request
from citycontext.broker.selection.snapshots import copy_entities, copy_evolutions, put_entities

__all__ = ["fill"]


async def fill(request: Request, snapshot: Document, target: int) -> dict[str, Any]:
    """Copy what the queries of a snapshot find, while others have their turns; return what became of each.

    Args:
        request: The request; its @context is that of the queries, and warnings of sources are noted there.
        snapshot: The snapshot.
        target: The tenant that holds it.

    Raises:
        Problem: They find more than a snapshot may hold.
    """
    details: dict[str, Any] = {}
    counts: list[int] = []
    for query in snapshot.get("snapshotQueries", ()):
        count = await _entities(request, query, target)
        details.setdefault("snapshotQueriesDetails", []).append(_detail(count))
        counts.append(count)
    for query in snapshot.get("snapshotTemporalQueries", ()):
        count = await _evolutions(request, query, target)
        details.setdefault("snapshotTemporalQueriesDetails", []).append(_detail(count))
        counts.append(count)
    found = "success" if all(counts) else "partial"
    return {**details, "snapshotStatus": found if any(counts) else "empty"}


async def _entities(request: Request, query: Document, target: int) -> int:
    asking = _asking(request, query)
    selection = read_query(asking)
    gathered = await gather_entities(asking, selection)
    if gathered is None:
        return await copy_entities(request, target, request.tenant, selection)
    return await put_entities(request, target, gathered)


async def _evolutions(request: Request, query: Document, target: int) -> int:
    asking = _asking(request, query)
    asked = read_temporal_request(asking.parameters, needs_interval=False)
    selection = read_query(asking, temporal=True)
    gathered = await gather_evolutions(asking, selection, asked)
    if gathered is None:
        return await copy_evolutions(request, target, request.tenant, selection, asked)
    with closing(gathered):
        return await copy_evolutions(request, target, 0, selection, asked, gathered)


def _asking(request: Request, query: Document) -> Request:
    """Make a request of a query inside a snapshot."""
    asking = Request(request.state, request.method, request.path, request.base, request.headers, {}, Parameters())
    asking.tenant, asking.context, asking.warnings = request.tenant, request.context, request.warnings
    asking.body = {"type": "Query", **query}
    return asking


def _detail(count: int) -> dict[str, Any]:
    return {"resultStatus": "success" if count else "empty"}
