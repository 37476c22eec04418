"""``citycontext demo``: sensors, bridge, context broker and map in one process."""

from __future__ import annotations

import citycontext.cli.door  # noqa: F401

# isort: split
import logging
import threading
import time
import webbrowser
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.live import Live

from citycontext.cli.board import draw_board
from citycontext.cli.conventions import extra, log_to_stderr
from citycontext.cli.outcomes import OutcomeForm, is_for_people, tell
from citycontext.cli.terminal import TextConsole, say

if TYPE_CHECKING:
    from citycontext.demo import Demo

__all__ = ["show_demo"]

REFRESH = 0.5


def show_demo(
    seconds: Annotated[
        float | None, typer.Option(min=1, help="End after so many seconds; without, Ctrl-C ends it.")
    ] = None,
    seed: Annotated[int, typer.Option(help="What the simulated values are drawn from.")] = 1,
    port: Annotated[int, typer.Option(min=0, max=65535, help="Port of the map and the API; 0 takes a free one.")] = 0,
    basemap: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Map tiles to lay under the map: a file city.pmtiles (PMTiles).")
    ] = None,
    open_map: Annotated[bool, typer.Option("--open", help="Open the map in the browser.")] = False,
    form: OutcomeForm = None,
) -> None:
    """Show it all at work: sensor messages over MQTT, through the bridge, into a context broker, onto a map.

    Exit code 0: every message was delivered or is a dead letter; 1: messages were lost; 2: an error.
    """
    with extra("demo", purpose="The demo"):
        from citycontext.demo import Demo

    log_to_stderr(logging.ERROR)
    console = TextConsole()
    with Demo(seed=seed, port=port, basemap=basemap) as demo:
        if open_map:
            webbrowser.open(demo.map_url)
        # An interrupt is how a demo ends, not a failure of it.
        with suppress(KeyboardInterrupt):
            if is_for_people(form):
                _watch(demo, console, seconds)
            else:
                _wait(seconds)
        if is_for_people(form) and not console.is_terminal:
            # A board that is not drawn over ends without a line end, and what is told stands on a line of its own.
            console.print()
        report = demo.finish()
    if is_for_people(form):
        # A terminal of 80 columns shows each of the two lines whole.
        console.print(report.sentence().replace("; ", ";\n"), soft_wrap=True)
    else:
        tell("", form, **report.to_dict())
    raise typer.Exit(0 if report.lost == 0 else 1)


def _wait(seconds: float | None) -> None:
    threading.Event().wait(seconds)


def _watch(demo: Demo, console: TextConsole, seconds: float | None) -> None:
    end = None if seconds is None else time.monotonic() + seconds
    if not console.is_terminal:
        say(f"map {demo.map_url}", flush=True)
    with Live(console=console, auto_refresh=False, transient=False) as live:
        while end is None or time.monotonic() < end:
            live.update(draw_board(demo, console.size.height, console.size.width), refresh=True)
            time.sleep(REFRESH)
