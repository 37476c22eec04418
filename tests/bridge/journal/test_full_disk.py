"""A disk that is full: what is there can be struck out, nothing new is taken, and all goes on once there is room."""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.bridge.conftest import wait_until

from citycontext.bridge.claim import Claim, Mark
from citycontext.bridge.config.bridge import JournalConfig
from citycontext.bridge.journal.dead_letters import DeadLetters
from citycontext.bridge.journal.inbox import JournalInbox
from citycontext.bridge.journal.journal import Journal, Refusal
from citycontext.bridge.message import Message
from citycontext.disk_reserve import DiskReserve
from citycontext.errors import JournalError

PAYLOAD = bytes(2_000)
CLAIM = Claim("mqtt")


def message(number: int) -> Message:
    """Make a message of two kilobytes that names its number."""
    return Message(f"t/{number}", PAYLOAD, time.time(), "mqtt", 1, mark=Mark(CLAIM, number))


def fill(folder: Path, leave: int = 0) -> Path:
    """Fill a disk with a file, up to so many bytes."""
    path = folder / "filler"
    with path.open("ab") as file:
        while (rest := os.statvfs(folder).f_bavail * os.statvfs(folder).f_frsize - leave) > 0:
            try:
                file.write(bytes(min(rest, 65_536)))
                file.flush()
            except OSError:
                break
    return path


def fill_up(journal: Journal) -> list[Message]:
    """Write messages until the disk takes no more, whatever the admission says; return those that were kept."""
    kept: list[Message] = []
    while True:
        group = [message(len(kept) + index) for index in range(50)]
        try:
            journal.write(group)
        except JournalError:
            return kept
        kept += group


@pytest.fixture
def journal(small_disk: Path) -> Iterator[Journal]:
    """Return a journal on a small disk."""
    journal = Journal(small_disk / "j.db", "process")
    yield journal
    journal.close()


def test_a_full_disk_lets_messages_be_struck_out(journal: Journal, small_disk: Path) -> None:
    """Once the reserve is given up, all that filled the disk can be struck out, and new messages find room."""
    assert journal.has_room()
    kept = fill_up(journal)
    fill(small_disk)
    assert not journal.has_room()
    journal.make_room()
    for start in range(0, len(kept), 200):
        journal.write((), kept[start : start + 200])
    assert journal.count == 0
    (small_disk / "filler").unlink()
    for _ in range(50):
        journal.give_space_back()
    assert journal.has_room()
    assert DiskReserve(journal.path).is_held
    assert fill_up(journal)


def test_a_journal_that_fills_the_disk_recovers_without_a_restart(small_disk: Path) -> None:
    """Reading stops early, deliveries go on, reading begins again, and no message is lost or out of order."""
    journal = Journal(small_disk / "j.db", "process")
    acknowledged: list[Mark] = []
    inbox = JournalInbox(journal, JournalConfig(max_size=10**9), lambda source, marks: acknowledged.extend(marks))
    inbox.start()
    try:
        offered = 0
        deadline = time.monotonic() + 30
        while not inbox.is_full() or inbox.shortage is None:
            if not inbox.is_full():
                inbox.offer([message(offered + index) for index in range(50)])
                offered += 50
            assert time.monotonic() < deadline, "the journal never stopped reading"
            time.sleep(0.002)
        assert "only" in str(inbox.shortage)
        assert inbox.trouble is None, "stopped before the disk was full"
        assert len(acknowledged) < offered
        fill(small_disk)
        taken: list[Message] = []
        while len(taken) < offered:
            assert time.monotonic() < deadline, f"{len(taken)} of {offered} came, {inbox.shortage}, {inbox.trouble}"
            more = inbox.take(500, 0.1)
            taken += more
            inbox.settle(more, [])
            if len(taken) > 1_000:
                (small_disk / "filler").unlink(missing_ok=True)
        assert [one.topic for one in taken] == [f"t/{number}" for number in range(offered)]
        wait_until(lambda: journal.count == 0 and inbox.shortage is None and inbox.trouble is None)
        inbox.offer([message(offered)])
        assert [one.topic for one in inbox.take(1, 5.0)] == [f"t/{offered}"]
    finally:
        inbox.close()
        journal.close()


