"""The current state of entities, with what is needed to find them: types, scopes, bounding boxes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from heapq import merge
from itertools import islice
from typing import Any, Final

import orjson

from citycontext.broker.documents.writing import Document
from citycontext.broker.responses.problems import Problem
from citycontext.broker.selection.geo import Box, bounding_box
from citycontext.broker.store.counts import Counts
from citycontext.broker.store.database import Database
from citycontext.broker.store.values import Span, ValueIndexes
from citycontext.ngsild.terms import ENTITY_MEMBERS

__all__ = ["Candidates", "EntityTable"]

_PLACE_BITS: Final = 20
_EXPIRING: Final = b'"expiresAt"'
_LARGEST: Final = 32 * 1024 * 1024
_AT_ONCE: Final = 500


@dataclass(frozen=True, slots=True)
class Candidates:
    """What the indexes can narrow; the rest is told by looking at the documents.

    Args:
        types: Entity types (IRIs) of which a candidate has at least one; None for any.
        ids: Entity ids; None for any.
        place: Attribute (IRI) and box that it must touch; None for anywhere.
        spans: Values, in any of which it must have one, for each of several places in an entity.
    """

    types: Sequence[str] | None = None
    ids: Sequence[str] | None = None
    place: tuple[str, Box] | None = None
    spans: Sequence[Sequence[Span]] = ()


class EntityTable:
    """Entities by tenant and id.

    Args:
        database: Where they are kept.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._read: tuple[int, str, int] | None = None
        self.on_expiring: Callable[[int, Document], None] | None = None
        self.counts: Counts = Counts(self._count_types, self._count_all, self._types_and_scopes)
        self.values: ValueIndexes = ValueIndexes(database)
        # Rows of the indexes that new entities wait to enter, many at once, when their transaction ends.
        self._waiting: dict[str, list[tuple[Any, ...]]] = {_ADD_TYPE: [], _ADD_SCOPE: [], _ADD_PLACE: []}

    def get(self, tenant: int, id: str) -> Document | None:
        """Read an entity; None when it is not there."""
        found = self.sized(tenant, id)
        return None if found is None else found[0]

    def sized(self, tenant: int, id: str) -> tuple[Document, int] | None:
        """Read an entity, and how many bytes it has; None when it is not there."""
        row = self._database.execute(
            "SELECT number, document FROM entities WHERE tenant = ? AND id = ?", (tenant, id)
        ).fetchone()
        if row is None:
            return None
        self._read = tenant, id, row[0]
        return orjson.loads(row[1]), len(row[1])

    def is_derived(self, tenant: int, id: str) -> bool:
        """Return whether an entity's present state only follows its evolution."""
        row = self._database.execute(
            "SELECT derived FROM entities WHERE tenant = ? AND id = ?", (tenant, id)
        ).fetchone()
        return row is not None and bool(row[0])

    def put(self, tenant: int, after: Document, before: Document | None, *, derived: bool = False) -> None:
        """Write an entity over what was there before.

        Args:
            tenant: The tenant's number.
            after: The entity.
            before: What was there; None when nothing was.
            derived: Whether it only follows what is known of its evolution.
        """
        blob = orjson.dumps(after)
        if len(blob) > _LARGEST:
            raise Problem(
                "InvalidRequest", f"An entity has at most {_LARGEST:,} bytes with all its attributes.", status=413
            )
        self._database.grow(len(blob), before)
        if _EXPIRING in blob and self.on_expiring is not None:
            self.on_expiring(tenant, after)
        if before is None:
            cursor = self._database.execute(
                "INSERT INTO entities (tenant, id, document, derived) VALUES (?, ?, ?, ?)",
                (tenant, after["id"], blob, derived),
            )
            number = int(cursor.lastrowid or 0)
            self._enter(tenant, number, after)
            self._count(tenant, number, after, {})
            return
        self.flush()
        number = self._number(tenant, after["id"])
        self._database.execute(
            "UPDATE entities SET document = ?, derived = ? WHERE number = ?", (blob, derived, number)
        )
        self._index(tenant, number, after, before)
        self._count(tenant, number, after, before)

    def expiring(self) -> Iterator[tuple[int, Document]]:
        """Yield the entities of all tenants that say of something when it expires, with the tenant's number."""
        rows = self._database.execute("SELECT tenant, document FROM entities WHERE instr(document, ?)", (_EXPIRING,))
        for tenant, blob in rows:
            yield tenant, orjson.loads(blob)

    def flush(self) -> None:
        """Write the index rows that wait; before anything reads or changes them, and at the end of a transaction."""
        for statement, rows in self._waiting.items():
            if rows:
                self._database.execute_many(statement, rows)
                rows.clear()

    def discard(self) -> None:
        """Forget what was read and what waits; the transaction is rolled back."""
        self._read = None
        self.counts.discard()
        for rows in self._waiting.values():
            rows.clear()

    def _number(self, tenant: int, id: str) -> int:
        """Return an entity's number; mostly it was read just before it is written."""
        if self._read is not None and self._read[:2] == (tenant, id):
            return self._read[2]
        row = self._database.execute("SELECT number FROM entities WHERE tenant = ? AND id = ?", (tenant, id)).fetchone()
        return int(row[0])

    def delete(self, tenant: int, before: Document) -> None:
        """Remove an entity."""
        self.flush()
        self._read = None
        (number,) = self._database.execute(
            "DELETE FROM entities WHERE tenant = ? AND id = ? RETURNING number", (tenant, before["id"])
        ).fetchone()
        self._index(tenant, number, {}, before)
        self._count(tenant, number, {}, before)

    def _count(self, tenant: int, number: int, after: Document, before: Document) -> None:
        """Keep what is held in memory up to date."""
        self.counts.change(tenant, after, before)
        self.values.change(tenant, number, after, before)

    def select(self, tenant: int, candidates: Candidates) -> Iterator[Document]:
        """Yield candidates in the order of their creation."""
        for chunk in self.chunks(tenant, self.numbers(tenant, candidates)):
            yield from (document for _, document in chunk)

    def page(
        self, tenant: int, types: Sequence[str] | None, *, limit: int, offset: int, after: int
    ) -> list[tuple[int, Document]]:
        """Return some entities in the order of their creation, with their numbers.

        Args:
            tenant: The tenant's number.
            types: One type, or None for any.
            limit: How many at most.
            offset: How many to leave out. It costs little for each, but for each.
            after: The number of the entity that they come after; 0 for the first.
        """
        self.flush()
        if types:
            # The index alone is read over what is left out.
            inner = "SELECT entity FROM entity_types WHERE tenant = ? AND type = ? AND entity > ? ORDER BY entity"
            values = [tenant, types[0], after]
        else:
            inner = "SELECT number AS entity FROM entities WHERE tenant = ? AND number > ? ORDER BY number"
            values = [tenant, after]
        rows = self._database.execute(
            f"SELECT e.number, e.document FROM ({inner} LIMIT ? OFFSET ?) AS t"  # noqa: S608
            " JOIN entities AS e ON e.number = t.entity ORDER BY e.number",
            (*values, limit, offset),
        ).fetchall()
        return [(number, orjson.loads(blob)) for number, blob in rows]

    def numbers(self, tenant: int, candidates: Candidates, after: int = 0) -> Iterator[int]:
        """Yield the numbers of candidates, in their order, from one on; each step reads what is stored then."""
        self.flush()
        if candidates.ids is not None:
            found = set()
            for start in range(0, len(candidates.ids), _AT_ONCE):
                some = candidates.ids[start : start + _AT_ONCE]
                found |= set(self._database.execute(
                    f"SELECT number FROM entities WHERE tenant = ? AND id IN ({', '.join('?' * len(some))})",  # noqa: S608
                    (tenant, *some),
                ))  # fmt: skip
            return (number for (number,) in sorted(found) if number > after)
        few = self.few(tenant, candidates, None)
        if few is not None:
            return (number for number in few if number > after)
        if candidates.types is None:
            return self._all(tenant, after)
        streams = [self._of_type(tenant, kind, after) for kind in candidates.types]
        return streams[0] if len(streams) == 1 else _once(merge(*streams))

    def few(self, tenant: int, candidates: Candidates, most: int | None) -> list[int] | None:
        """List the numbers of the entities that an index of places or values leaves; None when they are many.

        Args:
            tenant: The tenant's number.
            candidates: What is asked for. Its types and ids are not looked at.
            most: How many they may be; None for any number.
        """
        self.flush()
        found = None
        for spans in candidates.spans:
            if self.values.is_ready(tenant, spans[0].where):
                numbers = self.values.numbers(tenant, spans, most)
                if numbers is not None and (found is None or len(numbers) < len(found)):
                    found = numbers
        if found is None and candidates.place is not None:
            attribute, (west, south, east, north) = candidates.place
            asked = (
                "SELECT entity FROM places WHERE attribute = ?"
                " AND east >= ? AND west <= ? AND north >= ? AND south <= ? LIMIT ?"
            )
            # Reading a row of this index costs many times one of values.
            within = None if most is None else most // 40
            limit = -1 if within is None else within + 1
            rows = self._database.execute(asked, (attribute, west, east, south, north, limit)).fetchall()
            if within is None or len(rows) <= within:
                found = sorted({number for (number,) in rows})
        return found

    def count(self, tenant: int, types: Sequence[str]) -> int:
        """Count the entities that have one of several types."""
        self.flush()
        marks = ", ".join("?" * len(types))
        row = self._database.execute(
            f"SELECT count(DISTINCT entity) FROM entity_types WHERE tenant = ? AND type IN ({marks})",  # noqa: S608
            (tenant, *types),
        ).fetchone()
        return int(row[0])

    def chunks(self, tenant: int, numbers: Iterator[int], size: int = 20) -> Iterator[list[tuple[int, Document]]]:
        """Read entities by their numbers, some at once, as they are when it is their turn.

        Args:
            tenant: The tenant's number.
            numbers: The numbers, in their order.
            size: How many are read first; then it is more and more.
        """
        while some := list(islice(numbers, size)):
            # Of many numbers SQLite would think that looking through the whole tenant is less work.
            rows = self._database.execute(
                f"SELECT number, document FROM entities NOT INDEXED WHERE number IN ({', '.join('?' * len(some))})"  # noqa: S608
                " AND tenant = ? ORDER BY number",
                (*some, tenant),
            ).fetchall()
            yield [(number, orjson.loads(blob)) for number, blob in rows]
            size = min(2 * size, _AT_ONCE)

    def _of_type(self, tenant: int, kind: str, after: int) -> Iterator[int]:
        statement = (
            "SELECT entity FROM entity_types WHERE tenant = ? AND type = ? AND entity > ? ORDER BY entity LIMIT ?"
        )
        while some := self._database.execute(statement, (tenant, kind, after, _AT_ONCE)).fetchall():
            yield from (number for (number,) in some)
            after = some[-1][0]

    def _all(self, tenant: int, after: int) -> Iterator[int]:
        statement = "SELECT number FROM entities WHERE tenant = ? AND number > ? ORDER BY number LIMIT ?"
        while some := self._database.execute(statement, (tenant, after, _AT_ONCE)).fetchall():
            yield from (number for (number,) in some)
            after = some[-1][0]

    def _count_types(self, tenant: int) -> list[tuple[str, int]]:
        self.flush()
        return list(
            self._database.execute("SELECT type, count(*) FROM entity_types WHERE tenant = ? GROUP BY type", (tenant,))
        )

    def _count_all(self, tenant: int) -> int:
        row = self._database.execute("SELECT count(*) FROM entities WHERE tenant = ?", (tenant,)).fetchone()
        return int(row[0])

    def _types_and_scopes(self, tenant: int) -> Iterator[tuple[list[str], list[str]]]:
        self.flush()
        scopes: dict[int, list[str]] = {}
        for scope, number in self._database.execute(
            "SELECT scope, entity FROM entity_scopes WHERE tenant = ?", (tenant,)
        ):
            scopes.setdefault(number, []).append(scope)
        types: dict[int, list[str]] = {}
        for kind, number in self._database.execute("SELECT type, entity FROM entity_types WHERE tenant = ?", (tenant,)):
            if number in scopes:
                types.setdefault(number, []).append(kind)
        return ((types.get(number, []), several) for number, several in scopes.items())

    def _index(self, tenant: int, number: int, after: Document, before: Document) -> None:
        for table, column, member in (("entity_types", "type", "type"), ("entity_scopes", "scope", "scope")):
            new, old = after.get(member, ()), before.get(member, ())
            if new == old:
                continue
            if old:
                self._database.execute_many(
                    f"DELETE FROM {table} WHERE tenant = ? AND {column} = ? AND entity = ?",  # noqa: S608
                    [(tenant, value, number) for value in set(old).difference(new)],
                )
            if new:
                self._database.execute_many(
                    f"INSERT OR IGNORE INTO {table} VALUES (?, ?, ?)",  # noqa: S608
                    [(tenant, value, number) for value in set(new).difference(old)],
                )
        new_geometries, old_geometries = _geometries(after), _geometries(before)
        if new_geometries != old_geometries:
            self._place(number, new_geometries, known=len(old_geometries))

    def _enter(self, tenant: int, number: int, document: Document) -> None:
        """Let a new entity wait to enter the indexes."""
        self._waiting[_ADD_TYPE] += [(tenant, value, number) for value in document["type"]]
        self._waiting[_ADD_SCOPE] += [(tenant, value, number) for value in document.get("scope", ())]
        self._waiting[_ADD_PLACE] += _boxes(number, _geometries(document))

    def _place(self, number: int, geometries: list[tuple[str, Any]], *, known: int) -> None:
        """Put an entity's boxes into the index of places, in the stead of so many known ones."""
        first = number << _PLACE_BITS
        for place in range(first, first + known):
            self._database.execute("DELETE FROM places WHERE number = ?", (place,))
        self._database.execute_many(_ADD_PLACE, _boxes(number, geometries))


