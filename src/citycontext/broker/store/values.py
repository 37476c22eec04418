"""Values of attributes, put into order for the queries that ask for them: ``q=temperature>20`` (4.9).

An index is made when a query would else look at many entities, and lives in memory as long as the broker runs: the
layout of a store is the same with and without, and writes cost no more where nobody asks. It only narrows: whether an
entity matches is told by looking at it.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from typing import Any, Final

from citycontext.broker.documents.writing import Document
from citycontext.broker.store.database import Database
from citycontext.ngsild.query.targets import (
    LINKS,
    READERS,
    language_texts,
    member_of,
    objects_of,
    target_of,
)
from citycontext.ngsild.query.values import Value, ValueKind

__all__ = ["Span", "ValueIndexes", "Where", "reading_of"]

_MOST: Final = 16
_MOST_ROWS: Final = 3_000_000
_MOST_OF_ONE: Final = 100
_LONGEST: Final = 64
_CROWD: Final = -1
_NUMBER, _TEXT, _TRUTH, _INSTANT, _DAY, _CLOCK = range(6)
_KINDS: Final = {
    ValueKind.NUMBER: _NUMBER,
    ValueKind.STRING: _TEXT,
    ValueKind.URI: _TEXT,
    ValueKind.TERM: _TEXT,
    ValueKind.BOOLEAN: _TRUTH,
    ValueKind.DATETIME: _INSTANT,
    ValueKind.DATE: _DAY,
    ValueKind.TIME: _CLOCK,
}

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)

Reading = tuple[int, Any]
"""A kind of value, and the value as SQLite orders it; larger values never get smaller ones by it."""


@dataclass(frozen=True, slots=True)
class Where:
    """Where in an entity a value stands.

    Args:
        keys: The attribute and sub-attributes, expanded.
        steps: Steps into a compound value, each as written and as expanded; or a language.
    """

    keys: tuple[str, ...]
    steps: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Span:
    """Values that a query asks for, from one to another; None is not an end. Both ends are in it.

    Args:
        where: Where they stand.
        kind: Of what kind they are.
        low: The first.
        high: The last.
    """

    where: Where
    kind: int
    low: Any
    high: Any


@dataclass(slots=True)
class _Index:
    number: int
    where: Where
    rows: int = 0
    built_to: int | None = 0
    """The last entity that was taken up; None when all were."""


@dataclass(slots=True)
class ValueIndexes:
    """The indexes of all tenants.

    Args:
        database: Where they are kept, outside the store's file.
    """

    database: Database
    _indexes: dict[tuple[int, Where], _Index] = field(default_factory=dict)
    _of_tenant: dict[int, list[_Index]] = field(default_factory=dict)
    _last: int = 0

    def is_ready(self, tenant: int, where: Where) -> bool:
        """Return whether there is an index, and all entities are in it."""
        index = self._indexes.get((tenant, where))
        return index is not None and index.built_to is None

    def numbers(self, tenant: int, spans: Sequence[Span], most: int | None) -> list[int] | None:
        """List the numbers of the entities that have a value in one of several spans of one place, in their order.

        Args:
            tenant: The tenant's number.
            spans: The spans.
            most: How many may be found; None for any number.

        Returns:
            The numbers; None when there are more.
        """
        key = tenant, spans[0].where
        index = self._indexes[key]
        self._indexes[key] = self._indexes.pop(key)
        found: set[int] = set()
        for span in (*spans, Span(spans[0].where, _CROWD, None, None)):
            where, values = ["kind = ?"], [span.kind]
            for bound, sign in ((span.low, ">="), (span.high, "<=")):
                if bound is not None:
                    where.append(f"value {sign} ?")
                    values.append(bound)
            asked = f"SELECT entity FROM temp.values_{index.number} WHERE {' AND '.join(where)}"  # noqa: S608
            if most is not None:
                # Counting them first costs a tenth of listing too many.
                counted = f"SELECT count(*) FROM ({asked} LIMIT ?)"  # noqa: S608
                (count,) = self.database.execute(counted, (*values, most + 1)).fetchone()
                if len(found) + count > most:
                    return None
            found.update(number for (number,) in self.database.execute(asked, values))
        return sorted(found)

    def build(self, tenant: int, where: Where, chunk: Sequence[tuple[int, Document]]) -> None:
        """Take up some more entities into an index that is being made, or begin one.

        Args:
            tenant: The tenant's number.
            where: Where the values stand.
            chunk: The next entities, in the order of their numbers; none when there are no more.

        """
        index = self._indexes.get((tenant, where)) or self._begin(tenant, where)
        if index.built_to is None:
            return
        rows = [(kind, value, number) for number, document in chunk for kind, value in _readings(document, where)]
        statement = f"INSERT OR IGNORE INTO temp.values_{index.number} VALUES (?, ?, ?)"  # noqa: S608
        self.database.execute("BEGIN")
        self.database.execute_many(statement, rows)
        self.database.execute("COMMIT")
        index.rows += len(rows)
        index.built_to = chunk[-1][0] if chunk else None
        self._make_room(index)

    def built_to(self, tenant: int, where: Where) -> int:
        """Return the number of the last entity that an unfinished index holds; 0 if absent."""
        index = self._indexes.get((tenant, where))
        return 0 if index is None or index.built_to is None else index.built_to

    def change(self, tenant: int, number: int, after: Document, before: Document) -> None:
        """Take up an entity as it is now instead of as it was; an empty document is not an entity."""
        for index in self._of_tenant.get(tenant, ()):
            new, old = set(_readings(after, index.where)), set(_readings(before, index.where))
            if new == old:
                continue
            table = f"temp.values_{index.number}"
            self.database.execute_many(
                f"DELETE FROM {table} WHERE kind = ? AND value = ? AND entity = ?",  # noqa: S608
                [(kind, value, number) for kind, value in old - new],
            )
            self.database.execute_many(
                f"INSERT OR IGNORE INTO {table} VALUES (?, ?, ?)",  # noqa: S608
                [(kind, value, number) for kind, value in new - old],
            )
            index.rows += len(new) - len(old)

    def _begin(self, tenant: int, where: Where) -> _Index:
        self._last += 1
        index = _Index(self._last, where)
        self.database.execute(
            f"CREATE TEMP TABLE values_{index.number} (kind INTEGER NOT NULL, value NOT NULL, entity INTEGER NOT NULL,"
            " PRIMARY KEY (kind, value, entity)) WITHOUT ROWID"
        )
        self._indexes[tenant, where] = index
        self._of_tenant.setdefault(tenant, []).append(index)
        return index

    def _make_room(self, kept: _Index) -> None:
        """Drop the indexes that were not used for longest, where there are too many or too large ones."""
        for (tenant, where), index in list(self._indexes.items()):
            if len(self._indexes) <= _MOST and sum(one.rows for one in self._indexes.values()) <= _MOST_ROWS:
                return
            if index is not kept:
                del self._indexes[tenant, where]
                self._of_tenant[tenant].remove(index)
                self.database.execute(f"DROP TABLE temp.values_{index.number}")


def reading_of(value: Value) -> Reading | None:
    """Read a value of a query as it stands in an index; None where it can stand in none."""
    read: Any = value.value
    if isinstance(read, str):
        with suppress(UnicodeEncodeError):
            read.encode()
            return _TEXT, read[:_LONGEST]
        return None
    return _KINDS[value.kind], _ordered(read)


def _ordered(read: Any) -> Any:
    """Write a value so that SQLite puts it into the order of its kind."""
    if isinstance(read, bool):
        return int(read)
    if isinstance(read, int | float):
        # As floats, since SQLite has no larger integers; what is rounded together is told apart by looking.
        try:
            return float(read)
        except OverflowError:
            return math.copysign(math.inf, read)
    if isinstance(read, datetime):
        since = read - _EPOCH
        return (since.days * 86_400 + since.seconds) * 1_000_000 + since.microseconds
    assert isinstance(read, date | time)
    return read.isoformat()


def _readings(document: Document, where: Where) -> Iterable[Reading]:
    """Return the values that an entity has at a place; one of kind ``_CROWD`` where there are too many."""
    found: set[Reading] = set()
    for element in _elements(document, where.keys):
        for value in _values(element, where.steps):
            found.update(_kinds_of(value))
            if len(found) > _MOST_OF_ONE:
                return ((_CROWD, 0),)
    return found


def _elements(holder: Any, keys: tuple[str, ...]) -> Iterator[Any]:
    """Yield the elements that a path leads to, as the evaluation of a query goes along it."""
    if not keys:
        yield holder
        return
    element = holder.get(keys[0]) if isinstance(holder, dict) else None
    several = isinstance(element, list) and element and isinstance(element[0], dict)
    for one in element if several else (element,):  # type: ignore[union-attr]
        if one is not None:
            yield from _elements(one, keys[1:])


def _values(element: Any, steps: tuple[tuple[str, str], ...]) -> Iterator[Any]:
    kind, value = target_of(element)
    if kind == "LanguageProperty":
        found: Any = language_texts(value, tuple(step for step, _ in steps))
    elif kind in LINKS:
        found = objects_of(value)
    else:
        found = member_of(value, steps, json=kind == "JsonProperty")
    yield from found if isinstance(found, list) else (found,)


def _kinds_of(value: Any) -> Iterator[Reading]:
    if isinstance(value, str):
        yield _TEXT, value[:_LONGEST]
        for kind in (ValueKind.DATETIME, ValueKind.DATE, ValueKind.TIME):
            read = READERS[kind](value)
            if read is not None:
                yield _KINDS[kind], _ordered(read)
    elif isinstance(value, bool):
        yield _TRUTH, int(value)
    elif isinstance(value, int | float):
        yield _NUMBER, _ordered(value)
