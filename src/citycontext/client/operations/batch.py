"""Batch operations on entities (CIM 009, 5.6.7 to 5.6.10, 5.6.20 and 6.14 to 6.17, 6.31)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any, Final, Literal, TypeVar

import orjson

from citycontext.client.operations.exchange import Operation, Params, Request, Response
from citycontext.client.operations.json_ld import (
    ContextLike,
    EntityLike,
    dump_json,
    reading_headers,
    wire_of,
    writing_each,
)
from citycontext.client.operations.model_contexts import MODELS, grouped
from citycontext.client.profiles import BrokerProfile
from citycontext.errors import InvalidEntity
from citycontext.ngsild import Entity
from citycontext.ngsild.batch import BatchResult, read_batch_result
from citycontext.web.media_types import JSON

__all__ = ["BatchPart", "BatchVerb", "delete", "read_batch", "write"]

T = TypeVar("T")

BatchVerb = Literal["create", "upsert", "update", "merge"]

_IDEMPOTENT: Final = {"create": False, "upsert": True, "update": True, "merge": True}


@dataclass(frozen=True, slots=True)
class BatchPart:
    """One request of a batch that may have been split.

    Args:
        entity_ids: The ids it carries, in order.
        operation: What to send and how to read the answer.
    """

    entity_ids: list[str]
    operation: Operation[BatchResult]


def write(
    verb: BatchVerb,
    entities: Iterable[EntityLike],
    *,
    context: ContextLike | None,
    profile: BrokerProfile,
    options: str = "",
) -> Iterable[BatchPart]:
    """Create, upsert, update or merge entities.

    Args:
        verb: Which of the four.
        entities: Entities or wire mappings; each needs an id. They are kept in order.
        context: The @context for those that have none of their own; ``models`` for that of each one's model.
        profile: Whose limits decide where the batch is split.
        options: Value of the parameter ``options``.

    Returns:
        The requests, none for no entities; of an iterator, they are made while it brings the entities.

    Raises:
        InvalidEntity: An entity has no id or no JSON form.
    """
    params: Params = (("options", options),) if options else ()
    idempotent = _IDEMPOTENT[verb] and options != "noOverwrite"

    def parts(chunk: Sequence[EntityLike], position: int) -> list[BatchPart]:
        wires = [wire_of(entity) for entity in chunk]
        ids = [_id_of(wire, place) for place, wire in enumerate(wires, position)]
        made: list[BatchPart] = []
        for of_group, places in grouped(chunk, ids) if context == MODELS else [(context, range(len(wires)))]:
            headers, items = writing_each([wires[place] for place in places], of_group)
            group = [ids[place] for place in places]
            made += [
                _part(f"entityOperations/{verb}", group[start:end], items[start:end], headers, params, idempotent)
                for start, end in _split(items, profile)
            ]
        return made

    return _parts(_several(entities), parts, profile)


def delete(entities: Iterable[str | EntityLike], *, profile: BrokerProfile) -> Iterable[BatchPart]:
    """Delete entities; an id given twice is sent once.

    Args:
        entities: Ids, entities or wire mappings.
        profile: Whose limits decide where the batch is split.

    Returns:
        The requests, none for no entities; of an iterator, they are made while it brings the entities.

    Raises:
        InvalidEntity: An entity has no id.
    """
    headers = reading_headers(None) | {"Content-Type": JSON}
    seen: set[str] = set()

    def parts(chunk: Sequence[str | EntityLike], position: int) -> list[BatchPart]:
        given = [
            item if isinstance(item, str) else _id_of(wire_of(item), place)
            for place, item in enumerate(chunk, position)
        ]
        ids = [entity_id for entity_id in dict.fromkeys(given) if entity_id not in seen]
        seen.update(ids)
        items = [dump_json(entity_id) for entity_id in ids]
        return [
            _part("entityOperations/delete", ids[start:end], items[start:end], headers, (), True)
            for start, end in _split(items, profile)
        ]

    return _parts(_several(entities), parts, profile)


def _parts(
    given: Iterable[T], parts: Callable[[Sequence[T], int], list[BatchPart]], profile: BrokerProfile
) -> Iterable[BatchPart]:
    """Make the parts of what is there at once; what an iterator brings, while it brings it."""
    if not isinstance(given, Iterator):
        return parts(given if isinstance(given, list | tuple) else list(given), 0)
    return _parts_meanwhile(given, parts, profile)


def _parts_meanwhile(
    given: Iterator[T], parts: Callable[[Sequence[T], int], list[BatchPart]], profile: BrokerProfile
) -> Iterator[BatchPart]:
    position = 0
    try:
        while chunk := list(islice(given, profile.max_batch_items)):
            made = parts(chunk, position)
            position += len(chunk)
            while made:
                yield made.pop(0)  # and hold none that is done
    except Exception as wrong:
        if position:
            wrong.add_note(f"the first {position:,} entities of the batch were sent before this")
        raise


def _several(entities: Iterable[T]) -> Iterable[T]:
    """Let a list pass, and refuse one entity or id, of which the parts would be taken for entities."""
    if isinstance(entities, str | Mapping | Entity) or not isinstance(entities, Iterable):
        raise InvalidEntity(f"a {type(entities).__name__} where several are expected; put it into a list")
    return entities


def _part(
    path: str, ids: list[str], items: Sequence[bytes], headers: Mapping[str, str], params: Params, idempotent: bool
) -> BatchPart:
    content = b"[" + b",".join(items) + b"]"
    request = Request("POST", path, params=params, headers=headers, content=content, idempotent=idempotent)
    return BatchPart(ids, Operation(request, lambda response: read_batch(response, ids)))


def read_batch(response: Response, ids: Sequence[str]) -> BatchResult:
    """Read the answer to a batch.

    Args:
        response: The answer.
        ids: The ids sent.

    Raises:
        ContextBrokerError: The broker refused the whole request, or failed.
        UnreadableResponse: The answer is not a result of a batch.
    """
    document: Any = None
    if response.content:
        try:
            document = orjson.loads(response.content)
        except orjson.JSONDecodeError as error:
            response.check()
            raise response.unreadable(f"a body that is not JSON: {error}") from None
    result = read_batch_result(
        response.status, document, sent=ids, body=response.content, method=response.method, url=response.url
    )
    if result is None:
        response.check()
        raise response.unreadable("neither a success nor an error of a batch")
    return result


def _split(items: Sequence[bytes], profile: BrokerProfile) -> Iterator[tuple[int, int]]:
    start, size = 0, 2
    for position, item in enumerate(items):
        length = len(item) + 1
        if position > start and (
            position - start >= profile.max_batch_items or size + length > profile.max_batch_bytes
        ):
            yield start, position
            start, size = position, 2
        size += length
    if items:
        yield start, len(items)


def _id_of(wire: Mapping[str, Any], position: int) -> str:
    entity_id = wire.get("id") or wire.get("@id")
    if not isinstance(entity_id, str):
        raise InvalidEntity(f"entity {position} of the batch has no id", path=f"[{position}].id", clause="5.2.4")
    return entity_id
