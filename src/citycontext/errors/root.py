"""The root of all errors."""

from __future__ import annotations

from citycontext.foreign_text import printable

__all__ = ["CityContextError"]


class CityContextError(Exception):
    """The root: ``except CityContextError`` catches all that citycontext raises on purpose.

    Args:
        message: What was wrong, where, and what to do; one line.
    """

    def __init__(self, message: str) -> None:
        message = printable(message, _LONGEST_MESSAGE)
        super().__init__(message)
        self.message = message

    def __str__(self) -> str:
        return self.message
