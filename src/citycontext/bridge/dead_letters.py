"""Dead letters: messages that no update could be made of, each with the reason; to be looked at, retried or dropped.

They are in the journal's file. A running bridge and this class may work on it at the same time.
"""

from __future__ import annotations

import base64
import contextlib
import sqlite3
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Final, Self

import orjson

from citycontext.bridge.journal_file import DEAD_COLUMNS, MESSAGE_COLUMNS, connect, message_of
from citycontext.bridge.message import Message
from citycontext.errors import JournalError
from citycontext.ngsild.time import format_datetime

__all__ = ["DeadLetter", "DeadLetters"]

_COLUMNS: Final = f"id, {DEAD_COLUMNS}"


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
        """Give it as plain data, for people and programs.

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
        JournalError: There is no such file, or it is no journal.
    """

    def __init__(self, path: Path) -> None:
        if not path.exists():
            raise JournalError(f"there is no journal at {path}; the bridge makes it when it runs for the first time.")
        self._path = path
        self._connection = connect(path)
        try:
            self._connection.execute("SELECT count(*) FROM dead_letter")
        except sqlite3.Error as error:
            self._connection.close()
            raise JournalError(f"{path} is no journal of the bridge: {error}.") from None

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
        count: int = self._connection.execute("SELECT count(*) FROM dead_letter").fetchone()[0]
        return count

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

    def reasons(self) -> list[tuple[str, str, int]]:
        """Count by reason.

        Returns:
            Route, reason and number, the most frequent first.
        """
        return self._connection.execute(
            "SELECT route, reason, count(*) AS number FROM dead_letter GROUP BY route, reason ORDER BY number DESC"
        ).fetchall()

    def show(self, number: int) -> DeadLetter:
        """Give one.

        Args:
            number: Its number.

        Returns:
            The dead letter.

        Raises:
            JournalError: There is none of that number.
        """
        row = self._connection.execute(f"SELECT {_COLUMNS} FROM dead_letter WHERE id = ?", (number,)).fetchone()  # noqa: S608
        if row is None:
            raise JournalError(f"there is no dead letter {number} in {self._path}.")
        return _read(row)

    def retry(self, numbers: Iterable[int] | None = None) -> int:
        """Put messages back into the journal: the bridge maps and delivers them anew, at once if it runs.

        Args:
            numbers: Which; all by default.

        Returns:
            How many messages were put back. One that several routes refused is put back once.
        """
        chosen = self._chosen(numbers)
        with self._transaction():
            before = self._connection.total_changes
            self._connection.execute(
                f"INSERT INTO message ({MESSAGE_COLUMNS}) SELECT DISTINCT {MESSAGE_COLUMNS} FROM dead_letter"  # noqa: S608
                f" WHERE id IN ({chosen}) ORDER BY arrived"
            )
            put_back = self._connection.total_changes - before
            self._connection.execute(f"DELETE FROM dead_letter WHERE id IN ({chosen})")  # noqa: S608
        return put_back

    def drop(self, numbers: Iterable[int] | None = None) -> int:
        """Delete for good.

        Args:
            numbers: Which; all by default.

        Returns:
            How many were deleted.
        """
        chosen = self._chosen(numbers)
        with self._transaction():
            return self._connection.execute(f"DELETE FROM dead_letter WHERE id IN ({chosen})").rowcount  # noqa: S608

    def export(self, file: IO[bytes]) -> int:
        """Write all as JSON lines, as ``to_dict`` gives them.

        Args:
            file: Where to.

        Returns:
            How many there were.
        """
        number = 0
        for number, letter in enumerate(self, start=1):  # noqa: B007 - the last number is the answer
            file.write(orjson.dumps(letter.to_dict(), option=orjson.OPT_APPEND_NEWLINE))
        return number

    def _chosen(self, numbers: Iterable[int] | None) -> str:
        if numbers is None:
            return "SELECT id FROM dead_letter"
        return ", ".join(str(int(number)) for number in numbers) or "NULL"

    @contextlib.contextmanager
    def _transaction(self) -> Iterator[None]:
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


def _read(row: tuple[Any, ...]) -> DeadLetter:
    failed, stage, route, entity, attribute, reason = row[9:]
    return DeadLetter(row[0], message_of(row[:9]), failed, stage, route, entity, attribute, reason)


def _time(seconds: float) -> str:
    return format_datetime(datetime.fromtimestamp(round(seconds, 3), UTC))
