"""The newest times of entities: bounded in memory, read back from the journal, and forgotten oldest first."""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import Any

from citycontext.bridge.journal.journal import Journal
from citycontext.bridge.journal.newest_times import StoredTimes, evict
from citycontext.bridge.mapping.newest import NewestTimes
from citycontext.bridge.message import Message


def wire(name: str, second: int) -> dict[str, Any]:
    """Make an entity that was observed at a second."""
    return {"id": name, "type": "T", "v": {"value": second, "observedAt": f"2024-05-01T10:00:{second:02}Z"}}


def test_what_is_not_in_memory_is_read_back(tmp_path: Path) -> None:
    """An entity that gave way to others in memory is known from the journal, by tenant."""
    journal = Journal(tmp_path / "j.db", "process")
    stored = StoredTimes(journal)
    newest = NewestTimes(stored, limit=2)
    assert newest.take_out_old("a", wire("x", 30), None) == {}
    journal.write([Message("t", b"", 0.0)], newest={("a", "x"): newest.current})
    for name in ("y", "z"):
        newest.take_out_old("a", wire(name, 30), None)
    assert newest.take_out_old("a", wire("x", 20), None).keys() == {"v"}
    assert newest.take_out_old(None, wire("x", 20), None) == {}
    stored.close()
    journal.close()


def test_in_memory_the_one_not_heard_of_for_longest_gives_way() -> None:
    """Not all at once: who is heard of often is remembered however many others come."""
    newest = NewestTimes(limit=10)
    newest.take_out_old(None, wire("busy", 30), None)
    for number in range(100):
        newest.take_out_old(None, wire(str(number), 30), None)
        assert newest.take_out_old(None, wire("busy", 20), None), number


def test_on_disk_the_oldest_are_forgotten_first(tmp_path: Path) -> None:
    """Beyond the limit, those not heard of for longest go, and no others."""
    journal = Journal(tmp_path / "j.db", "process")
    for number in range(30):
        journal.write([], newest={("", str(number)): {"v": "2024"}})
    with contextlib.closing(journal.connect()) as connection:
        assert evict(connection, 10) == 20
        assert sorted(int(one) for (one,) in connection.execute("SELECT entity FROM newest")) == list(range(20, 30))
        assert evict(connection, 10) == 0
    journal.close()
