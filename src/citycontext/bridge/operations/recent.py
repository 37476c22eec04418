"""The last things that went wrong, for those who look at the page and not at the log."""

from __future__ import annotations

import logging
from collections import deque
from dataclasses import dataclass
from typing import Final

from citycontext.configuration.masking import masked
from citycontext.foreign_text import printable

__all__ = ["LogLine", "RecentErrors"]

_KEPT: Final = 10
_LONGEST: Final = 1_000


@dataclass(frozen=True, slots=True)
class LogLine:
    """A line of the log.

    Args:
        at: When, seconds since 1970.
        level: ``WARNING`` or ``ERROR``.
        text: What it says.
    """

    at: float
    level: str
    text: str


class RecentErrors(logging.Handler):
    """Keeps the newest warnings and errors of the bridge, while it runs."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self._told: deque[LogLine] = deque(maxlen=_KEPT)
        self._logger = logging.getLogger("citycontext.bridge")

    def start(self) -> None:
        """Begin to listen."""
        self._logger.addHandler(self)

    def stop(self) -> None:
        """Listen no more."""
        self._logger.removeHandler(self)

    def emit(self, record: logging.LogRecord) -> None:
        """Keep a line.

        Args:
            record: The line.
        """
        self._told.append(LogLine(record.created, record.levelname, printable(masked(record.getMessage()), _LONGEST)))

    @property
    def newest(self) -> list[LogLine]:
        """What was told, the newest first."""
        return list(self._told)[::-1]