_ADD_TYPE: Final = "INSERT OR IGNORE INTO entity_types VALUES (?, ?, ?)"
_ADD_SCOPE: Final = "INSERT OR IGNORE INTO entity_scopes VALUES (?, ?, ?)"
_ADD_PLACE: Final = "INSERT INTO places VALUES (?, ?, ?, ?, ?, ?, ?)"


def _boxes(number: int, geometries: list[tuple[str, Any]]) -> list[tuple[Any, ...]]:
    """Return the rows of the index of places for an entity's geometries."""
    # A box is numbered by its entity and its place among the entity's geometries, so it is found without a search.
    rows = []
    for place, (attribute, geometry) in enumerate(geometries, number << _PLACE_BITS):
        box = bounding_box(geometry)
        if box is not None:
            west, south, east, north = box
            rows.append((place, west, east, south, north, number, attribute))
    return rows


def _geometries(document: Document) -> list[tuple[str, Any]]:
    found = []
    for name, value in document.items():
        if type(value) is dict:
            if value.get("type") == "GeoProperty":
                found.append((name, value["value"]))
        elif type(value) is list and name not in ENTITY_MEMBERS:
            found += [(name, one["value"]) for one in value if one.get("type") == "GeoProperty"]
    return found


def _once(numbers: Iterator[int]) -> Iterator[int]:
    """Leave out what comes again, of numbers in their order."""
    last = None
    for number in numbers:
        if number != last:
            yield number
        last = number
