"""Answers that hold entities: one, or a page of many (6.3.6, 6.3.7, 6.3.10, 6.3.13)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from typing import Any, Final
from urllib.parse import quote, urlencode, urlsplit

from starlette.responses import Response

from citycontext.broker.documents.writing import Document
from citycontext.broker.request.parameters import READ_OPTIONS, Parameters
from citycontext.broker.request.request import Request
from citycontext.broker.request.temporal_query import read_temporal_request
from citycontext.broker.responses.joining import NO_JOIN, Links, linked_entities, read_join
from citycontext.broker.responses.problems import bad_request_data, not_found
from citycontext.broker.responses.projection import check_depth, expand_name, read_projection
from citycontext.broker.responses.rendering import View, render
from citycontext.broker.responses.temporal_answers import find_evolutions
from citycontext.broker.responses.versions import read_version
from citycontext.broker.selection.entity_maps import HEADER, create_map, keep_only, lookup_map
from citycontext.broker.selection.selection import SelectedPage, Selection
from citycontext.broker.store import Store
from citycontext.broker.wire import PREFIX
from citycontext.ngsild.query.language import LanguageFilter, parse_language
from citycontext.ngsild.representations import geojson
from citycontext.web.media_types import GEO_JSON

__all__ = [
    "AFTER",
    "answer_entities",
    "answer_entity",
    "evolving_ids",
    "page_headers",
    "read_temporal_view",
    "read_view",
    "selected_ids",
]

AFTER: Final = "after"
"""The parameter of a Link to a next page that says from where it goes on, so that no page costs more for being late."""

_FAR: Final = 1_000
_ENTITY_FORMS: Final = ("normalized", "concise", "simplified")


def read_view(request: Request) -> View:
    """Read how the answer shows entities.

    Raises:
        Problem: A parameter is not valid.
    """
    parameters = request.parameters
    representation = parameters.representation()
    if representation not in _ENTITY_FORMS:
        raise bad_request_data(f"Entities have no form {representation!r}; one of {', '.join(_ENTITY_FORMS)}.")
    if "geometryProperty" in parameters and request.answer_type != GEO_JSON:
        raise bad_request_data(f"'geometryProperty' is for answers in {GEO_JSON}; ask for that in Accept.")
    join = read_join(parameters)
    check_depth(parameters, 0 if join.form == "@none" else join.level)
    return View(
        representation,
        read_projection(parameters, request.context),
        "sysAttrs" in parameters.options(READ_OPTIONS),
        _languages(parameters),
        join,
        read_version(request.headers.getlist("prefer")),
    )


def read_temporal_view(request: Request) -> View:
    """Read how the answer shows the evolution of entities.

    Raises:
        Problem: A parameter is not valid.
    """
    parameters = request.parameters
    check_depth(parameters, 0)
    return View(
        "normalized",
        read_projection(parameters, request.context),
        "sysAttrs" in parameters.options(READ_OPTIONS),
        _languages(parameters),
        version=read_version(request.headers.getlist("prefer")),
    )


def _languages(parameters: Parameters) -> LanguageFilter | None:
    return parse_language(parameters["lang"]) if "lang" in parameters else None


async def answer_entity(request: Request, document: Document, view: View | None = None) -> Response:
    """Answer with one entity; an array when linked entities stand beside it.

    Args:
        request: The request.
        document: The entity.
        view: How to show it, where that was read before.
    """
    view = view or read_view(request)
    wanted = view.projection.wanted()
    if wanted is not None and wanted.isdisjoint(document):
        raise not_found(f"The entity {document['id']} has none of the attributes asked for.")
    shown = await _render_with_linked(request, [document], view)
    if not shown[0]:
        raise not_found(f"Nothing is left of the entity {document['id']} by pick and omit.")
    status = await _status(request, [document], view, shown)
    headers = {}
    if request.parameters.flag("entityMap"):
        ids = [document["id"]]
        made = create_map(request.state.store, request.tenant, ids, request.parameters, request.origins)
        headers[HEADER] = made["id"]
    answered: Any = shown if view.join.form == "flat" else shown[0]
    if request.answer_type == GEO_JSON:
        collection = _collection(request, shown)
        answered = collection if view.join.form == "flat" else collection["features"][0]
    return request.answer(answered, status=status, headers=headers)


async def _status(request: Request, documents: list[Document], view: View, shown: list[dict[str, Any]]) -> int:
    """Return 203 where an answer was changed for a reader of an older version, else 200 (6.4.3.2, 6.5.3.1)."""
    if view.version is None or shown == await _render_with_linked(request, documents, replace(view, version=None)):
        return 200
    return 203


async def answer_entities(
    request: Request, selection: Selection, gathered: Sequence[Document] | None = None
) -> Response:
    """Answer with a page of the entities that were selected.

    Args:
        request: The query.
        selection: What it selects.
        gathered: The entities, where other sources have some of them; None where this broker has all.
    """
    limit, offset = request.parameters.page()
    after = request.parameters.integer(AFTER, 0)
    view = read_view(request)
    counts, named, status = request.parameters.flag("count"), request.headers.get(HEADER), 200
    kept = None if named is None else lookup_map(request.state.store, request.tenant, named)
    if kept is None and (named is not None or request.parameters.flag("entityMap")):
        # A map that is not there any more is made again, as if it had been asked for (5.5.14).
        ids = await selected_ids(request, selection, gathered)
        kept = create_map(request.state.store, request.tenant, ids, request.parameters, request.origins)
        status = 201
    map_id = None if kept is None else kept["id"]
    if map_id is None and gathered is not None:
        ordered = selection.sorted(gathered)
        page = SelectedPage(ordered[offset : offset + limit], len(ordered) > offset + limit, len(ordered))
    elif kept is None:
        page = await selection.page(
            request.state.store, request.tenant, limit, offset, count=counts, turns=request.turns, after=after
        )
    else:
        page = _page_of_map(request, selection, kept, limit, offset, gathered)
    headers = page_headers(request, limit, offset, more=page.more, last=page.last)
    if map_id is not None:
        headers[HEADER] = map_id
    if counts and page.count is not None:
        headers["NGSILD-Results-Count"] = str(page.count)
    shown = await _render_with_linked(request, page.documents, view)
    if status == 200:
        status = await _status(request, page.documents, view, shown)
    if request.answer_type == GEO_JSON:
        return request.answer(_collection(request, shown), status=status, headers=headers)
    return request.answer(shown, status=status, headers=headers)


async def selected_ids(request: Request, selection: Selection, gathered: Sequence[Document] | None = None) -> list[str]:
    """List the ids of the entities that were selected, in the order of the answer.

    Args:
        request: The query.
        selection: What it selects.
        gathered: The entities, where other sources have some of them; None where this broker has all.
    """
    found = gathered
    if found is None:
        found = await selection.found(request.state.store, request.tenant, request.turns)
    return [document["id"] for document in selection.sorted(found)]


def evolving_ids(request: Request, selection: Selection, store: Store, tenant: int) -> list[str]:
    """List the ids of the entities whose evolution a temporal query selects, in the order of the answer.

    Args:
        request: The query.
        selection: What it selects.
        store: Where the evolutions are: the broker's own, or one of what its sources sent too.
        tenant: The number of the tenant there.
    """
    asked, view = read_temporal_request(request.parameters, needs_interval=True), read_temporal_view(request)
    found = find_evolutions(store, tenant, selection, asked, view, at_most=request.state.temporal_page)
    return [evolved.frame.id for evolved in found]


def _page_of_map(
    request: Request,
    selection: Selection,
    kept: Document,
    limit: int,
    offset: int,
    gathered: Sequence[Document] | None,
) -> SelectedPage:
    """Return a part of the entities of an entity map, as they are now; those that are gone leave the map (5.5.9.3)."""
    if gathered is not None:
        by_id = {document["id"]: document for document in gathered}
        there = [one for one in kept["entityMap"] if one in by_id]
        keep_only(request.state.store, request.tenant, kept, there)
        shown = [by_id[one] for one in there[offset : offset + limit]]
        return SelectedPage(shown, len(there) > offset + limit, len(there))
    ids = list(kept["entityMap"])
    documents: list[Document] = []
    place = offset
    while place < len(ids) and len(documents) < limit:
        document = request.state.store.entities.get(request.tenant, ids[place])
        if document is not None and selection.accepts(document):
            documents.append(document)
            place += 1
        else:
            del ids[place]
    keep_only(request.state.store, request.tenant, kept, ids)
    return SelectedPage(documents, len(ids) > offset + limit, len(ids))


def page_headers(request: Request, limit: int, offset: int, *, more: bool, last: int | None = None) -> dict[str, str]:
    """Write the links to the page before and the page after (6.3.10).

    Args:
        request: The query.
        limit: How many a page holds.
        offset: How many come before this page.
        more: Whether others follow.
        last: The number of the last entity of this page, where the next can go on from it.
    """
    links = []
    if offset > 0 and limit:
        links.append(_page_link(request, limit, max(0, offset - limit), "prev"))
    if more and limit:
        # Leaving out a few costs nothing, and a short link is the one that other brokers send.
        mark = last if offset + limit >= _FAR else None
        links.append(_page_link(request, limit, offset + limit, "next", mark))
    return {"Link": ", ".join(links)} if links else {}


def _page_link(request: Request, limit: int, offset: int, relation: str, after: int | None = None) -> str:
    asked = {**request.page_parameters(), "limit": str(limit), "offset": str(offset)}
    asked.pop(AFTER, None)
    if after is not None:
        asked[AFTER] = str(after)
    url = f"{urlsplit(request.base).path}{PREFIX}{quote(request.path_below, safe='/:%')}?{urlencode(asked)}"
    return f'<{url}>;rel="{relation}";type="{request.answer_type}"'


async def _render_with_linked(request: Request, documents: list[Document], view: View) -> list[dict[str, Any]]:
    lookup = Links(
        partial(request.state.store.entities.sized, request.tenant), request.state.bounds, once=view.join.form == "flat"
    )
    shown = []
    for document in documents:
        shown.append(render(document, view, request.context, lookup))
        await request.turns.pass_on()
    if view.join.form != "flat":
        return shown
    present = {document["id"] for document in documents} | view.join.seen
    for document in documents:
        for linked, projection in linked_entities(document, view.projection, view.join, lookup):
            if linked["id"] not in present:
                present.add(linked["id"])
                inner = replace(view, projection=projection, join=NO_JOIN)
                shown.append(render(linked, inner, request.context))
    return shown


def _collection(request: Request, shown: list[dict[str, Any]]) -> dict[str, Any]:
    name = request.parameters.get("geometryProperty", "location")
    short = request.context.compact(expand_name(name, request.context, "geometryProperty"))
    datasets = [one for one in request.parameters.names("datasetId") if one != "@none"]
    return geojson.collect(shown, short, dataset_id=datasets[0] if datasets else None)
