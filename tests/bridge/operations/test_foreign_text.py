"""Text from outside in logs, on the page and in what the command prints: on one line, cut, and obeyed by nothing."""

from __future__ import annotations

import logging
import time

import pytest

from citycontext.bridge.config.bridge import LogConfig
from citycontext.bridge.operations.logs import log_handler
from citycontext.bridge.operations.recent import RecentErrors
from citycontext.bridge.operations.status import BridgeStatus, Counts, DeadReason
from citycontext.bridge.operations.status_page import render
from citycontext.foreign_text import LogFormatter

EVIL = "\x1b[2J\x1b]0;owned\x07\n2026-01-01 ERROR forged \u202etxet \ud800" + "x" * 100_000


def record(message: str) -> logging.LogRecord:
    """Make a record that quotes a text."""
    return logging.LogRecord("citycontext.bridge", logging.ERROR, "", 0, "It said: %s", (message,), None)


@pytest.mark.parametrize("form", ["text", "json"])
def test_a_log_line_stays_one_line(form: str) -> None:
    """No escapes, no line ends, no marks of direction, no megabytes; also what JSON cannot hold is written."""
    line = log_handler(LogConfig.model_validate({"format": form})).format(record(EVIL))
    assert "\x1b" not in line
    assert "\n" not in line
    assert "\u202e" not in line
    assert len(line) < 15_000
    line.encode()


def test_other_programs_log_the_same_way() -> None:
    """The form of the other commands; a traceback still has its lines."""
    formatter = LogFormatter("%(levelname)s: %(message)s")
    assert formatter.format(record(EVIL)).isprintable()
    try:
        raise ValueError("no")
    except ValueError as error:
        failed = record("x")
        failed.exc_info = (type(error), error, error.__traceback__)
    assert formatter.format(failed).count("\n") >= 3


def test_the_page_shows_nothing_that_is_obeyed() -> None:
    """Troubles, reasons of dead letters and recent lines are short, escaped and printable."""
    recent = RecentErrors()
    recent.emit(record(EVIL))
    status = BridgeStatus(
        started=time.time(),
        now=time.time(),
        counts=Counts(),
        troubles=[EVIL],
        sources=[],
        context_broker=EVIL,
        routes=[],
        journal_bytes=0,
        journal_limit=1,
        lag=0.0,
        dead_letters=[DeadReason(EVIL, "codec", EVIL, f"<script>{EVIL}", 1, 1, time.time())],
        recent=recent.newest,
    )
    page = render(status)
    assert "\x1b" not in page
    assert "\u202e" not in page
    assert "<script>" not in page
    assert len(page) < 20_000
    page.encode()
