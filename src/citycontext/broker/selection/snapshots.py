"""What a snapshot holds: a copy in a tenant of its own, which no NGSILD-Tenant header can name (4.3.7)."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Final

from citycontext.broker.documents.timestamps import timestamp
from citycontext.broker.documents.writing import Document
from citycontext.broker.request.parameters import check_uri, moment_after
from citycontext.broker.request.request import Request
from citycontext.broker.request.temporal_query import TemporalRequest
from citycontext.broker.request.turns import Turns
from citycontext.broker.responses.problems import Problem, not_found
from citycontext.broker.selection.selection import Selection
from citycontext.broker.store import Candidates, Instance, Store
from citycontext.broker.store.evolution import Evolution
from citycontext.ngsild.time import parse_datetime

__all__ = [
    "HEADER",
    "SNAPSHOT",
    "clear_unfinished",
    "copy_entities",
    "copy_evolutions",
    "expiry",
    "filling",
    "find_snapshot",
    "put_entities",
    "remove",
    "snapshot_tenant",
    "use_snapshot",
]

SNAPSHOT: Final = "snapshot"
HEADER: Final = "NGSILD-Snapshot"
_LIFETIME: Final = timedelta(hours=1)


def snapshot_tenant(store: Store, tenant: int, snapshot_id: str) -> int:
    """Return the number of the tenant that holds a snapshot, making it if it is new."""
    return store.database.create_tenant(f"\0{tenant}\0{snapshot_id}")


async def find_snapshot(store: Store, tenant: int, snapshot_id: str) -> Document:
    """Return a snapshot.

    Raises:
        Problem: It does not exist, or has expired.
    """
    found = store.resources.get(tenant, SNAPSHOT, check_uri(snapshot_id, "The snapshot"))
    if found is not None and parse_datetime(found["expiresAt"]) <= datetime.now(UTC):
        await remove(store, tenant, snapshot_id)
        found = None
    if found is None:
        raise not_found(f"There is no snapshot {snapshot_id}, or it has expired.")
    return found


async def use_snapshot(store: Store, tenant: int, snapshot_id: str) -> None:
    """Note that a snapshot is used now (5.2.41).

    Raises:
        Problem: It does not exist, or has expired.
    """
    found = await find_snapshot(store, tenant, snapshot_id)
    store.resources.put(tenant, SNAPSHOT, snapshot_id, {**found, "lastUsedAt": timestamp()})


async def remove(store: Store, tenant: int, snapshot_id: str) -> None:
    """Remove a snapshot, and then what it holds, while others have their turns."""
    with store.transaction():
        store.resources.delete(tenant, SNAPSHOT, snapshot_id)
    await clear(store, snapshot_tenant(store, tenant, snapshot_id))


async def clear(store: Store, tenant: int) -> None:
    """Delete all entities and evolutions of a snapshot's tenant, whether or not anybody waits for it."""
    turns = Turns()
    transaction = partial(_transaction, store)
    entities, evolution = store.entities, store.evolution
    ids = []
    for document in entities.select(tenant, Candidates()):
        ids.append(document["id"])
        await turns.pass_on()

    def delete(_: None, entity_id: str) -> None:
        document = entities.get(tenant, entity_id)
        if document is not None:
            entities.delete(tenant, document)

    await turns.write(ids, transaction, delete)
    frames = [frame.id for frame in evolution.select(tenant, None, None)]
    await turns.write(frames, transaction, lambda _, one: evolution.delete(tenant, one))


async def clear_unfinished(store: Store) -> None:
    """Delete what snapshots left that were never finished, or whose removal was interrupted."""
    for name, number in store.database.tenants():
        _, owner, snapshot_id = name.split("\0", 2) if name.count("\0") >= 2 else ("", "", "")
        if owner and store.resources.get(int(owner), SNAPSHOT, snapshot_id) is None:
            await clear(store, number)


@contextmanager
def _transaction(store: Store) -> Iterator[None]:
    with store.transaction():
        yield


