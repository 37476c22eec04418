"""What the demo shows in the terminal."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from rich.console import Console

from citycontext.cli.board import draw_board
from citycontext.demo import DemoCounts
from citycontext.demo.readings import Reading


@pytest.fixture
def demo() -> Any:
    """Return a demo with twelve readings of each of four types."""
    time = datetime.now(UTC) - timedelta(seconds=3)
    readings = [Reading(kind, f"{kind} {n}", "level", f"{n} dB", time) for kind in "ABCD" for n in range(12)]
    return SimpleNamespace(
        map_url="http://127.0.0.1:1/",
        api_url="http://127.0.0.1:1/ngsi-ld/v1",
        counts=lambda: DemoCounts(published=1200, received=1190, delivered=1180, dead_letters=5),
        readings=lambda: readings,
    )


def shown(demo: Any, height: int, width: int = 100) -> str:
    """Draw the board on a console of that height and width."""
    console = Console(width=width, height=height, record=True, file=None, force_terminal=False)
    with console.capture() as captured:
        console.print(draw_board(demo, height))
    return captured.get()


def test_board_shows_counts_address_values_and_what_is_recorded(demo: Any) -> None:
    """A person sees where the map is, how far the messages are, and what the numbers are."""
    text = shown(demo, 60)
    for words in ("http://127.0.0.1:1/", "1,200 published", "5 dead letters", "15 under way", "48 entities", "A 11"):
        assert words in text
    assert "recorded in December 2023" in text
    assert "3 s" in text


@pytest.mark.parametrize("height", [24, 30, 50])
def test_board_fits_the_terminal_and_shows_every_type(demo: Any, height: int) -> None:
    """In a small terminal each type keeps some rows."""
    text = shown(demo, height)
    assert len(text.splitlines()) <= height
    assert all(f"{kind} 0" in text for kind in "ABCD")


def test_a_narrow_terminal_cuts_names_not_figures(demo: Any) -> None:
    """On 80 columns a long name and a long measure are cut, and value and age are whole."""
    now = datetime.now(UTC)
    demo.readings = lambda: [
        Reading("NoiseLevelObserved", "Gentbrugge, Braemkasteelstraat", "availableSpotNumber", "23.3 µg/m³", now)
    ]
    text = shown(demo, 24, width=80)
    assert "23.3 µg/m³" in text
    assert "0 s" in text
    assert "Gentbrugge, Brae" in text
    assert "Braemkasteelstraat" not in text
