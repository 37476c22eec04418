"""The current state of entities, with what is needed to find them: types, scopes, bounding boxes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

import orjson

from citycontext.broker.documents.writing import Document
from citycontext.broker.responses.problems import Problem
from citycontext.broker.selection.geo import Box, bounding_box
from citycontext.broker.store.database import Database
from citycontext.ngsild.terms import ENTITY_MEMBERS

__all__ = ["Candidates", "EntityTable"]

_PLACE_BITS: Final = 20
_EXPIRING: Final = b'"expiresAt"'
_LARGEST: Final = 32 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Candidates:
    """What the indexes can narrow; the rest is told by looking at the documents.

    Args:
        types: Entity types (IRIs) of which a candidate has at least one; None for any.
        ids: Entity ids; None for any.
        place: Attribute (IRI) and box that it must touch; None for anywhere.
        scopes: Scopes of which a candidate has at least one; None for any.
    """

    types: Sequence[str] | None = None
    ids: Sequence[str] | None = None
    place: tuple[str, Box] | None = None
    scopes: Sequence[str] | None = None


class EntityTable:
    """Entities by tenant and id.

    Args:
        database: Where they are kept.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._read: tuple[int, str, int] | None = None
        self.on_expiring: Callable[[int, Document], None] | None = None
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
            self._enter(tenant, int(cursor.lastrowid or 0), after)
            return
        self.flush()
        number = self._number(tenant, after["id"])
        self._database.execute(
            "UPDATE entities SET document = ?, derived = ? WHERE number = ?", (blob, derived, number)
        )
        self._index(tenant, number, after, before)

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

    def select(
        self,
        tenant: int,
        candidates: Candidates,
        *,
        limit: int = -1,
        offset: int = 0,
    ) -> Iterator[Document]:
        """Yield candidates in the order of their creation."""
        self.flush()
        types = candidates.types
        if types is not None and len(types) == 1:
            # By way of the index, so that a page costs the same however many entities of the type there are.
            where, values = _conditions(tenant, replace(candidates, types=None))
            source = "entity_types AS t JOIN entities AS e ON e.number = t.entity"
            where, values = f"t.tenant = ? AND t.type = ? AND {where}", [tenant, types[0], *values]
            order = "t.entity"
        else:
            where, values = _conditions(tenant, candidates)
            source, order = "entities AS e", "e.number"
        rows = self._database.execute(
            f"SELECT e.document FROM {source} WHERE {where} ORDER BY {order} LIMIT ? OFFSET ?",  # noqa: S608
            (*values, limit, offset),
        )
        while page := rows.fetchmany(500):
            for (blob,) in page:
                yield orjson.loads(blob)

    def count(self, tenant: int, candidates: Candidates) -> int:
        """Count candidates."""
        self.flush()
        where, values = _conditions(tenant, candidates)
        row = self._database.execute(f"SELECT count(*) FROM entities AS e WHERE {where}", values).fetchone()  # noqa: S608
        return int(row[0])

    def type_counts(self, tenant: int) -> list[tuple[str, int]]:
        """List the types in use, with the number of entities of each."""
        self.flush()
        return list(
            self._database.execute(
                "SELECT type, count(*) FROM entity_types WHERE tenant = ? GROUP BY type ORDER BY type", (tenant,)
            )
        )

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


def _conditions(tenant: int, candidates: Candidates) -> tuple[str, list[Any]]:
    where, values = ["e.tenant = ?"], [tenant]
    conditions: list[Any] = values
    for table, column, wanted in (
        ("entity_types", "type", candidates.types),
        ("entity_scopes", "scope", candidates.scopes),
    ):
        if wanted is not None:
            marks = ", ".join("?" * len(wanted))
            where.append(
                f"e.number IN (SELECT entity FROM {table} WHERE tenant = ? AND {column} IN ({marks}))"  # noqa: S608
            )
            conditions += [tenant, *wanted]
    if candidates.ids is not None:
        where.append(f"e.id IN ({', '.join('?' * len(candidates.ids))})")
        conditions += candidates.ids
    if candidates.place is not None:
        attribute, (west, south, east, north) = candidates.place
        where.append(
            "e.number IN (SELECT entity FROM places"
            " WHERE east >= ? AND west <= ? AND north >= ? AND south <= ? AND attribute = ?)"
        )
        conditions += [west, east, south, north, attribute]
    return " AND ".join(where), conditions
