"""The evolution of entities over sources: what each of them and the broker have had, in one answer (5.7.3, 5.7.4)."""

from __future__ import annotations

import asyncio
from typing import Any, Final
from urllib.parse import quote

from citycontext.broker.distribution.forwarder import Reply, Target
from citycontext.broker.distribution.reads import (
    concerns,
    following_page,
    parameters_for,
    restricted,
    selector_parameters,
    sources_of,
    warn_of,
)
from citycontext.broker.distribution.sources import Source
from citycontext.broker.distribution.told import restore_told
from citycontext.broker.documents.reading import temporal_document
from citycontext.broker.documents.timestamps import timestamp
from citycontext.broker.documents.writing import Document, attribute_names, instances
from citycontext.broker.request.request import Request
from citycontext.broker.request.temporal_query import TemporalRequest
from citycontext.broker.responses.projection import read_projection
from citycontext.broker.selection.selection import Selection
from citycontext.broker.selection.selectors import Selector
from citycontext.broker.store import Instance, Store
from citycontext.broker.store.evolution import Evolution
from citycontext.errors import CityContextError
from citycontext.ngsild.context import Context

__all__ = ["gather_evolution", "gather_evolutions"]

_MOST: Final = 100_000
_INTERVAL: Final = ("timerel", "timeAt", "endTimeAt", "timeproperty", "lastN")
_FILTERS: Final = frozenset({"q", "scopeQ", "georel"})
_TOLD: Final = ("createdAt", "modifiedAt", "deletedAt", "instanceId")


async def gather_evolution(request: Request, asked: TemporalRequest) -> Store | None:
    """Return a store with the evolution of one entity, as the broker and its sources have it (5.7.3).

    Args:
        request: The request for it; warnings are noted there.
        asked: Which interval.

    Returns:
        The store, to be closed, with the evolution in its tenant 0; None when no source is concerned.
    """
    table, entity_id = request.state.store.evolution, request.entity_id
    frame = table.find(request.tenant, entity_id)
    types = None if frame is None else frame.types
    wanted = read_projection(request.parameters, request.context).wanted()
    sources = [
        source
        for source, _ in sources_of(request, ("retrieveTemporal",))
        if source.share(entity_id, types, attributes=wanted) is not None
    ]
    if not sources:
        return None
    path = f"/temporal/entities/{quote(entity_id, safe=':')}"
    found = await asyncio.gather(*(_ask(request, source, path, asked, []) for source in sources))
    return await _together(request, asked, [] if frame is None else [frame], found, entity_id)


async def gather_evolutions(request: Request, selection: Selection, asked: TemporalRequest) -> Store | None:
    """Return a store with the evolutions that a query may mean, of the broker and its sources (5.7.4).

    Filters are left to the reader of the store: they are about what was put together.

    Args:
        request: The query; warnings are noted there.
        selection: What it selects.
        asked: Which interval.

    Returns:
        The store, to be closed, with the evolutions in its tenant 0; None when no source is concerned.
    """
    wanted = read_projection(request.parameters, request.context).wanted()
    selectors = selection.selectors or (Selector(),)
    sources = [
        source for source, _ in sources_of(request, ("queryTemporal",)) if concerns(source, selectors, request, wanted)
    ]
    if not sources:
        return None
    names = ["type", "id", "idPattern"]
    if _FILTERS.isdisjoint(request.parameters):
        # A filter may look at attributes that are not shown.
        names.append("attrs")
    asking = []
    for source in sources:
        pairs = parameters_for(request, names)
        if request.method == "POST":
            pairs = [*selector_parameters(request), *pairs]
        asking.append(
            _ask(request, source, "/temporal/entities", asked, restricted(pairs, request, source, splits=True))
        )
    frames = list(selection.frames(request.state.store, request.tenant))
    return await _together(request, asked, frames, await asyncio.gather(*asking), None)


async def _ask(
    request: Request, source: Source, path: str, asked: TemporalRequest, pairs: list[tuple[str, str]]
) -> tuple[Source, list[Document]]:
    pairs = [*pairs, *parameters_for(request, [*_INTERVAL, "datasetId"])]
    if asked.time_property != "observedAt" or "sysAttrs" in request.parameters.options():
        pairs.append(("options", "sysAttrs"))
    documents: list[Document] = []
    target = Target("GET", path, pairs)
    while True:
        reply = await request.state.forwarder.send(request.caller, source, target)
        found = _documents(reply)
        if found is None:
            reply, found = Reply(source, reply.status, failure="invalid", detail="it is not an evolution"), []
        documents += found
        following = following_page(reply)
        if reply.failure or following is None or not found or len(documents) > _MOST:
            warn_of(request, reply)
            return source, documents
        target = Target("GET", path, following)


def _documents(reply: Reply) -> list[Document] | None:
    """Read the evolutions of an answer; None when one of them is not one: then nothing of it counts (6.3.17)."""
    if reply.failure or reply.document is None:
        return []
    context = reply.context or Context.core()
    found = []
    for one in reply.document if isinstance(reply.document, list) else [reply.document]:
        try:
            document = temporal_document({name: one[name] for name in one if name != "@context"}, context)
        except (CityContextError, TypeError, AttributeError):
            return None
        restore_told(document, one, context, _TOLD)
        found.append(document)
    return found


async def _together(
    request: Request,
    asked: TemporalRequest,
    frames: list[Evolution],
    found: list[tuple[Source, list[Document]]],
    entity_id: str | None,
) -> Store:
    table, store = request.state.store.evolution, Store(":memory:")
    try:
        with store.transaction():
            seen: set[tuple[Any, ...]] = set()
            for frame in frames:
                recorded = []
                for name in table.attributes(frame.number):
                    # A scope that was set before the interval may be in force in it.
                    start, end = (None, None) if name == "scope" else (asked.start, asked.end)
                    many = table.instances(frame.number, name, time_property=asked.time_property, start=start, end=end)
                    recorded += [Instance(name, one) for one in many]
                    seen |= {_key(frame.id, name, one) for one in many if "observedAt" in one}
                store.evolution.record(0, frame.id, frame.types, recorded, frame.created_at)
                if frame.deleted_at is not None:
                    store.evolution.end(0, frame.id, frame.deleted_at)
                request.origins[frame.id] = ["@none"]
                await request.turns.pass_on()
            for source, documents in found:
                for document in documents:
                    admitted = source.admit(document)
                    if admitted is not None and entity_id in (None, document["id"]):
                        _record(store, admitted, seen)
                        origins = request.origins.setdefault(document["id"], [])
                        if source.id not in origins:
                            origins.append(source.id)
                    await request.turns.pass_on()
    except BaseException:
        store.close()
        raise
    return store


def _record(store: Store, document: Document, seen: set[tuple[Any, ...]]) -> None:
    recorded = []
    for name in attribute_names(document):
        for one in instances(document[name]):
            key = _key(document["id"], name, one)
            if "observedAt" in one and key in seen:
                continue
            seen.add(key)
            recorded.append(Instance(name, one))
    scope = document.get("scope")
    if scope and isinstance(scope[0], dict):
        recorded += [Instance("scope", one) for one in scope]
    store.evolution.record(0, document["id"], document["type"], recorded, document.get("createdAt", timestamp()))


def _key(entity_id: str, name: str, instance: Document) -> tuple[Any, ...]:
    return entity_id, name, instance.get("datasetId"), instance.get("observedAt")
