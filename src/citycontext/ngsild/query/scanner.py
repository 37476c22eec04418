"""A cursor over the text of a query, and the limits that keep hostile text cheap."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final, NoReturn

from citycontext.errors import InvalidQuery

__all__ = ["MAX_DEPTH", "MAX_LENGTH", "Scanner", "errors_in"]

MAX_LENGTH: Final = 65_536
"""Characters a query may have."""

MAX_DEPTH: Final = 32
"""Levels of parentheses, or of braces, a query may have."""


class Scanner:
    """Read a query from left to right, and fail at a column.

    Args:
        text: The whole query, percent-decoded.
        clause: The clause of its grammar, for errors.

    Raises:
        InvalidQuery: The text is longer than ``MAX_LENGTH`` or cannot be sent as UTF-8.
    """

    __slots__ = ("clause", "depth", "position", "text")

    def __init__(self, text: str, clause: str) -> None:
        self.text: str = text
        self.clause: str = clause
        self.position: int = 0
        self.depth: int = 0
        if len(text) > MAX_LENGTH:
            self.fail(f"longer than {MAX_LENGTH} characters", at=MAX_LENGTH)
        if not text.isascii():
            try:
                text.encode()
            except UnicodeEncodeError as error:
                self.fail("half of a surrogate pair is not a character", at=error.start)

    def fail(self, message: str, *, at: int | None = None) -> NoReturn:
        """Raise ``InvalidQuery`` at the current position, or at another."""
        column = self.position if at is None else at
        raise InvalidQuery(message, text=self.text, column=column, clause=self.clause)

    @property
    def at_end(self) -> bool:
        """Whether all is read."""
        return self.position >= len(self.text)

    def peek(self) -> str:
        """Return the next character without reading it; empty at the end."""
        return self.text[self.position : self.position + 1]

    def rest(self) -> str:
        """Show what comes next, for a message."""
        return repr(self.text[self.position]) if self.position < len(self.text) else "the end"

    def take(self, literal: str) -> bool:
        """Read a literal if it comes next."""
        if self.text.startswith(literal, self.position):
            self.position += len(literal)
            return True
        return False

    def match(self, pattern: re.Pattern[str]) -> re.Match[str] | None:
        """Read what a pattern matches here."""
        found = pattern.match(self.text, self.position)
        if found is not None:
            self.position = found.end()
        return found

    def expect(self, literal: str, purpose: str) -> None:
        """Read a literal, or fail and say what it is for."""
        if not self.take(literal):
            self.fail(f"expected {literal!r} {purpose}, not {self.rest()}")

    def enter(self) -> None:
        """Go one level of parentheses down."""
        self.depth += 1
        if self.depth > MAX_DEPTH:
            self.fail(f"nested deeper than {MAX_DEPTH} levels")

    def leave(self) -> None:
        """Come back up."""
        self.depth -= 1

    def finish(self) -> None:
        """Make sure that nothing is left."""
        if not self.at_end:
            self.fail(f"unexpected {self.rest()}")


@contextmanager
def errors_in(path: str) -> Iterator[None]:
    """Let errors inside say which parameter they are in, where they do not yet."""
    try:
        yield
    except InvalidQuery as error:
        error.path = error.path or path
        raise
