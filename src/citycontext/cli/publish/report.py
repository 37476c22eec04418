"""What was noticed while publishing, for people to read."""

from __future__ import annotations

from rich.markup import escape

from citycontext.cli.terminal import TextConsole
from citycontext.foreign_text import printable
from citycontext.ngsild import Severity
from citycontext.publish import Report

__all__ = ["print_report"]

_LONGEST = 1_000

_STYLES = {Severity.ERROR: "red", Severity.WARNING: "yellow", Severity.NOTE: "dim"}


def print_report(report: Report) -> None:
    """Print the findings of a report to stderr, a line each.

    Args:
        report: The report.
    """
    console = TextConsole(stderr=True, soft_wrap=True)
    for one in report:
        style = _STYLES[one.finding.severity]
        what = escape(printable(str(one.finding), _LONGEST))
        times = f" ({one.count:,} times)" if one.count > 1 else ""
        console.print(f"[{style}]{one.finding.severity}[/{style}] {what}{times} [dim]{one.finding.rule}[/dim]")
    if report.left_out:
        console.print(f"and {report.left_out:,} more")
