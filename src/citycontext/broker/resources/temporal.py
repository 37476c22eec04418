"""The temporal evolution of entities (5.6.11 to 5.6.16, 5.7.3, 5.7.4)."""

from __future__ import annotations

from contextlib import closing
from typing import Final
from urllib.parse import quote

from starlette.responses import Response

from citycontext.broker.distribution.history import gather_evolution, gather_evolutions
from citycontext.broker.distribution.provision import Provision
from citycontext.broker.documents.reading import attribute_document, temporal_document
from citycontext.broker.documents.timestamps import timestamp
from citycontext.broker.documents.writing import Document, attribute_names, instances
from citycontext.broker.request.parameters import check_uri
from citycontext.broker.request.queries import FILTERS, read_query, read_selection
from citycontext.broker.request.request import Request
from citycontext.broker.request.temporal_query import TEMPORAL, TemporalRequest, read_temporal_request
from citycontext.broker.responses.entities import evolving_ids, page_headers, read_temporal_view
from citycontext.broker.responses.problems import bad_request_data, not_found
from citycontext.broker.responses.projection import expand_name
from citycontext.broker.responses.rendering import View
from citycontext.broker.responses.temporal_answers import (
    Evolved,
    content_range,
    cut,
    find_evolutions,
    read_evolution,
    render_evolution,
)
from citycontext.broker.routing import Operation
from citycontext.broker.selection.entity_maps import HEADER, create_map, lookup_map
from citycontext.broker.selection.selection import Selection
from citycontext.broker.store import Instance, Store
from citycontext.broker.store.evolution import Evolution
from citycontext.broker.wire import PREFIX
from citycontext.ngsild.terms import VALUE_MEMBERS
from citycontext.web.media_types import JSON_FORMS

__all__ = ["OPERATIONS"]


async def create(request: Request) -> Response:
    """Add instances to the evolution of an entity, which is made if it is not there (5.6.11)."""
    document = temporal_document(request.object_body(), request.context)
    table = request.state.store.evolution
    with request.state.writing(request.tenant) as writer:
        is_new = table.find(request.tenant, document["id"]) is None
        recorded = _instances(document, writer.now)
        table.record(request.tenant, document["id"], document["type"], recorded, writer.now, replaces=True)
        writer.follow(document["id"], document["type"], recorded)
    if is_new:
        return request.created(f"{PREFIX}/temporal/entities/{quote(document['id'], safe=':')}")
    return request.no_content()


async def query(request: Request) -> Response:
    """Query the evolution of entities (5.7.4)."""
    return await _answer_query(request, read_selection(request))


async def query_by_body(request: Request) -> Response:
    """Query the evolution of entities with a body (5.7.4, 6.24)."""
    return await _answer_query(request, read_query(request, temporal=True))


async def retrieve(request: Request) -> Response:
    """Retrieve the evolution of an entity (5.7.3)."""
    asked = read_temporal_request(request.parameters, needs_interval=False)
    view = read_temporal_view(request)
    gathered = await gather_evolution(request, asked)
    if gathered is None:
        return _answer_one(request, asked, view, request.state.store, request.tenant)
    with closing(gathered):
        return _answer_one(request, asked, view, gathered, 0)


def _answer_one(request: Request, asked: TemporalRequest, view: View, store: Store, tenant: int) -> Response:
    frame = store.evolution.find(tenant, request.entity_id)
    if frame is None:
        raise not_found(f"There is no evolution of an entity {request.values['id']}.")
    table, at_most = store.evolution, request.state.temporal_page
    wanted = view.projection.wanted()
    if wanted is not None and wanted.isdisjoint(table.attributes(frame.number)):
        raise not_found(f"The evolution of {frame.id} has none of the attributes asked for.")
    evolved = read_evolution(table, frame, asked, view, at_most=at_most + 1)
    left = cut([evolved], asked, at_most) if asked.form != "aggregatedValues" else None
    shown = render_evolution(evolved, asked, view, request.context)
    if not shown:
        raise not_found(f"Nothing is left of the evolution of {frame.id} by pick and omit.")
    headers = {}
    if request.parameters.flag("entityMap"):
        made = create_map(request.state.store, request.tenant, [frame.id], request.parameters, request.origins)
        headers[HEADER] = made["id"]
    if left is None:
        return request.answer(shown, headers=headers)
    return request.answer(shown, status=206, headers={**headers, "Content-Range": content_range(asked, left)})


async def delete(request: Request) -> Response:
    """Delete the evolution of an entity (5.6.16)."""
    frame, entities = _find(request), request.state.store.entities
    with request.state.store.transaction():
        request.state.store.evolution.delete(request.tenant, frame.id)
        if entities.is_derived(request.tenant, frame.id):
            followed = entities.get(request.tenant, frame.id)
            assert followed is not None
            entities.delete(request.tenant, followed)
    return request.no_content()


