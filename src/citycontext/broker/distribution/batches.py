"""Batches over sources: each gets what it has of them, in one request where it can (5.6.7 to 5.6.10, 5.6.20)."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import quote

import orjson
from starlette.responses import Response

from citycontext.broker.distribution.forwarder import Reply, Target
from citycontext.broker.distribution.provision import attributes_in, conflict, sources_for
from citycontext.broker.distribution.shares import share_out
from citycontext.broker.distribution.sources import Source
from citycontext.broker.request.request import Request
from citycontext.broker.responses.answers import json_answer
from citycontext.broker.responses.problems import Problem
from citycontext.errors import CityContextError
from citycontext.ngsild.names import is_uri

__all__ = ["BatchProvision"]

Handler = Callable[[Request], Awaitable[Response]]

_SINGLE: Final[Mapping[str, tuple[str, str]]] = {
    "createEntity": ("POST", "/entities"),
    "replaceEntity": ("PUT", "/entities/{id}"),
    "updateEntity": ("PATCH", "/entities/{id}/attrs/"),
    "appendAttrs": ("POST", "/entities/{id}/attrs/"),
    "mergeEntity": ("PATCH", "/entities/{id}"),
    "deleteEntity": ("DELETE", "/entities/{id}"),
}


@dataclass(slots=True)
class _Parcel:
    """What one source gets of a batch."""

    source: Source
    operation: str | None
    items: list[Any] = field(default_factory=list)


@dataclass(slots=True)
class _Results:
    """What became of each entity of a batch."""

    errors: list[dict[str, Any]] = field(default_factory=list)
    reached: set[str] = field(default_factory=set)
    created: list[str] = field(default_factory=list)

    def fail(self, entity_id: str, problem: Mapping[str, Any], source: Source | None) -> None:
        told = {"entityId": entity_id, "error": problem}
        self.errors.append(told if source is None else {**told, "registrationId": source.id})


@dataclass(frozen=True, slots=True)
class BatchProvision:
    """One batch operation of the API, over sources.

    Args:
        operation: Its name in 4.20.
        handler: What does it at the broker itself.
        singles: What a source without it is asked to do for each entity instead, the best first.
    """

    operation: str
    handler: Handler
    singles: Sequence[str]

    async def __call__(self, request: Request) -> Response:
        """Do it: at the sources that are concerned, and here."""
        sources = sources_for(request)
        if not sources or not isinstance(request.body, list) or None in request.body:
            return await self.handler(request)
        parcels: dict[str, _Parcel] = {}
        rests: list[Any] = []
        ids: list[str] = []
        for item in request.body:
            await self._share_out(request, sources, item, parcels, rests, ids)
        if not parcels:
            return await self.handler(request)
        results = _Results()
        await asyncio.gather(*(self._send(request, parcel, results) for parcel in parcels.values()))
        if rests:
            request.body = rests
            await self._do_here(request, results)
        return self._answer(request, ids, results)

    async def _share_out(
        self,
        request: Request,
        sources: Sequence[Source],
        item: Any,
        parcels: dict[str, _Parcel],
        rests: list[Any],
        ids: list[str],
    ) -> None:
        """Put the parts of one entity into the parcels, and what is left of it to the rest."""
        entity_id = _id(item)
        if entity_id is None:
            rests.append(item)
            return
        names: dict[str, str] = {}
        types = None
        if isinstance(item, dict):
            try:
                context = await request.context_of(item)
            except (CityContextError, Problem):
                rests.append(item)  # it is refused here, with the reason
                return
            names = attributes_in(item, context)
            given = item.get("type", item.get("@type"))
            listed = given if isinstance(given, list) else [given]
            types = [context.expand_vocab(one) for one in listed if isinstance(one, str)] or None
        stored = request.state.store.entities.get(request.tenant, entity_id)
        if types is None and stored is not None:
            types = list(stored["type"])
        ids.append(entity_id)
        shares = share_out(sources, entity_id, types, frozenset(names.values()), lambda one: self._way(one, request))
        for part in shares.parts:
            kept = item
            if isinstance(item, dict):
                kept = {name: value for name, value in item.items() if name not in names or names[name] in part.names}
            parcels.setdefault(part.source.id, _Parcel(part.source, part.operation)).items.append(kept)
        if not isinstance(item, dict):
            rests.append(item)  # what is to be deleted may have a copy here
        elif shares.rest is not None:
            rest = shares.rest
            rests.append({name: value for name, value in item.items() if name not in names or names[name] in rest})

    def _way(self, source: Source, request: Request) -> str | None:
        if self.operation in source.operations:
            return self.operation
        options = request.parameters.options()
        for single in self.singles:
            if single == "replaceEntity" and "update" in options:
                continue
            if single == "updateEntity" and self.operation == "upsertBatch" and "update" not in options:
                continue
            if (single == "appendAttrs") != ("noOverwrite" in options and self.operation == "updateBatch"):
                continue
            if single in source.operations:
                return single
        return None

    async def _send(self, request: Request, parcel: _Parcel, results: _Results) -> None:
        source = parcel.source
        if parcel.operation is None:
            for item in parcel.items:
                results.fail(str(_id(item)), conflict(source, self.operation).document(), source)
            return
        if parcel.operation == self.operation:
            query = [(name, value) for name, value in request.asked.items() if name != "local"]
            target = Target("POST", request.path_below, query, parcel.items)
            _note(await request.state.forwarder.send(request.caller, source, target), parcel, results)
            return
        for item in parcel.items:
            await self._send_single(request, parcel, item, results)

    async def _send_single(self, request: Request, parcel: _Parcel, item: Any, results: _Results) -> None:
        entity_id = str(_id(item))
        reply = await _single(request, parcel.source, str(parcel.operation), entity_id, item)
        if parcel.operation == "createEntity" and self.operation == "upsertBatch" and reply.status == 409:
            update = "updateEntity" if "update" in request.parameters.options() else "replaceEntity"
            if update not in parcel.source.operations:
                results.fail(
                    entity_id,
                    Problem("OperationNotSupported", f"{parcel.source.id} does not support {update}.").document(),
                    parcel.source,
                )
                return
            reply = await _single(request, parcel.source, update, entity_id, item)
        problem = reply.problem(alone=False)
        if problem is not None:
            results.fail(entity_id, problem.document(), parcel.source)
        elif reply.status == 207:
            results.fail(
                entity_id, Problem("BadRequestData", "Not all attributes were taken.").document(), parcel.source
            )
        else:
            results.reached.add(entity_id)
            if reply.status == 201:
                results.created.append(entity_id)

    async def _do_here(self, request: Request, results: _Results) -> None:
        response = await self.handler(request)
        document = orjson.loads(response.body) if response.body else None
        if isinstance(document, list):
            results.created += document
        elif isinstance(document, dict):
            for error in document.get("errors", ()):
                # Who was reached at a source need not be here too.
                is_missing = str(error.get("error", {}).get("type", "")).endswith("ResourceNotFound")
                if not (is_missing and error.get("entityId") in results.reached):
                    results.errors.append(error)

    def _answer(self, request: Request, ids: Sequence[str], results: _Results) -> Response:
        failed = {error["entityId"] for error in results.errors}
        done = [one for one in dict.fromkeys(ids) if one not in failed]
        if results.errors:
            return json_answer({"success": done, "errors": results.errors}, status=207)
        if self.operation == "createBatch":
            return json_answer(done, status=201)
        created = list(dict.fromkeys(results.created))
        return json_answer(created, status=201) if created else request.no_content()


def _note(reply: Reply, parcel: _Parcel, results: _Results) -> None:
    """Take what a source says of its part of the batch."""
    problem = reply.problem(alone=False)
    ids = [str(_id(item)) for item in parcel.items]
    if problem is not None:
        for entity_id in ids:
            results.fail(entity_id, problem.document(), parcel.source)
        return
    failed = set()
    if reply.status == 207 and isinstance(reply.document, dict):
        for error in reply.document.get("errors") or ():
            if isinstance(error, dict) and error.get("entityId") in ids:
                failed.add(error["entityId"])
                results.fail(error["entityId"], error.get("error") or {}, parcel.source)
    elif reply.status == 201 and isinstance(reply.document, list):
        results.created += [one for one in reply.document if one in ids]
    results.reached.update(one for one in ids if one not in failed)


async def _single(request: Request, source: Source, operation: str, entity_id: str, item: Any) -> Reply:
    method, path = _SINGLE[operation]
    body = None if operation == "deleteEntity" else item
    if body is not None and path != "/entities":
        body = {name: value for name, value in item.items() if name not in ("id", "@id")}
    query = [("options", "noOverwrite")] if operation == "appendAttrs" else []
    target = Target(method, path.replace("{id}", quote(entity_id, safe=":")), query, body)
    return await request.state.forwarder.send(request.caller, source, target)


def _id(item: Any) -> str | None:
    found = item.get("id", item.get("@id")) if isinstance(item, dict) else item
    return found if isinstance(found, str) and is_uri(found) else None
