"""What types and attributes there are (5.7.5 to 5.7.10)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final
from uuid import uuid4

from starlette.responses import Response

from citycontext.broker.distribution.registered import registered_attributes, registered_types
from citycontext.broker.documents.writing import attribute_names, instances
from citycontext.broker.request.request import Request
from citycontext.broker.responses.problems import bad_request_data, not_found
from citycontext.broker.routing import Operation
from citycontext.broker.store import Candidates
from citycontext.ngsild.names import is_attribute_name
from citycontext.web.media_types import JSON_FORMS

__all__ = ["OPERATIONS"]


@dataclass(slots=True)
class Seen:
    """An attribute, as it occurs in the entities looked at."""

    count: int = 0
    kinds: dict[str, None] = field(default_factory=dict)
    types: dict[str, None] = field(default_factory=dict)


async def list_types(request: Request) -> Response:
    """List the entity types in use, or with ``details`` their attributes too (5.7.5, 5.7.6)."""
    detailed = request.parameters.flag("details")
    elsewhere = registered_types(request, "retrieveEntityTypeDetails" if detailed else "retrieveEntityTypes")
    here = [kind for kind, _ in request.state.store.entities.counts.types(request.tenant)]
    types = list(dict.fromkeys((*here, *elsewhere)))
    if not detailed:
        names = [request.context.compact_vocab(kind) for kind in types]
        return request.answer(
            {"id": f"urn:ngsi-ld:EntityTypeList:{uuid4()}", "type": "EntityTypeList", "typeList": names}
        )
    attributes = _attributes(request)
    return request.answer(
        [
            {
                "id": kind,
                "type": "EntityType",
                "typeName": request.context.compact_vocab(kind),
                "attributeNames": [
                    request.context.compact(name)
                    for name in dict.fromkeys(
                        (
                            *(name for name, seen in attributes.items() if kind in seen.types),
                            *elsewhere.get(kind, ()),
                        )
                    )
                ],
            }
            for kind in types
        ]
    )


async def retrieve_type(request: Request) -> Response:
    """Return how many entities of a type there are, and their attributes (5.7.7)."""
    kind = request.context.expand_vocab(_name(request.values["type"]))
    count = dict(request.state.store.entities.counts.types(request.tenant)).get(kind)
    elsewhere = registered_types(request, "retrieveEntityTypeInfo").get(kind)
    if count is None and elsewhere is None:
        raise not_found(f"There is no entity of type {request.values['type']}.")
    details = [
        {
            "id": name,
            "type": "Attribute",
            "attributeName": request.context.compact(name),
            "attributeTypes": list(seen.kinds),
        }
        for name, seen in (dict.fromkeys(elsewhere or (), Seen()) | _attributes(request, kind)).items()
    ]
    return request.answer(
        {
            "id": kind,
            "type": "EntityTypeInfo",
            "typeName": request.context.compact_vocab(kind),
            "entityCount": count or 0,
            "attributeDetails": details,
        }
    )


async def list_attributes(request: Request) -> Response:
    """List the attributes in use, or with ``details`` the types that have them too (5.7.8, 5.7.9)."""
    detailed = request.parameters.flag("details")
    attributes = _attributes(request)
    elsewhere = registered_attributes(request, "retrieveAttrTypeDetails" if detailed else "retrieveAttrTypes")
    for name, kinds in elsewhere.items():
        attributes.setdefault(name, Seen()).types.update(dict.fromkeys(kinds))
    if not detailed:
        names = [request.context.compact(name) for name in attributes]
        return request.answer(
            {"id": f"urn:ngsi-ld:AttributeList:{uuid4()}", "type": "AttributeList", "attributeList": names}
        )
    return request.answer(
        [
            {
                "id": name,
                "type": "Attribute",
                "attributeName": request.context.compact(name),
                "typeNames": [request.context.compact_vocab(kind) for kind in seen.types],
            }
            for name, seen in attributes.items()
        ]
    )


async def retrieve_attribute(request: Request) -> Response:
    """Return how often an attribute occurs, as what, and in which types (5.7.10)."""
    name = request.context.expand(_name(request.values["attribute"]))
    seen = _attributes(request).get(name)
    elsewhere = registered_attributes(request, "retrieveAttrTypeInfo").get(name)
    if elsewhere is not None:
        seen = seen or Seen()
        seen.types |= dict.fromkeys(elsewhere)
    if seen is None:
        raise not_found(f"No entity has an attribute {request.values['attribute']}.")
    return request.answer(
        {
            "id": name,
            "type": "Attribute",
            "attributeName": request.context.compact(name),
            "attributeCount": seen.count,
            "attributeTypes": list(seen.kinds),
            "typeNames": [request.context.compact_vocab(kind) for kind in seen.types],
        }
    )


def _attributes(request: Request, kind: str | None = None) -> dict[str, Seen]:
    """Look through the entities, of one type or of all, in the order of their attributes' names."""
    found: dict[str, Seen] = {}
    candidates = Candidates(types=None if kind is None else [kind])
    for document in request.state.store.entities.select(request.tenant, candidates):
        for name in attribute_names(document):
            seen = found.setdefault(name, Seen())
            seen.count += 1
            seen.types |= dict.fromkeys(document["type"])
            seen.kinds |= dict.fromkeys(_kinds(document[name]))
    return dict(sorted(found.items()))


def _kinds(attribute: Any) -> Iterator[str]:
    return (instance["type"] for instance in instances(attribute))


def _name(text: str) -> str:
    if not is_attribute_name(text):
        raise bad_request_data(f"{text!r} is not a name of a type or attribute.")
    return text


_LIST: Final = frozenset({"details", "local"})
_LOCAL: Final = frozenset({"local"})

OPERATIONS = (
    Operation("GET", "/types", list_types, _LIST, answers=JSON_FORMS, writes=False),
    Operation("GET", "/types/{type}", retrieve_type, _LOCAL, answers=JSON_FORMS, writes=False),
    Operation("GET", "/attributes", list_attributes, _LIST, answers=JSON_FORMS, writes=False),
    Operation("GET", "/attributes/{attribute}", retrieve_attribute, _LOCAL, answers=JSON_FORMS, writes=False),
)
