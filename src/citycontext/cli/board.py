"""What ``citycontext demo`` shows in the terminal: counts, and the newest values."""

from __future__ import annotations

import citycontext.cli.door  # noqa: F401

# isort: split
from datetime import UTC, datetime
from itertools import groupby
from typing import TYPE_CHECKING

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

if TYPE_CHECKING:
    from citycontext.demo import Demo
    from citycontext.demo.readings import Reading

__all__ = ["draw_board"]

COLOURS = ("cyan", "magenta", "yellow", "green")
_COLUMNS = (
    ("type", False, False),
    ("name", False, True),
    ("measure", False, True),
    ("value", True, False),
    ("age", True, False),
)
AROUND = 9
"""Lines that are not rows: title, counts, heads, and the last ones."""


def draw_board(demo: Demo, height: int) -> RenderableType:
    """Draw the demo as it is now.

    Args:
        demo: The demo.
        height: Lines of the terminal; the table is cut to fit.
    """
    readings = demo.readings()
    return Group(
        Text.assemble(("map  ", "dim"), (demo.map_url, "bold underline"), ("   API  ", "dim"), demo.api_url),
        _counts(demo, len(readings)),
        _values(readings, max(4, height - AROUND)),
        Text(
            "Park and ride: recorded in December 2023, replayed. All other sensors are simulated. Ctrl-C ends it.",
            style="dim",
        ),
    )


def _counts(demo: Demo, entities: int) -> Text:
    counts = demo.counts()
    shown = Text()
    for name, count in (
        ("published", counts.published),
        ("received", counts.received),
        ("delivered", counts.delivered),
        ("dead letters", counts.dead_letters),
        ("under way", counts.under_way),
        ("entities", entities),
    ):
        shown.append(f"{count:,} ", "bold")
        shown.append(f"{name}   ", "dim")
    return shown


def _values(readings: list[Reading], rows: int) -> Table:
    table = Table(box=None, padding=(0, 2, 0, 0), header_style="dim", pad_edge=False)
    # In a narrow terminal names are cut, not figures: only a column that may wrap is made smaller.
    for title, right, cut in _COLUMNS:
        table.add_column(title, justify="right" if right else "left", no_wrap=not cut)
    now = datetime.now(UTC)
    for index, reading, colour in _fitted(readings, rows):
        age = f"{max(0, round((now - reading.observed_at).total_seconds()))} s"
        kind = Text(reading.type if index == 0 else "", colour)
        name, measure = (Text(text, no_wrap=True, overflow="ellipsis") for text in (reading.name, reading.measure))
        table.add_row(kind, name, measure, Text(reading.value, "bold"), age)
    return table


def _fitted(readings: list[Reading], rows: int) -> list[tuple[int, Reading, str]]:
    """Share the rows among the types, so that every type is seen in a small terminal."""
    groups = [list(group) for _, group in groupby(readings, key=lambda reading: reading.type)]
    share = max(1, rows // max(1, len(groups)))
    spare = rows - sum(min(share, len(group)) for group in groups)
    fitted = []
    for number, group in enumerate(groups):
        more = min(max(0, spare), max(0, len(group) - share))
        spare -= more
        fitted += [
            (index, reading, COLOURS[number % len(COLOURS)]) for index, reading in enumerate(group[: share + more])
        ]
    return fitted
