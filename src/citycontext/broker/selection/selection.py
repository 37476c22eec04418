"""Which entities a request is about: selectors, tests, place, and in what order (5.7.2)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from citycontext.broker.documents.writing import Document
from citycontext.broker.selection.geo import distance
from citycontext.broker.selection.selectors import (
    Predicate,
    Selector,
)
from citycontext.broker.store import Candidates, Store
from citycontext.broker.store.evolution import Evolution
from citycontext.ngsild.query.ordering import Ordering

__all__ = ["Page", "Selection"]


@dataclass(frozen=True, slots=True)
class Page:
    """A part of the entities that match, and whether there are more."""

    documents: list[Document]
    more: bool
    count: int | None


@dataclass(slots=True)
class Selection:
    """What a query asks for.

    Args:
        selectors: Ways an entity can be meant; it must meet one.
        tests: What it must meet besides.
        place: Attribute and box that it must touch; None for anywhere.
        order: How the answer is sorted; None by creation.
        expand: What the names in that order mean.
        asks_scope: Whether a test looks at scopes.
    """

    selectors: Sequence[Selector] = ()
    tests: list[Predicate] = field(default_factory=list)
    place: Any = None
    order: Ordering | None = None
    expand: Callable[[str], str] = str
    asks_scope: bool = False

    def accepts(self, document: Document) -> bool:
        """Return whether an entity matches."""
        if self.selectors and not any(selector.accepts(document) for selector in self.selectors):
            return False
        return all(test(document) for test in self.tests)

    def find(self, store: Store, tenant: int) -> Iterator[Document]:
        """Yield the entities that match, in the order of their creation."""
        found = store.entities.select(tenant, self._candidates())
        return found if self._indexes_tell_all() else filter(self.accepts, found)

    def page(self, store: Store, tenant: int, limit: int, offset: int, *, count: bool) -> Page:
        """Return a part of the entities that match, with their number if it is asked for."""
        if self.order is not None:
            ordered = self.sorted(self.find(store, tenant))
            return Page(
                ordered[offset : offset + limit], len(ordered) > offset + limit, len(ordered) if count else None
            )
        if self._indexes_tell_all():
            candidates = self._candidates()
            found = list(store.entities.select(tenant, candidates, limit=limit + 1, offset=offset))
            total = store.entities.count(tenant, candidates) if count else None
            return Page(found[:limit], len(found) > limit, total)
        matching = self.find(store, tenant)
        skipped = sum(1 for _ in islice(matching, offset))
        documents = list(islice(matching, limit))
        if not count:
            return Page(documents, next(matching, None) is not None, None)
        rest = sum(1 for _ in matching)
        return Page(documents, rest > 0, skipped + len(documents) + rest)

    def sorted(self, documents: Iterable[Document]) -> list[Document]:
        """Put entities into the order asked for."""
        if self.order is None:
            return list(documents)
        return [dict(one) for one in self.order.sort(documents, expand=self.expand, distance=_metres)]

    def frames(self, store: Store, tenant: int) -> Iterator[Evolution]:
        """Yield evolutions that may match, as far as types and ids tell."""
        candidates = self._candidates()
        return store.evolution.select(tenant, candidates.types, candidates.ids)

    def _candidates(self) -> Candidates:
        types = ids = None
        if self.selectors and all(selector.types is not None for selector in self.selectors):
            types = list(dict.fromkeys(kind for selector in self.selectors for kind in selector.types or ()))
        if self.selectors and all(selector.ids is not None for selector in self.selectors):
            ids = list(dict.fromkeys(one for selector in self.selectors for one in selector.ids or ()))
        return Candidates(types=types, ids=ids, place=self.place)

    def _indexes_tell_all(self) -> bool:
        return not self.tests and len(self.selectors) <= 1 and not any(one.tests for one in self.selectors)


def _metres(one: Mapping[str, Any], other: Mapping[str, Any]) -> float:
    return distance(dict(one), dict(other))
