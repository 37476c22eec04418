"""The journal: one SQLite file that holds each message from its arrival until the context broker has it.

Dead letters are in the same file, so moving a message there, or back, is one transaction.
"""

from __future__ import annotations

import contextlib
import logging
import sqlite3
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Literal

import orjson

from citycontext.bridge.message import Message
from citycontext.errors import JournalError

__all__ = ["Journal", "Refusal"]

logger = logging.getLogger(__name__)

_SCHEMA_VERSION: Final = 1
_SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS message (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    topic TEXT NOT NULL, payload BLOB NOT NULL, arrived REAL NOT NULL, source TEXT NOT NULL,
    qos INTEGER NOT NULL, retained INTEGER NOT NULL, properties TEXT
);
CREATE TABLE IF NOT EXISTS dead_letter (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    topic TEXT NOT NULL, payload BLOB NOT NULL, arrived REAL NOT NULL, source TEXT NOT NULL,
    qos INTEGER NOT NULL, retained INTEGER NOT NULL, properties TEXT,
    failed REAL NOT NULL, stage TEXT NOT NULL, route TEXT NOT NULL, entity TEXT NOT NULL, attribute TEXT NOT NULL,
    reason TEXT NOT NULL
);
"""
_COLUMNS: Final = "id, topic, payload, arrived, source, qos, retained, properties"
_INSERT: Final = f"INSERT INTO message ({_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?)"  # noqa: S608
_REFUSE: Final = (
    "INSERT INTO dead_letter (topic, payload, arrived, source, qos, retained, properties,"
    " failed, stage, route, entity, attribute, reason)"
    " SELECT topic, payload, arrived, source, qos, retained, properties, ?, ?, ?, ?, ?, ? FROM message WHERE id = ?"
)
_ROW_OVERHEAD: Final = 64
"""Bytes a row takes beside topic and payload, about."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a message became a dead letter.

    Args:
        message: The message.
        stage: Who refused it.
        reason: Why, in words for a person.
        route: The route it was on.
        entity: The entity it was for, once known.
        attribute: The attribute at fault, where it is one.
    """

    message: Message
    stage: Literal["intake", "codec", "mapping", "delivery"]
    reason: str
    route: str = ""
    entity: str = ""
    attribute: str = ""


class Journal:
    """The file. One thread writes; others read through connections of their own.

    Args:
        path: The file; it and its folder are made where they are not there.
        durability: ``power`` waits for the disk at each commit, ``process`` for the operating system only.

    Raises:
        JournalError: The file cannot be opened, or is of a newer version of this package.
    """

    def __init__(self, path: Path, durability: Literal["power", "process"] = "power") -> None:
        self.path: Final = path
        self._durability = durability
        self.moved_aside: Path | None = None
        """Where a damaged file was moved to, if it was."""
        self.bytes = 0
        """Bytes of the messages kept."""
        self.count = 0
        """How many messages are kept."""
        self.last_id = 0
        """The highest number given out so far."""
        self.times_opened = 0
        """Grows when a damaged file was replaced: readers must open it anew."""
        self._version = 0
        self._changed_outside = False
        self._open()

    # -- opening ------------------------------------------------------------------------------------------------------

    def _open(self) -> None:
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            self._connection = self._checked_connection()
        except sqlite3.OperationalError as error:
            raise JournalError(f"the journal {self.path} cannot be opened: {error}. {_CURE}.") from None
        except sqlite3.DatabaseError as error:
            self._set_aside(error)
            self._connection = self._checked_connection()
        except OSError as error:
            raise JournalError(f"the journal {self.path} cannot be opened: {error.strerror}. {_CURE}.") from None
        self._version = self._data_version()
        self._changed_outside = False
        self.times_opened += 1
        self._measure()

    def _checked_connection(self) -> sqlite3.Connection:
        connection = connect(self.path)
        try:
            connection.execute("PRAGMA auto_vacuum = INCREMENTAL")
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute(f"PRAGMA synchronous = {'FULL' if self._durability == 'power' else 'NORMAL'}")
            connection.execute("PRAGMA wal_autocheckpoint = 4000")
            connection.execute("PRAGMA journal_size_limit = 67108864")
            verdict = connection.execute("PRAGMA quick_check(1)").fetchone()[0]
            if verdict != "ok":
                raise sqlite3.DatabaseError(verdict)
            version = connection.execute("PRAGMA user_version").fetchone()[0]
            if version > _SCHEMA_VERSION:
                raise JournalError(
                    f"the journal {self.path} is of a newer version of citycontext; update, or name another file."
                )
            connection.executescript(_SCHEMA)
            connection.execute(f"PRAGMA user_version = {_SCHEMA_VERSION}")
        except BaseException:
            connection.close()
            raise
        return connection

    def _set_aside(self, error: sqlite3.DatabaseError) -> None:
        """Move a damaged file away and start anew: what can still be read is carried over."""
        aside = self.path.with_name(f"{self.path.name}.damaged-{time.strftime('%Y%m%dT%H%M%S', time.gmtime())}")
        for suffix in ("", "-wal", "-shm"):
            part = self.path.with_name(self.path.name + suffix)
            if part.exists():
                part.rename(aside.with_name(aside.name + suffix))
        self.moved_aside = aside
        saved = self._carry_over(aside)
        logger.error(
            "The journal %s is damaged (%s). It was moved to %s; %d messages could be read from it and are kept. "
            "Keep that file if messages are missing.",
            self.path,
            error,
            aside,
            saved,
        )

    def _carry_over(self, aside: Path) -> int:
        saved = 0
        fresh = self._checked_connection()
        with contextlib.closing(fresh):
            for table, columns in (("message", _COLUMNS), ("dead_letter", _DEAD_COLUMNS)):
                rows = _readable_rows(aside, table, columns)
                places = ", ".join("?" * len(columns.split(",")))
                fresh.execute("BEGIN IMMEDIATE")
                for row in rows:
                    fresh.execute(f"INSERT OR IGNORE INTO {table} ({columns}) VALUES ({places})", row)  # noqa: S608
                    saved += table == "message"
                fresh.execute("COMMIT")
        return saved

    def _measure(self) -> None:
        self.count, self.bytes = self._connection.execute(
            f"SELECT count(*), coalesce(sum(length(payload) + length(topic) + {_ROW_OVERHEAD}), 0) FROM message"  # noqa: S608
        ).fetchone()
        found = self._connection.execute("SELECT seq FROM sqlite_sequence WHERE name = 'message'").fetchone()
        self.last_id = found[0] if found else 0

    # -- writing ------------------------------------------------------------------------------------------------------

    def write(
        self, arrived: Sequence[Message] = (), done: Sequence[Message] = (), refused: Sequence[Refusal] = ()
    ) -> None:
        """Keep messages and let others go, in one transaction.

        Args:
            arrived: Messages to keep; each is given its number.
            done: Messages that need not be kept any more.
            refused: Messages that become dead letters, each of them once or more.

        Raises:
            JournalError: Nothing was written: the disk is full, or fails.
        """
        try:
            self._write(arrived, done, refused)
        except sqlite3.OperationalError as error:
            raise JournalError(f"the journal {self.path} cannot be written: {error}. {_CURE}.") from None
        except sqlite3.DatabaseError as error:
            self._connection.close()
            self._set_aside(error)
            self._open()
            try:
                self._write(arrived, done, refused)
            except sqlite3.Error as second:
                raise JournalError(f"the journal {self.path} cannot be written: {second}. {_CURE}.") from None

    def _write(self, arrived: Sequence[Message], done: Sequence[Message], refused: Sequence[Refusal]) -> None:
        execute = self._connection.execute
        gone = done if not refused else [*done, *{one.message.id: one.message for one in refused}.values()]
        execute("BEGIN IMMEDIATE")
        try:
            if self._data_version() != self._version:
                self._take_note_of_others()
            last_id, added = self.last_id, 0
            rows = []
            for message in arrived:
                last_id += 1
                message.id = last_id
                properties = orjson.dumps(message.properties).decode() if message.properties else None
                topic, payload = message.topic, message.payload
                added += len(payload) + len(topic) + _ROW_OVERHEAD
                rows.append(
                    (
                        last_id,
                        topic,
                        payload,
                        message.arrived,
                        message.source,
                        message.qos,
                        message.retained,
                        properties,
                    )
                )
            if rows:
                self._connection.executemany(_INSERT, rows)
            if refused:
                now = time.time()
                self._connection.executemany(
                    _REFUSE,
                    [
                        (now, one.stage, one.route, one.entity, one.attribute, one.reason, one.message.id)
                        for one in refused
                    ],
                )
            if gone:
                self._connection.executemany("DELETE FROM message WHERE id = ?", [(message.id,) for message in gone])
            execute("COMMIT")
        except BaseException:
            with contextlib.suppress(sqlite3.Error):
                execute("ROLLBACK")
            raise
        self.last_id = last_id
        self.count += len(rows) - len(gone)
        self.bytes += added - sum(len(one.payload) + len(one.topic) + _ROW_OVERHEAD for one in gone)

    def _take_note_of_others(self) -> None:
        """Another process wrote: a dead letter was put back, or dropped."""
        self._version = self._data_version()
        self._changed_outside = True
        self._measure()

    def changed_outside(self) -> bool:
        """Tell, once, whether another process put messages into the file."""
        if self._data_version() != self._version:
            self._take_note_of_others()
        changed, self._changed_outside = self._changed_outside, False
        return changed

    def _data_version(self) -> int:
        version: int = self._connection.execute("PRAGMA data_version").fetchone()[0]
        return version

    def give_space_back(self) -> None:
        """Return free pages of the file to the disk; cheap where there are none."""
        with contextlib.suppress(sqlite3.OperationalError):
            self._connection.execute("PRAGMA incremental_vacuum").fetchall()
            self._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()

    def close(self) -> None:
        """Close the file."""
        self._connection.close()

    # -- reading ------------------------------------------------------------------------------------------------------

    def reader(self) -> JournalReader:
        """Open a connection to read messages back, to be used by the thread that asks."""
        return JournalReader(self.path)


class JournalReader:
    """Reads messages back in their order.

    Args:
        path: The journal's file.
    """

    def __init__(self, path: Path) -> None:
        self._connection = connect(path)

    def after(self, message_id: int, limit: int) -> list[Message]:
        """Read the messages that follow.

        Args:
            message_id: The number to start after.
            limit: Most messages to read.

        Returns:
            The messages, in the order of arrival.
        """
        rows = self._connection.execute(
            f"SELECT {_COLUMNS} FROM message WHERE id > ? ORDER BY id LIMIT ?",  # noqa: S608
            (message_id, limit),
        )
        return [read_message(row) for row in rows]

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()


def connect(path: Path) -> sqlite3.Connection:
    """Open the file in the way all connections of this package do.

    Args:
        path: The file.
    """
    return sqlite3.connect(path, timeout=10.0, isolation_level=None, check_same_thread=False)


def read_message(row: Sequence[Any]) -> Message:
    """Make a message of a row.

    Args:
        row: Number, topic, payload, arrived, source, qos, retained, properties.
    """
    number, topic, payload, arrived, source, qos, retained, properties = row
    pairs = tuple((name, value) for name, value in orjson.loads(properties)) if properties else ()
    return Message(topic, payload, arrived, source, qos, bool(retained), pairs, id=number)


def _readable_rows(path: Path, table: str, columns: str) -> Iterator[tuple[Any, ...]]:
    """Read what can be read of a damaged table, from both ends up to the damage."""
    seen: set[int] = set()
    for direction in ("ASC", "DESC"):
        try:
            with contextlib.closing(connect(path)) as connection:
                for row in connection.execute(f"SELECT {columns} FROM {table} ORDER BY id {direction}"):  # noqa: S608
                    if row[0] not in seen:
                        seen.add(row[0])
                        yield row
                return
        except sqlite3.Error:
            continue


_DEAD_COLUMNS: Final = f"{_COLUMNS}, failed, stage, route, entity, attribute, reason"
_CURE: Final = "Check that the disk has room and that the folder may be written"