def expiry(snapshot: Document) -> str:
    """Return when a snapshot expires.

    Raises:
        InvalidQuery: Its lifetime is not a duration.
    """
    now = datetime.now(UTC)
    lifetime = snapshot.get("snapshotLifetime")
    return timestamp(now + _LIFETIME if lifetime is None else moment_after(lifetime, now, "snapshotLifetime"))


@asynccontextmanager
async def filling(request: Request, snapshot_id: str) -> AsyncIterator[int]:
    """Return an empty tenant for a new snapshot; what was copied into it goes again where that ends in an error."""
    store = request.state.store
    target = snapshot_tenant(store, request.tenant, snapshot_id)
    await clear(store, target)
    try:
        yield target
    except BaseException:
        await clear(store, target)
        raise


async def copy_entities(request: Request, target: int, source: int, selection: Selection) -> int:
    """Copy the entities that a selection finds; return how many.

    Args:
        request: The request, which others do not wait for.
        target: The tenant to copy to.
        source: The tenant to copy from.
        selection: Which.

    Raises:
        Problem: There are more than a snapshot may hold.
    """
    store = request.state.store
    entities = store.entities
    ids = []
    for _, document in selection.search(store, source).steps():
        if document is not None:
            ids.append(document["id"])
            _check_number(request, len(ids))
        await request.turns.pass_on()
    copied = 0

    def copy(_: None, entity_id: str) -> None:
        nonlocal copied
        document = entities.get(source, entity_id)
        if document is not None and selection.accepts(document):
            entities.put(target, document, entities.get(target, entity_id))
            copied += 1

    await request.turns.write(ids, partial(_transaction, store), copy)
    return copied


async def put_entities(request: Request, target: int, documents: Sequence[Document]) -> int:
    """Put entities that were gathered into a snapshot; return how many.

    Args:
        request: The request, which others do not wait for.
        target: The tenant to put them into.
        documents: The entities.

    Raises:
        Problem: There are more than a snapshot may hold.
    """
    store, now = request.state.store, timestamp()
    _check_number(request, len(documents))

    def put(_: None, document: Document) -> None:
        # A source may keep its times to itself.
        whole = {"createdAt": now, "modifiedAt": now, **document}
        store.entities.put(target, whole, store.entities.get(target, document["id"]))

    await request.turns.write(documents, partial(_transaction, store), put)
    return len(documents)


async def copy_evolutions(
    request: Request,
    target: int,
    source: int,
    selection: Selection,
    asked: TemporalRequest | None = None,
    origin: Store | None = None,
) -> int:
    """Copy the evolutions that a selection finds; return how many.

    Args:
        request: The request, which others do not wait for.
        target: The tenant to copy to.
        source: The tenant to copy from.
        selection: Which.
        asked: Of which time; None for all, as they are.
        origin: The store to copy from; None for that of the broker.

    Raises:
        Problem: There are more than a snapshot may hold.
    """
    store = request.state.store
    evolution = (origin or store).evolution
    frames = list(selection.frames(origin or store, source))
    _check_number(request, len(frames))
    copied: set[str] = set()

    def copy(_: None, part: tuple[Evolution, str]) -> None:
        frame, name = part
        if asked is None:
            instances, now = evolution.instances(frame.number, name), frame.created_at
        else:
            found = evolution.instances(
                frame.number, name, time_property=asked.time_property, start=asked.start, end=asked.end
            )
            instances = [{key: value for key, value in one.items() if key != "instanceId"} for one in found]
            now = timestamp()
        if instances:
            store.evolution.record(target, frame.id, frame.types, [Instance(name, one) for one in instances], now)
            copied.add(frame.id)

    parts = ((frame, name) for frame in frames for name in evolution.attributes(frame.number))
    await request.turns.write(parts, partial(_transaction, store), copy)
    return len(copied)


def _check_number(request: Request, number: int) -> None:
    most = request.state.bounds.copied
    if number > most:
        raise Problem("TooManyResults", f"A snapshot holds at most {most:,} entities; the queries find more.")
