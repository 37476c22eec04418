"""What NGSI-LD 2.0 (ETSI TS 104 175) adds to resources that are there: offered by a broker of that profile only.

HEAD and OPTIONS are answered for every resource by the application; here are the new ones.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

from starlette.responses import Response

from citycontext.broker.documents.writing import Document
from citycontext.broker.request.request import Request
from citycontext.broker.resources.entities import check_id, find
from citycontext.broker.responses.answers import json_answer
from citycontext.broker.responses.entities import read_view
from citycontext.broker.responses.problems import bad_request_data, not_found
from citycontext.broker.responses.projection import expand_name
from citycontext.broker.responses.rendering import View, render
from citycontext.broker.routing import Operation
from citycontext.ngsild.terms import ENTITY_MEMBERS
from citycontext.web.media_types import JSON_FORMS

__all__ = ["OPERATIONS", "from_attribute_names", "to_attribute_names"]


async def retrieve_attribute(request: Request) -> Response:
    """Retrieve one attribute of an entity, all its instances or those of ``datasetId``."""
    view = read_view(request)
    if view.representation == "simplified":
        return await retrieve_value(request)
    return request.answer(_attribute(request, view))


async def retrieve_value(request: Request) -> Response:
    """Retrieve the value of one attribute, as the simplified form has it."""
    return json_answer(_attribute(request, replace(read_view(request), representation="simplified")))


def _attribute(request: Request, view: View) -> Any:
    entity_id = check_id(request)
    name = expand_name(request.values["attribute"], request.context, "The attribute in the address")
    document = find(request, request.state.store.entities.get(request.tenant, entity_id))
    alone = {member: value for member, value in document.items() if member in ENTITY_MEMBERS or member == name}
    shown = render(alone, view, request.context)
    short = request.context.compact(name)
    if short not in shown:
        raise not_found(f"The entity {entity_id} has no such instance of {request.values['attribute']}.")
    return shown[short]


def from_attribute_names(payload: Document) -> Document:
    """Read ``attributeNames``, which says in one list what propertyNames and relationshipNames said in two.

    Raises:
        Problem: Both ways are used at once, or it is not a list.
    """
    information = payload.get("information")
    if not isinstance(information, list):
        return payload
    return {**payload, "information": [_in_two(one) if isinstance(one, dict) else one for one in information]}


def to_attribute_names(payload: Document) -> Document:
    """Show ``attributeNames`` in place of propertyNames and relationshipNames."""
    return {**payload, "information": [_in_one(one) for one in payload["information"]]}


def _in_two(information: Document) -> Document:
    if "attributeNames" not in information:
        return information
    names = information["attributeNames"]
    if not _IN_TWO.isdisjoint(information) or not isinstance(names, list) or not names:
        raise bad_request_data("'attributeNames' is a list of names, in place of propertyNames and relationshipNames.")
    return {**{name: one for name, one in information.items() if name != "attributeNames"}, "propertyNames": names}


def _in_one(information: Document) -> Document:
    names = [name for member in ("propertyNames", "relationshipNames") for name in information.get(member, ())]
    rest = {name: one for name, one in information.items() if name not in _IN_TWO}
    return {**rest, "attributeNames": names} if names else rest


_IN_TWO: Final = frozenset({"propertyNames", "relationshipNames"})
_SHOWN: Final = frozenset({"type", "local", "datasetId", "lang", "format", "options"})
_ONE: Final = "/entities/{id}/attrs/{attribute}"

OPERATIONS: Final = (
    Operation("GET", _ONE, retrieve_attribute, _SHOWN, answers=JSON_FORMS, writes=False),
    Operation("GET", f"{_ONE}/value", retrieve_value, _SHOWN, answers=JSON_FORMS, writes=False),
)
