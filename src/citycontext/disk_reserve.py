"""Room kept on a disk, so that what stands in a database can be struck out even once the disk is full.

To delete a row takes room, too: SQLite writes the changed page to its log first. Where the database itself filled the
disk, nothing could ever be deleted again.
"""

from __future__ import annotations

import contextlib
import os
import sqlite3
from pathlib import Path
from typing import Final

__all__ = ["DiskReserve", "fold_log_in", "free_inside", "give_back"]

_SIZE: Final = 16 * 1024 * 1024
_LEAST_LEFT: Final = 12 * 1024 * 1024
_SMALLEST_PAGES: Final = 100
_PIECE: Final = bytes(65_536)
_PAGES_AT_ONCE: Final = 256
_MOST_PIECES: Final = 16


class DiskReserve:
    """A file beside a database that takes up room, and gives it back when the disk is full.

    On a small disk the reserve is an eighth of it.

    Args:
        database: The database's file; the reserve is beside it.
    """

    def __init__(self, database: Path) -> None:
        self.path: Final = database.with_name(f"{database.name}.reserve")
        total = self._disk()[0]
        self.size: Final = min(_SIZE, total // 8)
        """Bytes of the reserve."""
        self.least_left: Final = min(_LEAST_LEFT, total // 16)
        """Bytes that must be free beside the reserve for anything new to be written."""
        self._is_short = False

    @property
    def log_pages(self) -> int:
        """After how many pages the database's log must be folded in, for the reserve to have room for all of it."""
        return max(_SMALLEST_PAGES, self.size // 2 // 4096)

    @property
    def rows_at_once(self) -> int:
        """How many rows a transaction may strike out: each may take a page of the database's log."""
        return max(_SMALLEST_PAGES, self.least_left // 4 // 4096)

    @property
    def bytes_at_once(self) -> int:
        """How many bytes a transaction may add: pages are not filled to the last byte."""
        return max(_SMALLEST_PAGES * 4096, self.least_left // 3)

    @property
    def is_held(self) -> bool:
        """Whether the room is kept at this moment."""
        return self.path.exists()

    @property
    def free(self) -> int:
        """Bytes that are free on the disk."""
        return self._disk()[1]

    def has_room(self, free_inside: int = 0) -> bool:
        """Return whether something new may be written; the reserve is made again once there is room for it.

        Args:
            free_inside: Bytes that are free inside of the database's file.
        """
        free = self.free
        # Twice as much to begin again: nobody shall stop and go at each page.
        least = self.least_left * 2 if self._is_short else self.least_left
        if not self.is_held and not (free >= self.size + least and self._make()):
            # Without it, what is new may only take the place of what was struck out.
            least += self.size
        self._is_short = free + free_inside < least
        return not self._is_short

    def release_if_short(self) -> bool:
        """Return the room back if there is hardly any other, so that what is there can be struck out.

        Returns:
            Whether the disk is short of room.
        """
        is_short = self.free < self.least_left // 3
        if is_short:
            self.release()
        return is_short

    def release(self) -> None:
        """Return the room back."""
        self._is_short = True
        with contextlib.suppress(OSError):
            self.path.unlink(missing_ok=True)

    def _disk(self) -> tuple[int, int]:
        try:
            disk = os.statvfs(self.path.parent)
        except OSError:
            return _SIZE * 8, _SIZE * 8
        return disk.f_blocks * disk.f_frsize, disk.f_bavail * disk.f_frsize

    def _make(self) -> bool:
        try:
            handle = os.open(self.path, os.O_CREAT | os.O_WRONLY | os.O_CLOEXEC, 0o600)
            try:
                if hasattr(os, "posix_fallocate"):
                    os.posix_fallocate(handle, 0, self.size)
                else:  # macOS
                    for _ in range(self.size // len(_PIECE)):
                        os.write(handle, _PIECE)
            finally:
                os.close(handle)
        except OSError:
            self.release()
            return False
        return True


def free_inside(connection: sqlite3.Connection) -> int:
    """Return how many bytes are free inside of a database's file.

    Args:
        connection: To the database.
    """
    (pages,) = connection.execute("PRAGMA freelist_count").fetchone()
    (size,) = connection.execute("PRAGMA page_size").fetchone()
    return int(pages) * int(size)


def fold_log_in(connection: sqlite3.Connection) -> None:
    """Fold the log of a database into its file, as far as nobody reads it, and let its room go.

    Args:
        connection: To the database.
    """
    with contextlib.suppress(sqlite3.Error):
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()


def give_back(connection: sqlite3.Connection) -> None:
    """Return free pages of a database to the disk, bit by bit: each bit takes room itself until it is folded in.

    Args:
        connection: To the database.
    """
    with contextlib.suppress(sqlite3.Error):
        for _ in range(_MOST_PIECES):
            if not connection.execute("PRAGMA freelist_count").fetchone()[0]:
                return
            # As a script: ``execute`` takes a single step of it, which is one page.
            connection.executescript(f"PRAGMA incremental_vacuum({_PAGES_AT_ONCE})")
            fold_log_in(connection)
