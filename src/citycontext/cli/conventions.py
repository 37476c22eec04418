"""What every command does alike: say what to install, write numbers of things, break lines, log to stderr."""

from __future__ import annotations

import logging
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import pairwise
from typing import TextIO

from citycontext.errors import MissingExtra
from citycontext.foreign_text import LogFormatter

__all__ = ["broken_for", "counted", "extra", "line_breaks", "log_to_stderr"]


@contextmanager
def extra(name: str, *, purpose: str) -> Iterator[None]:
    """Guard imports that need an extra.

    Args:
        name: The extra that brings all they need.
        purpose: What needs it, as the beginning of a sentence.

    Raises:
        MissingExtra: A package that is not ours cannot be found.
    """
    try:
        yield
    except ModuleNotFoundError as error:
        package = (error.name or "").partition(".")[0]
        if package in ("", "citycontext"):
            raise
        raise MissingExtra(name, package=package, purpose=purpose) from None


def counted(number: int, one: str, several: str = "") -> str:
    """Write a number and what it counts: ``1 error``, ``2,000 errors``.

    Args:
        number: How many.
        one: The word for one.
        several: The word for any other number; ``one`` with an ``s`` by default.

    Returns:
        The text.
    """
    return f"{number:,} {one if number == 1 else several or one + 's'}"


def line_breaks(line: str, width: int) -> list[int]:
    """Return where a line is to be broken, each time before a word; a word that is too wide stays in one piece.

    Args:
        line: The line.
        width: How many columns there are.
    """
    breaks: list[int] = []
    start = 0
    for word in list(re.finditer(r"\S+", line))[1:]:
        if word.end() - start > width:
            start = word.start()
            breaks.append(start)
    return breaks


def broken_for(stream: TextIO, line: str) -> str:
    """Return a line as a stream shows it: in a pipe as it is, on a terminal broken between words.

    Args:
        stream: Where it goes.
        line: The line.
    """
    if not stream.isatty():
        return line
    breaks = [0, *line_breaks(line, shutil.get_terminal_size().columns), len(line)]
    return "\n".join(line[begin:end].rstrip() for begin, end in pairwise(breaks))


def log_to_stderr(level: int = logging.WARNING) -> None:
    """Send the program's log to stderr.

    Args:
        level: The least that is shown of citycontext's own; of other packages, warnings.
    """
    handler = logging.StreamHandler()
    handler.setFormatter(LogFormatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    logging.basicConfig(handlers=[handler], level=logging.WARNING)
    logging.getLogger("citycontext").setLevel(level)
