"""The inbox of the journal: acknowledged after the commit, handed on in order, from memory or disk, nothing skipped."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from citycontext.bridge.claim import Claim, Mark
from citycontext.bridge.config.bridge import JournalConfig
from citycontext.bridge.journal.dead_letters import DeadLetters
from citycontext.bridge.journal.inbox import JournalInbox
from citycontext.bridge.journal.journal import Journal, Refusal
from citycontext.bridge.message import Message


class Harness:
    """An inbox on a journal, with what it acknowledged."""

    def __init__(self, path: Path, max_bytes: int = 10**9, **config: Any) -> None:
        self.journal = Journal(path, "process")
        self.acknowledged: list[Mark] = []
        self.claim = Claim("mqtt")
        given = JournalConfig.model_validate({"max_size": max_bytes} | config)
        self.inbox = JournalInbox(self.journal, given, lambda source, marks: self.acknowledged.extend(marks))
        self.inbox.start()

    def offer(self, *numbers: int) -> None:
        """Offer messages with numbers as payload."""
        for number in numbers:
            self.inbox.offer(
                [Message("t", str(number).encode(), time.time(), "mqtt", 1, mark=Mark(self.claim, number + 1))]
            )

    def take(self, count: int) -> list[Message]:
        """Take so many messages, or fail."""
        taken: list[Message] = []
        deadline = time.monotonic() + 10
        while len(taken) < count:
            assert time.monotonic() < deadline, f"only {len(taken)} of {count} came"
            taken += self.inbox.take(100, 0.1)
        return taken

    def close(self) -> None:
        """Close both."""
        self.inbox.close()
        self.journal.close()


@pytest.fixture
def harness(tmp_path: Path) -> Iterator[Harness]:
    """Return an inbox, running."""
    harness = Harness(tmp_path / "j.db")
    yield harness
    harness.close()


def numbers(messages: list[Message]) -> list[int]:
    """Return the numbers of messages."""
    return [int(one.payload) for one in messages]


def test_messages_are_kept_acknowledged_and_handed_on_in_order(harness: Harness) -> None:
    """All of them, with their numbers in the journal."""
    harness.offer(*range(500))
    taken = harness.take(500)
    assert numbers(taken) == list(range(500))
    assert [one.id for one in taken] == list(range(1, 501))
    assert [one.position for one in harness.acknowledged] == list(range(1, 501))
    assert harness.inbox.is_drained


def test_more_than_memory_holds_comes_from_disk_in_the_same_order(harness: Harness) -> None:
    """While the worker is away, the queue in memory stays bounded; nothing is skipped or given twice."""
    for start in range(0, 12_000, 500):
        harness.offer(*range(start, start + 500))
    deadline = time.monotonic() + 20
    while harness.inbox.journalled < 12_000:
        assert time.monotonic() < deadline
        time.sleep(0.01)
    assert len(harness.inbox._ready) <= 4_000
    taken = harness.take(12_000)
    assert numbers(taken) == list(range(12_000))
    harness.offer(12_000)
    assert numbers(harness.take(1)) == [12_000]
    assert not harness.inbox._on_disk


def test_what_is_committed_while_the_disk_is_read_is_not_skipped(
    harness: Harness, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The reader sees an empty disk, the writer commits, the reader looks again."""
    inbox = harness.inbox
    original = inbox._read_back
    raced = threading.Event()

    def read_back(limit: int) -> list[Message]:
        found = original(limit)
        if not found and not raced.is_set():
            raced.set()
            before = inbox.journalled
            harness.offer(7)
            while inbox.journalled == before:
                time.sleep(0.001)
            time.sleep(0.02)
        return found

    monkeypatch.setattr(inbox, "_read_back", read_back)
    inbox._on_disk = True
    assert numbers(harness.take(1)) == [7]
    harness.offer(8)
    assert numbers(harness.take(1)) == [8]


