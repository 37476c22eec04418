"""Entity maps: the entities a query found, kept so that its further pages show the same ones (4.5.25, 5.14)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from uuid import uuid4

from citycontext.broker.documents.timestamps import timestamp
from citycontext.broker.documents.writing import Document
from citycontext.broker.request.parameters import check_uri, moment_after
from citycontext.broker.responses.problems import Problem, not_found
from citycontext.broker.store import Store
from citycontext.ngsild.time import parse_datetime

__all__ = ["HEADER", "KIND", "create_map", "find_map", "keep_only", "lookup_map"]

KIND: Final = "entityMap"
HEADER: Final = "NGSILD-EntityMap"
_LIFETIME: Final = timedelta(minutes=10)


def create_map(
    store: Store,
    tenant: int,
    ids: Iterable[str],
    parameters: Mapping[str, str],
    origins: Mapping[str, list[str]] | None = None,
) -> Document:
    """Keep what a query found.

    Args:
        store: Where to.
        tenant: The tenant's number.
        ids: The entities' ids, in the order of the answer.
        parameters: The request's; ``entityMapLifetime`` says for how long.
        origins: The registrations of the sources that have an entity, ``@none`` for this broker; that is all without.

    Raises:
        InvalidQuery: The lifetime is not a duration.
    """
    now = datetime.now(UTC)
    expires = now + _LIFETIME
    if "entityMapLifetime" in parameters:
        expires = moment_after(parameters["entityMapLifetime"], now, "entityMapLifetime")
    made: Document = {
        "id": f"urn:ngsi-ld:EntityMap:{uuid4()}",
        "type": "EntityMap",
        "entityMap": {one: (origins or {}).get(one, ["@none"]) for one in ids},
        "expiresAt": timestamp(expires),
    }
    store.resources.put(tenant, KIND, made["id"], made)
    return made


def lookup_map(store: Store, tenant: int, map_id: Any) -> Document | None:
    """Return a kept entity map; None when it does not exist or has expired.

    Raises:
        Problem: The id is not a URI.
    """
    try:
        return find_map(store, tenant, map_id)
    except Problem as problem:
        if problem.status == 404:
            return None
        raise


def keep_only(store: Store, tenant: int, kept: Document, ids: Iterable[str]) -> None:
    """Let the ids that no longer match leave an entity map (5.5.9.3)."""
    left = {one: kept["entityMap"][one] for one in ids}
    if len(left) != len(kept["entityMap"]):
        store.resources.put(tenant, KIND, kept["id"], {**kept, "entityMap": left})


def find_map(store: Store, tenant: int, map_id: Any) -> Document:
    """Return a kept entity map.

    Raises:
        Problem: It does not exist, or has expired.
    """
    found = store.resources.get(tenant, KIND, check_uri(map_id, HEADER))
    if found is not None and parse_datetime(found["expiresAt"]) <= datetime.now(UTC):
        store.resources.delete(tenant, KIND, found["id"])
        found = None
    if found is None:
        raise not_found(f"There is no entity map {map_id}, or it has expired.")
    return found
