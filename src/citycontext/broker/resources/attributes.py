"""Attributes of an entity: append, update, replace, delete (5.6.2 to 5.6.5, 5.6.19)."""

from __future__ import annotations

from typing import Final

from starlette.responses import Response

from citycontext.broker.distribution.provision import Provision
from citycontext.broker.documents import writing
from citycontext.broker.documents.admission import Nulls
from citycontext.broker.documents.reading import attribute_document, attribute_fragment, entity_fragment
from citycontext.broker.documents.writing import Document, Revision
from citycontext.broker.request.request import Request
from citycontext.broker.resources.entities import check_id, find
from citycontext.broker.responses.answers import json_answer
from citycontext.broker.responses.problems import bad_request_data, not_found
from citycontext.broker.responses.projection import expand_name
from citycontext.broker.routing import Operation

__all__ = ["OPERATIONS"]


async def append(request: Request) -> Response:
    """Append attributes, or overwrite those that are there (5.6.3)."""
    return _write_fragment(request, overwrite="noOverwrite" not in request.parameters.options({"noOverwrite"}))


async def update(request: Request) -> Response:
    """Update attributes (5.6.2)."""
    return _write_fragment(request, overwrite=True, updates=True)


async def partial_update(request: Request) -> Response:
    """Update members of one attribute (5.6.4)."""
    entity_id, name = check_id(request), _attribute(request)
    fragment = attribute_fragment(_attribute_body(request), request.values["attribute"], request.context)
    with request.state.writing(request.tenant) as writer:
        before = find(request, writer.get(entity_id))
        writer.apply(_known(request, writing.partial_update(before, name, fragment, writer.now)))
    return request.no_content()


async def replace(request: Request) -> Response:
    """Replace one attribute (5.6.19)."""
    entity_id, name = check_id(request), _attribute(request)
    document = attribute_document(_attribute_body(request), request.values["attribute"], request.context)
    with request.state.writing(request.tenant) as writer:
        before = find(request, writer.get(entity_id))
        writer.apply(_known(request, writing.replace_attribute(before, name, document, writer.now)))
    return request.no_content()


async def delete(request: Request) -> Response:
    """Delete one attribute, or one of its instances (5.6.5)."""
    entity_id = check_id(request)
    is_scope = request.values["attribute"] == "scope"
    name = "scope" if is_scope else _attribute(request)
    every = request.parameters.flag("deleteAll")
    dataset_id = next(iter(request.parameters.uris("datasetId")), None)
    with request.state.writing(request.tenant) as writer:
        before = find(request, writer.get(entity_id))
        if is_scope:
            revision = writing.delete_scope(before, writer.now)
        else:
            revision = writing.delete_attribute(before, name, dataset_id, writer.now, every=every)
        writer.apply(_known(request, revision))
    return request.no_content()


def _write_fragment(request: Request, *, overwrite: bool, updates: bool = False) -> Response:
    entity_id = check_id(request)
    # An append takes no Nulls (5.5.4); an update deletes by them.
    nulls: Nulls = "instances" if updates else "none"
    fragment = entity_fragment(request.object_body(), request.context, id=entity_id, nulls=nulls)
    with request.state.writing(request.tenant) as writer:
        before = find(request, writer.get(entity_id))
        revision = writing.append_attributes(before, fragment, writer.now, overwrite=overwrite)
        if updates and "scope" in fragment and "scope" not in before:
            # An update replaces a scope, it does not give one (5.6.2).
            revision = writing.append_attributes(before, _without_scope(fragment), writer.now)
            revision.refuse("scope", "The entity has no scope to replace.")
        if revision.changes or revision.updated or not revision.not_updated:
            writer.apply(revision)
    if not revision.not_updated:
        return request.no_content()
    return _update_result(revision)


def _update_result(revision: Revision) -> Response:
    """Return what was updated and what was not (5.2.18), with full names (6.3.6)."""
    refused = [{"attributeName": name, "reason": reason} for name, reason in revision.not_updated]
    return json_answer({"updated": revision.updated, "notUpdated": refused}, status=207)


def _without_scope(fragment: Document) -> Document:
    return {name: value for name, value in fragment.items() if name != "scope"}


def _attribute(request: Request) -> str:
    return expand_name(request.values["attribute"], request.context, "The attribute in the address")


def _attribute_body(request: Request) -> Document:
    body = request.object_body()
    if not body.keys() - {"@context"}:
        raise bad_request_data("The body holds no member to write.")
    return body


def _known(request: Request, revision: Revision | None) -> Revision:
    if revision is None:
        raise not_found(f"The entity {request.values['id']} has no such instance of {request.values['attribute']}.")
    return revision


def _fragment(request: Request) -> Document:
    return entity_fragment(request.object_body(), request.context, id=request.entity_id)


_TYPE: Final = frozenset({"type", "local"})
_PATH: Final = "/entities/{id}/attrs"
_ONE: Final = "/entities/{id}/attrs/{attribute}"


_APPEND_ATTRS: Final = Provision("appendAttrs", append, has_attributes=True, check=_fragment, tells_attributes=True)
_UPDATE_ENTITY: Final = Provision("updateEntity", update, has_attributes=True, check=_fragment, tells_attributes=True)
_UPDATE_ATTRS: Final = Provision("updateAttrs", partial_update, tells_attributes=True)
_REPLACE_ATTRS: Final = Provision("replaceAttrs", replace, tells_attributes=True)
_DELETE_ATTRS: Final = Provision("deleteAttrs", delete, tells_attributes=True)

OPERATIONS = (
    Operation(
        "POST",
        _PATH,
        _APPEND_ATTRS,
        _TYPE | {"options"},
        reads_body=True,
    ),
    Operation(
        "PATCH",
        _PATH,
        _UPDATE_ENTITY,
        _TYPE,
        reads_body=True,
    ),
    Operation("PATCH", _ONE, _UPDATE_ATTRS, _TYPE, reads_body=True),
    Operation("PUT", _ONE, _REPLACE_ATTRS, _TYPE, reads_body=True),
    Operation("DELETE", _ONE, _DELETE_ATTRS, _TYPE | {"datasetId", "deleteAll"}),
)
