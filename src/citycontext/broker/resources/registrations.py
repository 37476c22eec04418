"""Context source registrations (5.9.2 to 5.9.4, 5.10.1, 5.10.2)."""

from __future__ import annotations

from typing import Final
from urllib.parse import quote
from uuid import uuid4

from starlette.responses import Response

from citycontext.broker.answering import page_headers
from citycontext.broker.call import Call
from citycontext.broker.parameters import check_uri
from citycontext.broker.problems import already_exists, bad_request_data, not_found
from citycontext.broker.registrations import (
    check_registration,
    compact_registration,
    expand_registration,
    filter_of_request,
)
from citycontext.broker.routing import JSON_FORMS, PREFIX, Operation
from citycontext.broker.selection import FILTERS
from citycontext.broker.temporal_query import TEMPORAL
from citycontext.broker.timestamps import timestamp
from citycontext.broker.writing import Document
from citycontext.ngsild.terms import NULL_URN

__all__ = ["OPERATIONS"]

KIND: Final = "registration"
_MINIMUM: Final = ("type", "attrs", "q", "georel", "csf")


async def create(call: Call) -> Response:
    """Register a context source (5.9.2)."""
    payload = dict(call.object_body())
    payload.setdefault("id", f"urn:ngsi-ld:ContextSourceRegistration:{uuid4()}")
    check_registration(payload)
    resources = call.state.store.resources
    if resources.get(call.tenant, KIND, payload["id"]) is not None:
        raise already_exists(f"There is a registration {payload['id']} already.")
    now = timestamp()
    record: Document = {"wire": expand_registration(payload, call.context), "createdAt": now, "modifiedAt": now}
    resources.put(call.tenant, KIND, payload["id"], record)
    call.state.watch.changed(call.tenant, None, record["wire"])
    return call.created(f"{PREFIX}/csourceRegistrations/{quote(payload['id'], safe=':')}")


async def query(call: Call) -> Response:
    """Find registrations (5.10.2)."""
    limit, offset = call.parameters.page()
    if not any(name in call.parameters for name in _MINIMUM):
        raise bad_request_data(f"A query needs one of {', '.join(_MINIMUM)}.")
    wanted = filter_of_request(call.parameters, call.context)
    found = [one for one in call.state.store.resources.all(call.tenant, KIND) if wanted.accepts(one["wire"])]
    headers = page_headers(call, limit, offset, more=len(found) > offset + limit)
    if call.parameters.flag("count"):
        headers["NGSILD-Results-Count"] = str(len(found))
    return call.answer([_shown(call, one) for one in found[offset : offset + limit]], headers=headers)


async def retrieve(call: Call) -> Response:
    """Retrieve a registration (5.10.1)."""
    return call.answer(_shown(call, _find(call)))


async def update(call: Call) -> Response:
    """Change members of a registration; null removes one (5.9.3)."""
    record, fragment = _find(call), call.object_body()
    if fragment.get("id", call.values["id"]) != call.values["id"]:
        raise bad_request_data(f"The body is about {fragment['id']!r}, the address about {call.values['id']!r}.")
    merged = dict(record["wire"])
    for name, value in expand_registration(fragment, call.context).items():
        if value is None or value == NULL_URN:
            merged.pop(name, None)
        else:
            merged[name] = value
    check_registration(merged)
    changed = {**record, "wire": merged, "modifiedAt": timestamp()}
    call.state.store.resources.put(call.tenant, KIND, merged["id"], changed)
    call.state.watch.changed(call.tenant, record["wire"], merged)
    return call.no_content()


async def delete(call: Call) -> Response:
    """Remove a registration (5.9.4)."""
    record = _find(call)
    call.state.store.resources.delete(call.tenant, KIND, record["wire"]["id"])
    call.state.watch.changed(call.tenant, record["wire"], None)
    return call.no_content()


def _find(call: Call) -> Document:
    record = call.state.store.resources.get(call.tenant, KIND, check_uri(call.values["id"]))
    if record is None:
        raise not_found(f"There is no registration {call.values['id']}.")
    return record


def _shown(call: Call, record: Document) -> Document:
    shown = compact_registration(record["wire"], call.context)
    if "sysAttrs" in call.parameters.options():
        shown |= {"createdAt": record["createdAt"], "modifiedAt": record["modifiedAt"]}
    return shown


_PAGE: Final = frozenset({"limit", "offset", "count", "options", "local"})
_TIME: Final = TEMPORAL - {"lastN", "aggrMethods", "aggrPeriodDuration"}
_SHOWN: Final = frozenset({"attrs", "pick", "omit", "datasetId", "lang"})
_OPTIONS: Final = frozenset({"options", "local"})
_ALL: Final = "/csourceRegistrations"
_ONE: Final = "/csourceRegistrations/{id}"

OPERATIONS = (
    Operation("POST", _ALL, create, reads_body=True, creates=True),
    Operation("GET", _ALL, query, FILTERS | _PAGE | _TIME | _SHOWN, answers=JSON_FORMS, writes=False),
    Operation("GET", _ONE, retrieve, _OPTIONS, answers=JSON_FORMS, writes=False),
    Operation("PATCH", _ONE, update, reads_body=True),
    Operation("DELETE", _ONE, delete),
)
