"""Batch operations: create, upsert, update, merge, delete, query (5.6.7 to 5.6.10, 5.6.20, 5.7.2)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Final

from starlette.responses import Response

from citycontext.broker.distribution.batches import BatchProvision
from citycontext.broker.distribution.reads import gather_entities
from citycontext.broker.documents import writing
from citycontext.broker.documents.reading import entity_document, entity_fragment, merge_fragment
from citycontext.broker.documents.writing import Document, Revision
from citycontext.broker.request.queries import read_query
from citycontext.broker.request.request import Request
from citycontext.broker.responses.answers import json_answer
from citycontext.broker.responses.entities import AFTER, answer_entities
from citycontext.broker.responses.problems import Problem, already_exists, bad_request_data, from_error, not_found
from citycontext.broker.routing import Operation
from citycontext.broker.state import Writer
from citycontext.errors import CityContextError
from citycontext.ngsild.names import is_uri
from citycontext.web.media_types import ENTITY_FORMS, LD_JSON

__all__ = ["OPERATIONS"]

Reader = Callable[[Request, Any, Any], Document]


@dataclass(slots=True)
class Outcome:
    """What became of the entities of a batch (5.2.16)."""

    success: list[str] = field(default_factory=list)
    created: list[str] = field(default_factory=list)
    errors: list[dict[str, Any]] = field(default_factory=list)

    def fail(self, id: Any, problem: Problem) -> None:
        """Note that an entity was refused."""
        shown = id if isinstance(id, str) else ""
        self.errors.append({"entityId": shown, "error": problem.document()})

    def answer(self, request: Request, *, lists: list[str] | None = None) -> Response:
        """Answer 207 when anything was refused, else 201 with the ids made, else 204."""
        if self.errors:
            return json_answer({"success": self.success, "errors": self.errors}, status=207)
        return json_answer(lists, status=201) if lists else request.no_content()


async def create(request: Request) -> Response:
    """Create entities (5.6.7)."""

    def one(writer: Writer, document: Document) -> Revision:
        if writer.get(document["id"]) is not None:
            raise already_exists(f"There is an entity {document['id']} already.")
        return writing.create(document, writer.now)

    outcome = await _each(request, _whole, one)
    return outcome.answer(request, lists=outcome.success)


async def upsert(request: Request) -> Response:
    """Create entities, and replace or update those that are there (5.6.8)."""
    replaces = "update" not in request.parameters.options({"replace", "update"})

    def one(writer: Writer, document: Document) -> Revision:
        before = writer.get(document["id"])
        if before is None:
            return writing.create(document, writer.now)
        if replaces:
            return writing.replace_entity(before, document, writer.now)
        return writing.append_attributes(before, document, writer.now)

    outcome = await _each(request, _whole if replaces else _whole_with_nulls, one)
    return outcome.answer(request, lists=outcome.created)


async def update(request: Request) -> Response:
    """Append to entities that are there, or overwrite their attributes (5.6.9)."""
    overwrite = "noOverwrite" not in request.parameters.options({"noOverwrite"})

    def one(writer: Writer, fragment: Document) -> Revision:
        before = _known(writer, fragment)
        return writing.append_attributes(before, fragment, writer.now, overwrite=overwrite)

    return (await _each(request, _fragment, one)).answer(request)


async def merge(request: Request) -> Response:
    """Merge fragments into entities that are there (5.6.20)."""

    def one(writer: Writer, fragment: Document) -> Revision:
        return writing.merge_entity(_known(writer, fragment), fragment, writer.now)

    return (await _each(request, _merge_fragment, one)).answer(request)


async def delete(request: Request) -> Response:
    """Delete entities (5.6.10)."""
    outcome = Outcome()

    def one(writer: Writer, entity_id: Any) -> None:
        before = writer.get(entity_id) if isinstance(entity_id, str) else None
        if not isinstance(entity_id, str) or not is_uri(entity_id):
            outcome.fail(entity_id, bad_request_data(f"{entity_id!r:.120} is not a URI."))
        elif before is None:
            outcome.fail(entity_id, not_found(f"There is no entity {entity_id}."))
        else:
            writer.apply(writing.delete_entity(before))
            outcome.success.append(entity_id)

    await request.turns.write(_array(request), partial(request.state.writing, request.tenant), one)
    return outcome.answer(request)


async def query(request: Request) -> Response:
    """Query entities with a body (5.7.2, 6.23)."""
    selection = read_query(request)
    return await answer_entities(request, selection, await gather_entities(request, selection))


async def _each(request: Request, read: Reader, write: Callable[[Writer, Document], Revision]) -> Outcome:
    """Write entities one after the other; who breaks a rule is left out and told why."""
    outcome = Outcome()
    if request.body_type == LD_JSON and request.link is not None:
        raise bad_request_data("A body in application/ld+json carries its @context itself; send no Link.")
    # A context may have to be fetched; inside the transaction nothing may be awaited.
    contexts: list[Any] = []
    for payload in _array(request):
        try:
            contexts.append(await request.context_of(payload) if isinstance(payload, dict) else None)
        except CityContextError as error:
            contexts.append(from_error(error))
        except Problem as problem:
            contexts.append(problem)

    def one(writer: Writer, item: tuple[Any, Any]) -> None:
        payload, context = item
        entity_id = _id(payload)
        try:
            if isinstance(context, Problem):
                raise context
            if isinstance(payload, dict):
                request.check_size(payload)
            revision = write(writer, read(request, payload, context))
            writer.apply(revision)
        except CityContextError as error:
            outcome.fail(entity_id, from_error(error))
            return
        except Problem as problem:
            outcome.fail(entity_id, problem)
            return
        if revision.not_updated:
            names = ", ".join(name for name, _ in revision.not_updated)
            outcome.fail(entity_id, bad_request_data(f"Not updated: {names}. {revision.not_updated[0][1]}"))
        else:
            outcome.success.append(revision.after["id"] if revision.after else "")
            if revision.before is None:
                outcome.created.append(outcome.success[-1])

    pairs = zip(request.body, contexts, strict=True)
    await request.turns.write(pairs, partial(request.state.writing, request.tenant), one)
    return outcome


def _array(request: Request) -> list[Any]:
    """Return the body, which must be a filled array without null (5.6.7).

    Raises:
        Problem: It is not valid.
    """
    if not isinstance(request.body, list) or not request.body:
        raise bad_request_data("The body must be a JSON array with at least one item.")
    if None in request.body:
        raise bad_request_data("The array holds a null.")
    most = request.state.bounds.batch
    if len(request.body) > most:
        raise Problem("InvalidRequest", f"A batch has at most {most:,} items, not {len(request.body):,}.", status=413)
    return request.body


def _whole(_: Request, payload: Any, context: Any) -> Document:
    return entity_document(payload, context)


def _whole_with_nulls(_: Request, payload: Any, context: Any) -> Document:
    return entity_document(payload, context, nulls=True)


def _fragment(_: Request, payload: Any, context: Any) -> Document:
    return {"id": _checked_id(payload), **entity_fragment(payload, context, nulls="none")}


def _merge_fragment(request: Request, payload: Any, context: Any) -> Document:
    entity_id = _checked_id(payload)
    before = request.state.store.entities.get(request.tenant, entity_id)
    return {"id": entity_id, **merge_fragment(payload, before, context)}


def _checked_id(payload: Any) -> str:
    entity_id = _id(payload)
    if not isinstance(entity_id, str) or not is_uri(entity_id):
        raise bad_request_data(f"An entity needs an id that is a URI, not {entity_id!r:.120}.")
    return entity_id


def _id(payload: Any) -> Any:
    return payload.get("id", payload.get("@id")) if isinstance(payload, dict) else None


def _known(writer: Writer, fragment: Document) -> Document:
    before = writer.get(fragment["id"])
    if before is None:
        raise not_found(f"There is no entity {fragment['id']}.")
    return before


_PATH: Final = "/entityOperations/"
_LOCAL: Final = frozenset({"local"})

_CREATE_BATCH: Final = BatchProvision("createBatch", create, ("createEntity",))
_UPSERT_BATCH: Final = BatchProvision("upsertBatch", upsert, ("createEntity", "replaceEntity", "updateEntity"))
_UPDATE_BATCH: Final = BatchProvision("updateBatch", update, ("updateEntity", "appendAttrs"))
_MERGE_BATCH: Final = BatchProvision("mergeBatch", merge, ("mergeEntity",))
_DELETE_BATCH: Final = BatchProvision("deleteBatch", delete, ("deleteEntity",))

OPERATIONS = (
    Operation("POST", _PATH + "create", _CREATE_BATCH, _LOCAL, reads_body=True, creates=True),
    Operation("POST", _PATH + "upsert", _UPSERT_BATCH, _LOCAL | {"options"}, reads_body=True, creates=True),
    Operation("POST", _PATH + "update", _UPDATE_BATCH, _LOCAL | {"options"}, reads_body=True),
    Operation("POST", _PATH + "merge", _MERGE_BATCH, _LOCAL, reads_body=True),
    Operation("POST", _PATH + "delete", _DELETE_BATCH, _LOCAL, reads_body=True),
    Operation(
        "POST",
        _PATH + "query",
        query,
        _LOCAL | {"limit", "offset", "count", AFTER, "format", "options", "geometryProperty", "join", "joinLevel",
                  "containedBy", "entityMap", "entityMapLifetime", "splitEntities"},
        answers=ENTITY_FORMS,
        reads_body=True,
        writes=False,
    ),
)  # fmt: skip
