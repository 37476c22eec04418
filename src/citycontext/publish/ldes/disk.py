"""Writing files so that a reader, or a crash, finds the old one or the new one, never a half."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from citycontext.errors import PublicationError

__all__ = ["disk_errors", "replacing", "sync_folder", "write_whole"]


def write_whole(path: Path, content: bytes) -> None:
    """Replace a file as a whole.

    Args:
        path: The file.
        content: All it shall hold.
    """
    beside = path.with_suffix(".new")
    try:
        with beside.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(path)
    except OSError:
        # A half would take room on a disk that has none.
        with suppress(OSError):
            beside.unlink(missing_ok=True)
        raise


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """Return a file beside another, which it replaces in the end; after an error the other stays as it was.

    Args:
        path: The file to replace.
    """
    beside = path.with_name(f"{path.name}.new")
    try:
        yield beside
        beside.replace(path)
    except BaseException:
        beside.unlink(missing_ok=True)
        raise


def sync_folder(path: Path) -> None:
    """Make new names in a folder survive a loss of power, where the file system can."""
    with suppress(OSError):
        handle = os.open(path, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


@contextmanager
def disk_errors(path: Path) -> Iterator[None]:
    """Turn what the disk refuses into an error that names what it was about.

    Args:
        path: What is written where the disk does not say.

    Raises:
        PublicationError: Something in it cannot be read or written.
    """
    try:
        yield
    except OSError as error:
        raise PublicationError(f"{error.filename or path}: cannot be written: {error.strerror}") from error
