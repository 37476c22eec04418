"""Snapshots: copies of what queries find, to read and write apart from the rest (5.16)."""

from __future__ import annotations

from typing import Final
from urllib.parse import quote
from uuid import uuid4

from starlette.responses import Response

from citycontext.broker.call import Call
from citycontext.broker.parameters import check_uri
from citycontext.broker.problems import already_exists, bad_request_data
from citycontext.broker.routing import JSON_FORMS, PREFIX, Operation
from citycontext.broker.snapshots import SNAPSHOT, expiry, fill, find_snapshot, remove, snapshot_tenant
from citycontext.broker.timestamps import timestamp
from citycontext.broker.writing import Document
from citycontext.ngsild.query.evaluate import compile_q
from citycontext.ngsild.query.q_parser import parse_q
from citycontext.ngsild.snapshots import Snapshot

__all__ = ["OPERATIONS"]

_READ_ONLY: Final = frozenset(
    {"snapshotStatus", "snapshotQueriesDetails", "snapshotTemporalQueriesDetails", "createdAt", "modifiedAt"}
)

_CHANGEABLE: Final[tuple[str, ...]] = ("snapshotLifetime", "snapshotPriority", "endpoint")


async def create(call: Call) -> Response:
    """Make a snapshot (5.16.1)."""
    payload = {name: value for name, value in call.object_body().items() if name not in _READ_ONLY}
    payload.pop("@context", None)
    payload.setdefault("id", f"urn:ngsi-ld:Snapshot:{uuid4()}")
    Snapshot.from_dict(payload, strict=True)
    if not payload.get("snapshotQueries") and not payload.get("snapshotTemporalQueries"):
        raise bad_request_data("A snapshot needs snapshotQueries or snapshotTemporalQueries.")
    _refuse_known(call, payload["id"])
    now = timestamp()
    made: Document = {**payload, "createdAt": now, "modifiedAt": now, "expiresAt": expiry(payload)}
    with call.state.store.transaction():
        made |= fill(call, made)
        call.state.store.resources.put(call.tenant, SNAPSHOT, made["id"], made)
    return call.created(f"{PREFIX}/snapshots/{quote(made['id'], safe=':')}")


async def clone(call: Call) -> Response:
    """Copy a snapshot (5.16.2)."""
    found = find_snapshot(call.state.store, call.tenant, call.values["id"])
    body = call.object_body()
    made_id = body.get("id", f"urn:ngsi-ld:Snapshot:{uuid4()}")
    _refuse_known(call, check_uri(made_id))
    now = timestamp()
    settings: Document = {name: body[name] for name in _CHANGEABLE if name in body}
    made: Document = {**found, **settings, "id": made_id, "createdAt": now, "modifiedAt": now}
    Snapshot.from_dict(made, strict=True)
    made["expiresAt"] = expiry(made)
    with call.state.store.transaction():
        source = snapshot_tenant(call.state.store, call.tenant, found["id"])
        call.state.store.copy_tenant(source, snapshot_tenant(call.state.store, call.tenant, made_id))
        call.state.store.resources.put(call.tenant, SNAPSHOT, made_id, made)
    return call.created(f"{PREFIX}/snapshots/{quote(made_id, safe=':')}")


async def retrieve(call: Call) -> Response:
    """Tell the state of a snapshot (5.16.3)."""
    return call.answer(find_snapshot(call.state.store, call.tenant, call.values["id"]))


async def update(call: Call) -> Response:
    """Change the lifetime, priority or endpoint of a snapshot (5.16.4)."""
    found, fragment = find_snapshot(call.state.store, call.tenant, call.values["id"]), call.object_body()
    changes = {name: value for name, value in fragment.items() if name not in ("id", "type", "@context")}
    unknown = changes.keys() - set(_CHANGEABLE)
    if unknown:
        raise bad_request_data(f"{min(unknown)!r} of a snapshot cannot be changed.")
    changed: Document = {**found, **changes, "modifiedAt": timestamp()}
    Snapshot.from_dict(changed, strict=True)
    changed["expiresAt"] = expiry(changed)
    call.state.store.resources.put(call.tenant, SNAPSHOT, found["id"], changed)
    return call.answer(changed)


async def delete(call: Call) -> Response:
    """Delete a snapshot (5.16.5)."""
    found = find_snapshot(call.state.store, call.tenant, call.values["id"])
    with call.state.store.transaction():
        remove(call.state.store, call.tenant, found["id"])
    return call.no_content()


async def purge(call: Call) -> Response:
    """Delete the snapshots that match a query on their members, or all (5.16.6)."""
    matches = compile_q(parse_q(call.parameters["q"])) if "q" in call.parameters else None
    with call.state.store.transaction():
        for found in call.state.store.resources.all(call.tenant, SNAPSHOT):
            if matches is None or matches(found):
                remove(call.state.store, call.tenant, found["id"])
    return call.no_content()


def _refuse_known(call: Call, snapshot_id: str) -> None:
    if call.state.store.resources.get(call.tenant, SNAPSHOT, snapshot_id) is not None:
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
