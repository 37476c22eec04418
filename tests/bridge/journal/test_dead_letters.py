"""Dead letters: looked at, exported, put back, dropped, while the bridge has the file open."""

from __future__ import annotations

import contextlib
import io
import sqlite3
import time
from collections.abc import Iterator
from pathlib import Path

import orjson
import pytest

from citycontext.bridge.journal.dead_letters import DeadLetters
from citycontext.bridge.journal.journal import Journal, Refusal
from citycontext.bridge.message import Message
from citycontext.errors import JournalError


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[Journal]:
    """Return a journal with three dead letters, open."""
    journal = Journal(tmp_path / "j.db")
    messages = [Message(f"t/{n}", bytes([0xF0 + n]) if n else b"text", 1000.0, "mqtt", 1) for n in range(3)]
    journal.write(messages)
    journal.write(
        refused=[Refusal(one, "mapping", "no number", "a" if one.topic == "t/0" else "b") for one in messages]
    )
    yield journal
    journal.close()


def test_they_are_listed_newest_first_and_counted(journal: Journal) -> None:
    """All, those of a route, and how many there are of each."""
    with DeadLetters(journal.path) as letters:
        assert len(letters) == 3
        assert [one.message.topic for one in letters.newest()] == ["t/2", "t/1", "t/0"]
        assert [one.message.topic for one in letters.newest(route="a")] == ["t/0"]
        assert [one.message.topic for one in letters.newest(1)] == ["t/2"]
        assert [(one.route, one.stage, one.reason, one.number) for one in letters.counts()] == [
            ("b", "mapping", "no number", 2),
            ("a", "mapping", "no number", 1),
        ]
        assert letters.show(1).reason == "no number"
        with pytest.raises(JournalError, match="there is no dead letter 7"):
            letters.show(7)


def test_a_reason_is_kept_short_and_printable(journal: Journal) -> None:
    """What a context broker answers, 3 MB with escapes of a terminal, does not fill the journal."""
    message = Message("t/9", b"x", 1000.0, "mqtt", 1)
    journal.write([message])
    hostile = "\x1b[2J\u202e\n" * 500_000
    journal.write(refused=[Refusal(message, "delivery", hostile, "b", hostile, hostile)])
    with DeadLetters(journal.path) as letters:
        (newest,) = letters.newest(1)
    for text, most in ((newest.reason, 1000), (newest.entity, 500), (newest.attribute, 500)):
        assert text is not None
        assert len(text) <= most
        assert text.isprintable()


def test_the_export_has_a_line_for_each(journal: Journal) -> None:
    """Text where the payload is text, base64 where it is not."""
    file = io.BytesIO()
    with DeadLetters(journal.path) as letters:
        assert letters.export(file) == 3
    lines = [orjson.loads(line) for line in file.getvalue().splitlines()]
    assert lines[0]["payload"] == {"text": "text"}
    assert lines[1]["payload"] == {"base64": "8Q=="}
    assert lines[0]["arrived"] == "1970-01-01T00:16:40Z"


def test_a_retry_puts_the_message_back_and_the_bridge_sees_it(journal: Journal) -> None:
    """The open journal counts it again, and its number is new."""
    with DeadLetters(journal.path) as letters:
        assert letters.retry([2]) == 1
        assert len(letters) == 2
    assert journal.changed_outside()
    assert not journal.changed_outside()
    assert journal.count == 1
    reader = journal.reader()
    (back,) = reader.after(3, 10)
    reader.close()
    assert (back.topic, back.payload, back.id) == ("t/1", b"\xf1", 4)


def test_all_can_be_retried_or_dropped(journal: Journal) -> None:
    """Without numbers it is all of them; none is not one."""
    with DeadLetters(journal.path) as letters:
        assert letters.retry([]) == 0
        assert letters.drop([1]) == 1
        assert letters.retry() == 2
        assert letters.drop() == 0
        assert len(letters) == 0


def test_what_is_no_journal_is_refused(tmp_path: Path) -> None:
    """A missing file is not made, another file is not read."""
    with pytest.raises(JournalError, match="there is no journal"):
        DeadLetters(tmp_path / "none.db")
    assert not (tmp_path / "none.db").exists()
    (tmp_path / "other").write_text("hello " * 1000)
    with pytest.raises(JournalError, match="is not a journal"):
        DeadLetters(tmp_path / "other")


def test_one_route_is_retried_or_dropped_alone(journal: Journal) -> None:
    """A route that was mended need not wait for the others."""
    with DeadLetters(journal.path) as letters:
        assert letters.retry(route="a") == 1
        assert letters.drop(route="none of 'these'") == 0
        assert letters.drop([2], route="b") == 1
        assert [one.message.topic for one in letters.newest()] == ["t/2"]
        assert [(one.route, one.number) for one in letters.counts()] == [("b", 1)]


def test_another_database_is_left_alone(tmp_path: Path) -> None:
    """Nothing is written into a file that is not a journal."""
    with contextlib.closing(sqlite3.connect(tmp_path / "other.db")) as other:
        other.execute("CREATE TABLE message (id)")
        with pytest.raises(JournalError, match="is not a journal"):
            DeadLetters(tmp_path / "other.db")
        assert other.execute("SELECT count(*) FROM sqlite_master").fetchone() == (1,)


def test_a_retried_message_keeps_its_time_of_arrival_but_is_not_old(journal: Journal) -> None:
    """Its arrival may be its time of observation; ``journal.max_age`` and the lag count from the retry."""
    with DeadLetters(journal.path) as letters, contextlib.closing(journal.reader()) as reader:
        assert reader.waiting_since() is None
        begun = time.time()
        letters.retry([1])
        (message,) = reader.after(0, 10)
        assert message.arrived == 1000.0
        assert begun <= (reader.waiting_since() or 0.0) <= time.time()
        assert journal.drop(0, before=begun - 1) == 0
        assert journal.drop(0, before=time.time() + 1) == 1


def test_dropping_makes_the_file_small_again(tmp_path: Path) -> None:
    """Room that dead letters took goes back to the disk, also while the bridge has the file open."""
    with contextlib.closing(Journal(tmp_path / "j.db")) as journal:
        messages = [Message("t", bytes(10_000), 1000.0) for _ in range(500)]
        journal.write(messages)
        journal.write(refused=[Refusal(one, "codec", "no") for one in messages])
        journal.give_space_back()
        assert (tmp_path / "j.db").stat().st_size > 5_000_000
        with DeadLetters(journal.path) as letters:
            assert letters.drop() == 500
        journal.give_space_back()
        assert (tmp_path / "j.db").stat().st_size < 200_000


def test_a_retained_message_is_put_aside_once(journal: Journal) -> None:
    """It comes with each connection; another payload, or one that is not retained, is another dead letter."""
    for payload, retained in ((b"a", True), (b"a", True), (b"b", True), (b"a", False), (b"a", False)):
        message = Message("config", payload, 1000.0, "mqtt", 1, retained)
        journal.write([message])
        journal.write(refused=[Refusal(message, "codec", "no template", "ha")])
    with DeadLetters(journal.path) as letters:
        configs = [one.message for one in letters.newest() if one.message.topic == "config"]
    assert [(one.payload, one.retained) for one in configs] == [
        (b"a", False),
        (b"a", False),
        (b"b", True),
        (b"a", True),
    ]
    assert journal.count == 0
