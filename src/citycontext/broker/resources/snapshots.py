"""Snapshots: copies of what queries find, to read and write apart from the rest (5.16)."""

from __future__ import annotations

from typing import Final
from urllib.parse import quote
from uuid import uuid4

from starlette.responses import Response

from citycontext.broker.distribution.snapshots import fill
from citycontext.broker.documents.admission import check_mandatory, check_type
from citycontext.broker.documents.nulls import refuse_nulls
from citycontext.broker.documents.pairs import check_pairs
from citycontext.broker.documents.timestamps import timestamp
from citycontext.broker.documents.writing import Document
from citycontext.broker.notifying.delivery import check_endpoint
from citycontext.broker.request.parameters import check_uri
from citycontext.broker.request.request import Request
from citycontext.broker.responses.problems import already_exists, bad_request_data, not_found
from citycontext.broker.routing import Operation
from citycontext.broker.selection.selection import Selection
from citycontext.broker.selection.snapshots import (
    SNAPSHOT,
    copy_entities,
    copy_evolutions,
    expiry,
    filling,
    find_snapshot,
    remove,
    snapshot_tenant,
)
from citycontext.broker.wire import PREFIX
from citycontext.ngsild.query.evaluate import compile_q
from citycontext.ngsild.query.q_parser import parse_q
from citycontext.ngsild.snapshots import Snapshot
from citycontext.ngsild.terms import NULL_URN
from citycontext.web.media_types import JSON_FORMS

__all__ = ["OPERATIONS"]

_READ_ONLY: Final = frozenset(
    {
        *("snapshotStatus", "snapshotQueriesDetails", "snapshotTemporalQueriesDetails"),
        *("createdAt", "modifiedAt", "expiresAt", "lastUsedAt"),
    }
)

_QUERIES: Final = frozenset({"snapshotQueries", "snapshotTemporalQueries"})
_PRIORITY: Final = 5

_CHANGEABLE: Final[tuple[str, ...]] = ("snapshotLifetime", "snapshotPriority", "endpoint")


async def create(request: Request) -> Response:
    """Make a snapshot (5.16.1)."""
    payload = {name: value for name, value in request.object_body().items() if name not in _READ_ONLY}
    payload.pop("@context", None)
    refuse_nulls(payload)
    check_type(payload, "Snapshot")
    payload.setdefault("id", f"urn:ngsi-ld:Snapshot:{uuid4()}")
    payload.setdefault("snapshotPriority", _PRIORITY)
    Snapshot.from_dict(payload, strict=True)
    if not payload.get("snapshotQueries") and not payload.get("snapshotTemporalQueries"):
        raise bad_request_data("A snapshot needs snapshotQueries or snapshotTemporalQueries.")
    if any("temporalQ" not in query for query in payload.get("snapshotTemporalQueries", ())):
        raise bad_request_data("Each of snapshotTemporalQueries needs a temporalQ.")
    _check_endpoint(payload)
    _refuse_known(request, payload["id"])
    now = timestamp()
    made: Document = {**payload, "createdAt": now, "modifiedAt": now, "lastUsedAt": now, "expiresAt": expiry(payload)}
    async with filling(request, made["id"]) as target:
        made |= await fill(request, made, target)
        _keep(request, made)
    return _made(request, made["id"])


async def clone(request: Request) -> Response:
    """Copy a snapshot (5.16.2)."""
    found = await find_snapshot(request.state.store, request.tenant, request.values["id"])
    body = request.object_body()
    refuse_nulls({name: value for name, value in body.items() if name not in _READ_ONLY})
    check_type({"type": "Snapshot", **body}, "Snapshot")
    if not _QUERIES.isdisjoint(body):
        raise bad_request_data("A clone has the queries of what it is made from, and none of its own.")
    made_id = body.get("id", f"urn:ngsi-ld:Snapshot:{uuid4()}")
    _refuse_known(request, check_uri(made_id))
    now = timestamp()
    settings: Document = {name: body[name] for name in _CHANGEABLE if name in body}
    made: Document = {**found, **settings, "id": made_id, "createdAt": now, "modifiedAt": now, "lastUsedAt": now}
    Snapshot.from_dict(made, strict=True)
    _check_endpoint(made)
    made["expiresAt"] = expiry(made)
    source = snapshot_tenant(request.state.store, request.tenant, found["id"])
    async with filling(request, made_id) as target:
        await copy_entities(request, target, source, Selection())
        await copy_evolutions(request, target, source, Selection())
        _keep(request, made)
    return _made(request, made_id)


