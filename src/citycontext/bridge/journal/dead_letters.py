"""Dead letters: messages that no update could be made of, each with the reason; to be looked at, retried or dropped.

They are in the journal's file. A running bridge and this class may work on it at the same time.
"""

from __future__ import annotations

import base64
import contextlib
import sqlite3
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Final, Self

import orjson

from citycontext.bridge.journal.dead_letter_counts import DeadLetterCount, counts
from citycontext.bridge.journal.journal_file import DEAD_COLUMNS, MESSAGE_COLUMNS, connect, message_of, prepare
from citycontext.bridge.message import Message
from citycontext.disk_reserve import DiskReserve, fold_log_in
from citycontext.errors import JournalError
from citycontext.ngsild.time import format_datetime

__all__ = ["DeadLetter", "DeadLetters", "export_letters"]

_COLUMNS: Final = f"id, {DEAD_COLUMNS}"
_PAGES_AT_ONCE: Final = 1_000


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """A message put aside.

    Args:
        id: Its number among the dead letters.
        message: The message, untouched.
        failed: When it was put aside, seconds since 1970.
        stage: Who refused it: ``journal``, ``codec``, ``mapping`` or ``delivery`` (the context broker).
        route: The route it was on.
        entity: The entity it was for, once known.
        attribute: The attribute at fault, where it is one.
        reason: Why, in words for a person.
    """

    id: int
    message: Message
    failed: float
    stage: str
    route: str
    entity: str
    attribute: str
    reason: str

    def to_dict(self) -> dict[str, Any]:
        """Return it as plain data, for people and programs.

        Returns:
            All of it; the payload as ``text`` where it is UTF-8, else as ``base64``.
        """
        payload = self.message.payload
        try:
            content = {"text": payload.decode()}
        except UnicodeDecodeError:
            content = {"base64": base64.b64encode(payload).decode()}
        return {
            "id": self.id,
            "failed": _time(self.failed),
            "stage": self.stage,
            "reason": self.reason,
            "route": self.route,
            "entity": self.entity,
            "attribute": self.attribute,
            "topic": self.message.topic,
            "arrived": _time(self.message.arrived),
            "source": self.message.source,
            "payload": content,
        }


