"""Which entities a request is about: selectors, tests, place, and in what order (5.7.2)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from citycontext.broker.documents.writing import Document
from citycontext.broker.request.turns import Turns
from citycontext.broker.selection.geo import distance
from citycontext.broker.selection.search import Search
from citycontext.broker.selection.selectors import (
    Predicate,
    Selector,
)
from citycontext.broker.store import Candidates, Store
from citycontext.broker.store.evolution import Evolution
from citycontext.broker.store.values import Span
from citycontext.ngsild.query.ordering import Ordering

__all__ = ["SelectedPage", "Selection"]


@dataclass(frozen=True, slots=True)
class SelectedPage:
    """A part of the entities that match, and whether there are more.

    Args:
        documents: The entities.
        more: Whether others follow.
        count: How many match; None where that was not asked.
        last: The number of the last entity, after which the next page begins; None where pages go by offsets alone.
    """

    documents: list[Document]
    more: bool
    count: int | None
    last: int | None = None


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
        spans: Values of which an entity must have one, as far as an index can tell.
        scope: The one scope that is the only test, as it is counted; None where there are others or none.
    """

    selectors: Sequence[Selector] = ()
    tests: list[Predicate] = field(default_factory=list)
    place: Any = None
    order: Ordering | None = None
    expand: Callable[[str], str] = str
    asks_scope: bool = False
    spans: Sequence[Sequence[Span]] = ()
    scope: str | None = None

    def accepts(self, document: Document) -> bool:
        """Return whether an entity matches."""
        if self.selectors and not any(selector.accepts(document) for selector in self.selectors):
            return False
        return all(test(document) for test in self.tests)

    def find(self, store: Store, tenant: int) -> Iterator[Document]:
        """Yield the entities that match, in the order of their creation."""
        return (document for _, document in self.search(store, tenant).steps() if document is not None)

    async def found(self, store: Store, tenant: int, turns: Turns) -> list[Document]:
        """Return the entities that match; others have their turns meanwhile, and what they write may be among them."""
        found = []
        for _, document in self.search(store, tenant).steps(makes_index=True):
            if document is not None:
                found.append(document)
            if turns.is_over():
                await turns.pass_on()
        return found

    async def page(
        self, store: Store, tenant: int, limit: int, offset: int, *, count: bool, turns: Turns, after: int = 0
    ) -> SelectedPage:
        """Return a part of the entities that match.

        Args:
            store: Where they are.
            tenant: The tenant's number.
            limit: How many at most.
            offset: How many come before.
            count: Whether to count all that match.
            turns: Lets other requests have their turns.
            after: The number of the entity that this part comes after, in the place of the offset; 0 for none.
        """
        if self.order is not None:
            ordered = self.sorted(await self.found(store, tenant, turns))
            return SelectedPage(
                ordered[offset : offset + limit], len(ordered) > offset + limit, len(ordered) if count else None
            )
        total = self._counted(store, tenant) if count else None
        skipped = 0 if after else offset
        types = self._only_types()
        if types is not None:
            rows = store.entities.page(tenant, types or None, limit=limit + 1, offset=skipped, after=after)
            return _page(rows, limit, total)
        # To count, all must be looked at, those before the page too.
        reads_all = count and total is None
        start, most = (0, None) if reads_all else (after, skipped + limit + 1)
        matching: list[tuple[int, Document]] = []
        met = 0
        for number, document in self.search(store, tenant, start).steps(most, makes_index=True):
            if turns.is_over():
                await turns.pass_on()
            if document is None:
                continue
            met += 1
            if number > after and met > skipped and len(matching) <= limit:
                matching.append((number, document))
            if not reads_all and len(matching) > limit:
                break
        return _page(matching, limit, met if reads_all else total)

    def search(self, store: Store, tenant: int, after: int = 0) -> Search:
        """Return the search for the entities that match."""
        accepts = None if self._indexes_tell_all() else self.accepts
        return Search(store, tenant, self._candidates(), accepts, after)

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
        """Return what the indexes can tell of the entities that match."""
        types = ids = None
        if self.selectors and all(selector.types is not None for selector in self.selectors):
            types = list(dict.fromkeys(kind for selector in self.selectors for kind in selector.types or ()))
        if self.selectors and all(selector.ids is not None for selector in self.selectors):
            ids = list(dict.fromkeys(one for selector in self.selectors for one in selector.ids or ()))
        return Candidates(types=types, ids=ids, place=self.place, spans=self.spans)

    def _indexes_tell_all(self) -> bool:
        if self.tests or len(self.selectors) > 1:
            return False
        return not any(one.tests or (one.ids is not None and one.types is not None) for one in self.selectors)

    def _only_types(self) -> Sequence[str] | None:
        """Return the one type that is all that is asked for; nothing for any, None where there is more."""
        if not self._indexes_tell_all():
            return None
        types = self.selectors[0].types if self.selectors else None
        if self.selectors and (self.selectors[0].ids is not None or (types is not None and len(types) != 1)):
            return None
        return types or ()

    def _counted(self, store: Store, tenant: int) -> int | None:
        """Return how many match, where that is known without looking at them."""
        if self.tests and (self.scope is None or len(self.tests) > 1):
            return None
        plain = Selection(self.selectors)
        types = plain._only_types()
        if types is not None:
            return store.entities.counts.of(tenant, (types[0] if types else None, self.scope))
        candidates = plain._candidates()
        if self.tests or not plain._indexes_tell_all() or candidates.ids is not None or candidates.types is None:
            return None
        return store.entities.count(tenant, candidates.types)


def _page(rows: Sequence[tuple[int, Document]], limit: int, count: int | None) -> SelectedPage:
    shown = rows[:limit]
    return SelectedPage([document for _, document in shown], len(rows) > limit, count, shown[-1][0] if shown else None)


def _metres(one: Mapping[str, Any], other: Mapping[str, Any]) -> float:
    return distance(dict(one), dict(other))
