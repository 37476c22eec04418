"""What ``citycontext demo`` shows in the terminal: what goes on in the city, how messages go, the newest values."""

from __future__ import annotations

import citycontext.cli.door  # noqa: F401

# isort: split
from itertools import groupby
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from citycontext.foreign_text import printable

if TYPE_CHECKING:
    from citycontext.bridge.journal.dead_letters import DeadLetter
    from citycontext.demo import Demo, DemoCounts
    from citycontext.demo.readings import Reading

__all__ = ["draw_board"]

STYLES = {"good": "green", "fair": "yellow", "bad": "red"}
GENT = ZoneInfo("Europe/Brussels")
AROUND = 10
"""Lines that are not rows: title, headline, counts, the broken sensor, the last ones, and those between them."""


def draw_board(demo: Demo, height: int, width: int = 80) -> RenderableType:
    """Draw the demo as it is now.

    Args:
        demo: The demo.
        height: Lines of the terminal; the table is cut to fit.
        width: Its columns; nothing is wrapped.
    """
    readings, counts = demo.readings(), demo.counts()
    time = demo.recorded_time().astimezone(GENT)
    lines: list[Text | Table] = [
        Text.assemble(
            ("Gent, replayed: 21 December 2023", "bold"),
            f"  {time:%H:%M}   ",
            _way(demo),
        ),
        Text(demo.headline(), "bold"),
        _counts(counts, len(readings)),
        Text(),
        _values(readings, max(4, height - AROUND)),
        Text(),
        *_broken(demo.broken()),
        Text.assemble(("map  ", "dim"), (demo.map_url, "bold underline"), ("   Ctrl-C ends it.", "dim")),
        Text("P+R: recorded, replayed 300 times as fast. All else is simulated.", "dim"),
    ]
    for line in lines:
        if isinstance(line, Text):
            line.truncate(width, overflow="ellipsis")
            line.no_wrap = True
    return Group(*lines)


def _way(demo: Demo) -> Text:
    """Return whether the context broker stands still."""
    left = demo.outage
    return Text(f"context broker stopped, {left:.0f} s more", "red") if left else Text()


def _counts(counts: DemoCounts, things: int) -> Text:
    shown = Text()
    for one, more, count in (
        ("message", "messages", counts.published),
        ("delivered", "delivered", counts.delivered),
        ("waits", "wait", counts.under_way),
        ("dead letter", "dead letters", counts.dead_letters),
        ("entity", "entities", things),
    ):
        shown.append(f"{count:,} ", "bold")
        shown.append(f"{one if count == 1 else more}   ", "dim")
    return shown


def _broken(letter: DeadLetter | None) -> tuple[Text, ...]:
    """Return what the broken sensor sent last and where that waits, and why it was refused."""
    if letter is None:
        return (Text("No message was refused yet.", "dim"),)
    sent = printable(letter.message.payload.decode(errors="replace"))
    return (
        Text.assemble(("broken sensor  ", "red"), f"dead letter {letter.id} in the journal: ", (sent, "dim")),
        Text.assemble(("refused        ", "red"), letter.reason),
    )


def _values(readings: list[Reading], rows: int) -> Table:
    table = Table(box=None, padding=(0, 2, 0, 0), show_header=False, pad_edge=False)
    # In a narrow terminal names are cut, not figures: only a column that may wrap is made smaller.
    for right, cut in ((False, False), (False, True), (True, False), (False, False)):
        table.add_column(justify="right" if right else "left", no_wrap=not cut)
    shown = _fitted(readings, rows)
    for index, reading in shown:
        name = Text(reading.name, no_wrap=True, overflow="ellipsis")
        state = Text(reading.state, STYLES.get(reading.rank, ""))
        table.add_row(Text(reading.kind if index == 0 else "", "cyan"), name, Text(reading.value, "bold"), state)
    if len(shown) < len(readings):
        table.add_row("", Text(f"and {len(readings) - len(shown)} more", "dim"), "", "")
    return table


def _fitted(readings: list[Reading], rows: int) -> list[tuple[int, Reading]]:
    """Share the rows among the kinds, so that every kind is seen in a small terminal; the worst of each first."""
    if len(readings) > rows:
        rows -= 1  # for the line that says how many there are besides
    groups = [list(group) for _, group in groupby(readings, key=lambda reading: reading.kind)]
    share = max(1, rows // max(1, len(groups)))
    spare = rows - sum(min(share, len(group)) for group in groups)
    fitted: list[tuple[int, Reading]] = []
    for group in groups:
        more = min(max(0, spare), max(0, len(group) - share))
        spare -= more
        if share + more < len(group):
            group.sort(key=lambda reading: reading.badness, reverse=True)
        fitted += enumerate(group[: share + more])
    return fitted
