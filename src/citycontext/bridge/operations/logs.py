"""Log lines for people, or for machines: one JSON object a line. Nothing is configured unless a program asks for it."""

from __future__ import annotations

import logging
from datetime import UTC, datetime
from typing import Any, Final

import orjson

from citycontext.bridge.config.bridge import LogConfig
from citycontext.configuration.masking import masked
from citycontext.ngsild.time import format_datetime

__all__ = ["JsonFormatter", "log_handler"]

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
            "message": masked(record.getMessage()),
        }
        if record.exc_info:
            line["error"] = masked(self.formatException(record.exc_info))
        return orjson.dumps(line).decode()


class _TextFormatter(logging.Formatter):
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