class DeadLetters:
    """The dead letters of a journal; use it in ``with``.

    Args:
        path: The journal's file.

    Raises:
        JournalError: There is no such file, or it is not a journal.
    """

    def __init__(self, path: Path) -> None:
        if not path.exists():
            raise JournalError(f"there is no journal at {path}; the bridge makes it when it runs for the first time.")
        self._path = path
        self._connection = connect(path)
        try:
            self._connection.execute("SELECT 1 FROM dead_letter LIMIT 1")
            prepare(self._connection)
        except sqlite3.Error as error:
            self._connection.close()
            raise JournalError(f"{path} is not a journal of the bridge: {error}.") from None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the file."""
        self._connection.close()

    def __len__(self) -> int:
        return sum(one.number for one in self.counts())

    def newest(self, limit: int = 100, *, route: str | None = None) -> list[DeadLetter]:
        """List the newest.

        Args:
            limit: Most to list.
            route: Only those of this route.

        Returns:
            The dead letters, newest first.
        """
        rows = self._connection.execute(
            f"SELECT {_COLUMNS} FROM dead_letter WHERE ? IS NULL OR route = ? ORDER BY id DESC LIMIT ?",  # noqa: S608
            (route, route, limit),
        )
        return [_read(row) for row in rows]

    def __iter__(self) -> Iterator[DeadLetter]:
        for row in self._connection.execute(f"SELECT {_COLUMNS} FROM dead_letter ORDER BY id"):  # noqa: S608
            yield _read(row)

    def counts(self) -> list[DeadLetterCount]:
        """Count by route, stage and attribute; at once, however many there are.

        Returns:
            The counts, the highest first.
        """
        return counts(self._connection)

    def show(self, number: int) -> DeadLetter:
        """Return one.

        Args:
            number: Its number.

        Returns:
            The dead letter.

        Raises:
            JournalError: No dead letter has that number.
        """
        row = self._connection.execute(f"SELECT {_COLUMNS} FROM dead_letter WHERE id = ?", (number,)).fetchone()  # noqa: S608
        if row is None:
            raise JournalError(f"there is no dead letter {number} in {self._path}.")
        return _read(row)

    def retry(self, numbers: Iterable[int] | None = None, *, route: str | None = None) -> int:
        """Put messages back into the journal: the bridge maps and delivers them anew, at once if it runs.

        They go behind those that wait, among themselves in the order of arrival, and keep their time of arrival: it is
        the time of observation where they say none. For ``journal.max_age`` and the lag they wait from now on.

        Args:
            numbers: Which; all by default.
            route: Only those of this route.

        Returns:
            How many messages were put back. One that several routes refused is put back once.
        """
        where, values = _condition(numbers, route)
        with self._transaction():
            before = self._connection.total_changes
            self._connection.execute(
                f"INSERT INTO message ({MESSAGE_COLUMNS}, retried) SELECT DISTINCT {MESSAGE_COLUMNS}, ?"  # noqa: S608
                f" FROM dead_letter WHERE {where} ORDER BY arrived",
                (time.time(), *values),
            )
            put_back = self._connection.total_changes - before
            # A person has looked at it since.
            self._connection.execute("DELETE FROM put_aside")
            self._connection.execute(f"DELETE FROM dead_letter WHERE {where}", values)  # noqa: S608
        return put_back

    def drop(self, numbers: Iterable[int] | None = None, *, route: str | None = None) -> int:
        """Delete for good, and give the room back to the disk.

        Args:
            numbers: Which; all by default.
            route: Only those of this route.

        Returns:
            How many were deleted.
        """
        where, values = _condition(numbers, route)
        at_once = DiskReserve(self._path).rows_at_once
        # In parts, for what is struck out takes room at first.
        some = f"SELECT id FROM dead_letter WHERE {where} LIMIT {at_once}"  # noqa: S608
        dropped, number = 0, at_once
        while number == at_once:
            with self._transaction():
                number = self._connection.execute(f"DELETE FROM dead_letter WHERE id IN ({some})", values).rowcount  # noqa: S608
            dropped += number
        with contextlib.suppress(sqlite3.Error):
            # Bit by bit: a bridge that runs must not wait for long.
            while self._connection.execute("PRAGMA freelist_count").fetchone()[0]:
                # As a script: ``execute`` takes a single step of it, which is one page.
                self._connection.executescript(f"PRAGMA incremental_vacuum({_PAGES_AT_ONCE})")
        return dropped

    def put_aside(self, entity: str) -> None:
        """Ask that what waits for an entity becomes a dead letter, if the context broker refuses it once more.

        What arrives later is not concerned. A bridge that runs does so at its next attempt, another when it is started.

        Args:
            entity: The entity's id.
        """
        with self._transaction():
            self._connection.execute("INSERT OR REPLACE INTO put_aside VALUES (?, ?)", (entity, time.time()))

    def export(self, file: IO[bytes]) -> int:
        """Write all as JSON lines, as ``to_dict`` gives them.

        Args:
            file: Where to.

        Returns:
            How many there were.
        """
        return export_letters(self, file)

    @contextlib.contextmanager
    def _transaction(self) -> Iterator[None]:
        # To delete takes room, too; a bridge makes the reserve again.
        if DiskReserve(self._path).release_if_short():
            fold_log_in(self._connection)
        try:
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield
            except BaseException:
                self._connection.execute("ROLLBACK")
                raise
            self._connection.execute("COMMIT")
        except sqlite3.Error as error:
            raise JournalError(f"the journal {self._path} cannot be written: {error}.") from None


def _condition(numbers: Iterable[int] | None, route: str | None) -> tuple[str, tuple[str, ...]]:
    chosen = "TRUE" if numbers is None else f"id IN ({', '.join(str(int(number)) for number in numbers) or 'NULL'})"
    return (chosen, ()) if route is None else (f"{chosen} AND route = ?", (route,))


def _read(row: tuple[Any, ...]) -> DeadLetter:
    failed, stage, route, entity, attribute, reason = row[9:]
    return DeadLetter(row[0], message_of(row[:9]), failed, stage, route, entity, attribute, reason)


def _time(seconds: float) -> str:
    return format_datetime(datetime.fromtimestamp(round(seconds, 3), UTC))


def export_letters(letters: Iterable[DeadLetter], file: IO[bytes]) -> int:
    """Write dead letters as JSON lines, as ``to_dict`` has them.

    Args:
        letters: Which ones.
        file: Where to.

    Returns:
        How many there were.
    """
    number = 0
    for number, letter in enumerate(letters, start=1):  # noqa: B007 - the last number is the answer
        file.write(orjson.dumps(letter.to_dict(), option=orjson.OPT_APPEND_NEWLINE))
    return number
