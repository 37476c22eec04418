"""How far a stream has been followed, in a file that a kill leaves whole: pages, members and times, not texts."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from citycontext.errors import ConfigurationError

__all__ = ["FollowState"]

_LAYOUT: Final = 1
_SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS setting (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS page (url TEXT PRIMARY KEY, done INTEGER NOT NULL, since TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS member (iri BLOB PRIMARY KEY) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS thing (iri BLOB PRIMARY KEY, at INTEGER NOT NULL) WITHOUT ROWID;
"""


class FollowState:
    """The state of one reader of one stream.

    Args:
        path: The file; it is made if absent.
        source: The stream's address.
        target: Where its members go.

    Raises:
        ConfigurationError: The file is of another stream or target, or cannot be used.
    """

    def __init__(self, path: Path | None, *, source: str, target: str) -> None:
        try:
            if path is not None:
                path.parent.mkdir(parents=True, exist_ok=True)
            self._db = sqlite3.connect(":memory:" if path is None else path, isolation_level=None)
            self._db.execute("PRAGMA journal_mode = WAL")
            (layout,) = self._db.execute("PRAGMA user_version").fetchone()
            if layout > _LAYOUT:
                raise ConfigurationError("was written by a newer citycontext.", file=str(path))
            self._db.executescript(f"BEGIN IMMEDIATE; {_SCHEMA} PRAGMA user_version = {_LAYOUT}; COMMIT;")
        except (OSError, sqlite3.Error) as error:
            raise ConfigurationError(f"the state cannot be used: {error}.", file=str(path)) from None
        for name, value in (("source", source), ("target", target)):
            known = self._db.execute("SELECT value FROM setting WHERE name = ?", (name,)).fetchone()
            if known is not None and known[0] != value:
                self._db.close()
                raise ConfigurationError(
                    f"is the state of following {known[0]!r}, not {value!r}.",
                    file=str(path),
                    cure="Name another --state.",
                )
            self._db.execute("INSERT OR IGNORE INTO setting VALUES (?, ?)", (name, value))

    def close(self) -> None:
        """Close the file."""
        self._db.close()

    def is_done(self, url: str) -> bool:
        """Return whether a page needs not be read again."""
        row = self._db.execute("SELECT done FROM page WHERE url = ?", (url,)).fetchone()
        return row is not None and bool(row[0])

    def is_known(self, key: bytes) -> bool:
        """Return whether a member was written."""
        return self._db.execute("SELECT 1 FROM member WHERE iri = ?", (key,)).fetchone() is not None

    def newest(self, key: bytes) -> int | None:
        """Return the time of the newest version of a thing that was written."""
        row = self._db.execute("SELECT at FROM thing WHERE iri = ?", (key,)).fetchone()
        return None if row is None else int(row[0])

    def wrote(self, members: Iterable[bytes], things: Iterable[tuple[bytes, int]], done: str = "") -> None:
        """Remember what was written, as a whole.

        Args:
            members: Keys of members.
            things: Keys of things, with the time of the version that was written.
            done: A page that needs not be read again.
        """
        self._db.execute("BEGIN IMMEDIATE")
        self._db.executemany("INSERT OR IGNORE INTO member VALUES (?)", [(one,) for one in members])
        self._db.executemany(
            "INSERT INTO thing VALUES (?, ?) ON CONFLICT (iri) DO UPDATE SET at = max(at, excluded.at)", list(things)
        )
        if done:
            self._db.execute("INSERT OR REPLACE INTO page VALUES (?, 1, '')", (done,))
        self._db.execute("COMMIT")