def test_what_is_read_from_disk_before_the_writer_hands_it_on_is_not_given_twice(
    harness: Harness, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The writer has committed and is about to hand on what the reader has just found on disk."""
    write = harness.journal.write

    def slow_write(arrived: Any = (), *others: Any) -> int:
        dead = write(arrived, *others)
        if arrived:
            harness.inbox._on_disk = True
            time.sleep(0.3)
        return dead

    monkeypatch.setattr(harness.journal, "write", slow_write)
    harness.offer(1, 2, 3)
    # The look at the disk that finds nothing more makes the reader go back to memory, before the writer is there.
    taken = harness.take(3) + harness.inbox.take(10, 0.1) + harness.inbox.take(10, 0.5)
    assert numbers(taken) == [1, 2, 3]
    harness.offer(4)
    assert numbers(harness.take(1)) == [4]


def test_a_restart_hands_on_what_was_not_settled(tmp_path: Path) -> None:
    """In the old order, before anything new."""
    first = Harness(tmp_path / "j.db")
    first.offer(0, 1, 2, 3)
    taken = first.take(4)
    first.inbox.settle([taken[1]], [Refusal(taken[2], "mapping", "bad")])
    first.close()
    second = Harness(tmp_path / "j.db")
    second.offer(9)
    assert numbers(second.take(3)) == [0, 3, 9]
    second.close()
    with DeadLetters(tmp_path / "j.db") as letters:
        assert [one.message.payload for one in letters] == [b"2"]


def test_a_full_journal_takes_nothing_until_there_is_room(tmp_path: Path) -> None:
    """At its limit of bytes it stops, and the source is told to stop reading; room makes it go on."""
    harness = Harness(tmp_path / "j.db", max_bytes=1000)
    for number in range(9_000):
        harness.offer(number)
        if number % 50 == 0:
            time.sleep(0.001)
    time.sleep(0.3)
    assert harness.journal.bytes < 200_000
    taken: list[Any] = []
    deadline = time.monotonic() + 30
    while len(taken) < 9_000:
        assert time.monotonic() < deadline
        some = harness.inbox.take(1000, 0.1)
        harness.inbox.settle(some, [])
        taken += some
    assert numbers(taken) == list(range(9_000))
    harness.close()


def test_a_retried_dead_letter_is_handed_on_while_the_inbox_takes_messages(harness: Harness) -> None:
    """Another process puts it back; it comes like any other message."""
    harness.offer(1)
    (message,) = harness.take(1)
    harness.inbox.settle([], [Refusal(message, "mapping", "bad")])
    with DeadLetters(harness.journal.path) as letters:
        deadline = time.monotonic() + 5
        while not len(letters):
            assert time.monotonic() < deadline
            time.sleep(0.01)
        letters.retry()
    harness.offer(2)
    assert sorted(numbers(harness.take(2))) == [1, 2]


def test_a_full_journal_may_drop_what_waited_longest(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """``drop-oldest``: new ones are always taken; the loss is counted, told once, and what was taken is left alone."""
    harness = Harness(tmp_path / "j.db", 1_000_000, overflow="drop-oldest")
    try:
        harness.offer(*range(100))
        first = harness.take(100)
        for start in range(100, 30_100, 1000):
            harness.offer(*range(start, start + 1000))
        deadline = time.monotonic() + 60
        while harness.inbox.journalled < 30_100:
            assert time.monotonic() < deadline
            time.sleep(0.01)
        assert harness.journal.bytes <= 1_150_000, "one group beyond the limit at most"
        while harness.journal.bytes >= 1_000_000:
            assert time.monotonic() < deadline
            time.sleep(0.01)
        # What is dropped is counted behind the journal's own count, by another thread.
        while harness.journal.count + harness.inbox.dropped != 30_100:
            assert time.monotonic() < deadline
            time.sleep(0.01)
        assert "the journal is full" in (harness.inbox.loss or "")
        kept = harness.take(30_000 - harness.inbox.dropped)
        assert harness.inbox.dropped > 10_000
        assert numbers(kept)[-1] == 30_099
        assert numbers(kept) == sorted(numbers(kept))
        harness.inbox.settle([*first, *kept], [])
        while harness.journal.count or harness.inbox.loss:
            assert time.monotonic() < deadline
            time.sleep(0.01)
        assert harness.journal.bytes == 0
        assert sum("Messages are lost" in one for one in caplog.messages) == 1
    finally:
        harness.close()


def test_old_messages_are_dropped_and_the_others_kept(tmp_path: Path) -> None:
    """``max_age``: by the time of arrival, also those of before a restart."""
    journal = Journal(tmp_path / "j.db", "process")
    now = time.time()
    journal.write([Message("t", str(age).encode(), now - age, "mqtt", 1) for age in (7200, 3700, 3500, 10)])
    journal.close()
    harness = Harness(tmp_path / "j.db", max_age="1h")
    try:
        deadline = time.monotonic() + 10
        while not harness.inbox.dropped:
            assert time.monotonic() < deadline
            time.sleep(0.01)
        assert "journal.max_age" in (harness.inbox.loss or "")
        assert numbers(harness.take(2)) == [3500, 10]
        while harness.inbox.loss:
            assert time.monotonic() < deadline
            time.sleep(0.01)
        assert harness.inbox.dropped == 2
    finally:
        harness.close()
