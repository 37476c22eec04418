"""Entities that a person wants to be put aside: written down by the command line, read by a bridge that runs."""

from __future__ import annotations

import contextlib
import sqlite3
import threading
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from citycontext.bridge.journal.journal_file import connect

__all__ = ["PutAside"]

_LOOK: Final = 1.0


class PutAside:
    """Looks now and then into the journal's file; called, it returns the time of asking by the entity's id.

    Args:
        path: The journal's file.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.Lock()
        self._asked: Mapping[str, float] = {}
        self._looked = 0.0

    def __call__(self) -> Mapping[str, float]:
        with self._lock:
            now = time.monotonic()
            if now - self._looked >= _LOOK:
                self._looked = now
                with contextlib.suppress(sqlite3.Error), contextlib.closing(connect(self._path)) as connection:
                    self._asked = dict(connection.execute("SELECT entity, asked FROM put_aside"))
            return self._asked