async def append(request: Request) -> Response:
    """Add instances to attributes (5.6.12)."""
    frame = _find(request)
    document = temporal_document(request.object_body(), request.context, fragment=True)
    if document.get("id", frame.id) != frame.id:
        raise bad_request_data(f"The body is about {document['id']}, the address about {frame.id}.")
    if not document.keys() - {"id", "type"}:
        raise bad_request_data("The body holds no attribute.")
    with request.state.writing(request.tenant) as writer:
        types = [*frame.types, *(kind for kind in document.get("type", []) if kind not in frame.types)]
        recorded = _instances(document, writer.now)
        request.state.store.evolution.record(request.tenant, frame.id, types, recorded, writer.now, replaces=True)
        writer.follow(frame.id, types, recorded)
    return request.no_content()


async def delete_attribute(request: Request) -> Response:
    """Delete an attribute from an evolution: one dataset's instances, or all (5.6.13)."""
    frame, name = _find(request), _attribute(request)
    every = request.parameters.flag("deleteAll")
    dataset_id = next(iter(request.parameters.uris("datasetId")), None)
    with request.state.store.transaction():
        if not request.state.store.evolution.delete_attribute(frame.number, name, dataset_id, every=every):
            raise not_found(f"The evolution of {frame.id} has no such instance of {request.values['attribute']}.")
    return request.no_content()


async def modify_instance(request: Request) -> Response:
    """Replace one instance (5.6.14)."""
    frame, name, urn = _find(request), _attribute(request), request.values["instance"]
    old = _find_instance(request, frame, name, urn)
    new = _one_instance(request)
    stamped = {**new, "createdAt": old["createdAt"], "modifiedAt": timestamp()}
    with request.state.store.transaction():
        request.state.store.evolution.replace_instance(frame.number, name, urn, stamped)
    return request.no_content()


async def delete_instance(request: Request) -> Response:
    """Delete one instance (5.6.15)."""
    frame, name, urn = _find(request), _attribute(request), request.values["instance"]
    _find_instance(request, frame, name, urn)
    with request.state.store.transaction():
        request.state.store.evolution.delete_instance(frame.number, name, urn)
    return request.no_content()


async def _answer_query(request: Request, selection: Selection) -> Response:
    request.parameters.page()
    asked, view = read_temporal_request(request.parameters, needs_interval=True), read_temporal_view(request)
    gathered = await gather_evolutions(request, selection, asked)
    if gathered is None:
        return _answer_several(request, selection, asked, view, request.state.store, request.tenant)
    with closing(gathered):
        return _answer_several(request, selection, asked, view, gathered, 0)


def _answer_several(
    request: Request, selection: Selection, asked: TemporalRequest, view: View, store: Store, tenant: int
) -> Response:
    limit, offset = request.parameters.page()
    at_most = request.state.temporal_page
    named, status = request.headers.get(HEADER), 200
    own = request.state.store
    kept = None if named is None else lookup_map(own, request.tenant, named)
    if kept is None and (named is not None or request.parameters.flag("entityMap")):
        found = evolving_ids(request, selection, store, tenant)
        kept, status = create_map(own, request.tenant, found, request.parameters, request.origins), 201
    map_id, ids = (None, None) if kept is None else (kept["id"], kept["entityMap"].keys())
    matching: list[Evolved] = []
    count = 0
    counts = request.parameters.flag("count")
    for evolved in find_evolutions(store, tenant, selection, asked, view, at_most=at_most + 1, ids=ids):
        if offset <= count < offset + limit:
            matching.append(evolved)
        count += 1
        if count > offset + limit and not counts:
            break
    headers = page_headers(request, limit, offset, more=count > offset + limit)
    if counts:
        headers["NGSILD-Results-Count"] = str(count)
    if map_id is not None:
        headers[HEADER] = map_id
    for evolved in matching:
        for name in [name for name in evolved.attributes if not view.projection.shows(name)]:
            del evolved.attributes[name]
    left = cut(matching, asked, at_most) if asked.form != "aggregatedValues" else None
    shown = [render_evolution(evolved, asked, view, request.context) for evolved in matching]
    if left is None:
        return request.answer(shown, status=status, headers=headers)
    headers["Content-Range"] = content_range(asked, left)
    return request.answer(shown, status=206, headers=headers)


