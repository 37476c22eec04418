"""What reaches the terminal: nothing that others say is obeyed by it, forges a line or floods it."""

from __future__ import annotations

import citycontext.cli.door  # noqa: F401

# isort: split
import json
import sys
from collections.abc import Iterable
from typing import Any, Final

from rich.console import Console, ConsoleOptions, RenderableType
from rich.markup import escape
from rich.segment import Segment

from citycontext.cli.conventions import broken_for, line_breaks
from citycontext.foreign_text import escaped, escaped_json, printable

__all__ = ["JsonLines", "TextConsole", "quoted", "say", "show_json", "write_json", "write_text"]

_LONGEST: Final = 4_000
"""How many characters a line has at most."""


class TextConsole(Console):
    """A console on which whatever is shown is printable, and each of its lines short.

    Args:
        stderr: Whether it writes to stderr.
        width: How many columns; None for those of the terminal.
        soft_wrap: Whether lines stay whole in a pipe, and are broken between words alone on a terminal.
    """

    def __init__(self, *, stderr: bool = False, width: int | None = None, soft_wrap: bool = False) -> None:
        super().__init__(stderr=stderr, width=width, soft_wrap=soft_wrap, highlight=False, emoji=False)
        self._between_words = soft_wrap and self.is_terminal

    def print(self, *objects: Any, **options: Any) -> None:
        """Print as Rich does; an address or a path stays in one piece where lines are broken between words.

        Args:
            objects: What is printed.
            options: Those of Rich.
        """
        if not self._between_words or not all(isinstance(one, str) for one in objects):
            super().print(*objects, **options)
            return
        text = self.render_str(" ".join(objects))
        for line in text.divide(line_breaks(text.plain, self.width)):
            line.rstrip()
            super().print(line, **{"soft_wrap": True, **options})

    def render(self, renderable: RenderableType, options: ConsoleOptions | None = None) -> Iterable[Segment]:
        """Render something; Rich's own control codes pass, those of the text do not.

        Args:
            renderable: What is shown.
            options: How.
        """
        for segment in super().render(renderable, options):
            text = segment.text
            if segment.control or (len(text) <= _LONGEST and text.isprintable()):
                yield segment
            else:
                lines = (printable(line, _LONGEST) for line in text.split("\n"))
                yield Segment("\n".join(lines), segment.style)


def quoted(text: str, limit: int = 1_000) -> str:
    """Return a text of others for a console: on one line, printable, and nothing that Rich takes for markup.

    Args:
        text: The text.
        limit: How many characters it has at most.
    """
    return escape(printable(text, limit))


def say(text: object, *, err: bool = False, flush: bool = False) -> None:
    """Write one line, short and printable whatever it quotes; a terminal gets it broken between words.

    Args:
        text: The line.
        err: Whether it goes to stderr.
        flush: Whether it is to be seen at once.
    """
    stream = sys.stderr if err else sys.stdout
    print(broken_for(stream, printable(str(text), _LONGEST)), file=stream, flush=flush)


def write_text(text: str) -> None:
    """Write a document of several lines to stdout, whole; what a terminal would obey is escaped.

    Args:
        text: RDF, TOML or Python, which read the escapes as what they stand for.
    """
    sys.stdout.write(escaped(text))
    sys.stdout.flush()


def write_json(document: bytes) -> None:
    """Write a JSON document to stdout, whole; what a terminal would obey is escaped.

    Args:
        document: JSON in UTF-8; a line end is added where it has none.
    """
    if not document.isascii() or b"\x7f" in document:
        document = escaped_json(document.decode()).encode()
    sys.stdout.buffer.write(document if document.endswith(b"\n") else document + b"\n")


def show_json(value: Any) -> None:
    """Write a value to stdout as JSON of several lines; what a terminal would obey is escaped.

    Args:
        value: Anything that JSON can hold.
    """
    print(escaped_json(json.dumps(value, indent=2, ensure_ascii=False)), flush=True)


class JsonLines:
    """Stdout for what writes JSON, a document at a time, into files as well."""

    def write(self, document: bytes) -> int:
        """Write a document.

        Args:
            document: JSON in UTF-8.
        """
        write_json(document)
        return len(document)

    def flush(self) -> None:
        """Let it be seen."""
        sys.stdout.flush()
