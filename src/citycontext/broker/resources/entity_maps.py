"""Entity maps as resources, and the identity of this broker as a source (5.14, 5.15)."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Final

from starlette.responses import Response

from citycontext.broker.answering import evolving_ids, selected_ids
from citycontext.broker.call import Call
from citycontext.broker.entity_maps import HEADER, KIND, create_map, find_map
from citycontext.broker.problems import bad_request_data
from citycontext.broker.routing import JSON_FORMS, Operation
from citycontext.broker.selection import FILTERS, read_query, read_selection
from citycontext.broker.temporal_query import TEMPORAL
from citycontext.broker.timestamps import timestamp
from citycontext.ngsild.time import is_datetime, parse_datetime

__all__ = ["OPERATIONS"]


async def create(call: Call) -> Response:
    """Make the entity map of a query, without its answer (5.14, 6.32)."""
    return _created(call, selected_ids(call, read_selection(call)))


async def create_by_body(call: Call) -> Response:
    """Make the entity map of a query in a body (5.14, 6.32)."""
    return _created(call, selected_ids(call, read_query(call)))


async def create_temporal(call: Call) -> Response:
    """Make the entity map of a temporal query, without its answer (5.14, 6.32)."""
    return _created(call, evolving_ids(call, read_selection(call)))


async def create_temporal_by_body(call: Call) -> Response:
    """Make the entity map of a temporal query in a body (5.14, 6.32)."""
    return _created(call, evolving_ids(call, read_query(call)))


async def retrieve(call: Call) -> Response:
    """Retrieve an entity map (5.14.1)."""
    return call.answer(find_map(call.state.store, call.tenant, call.values["id"]))


async def update(call: Call) -> Response:
    """Change when an entity map expires (5.14.2)."""
    found, fragment = find_map(call.state.store, call.tenant, call.values["id"]), call.object_body()
    wanted = fragment.get("expiresAt")
    unknown = fragment.keys() - {"expiresAt", "id", "type", "@context"}
    if unknown or not is_datetime(wanted):
        raise bad_request_data("Of an entity map only 'expiresAt' can be changed, to a timestamp.")
    if parse_datetime(str(wanted)) <= datetime.now(UTC):
        raise bad_request_data(f"expiresAt: {wanted} is past.")
    call.state.store.resources.put(call.tenant, KIND, found["id"], {**found, "expiresAt": wanted})
    return call.no_content()


async def delete(call: Call) -> Response:
    """Delete an entity map (5.14.3)."""
    found = find_map(call.state.store, call.tenant, call.values["id"])
    call.state.store.resources.delete(call.tenant, KIND, found["id"])
    return call.no_content()


async def identity(call: Call) -> Response:
    """Tell who this broker is (5.15.1)."""
    uptime = datetime.now(UTC) - call.state.started_at
    return call.answer(
        {
            "id": call.state.identity,
            "type": "ContextSourceIdentity",
            "contextSourceAlias": call.state.alias,
            "contextSourceUptime": f"PT{int(uptime.total_seconds())}S",
            "contextSourceTimeAt": timestamp(),
        }
    )


def _created(call: Call, ids: list[str]) -> Response:
    made = create_map(call.state.store, call.tenant, ids, call.parameters)
    shown = call.answer(made, status=201)
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