def test_a_bridge_starts_and_stops_on_a_full_disk(journal: Journal, small_disk: Path) -> None:
    """A journal on a full disk opens, keeps what was in it, and what was offered and not taken holds no stop up."""
    kept = fill_up(journal)
    journal.close()
    fill(small_disk)
    again = Journal(journal.path, "process")
    inbox = JournalInbox(again, JournalConfig(), lambda source, marks: None)
    inbox.start()
    try:
        assert again.count == len(kept)
        inbox.offer([message(0)])
        wait_until(lambda: inbox.shortage is not None)
        inbox.settle(kept, [])
        wait_until(lambda: again.count <= 1)
    finally:
        begun = time.monotonic()
        inbox.close()
        again.close()
    assert time.monotonic() - begun < 5


def test_dead_letters_are_made_and_dropped_on_a_full_disk(journal: Journal, small_disk: Path) -> None:
    """A message moves to the dead letters though the disk is full, and a person can drop dead letters there."""
    kept = fill_up(journal)
    fill(small_disk)
    journal.make_room()
    assert journal.write((), (), [Refusal(one, "mapping", "it is not wanted") for one in kept[:100]]) == 100
    (small_disk / "filler").unlink()
    for start in range(100, len(kept), 100):
        journal.write((), kept[start : start + 100])
    for _ in range(10):
        journal.give_space_back()
    assert journal.has_room()
    fill_up(journal)
    fill(small_disk)
    with DeadLetters(journal.path) as letters:
        assert letters.drop() == 100


def test_dropping_the_oldest_makes_room_on_a_full_disk(small_disk: Path) -> None:
    """With overflow = "drop-oldest" a full disk stops nothing: what waited longest goes, and is counted."""
    journal = Journal(small_disk / "j.db", "process")
    inbox = JournalInbox(journal, JournalConfig(overflow="drop-oldest"), lambda source, marks: None)
    inbox.start()
    try:
        for number in range(0, 40_000, 50):
            wait_until(lambda: not inbox.is_full())
            inbox.offer([message(number + index) for index in range(50)])
        wait_until(lambda: inbox.received == inbox.journalled)
        assert inbox.dropped > 0
        assert inbox.shortage is None
    finally:
        inbox.close()
        journal.close()


def test_a_journal_that_is_full_by_its_limit_holds_no_stop_up(tmp_path: Path) -> None:
    """At max_size, what was offered and not taken over is left to the MQTT broker, and the inbox ends."""
    journal = Journal(tmp_path / "j.db", "process")
    inbox = JournalInbox(journal, JournalConfig(max_size=10_000), lambda source, marks: None)
    inbox.start()
    for number in range(20):
        inbox.offer([message(number)])
        time.sleep(0.02)
    begun = time.monotonic()
    inbox.close()
    journal.close()
    assert time.monotonic() - begun < 5


def test_the_reserve_is_small_on_a_small_disk(small_disk: Path) -> None:
    """The reserve is an eighth of a disk of 40 MB, taken for real, and comes back after it was given up."""
    reserve = DiskReserve(small_disk / "x.db")
    free = reserve.free
    assert reserve.has_room()
    assert free - reserve.free >= reserve.size >= 4_000_000
    filler = fill(small_disk, leave=100_000)
    assert not reserve.has_room()
    assert reserve.release_if_short()
    assert not reserve.has_room(), "what was given up is for what is struck out"
    filler.unlink()
    assert reserve.has_room()
    assert reserve.is_held


def test_the_makers_of_a_full_disk_are_processes_too(small_disk: Path) -> None:
    """A disk that others filled gives way as soon as they leave: nothing waits for a restart."""
    journal = Journal(small_disk / "j.db", "process")
    try:
        assert journal.has_room()
        subprocess.run(["dd", "if=/dev/zero", f"of={small_disk}/other", "bs=64k"], capture_output=True, check=False)
        assert not journal.has_room()
        (small_disk / "other").unlink()
        assert journal.has_room()
    finally:
        journal.close()
