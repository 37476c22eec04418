"""The root of all errors, and how much of what others wrote stands in their texts."""

from __future__ import annotations

from typing import Final

from citycontext.foreign_text import printable

__all__ = ["LONGEST_MESSAGE", "CityContextError", "place"]

LONGEST_MESSAGE: Final = 4_000
"""Characters of a message, or of a cure."""

_LONGEST_PLACE: Final = 500


class CityContextError(Exception):
    """The root: ``except CityContextError`` catches all that citycontext raises on purpose.

    Args:
        message: What was wrong, where, and what to do; one line.
    """

    def __init__(self, message: str) -> None:
        message = printable(message, LONGEST_MESSAGE)
        super().__init__(message)
        self.message = message

    def __str__(self) -> str:
        return self.message


def place(text: str) -> str:
    """Return a path, address or file name that others may have written, short and printable.

    Args:
        text: What was written.
    """
    return printable(text, _LONGEST_PLACE)
