"""Entity maps as resources, and the identity of this broker as a source (5.14, 5.15)."""

from __future__ import annotations

from contextlib import closing
from datetime import UTC, datetime
from typing import Final

from starlette.responses import Response

from citycontext.broker.distribution.history import gather_evolutions
from citycontext.broker.distribution.reads import gather_entities
from citycontext.broker.documents.timestamps import timestamp
from citycontext.broker.request.queries import FILTERS, read_query, read_selection
from citycontext.broker.request.request import Request
from citycontext.broker.request.temporal_query import TEMPORAL, read_temporal_request
from citycontext.broker.responses.entities import evolving_ids, selected_ids
from citycontext.broker.responses.problems import bad_request_data
from citycontext.broker.routing import Operation
from citycontext.broker.selection.entity_maps import HEADER, KIND, create_map, find_map
from citycontext.broker.selection.selection import Selection
from citycontext.ngsild.time import is_datetime, parse_datetime
from citycontext.web.media_types import JSON_FORMS

__all__ = ["OPERATIONS"]


async def create(request: Request) -> Response:
    """Make the entity map of a query, without its answer (5.14, 6.32)."""
    selection = read_selection(request)
    return _created(request, await selected_ids(request, selection, await gather_entities(request, selection)))


async def create_by_body(request: Request) -> Response:
    """Make the entity map of a query in a body (5.14, 6.32)."""
    selection = read_query(request)
    return _created(request, await selected_ids(request, selection, await gather_entities(request, selection)))


async def create_temporal(request: Request) -> Response:
    """Make the entity map of a temporal query, without its answer (5.14, 6.32)."""
    return await _created_of_evolutions(request, read_selection(request))


async def create_temporal_by_body(request: Request) -> Response:
    """Make the entity map of a temporal query in a body (5.14, 6.32)."""
    return await _created_of_evolutions(request, read_query(request, temporal=True))


async def retrieve(request: Request) -> Response:
    """Retrieve an entity map (5.14.1)."""
    return request.answer(find_map(request.state.store, request.tenant, request.values["id"]))


async def update(request: Request) -> Response:
    """Change when an entity map expires (5.14.2)."""
    found, fragment = find_map(request.state.store, request.tenant, request.values["id"]), request.object_body()
    # What only the broker says is ignored (5.14.2.4).
    unknown = fragment.keys() - {"expiresAt", "id", "type", "@context", "entityMap", "linkedMaps"}
    wanted = fragment.get("expiresAt", found["expiresAt"])
    if unknown or not fragment or not is_datetime(wanted):
        raise bad_request_data("Of an entity map only 'expiresAt' can be changed, to a timestamp.")
    if parse_datetime(str(wanted)) <= datetime.now(UTC):
        raise bad_request_data(f"expiresAt: {wanted} is past.")
    request.state.store.resources.put(request.tenant, KIND, found["id"], {**found, "expiresAt": wanted})
    return request.no_content()


async def delete(request: Request) -> Response:
    """Delete an entity map (5.14.3)."""
    found = find_map(request.state.store, request.tenant, request.values["id"])
    request.state.store.resources.delete(request.tenant, KIND, found["id"])
    return request.no_content()


async def identity(request: Request) -> Response:
    """Return who this broker is (5.15.1)."""
    uptime = datetime.now(UTC) - request.state.started_at
    return request.answer(
        {
            "id": request.state.identity,
            "type": "ContextSourceIdentity",
            "contextSourceAlias": request.alias,
            "contextSourceUptime": f"PT{int(uptime.total_seconds())}S",
            "contextSourceTimeAt": timestamp(),
        }
    )


async def _created_of_evolutions(request: Request, selection: Selection) -> Response:
    asked = read_temporal_request(request.parameters, needs_interval=True)
    gathered = await gather_evolutions(request, selection, asked)
    if gathered is None:
        return _created(request, evolving_ids(request, selection, request.state.store, request.tenant))
    with closing(gathered):
        return _created(request, evolving_ids(request, selection, gathered, 0))


def _created(request: Request, ids: list[str]) -> Response:
    made = create_map(request.state.store, request.tenant, ids, request.parameters, request.origins)
    shown = request.answer(made, status=201)
    shown.headers[HEADER] = made["id"]
    return shown


_MAPS: Final = frozenset({"entityMapLifetime", "splitEntities", "local", "attrs", "pick", "omit", "datasetId", "lang"})
_ALL: Final = "/entityMaps"
_TEMPORAL: Final = "/temporal/entityMaps"
_ONE: Final = "/entityMaps/{id}"

OPERATIONS = (
    Operation("GET", _ALL, create, FILTERS | _MAPS, answers=JSON_FORMS),
    Operation("POST", _ALL, create_by_body, _MAPS, answers=JSON_FORMS, reads_body=True),
    Operation("GET", _TEMPORAL, create_temporal, FILTERS | _MAPS | TEMPORAL, answers=JSON_FORMS),
    Operation("POST", _TEMPORAL, create_temporal_by_body, _MAPS, answers=JSON_FORMS, reads_body=True),
    Operation("GET", _ONE, retrieve, answers=JSON_FORMS, writes=False),
    Operation("PATCH", _ONE, update, reads_body=True),
    Operation("DELETE", _ONE, delete),
    Operation("GET", "/info/sourceIdentity", identity, answers=JSON_FORMS, writes=False),
)
