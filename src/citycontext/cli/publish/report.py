"""What was noticed while publishing, for people to read."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from rich.markup import escape

from citycontext.cli.terminal import TextConsole
from citycontext.foreign_text import printable
from citycontext.ngsild import Severity
from citycontext.publish import Report

__all__ = ["print_report", "telling_once"]

_LONGEST = 1_000
_told: ContextVar[set[str] | None] = ContextVar("told", default=None)

_STYLES = {Severity.ERROR: "red", Severity.WARNING: "yellow", Severity.NOTE: "dim"}


@contextmanager
def telling_once() -> Iterator[None]:
    """Print what several reports say alike once."""
    before = _told.set(set())
    try:
        yield
    finally:
        _told.reset(before)


def print_report(report: Report) -> None:
    """Print the findings of a report to stderr, a line each.

    Args:
        report: The report.
    """
    console = TextConsole(stderr=True, soft_wrap=True)
    told = _told.get()
    for one in report:
        if told is not None:
            line = f"{one.finding.rule} {one.finding} {one.count}"
            if line in told:
                continue
            told.add(line)
        style = _STYLES[one.finding.severity]
        what = escape(printable(str(one.finding), _LONGEST))
        times = f" ({one.count:,} times)" if one.count > 1 else ""
        console.print(f"[{style}]{one.finding.severity}[/{style}] {what}{times} [dim]{one.finding.rule}[/dim]")
    if report.left_out:
        console.print(f"and {report.left_out:,} more")
