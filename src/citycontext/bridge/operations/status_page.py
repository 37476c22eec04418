"""The status as a page for people who run a bridge and do not program."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from html import escape

from citycontext.bridge.operations.status import BridgeStatus
from citycontext.foreign_text import printable

__all__ = ["render"]

_LONGEST = 1_000

_STYLE = """
:root { color-scheme: light dark; --line: #8884; --bad: #c4320a; --good: #1a7f4b; }
body { font: 16px/1.5 system-ui, sans-serif; max-width: 62rem; margin: 2rem auto; padding: 0 1rem; }
h1 { font-size: 1.4rem; } h2 { font-size: 1.05rem; margin-top: 2rem; }
table { border-collapse: collapse; width: 100%; }
th, td { text-align: left; padding: .35rem .8rem .35rem 0; border-bottom: 1px solid var(--line); vertical-align: top; }
td { font-variant-numeric: tabular-nums; }
.bad { color: var(--bad); font-weight: 600; } .good { color: var(--good); font-weight: 600; }
"""


def render(status: BridgeStatus) -> str:
    """Draw the page.

    Args:
        status: The bridge's state.

    Returns:
        HTML; every text from outside is escaped.
    """
    counts = status.counts
    if status.troubles:
        verdict = "".join(f'<p class="bad">{_safe(one[:1].upper() + one[1:])}</p>' for one in status.troubles)
        verdict += "<p>Messages are kept meanwhile and delivered afterwards.</p>"
    else:
        verdict = '<p class="good">All is well.</p>'
    letters = sum(one.count for one in status.dead_letters)
    if letters:
        which = "message could not be used and waits" if letters == 1 else "messages could not be used and wait"
        verdict += f'<p>{letters:,} {which} for a person: see <a href="#dead">below</a>.</p>'
    flow = _table(
        ("", "since the start"),
        [
            ("messages received", f"{counts.received:,}"),
            ("updates delivered", f"{counts.delivered:,}"),
            (
                "messages waiting",
                f"{counts.waiting:,} (the oldest for {_age(status.lag)})" if counts.waiting else "none",
            ),
            ("dead letters, new", f"{counts.dead:,}"),
            *([("messages dropped", f"{counts.dropped:,}")] if counts.dropped else []),
            *([("dead letters dropped", f"{counts.dead_dropped:,}")] if counts.dead_dropped else []),
            ("messages no route wanted", f"{counts.unrouted:,}"),
            ("journal", f"{status.journal_bytes / 1e6:,.1f} of {status.journal_limit / 1e6:,.0f} MB"),
        ],
    )
    routes = _table(
        ("route", "messages", "updates", "refused", "repeated", "last message"),
        [
            (
                route.name,
                f"{route.messages:,}",
                f"{route.updates:,}",
                f"{route.refused:,}",
                f"{route.repeated:,}",
                f"{_age(status.now - route.last)} ago" if route.last else "none yet",
            )
            for route in status.routes
        ],
    )
    connections = _table(
        ("connection", "state"),
        [(one.url, "connected" if one.connected else "not connected") for one in status.sources]
        + [(status.context_broker, "in use" if status.is_delivering else "in trouble")],
    )
    if status.restored_subscriptions:
        connections += (
            f"<p>Subscriptions of commands that were lost and made again: {status.restored_subscriptions:,}.</p>"
        )
    dead = (
        _table(
            ("route", "attribute", "newest reason", "how many", "last"),
            [
                (
                    one.route or "none",
                    one.attribute,
                    one.reason,
                    f"{one.count:,}",
                    f"{_age(status.now - one.last)} ago",
                )
                for one in status.dead_letters
            ],
        )
        + "<p>Where the bridge runs, <code>citycontext bridge dead-letters</code> shows, retries or drops them.</p>"
        if status.dead_letters
        else "<p>None.</p>"
    )
    left_out = _table(
        ("route", "attribute", "newest reason", "how many", "last", "newest message"),
        [
            (
                route.name,
                value.attribute,
                value.reason,
                f"{value.count:,}",
                f"{_age(status.now - value.last)} ago",
                f"{value.topic} {value.sample}",
            )
            for route in status.routes
            for value in route.left_out
        ],
    )
    left_out = f"<h2>Values left out</h2>{left_out}" if status.counts.left_out else ""
    recent = (
        _table(
            ("when", "what was told"),
            [(f"{_age(status.now - one.at)} ago", one.text) for one in status.recent],
        )
        if status.recent
        else "<p>None since the start.</p>"
    )
    started = datetime.fromtimestamp(status.started, UTC)
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8"><meta http-equiv="refresh" content="5">'
        f'<meta name="viewport" content="width=device-width"><title>Bridge</title><style>{_STYLE}</style></head><body>'
        f"<h1>Sensor bridge</h1>{verdict}"
        f"<p>Running since {started:%d %B %Y, %H:%M} UTC ({_age(status.now - status.started)}).</p>"
        f"<h2>Flow</h2>{flow}<h2>Routes</h2>{routes}<h2>Connections</h2>{connections}"
        f'<h2 id="dead">Dead letters</h2>{dead}{left_out}'
        f"<h2>Last warnings and errors</h2>{recent}</body></html>"
    )


def _table(head: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> str:
    cells = "".join(f"<th>{escape(one)}</th>" for one in head)
    body = "".join("<tr>" + "".join(f"<td>{_safe(one)}</td>" for one in row) + "</tr>" for row in rows)
    return f"<table><tr>{cells}</tr>{body}</table>"


def _safe(text: str) -> str:
    """Return text from outside as the page may show it: short, and with no mark that turns the direction of writing."""
    return escape(printable(text, _LONGEST))


def _age(seconds: float) -> str:
    if seconds < 90:
        return f"{max(0.0, seconds):.0f} s"
    if seconds < 5400:
        return f"{seconds / 60:.0f} min"
    return f"{seconds / 3600:.0f} h" if seconds < 172_800 else f"{seconds / 86_400:.0f} days"
