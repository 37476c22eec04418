"""Reading over sources: whom to ask for what, and one answer out of all (5.7.1 to 5.7.4, 6.3.17)."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable, Iterable, Sequence
from typing import Any, Final
from urllib.parse import parse_qsl, quote, urlsplit

from citycontext.broker.distribution.forwarder import Reply, Target, passed_through
from citycontext.broker.distribution.merging import merge_versions
from citycontext.broker.distribution.sources import Source
from citycontext.broker.distribution.told import restore_told
from citycontext.broker.documents.reading import entity_document
from citycontext.broker.documents.writing import Document
from citycontext.broker.request.request import Request
from citycontext.broker.responses.projection import read_projection
from citycontext.broker.selection.entity_maps import HEADER, lookup_map
from citycontext.broker.selection.selection import Selection
from citycontext.broker.selection.selectors import Selector
from citycontext.errors import CityContextError
from citycontext.ngsild.context import Context

__all__ = [
    "concerns",
    "following_page",
    "gather_entities",
    "gather_entity",
    "parameters_for",
    "restricted",
    "selector_parameters",
    "sources_of",
    "warn_of",
]

_MOST_ENTITIES: Final = 100_000
_FORWARDED: Final = ("id", "type", "idPattern", "attrs", "pick", "omit", "q", "scopeQ", "csf", "datasetId",
                     "georel", "geometry", "coordinates", "geoproperty", "expandValues", "jsonKeys")  # fmt: skip
_FILTERS: Final = frozenset({"q", "scopeQ", "georel", "geometry", "coordinates", "geoproperty", "attrs", "pick"})
_STAMPED: Final = ("createdAt", "modifiedAt")


def sources_of(request: Request, operation_names: Sequence[str]) -> list[tuple[Source, str]]:
    """List the sources that a request may be put to, each with the first operation of some that it can do.

    Args:
        request: The request; none of its sources is asked with ``local=true``, or on a snapshot.
        operation_names: What is wanted of a source, the best first.
    """
    if request.is_local:
        return []
    mapped = _mapped(request)
    found = []
    for source in request.state.sources.of_tenant(request.tenant):
        if mapped is not None and source.id not in mapped and source.mode != "exclusive":
            continue
        if passed_through(request.via, source) or not source.meets(request.parameters.get("csf")):
            continue
        operation = next((name for name in operation_names if name in source.operations), None)
        if operation is not None:
            found.append((source, operation))
    return found


def _mapped(request: Request) -> set[str] | None:
    """Return the registrations that an entity map in the request names, which then decides (5.12); None without one."""
    named = request.headers.get(HEADER)
    kept = None if named is None else lookup_map(request.state.store, request.tenant, named)
    return None if kept is None else {name for names in kept["entityMap"].values() for name in names}


async def gather_entity(request: Request, local: Document | None) -> Document | None:
    """Return an entity as the broker and its sources have it (5.7.1).

    Args:
        request: The request for it; warnings are noted there.
        local: What the broker itself has; None for nothing.
    """
    entity_id = request.entity_id
    types = None if local is None else local["type"]
    if types is None and "type" in request.parameters:
        types = [request.context.expand_vocab(one) for one in re.findall(r"[^,|();]+", request.parameters["type"])]
    projection = read_projection(request.parameters, request.context)
    wanted = projection.wanted()
    asked = [
        (source, operation)
        for source, operation in sources_of(request, ("retrieveEntity", "queryEntity", "queryBatch"))
        if not source.keeps_history and source.share(entity_id, types, attributes=wanted) is not None
    ]
    if not asked:
        return local
    replies = await asyncio.gather(*(_retrieve(request, source, operation, entity_id) for source, operation in asked))
    return _merged(request, entity_id, [] if local is None else [local], replies, lambda one: one["id"] == entity_id)


async def gather_entities(request: Request, selection: Selection) -> list[Document] | None:
    """Return the entities that a query selects, from the broker and its sources (5.7.2).

    Args:
        request: The query; warnings are noted there.
        selection: What it selects.

    Returns:
        The entities, those of the broker first; None when no source is concerned.
    """
    by_body = request.method == "POST"
    names = ("queryBatch", "queryEntity") if by_body else ("queryEntity", "queryBatch")
    wanted = read_projection(request.parameters, request.context).wanted()
    selectors: Sequence[Selector] = selection.selectors or (Selector(),)
    asked = [
        (source, operation)
        for source, operation in sources_of(request, names)
        if not source.keeps_history and concerns(source, selectors, request, wanted)
    ]
    if not asked:
        return None
    splits = request.parameters.flag("splitEntities")
    candidates = Selection(selection.selectors) if splits else selection
    local = {one["id"]: one for one in await candidates.found(request.state.store, request.tenant, request.turns)}
    answers = await asyncio.gather(*(_query(request, source, operation, splits=splits) for source, operation in asked))
    by_id: dict[str, list[tuple[Source, Document]]] = {}
    for reply, documents in answers:
        warn_of(request, reply)
        for document in documents:
            if any(selector.accepts(document) for selector in selectors):
                by_id.setdefault(document["id"], []).append((reply.source, document))
            else:
                request.warn(f'111 {reply.source.id} "Revalidation Failed"')
    merged = []
    for entity_id in dict.fromkeys((*local, *by_id)):
        one = _merge(local.get(entity_id), by_id.get(entity_id, ()))
        if one is not None and (not splits or selection.accepts(one)):
            merged.append(one)
            here = ["@none"] if entity_id in local else []
            request.origins[entity_id] = [*here, *(source.id for source, _ in by_id.get(entity_id, ()))]
    return merged


def concerns(source: Source, selectors: Iterable[Selector], request: Request, wanted: Any) -> bool:
    """Return whether a source may have some of the entities that are meant (5.12)."""
    for selector in selectors:
        if selector.ids is None:
            pattern = request.parameters.get("idPattern")
            if source.share(None, selector.types, pattern=pattern, attributes=wanted) is not None:
                return True
        elif any(source.share(one, selector.types, attributes=wanted) is not None for one in selector.ids):
            return True
    return False


async def _retrieve(request: Request, source: Source, operation: str, entity_id: str) -> Reply:
    if operation == "retrieveEntity":
        target = Target(
            "GET", f"/entities/{quote(entity_id, safe=':')}", parameters_for(request, ("attrs", "datasetId"))
        )
        return await request.state.forwarder.send(request.caller, source, target)
    pairs = [("id", entity_id), *parameters_for(request, ("type", "attrs", "datasetId"))]
    if all(name != "type" for name, _ in pairs):
        pairs += _registered_types(source, request.context)
    if operation == "queryEntity":
        target = Target("GET", "/entities", pairs)
    else:
        target = Target("POST", "/entityOperations/query", (), _body(dict(pairs)))
    reply = await request.state.forwarder.send(request.caller, source, target)
    if isinstance(reply.document, list):
        found = next(iter(reply.document), None)
        return Reply(source, 404 if found is None else reply.status, found, reply.context, reply.headers,
                     "status" if found is None else reply.failure, "no such entity")  # fmt: skip
    return reply


async def _query(request: Request, source: Source, operation: str, *, splits: bool) -> tuple[Reply, list[Document]]:
    names = [name for name in _FORWARDED if not (splits and name in _FILTERS)]
    pairs = restricted(parameters_for(request, names), request, source, splits=splits)
    by_body = request.method == "POST"
    if operation == "queryBatch":
        body = _narrowed_body(request, source, splits=splits) if by_body else _body(dict(pairs))
        target = Target("POST", "/entityOperations/query", _sys_attrs(request), body)
    else:
        if by_body:
            pairs = [*selector_parameters(request), *pairs]
        target = Target("GET", "/entities", [*pairs, *_sys_attrs(request)])
    documents: list[Document] = []
    while True:
        reply = await request.state.forwarder.send(request.caller, source, target)
        found, whole = _documents(reply)
        if not whole:
            reply = Reply(source, reply.status, failure="invalid", detail="an entity could not be read")
        documents += found
        following = following_page(reply)
        if reply.failure or following is None or not found or len(documents) > _MOST_ENTITIES:
            return reply, documents
        target = Target(target.method, target.path, following, target.body)


def _merged(
    request: Request,
    entity_id: str,
    local: list[Document],
    replies: Sequence[Reply],
    fits: Callable[[Document], bool],
) -> Document | None:
    found = []
    for reply in replies:
        documents, whole = _documents(reply)
        if not whole or any(not fits(one) for one in documents):
            reply = Reply(reply.source, reply.status, failure="invalid", detail="it is not the entity asked for")
            documents = []
        warn_of(request, reply)
        found += [(reply.source, one) for one in documents]
    request.origins[entity_id] = [*(["@none"] if local else []), *(source.id for source, _ in found)]
    return _merge(local[0] if local else None, found)


def _merge(local: Document | None, found: Iterable[tuple[Source, Document]]) -> Document | None:
    """Merge an entity of the broker with what its sources sent, as far as it is registered."""
    versions, fillers = ([] if local is None else [local]), []
    for source, document in found:
        admitted = source.admit(document)
        if admitted is None:
            continue
        if source.mode == "auxiliary":
            fillers.append(admitted)
            continue
        if source.mode == "exclusive" and local is not None and versions and versions[0] is local:
            share = source.share(document["id"], document["type"])
            taken = set() if share is None else share.of(local)
            versions[0] = {name: value for name, value in local.items() if name not in taken or name in _KEPT_MEMBERS}
        versions.append(admitted)
    return merge_versions(versions, fillers)


_KEPT_MEMBERS: Final = frozenset({"id", "type", "scope", "createdAt", "modifiedAt", "expiresAt"})


def _documents(reply: Reply) -> tuple[list[Document], bool]:
    """Read the entities of an answer; False when one of them is not one: then nothing of it counts (6.3.17)."""
    if reply.failure or reply.document is None:
        return [], True
    context = reply.context or Context.core()
    listed = reply.document if isinstance(reply.document, list) else [reply.document]
    found = []
    for one in listed:
        if not isinstance(one, dict):
            return [], False
        payload = {name: value for name, value in one.items() if name != "@context"}
        try:
            document = entity_document(payload, context)
        except CityContextError:
            return [], False
        restore_told(document, payload, context, _STAMPED)
        found.append(document)
    return found, True


def parameters_for(request: Request, names: Iterable[str]) -> list[tuple[str, str]]:
    """Return the parameters of a request that concern its sources, in their order."""
    wanted = set(names)
    given = request.parameters if request.method == "POST" else request.asked
    return [(name, value) for name, value in given.items() if name in wanted]


def _sys_attrs(request: Request) -> list[tuple[str, str]]:
    return [("options", "sysAttrs")] if "sysAttrs" in request.parameters.options() else []


def restricted(
    pairs: list[tuple[str, str]], request: Request, source: Source, *, splits: bool
) -> list[tuple[str, str]]:
    """Narrow a query to what a source is registered for (4.3.6.1)."""
    found = dict(pairs)
    entities = source.selectors()
    context = request.context
    if "pick" in found:
        found["pick"] = ",".join(dict.fromkeys(("id", "type", *_split(found["pick"]))))
    if "omit" in found:
        left = [one for one in _split(found["omit"]) if one not in ("id", "type")]
        if left:
            found["omit"] = ",".join(left)
        else:
            del found["omit"]
    if entities is not None:
        ids = [one for entity in entities for one in _listed(entity.get("id"))]
        patterns = [entity["idPattern"] for entity in entities if "idPattern" in entity and "id" not in entity]
        if ids and len(ids) >= len(entities):
            known = _split(found.get("id", ""))
            found["id"] = ",".join(one for one in known if one in ids) if known else ",".join(dict.fromkeys(ids))
        elif len(patterns) == 1 == len(entities) and "id" not in found and "idPattern" not in found:
            found["idPattern"] = patterns[0]
        if request.method != "POST" and "type" not in found:
            found |= dict(_registered_types(source, context))
    share = source.share(None)
    if share is not None and share.attributes is not None and "pick" not in found and not splits:
        names = [context.compact(one) for one in sorted(share.attributes)]
        asked = _split(found.get("attrs", ""))
        found["attrs"] = ",".join(one for one in asked if context.expand(one) in share.attributes) or ",".join(names)
    return list(found.items())


def _registered_types(source: Source, context: Context) -> list[tuple[str, str]]:
    entities = source.selectors() or []
    types = dict.fromkeys(context.compact_vocab(kind) for one in entities for kind in _listed(one.get("type")))
    return [("type", ",".join(types))] if types and "*" not in types else []


def selector_parameters(request: Request) -> list[tuple[str, str]]:
    """Return the first selector of a posted query as parameters."""
    entities = request.body.get("entities") if isinstance(request.body, dict) else None
    first = entities[0] if isinstance(entities, list) and entities else {}
    found = []
    for name in ("type", "id", "idPattern"):
        value = first.get(name)
        if value is not None:
            found.append((name, ",".join(value) if isinstance(value, list) else str(value)))
    return found


def _narrowed_body(request: Request, source: Source, *, splits: bool) -> dict[str, Any]:
    """Return a posted query as a source gets it: its selectors, and nothing that only this broker can do."""
    own = {"@context", "join", "joinLevel", "containedBy", "lang", "entityMap", "entityMapLifetime", "splitEntities",
           "local", "ordering", "orderBy", "orderFrom"}  # fmt: skip
    body = {name: value for name, value in request.body.items() if name not in own}
    if splits:
        body = {name: value for name, value in body.items() if name not in ("q", "scopeQ", "geoQ", "attrs", "pick")}
    context = request.context
    kept = []
    for one in body.get("entities") or ():
        types = [context.expand_vocab(kind) for kind in _listed(one.get("type")) if kind != "*"] or None
        ids = _listed(one.get("id"))
        if not ids and source.share(None, types, pattern=one.get("idPattern")) is not None:
            kept.append(one)
        elif left := [known for known in ids if source.share(known, types) is not None]:
            kept.append({**one, "id": left if isinstance(one["id"], list) else left[0]})
    if kept:
        body["entities"] = kept
    share = source.share(None)
    if share is not None and share.attributes is not None and "pick" not in body and not splits:
        asked = _listed(body.get("attrs"))
        left = [one for one in asked if context.expand(one) in share.attributes]
        body["attrs"] = left or [context.compact(one) for one in sorted(share.attributes)]
    return body


def _body(pairs: dict[str, str]) -> dict[str, Any]:
    """Return the parameters of a query as the body of one (5.2.23)."""
    body: dict[str, Any] = {"type": "Query"}
    selector: dict[str, Any] = {}
    for name, value in pairs.items():
        if name == "id":
            ids = _split(value)
            selector["id"] = ids if len(ids) > 1 else ids[0]
        elif name in ("type", "idPattern"):
            selector[name] = value
        elif name in ("attrs", "pick", "omit", "datasetId", "expandValues", "jsonKeys"):
            body[name] = _split(value)
        elif name in ("q", "scopeQ", "csf"):
            body[name] = value
    if "georel" in pairs:
        members = ("georel", "geometry", "coordinates", "geoproperty")
        body["geoQ"] = {name: pairs[name] for name in members if name in pairs}
    if selector:
        body["entities"] = [{"type": "*", **selector}]
    return body


def following_page(reply: Reply) -> list[tuple[str, str]] | None:
    """Return the parameters of the next page that an answer links to; None after the last."""
    found = re.search(r'<([^>]*)>\s*;[^,]*rel="?next', reply.headers.get("link", ""))
    return parse_qsl(urlsplit(found[1]).query, keep_blank_values=True) if found else None


def warn_of(request: Request, reply: Reply) -> None:
    """Have an answer warn of a source that did not give its part."""
    warning = reply.warning()
    if warning is not None:
        request.warn(warning)


def _split(text: str) -> list[str]:
    return [one.strip() for one in text.split(",") if one.strip()]


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [] if value is None else [value]
