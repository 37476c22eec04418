"""The temporal evolution of entities: one row for each instance an attribute ever had."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, Final

import orjson

from citycontext.broker.documents.timestamps import instant_at, microseconds_of, timestamp
from citycontext.broker.documents.writing import Document
from citycontext.broker.store.database import Database

__all__ = ["Evolution", "EvolutionTable", "Instance", "instance_urn", "microseconds"]

_PREFIX: Final = "urn:ngsi-ld:instance:"
_REMEMBERED: Final = 100_000
_COLUMNS: Final = {
    "observedAt": "observed_at",
    "createdAt": "created_at",
    "modifiedAt": "modified_at",
    "deletedAt": "deleted_at",
}


@dataclass(frozen=True, slots=True)
class Evolution:
    """The frame of an entity's evolution: what is not an attribute."""

    number: int
    id: str
    types: list[str]
    created_at: str
    deleted_at: str | None


@dataclass(frozen=True, slots=True)
class Instance:
    """One instance of an attribute to record."""

    attribute: str
    document: Document


@lru_cache(maxsize=4096)
def microseconds(text: str) -> int | None:
    """Turn a timestamp into microseconds since 1970; None when it is not valid."""
    try:
        instant = datetime.fromisoformat(text.replace(",", "."))
    except (ValueError, AttributeError):
        return None
    if instant.tzinfo is None:
        instant = instant.replace(tzinfo=UTC)
    return microseconds_of(instant)


def instance_urn(number: int) -> str:
    """Name an instance; numbers are never given twice."""
    return f"{_PREFIX}{number}"


