"""Log lines for people, or for machines: one JSON object a line. Nothing is configured unless a program asks for it."""

from __future__ import annotations

import logging
from datetime import UTC, datetime
from typing import Any, Final

import orjson

from citycontext.bridge.config.bridge import LogConfig
from citycontext.configuration.masking import masked
from citycontext.foreign_text import LogFormatter, printable
from citycontext.ngsild.time import format_datetime

__all__ = ["JsonFormatter", "log_handler"]

_LONGEST: Final = 4_000
_TEXT: Final = "%(asctime)s %(levelname)-7s %(message)s"


class JsonFormatter(logging.Formatter):
    """Writes ``time`` (UTC), ``level``, ``logger``, ``message`` and, where there is a traceback, ``error``."""

    def format(self, record: logging.LogRecord) -> str:
        """Write a record.

        Args:
            record: The record.

        Returns:
            One line of JSON.
        """
        line: dict[str, Any] = {
            "time": format_datetime(datetime.fromtimestamp(record.created, UTC)),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": _safe(masked(record.getMessage())),
        }
        if record.exc_info:
            line["error"] = masked(self.formatException(record.exc_info))
        return orjson.dumps(line).decode()


def _safe(text: str) -> str:
    """Return a message for JSON, which escapes line ends itself, and cannot hold lone surrogates."""
    lines = text[: 2 * _LONGEST].split("\n")
    return "\n".join(printable(line, _LONGEST) for line in lines)


class _TextFormatter(LogFormatter):
    def format(self, record: logging.LogRecord) -> str:
        """Write a record."""
        return masked(super().format(record))


def log_handler(config: LogConfig) -> logging.Handler:
    """Make a handler that writes to standard error as configured.

    Args:
        config: Format and level.

    Returns:
        The handler; it does nothing before a program adds it to a logger.
    """
    handler = logging.StreamHandler()
    handler.setLevel(config.level.upper())
    handler.setFormatter(JsonFormatter() if config.format == "json" else _TextFormatter(_TEXT))
    return handler
