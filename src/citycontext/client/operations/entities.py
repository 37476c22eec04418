"""Entities, one at a time and by query (CIM 009, 5.6.1, 5.6.6, 5.6.17, 5.6.18, 5.6.21, 5.7.1, 5.7.2)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from citycontext.client.operations import selection as select
from citycontext.client.operations.batch import read_batch
from citycontext.client.operations.exchange import Operation, Params, Request, Response, path
from citycontext.client.operations.json_ld import ContextLike, EntityLike, reading_headers, wire_of, writing
from citycontext.client.profiles import BrokerProfile
from citycontext.errors import BatchError, InvalidEntity
from citycontext.ngsild.batch import BatchResult, read_batch_result

if TYPE_CHECKING:
    from citycontext.ngsild.query.entities import EntityQuery

__all__ = ["create", "delete", "done", "exists", "id_of", "merge", "purge", "query", "replace", "retrieve", "upsert"]


def create(entity: EntityLike, *, params: Params = (), context: ContextLike | None) -> Operation[str]:
    """Create one entity.

    Args:
        entity: The entity, with an id.
        params: Query parameters.
        context: The @context where the entity has none.

    Returns:
        An operation that gives the id, as sent: brokers differ in how they write it into ``Location``.
    """
    wire = wire_of(entity)
    entity_id = id_of(wire)
    headers, content = writing(wire, context)
    request = Request("POST", "entities", params, headers, content, idempotent=False)
    return Operation(request, lambda response: done(response, entity_id))


def retrieve(entity_id: str, *, params: Params = (), headers: Mapping[str, str]) -> Operation[dict[str, Any]]:
    """Retrieve one entity.

    Args:
        entity_id: Its id.
        params: Query parameters.
        headers: The media type and the @context asked for.

    Returns:
        An operation that gives the wire form.
    """
    return Operation(Request("GET", path("entities", entity_id), params, headers), Response.json_object)


def query(
    selection: Mapping[str, Any] | EntityQuery,
    *,
    context: ContextLike | None,
    accept: str,
    profile: BrokerProfile,
    as_post: bool | None = None,
    extra: Params = (),
) -> Callable[[Params], Request]:
    """Query entities.

    Args:
        selection: Keys of :class:`~citycontext.client.operations.selection.Selection`, or a whole query.
        context: The @context of the names.
        accept: The media type asked for.
        profile: Spellings, and how long a URL may be.
        as_post: Whether the query goes as a document; None to let its length decide.
        extra: Further parameters.

    Returns:
        A function that builds the request, given the parameters that choose the page.
    """
    if not isinstance(selection, Mapping) and selection.entities:
        as_post = True  # several selectors have no place in a URL
    params = [] if as_post else [*select.to_params(selection, profile), *extra]

    def get(page: Params) -> Request:
        return Request("GET", "entities", [*params, *page], reading_headers(context, accept=accept))

    def post(page: Params) -> Request:
        headers, content = writing(select.query_document(selection), context)
        shown = [*select.url_params(selection, profile), *extra]
        return Request("POST", "entityOperations/query", [*shown, *page], headers | {"Accept": accept}, content)

    if as_post is None:
        as_post = len(Request("GET", "entities", params).target) > profile.max_url_length
    return post if as_post else get


def upsert(entity: EntityLike, *, options: str, context: ContextLike | None) -> Operation[bool]:
    """Create one entity or change the one that is there, in one request.

    Args:
        entity: The entity, with an id.
        options: Value of the parameter ``options``.
        context: The @context where the entity has none.

    Returns:
        An operation that tells whether it was created.
    """
    wire = wire_of(entity)
    entity_id = id_of(wire)
    headers, content = writing(wire, context)
    params: Params = (("options", options),) if options else ()
    request = Request("POST", "entityOperations/upsert", params, headers, b"[" + content + b"]")

    def read(response: Response) -> bool:
        result = read_batch(response, [entity_id])
        if result.failed:
            raise result.failed[0].error
        return response.status == 201

    return Operation(request, read)


def replace(entity: EntityLike, *, params: Params = (), context: ContextLike | None) -> Operation[None]:
    """Replace one entity.

    Args:
        entity: What it becomes, with its id and type.
        params: Query parameters.
        context: The @context where the entity has none.
    """
    wire = wire_of(entity)
    entity_id = id_of(wire)
    headers, content = writing(wire, context)
    request = Request("PUT", path("entities", entity_id), params, headers, content)
    return Operation(request, lambda response: done(response, entity_id)).then(lambda _: None)


def merge(entity_id: str, fragment: EntityLike, *, params: Params = (), context: ContextLike | None) -> Operation[None]:
    """Merge a fragment into one entity.

    Args:
        entity_id: The entity.
        fragment: What changes; NGSI-LD Null deletes.
        params: Query parameters.
        context: The @context where the fragment has none.
    """
    headers, content = writing(wire_of(fragment), context)
    request = Request("PATCH", path("entities", entity_id), params, headers, content)
    return Operation(request, lambda response: done(response, entity_id)).then(lambda _: None)


def exists(entity_id: str, *, params: Params = (), context: ContextLike | None) -> Operation[bool]:
    """Ask whether an entity is there, as NGSI-LD 2.0 has it.

    Args:
        entity_id: Its id.
        params: Query parameters.
        context: The @context for the parameter ``type``.
    """

    def read(response: Response) -> bool:
        if response.status != 404:
            response.check()
        return response.status != 404

    return Operation(Request("HEAD", path("entities", entity_id), params, reading_headers(context)), read)


def delete(entity_id: str, *, params: Params = (), context: ContextLike | None) -> Operation[None]:
    """Delete one entity.

    Args:
        entity_id: Its id.
        params: Query parameters.
        context: The @context for the parameter ``type``.
    """
    request = Request("DELETE", path("entities", entity_id), params, reading_headers(context))
    return Operation(request, lambda response: done(response, entity_id)).then(lambda _: None)


def purge(params: Params, *, context: ContextLike | None) -> Operation[BatchResult]:
    """Delete all entities that match, or attributes of them.

    Args:
        params: Query parameters.
        context: The @context of the names.
    """
    request = Request("DELETE", "entities", params, reading_headers(context))
    return Operation(request, lambda response: read_batch(response, []))


def id_of(wire: Mapping[str, Any]) -> str:
    """Return the id of a wire form.

    Args:
        wire: The entity.

    Raises:
        InvalidEntity: It has none.
    """
    entity_id = wire.get("id") or wire.get("@id")
    if not isinstance(entity_id, str):
        raise InvalidEntity("an entity needs an id", path="id", clause="5.2.4")
    return entity_id


def done(response: Response, entity_id: str) -> str:
    """Accept a success; raise where only some of the sources behind the broker did it (207).

    Args:
        response: The answer.
        entity_id: The entity it is about.

    Returns:
        The entity's id.

    Raises:
        ContextBrokerError: The broker refused or failed.
        BatchError: It was done in part.
    """
    response.check()
    if response.status == 207:
        result = read_batch_result(
            207, response.json(), sent=(), body=response.content, method=response.method, url=response.url
        )
        if result is not None and result.failed:
            reasons = [(failure.entity_id or entity_id, str(failure.error)) for failure in result.failed]
            raise BatchError(f"{entity_id}: done in part only: {reasons[0][1]}", failed=reasons)
    return entity_id
