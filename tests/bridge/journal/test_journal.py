"""The journal: what was written is there after a kill, a damaged file is moved aside, and a full disk loses nothing."""

from __future__ import annotations

import contextlib
import os
import signal
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from citycontext.bridge.journal.dead_letters import DeadLetters
from citycontext.bridge.journal.journal import Journal, Refusal
from citycontext.bridge.message import Message
from citycontext.errors import JournalError


def message(number: int, payload: bytes = b"x") -> Message:
    """Make a message."""
    return Message(f"t/{number}", payload, 1000.0 + number, "mqtt", 1, False, (("trace", str(number)),))


def read_all(journal: Journal) -> list[Message]:
    """Read all that is kept."""
    reader = journal.reader()
    try:
        return reader.after(0, 10_000)
    finally:
        reader.close()


def test_messages_come_back_whole_and_in_order_after_a_restart(tmp_path: Path) -> None:
    """Topic, payload, properties and times survive; what is done is gone; numbers are never given twice."""
    journal = Journal(tmp_path / "j.db")
    messages = [message(n, bytes([n])) for n in range(5)]
    journal.write(messages)
    journal.write((), messages[:2])
    journal.close()
    again = Journal(tmp_path / "j.db")
    assert read_all(again) == messages[2:]
    assert again.count == 3
    again.write((), messages[2:])
    assert (again.count, again.bytes) == (0, 0)
    late = message(9)
    again.write([late])
    assert late.id == 6
    again.close()


def test_bytes_and_count_follow_what_is_kept(tmp_path: Path) -> None:
    """The limit of the journal is measured without reading it; a restart measures the same."""
    journal = Journal(tmp_path / "j.db")
    messages = [message(n, b"x" * 100) for n in range(10)]
    journal.write(messages)
    journal.write([], messages[:5])
    size = journal.bytes
    assert 500 < size < 1000
    journal.close()
    again = Journal(tmp_path / "j.db")
    assert (again.bytes, again.count) == (size, 5)
    again.close()


def test_a_refused_message_moves_to_the_dead_letters(tmp_path: Path) -> None:
    """In one transaction, with its reasons, one line for each."""
    journal = Journal(tmp_path / "j.db")
    one = message(1, b"\xff\x00")
    journal.write([one])
    journal.write(
        refused=[Refusal(one, "codec", "bad", "route a"), Refusal(one, "mapping", "worse", "route b", "", "t")]
    )
    assert journal.count == 0
    assert journal.bytes == 0
    journal.close()
    with DeadLetters(tmp_path / "j.db") as letters:
        assert [(one.route, one.reason, one.attribute) for one in letters] == [
            ("route a", "bad", ""),
            ("route b", "worse", "t"),
        ]
        assert letters.newest()[0].message.payload == b"\xff\x00"


KILLED = """
import os, signal, sys
from pathlib import Path
from citycontext.bridge.journal.journal import Journal
from citycontext.bridge.message import Message
journal = Journal(Path(sys.argv[1]), "process")
for n in range(10_000):
    journal.write([Message("t", str(n).encode(), 0.0)])
    print(n, flush=True)
"""


@pytest.mark.parametrize("after", [1, 37, 150])
def test_what_was_committed_is_there_after_kill_9(tmp_path: Path, after: int) -> None:
    """A process is killed while it writes: each message it had reported is in the file, even with less durability."""
    path = tmp_path / "j.db"
    process = subprocess.Popen([sys.executable, "-c", KILLED, str(path)], stdout=subprocess.PIPE)
    assert process.stdout is not None
    with process.stdout as lines:
        for _ in range(after):
            reported = int(lines.readline())
        os.kill(process.pid, signal.SIGKILL)
        reported = max([reported, *(int(line) for line in lines if line.endswith(b"\n"))])
    process.wait()
    journal = Journal(path)
    kept = [int(one.payload) for one in read_all(journal)]
    journal.close()
    assert kept[: reported + 1] == list(range(reported + 1))


@settings(max_examples=60, deadline=None)
@given(damage=st.integers(0, 60), where=st.floats(0, 1), size=st.integers(1, 4096))
def test_a_damaged_file_is_moved_aside_or_harmless(
    tmp_path_factory: pytest.TempPathFactory, damage: int, where: float, size: int
) -> None:
    """Whatever bytes are broken: it opens, what it calls intact is intact, and nothing is missing in silence."""
    path = tmp_path_factory.mktemp("damage") / "j.db"
    journal = Journal(path, "process")
    messages = [message(n, bytes(200)) for n in range(60)]
    journal.write(messages)
    journal.close()
    content = bytearray(path.read_bytes())
    start = int(where * (len(content) - 1))
    content[start : start + size] = bytes([damage * 4 + 3]) * len(content[start : start + size])
    path.write_bytes(content)
    opened = Journal(path, "process")
    kept = read_all(opened)
    opened.write([message(99)])
    opened.close()
    assert len(kept) == 60 or opened.moved_aside is not None
    originals = {(one.topic, one.payload, one.properties) for one in messages}
    assert all((one.topic, one.payload, one.properties) in originals for one in kept if one.intact)
    if opened.moved_aside is not None:
        assert opened.moved_aside.exists()


