"""The status as a page for people who run a bridge and do not program."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from html import escape
from typing import Final

from citycontext.bridge.operations.page_words import PageLanguage, Words, say
from citycontext.bridge.operations.status import BridgeStatus, RouteStatus
from citycontext.foreign_text import printable

__all__ = ["age", "document", "render", "safe", "table"]

_LONGEST: Final = 1_000
_MOST_SILENT: Final = 20

_STYLE: Final = """
:root { color-scheme: light dark; --line: #8884; --bad: #b3301c; --good: #1a7042; --soft: #5c6873; --sheet: #8881;
  --accent: #1f6f78; }
@media (prefers-color-scheme: dark) {
  :root { --bad: #ef8d78; --good: #63c08c; --soft: #a3b0ba; --accent: #6cc3c9; }
  body { background: #12181f; color: #e7eaec; }
}
* { box-sizing: border-box; }
body { font: 16px/1.5 system-ui, sans-serif; max-width: 66rem; margin: 0 auto; padding: 1rem; }
header { display: flex; justify-content: space-between; align-items: baseline; gap: 1rem; }
h1 { font-size: 1.4rem; margin: .5rem 0; } h2 { font-size: 1.05rem; margin: 2rem 0 .5rem; }
h3 { font-size: 1rem; margin: 0; overflow-wrap: anywhere; }
a { color: var(--accent); }
table { border-collapse: collapse; width: 100%; }
th, td { text-align: left; padding: .35rem .8rem .35rem 0; border-bottom: 1px solid var(--line); vertical-align: top;
  overflow-wrap: anywhere; }
th { color: var(--soft); font-weight: 500; }
td { font-variant-numeric: tabular-nums; }
code { font-size: .85em; overflow-wrap: anywhere; }
.bad { color: var(--bad); font-weight: 600; } .good { color: var(--good); font-weight: 600; }
.cards { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(19rem, 100%), 1fr)); gap: .8rem; }
.card { padding: .8rem 1rem; background: var(--sheet); border: 1px solid var(--line); border-radius: 10px; }
.card dl { display: grid; grid-template-columns: 1fr auto; gap: .1rem 1rem; margin: .5rem 0 0; }
.card dt { color: var(--soft); } .card dd { margin: 0; text-align: right; font-variant-numeric: tabular-nums; }
.card svg { display: block; width: 100%; height: 2.4rem; margin-top: .5rem; }
.card path { fill: none; stroke: var(--accent); stroke-width: 1.5; vector-effect: non-scaling-stroke; }
.card small { color: var(--soft); }
form { display: flex; flex-wrap: wrap; gap: .6rem; align-items: end; margin-top: .6rem; }
label { display: grid; } input, button { font: inherit; padding: .3rem .7rem; }
@media (max-width: 40rem) {
  table, tbody, tr, td { display: block; } tr:has(th) { display: none; }
  tr { padding: .5rem 0; border-bottom: 1px solid var(--line); }
  td { display: grid; grid-template-columns: 8rem minmax(0, 1fr); gap: .6rem; padding: .1rem 0; border: 0; }
  td::before { content: attr(data-head); color: var(--soft); }
}
"""


def render(
    status: BridgeStatus, language: PageLanguage = "en", samples: dict[tuple[str, str, str], str] | None = None
) -> str:
    """Draw the page.

    Args:
        status: The bridge's state.
        language: The page's language.
        samples: How the newest dead letter of each kind begins, by route, stage and attribute.

    Returns:
        HTML; every text from outside is escaped.
    """

    tell = Words(language)
    started = datetime.fromtimestamp(status.started, UTC)
    since = tell("Running since {} UTC ({}).", f"{started:%Y-%m-%d %H:%M}", age(status.now - status.started))
    parts = [
        _verdict(status, tell),
        f"<p>{since}</p>",
        f"<h2>{tell('Routes')}</h2>",
        '<div class="cards">' + "".join(_route(route, status.now, tell) for route in status.routes) + "</div>",
        _silent(status, tell),
        f"<h2>{tell('Flow')}</h2>{_flow(status, tell)}",
        f"<h2>{tell('Connections')}</h2>{_connections(status, tell)}",
        f"<h2>{tell('Commands')}</h2>{_commands(status, tell)}" if any(_outcomes(status)) else "",
        f'<h2 id="dead">{tell("Dead letters")}</h2>{_dead(status, language, tell, samples or {})}',
        _left_out(status, tell),
        f"<h2>{tell('Last warnings and errors')}</h2>{_recent(status, tell)}",
    ]
    return document("".join(parts), say(language, "Sensor bridge"), language, refresh=True)


def document(content: str, title: str, language: PageLanguage, *, refresh: bool = False) -> str:
    """Return a whole page.

    Args:
        content: What is in it, as HTML.
        title: Its title.
        language: Its language.
        refresh: Whether it is read anew every five seconds.
    """
    other, name = ("nl", "Nederlands") if language == "en" else ("en", "English")
    again = f'<meta http-equiv="refresh" content="5;url=?lang={language}">' if refresh else ""
    return (
        f'<!doctype html><html lang="{language}"><head><meta charset="utf-8">{again}'
        f'<meta name="viewport" content="width=device-width"><title>{escape(title)}</title><style>{_STYLE}</style>'
        f'</head><body><header><h1>{escape(title)}</h1><a href="?lang={other}" lang="{other}">{name}</a></header>'
        f"<main>{content}</main></body></html>"
    )


def _verdict(status: BridgeStatus, tell: Words) -> str:
    if status.troubles:
        verdict = "".join(f'<p class="bad">{safe(one[:1].upper() + one[1:])}</p>' for one in status.troubles)
        verdict += f"<p>{tell('Messages are kept meanwhile and delivered afterwards.')}</p>"
    else:
        verdict = f'<p class="good">{tell("All is well.")}</p>'
    letters = sum(one.count for one in status.dead_letters)
    if letters:
        one, more = "{} message could not be used and waits", "{} messages could not be used and wait"
        which = tell(one if letters == 1 else more, tell.number(letters))
        verdict += f'<p>{which} {tell("for a person")}: <a href="#dead">{tell("see below")}</a>.</p>'
    return verdict


def _route(route: RouteStatus, now: float, tell: Words) -> str:
    rows = [
        ("messages", tell.number(route.messages)),
        ("updates", tell.number(route.updates)),
        ("refused", tell.number(route.refused)),
        *([("repeated", tell.number(route.repeated))] if route.repeated else []),
        ("last message", tell("{} ago", age(now - route.last)) if route.last else tell("none yet")),
    ]
    listed = "".join(f"<dt>{tell(name)}</dt><dd>{value}</dd>" for name, value in rows)
    line = ""
    if any(route.flow):
        what = tell("messages by the minute, last hour")
        line = f"{_line(route.flow, what)}<small>{what}</small>"
    return f'<section class="card"><h3>{safe(route.name)}</h3><dl>{listed}</dl>{line}</section>'


def _line(flow: Sequence[int], what: str) -> str:
    """Draw how much came in each minute; the one that is not over yet is left out."""
    minutes = flow[:-1] or flow
    high = max(*minutes, 1)
    points = "L".join(f"{x},{38 - 36 * number / high:.1f}" for x, number in enumerate(minutes))
    return (
        f'<svg viewBox="0 0 {max(1, len(minutes) - 1)} 40" preserveAspectRatio="none" role="img" '
        f'aria-label="{what}: {", ".join(map(str, minutes[-5:]))}"><path d="M{points}"/></svg>'
    )


def _silent(status: BridgeStatus, tell: Words) -> str:
    found = [(route.name, one) for route in status.routes for one in route.silent]
    if not found:
        return ""
    shown = table(
        (tell("entity"), tell("route"), tell("last heard of"), tell("usually every")),
        [
            (safe(one.entity), safe(route), tell("{} ago", age(status.now - one.last)), age(one.usual))
            for route, one in found[:_MOST_SILENT]
        ],
    )
    more = f"<p>{tell('and {} more', tell.number(len(found) - _MOST_SILENT))}</p>" if len(found) > _MOST_SILENT else ""
    return f'<h2 id="silent">{tell("Silent devices")}</h2>{shown}{more}'


def _flow(status: BridgeStatus, tell: Words) -> str:
    counts = status.counts
    waiting = (
        tell("{} (the oldest for {})", tell.number(counts.waiting), age(status.lag)) if counts.waiting else tell("none")
    )
    rows = [
        ("messages received", tell.number(counts.received)),
        ("updates delivered", tell.number(counts.delivered)),
        ("messages waiting", waiting),
        ("dead letters, new", tell.number(counts.dead)),
        *([("messages dropped", tell.number(counts.dropped))] if counts.dropped else []),
        *([("dead letters dropped", tell.number(counts.dead_dropped))] if counts.dead_dropped else []),
        ("messages no route wanted", tell.number(counts.unrouted)),
        ("journal", tell("{} of {} MB", f"{status.journal_bytes / 1e6:,.1f}", f"{status.journal_limit / 1e6:,.0f}")),
    ]
    return table(("", tell("since the start")), [(tell(name), value) for name, value in rows])


def _connections(status: BridgeStatus, tell: Words) -> str:
    rows = [(safe(one.url), tell("connected" if one.connected else "not connected")) for one in status.sources]
    rows.append((safe(status.context_broker), tell("in use" if status.is_delivering else "in trouble")))
    shown = table((tell("connection"), tell("state")), rows)
    if status.restored_subscriptions:
        text = "Subscriptions of commands that were lost and made again: {}."
        shown += f"<p>{tell(text, tell.number(status.restored_subscriptions))}</p>"
    return shown


def _outcomes(status: BridgeStatus) -> tuple[int, int, int, int]:
    commands = status.commands
    return commands.sent, commands.done, commands.failed, commands.timeout


def _commands(status: BridgeStatus, tell: Words) -> str:
    names = ("sent", "done", "failed", "without an answer in time")
    rows = [(tell(name), tell.number(number)) for name, number in zip(names, _outcomes(status), strict=True)]
    return table(("", tell("since the start")), rows)


def _dead(status: BridgeStatus, language: PageLanguage, tell: Words, samples: dict[tuple[str, str, str], str]) -> str:
    if not status.dead_letters:
        return f"<p>{tell('None.')}</p>"
    head = ("route", "attribute", "newest reason", "what it sent", "how many", "last")
    rows = [
        (
            safe(one.route) or tell("none"),
            safe(one.attribute),
            safe(one.reason),
            f"<code>{safe(samples.get((one.route, one.stage, one.attribute), ''))}</code>",
            tell.number(one.count),
            tell("{} ago", age(status.now - one.last)),
        )
        for one in status.dead_letters
    ]
    link = f'<p><a href="dead-letters?lang={language}">{tell("Look at them, retry or drop them")}</a></p>'
    return table(tuple(tell(one) for one in head), rows) + link


def _left_out(status: BridgeStatus, tell: Words) -> str:
    if not status.counts.left_out:
        return ""
    head = ("route", "attribute", "newest reason", "how many", "last", "newest message")
    rows = [
        (
            safe(route.name),
            safe(value.attribute),
            safe(value.reason),
            tell.number(value.count),
            tell("{} ago", age(status.now - value.last)),
            safe(f"{value.topic} {value.sample}"),
        )
        for route in status.routes
        for value in route.left_out
    ]
    return f"<h2>{tell('Values left out')}</h2>" + table(tuple(tell(one) for one in head), rows)


def _recent(status: BridgeStatus, tell: Words) -> str:
    if not status.recent:
        return f"<p>{tell('None since the start.')}</p>"
    rows = [(tell("{} ago", age(status.now - one.at)), safe(one.text)) for one in status.recent]
    return table((tell("when"), tell("what was told")), rows)


def table(head: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> str:
    """Return a table; on a phone each row is a card.

    Args:
        head: The columns' names, as HTML.
        rows: The cells, as HTML.
    """
    cells = "".join(f"<th>{one}</th>" if one else "<td></td>" for one in head)
    body = "".join(f"<tr>{''.join(map(_cell, head, row))}</tr>" for row in rows)
    return f"<table><tr>{cells}</tr>{body}</table>"


def _cell(name: str, content: str) -> str:
    return f'<td data-head="{name}"><span>{content}</span></td>'


def safe(text: str) -> str:
    """Return text from outside as the page may show it: short, and with no mark that turns the direction of writing.

    Args:
        text: The text.
    """
    return escape(printable(text, _LONGEST))


def age(seconds: float) -> str:
    """Return a time that passed, in the one unit that matters.

    Args:
        seconds: How long.
    """
    if seconds < 90:
        return f"{max(0.0, seconds):.0f} s"
    if seconds < 5400:
        return f"{seconds / 60:.0f} min"
    return f"{seconds / 3600:.0f} h" if seconds < 172_800 else f"{seconds / 86_400:.0f} d"
