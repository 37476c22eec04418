"""The journal's file: its tables, and how a message becomes a row and a row a message again."""

from __future__ import annotations

import contextlib
import sqlite3
import zlib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Final, TypeAlias

import orjson

from citycontext.bridge.journal.dead_letter_counts import prepare_counts
from citycontext.bridge.message import Message

__all__ = [
    "DEAD_COLUMNS",
    "MESSAGE_COLUMNS",
    "SCHEMA",
    "SCHEMA_VERSION",
    "SIZE",
    "WAITING_SINCE",
    "JournalReader",
    "Row",
    "connect",
    "message_of",
    "prepare",
    "readable_rows",
    "row_of",
    "size_of",
]

Row: TypeAlias = tuple[Any, ...]

SCHEMA_VERSION: Final = 1
SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS message (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    topic TEXT NOT NULL, payload BLOB NOT NULL, arrived REAL NOT NULL, source TEXT NOT NULL,
    qos INTEGER NOT NULL, retained INTEGER NOT NULL, properties TEXT NOT NULL, checksum INTEGER NOT NULL,
    retried REAL NOT NULL DEFAULT 0
);
CREATE TABLE IF NOT EXISTS dead_letter (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    topic TEXT NOT NULL, payload BLOB NOT NULL, arrived REAL NOT NULL, source TEXT NOT NULL,
    qos INTEGER NOT NULL, retained INTEGER NOT NULL, properties TEXT NOT NULL, checksum INTEGER NOT NULL,
    failed REAL NOT NULL, stage TEXT NOT NULL, route TEXT NOT NULL, entity TEXT NOT NULL, attribute TEXT NOT NULL,
    reason TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS subscription (
    source TEXT NOT NULL, topic TEXT NOT NULL, PRIMARY KEY (source, topic)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS newest (
    tenant TEXT NOT NULL, entity TEXT NOT NULL, times BLOB NOT NULL, seen REAL NOT NULL, PRIMARY KEY (tenant, entity)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS cursor (source TEXT PRIMARY KEY, position TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS put_aside (entity TEXT PRIMARY KEY, asked REAL NOT NULL) WITHOUT ROWID;
"""
MESSAGE_COLUMNS: Final = "topic, payload, arrived, source, qos, retained, properties, checksum"
DEAD_COLUMNS: Final = f"{MESSAGE_COLUMNS}, failed, stage, route, entity, attribute, reason"

_OVERHEAD: Final = 64
"""Bytes a row takes beside topic and payload, about."""
WAITING_SINCE: Final = "max(arrived, retried)"
"""When a message came to wait: a dead letter that is tried again keeps its time of arrival, but is not old."""
SIZE: Final = f"length(payload) + length(topic) + {_OVERHEAD}"


def connect(path: Path) -> sqlite3.Connection:
    """Open the file in the way all connections of this package do.

    Args:
        path: The file.
    """
    connection = sqlite3.connect(path, timeout=10.0, isolation_level=None, check_same_thread=False)
    # A damaged row must not stop the ones after it.
    connection.text_factory = lambda text: text.decode("utf-8", errors="replace")
    return connection


def prepare(connection: sqlite3.Connection) -> None:
    """Make the tables, and what a file of an earlier version lacks.

    Args:
        connection: To the file.

    Raises:
        sqlite3.Error: The file cannot be written, or has other tables.
    """
    connection.executescript(SCHEMA)
    if "retried" not in {row[1] for row in connection.execute("PRAGMA table_info(message)")}:
        connection.execute("ALTER TABLE message ADD COLUMN retried REAL NOT NULL DEFAULT 0")
    prepare_counts(connection)


def row_of(message: Message) -> Row:
    """Make the row of a message, with a sum that tells whether the disk kept it well.

    Args:
        message: The message, numbered.
    """
    properties = orjson.dumps(message.properties).decode() if message.properties else ""
    return (
        message.id,
        message.topic,
        message.payload,
        message.arrived,
        message.source,
        message.qos,
        message.retained,
        properties,
        # A payload that was cut is no message any more; its size stands in place of a checksum.
        -message.cut_from
        if message.cut_from
        else _checksum(
            message.topic,
            message.payload,
            properties,
            f"\n{float(message.arrived)!r}\n{message.qos}\n{message.retained:d}\n{message.source}",
        ),
    )


def message_of(row: Row) -> Message:
    """Make a message of a row; it says itself whether it is still what was written.

    Args:
        row: Number and message columns.
    """
    number, topic, payload, arrived, source, qos, retained, properties, checksum = row
    try:
        cut_from = max(0, -checksum)
        rest = f"\n{arrived!r}\n{qos}\n{retained}\n{source}"
        # Version 0.1 took the sum of less.
        intact = bool(cut_from) or checksum in (
            _checksum(topic, payload, properties, rest),
            _checksum(topic, payload, properties),
        )
        pairs = tuple((name, value) for name, value in orjson.loads(properties)) if properties else ()
        return Message(
            topic,
            bytes(payload),
            float(arrived),
            str(source),
            int(qos),
            bool(retained),
            pairs,
            id=number,
            cut_from=cut_from,
            intact=intact,
        )
    except (AttributeError, TypeError, ValueError):
        content = payload if isinstance(payload, bytes) else str(payload).encode()
        return Message(str(topic), content, 0.0, str(source), id=number, intact=False)


def size_of(message: Message) -> int:
    """Return the bytes a message takes in the journal, about; the same as ``SIZE`` in SQL.

    Args:
        message: The message.
    """
    return len(message.payload) + len(message.topic) + _OVERHEAD


def _checksum(topic: str, payload: bytes, properties: str, rest: str = "") -> int:
    return zlib.crc32(payload, zlib.crc32(f"{topic}\n{properties}{rest}".encode()))


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
            f"SELECT id, {MESSAGE_COLUMNS} FROM message WHERE id > ? ORDER BY id LIMIT ?",  # noqa: S608
            (message_id, limit),
        )
        return [message_of(row) for row in rows]

    def waiting_since(self) -> float | None:
        """Return since when the message waits that is first in the queue, in seconds since 1970."""
        row = self._connection.execute(f"SELECT {WAITING_SINCE} FROM message ORDER BY id LIMIT 1").fetchone()  # noqa: S608
        return None if row is None else float(row[0])

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()


def readable_rows(path: Path, table: str, columns: str) -> Iterator[Sequence[Any]]:
    """Read what can be read of a damaged table, from both ends up to the damage.

    Args:
        path: The damaged file.
        table: The table.
        columns: Its columns, ``id`` first.
    """
    seen: set[int] = set()
    for direction in ("ASC", "DESC"):
        try:
            with contextlib.closing(connect(path)) as connection:
                # Tables are read even where the description of others is damaged.
                connection.execute("PRAGMA writable_schema = ON")
                for row in connection.execute(f"SELECT {columns} FROM {table} ORDER BY id {direction}"):  # noqa: S608
                    if row[0] not in seen:
                        seen.add(row[0])
                        yield row
                return
        except (sqlite3.Error, UnicodeDecodeError):
            continue