def test_messages_outlive_a_damaged_description_of_tables(tmp_path: Path) -> None:
    """Damage in the name of one table costs no message of another."""
    path = tmp_path / "j.db"
    journal = Journal(path)
    journal.write([message(n) for n in range(10)])
    journal.close()
    content = path.read_bytes()
    assert content.count(b"dead_letter_removed") > 0
    path.write_bytes(content.replace(b"TRIGGER dead_letter_removed", b"\x83\xff\xfeGGER dead_letter_removed", 1))
    opened = Journal(path)
    assert opened.moved_aside is not None
    assert len(read_all(opened)) == 10
    opened.close()


def test_a_file_that_is_no_database_is_moved_aside(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """It is reported with both names, and kept."""
    path = tmp_path / "j.db"
    path.write_bytes(b"this is a shopping list" * 100)
    journal = Journal(path)
    assert journal.moved_aside is not None
    assert journal.moved_aside.read_bytes().startswith(b"this is a shopping list")
    assert "is damaged" in caplog.text
    assert str(journal.moved_aside) in caplog.text
    journal.close()


def test_a_full_disk_writes_nothing_and_recovers(tmp_path: Path) -> None:
    """A transaction that does not fit leaves all as it was; with room again, the same messages are written."""
    journal = Journal(tmp_path / "j.db")
    journal.write([message(0)])
    pages = journal._connection.execute("PRAGMA page_count").fetchone()[0]
    journal._connection.execute(f"PRAGMA max_page_count = {pages}")
    large = [message(n, b"x" * 5000) for n in range(1, 20)]
    with pytest.raises(JournalError, match=r"disk is full.*Check that the disk has room"):
        journal.write(large)
    assert journal.count == 1
    journal._connection.execute("PRAGMA max_page_count = 100000")
    journal.write(large)
    assert [one.topic for one in read_all(journal)] == [f"t/{n}" for n in range(20)]
    journal.close()


def test_space_is_given_back(tmp_path: Path) -> None:
    """After a long outage the file is small again."""
    path = tmp_path / "j.db"
    journal = Journal(path, "process")
    messages = [message(n, b"x" * 10_000) for n in range(300)]
    journal.write(messages)
    journal.write([], messages)
    before = path.stat().st_size + path.with_name("j.db-wal").stat().st_size
    journal.give_space_back()
    after = path.stat().st_size + path.with_name("j.db-wal").stat().st_size
    assert before > 3_000_000
    assert after < 200_000
    journal.close()


def test_a_journal_of_a_newer_version_is_left_alone(tmp_path: Path) -> None:
    """It is not damaged, so it is neither moved nor changed."""
    path = tmp_path / "j.db"
    Journal(path).close()
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA user_version = 99")
    connection.close()
    with pytest.raises(JournalError, match="newer version"):
        Journal(path)


def test_a_folder_that_cannot_be_made_is_an_error_in_words(tmp_path: Path) -> None:
    """A file stands where the folder should be."""
    (tmp_path / "folder").write_text("")
    with pytest.raises(JournalError, match=r"cannot be opened.*Check that the disk has room"):
        Journal(tmp_path / "folder" / "j.db")


def test_what_is_dropped_while_it_is_worked_on_is_not_counted_twice(tmp_path: Path) -> None:
    """Neither in bytes nor in messages; and no dead letter is made of what is gone."""
    journal = Journal(tmp_path / "j.db")
    messages = [message(n) for n in range(6)]
    journal.write(messages)
    assert journal.drop(messages[0].id, size=130) == 2
    assert [one.id for one in read_all(journal)] == [1, 4, 5, 6]
    late = message(9)
    refusals = [Refusal(one, "mapping", "bad") for one in (messages[2], messages[3])]
    assert journal.write([late], messages[:2], refusals) == 1
    assert [one.id for one in read_all(journal)] == [5, 6, 7]
    kept = (journal.count, journal.bytes)
    journal.close()
    again = Journal(tmp_path / "j.db")
    assert (again.count, again.bytes) == kept
    assert again.drop(0, before=1005.0) == 1
    assert again.drop(0, before=1005.0) == 0
    again.close()


@pytest.mark.parametrize("change", ["arrived = arrived + 1", "qos = 0", "retained = 1", "source = 'other'"])
def test_the_checksum_covers_all_of_a_message(tmp_path: Path, change: str) -> None:
    """A message whose time, quality, mark or source is not what was written says so itself."""
    journal = Journal(tmp_path / "journal.db")
    journal.write([Message("t", b"p", 1714550400.25, "mqtt", 1)])
    reader = journal.reader()
    assert reader.after(0, 1)[0].intact
    with contextlib.closing(sqlite3.connect(tmp_path / "journal.db", isolation_level=None)) as connection:
        connection.execute(f"UPDATE message SET {change}")
    assert not reader.after(0, 1)[0].intact
    reader.close()
    journal.close()
