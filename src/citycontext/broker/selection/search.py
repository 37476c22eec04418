"""Searching the entities that match, in the order of their creation, by the way that reads least (5.7.2)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Final

from citycontext.broker.documents.writing import Document
from citycontext.broker.store import Candidates, Store

__all__ = ["Search"]

_FEW: Final = 20_000
_WALK: Final = 2_000
_WALK_FOR_EACH: Final = 20

Step = tuple[int, Document | None]


@dataclass(slots=True)
class Search:
    """The entities of a tenant that match, with their numbers.

    Args:
        store: Where they are.
        tenant: The tenant's number.
        candidates: What the indexes can tell.
        accepts: Returns whether a candidate matches; None where the indexes tell all.
        after: The number of the entity that they come after; 0 for the first.
    """

    store: Store
    tenant: int
    candidates: Candidates
    accepts: Callable[[Document], bool] | None
    after: int = 0

    def steps(self, most: int | None = None, *, makes_index: bool = False) -> Iterator[Step]:
        """Yield the number of each entity that is looked at, and the entity where it matches.

        Between two steps others may write: what is yielded next is as it is then.

        Args:
            most: After how many the reader will stop; None when it reads all.
            makes_index: Whether an index of values may be made; never inside a transaction.
        """
        entities, candidates = self.store.entities, self.candidates
        if candidates.ids is not None:
            yield from self._read(entities.numbers(self.tenant, candidates, self.after))
            return
        # What an index leaves is read at once; else some entities are looked at, since most often enough of them match.
        few = entities.few(self.tenant, candidates, _FEW)
        last = self.after
        if few is None:
            budget = _WALK if most is None else max(_WALK, _WALK_FOR_EACH * most)
            walk = entities.numbers(self.tenant, Candidates(candidates.types), self.after)
            yield from self._read(islice(walk, budget))
            following = next(walk, None)
            if following is None:
                return
            last = following - 1
            for _ in self._make_index() if makes_index else ():
                yield last, None
        numbers = entities.numbers(self.tenant, candidates, last) if few is None else iter(few)
        yield from self._read(number for number in numbers if number > last)

    def _read(self, numbers: Iterator[int]) -> Iterator[Step]:
        for chunk in self.store.entities.chunks(self.tenant, numbers):
            for number, document in chunk:
                yield number, document if self.accepts is None or self.accepts(document) else None

    def _make_index(self) -> Iterator[None]:
        """Put values into order in steps, for this query and those that come, where none of its places has an index."""
        values, entities = self.store.entities.values, self.store.entities
        places = [spans[0].where for spans in self.candidates.spans]
        while places and not any(values.is_ready(self.tenant, one) for one in places):
            numbers = entities.numbers(self.tenant, Candidates(), values.built_to(self.tenant, places[0]))
            values.build(self.tenant, places[0], next(entities.chunks(self.tenant, numbers, 500), []))
            yield