async def retrieve(request: Request) -> Response:
    """Return the state of a snapshot (5.16.3)."""
    return request.answer(await find_snapshot(request.state.store, request.tenant, request.values["id"]))


async def update(request: Request) -> Response:
    """Change the lifetime, priority or endpoint of a snapshot (5.16.4)."""
    found = await find_snapshot(request.state.store, request.tenant, request.values["id"])
    fragment = request.object_body()
    check_mandatory(fragment, ("id", "type"))
    check_pairs(fragment)
    ignored = {"id", "type", "@context", *_READ_ONLY}
    changes = {name: value for name, value in fragment.items() if name not in ignored}
    unknown = changes.keys() - set(_CHANGEABLE)
    if unknown:
        raise bad_request_data(f"{min(unknown)!r} of a snapshot cannot be changed.")
    changed: Document = {**found, **changes, "modifiedAt": timestamp()}
    for name in [name for name, value in changes.items() if value is None or value == NULL_URN]:
        del changed[name]
    changed.setdefault("snapshotPriority", _PRIORITY)
    Snapshot.from_dict(changed, strict=True)
    _check_endpoint(changed)
    changed["expiresAt"] = expiry(changed)
    request.state.store.resources.put(request.tenant, SNAPSHOT, found["id"], changed)
    return request.answer(changed)


async def delete(request: Request) -> Response:
    """Delete a snapshot (5.16.5)."""
    found = await find_snapshot(request.state.store, request.tenant, request.values["id"])
    await _remove(request, found)
    return request.no_content()


async def purge(request: Request) -> Response:
    """Delete the snapshots that match a query on their members (5.16.6, 6.36.3.2)."""
    if "q" not in request.parameters:
        raise bad_request_data("Say by 'q' which snapshots are deleted, e.g. q=snapshotPriority<3.")
    matches = compile_q(parse_q(request.parameters["q"]))
    found = [one for one in request.state.store.resources.all(request.tenant, SNAPSHOT) if matches(one)]
    if not found:
        raise not_found("No snapshot matches.")
    for one in found:
        await _remove(request, one)
    return request.no_content()


async def _remove(request: Request, snapshot: Document) -> None:
    gone = {**snapshot, "expiresAt": timestamp()}
    await remove(request.state.store, request.tenant, snapshot["id"])
    _tell(request, gone)


def _tell(request: Request, snapshot: Document) -> None:
    """Let the endpoint of a snapshot know how it stands (5.16.1.4)."""
    context_url = request.state.hosted_contexts.address_of(request.context, request.base)
    tenant = request.state.store.database.tenant_name(request.tenant)
    request.state.snapshot_notifications.tell(snapshot, context_url=context_url, tenant=tenant)


def _check_endpoint(snapshot: Document) -> None:
    if "endpoint" in snapshot:
        check_endpoint(snapshot["endpoint"])


def _keep(request: Request, made: Document) -> None:
    _refuse_known(request, made["id"])  # somebody else may have been faster
    with request.state.store.transaction():
        request.state.store.resources.put(request.tenant, SNAPSHOT, made["id"], made)
    _tell(request, made)


def _made(request: Request, snapshot_id: str) -> Response:
    """Answer that a snapshot is on its way: 201, or 202 from NGSI-LD 2.0 on."""
    response = request.created(f"{PREFIX}/snapshots/{quote(snapshot_id, safe=':')}")
    response.status_code = 202 if request.state.profile == "2.0" else 201
    return response


def _refuse_known(request: Request, snapshot_id: str) -> None:
    if request.state.store.resources.get(request.tenant, SNAPSHOT, snapshot_id) is not None:
        raise already_exists(f"There is a snapshot {snapshot_id} already.")


_ALL: Final = "/snapshots"
_ONE: Final = "/snapshots/{id}"

OPERATIONS = (
    Operation("POST", _ALL, create, reads_body=True, creates=True),
    Operation("DELETE", _ALL, purge, frozenset({"q"})),
    Operation("GET", _ONE, retrieve, answers=JSON_FORMS, writes=False),
    Operation("PATCH", _ONE, update, answers=JSON_FORMS, reads_body=True),
    Operation("DELETE", _ONE, delete),
    Operation("POST", f"{_ONE}/clone", clone, reads_body=True),
)
