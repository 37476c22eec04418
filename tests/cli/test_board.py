"""What the demo shows in the terminal."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pytest
from rich.console import Console

from citycontext.bridge.journal.dead_letters import DeadLetter
from citycontext.bridge.message import Message
from citycontext.cli.board import draw_board
from citycontext.demo import DemoCounts
from citycontext.demo.readings import Reading, headline

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
LONG = "Gentbrugge, Braemkasteelstraat aan de Schelde, voorbij de brug"


def reading(kind: str, number: int, badness: int = 0) -> Reading:
    """Return a reading of a kind."""
    return Reading(kind, kind, f"{kind} {number}", f"{number} dB", ("quiet", "lively", "loud")[badness], badness, NOW)


@pytest.fixture
def demo() -> Any:
    """Return a demo with twelve readings of each of four kinds, and a message that was refused."""
    readings = [reading(kind, number) for kind in "ABCD" for number in range(12)]
    message = Message("gent/x", b'{"name": "Broken counter", "availablespaces": "forty"}' * 4, NOW.timestamp())
    letter = DeadLetter(7, message, NOW.timestamp(), "mapping", "x", "", "", "a number belongs here, not 'forty'")
    return SimpleNamespace(
        map_url="http://127.0.0.1:1/",
        counts=lambda: DemoCounts(published=1200, received=1190, delivered=1180, dead_letters=5),
        readings=lambda: readings,
        headline=lambda: "1 of 5 P+R full · 3 bins above 80 % · loud at 2 of 8 places · bad air at 1 of 8 places",
        recorded_time=lambda: datetime(2023, 12, 21, 7, 41, tzinfo=UTC),
        broken=lambda: letter,
        outage=0.0,
    )


def shown(demo: Any, height: int, width: int = 80) -> str:
    """Draw the board on a console of that height and width."""
    console = Console(width=width, height=height, record=True, file=None, force_terminal=False)
    with console.capture() as captured:
        console.print(draw_board(demo, height, width))
    return captured.get()


def test_board_shows_the_day_the_headline_counts_and_what_is_recorded(demo: Any) -> None:
    """A person sees what is replayed and its time, what goes on, how far the messages are, and where the map is."""
    text = shown(demo, 70, width=100)
    assert text.startswith("Gent, replayed: 21 December 2023  08:41")
    for words in ("http://127.0.0.1:1/", "1,200 messages", "5 dead letters", "15 wait", "48 entities", "A 11"):
        assert words in text
    assert "1 of 5 P+R full · 3 bins above 80 %" in text
    assert "P+R: recorded" in text
    assert "more" not in text


def test_one_of_a_thing_is_in_the_singular(demo: Any) -> None:
    """One message, one dead letter and one entity are not several."""
    demo.counts = lambda: DemoCounts(published=1, received=1, delivered=0, dead_letters=1)
    demo.readings = lambda: [reading("A", 1)]
    text = shown(demo, 24)
    assert "1 message   0 delivered   0 wait   1 dead letter   1 entity" in text


def test_board_tells_of_the_broken_sensor(demo: Any) -> None:
    """What it sent, why that is refused and where it waits stand on two lines."""
    lines = shown(demo, 24).splitlines()
    (sent,) = (line for line in lines if line.startswith("broken sensor"))
    assert 'dead letter 7 in the journal: {"name": "Broken counter"' in sent
    assert "refused        a number belongs here, not 'forty'" in lines


@pytest.mark.parametrize(("height", "width"), [(24, 80), (30, 80), (50, 120)])
def test_board_fits_the_terminal_and_says_what_it_leaves_out(demo: Any, height: int, width: int) -> None:
    """Each kind keeps some rows, no line is wrapped, and the number of rows that are missing is told."""
    text = shown(demo, height, width)
    lines = text.splitlines()
    assert len(lines) <= height
    assert all(len(line) <= width for line in lines)
    assert all(f"{kind} 0" in text for kind in "ABCD")
    rows = sum(line.strip().endswith("quiet") for line in lines)
    assert f"and {48 - rows} more" in text


def test_the_worst_are_shown_where_not_all_can_be(demo: Any) -> None:
    """In a small terminal a full place is seen, though its name comes last."""
    demo.readings = lambda: [*(reading("A", number) for number in range(30)), reading("A", 99, badness=2)]
    assert "A 99" in shown(demo, 24)


def test_a_narrow_terminal_cuts_names_not_figures(demo: Any) -> None:
    """On 80 columns a long name is cut, and value and state are whole."""
    long = replace(reading("Noise", 1), name=LONG, value="23.3 µg/m³", state="moderate")
    demo.readings = lambda: [long]
    text = shown(demo, 24)
    assert "23.3 µg/m³" in text
    assert "moderate" in text
    assert "Gentbrugge, Braem" in text
    assert "voorbij de brug" not in text


def test_an_outage_is_told(demo: Any) -> None:
    """While the context broker is stopped, the board says for how long."""
    demo.outage = 6.2
    assert "context broker stopped, 6 s more" in shown(demo, 24)


def test_headline_counts_what_is_bad_of_each_kind() -> None:
    """One bin is a bin, none is none, and a kind that is not there is not spoken of."""

    def bins(*badness: int) -> list[Reading]:
        return [replace(reading("Waste", number, bad), type="WasteContainer") for number, bad in enumerate(badness)]

    assert headline(bins(2, 0)) == "1 bin above 80 %"
    assert headline(bins(2, 2, 1)) == "2 bins above 80 %"
    assert headline(bins(0)) == "no bin above 80 %"
    full = replace(reading("P", 1, 2), type="OffStreetParking")
    loud = replace(reading("N", 1, 2), type="NoiseLevelObserved")
    assert headline([*bins(0), full, loud]) == "1 of 1 P+R full · no bin above 80 % · loud at 1 of 1 places"
    assert headline([]) == ""
