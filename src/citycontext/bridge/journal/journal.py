"""The journal: holds each message from its arrival until the context broker has it.

Dead letters are in the same file, so moving a message there, or back, is one transaction.
"""

from __future__ import annotations

import contextlib
import logging
import sqlite3
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

from citycontext.bridge.config.bridge import DeadLettersConfig
from citycontext.bridge.journal.dead_letter_counts import drop_oldest
from citycontext.bridge.journal.journal_file import (
    DEAD_COLUMNS,
    MESSAGE_COLUMNS,
    SCHEMA_VERSION,
    SIZE,
    WAITING_SINCE,
    JournalReader,
    connect,
    prepare,
    readable_rows,
    row_of,
    size_of,
)
from citycontext.bridge.journal.many_rows import ManyRows
from citycontext.bridge.journal.newest_times import Delivered, evict, write_times
from citycontext.bridge.journal.private_files import make_private
from citycontext.bridge.message import Message
from citycontext.disk_reserve import DiskReserve, fold_log_in, free_inside, give_back
from citycontext.errors import JournalError
from citycontext.foreign_text import printable

__all__ = ["Journal", "Refusal"]

logger: logging.Logger = logging.getLogger(__name__)

_INSERT: Final = ManyRows(
    f"INSERT INTO message (id, {MESSAGE_COLUMNS}) VALUES ",  # noqa: S608
    1 + len(MESSAGE_COLUMNS.split(",")),
)
_DELETE: Final = ManyRows("DELETE FROM message WHERE id IN (", 1, ")")
_REFUSE: Final = (
    f"INSERT INTO dead_letter ({DEAD_COLUMNS})"  # noqa: S608
    f" SELECT {MESSAGE_COLUMNS}, ?, ?, ?, ?, ?, ? FROM message WHERE id = ?"
)
_DROPPED_AT_ONCE: Final = 10_000
_LONGEST_REASON: Final = 1_000  # a context broker's words may be megabytes
_LONGEST_NAME: Final = 500
_DAMAGED: Final = frozenset({sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB})
_CURE: Final = "Check that the disk has room and that the folder may be written."


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a message became a dead letter.

    Args:
        message: The message.
        stage: Who refused it; ``delivery`` is the context broker.
        reason: Why, in words for a person.
        route: The route it was on.
        entity: The entity it was for, once known.
        attribute: The attribute at fault, where it is one.
    """

    message: Message
    stage: Literal["journal", "codec", "mapping", "delivery"]
    reason: str
    route: str = ""
    entity: str = ""
    attribute: str = ""


class Journal:
    """The file. One thread writes; others read through connections of their own.

    Args:
        path: The file; it and its folder are made where they are not there.
        durability: ``power`` waits for the disk at each commit, ``process`` for the operating system only.
        dead_limits: How many dead letters may stay; all by default.

    Raises:
        JournalError: The file cannot be opened, or is of a newer version of this package.
    """

    def __init__(
        self,
        path: Path,
        durability: Literal["power", "process"] = "power",
        dead_limits: DeadLettersConfig | None = None,
    ) -> None:
        self.path: Final = path
        self._durability = durability
        self._dead_limits = dead_limits or DeadLettersConfig()
        self.moved_aside: Path | None = None
        """Where a damaged file was moved to, if it was."""
        self.bytes: int = 0
        """Bytes of the messages kept."""
        self.count: int = 0
        """How many messages are kept."""
        self.last_id: int = 0
        """The highest number given out so far."""
        self.dead_dropped: int = 0
        """How many dead letters were deleted because of their limits."""
        self.times_opened: int = 0
        """Grows when a damaged file was replaced: readers must open it anew."""
        self._version = 0
        self._changed_outside = False
        self._dropped_through = 0
        self._open()

    # -- opening ------------------------------------------------------------------------------------------------------

    def _open(self) -> None:
        try:
            make_private(self.path)
            self._reserve = DiskReserve(self.path)
            # To open it takes room, too.
            self._reserve.release_if_short()
            self._connection = self._checked_connection()
        except sqlite3.OperationalError as error:
            raise JournalError(f"the journal {self.path} cannot be opened: {error}. {_CURE}") from None
        except sqlite3.DatabaseError as error:
            self._set_aside(error)
            self._connection = self._checked_connection()
        except OSError as error:
            raise JournalError(f"the journal {self.path} cannot be opened: {error.strerror}. {_CURE}") from None
        self._version = self._data_version()
        self._changed_outside = False
        self.times_opened += 1
        self._measure()
        self.has_room()

    def _checked_connection(self) -> sqlite3.Connection:
        connection = connect(self.path)
        try:
            connection.execute("PRAGMA auto_vacuum = INCREMENTAL")
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute(f"PRAGMA synchronous = {'FULL' if self._durability == 'power' else 'NORMAL'}")
            connection.execute(f"PRAGMA wal_autocheckpoint = {self._reserve.log_pages}")
            connection.execute("PRAGMA journal_size_limit = 67108864")
            verdict = connection.execute("PRAGMA quick_check(1)").fetchone()[0]
            if verdict != "ok":
                raise sqlite3.DatabaseError(" ".join(str(verdict).split()))
            version = connection.execute("PRAGMA user_version").fetchone()[0]
            if version > SCHEMA_VERSION:
                raise JournalError(
                    f"the journal {self.path} is of a newer version of citycontext; update, or name another file."
                )
            prepare(connection)
            connection.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")
            # Fails here, where it can be mended, if the tables are not what they should be.
            connection.execute(f"SELECT id, {DEAD_COLUMNS} FROM dead_letter LIMIT 1").fetchall()  # noqa: S608
            connection.execute(f"SELECT id, {MESSAGE_COLUMNS} FROM message LIMIT 1").fetchall()  # noqa: S608
        except sqlite3.OperationalError as error:
            connection.close()
            # Not the disk's fault but the file's: another format, other tables.
            if error.sqlite_errorcode & 0xFF == sqlite3.SQLITE_ERROR:
                raise sqlite3.DatabaseError(str(error)) from None
            raise
        except UnicodeDecodeError:
            connection.close()
            # The damage is in the names that SQLite's own words quote.
            raise sqlite3.DatabaseError("the description of its tables cannot be read") from None
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
        make_private(self.path)
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
        with contextlib.closing(self._checked_connection()) as fresh:
            for table, columns in (("message", f"id, {MESSAGE_COLUMNS}"), ("dead_letter", f"id, {DEAD_COLUMNS}")):
                places = ", ".join("?" * len(columns.split(",")))
                fresh.execute("BEGIN IMMEDIATE")
                for row in readable_rows(aside, table, columns):
                    fresh.execute(f"INSERT OR IGNORE INTO {table} ({columns}) VALUES ({places})", row)  # noqa: S608
                    saved += table == "message"
                fresh.execute("COMMIT")
        return saved

    def _measure(self) -> None:
        self.count, self.bytes = self._connection.execute(
            f"SELECT count(*), coalesce(sum({SIZE}), 0) FROM message"  # noqa: S608
        ).fetchone()
        found = self._connection.execute("SELECT seq FROM sqlite_sequence WHERE name = 'message'").fetchone()
        highest = self._connection.execute("SELECT coalesce(max(id), 0) FROM message").fetchone()[0]
        self.last_id = max(found[0] if found else 0, highest)

    # -- writing ------------------------------------------------------------------------------------------------------

    def write(
        self,
        arrived: Sequence[Message] = (),
        done: Sequence[Message] = (),
        refused: Sequence[Refusal] = (),
        newest: Delivered | None = None,
    ) -> int:
        """Keep messages and let others go, in one transaction.

        Args:
            arrived: Messages to keep; each is given its number.
            done: Messages that need not be kept any more.
            refused: Messages that become dead letters, each of them once or more.
            newest: The newest times of observation of what was delivered.

        Returns:
            How many messages became dead letters.

        Raises:
            JournalError: Nothing was written: the disk is full, or fails.
        """
        try:
            return self._write(arrived, done, refused, newest or {})
        except sqlite3.OperationalError as error:
            raise JournalError(f"the journal {self.path} cannot be written: {error}. {_CURE}") from None
        except sqlite3.DatabaseError as error:
            if getattr(error, "sqlite_errorcode", 0) & 0xFF not in _DAMAGED:
                raise JournalError(f"the journal {self.path} cannot be written: {error}. {_CURE}") from None
            self._connection.close()
            self._set_aside(error)
            self._open()
            try:
                return self._write(arrived, done, refused, newest or {})
            except sqlite3.Error as second:
                raise JournalError(f"the journal {self.path} cannot be written: {second}. {_CURE}") from None

    def _write(
        self, arrived: Sequence[Message], done: Sequence[Message], refused: Sequence[Refusal], newest: Delivered
    ) -> int:
        execute = self._connection.execute
        if self._dropped_through:
            done = [message for message in done if self._has(message)]
            refused = [one for one in refused if self._has(one.message)]
        dead = {one.message.id: one.message for one in refused}
        gone = [*done, *dead.values()] if dead else done
        execute("BEGIN IMMEDIATE")
        try:
            if self._data_version() != self._version:
                self._take_note_of_others()
            last_id = self.last_id
            for message in arrived:
                last_id += 1
                message.id = last_id
            if arrived:
                _INSERT.execute(self._connection, [row_of(message) for message in arrived])
                cursors = {
                    message.source: message.mark.cursor
                    for message in arrived
                    if message.mark is not None and message.mark.cursor is not None
                }
                if cursors:
                    self._connection.executemany("INSERT OR REPLACE INTO cursor VALUES (?, ?)", cursors.items())
            if refused:
                now = time.time()
                refused = [one for one in refused if not self._is_put_aside(one)]
                self._connection.executemany(
                    _REFUSE,
                    [
                        (
                            now,
                            one.stage,
                            one.route,
                            one.entity and printable(one.entity, _LONGEST_NAME),
                            one.attribute and printable(one.attribute, _LONGEST_NAME),
                            printable(one.reason, _LONGEST_REASON),
                            one.message.id,
                        )
                        for one in refused
                    ],
                )
            if gone:
                _DELETE.execute(self._connection, [(message.id,) for message in gone])
            if newest:
                write_times(self._connection, newest)
            execute("COMMIT")
        except BaseException:
            with contextlib.suppress(sqlite3.Error):
                execute("ROLLBACK")
            raise
        self.last_id = last_id
        self.count += len(arrived) - len(gone)
        self.bytes += sum(map(size_of, arrived)) - sum(map(size_of, gone))
        return len(dead)

    def _is_put_aside(self, refusal: Refusal) -> bool:
        """Return whether a retained message was put aside before: it comes anew with each connection."""
        message = refusal.message
        if not message.retained:
            return False
        found = self._connection.execute(
            "SELECT 1 FROM dead_letter WHERE retained AND topic = ? AND route = ? AND stage = ? AND payload = ?",
            (message.topic, refusal.route, refusal.stage, message.payload),
        )
        return found.fetchone() is not None

    def _has(self, message: Message) -> bool:
        """Return whether a message was not dropped while it was worked on."""
        if message.id > self._dropped_through:
            return True
        return self._connection.execute("SELECT 1 FROM message WHERE id = ?", (message.id,)).fetchone() is not None

    def drop(self, after: int, *, size: int = 0, before: float = 0.0) -> int:
        """Let the messages go that have waited longest, for want of room or for their age.

        Args:
            after: The number to start after: what is on its way stays.
            size: Bytes to give up, about.
            before: Seconds since 1970: messages that arrived earlier go; one tried again counts from then.

        Returns:
            How many went; some thousands at most, so that nobody waits for long.

        Raises:
            JournalError: The disk fails.
        """
        dropped = 0
        for _ in range(max(1, _DROPPED_AT_ONCE // self.rows_at_once)):
            before_this = self.bytes
            count = self._drop_some(after, size, before)
            dropped += count
            size -= before_this - self.bytes
            if count < self.rows_at_once:
                break
        return dropped

    def _drop_some(self, after: int, size: int, before: float) -> int:
        last, count, freed = 0, 0, 0
        try:
            rows = self._connection.execute(
                f"SELECT id, {WAITING_SINCE}, {SIZE} FROM message WHERE id > ? ORDER BY id LIMIT ?",  # noqa: S608
                (after, self.rows_at_once),
            )
            for number, since, length in rows:
                if freed >= size and since >= before:
                    break
                last, count, freed = number, count + 1, freed + length
            if count:
                self._connection.execute("DELETE FROM message WHERE id > ? AND id <= ?", (after, last))
        except sqlite3.Error as error:
            raise JournalError(f"the journal {self.path} cannot be written: {error}. {_CURE}") from None
        self._dropped_through = max(self._dropped_through, last)
        self.count -= count
        self.bytes -= freed
        return count

    def forget_times(self) -> None:
        """Let the newest times go of the entities that were not heard of for longest, where they are too many."""
        with contextlib.suppress(sqlite3.Error):
            evict(self._connection)

    def drop_dead_letters(self) -> None:
        """Let the oldest dead letters go where they are limited; some thousands at most, for others wait."""
        limits = self._dead_limits
        before = None if limits.max_age is None else time.time() - limits.max_age
        try:
            dropped = drop_oldest(self._connection, size=limits.max_size, before=before)
        except sqlite3.Error as error:
            logger.error("No dead letter can be dropped from %s: %s", self.path, error)
            return
        if dropped and not self.dead_dropped:
            logger.error("Dead letters are more or older than [dead_letters] allows: the oldest are deleted.")
        self.dead_dropped += dropped

    def _take_note_of_others(self) -> None:
        """Another process wrote: a dead letter was put back, or dropped."""
        self._version = self._data_version()
        self._changed_outside = True
        self._measure()

    def changed_outside(self) -> bool:
        """Return, once, whether another process put messages into the file."""
        if self._data_version() != self._version:
            self._take_note_of_others()
        changed, self._changed_outside = self._changed_outside, False
        return changed

    def _data_version(self) -> int:
        version: int = self._connection.execute("PRAGMA data_version").fetchone()[0]
        return version

    def give_space_back(self) -> None:
        """Return free pages of the file to the disk, some of them; cheap where nothing is free."""
        give_back(self._connection)
        fold_log_in(self._connection)

    def has_room(self) -> bool:
        """Return whether the disk has room for new messages; what is there can be struck out all the same."""
        try:
            return self._reserve.has_room(free_inside(self._connection))
        except sqlite3.Error:
            # Where it cannot even be read, the next write says so.
            return True

    @property
    def free(self) -> int:
        """Bytes that are free on the disk."""
        return self._reserve.free

    def make_room(self) -> None:
        """Return the reserve up, so that messages can be struck out; it is made again once there is room for it."""
        self._reserve.release()
        fold_log_in(self._connection)

    @property
    def bytes_at_once(self) -> int:
        """Bytes of messages that one call of ``write`` should keep at most."""
        return self._reserve.bytes_at_once

    @property
    def rows_at_once(self) -> int:
        """Messages that one call of ``write`` should let go at most."""
        return self._reserve.rows_at_once

    def close(self) -> None:
        """Close the file."""
        self._connection.close()

    def cursor(self, source: str) -> str | None:
        """Return what a source is to find again after a crash: it is as far as the messages that were kept.

        Args:
            source: Name of the source.
        """
        with contextlib.closing(connect(self.path)) as connection:
            row = connection.execute("SELECT position FROM cursor WHERE source = ?", (source,)).fetchone()
        return None if row is None else str(row[0])

    # -- reading ------------------------------------------------------------------------------------------------------

    def connect(self) -> sqlite3.Connection:
        """Open a connection of its own to the file."""
        return connect(self.path)

    def reader(self) -> JournalReader:
        """Open a connection to read messages back, to be used by the thread that asks."""
        return JournalReader(self.path)
