"""``citycontext bridge top``: rates of a running bridge, refreshed."""

from __future__ import annotations

import sys
import time
from typing import Annotated, Any

import typer

from citycontext.cli.bridge.status import ask_status, status_address
from citycontext.cli.context_broker.output import Form, write_items
from citycontext.cli.outcomes import OutcomeForm, is_for_people, show_document
from citycontext.cli.terminal import say

__all__ = ["show_rates"]

_CLEAR = "\x1b[H\x1b[2J"


def show_rates(
    where: Annotated[str, typer.Argument(metavar="URL|FILE", help="Address of the bridge's pages, or its TOML file.")],
    every: Annotated[float, typer.Option(min=0.2, help="Seconds between two looks.")] = 2.0,
    times: Annotated[int | None, typer.Option(min=1, help="How many looks; until Ctrl-C without.")] = None,
    form: OutcomeForm = None,
) -> None:
    """Show what passes through a running bridge, route by route: messages a second, lag and dead letters."""
    url = status_address(where)
    before = ask_status(url)
    number = 0
    try:
        while times is None or number < times:
            time.sleep(every)
            now = ask_status(url)
            if not is_for_people(form):
                _write(before, now, form)
                before, number = now, number + 1
                continue
            if sys.stdout.isatty():
                sys.stdout.write(_CLEAR)
            for line in _lines(before, now):
                say(line, flush=True)
            before, number = now, number + 1
    except KeyboardInterrupt:
        return


def _write(before: dict[str, Any], now: dict[str, Any], form: Form | None) -> None:
    """Write one look: a document a look, or a row a route where the form has rows."""
    span = max(now["now"] - before["now"], 1e-6)
    routes = [
        {"id": name, "messages_per_second": round(rate, 3), "updates_per_second": round(updates, 3), "refused": refused}
        for rate, name, updates, refused in _rates(before, now, span)
    ]
    if form not in (Form.JSON, Form.NDJSON):
        write_items(routes, form, member="routes", flat=True)
        return
    counts, earlier = now["counts"], before["counts"]
    document = {
        "now": now["now"],
        **{f"{name}_per_second": (counts[name] - earlier[name]) / span for name in ("received", "delivered")},
        "waiting": counts["waiting"],
        "lag": now["lag"],
        "dead": counts["dead"],
        "troubles": now["troubles"],
        "routes": routes,
    }
    show_document(document, form)
    sys.stdout.flush()


def _rates(before: dict[str, Any], now: dict[str, Any], span: float) -> list[tuple[float, str, float, int]]:
    """Return messages a second, name, updates a second and refusals of each route, the busiest first."""
    old = {one["name"]: one for one in before["routes"]}
    routes = []
    for one in now["routes"]:
        was = old.get(one["name"], one)
        rates = ((one[name] - was[name]) / span for name in ("messages", "updates"))
        routes.append((next(rates), one["name"], next(rates), one["refused"]))
    return sorted(routes, key=lambda route: (-route[0], route[1]))


def _lines(before: dict[str, Any], now: dict[str, Any]) -> list[str]:
    span = max(now["now"] - before["now"], 1e-6)
    counts, earlier = now["counts"], before["counts"]
    rates = [f"{(counts[name] - earlier[name]) / span:,.1f} {name}/s" for name in ("received", "delivered")]
    lines = [
        f"{', '.join(rates)}; waiting {counts['waiting']:,}; lag {now['lag']:.0f} s; dead letters {counts['dead']:,}"
    ]
    lines += [f"trouble: {one}" for one in now["troubles"]]
    routes = _rates(before, now, span)
    width = max((len(name) for _, name, _, _ in routes), default=0)
    for rate, name, updates, refused in routes:
        lines.append(f"{name:<{width}}  {rate:8,.1f} msg/s  {updates:8,.1f} upd/s  {refused:8,} refused")
    return lines
