"""Attributes of an entity: append, update, replace, delete (5.6.2 to 5.6.5, 5.6.19)."""

from __future__ import annotations

from typing import Final

from starlette.responses import Response

from citycontext.broker import writing
from citycontext.broker.call import Call, json_answer
from citycontext.broker.incoming import attribute_document, attribute_fragment, entity_fragment
from citycontext.broker.problems import bad_request_data, not_found
from citycontext.broker.projection import expand_name
from citycontext.broker.resources.entities import check_id, find
from citycontext.broker.routing import Operation
from citycontext.broker.writing import Document, Revision

__all__ = ["OPERATIONS"]


async def append(call: Call) -> Response:
    """Append attributes, or overwrite those that are there (5.6.3)."""
    return _write_fragment(call, overwrite="noOverwrite" not in call.parameters.options())


async def update(call: Call) -> Response:
    """Update attributes (5.6.2)."""
    return _write_fragment(call, overwrite=True, updates=True)


async def partial_update(call: Call) -> Response:
    """Update members of one attribute (5.6.4)."""
    entity_id, name = check_id(call), _attribute(call)
    fragment = attribute_fragment(_attribute_body(call), call.values["attribute"], call.context)
    with call.state.writing(call.tenant) as writer:
        before = find(call, writer.get(entity_id))
        writer.apply(_known(call, writing.partial_update(before, name, fragment, writer.now)))
    return call.no_content()


async def replace(call: Call) -> Response:
    """Replace one attribute (5.6.19)."""
    entity_id, name = check_id(call), _attribute(call)
    document = attribute_document(_attribute_body(call), call.values["attribute"], call.context)
    with call.state.writing(call.tenant) as writer:
        before = find(call, writer.get(entity_id))
        writer.apply(_known(call, writing.replace_attribute(before, name, document, writer.now)))
    return call.no_content()


async def delete(call: Call) -> Response:
    """Delete one attribute, or one of its instances (5.6.5)."""
    entity_id = check_id(call)
    is_scope = call.values["attribute"] == "scope"
    name = "scope" if is_scope else _attribute(call)
    every = call.parameters.flag("deleteAll")
    dataset_id = next(iter(call.parameters.uris("datasetId")), None)
    with call.state.writing(call.tenant) as writer:
        before = find(call, writer.get(entity_id))
        if is_scope:
            revision = writing.delete_scope(before, writer.now)
        else:
            revision = writing.delete_attribute(before, name, dataset_id, writer.now, every=every)
        writer.apply(_known(call, revision))
    return call.no_content()


def _write_fragment(call: Call, *, overwrite: bool, updates: bool = False) -> Response:
    entity_id = check_id(call)
    fragment = entity_fragment(call.object_body(), call.context, id=entity_id)
    with call.state.writing(call.tenant) as writer:
        before = find(call, writer.get(entity_id))
        revision = writing.append_attributes(before, fragment, writer.now, overwrite=overwrite)
        if updates and "scope" in fragment and "scope" not in before:
            # An update replaces a scope, it does not give one (5.6.2).
            revision = writing.append_attributes(before, _without_scope(fragment), writer.now)
            revision.refuse("scope", "The entity has no scope to replace.")
        if revision.changes or revision.updated or not revision.not_updated:
            writer.apply(revision)
    if not revision.not_updated:
        return call.no_content()
    return _update_result(revision)


def _update_result(revision: Revision) -> Response:
    """Tell what was updated and what was not (5.2.18), with full names (6.3.6)."""
    refused = [{"attributeName": name, "reason": reason} for name, reason in revision.not_updated]
    return json_answer({"updated": revision.updated, "notUpdated": refused}, status=207)


def _without_scope(fragment: Document) -> Document:
    return {name: value for name, value in fragment.items() if name != "scope"}


def _attribute(call: Call) -> str:
    return expand_name(call.values["attribute"], call.context, "The attribute in the address")


def _attribute_body(call: Call) -> Document:
    body = call.object_body()
    if not body.keys() - {"@context"}:
        raise bad_request_data("The body holds no member to write.")
    return body


def _known(call: Call, revision: Revision | None) -> Revision:
    if revision is None:
        raise not_found(f"The entity {call.values['id']} has no such instance of {call.values['attribute']}.")
    return revision


_TYPE: Final = frozenset({"type", "local"})
_PATH: Final = "/entities/{id}/attrs"
_ONE: Final = "/entities/{id}/attrs/{attribute}"

OPERATIONS = (
    Operation("POST", _PATH, append, _TYPE | {"options"}, reads_body=True),
    Operation("PATCH", _PATH, update, _TYPE, reads_body=True),
    Operation("PATCH", _ONE, partial_update, _TYPE, reads_body=True),
    Operation("PUT", _ONE, replace, _TYPE, reads_body=True),
    Operation("DELETE", _ONE, delete, _TYPE | {"datasetId", "deleteAll"}),
)
