"""The SQLite database: schema, transactions, tenants."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import orjson

from citycontext.broker.documents.writing import Document
from citycontext.broker.responses.problems import Problem
from citycontext.disk_reserve import DiskReserve, fold_log_in, free_inside
from citycontext.errors import ConfigurationError

__all__ = ["Database"]

_VERSION: Final = 1
_IN_MEMORY: Final = frozenset({"", ":memory:"})
_LOG_PAGES: Final = 1_000

_SCHEMA: Final = """
CREATE TABLE tenants (
    number INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE
);
INSERT INTO tenants VALUES (0, '');
CREATE TABLE entities (
    number INTEGER PRIMARY KEY,
    tenant INTEGER NOT NULL,
    id TEXT NOT NULL,
    document BLOB NOT NULL,
    derived INTEGER NOT NULL DEFAULT 0,
    UNIQUE (tenant, id)
);
CREATE TABLE entity_types (
    tenant INTEGER NOT NULL, type TEXT NOT NULL, entity INTEGER NOT NULL,
    PRIMARY KEY (tenant, type, entity)
) WITHOUT ROWID;
CREATE TABLE entity_scopes (
    tenant INTEGER NOT NULL, scope TEXT NOT NULL, entity INTEGER NOT NULL,
    PRIMARY KEY (tenant, scope, entity)
) WITHOUT ROWID;
CREATE VIRTUAL TABLE places USING rtree (number, west, east, south, north, +entity INTEGER, +attribute TEXT);
CREATE TABLE evolutions (
    number INTEGER PRIMARY KEY,
    tenant INTEGER NOT NULL,
    id TEXT NOT NULL,
    types TEXT NOT NULL,
    created_at TEXT NOT NULL,
    deleted_at TEXT,
    UNIQUE (tenant, id)
);
CREATE TABLE evolution_types (
    tenant INTEGER NOT NULL, type TEXT NOT NULL, evolution INTEGER NOT NULL,
    PRIMARY KEY (tenant, type, evolution)
) WITHOUT ROWID;
CREATE TABLE attributes (
    number INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE
);
CREATE TABLE instances (
    evolution INTEGER NOT NULL,
    attribute INTEGER NOT NULL,
    number INTEGER NOT NULL,
    dataset_id TEXT,
    observed_at INTEGER, created_at INTEGER, modified_at INTEGER, deleted_at INTEGER,
    document BLOB NOT NULL,
    PRIMARY KEY (evolution, attribute, number)
) WITHOUT ROWID;
CREATE TABLE last_instance (
    number INTEGER NOT NULL
);
INSERT INTO last_instance VALUES (0);
CREATE TABLE resources (
    number INTEGER PRIMARY KEY,
    tenant INTEGER NOT NULL,
    kind TEXT NOT NULL,
    id TEXT NOT NULL,
    document BLOB NOT NULL,
    UNIQUE (tenant, kind, id)
);
"""


_LATER_INDEXES: Final = (
    "CREATE INDEX IF NOT EXISTS instances_by_time ON instances (evolution, attribute, observed_at, number)",
    # Its rows stand in the order of the entities' numbers: a page of a tenant is read without looking at all others.
    "CREATE INDEX IF NOT EXISTS entities_of_tenant ON entities (tenant)",
)


class Database:
    """One connection for reading and writing; statements are short and run where they are called.

    Args:
        path: A file, made if it is not there, or ``:memory:``.

    Raises:
        ConfigurationError: The file cannot be opened, or is not a store of this version.
    """

    def __init__(self, path: str) -> None:
        self.path = path
        self._reserve = None if path in _IN_MEMORY else DiskReserve(Path(path))
        self.is_short: bool = False
        """Whether the disk has no room for anything new."""
        try:
            if self._reserve is not None:
                # To open it takes room, too.
                self._reserve.release_if_short()
            self.connection: sqlite3.Connection = sqlite3.connect(
                path, isolation_level=None, check_same_thread=False, timeout=5.0
            )
            self._prepare()
        except sqlite3.Error as error:
            raise ConfigurationError(
                f"cannot be used as the broker's store: {error}.",
                file=path,
                cure="Name a file in a folder that may be written and that no other broker uses.",
            ) from error
        self._tenants: dict[str, int] = dict(self.connection.execute("SELECT name, number FROM tenants"))

    def _prepare(self) -> None:
        execute = self.connection.execute
        execute("PRAGMA journal_mode = WAL")
        # An acknowledged write must survive a power cut, not only a killed process.
        execute("PRAGMA synchronous = FULL")
        execute("PRAGMA temp_store = MEMORY")
        execute("PRAGMA cache_size = -65536")
        if self._reserve is not None:
            execute(f"PRAGMA wal_autocheckpoint = {min(_LOG_PAGES, self._reserve.log_pages)}")
        (version,) = execute("PRAGMA user_version").fetchone()
        if version == 0:
            self.connection.executescript(f"BEGIN; {_SCHEMA} PRAGMA user_version = {_VERSION}; COMMIT;")
        elif version != _VERSION:
            raise sqlite3.DatabaseError(f"it has layout {version}, this release reads {_VERSION}")
        self._index()

    def _index(self) -> None:
        """Add the indexes that stores of earlier releases lack; those releases can still open the store."""
        try:
            for statement in _LATER_INDEXES:
                self.connection.execute(statement)
        except sqlite3.OperationalError as error:
            # On a full disk the store must open, so that something can be deleted; it is slower until the next start.
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_FULL:
                raise

    def has_index(self, name: str) -> bool:
        """Return whether there is an index."""
        found = self.execute("SELECT 1 FROM sqlite_master WHERE type = 'index' AND name = ?", (name,))
        return found.fetchone() is not None

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Write all or nothing; what is written inside is on disk when it ends. Never await inside.

        Raises:
            Problem: The disk is full. The room to delete is there at the next attempt.
        """
        if self._reserve is not None:
            self.is_short = not self._reserve.has_room(free_inside(self.connection))
            if self.is_short and self._reserve.release_if_short():
                fold_log_in(self.connection)
        try:
            self.connection.execute("BEGIN IMMEDIATE")
            yield
            self.connection.execute("COMMIT")
        except sqlite3.OperationalError as error:
            self._roll_back()
            if self._reserve is None or error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_FULL:
                raise
            self._reserve.release()
            fold_log_in(self.connection)
            raise self._no_room() from error
        except BaseException:
            self._roll_back()
            raise

    def grow(self, size: int, before: Document | None = None) -> None:
        """Make sure that there is room for a document, before it is written.

        Args:
            size: Its bytes.
            before: What it takes the place of.

        Raises:
            Problem: The disk is nearly full, and the document is larger than what was there.
        """
        if self.is_short and (before is None or size > len(orjson.dumps(before))):
            raise self._no_room()

    def _no_room(self) -> Problem:
        return Problem(
            "InternalError",
            "The disk of the broker's store is full: only what deletes is taken until there is room.",
            status=507,
        )

    def _roll_back(self) -> None:
        # On some errors SQLite has done so itself.
        if self.connection.in_transaction:
            self.connection.execute("ROLLBACK")

    def execute(self, statement: str, values: Any = ()) -> sqlite3.Cursor:
        """Run one statement."""
        return self.connection.execute(statement, values)

    def execute_many(self, statement: str, rows: Any) -> None:
        """Run one statement for many rows."""
        self.connection.executemany(statement, rows)

    def tenant(self, name: str) -> int | None:
        """Find a tenant's number; the default tenant has the empty name."""
        return self._tenants.get(name)

    def create_tenant(self, name: str) -> int:
        """Find a tenant's number, making the tenant if it is new (5.5.10)."""
        number = self._tenants.get(name)
        if number is None:
            cursor = self.execute("INSERT INTO tenants (name) VALUES (?)", (name,))
            number = self._tenants[name] = int(cursor.lastrowid or 0)
        return number

    def tenants(self) -> list[tuple[str, int]]:
        """List all tenants, by name and number."""
        return list(self._tenants.items())

    def tenant_name(self, number: int) -> str:
        """Find a tenant's name."""
        return next(name for name, known in self._tenants.items() if known == number)

    def close(self) -> None:
        """Close the connection."""
        self.connection.close()
