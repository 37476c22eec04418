"""Files that only their owner can read, for payloads may be personal; and the lock on a journal."""

from __future__ import annotations

import contextlib
import fcntl
import logging
import os
from pathlib import Path
from typing import IO, Final

from citycontext.errors import JournalError

__all__ = ["JournalLock", "make_private", "open_private"]

logger: logging.Logger = logging.getLogger(__name__)

_FILE: Final = 0o600
_FOLDER: Final = 0o700
_OTHERS: Final = 0o077


def make_private(path: Path) -> None:
    """Make a file and its folders, readable for their owner only; a file that is there is tightened.

    Args:
        path: The file.

    Raises:
        OSError: It cannot be made.
    """
    for folder in reversed([one for one in path.parents if not one.exists()]):
        folder.mkdir(mode=_FOLDER, exist_ok=True)
    os.close(os.open(path, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, _FILE))
    for suffix in ("", "-wal", "-shm"):
        _tighten(path.with_name(path.name + suffix))


def open_private(path: Path) -> IO[bytes]:
    """Open a file to write it anew, readable for its owner only.

    Args:
        path: The file; one that is there is tightened, a pipe or a terminal is left as it is.

    Raises:
        OSError: It cannot be written.
    """
    file = os.fdopen(os.open(path, os.O_CREAT | os.O_WRONLY | os.O_TRUNC | os.O_CLOEXEC, _FILE), "wb")
    if path.is_file():
        _tighten(path)
    return file


def _tighten(path: Path) -> None:
    with contextlib.suppress(FileNotFoundError):
        mode = path.stat().st_mode
        if mode & _OTHERS:
            try:
                path.chmod(mode & ~_OTHERS & 0o7777)
            except OSError as error:
                logger.warning("Others may read %s, and it cannot be changed: %s.", path, error.strerror)


class JournalLock:
    """Sees to it that a journal belongs to one bridge; the system lets go of it when the process ends, however it ends.

    Args:
        path: The journal's file; the lock is a file beside it.

    Raises:
        JournalError: Another bridge has it, or no file can be made there.
    """

    def __init__(self, path: Path) -> None:
        beside = path.with_name(f"{path.name}.lock")
        try:
            make_private(beside)
            self._file = beside.open("r+")
        except OSError as error:
            raise JournalError(
                f"the journal {path} cannot be opened: {error.strerror}. "
                "Check that the disk has room and that the folder may be written."
            ) from None
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            owner = self._file.read(20).strip()
            self._file.close()
            raise JournalError(
                f"the journal {path} is in use by another bridge{f' (process {owner})' if owner.isdigit() else ''}. "
                "Stop that one, or give this one a journal of its own with journal.path."
            ) from None
        with contextlib.suppress(OSError):
            # For the message of the next one only.
            self._file.truncate(0)
            self._file.write(f"{os.getpid()}\n")
            self._file.flush()

    def release(self) -> None:
        """Let another bridge have the journal."""
        with contextlib.suppress(OSError):
            self._file.close()
