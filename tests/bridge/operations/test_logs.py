"""Log lines: an object a line for machines, and nothing configured by itself."""

from __future__ import annotations

import logging

import orjson
import pytest

from citycontext.bridge.config.bridge import LogConfig
from citycontext.bridge.operations.logs import log_handler


def test_json_is_one_object_a_line(capsys: pytest.CaptureFixture[str]) -> None:
    """With what is asked of a line, tracebacks and line breaks within it."""
    handler = log_handler(LogConfig(format="json", level="warning"))
    logger = logging.Logger("citycontext.bridge.test")
    logger.addHandler(handler)
    logger.info("not asked for")
    logger.warning("broker %s\nis away", "a")
    try:
        raise ValueError("inner")
    except ValueError:
        logger.exception("failed")
    first, second = (orjson.loads(line) for line in capsys.readouterr().err.splitlines())
    assert first["time"].endswith("Z")
    assert {name: first[name] for name in first if name != "time"} == {
        "level": "warning",
        "logger": "citycontext.bridge.test",
        "message": "broker a\nis away",
    }
    assert "ValueError: inner" in second["error"]


def test_text_is_for_people(capsys: pytest.CaptureFixture[str]) -> None:
    """Time, level, message."""
    logger = logging.Logger("x")
    logger.addHandler(log_handler(LogConfig()))
    logger.info("Connected.")
    assert capsys.readouterr().err.endswith(" INFO    Connected.\n")
    assert not logging.getLogger("citycontext").handlers
