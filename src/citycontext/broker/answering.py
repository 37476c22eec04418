"""Answers that hold entities: one, or a page of many (6.3.6, 6.3.7, 6.3.10, 6.3.13)."""

from __future__ import annotations

from typing import Any, Final
from urllib.parse import quote, urlencode, urlsplit

from starlette.responses import Response

from citycontext.broker.call import GEO_JSON, Call
from citycontext.broker.entity_maps import HEADER, create_map, find_map
from citycontext.broker.evolving import find_evolutions
from citycontext.broker.joining import linked_entities, read_join
from citycontext.broker.parameters import Parameters
from citycontext.broker.problems import bad_request_data, not_found
from citycontext.broker.projection import expand_name, read_projection
from citycontext.broker.rendering import View, render
from citycontext.broker.routing import PREFIX
from citycontext.broker.selection import Page, Selection
from citycontext.broker.temporal_query import read_temporal_request
from citycontext.broker.writing import Document
from citycontext.ngsild.query.language import LanguageFilter, parse_language
from citycontext.ngsild.representations import geojson

__all__ = [
    "answer_entities",
    "answer_entity",
    "evolving_ids",
    "page_headers",
    "read_temporal_view",
    "read_view",
    "selected_ids",
]

_ENTITY_FORMS: Final = ("normalized", "concise", "simplified")


def read_view(call: Call) -> View:
    """Read how the answer shows entities.

    Raises:
        Problem: A parameter is not valid.
    """
    parameters = call.parameters
    representation = parameters.representation()
    if representation not in _ENTITY_FORMS:
        raise bad_request_data(f"Entities have no form {representation!r}; one of {', '.join(_ENTITY_FORMS)}.")
    if "geometryProperty" in parameters and call.answer_type != GEO_JSON:
        raise bad_request_data(f"'geometryProperty' is for answers in {GEO_JSON}; ask for that in Accept.")
    return View(
        representation,
        read_projection(parameters, call.context),
        "sysAttrs" in parameters.options(),
        _languages(parameters),
        read_join(parameters),
    )


def read_temporal_view(call: Call) -> View:
    """Read how the answer shows the evolution of entities.

    Raises:
        Problem: A parameter is not valid.
    """
    parameters = call.parameters
    return View(
        "normalized",
        read_projection(parameters, call.context),
        "sysAttrs" in parameters.options(),
        _languages(parameters),
    )


def _languages(parameters: Parameters) -> LanguageFilter | None:
    return parse_language(parameters["lang"]) if "lang" in parameters else None


def answer_entity(call: Call, document: Document) -> Response:
    """Answer with one entity; an array when linked entities stand beside it."""
    view = read_view(call)
    wanted = view.projection.wanted()
    if wanted is not None and wanted.isdisjoint(document):
        raise not_found(f"The entity {document['id']} has none of the attributes asked for.")
    shown = _render_with_linked(call, [document], view)
    if not shown[0]:
        raise not_found(f"Nothing is left of the entity {document['id']} by pick and omit.")
    if call.answer_type == GEO_JSON:
        collection = _collection(call, shown)
        return call.answer(collection if view.join.form == "flat" else collection["features"][0])
    return call.answer(shown if view.join.form == "flat" else shown[0])


def answer_entities(call: Call, selection: Selection) -> Response:
    """Answer with a page of the entities that were selected."""
    limit, offset = call.parameters.page()
    view = read_view(call)
    counts, map_id, status = call.parameters.flag("count"), call.headers.get(HEADER), 200
    if map_id is None and call.parameters.flag("entityMap"):
        made = create_map(call.state.store, call.tenant, selected_ids(call, selection), call.parameters)
        map_id, status = made["id"], 201
    if map_id is None:
        page = selection.page(call.state.store, call.tenant, limit, offset, count=counts)
    else:
        page = _page_of_map(call, selection, find_map(call.state.store, call.tenant, map_id), limit, offset)
    headers = page_headers(call, limit, offset, more=page.more)
    if map_id is not None:
        headers[HEADER] = map_id
    if counts and page.count is not None:
        headers["NGSILD-Results-Count"] = str(page.count)
    shown = _render_with_linked(call, page.documents, view)
    if call.answer_type == GEO_JSON:
        return call.answer(_collection(call, shown), status=status, headers=headers)
    return call.answer(shown, status=status, headers=headers)


def selected_ids(call: Call, selection: Selection) -> list[str]:
    """List the ids of the entities that were selected, in the order of the answer."""
    return [document["id"] for document in selection.sorted(selection.find(call.state.store, call.tenant))]


def evolving_ids(call: Call, selection: Selection) -> list[str]:
    """List the ids of the entities whose evolution a temporal query selects, in the order of the answer."""
    asked, view = read_temporal_request(call.parameters, needs_interval=True), read_temporal_view(call)
    found = find_evolutions(call.state.store, call.tenant, selection, asked, view, at_most=call.state.temporal_page)
    return [evolved.frame.id for evolved in found]


def _page_of_map(call: Call, selection: Selection, kept: Document, limit: int, offset: int) -> Page:
    """Give a part of the entities of an entity map, as they are now; those that are gone are left out."""
    ids = list(kept["entityMap"])
    found = [call.state.store.entities.get(call.tenant, one) for one in ids[offset : offset + limit]]
    documents = [document for document in found if document is not None and selection.accepts(document)]
    return Page(documents, len(ids) > offset + limit, len(ids))


def page_headers(call: Call, limit: int, offset: int, *, more: bool) -> dict[str, str]:
    """Write the links to the page before and the page after (6.3.10)."""
    links = []
    if offset > 0 and limit:
        links.append(_page_link(call, limit, max(0, offset - limit), "prev"))
    if more and limit:
        links.append(_page_link(call, limit, offset + limit, "next"))
    return {"Link": ", ".join(links)} if links else {}


def _page_link(call: Call, limit: int, offset: int, relation: str) -> str:
    asked = {**call.page_parameters(), "limit": str(limit), "offset": str(offset)}
    url = f"{urlsplit(call.base).path}{PREFIX}{quote(call.path_below, safe='/:%')}?{urlencode(asked)}"
    return f'<{url}>;rel="{relation}";type="{call.answer_type}"'


def _render_with_linked(call: Call, documents: list[Document], view: View) -> list[dict[str, Any]]:
    def lookup(id: str) -> Document | None:
        return call.state.store.entities.get(call.tenant, id)

    shown = [render(document, view, call.context, lookup) for document in documents]
    if view.join.form != "flat":
        return shown
    present = {document["id"] for document in documents} | view.join.seen
    for document in documents:
        for linked, projection in linked_entities(document, view.projection, view.join, lookup):
            if linked["id"] not in present:
                present.add(linked["id"])
                inner = View(view.representation, projection, view.sys_attrs, view.languages)
                shown.append(render(linked, inner, call.context))
    return shown


def _collection(call: Call, shown: list[dict[str, Any]]) -> dict[str, Any]:
    name = call.parameters.get("geometryProperty", "location")
    short = call.context.compact(expand_name(name, call.context, "geometryProperty"))
    datasets = [one for one in call.parameters.names("datasetId") if one != "@none"]
    return geojson.collect(shown, short, dataset_id=datasets[0] if datasets else None)