class EvolutionTable:
    """Evolutions by tenant and entity id.

    Args:
        database: Where they are kept.
        limit: How many instances of an attribute are kept, the last that came; None for all. The older ones go a few at
            a time, so there may be a tenth more.
    """

    def __init__(self, database: Database, limit: int | None = None) -> None:
        self._database = database
        self._limit = limit
        self._grown: Counter[tuple[int, int]] = Counter()
        # Named, since SQLite would walk through all instances of the attribute, as they are stored.
        self._by_time = " INDEXED BY instances_by_time" if database.has_index("instances_by_time") else ""
        self._waiting: list[tuple[Any, ...]] = []
        self._waiting_types: list[tuple[Any, ...]] = []
        # Number and types of the evolutions recorded last, so that a change costs no look-up.
        self._known: dict[tuple[int, str], tuple[int, list[str]]] = {}
        self._names: dict[str, int] = dict(database.execute("SELECT name, number FROM attributes"))
        self._last = int(database.execute("SELECT number FROM last_instance").fetchone()[0])

    def find(self, tenant: int, id: str) -> Evolution | None:
        """Read the frame of an entity's evolution; None if absent."""
        row = self._database.execute(f"{_FRAMES} WHERE v.tenant = ? AND v.id = ?", (tenant, id)).fetchone()
        return None if row is None else _frame(row)

    def select(self, tenant: int, types: Sequence[str] | None, ids: Sequence[str] | None) -> Iterator[Evolution]:
        """Yield frames in the order of their creation, narrowed by types (any of them) and ids."""
        self.flush()
        where, values = ["v.tenant = ?"], [tenant]
        conditions: list[Any] = values
        if types is not None:
            marks = ", ".join("?" * len(types))
            where.append(
                f"v.number IN (SELECT evolution FROM evolution_types WHERE tenant = ? AND type IN ({marks}))"  # noqa: S608
            )
            conditions += [tenant, *types]
        if ids is not None:
            where.append(f"v.id IN ({', '.join('?' * len(ids))})")
            conditions += ids
        rows = self._database.execute(f"{_FRAMES} WHERE {' AND '.join(where)} ORDER BY v.number", conditions)
        while page := rows.fetchmany(500):
            yield from map(_frame, page)

    def record(
        self, tenant: int, id: str, types: list[str], recorded: Iterable[Instance], now: str, *, replaces: bool = False
    ) -> None:
        """Append instances to an entity's evolution, making the evolution when it is new.

        The instances are on their way until ``flush``.

        Args:
            tenant: The tenant's number.
            id: The entity's id.
            types: The entity's types, added to those of the evolution.
            recorded: The instances.
            now: The time of the operation.
            replaces: Whether an instance takes the place of one with the same ``observedAt``.
        """
        number, known = self._known.get((tenant, id)) or self._open(tenant, id, types, now)
        if types != known and not set(known).issuperset(types):
            known = list(dict.fromkeys([*known, *types]))
            self._database.execute(
                "UPDATE evolutions SET types = ? WHERE number = ?", (orjson.dumps(known).decode(), number)
            )
            self._index(tenant, number, known)
        if len(self._known) >= _REMEMBERED:
            self._known.clear()
        self._known[tenant, id] = number, known
        for instance in recorded:
            if "deletedAt" not in instance.document:
                self._database.grow(1)
            self._last += 1
            row = (number, self._attribute(instance.attribute), self._last, *_content(instance.document))
            if replaces:
                self._database.execute(
                    f"DELETE FROM instances{self._by_time}"  # noqa: S608
                    " WHERE evolution = ? AND attribute = ? AND dataset_id IS ? AND observed_at = ?",
                    (*row[:2], *row[3:5]),
                )
            self._waiting.append(row)

    def _open(self, tenant: int, id: str, types: list[str], now: str) -> tuple[int, list[str]]:
        """Find an evolution to record in, taking back its end, or make it; give its number and types."""
        row = self._database.execute(
            "SELECT number, types, deleted_at FROM evolutions WHERE tenant = ? AND id = ?", (tenant, id)
        ).fetchone()
        if row is None:
            cursor = self._database.execute(
                "INSERT INTO evolutions (tenant, id, types, created_at) VALUES (?, ?, ?, ?)",
                (tenant, id, orjson.dumps(types).decode(), now),
            )
            number = int(cursor.lastrowid or 0)
            self._index(tenant, number, types)
            return number, types
        if row[2] is not None:
            self._database.execute("UPDATE evolutions SET deleted_at = NULL WHERE number = ?", (row[0],))
        return row[0], orjson.loads(row[1])

    def flush(self) -> None:
        """Write the instances that are on their way; the end of a transaction that recorded any."""
        if self._waiting_types:
            self._database.execute_many("INSERT OR IGNORE INTO evolution_types VALUES (?, ?, ?)", self._waiting_types)
            self._waiting_types.clear()
        if self._waiting:
            self._database.execute_many("INSERT INTO instances VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", self._waiting)
            if self._limit is not None:
                self._trim(self._limit, Counter(row[:2] for row in self._waiting))
            self._database.execute("UPDATE last_instance SET number = ?", (self._last,))
            self._waiting.clear()

    def _trim(self, limit: int, added: Counter[tuple[int, int]]) -> None:
        """Delete the oldest instances of attributes that have grown by a tenth of what is kept."""
        self._grown.update(added)
        grown = [key for key in added if self._grown[key] * 10 >= limit]
        self._database.execute_many(_TRIM, [(*key, *key, limit - 1) for key in grown])
        for key in grown:
            del self._grown[key]

    def discard(self) -> None:
        """Forget the instances that are on their way; the transaction is rolled back."""
        self._waiting.clear()
        self._waiting_types.clear()
        self._known.clear()
        self._names = dict(self._database.execute("SELECT name, number FROM attributes"))

    def end(self, tenant: int, id: str, now: str) -> None:
        """Note that the entity was deleted; its evolution stays (4.8)."""
        self._known.pop((tenant, id), None)
        self._database.execute("UPDATE evolutions SET deleted_at = ? WHERE tenant = ? AND id = ?", (now, tenant, id))

    def delete(self, tenant: int, id: str) -> bool:
        """Delete a whole evolution (5.6.16); False if absent."""
        self.flush()
        self._known.pop((tenant, id), None)
        row = self._database.execute(
            "DELETE FROM evolutions WHERE tenant = ? AND id = ? RETURNING number, types", (tenant, id)
        ).fetchone()
        if row is None:
            return False
        self._database.execute("DELETE FROM instances WHERE evolution = ?", (row[0],))
        self._database.execute_many(
            "DELETE FROM evolution_types WHERE tenant = ? AND type = ? AND evolution = ?",
            [(tenant, kind, row[0]) for kind in orjson.loads(row[1])],
        )
        return True

    def modified_at(self, evolution: int) -> str | None:
        """Return when an evolution changed last; None when it holds nothing."""
        row = self._database.execute(
            "SELECT max(modified_at) FROM instances WHERE evolution = ?", (evolution,)
        ).fetchone()
        return None if row[0] is None else timestamp(instant_at(row[0]))

    def attributes(self, evolution: int) -> list[str]:
        """List the attributes an evolution holds, in the order they first came."""
        rows = self._database.execute(
            "SELECT a.name FROM instances AS i JOIN attributes AS a ON a.number = i.attribute"
            " WHERE i.evolution = ? GROUP BY i.attribute ORDER BY min(i.number)",
            (evolution,),
        )
        return [name for (name,) in rows]

    def instances(
        self,
        evolution: int,
        attribute: str,
        *,
        time_property: str = "observedAt",
        start: int | None = None,
        end: int | None = None,
        limit: int = -1,
        newest_first: bool = False,
        dataset_ids: Collection[str | None] | None = None,
    ) -> list[Document]:
        """Read the instances of one attribute in the order of time.

        Args:
            evolution: The evolution's number.
            attribute: The attribute's IRI.
            time_property: Which of an instance's times is looked at.
            start: First moment, inclusive, in microseconds since 1970.
            end: Moment before which, in microseconds since 1970.
            limit: At most how many; -1 for all.
            newest_first: Whether to start with the newest.
            dataset_ids: Only these instances; None stands for the default one.
        """
        column = _COLUMNS[time_property]
        where = ["evolution = ?", "attribute = ?"]
        values: list[Any] = [evolution, self._names.get(attribute)]
        if start is not None:
            where.append(f"{column} >= ?")
            values.append(start)
        if end is not None:
            where.append(f"{column} < ?")
            values.append(end)
        if dataset_ids is not None:
            named = [one for one in dataset_ids if one is not None]
            choice = [f"dataset_id IN ({', '.join('?' * len(named))})"] if named else []
            choice += ["dataset_id IS NULL"] if None in dataset_ids else []
            where.append(f"({' OR '.join(choice)})")
            values += named
        order = "DESC" if newest_first else "ASC"
        rows = self._database.execute(
            f"SELECT number, document FROM instances WHERE {' AND '.join(where)}"  # noqa: S608
            f" ORDER BY {column} {order}, number {order} LIMIT ?",
            (*values, limit),
        )
        # What another broker has told keeps its own id.
        return [{"instanceId": instance_urn(number), **orjson.loads(document)} for number, document in rows]

    def instance(self, evolution: int, attribute: str, urn: str) -> Document | None:
        """Read one instance by its ``instanceId``; None when the attribute has no such one."""
        row = self._database.execute(
            "SELECT document FROM instances WHERE evolution = ? AND attribute = ? AND number = ?",
            (evolution, self._names.get(attribute), _number(urn)),
        ).fetchone()
        return None if row is None else orjson.loads(row[0])

    def replace_instance(self, evolution: int, attribute: str, urn: str, document: Document) -> None:
        """Write one instance over itself (5.6.14)."""
        self._database.execute(
            "UPDATE instances SET dataset_id = ?, observed_at = ?, created_at = ?, modified_at = ?, deleted_at = ?,"
            " document = ? WHERE evolution = ? AND attribute = ? AND number = ?",
            (*_content(document), evolution, self._names[attribute], _number(urn)),
        )

    def delete_instance(self, evolution: int, attribute: str, urn: str) -> None:
        """Delete one instance (5.6.15)."""
        self._database.execute(
            "DELETE FROM instances WHERE evolution = ? AND attribute = ? AND number = ?",
            (evolution, self._names[attribute], _number(urn)),
        )

    def delete_attribute(self, evolution: int, attribute: str, dataset_id: str | None, *, every: bool) -> bool:
        """Delete an attribute's instances: of one dataset, or all (5.6.13); False if absent."""
        condition = ""
        values: list[Any] = [evolution, self._names.get(attribute)]
        if not every:
            condition = " AND dataset_id IS ?"
            values.append(dataset_id)
        cursor = self._database.execute(
            f"DELETE FROM instances WHERE evolution = ? AND attribute = ?{condition}",  # noqa: S608
            values,
        )
        return cursor.rowcount > 0

    def _attribute(self, name: str) -> int:
        """Return the number that stands for an attribute's name, which is long and repeated in every row."""
        number = self._names.get(name)
        if number is None:
            cursor = self._database.execute("INSERT INTO attributes (name) VALUES (?)", (name,))
            number = self._names[name] = int(cursor.lastrowid or 0)
        return number

    def _index(self, tenant: int, number: int, types: list[str]) -> None:
        self._waiting_types += [(tenant, kind, number) for kind in types]


_TRIM: Final = (
    "DELETE FROM instances WHERE evolution = ? AND attribute = ? AND number < ("
    "SELECT number FROM instances WHERE evolution = ? AND attribute = ? ORDER BY number DESC LIMIT 1 OFFSET ?)"
)
_FRAMES: Final = "SELECT v.number, v.id, v.types, v.created_at, v.deleted_at FROM evolutions AS v"


def _frame(row: tuple[Any, ...]) -> Evolution:
    number, entity_id, types, *times = row
    return Evolution(number, entity_id, orjson.loads(types), *times)


def _content(document: Document) -> tuple[Any, ...]:
    times = [microseconds(document[member]) if member in document else None for member in _COLUMNS]
    return (document.get("datasetId"), *times, orjson.dumps(document))


def _number(urn: str) -> int:
    digits = urn.removeprefix(_PREFIX)
    return int(digits) if digits.isascii() and digits.isdigit() and len(digits) < 19 else -1
