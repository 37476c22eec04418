"""The newest times of observation of what was delivered, kept with the journal: so they outlive a restart."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Mapping
from typing import Final, Protocol, TypeAlias

import orjson

__all__ = ["Delivered", "StoredTimes", "evict", "write_times"]

Delivered: TypeAlias = Mapping[tuple[str, str], Mapping[str, str]]
"""Tenant and entity → attribute → newest time that was delivered."""

_LIMIT: Final = 200_000
_EVICTED_AT_ONCE: Final = 10_000


class _Journal(Protocol):
    @property
    def times_opened(self) -> int: ...

    def connect(self) -> sqlite3.Connection: ...


class StoredTimes:
    """Reads them; called with tenant and entity, it returns the times by attribute. For one thread.

    Args:
        journal: The journal.
    """

    def __init__(self, journal: _Journal) -> None:
        self._journal = journal
        self._opened = -1
        self._connection: sqlite3.Connection | None = None

    def __call__(self, tenant: str, entity: str) -> dict[str, str]:
        try:
            if self._connection is None or self._opened != self._journal.times_opened:
                self.close()
                self._opened = self._journal.times_opened
                self._connection = self._journal.connect()
            row = self._connection.execute(
                "SELECT times FROM newest WHERE tenant = ? AND entity = ?", (tenant, entity)
            ).fetchone()
            times = {} if row is None else orjson.loads(row[0])
        except (sqlite3.Error, ValueError):
            # What cannot be read is as if it were not known; the journal itself says what is wrong with the disk.
            return {}
        return times if isinstance(times, dict) else {}

    def close(self) -> None:
        """Close the connection."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None


def write_times(connection: sqlite3.Connection, delivered: Delivered) -> None:
    """Write the times of entities, inside a transaction.

    Args:
        connection: To the journal.
        delivered: The times.
    """
    now = time.time()
    connection.executemany(
        "INSERT OR REPLACE INTO newest VALUES (?, ?, ?, ?)",
        [(*key, orjson.dumps(times), now) for key, times in delivered.items()],
    )


def evict(connection: sqlite3.Connection, limit: int = _LIMIT) -> int:
    """Forget the entities that were not heard of for longest, where there are too many; some thousands at once.

    Args:
        connection: To the journal.
        limit: How many may stay.

    Returns:
        How many were forgotten.
    """
    (number,) = connection.execute("SELECT count(*) FROM newest").fetchone()
    if number <= limit:
        return 0
    return connection.execute(
        "DELETE FROM newest WHERE (tenant, entity) IN (SELECT tenant, entity FROM newest ORDER BY seen LIMIT ?)",
        (min(number - limit, _EVICTED_AT_ONCE),),
    ).rowcount