def _instances(document: Document, now: str) -> list[Instance]:
    recorded = [
        Instance(name, {**one, "createdAt": now, "modifiedAt": now})
        for name in attribute_names(document)
        for one in instances(document[name])
    ]
    scope = document.get("scope")
    if scope and isinstance(scope[0], dict):
        recorded += [Instance("scope", {**one, "createdAt": now, "modifiedAt": now}) for one in scope]
    elif scope:
        stamped = {"type": "Property", "value": scope, "createdAt": now, "modifiedAt": now}
        recorded.append(Instance("scope", stamped))
    return recorded


def _one_instance(request: Request) -> Document:
    """Read the one instance in a body: alone, or in the fragment of an entity (5.6.14)."""
    body, short = request.object_body(), request.values["attribute"]
    others = body.keys() - {short, "@context"}
    # An instance alone is taken too; a fragment of an entity is about this attribute and no other.
    if (short in body and others) or (short not in body and VALUE_MEMBERS.keys().isdisjoint(body)):
        raise bad_request_data(f"The body must hold one instance of {short}, and nothing else.")
    given = body.get(short, body)
    listed = given if isinstance(given, list) else [given]
    if len(listed) != 1 or not isinstance(listed[0], dict):
        raise bad_request_data(f"The body must hold exactly one instance of {short}.")
    return attribute_document(listed[0], short, request.context)


def _find(request: Request) -> Evolution:
    frame = request.state.store.evolution.find(request.tenant, request.entity_id)
    if frame is None:
        raise not_found(f"There is no evolution of an entity {request.values['id']}.")
    return frame


def _find_instance(request: Request, frame: Evolution, name: str, urn: str) -> Document:
    found = request.state.store.evolution.instance(frame.number, name, check_uri(urn, "The instanceId"))
    if found is None:
        raise not_found(f"The attribute {request.values['attribute']} of {frame.id} has no instance {urn}.")
    return found


def _attribute(request: Request) -> str:
    return expand_name(request.values["attribute"], request.context, "The attribute in the address")


_SHOWN: Final = frozenset({"pick", "omit", "attrs", "datasetId", "lang", "format", "options"})
_PAGE: Final = frozenset({"limit", "offset", "count"})
_MAP: Final = frozenset({"entityMap", "entityMapLifetime", "splitEntities", "local"})
_LOCAL: Final = frozenset({"local"})
_ALL: Final = "/temporal/entities"
_ONE: Final = "/temporal/entities/{id}"
_ATTRIBUTE: Final = "/temporal/entities/{id}/attrs/{attribute}"
_INSTANCE: Final = "/temporal/entities/{id}/attrs/{attribute}/{instance}"

_UPSERT_TEMPORAL: Final = Provision("upsertTemporal", create, has_attributes=True)
_DELETE_TEMPORAL: Final = Provision("deleteTemporal", delete)
_APPEND_ATTRS_TEMPORAL: Final = Provision("appendAttrsTemporal", append, has_attributes=True, tells_attributes=True)
_DELETE_ATTRS_TEMPORAL: Final = Provision("deleteAttrsTemporal", delete_attribute, tells_attributes=True)
_UPDATE_ATTR_INSTANCE_TEMPORAL: Final = Provision("updateAttrInstanceTemporal", modify_instance, tells_attributes=True)
_DELETE_ATTR_INSTANCE_TEMPORAL: Final = Provision("deleteAttrInstanceTemporal", delete_instance, tells_attributes=True)

OPERATIONS = (
    Operation("POST", _ALL, _UPSERT_TEMPORAL, _LOCAL, reads_body=True, creates=True),
    Operation(
        "GET", _ALL, query, FILTERS | _SHOWN | _PAGE | _MAP | TEMPORAL | {"orderBy"}, answers=JSON_FORMS, writes=False
    ),
    Operation("GET", _ONE, retrieve, _SHOWN | _MAP | TEMPORAL | {"type"}, answers=JSON_FORMS, writes=False),
    Operation("DELETE", _ONE, _DELETE_TEMPORAL, _LOCAL),
    Operation(
        "POST",
        _ONE + "/attrs",
        _APPEND_ATTRS_TEMPORAL,
        _LOCAL,
        reads_body=True,
    ),
    Operation(
        "DELETE",
        _ATTRIBUTE,
        _DELETE_ATTRS_TEMPORAL,
        _LOCAL | {"datasetId", "deleteAll"},
    ),
    Operation(
        "PATCH",
        _INSTANCE,
        _UPDATE_ATTR_INSTANCE_TEMPORAL,
        _LOCAL,
        reads_body=True,
    ),
    Operation("DELETE", _INSTANCE, _DELETE_ATTR_INSTANCE_TEMPORAL, _LOCAL),
    Operation(
        "POST",
        "/temporal/entityOperations/query",
        query_by_body,
        _PAGE | _MAP | {"format", "options"},
        answers=JSON_FORMS,
        reads_body=True,
        writes=False,
    ),
)
