"""Context source registrations (5.9.2 to 5.9.4, 5.10.1, 5.10.2)."""

from __future__ import annotations

from typing import Final
from urllib.parse import quote
from uuid import uuid4

from starlette.responses import Response

from citycontext.broker.distribution.conflicts import check_members, has_expired, refuse_conflicts
from citycontext.broker.distribution.registrations import (
    DEFAULTS,
    check_registration,
    compact_registration,
    expand_registration,
    filter_of_request,
)
from citycontext.broker.documents.admission import check_mandatory, check_type
from citycontext.broker.documents.nulls import refuse_nulls
from citycontext.broker.documents.timestamps import timestamp
from citycontext.broker.documents.writing import Document
from citycontext.broker.request.parameters import check_uri
from citycontext.broker.request.queries import FILTERS
from citycontext.broker.request.request import Request
from citycontext.broker.request.temporal_query import TEMPORAL
from citycontext.broker.resources.next_version import from_attribute_names, to_attribute_names
from citycontext.broker.responses.entities import page_headers
from citycontext.broker.responses.problems import already_exists, bad_request_data, not_found
from citycontext.broker.routing import Operation
from citycontext.broker.wire import PREFIX
from citycontext.ngsild.terms import NULL_URN
from citycontext.web.media_types import JSON_FORMS

__all__ = ["OPERATIONS"]

KIND: Final = "registration"
_MINIMUM: Final = ("type", "attrs", "q", "georel", "csf")


async def create(request: Request) -> Response:
    """Register a context source (5.9.2)."""
    payload = dict(request.object_body())
    payload.setdefault("id", f"urn:ngsi-ld:ContextSourceRegistration:{uuid4()}")
    if request.state.profile == "2.0":
        payload = from_attribute_names(payload)
    refuse_nulls(payload)
    check_type(payload, "ContextSourceRegistration")
    check_registration(payload)
    check_members(payload, expiry=True)
    _drop_expired(request)
    resources = request.state.store.resources
    if resources.get(request.tenant, KIND, payload["id"]) is not None:
        raise already_exists(f"There is a registration {payload['id']} already.")
    now = timestamp()
    record: Document = {"wire": expand_registration(payload, request.context), "createdAt": now, "modifiedAt": now}
    refuse_conflicts(request.state.store, request.tenant, record["wire"])
    resources.put(request.tenant, KIND, payload["id"], record)
    request.state.registration_notifications.changed(request.tenant, None, record["wire"])
    return request.created(f"{PREFIX}/csourceRegistrations/{quote(payload['id'], safe=':')}")


async def query(request: Request) -> Response:
    """Find registrations (5.10.2)."""
    request.parameters.options({"sysAttrs"})
    limit, offset = request.parameters.page()
    if not any(name in request.parameters for name in _MINIMUM):
        raise bad_request_data(f"A query needs one of {', '.join(_MINIMUM)}.")
    wanted = filter_of_request(request.parameters, request.context)
    _drop_expired(request)
    found = [one for one in request.state.store.resources.all(request.tenant, KIND) if wanted.accepts(one["wire"])]
    headers = page_headers(request, limit, offset, more=len(found) > offset + limit)
    if request.parameters.flag("count"):
        headers["NGSILD-Results-Count"] = str(len(found))
    return request.answer([_shown(request, one) for one in found[offset : offset + limit]], headers=headers)


async def retrieve(request: Request) -> Response:
    """Retrieve a registration (5.10.1)."""
    return request.answer({**DEFAULTS, **_shown(request, _find(request))})


async def update(request: Request) -> Response:
    """Change members of a registration; null removes one (5.9.3)."""
    record, fragment = _find(request), request.object_body()
    if fragment.get("id", request.values["id"]) != request.values["id"]:
        raise bad_request_data(f"The body is about {fragment['id']!r}, the address about {request.values['id']!r}.")
    refuse_nulls(fragment, fragment=True)
    if request.state.profile == "2.0":
        fragment = from_attribute_names(fragment)
    check_mandatory(fragment, ("id", "type", "endpoint", "information"))
    merged = dict(record["wire"])
    for name, value in expand_registration(fragment, request.context).items():
        if value is None or value == NULL_URN:
            merged.pop(name, None)
        else:
            merged[name] = value
    check_registration(merged)
    check_members(merged, expiry="expiresAt" in fragment)
    refuse_conflicts(request.state.store, request.tenant, merged)
    changed = {**record, "wire": merged, "modifiedAt": timestamp()}
    request.state.store.resources.put(request.tenant, KIND, merged["id"], changed)
    request.state.registration_notifications.changed(request.tenant, record["wire"], merged)
    return request.no_content()


async def delete(request: Request) -> Response:
    """Remove a registration (5.9.4)."""
    record = _find(request)
    request.state.store.resources.delete(request.tenant, KIND, record["wire"]["id"])
    request.state.forwarded.pop((request.tenant, record["wire"]["id"]), None)
    request.state.registration_notifications.changed(request.tenant, record["wire"], None)
    return request.no_content()


def _drop_expired(request: Request) -> None:
    """Remove the registrations that have had their time, and tell subscribers (5.9.2.4)."""
    for record in request.state.store.resources.all(request.tenant, KIND):
        if has_expired(record["wire"]):
            request.state.store.resources.delete(request.tenant, KIND, record["wire"]["id"])
            request.state.registration_notifications.changed(request.tenant, record["wire"], None)


def _find(request: Request) -> Document:
    _drop_expired(request)
    record = request.state.store.resources.get(request.tenant, KIND, check_uri(request.values["id"]))
    if record is None:
        raise not_found(f"There is no registration {request.values['id']}.")
    return record


def _shown(request: Request, record: Document) -> Document:
    shown = compact_registration(record["wire"], request.context)
    if request.state.profile == "2.0":
        shown = to_attribute_names(shown)
    tally = request.state.forwarded.get((request.tenant, record["wire"]["id"]))
    if tally is not None:
        shown |= tally.members()
    if "sysAttrs" in request.parameters.options({"sysAttrs"}):
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
