"""Text from outside, made short and printable: for errors, logs, tables, pages and stored reasons.

What a broker, a device or a file says may be megabytes long and may hold what a terminal obeys: escape sequences,
line ends, marks that turn the direction of writing. Nothing of it reaches a person but through this module.
"""

from __future__ import annotations

import json
import logging
import re
from itertools import islice
from reprlib import Repr
from typing import Any, Final

__all__ = ["LogFormatter", "escaped", "escaped_json", "printable", "shown"]

_MOST: Final = 200
_LONGEST_LINE: Final = 4_000
_UNUSUAL: Final = re.compile(r"[^\n -~]+")


class _Brief(Repr):
    """Shows the beginning of a value, in time that does not grow with the value."""

    def __init__(self) -> None:
        super().__init__()
        self.maxlevel = 4
        self.maxlist = self.maxdict = self.maxtuple = 6
        self.maxstring = self.maxother = _MOST

    def repr_dict(self, x: dict[Any, Any], level: int) -> str:
        if level <= 0:
            return "{...}"
        members = [f"{self.repr1(key, level - 1)}: {self.repr1(x[key], level - 1)}" for key in islice(x, 6)]
        return f"{{{', '.join(members)}{', ...' if len(x) > 6 else ''}}}"


_BRIEF: Final = _Brief()


def printable(text: str, limit: int = _MOST) -> str:
    """Return a text as it may be shown: on one line, no character that a terminal obeys, not too long.

    Control characters, line ends, marks of direction and lone surrogates are written as Python escapes them. Where
    something was cut, the end says how much.

    Args:
        text: Any text.
        limit: How many characters the result has at most, the remark on what was cut included.
    """
    if len(text) <= limit and text.isprintable():
        return text
    pieces = [char if char.isprintable() else repr(char)[1:-1] for char in text[:limit]]
    if len(text) <= limit and sum(map(len, pieces)) <= limit:
        return "".join(pieces)
    room = limit - len(_remark(len(text)))
    kept = 0
    while kept < len(pieces) and (room := room - len(pieces[kept])) >= 0:
        kept += 1
    return f"{''.join(pieces[:kept])}{_remark(len(text) - kept)}"[:limit]


def shown(value: object, limit: int = 80) -> str:
    """Return a value as Python writes it, short and printable, however large or deep it is.

    Args:
        value: Anything; a text comes in quotes.
        limit: How many characters the result has at most.
    """
    if isinstance(value, str):
        if len(value) <= limit and len(quoted := repr(value)) <= limit:
            return quoted
        return f"'{printable(value, limit - 2)}'"
    text = _BRIEF.repr(value)
    if len(text) > limit:
        text = f"{text[: limit - 1]}…"
    return printable(text, limit)


def escaped(text: str) -> str:
    r"""Return a text of several lines, whole, with an escape for each character that a terminal obeys.

    Escapes are ``\\u001B`` and ``\\U000E0001``: Turtle, N-Triples, TOML and Python read them as the characters.

    Args:
        text: Any text.
    """
    return _UNUSUAL.sub(lambda found: "".join(map(_escape, found[0])), text)


def escaped_json(text: str) -> str:
    """Return JSON with an escape for each character that a terminal obeys: the same document for whoever reads it.

    Args:
        text: JSON.
    """
    return _UNUSUAL.sub(lambda found: "".join(map(_escape_json, found[0])), text)


class LogFormatter(logging.Formatter):
    """Writes a record on one line, whatever its message quotes; a traceback follows on lines of its own."""

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802  (as logging calls it)
        """Write the line.

        Args:
            record: The record; its message is cut and made printable.
        """
        record.message = printable(record.message, _LONGEST_LINE)
        return super().formatMessage(record)


def _escape_json(char: str) -> str:
    if char.isprintable():
        return char
    return "\\u007f" if char == "\x7f" else json.dumps(char)[1:-1]


def _escape(char: str) -> str:
    if char.isprintable():
        return char
    return f"\\u{ord(char):04X}" if ord(char) < 0x10000 else f"\\U{ord(char):08X}"


def _remark(cut: int) -> str:
    return f"… ({cut:,} more characters)"
