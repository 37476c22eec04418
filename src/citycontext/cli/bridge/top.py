"""``citycontext bridge top``: rates of a running bridge, refreshed."""

from __future__ import annotations

import sys
import time
from typing import Annotated, Any

import typer

from citycontext.cli.bridge.status import ask_status, status_address
from citycontext.cli.terminal import say

__all__ = ["show_rates"]

_CLEAR = "\x1b[H\x1b[2J"


def show_rates(
    where: Annotated[str, typer.Argument(metavar="URL|FILE", help="Address of the bridge's pages, or its TOML file.")],
    every: Annotated[float, typer.Option(min=0.2, help="Seconds between two looks.")] = 2.0,
    times: Annotated[int | None, typer.Option(min=1, help="How many looks; until Ctrl-C without.")] = None,
) -> None:
    """Show what passes through a running bridge, route by route: messages a second, lag and dead letters."""
    url = status_address(where)
    before = ask_status(url)
    number = 0
    try:
        while times is None or number < times:
            time.sleep(every)
            now = ask_status(url)
            if sys.stdout.isatty():
                sys.stdout.write(_CLEAR)
            for line in _lines(before, now):
                say(line, flush=True)
            before, number = now, number + 1
    except KeyboardInterrupt:
        return


def _lines(before: dict[str, Any], now: dict[str, Any]) -> list[str]:
    span = max(now["now"] - before["now"], 1e-6)
    counts, earlier = now["counts"], before["counts"]
    rates = [f"{(counts[name] - earlier[name]) / span:,.1f} {name}/s" for name in ("received", "delivered")]
    lines = [
        f"{', '.join(rates)}; waiting {counts['waiting']:,}; lag {now['lag']:.0f} s; dead letters {counts['dead']:,}"
    ]
    lines += [f"trouble: {one}" for one in now["troubles"]]
    old = {one["name"]: one for one in before["routes"]}
    routes = []
    for one in now["routes"]:
        was = old.get(one["name"], one)
        routes.append(((one["messages"] - was["messages"]) / span, one["name"], one))
    width = max((len(name) for _, name, _ in routes), default=0)
    for rate, name, one in sorted(routes, key=lambda route: (-route[0], route[1])):
        updates = (one["updates"] - old.get(name, one)["updates"]) / span
        lines.append(f"{name:<{width}}  {rate:8,.1f} msg/s  {updates:8,.1f} upd/s  {one['refused']:8,} refused")
    return lines
