"""Files of the bridge are for their owner only, and a journal is for one bridge only."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from citycontext.bridge.journal.journal import Journal
from citycontext.bridge.journal.private_files import JournalLock, open_private
from citycontext.bridge.message import Message
from citycontext.errors import JournalError


def mode(path: Path) -> int:
    """Return who may do what with a file."""
    return stat.S_IMODE(path.stat().st_mode)


def test_a_new_journal_is_for_its_owner(tmp_path: Path) -> None:
    """The file, what SQLite keeps beside it, and the folders that are made."""
    before = os.umask(0o022)
    try:
        journal = Journal(tmp_path / "a" / "b" / "journal.db")
        journal.write([Message("t", b"", 0.0)])
        files = sorted((tmp_path / "a" / "b").iterdir())
        assert len(files) == 4
        assert [mode(file) for file in files] == [0o600] * 4
        assert [mode(tmp_path / "a"), mode(tmp_path / "a" / "b")] == [0o700, 0o700]
        journal.close()
    finally:
        os.umask(before)


def test_a_journal_that_is_there_is_tightened(tmp_path: Path) -> None:
    """Its folder, which we did not make, stays as it is."""
    path = tmp_path / "journal.db"
    Journal(path).close()
    path.chmod(0o644)
    tmp_path.chmod(0o755)
    Journal(path).close()
    assert (mode(path), mode(tmp_path)) == (0o600, 0o755)


def test_a_file_that_is_written_anew_is_for_its_owner(tmp_path: Path) -> None:
    """Whether it was there or not; a device is left alone."""
    path = tmp_path / "dead.jsonl"
    path.write_text("old and longer")
    path.chmod(0o644)
    with open_private(path) as file:
        file.write(b"new")
    assert (mode(path), path.read_bytes()) == (0o600, b"new")
    before = mode(Path("/dev/null"))
    with open_private(Path("/dev/null")) as file:
        file.write(b"x")
    assert mode(Path("/dev/null")) == before


def test_a_journal_is_for_one_bridge(tmp_path: Path) -> None:
    """A second process is told who has it; once that one is killed, it is free."""
    path = tmp_path / "journal.db"
    code = (
        "import sys, time; from pathlib import Path; from citycontext.bridge.journal.private_files import JournalLock; "
        "lock = JournalLock(Path(sys.argv[1])); print('locked', flush=True); time.sleep(60)"
    )
    with subprocess.Popen([sys.executable, "-c", code, str(path)], stdout=subprocess.PIPE) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == b"locked\n"
        with pytest.raises(JournalError, match=rf"in use by another bridge \(process {other.pid}\)"):
            JournalLock(path)
        other.kill()
    JournalLock(path).release()
