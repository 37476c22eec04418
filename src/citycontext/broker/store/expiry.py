"""Entities and attributes that have had their time: removed when it is over (4.22).

Whoever asks the store sees nothing of them, since each request begins with a sweep. Between two requests they may lie
there; the clause allows that.
"""

from __future__ import annotations

import heapq
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from citycontext.ngsild.terms import ENTITY_MEMBERS, VALUE_MEMBERS
from citycontext.ngsild.time import parse_datetime

if TYPE_CHECKING:
    from collections.abc import Iterator

    from citycontext.broker.documents.writing import Document
    from citycontext.broker.store.entities import EntityTable

__all__ = ["Expiry"]


class Expiry:
    """When what expires, and its removal.

    Args:
        entities: The entities.
    """

    def __init__(self, entities: EntityTable) -> None:
        self._entities = entities
        self._due: list[tuple[datetime, int, str]] = []
        entities.on_expiring = self.note
        for tenant, document in entities.expiring():
            self.note(tenant, document)

    def note(self, tenant: int, document: Document) -> None:
        """Remember when the first part of an entity expires."""
        first = min(_moments(document), default=None)
        if first is not None:
            heapq.heappush(self._due, (first, tenant, document["id"]))

    def is_due(self) -> bool:
        """Return whether there may be something to remove."""
        return bool(self._due) and self._due[0][0] <= datetime.now(UTC)

    def sweep(self) -> None:
        """Remove what has expired, inside a transaction."""
        now = datetime.now(UTC)
        while self._due and self._due[0][0] <= now:
            _, tenant, entity_id = heapq.heappop(self._due)
            before = self._entities.get(tenant, entity_id)
            if before is None:
                continue
            if _has_expired(before, now):
                self._entities.delete(tenant, before)
                continue
            after = {name: value for name, value in before.items() if name in ENTITY_MEMBERS}
            after |= _left({name: value for name, value in before.items() if name not in ENTITY_MEMBERS}, now)
            if after != before:
                derived = self._entities.is_derived(tenant, entity_id)
                self._entities.put(tenant, after, before, derived=derived)
            else:
                self.note(tenant, before)


def _moments(document: Any) -> Iterator[datetime]:
    """Yield when an entity, its attributes and their sub-attributes expire."""
    if isinstance(document, list):
        for one in document:
            yield from _moments(one)
    elif isinstance(document, dict):
        if isinstance(document.get("expiresAt"), str):
            yield parse_datetime(document["expiresAt"])
        for name, value in document.items():
            if name not in VALUE_MEMBERS:
                yield from _moments(value)


def _has_expired(element: Any, now: datetime) -> bool:
    until = element.get("expiresAt") if isinstance(element, dict) else None
    return isinstance(until, str) and parse_datetime(until) <= now


def _left(members: dict[str, Any], now: datetime) -> dict[str, Any]:
    """Return the members without the attributes that have expired, to any depth."""
    left: dict[str, Any] = {}
    for name, value in members.items():
        if isinstance(value, list) and all(isinstance(one, dict) and "type" in one for one in value) and value:
            kept = [_left(one, now) for one in value if not _has_expired(one, now)]
            if kept:
                left[name] = kept if len(kept) > 1 else kept[0]
        elif isinstance(value, dict) and "type" in value and name not in VALUE_MEMBERS:
            if not _has_expired(value, now):
                left[name] = _left(value, now)
        else:
            left[name] = value
    return left
