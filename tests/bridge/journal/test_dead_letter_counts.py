"""Counts of dead letters: right whoever writes, bounded, and there for files of earlier versions."""

from __future__ import annotations

import contextlib
import logging
import sqlite3
import time
from pathlib import Path

import pytest

from citycontext.bridge.config.bridge import DeadLettersConfig
from citycontext.bridge.journal.dead_letter_counts import counts
from citycontext.bridge.journal.dead_letters import DeadLetters
from citycontext.bridge.journal.journal import Journal, Refusal
from citycontext.bridge.message import Message


def refuse(journal: Journal, number: int, *, route: str = "r", attribute: str = "v", payload: bytes = b"x") -> None:
    """Put messages aside, each with a reason of its own."""
    messages = [Message("t", payload, 1000.0) for _ in range(number)]
    journal.write(messages)
    journal.write(refused=[Refusal(one, "mapping", f"no {one.id}", route, attribute=attribute) for one in messages])


def recounted(path: Path) -> list[tuple[object, ...]]:
    """Count the slow way."""
    with contextlib.closing(sqlite3.connect(path)) as connection:
        return connection.execute(
            "SELECT route, stage, attribute, count(*), sum(length(payload) + length(topic) + length(reason) + 64)"
            " FROM dead_letter GROUP BY route, stage, attribute ORDER BY count(*) DESC, route"
        ).fetchall()


def counted(path: Path) -> list[tuple[object, ...]]:
    """Count as the bridge does."""
    with contextlib.closing(sqlite3.connect(path)) as connection:
        return [(one.route, one.stage, one.attribute, one.number, one.bytes) for one in counts(connection)]


def test_the_counts_are_right_whoever_adds_and_removes(tmp_path: Path) -> None:
    """The bridge puts aside, a person retries and drops, limits delete: the counts are those of the letters."""
    path = tmp_path / "j.db"
    with contextlib.closing(Journal(path)) as journal:
        refuse(journal, 30)
        refuse(journal, 20, route="s", attribute="")
        refuse(journal, 10, attribute="w", payload=bytes(500))
        assert counted(path) == recounted(path)
        assert [row[3] for row in counted(path)] == [30, 20, 10]
        with DeadLetters(path) as letters:
            letters.retry([1, 2, 3, 31])
            letters.drop([60])
            assert len(letters) == 55
        assert counted(path) == recounted(path)
        with DeadLetters(path) as letters:
            letters.drop()
        assert counted(path) == recounted(path) == []


def test_rows_are_bounded_however_many_reasons_there_are(tmp_path: Path) -> None:
    """A row for each route, stage and attribute, with the newest reason."""
    with contextlib.closing(Journal(tmp_path / "j.db")) as journal:
        refuse(journal, 500)
        with DeadLetters(journal.path) as letters:
            (one,) = letters.counts()
    assert (one.number, one.reason) == (500, "no 500")
    assert time.time() - one.failed < 60


@pytest.mark.parametrize("opened_by", [Journal, DeadLetters])
def test_a_file_of_an_earlier_version_is_counted_once(tmp_path: Path, opened_by: type[Journal | DeadLetters]) -> None:
    """Its dead letters and messages are kept, and from then on it counts."""
    path = tmp_path / "j.db"
    with contextlib.closing(Journal(path)) as journal:
        refuse(journal, 7)
        journal.write([Message("t", b"waits", 1000.0)])
    with contextlib.closing(sqlite3.connect(path)) as connection:
        connection.executescript(
            "DROP TRIGGER dead_letter_added; DROP TRIGGER dead_letter_removed; DROP TABLE dead_count;"
            "ALTER TABLE message DROP COLUMN retried;"
        )
    with contextlib.closing(opened_by(path)):
        assert [(row[0], row[3]) for row in counted(path)] == [("r", 7)]
        assert counted(path) == recounted(path)
    with contextlib.closing(Journal(path)) as journal:
        assert journal.count == 1
        refuse(journal, 1)
        assert counted(path) == recounted(path)


def test_a_damaged_file_is_counted_anew(tmp_path: Path) -> None:
    """What could be saved is counted by the new file."""
    path = tmp_path / "j.db"
    with contextlib.closing(Journal(path)) as journal:
        refuse(journal, 400, payload=bytes(2000))
    content = bytearray(path.read_bytes())
    content[len(content) // 2 : len(content) // 2 + 20_000] = bytes(20_000)
    path.write_bytes(content)
    with contextlib.closing(Journal(path)) as journal:
        assert journal.moved_aside is not None
    assert counted(path) == recounted(path)
    assert 0 < counted(path)[0][3] < 400  # type: ignore[operator]


def test_nothing_is_dropped_without_a_limit(tmp_path: Path) -> None:
    """The default keeps all."""
    with contextlib.closing(Journal(tmp_path / "j.db")) as journal:
        refuse(journal, 100)
        journal.drop_dead_letters()
        assert (journal.dead_dropped, counted(journal.path)[0][3]) == (0, 100)


def test_limits_drop_the_oldest_and_tell(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """By size and by age; told of once, and counted."""
    limits = DeadLettersConfig.model_validate({"max_size": "10KB", "max_age": "1h"})
    with contextlib.closing(Journal(tmp_path / "j.db", dead_limits=limits)) as journal:
        refuse(journal, 20, payload=bytes(1000))
        with caplog.at_level(logging.ERROR):
            journal.drop_dead_letters()
            refuse(journal, 2, payload=bytes(1000))
            journal.drop_dead_letters()
        assert [one.message.split(":")[0] for one in caplog.records] == [
            "Dead letters are more or older than [dead_letters] allows"
        ]
        with DeadLetters(journal.path) as letters:
            left = [one.id for one in letters]
        assert left == list(range(23 - len(left), 23)), "the newest stay"
        assert sum(row[4] for row in counted(journal.path)) <= 10_000  # type: ignore[misc]
        assert journal.dead_dropped == 22 - len(left)
        with contextlib.closing(sqlite3.connect(journal.path)) as connection, connection:
            connection.execute("UPDATE dead_letter SET failed = failed - 3601 WHERE id < 20")
        journal.drop_dead_letters()
        with DeadLetters(journal.path) as letters:
            assert [one.id for one in letters] == [20, 21, 22]
