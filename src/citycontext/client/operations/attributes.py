"""Attributes of one entity (CIM 009, 5.6.2 to 5.6.5, 5.6.19 and 6.6, 6.7)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import orjson

from citycontext.client.operations.entities import done
from citycontext.client.operations.exchange import Operation, Params, Request, Response, path
from citycontext.client.operations.json_ld import ContextLike, EntityLike, reading_headers, wire_of, writing
from citycontext.errors import InvalidEntity
from citycontext.ngsild.terms import ENTITY_MEMBERS
from citycontext.ngsild.update_result import UpdateResult, read_update_result

__all__ = ["append", "delete", "partial_update", "replace", "retrieve", "retrieve_value", "update"]


def retrieve(entity_id: str, name: str, *, params: Params = (), context: ContextLike | None) -> Operation[Any]:
    """Retrieve one attribute, as NGSI-LD 2.0 has it.

    Args:
        entity_id: The entity.
        name: The attribute.
        params: Query parameters, such as ``datasetId``.
        context: The @context for the name.
    """
    return _read(path("entities", entity_id, "attrs", name), params, context)


def retrieve_value(entity_id: str, name: str, *, params: Params = (), context: ContextLike | None) -> Operation[Any]:
    """Retrieve the value of one attribute, as NGSI-LD 2.0 has it.

    Args:
        entity_id: The entity.
        name: The attribute.
        params: Query parameters, such as ``datasetId``.
        context: The @context for the name.
    """
    return _read(path("entities", entity_id, "attrs", name, "value"), params, context)


def _read(where: str, params: Params, context: ContextLike | None) -> Operation[Any]:
    request = Request("GET", where, params=params, headers=reading_headers(context))
    return Operation(request, lambda response: response.json())


def append(
    entity_id: str, fragment: EntityLike, *, overwrite: bool, params: Params = (), context: ContextLike | None
) -> Operation[UpdateResult]:
    """Append attributes to an entity.

    Args:
        entity_id: The entity.
        fragment: The attributes by name.
        overwrite: Whether attributes that are there are written too.
        params: Query parameters.
        context: The @context where the fragment has none.
    """
    if not overwrite:
        params = [*params, ("options", "noOverwrite")]
    return _write("POST", entity_id, fragment, params=params, context=context, idempotent=overwrite)


def update(
    entity_id: str, fragment: EntityLike, *, params: Params = (), context: ContextLike | None
) -> Operation[UpdateResult]:
    """Replace attributes of an entity, whole instances at a time.

    Args:
        entity_id: The entity.
        fragment: The attributes by name; NGSI-LD Null deletes.
        params: Query parameters.
        context: The @context where the fragment has none.
    """
    return _write("PATCH", entity_id, fragment, params=params, context=context, idempotent=True)


def partial_update(
    entity_id: str, name: str, fragment: EntityLike, *, params: Params = (), context: ContextLike | None
) -> Operation[None]:
    """Change members of one attribute, keeping the others.

    Args:
        entity_id: The entity.
        name: The attribute.
        fragment: The members that change.
        params: Query parameters.
        context: The @context where the fragment has none.
    """
    return _write_one("PATCH", entity_id, name, fragment, params, context)


def replace(
    entity_id: str, name: str, attribute: EntityLike, *, params: Params = (), context: ContextLike | None
) -> Operation[None]:
    """Replace one attribute.

    Args:
        entity_id: The entity.
        name: The attribute.
        attribute: What it becomes.
        params: Query parameters.
        context: The @context where the attribute has none.
    """
    return _write_one("PUT", entity_id, name, attribute, params, context)


def delete(entity_id: str, name: str, *, params: Params = (), context: ContextLike | None) -> Operation[None]:
    """Delete one attribute.

    Args:
        entity_id: The entity.
        name: The attribute.
        params: Query parameters, such as ``datasetId`` and ``deleteAll``.
        context: The @context for the name.
    """
    request = Request(
        "DELETE", path("entities", entity_id, "attrs", name), params=params, headers=reading_headers(context)
    )
    return Operation(request, lambda response: done(response, entity_id)).then(lambda _: None)


def _write(
    method: str,
    entity_id: str,
    fragment: EntityLike,
    *,
    params: Params,
    context: ContextLike | None,
    idempotent: bool,
) -> Operation[UpdateResult]:
    wire = wire_of(fragment)
    names = [name for name in wire if name not in ENTITY_MEMBERS]
    headers, content = writing(wire, context)
    request = Request(method, path("entities", entity_id, "attrs"), params, headers, content, idempotent)
    return Operation(request, lambda response: _read_update(response, names))


def _write_one(
    method: str, entity_id: str, name: str, fragment: EntityLike, params: Params, context: ContextLike | None
) -> Operation[None]:
    if not isinstance(fragment, Mapping) and not hasattr(fragment, "wire"):
        raise InvalidEntity("give an attribute, such as Property(5), or a mapping", path=name)
    headers, content = writing(wire_of(fragment), context)
    request = Request(method, path("entities", entity_id, "attrs", name), params, headers, content)
    return Operation(request, lambda response: done(response, entity_id)).then(lambda _: None)


def _read_update(response: Response, names: list[str]) -> UpdateResult:
    document: Any = None
    if response.content:
        try:
            document = orjson.loads(response.content)
        except orjson.JSONDecodeError:
            document = {}
    result = read_update_result(document, sent=names)
    if result is not None and (200 <= response.status < 300 or (response.is_error and result.not_updated)):
        return result
    response.check()
    if response.status == 207:
        raise response.unreadable("no result of an update")
    return UpdateResult(updated=names)
