"""How many entities there are, by type and by scope, so that a count costs the same however many there are."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from typing import Final

from citycontext.broker.documents.writing import Document

__all__ = ["Counts", "Key"]

Key = tuple[str | None, str | None]
"""A type, and a scope (``Gent/Centre``) or all from one down (``Gent/#``); None is any."""

_MOST_OF_ONE: Final = 200
_MOST_SCOPES: Final = 20_000


class Counts:
    """The numbers of entities of each tenant, held in memory and counted anew after a start.

    Args:
        types: Lists a tenant's types, each with its number of entities.
        total: Returns a tenant's number of entities.
        scopes: Yields the types and scopes of each of a tenant's entities that has scopes.
    """

    def __init__(
        self,
        types: Callable[[int], Iterable[tuple[str, int]]],
        total: Callable[[int], int],
        scopes: Callable[[int], Iterator[tuple[list[str], list[str]]]],
    ) -> None:
        self._read_types, self._read_total, self._read_scopes = types, total, scopes
        self._types: dict[int, Counter[Key]] = {}
        # None where there are so many scopes that they are not counted one by one.
        self._scopes: dict[int, Counter[Key] | None] = {}
        self._undo: list[tuple[Counter[Key], Key, int]] = []
        self._loaded: list[tuple[dict[int, Counter[Key]] | dict[int, Counter[Key] | None], int]] = []

    def change(self, tenant: int, after: Document, before: Document) -> None:
        """Count an entity as it is now instead of as it was; an empty document is not an entity."""
        types, scopes = self._types.get(tenant), self._scopes.get(tenant)
        same_types = after.get("type") == before.get("type")
        if types is not None and not same_types:
            self._step(types, _of_types(before), -1)
            self._step(types, _of_types(after), 1)
        if scopes is not None and not (same_types and after.get("scope") == before.get("scope")):
            gone, come = (_of_scopes(one.get("type", ()), one.get("scope", ())) for one in (before, after))
            if gone is None or come is None or len(scopes) > _MOST_SCOPES:
                self._scopes[tenant] = None
                return
            self._step(scopes, gone, -1)
            self._step(scopes, come, 1)

    def settle(self) -> None:
        """Keep what was counted; the transaction is over."""
        self._undo.clear()
        self._loaded.clear()

    def discard(self) -> None:
        """Count as before the transaction, which is rolled back."""
        for counter, key, step in reversed(self._undo):
            counter[key] -= step
        for counters, tenant in self._loaded:
            counters.pop(tenant, None)
        self.settle()

    def of(self, tenant: int, key: Key) -> int | None:
        """Return how many entities have a type and a scope; None where that is not counted."""
        if key[1] is None:
            return self._of_types(tenant)[key]
        if tenant not in self._scopes:
            self._scopes[tenant] = self._count_scopes(tenant)
            self._loaded.append((self._scopes, tenant))
        scopes = self._scopes[tenant]
        return None if scopes is None else scopes[key]

    def types(self, tenant: int) -> list[tuple[str, int]]:
        """List the types in use, by the alphabet, with the number of entities of each."""
        counted = self._of_types(tenant).items()
        return sorted((kind, count) for (kind, _), count in counted if kind is not None and count)

    def _of_types(self, tenant: int) -> Counter[Key]:
        if tenant not in self._types:
            self._types[tenant] = Counter({(kind, None): count for kind, count in self._read_types(tenant)})
            self._types[tenant][None, None] = self._read_total(tenant)
            self._loaded.append((self._types, tenant))
        return self._types[tenant]

    def _count_scopes(self, tenant: int) -> Counter[Key] | None:
        counted: Counter[Key] = Counter()
        for types, scopes in self._read_scopes(tenant):
            keys = _of_scopes(types, scopes)
            if keys is None or len(counted) > _MOST_SCOPES:
                return None
            counted.update(keys)
        return counted

    def _step(self, counter: Counter[Key], keys: Iterable[Key], step: int) -> None:
        for key in keys:
            counter[key] += step
            self._undo.append((counter, key, step))


def _of_types(document: Document) -> Iterator[Key]:
    if document:
        yield None, None
        yield from ((kind, None) for kind in dict.fromkeys(document["type"]))


def _of_scopes(types: Iterable[str], scopes: Iterable[str]) -> list[Key] | None:
    """List the types and scopes under which an entity counts; None where there are too many."""
    below = set()
    for scope in scopes:
        levels = scope.strip("/").split("/")
        below |= {"/".join(levels), *("/".join([*levels[:depth], "#"]) for depth in range(len(levels) + 1))}
    kinds = [None, *dict.fromkeys(types)]
    return None if len(kinds) * len(below) > _MOST_OF_ONE else [(kind, scope) for kind in kinds for scope in below]
