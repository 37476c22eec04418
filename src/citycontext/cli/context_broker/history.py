"""``citycontext history``: what an entity's attributes were, as a table, for programs, or as a chart."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any, Final

import typer

from citycontext.cli.context_broker.completion import complete_id
from citycontext.cli.context_broker.opening import At, ContextOption, Tenant, open_client
from citycontext.cli.context_broker.output import Form, note, write_items
from citycontext.cli.outcomes import RowForm
from citycontext.cli.terminal import say, show_json
from citycontext.errors import ConfigurationError
from citycontext.foreign_text import printable, shown
from citycontext.ngsild.query.temporal import TemporalQuery
from citycontext.ngsild.temporal import TemporalEntity

__all__ = ["show_history"]

_UNITS: Final = {"s": 1, "m": 60, "min": 60, "h": 3600, "d": 86400, "w": 604800}
_BARS: Final = "▁▂▃▄▅▆▇█"
_WIDTH: Final = 60


def show_history(
    entity_id: Annotated[
        str, typer.Argument(metavar="ID", help="The entity's id.", show_default=False, autocompletion=complete_id)
    ],
    names: Annotated[
        list[str] | None, typer.Argument(metavar="[ATTRIBUTE]...", help="Only these attributes.", show_default=False)
    ] = None,
    at: At = None,
    since: Annotated[str | None, typer.Option(metavar="24h|TIME", help="From when; 24h is a day ago.")] = None,
    until: Annotated[str | None, typer.Option(metavar="TIME", help="Up to when. \\[default: now]")] = None,
    last: Annotated[int | None, typer.Option(min=1, help="Only the last so many of each attribute.")] = None,
    chart: Annotated[bool, typer.Option("--chart", help="A line of bars for each attribute of numbers.")] = False,
    form: RowForm = None,
    tenant: Tenant = None,
    context: ContextOption = None,
) -> None:
    """Show the history of an entity, oldest first: a row for each value."""
    when = _when(since, until, last)
    with open_client(at, tenant, context) as client:
        if names:
            history = client.temporal.retrieve(entity_id, when=when, attrs=names)
        else:
            history = client.temporal.retrieve(entity_id, when=when)
    if form is Form.JSON:
        show_json(history.to_dict())
        return
    found = [name for name in history if names is None or name in names]
    if chart:
        _draw(history, found)
        return
    write_items(_rows(history, found), form, member="values", flat=True)


def _rows(history: TemporalEntity, names: Sequence[str]) -> list[dict[str, Any]]:
    rows = []
    for name in names:
        for one in history.series(name):
            instant = one.time
            rows.append(
                {
                    "attribute": name,
                    "time": instant.isoformat().replace("+00:00", "Z") if instant is not None else None,
                    "value": one.value,
                }
            )
    rows.sort(key=lambda row: str(row["time"]))
    return rows


def _draw(history: TemporalEntity, names: Sequence[str]) -> None:
    drawn = 0
    for name in names:
        series = history.series(name)
        values = [
            one.value for one in series if isinstance(one.value, (int, float)) and not isinstance(one.value, bool)
        ]
        if len(values) < 2:
            continue
        drawn += 1
        low, high = min(values), max(values)
        say(f"{printable(name, 40):24} {_bars(values)}  {low:g} to {high:g}, last {values[-1]:g}")
    if not drawn:
        note("no attribute has two numbers or more")


def _bars(values: Sequence[float]) -> str:
    """Draw numbers as bars, several to a bar where they are many: then their mean."""
    size = max(1, -(-len(values) // _WIDTH))
    means = [sum(part) / len(part) for start in range(0, len(values), size) if (part := values[start : start + size])]
    low, high = min(means), max(means)
    span = (high - low) or 1
    return "".join(_BARS[min(len(_BARS) - 1, int((value - low) / span * len(_BARS) + 1e-9))] for value in means)


def _when(since: str | None, until: str | None, last: int | None) -> TemporalQuery | None:
    start, end = _instant(since, "--since"), _instant(until, "--until")
    if start is not None and end is not None:
        return TemporalQuery(timerel="between", time_at=start, end_time_at=end, last_n=last)
    if start is not None:
        return TemporalQuery(timerel="after", time_at=start, last_n=last)
    if end is not None:
        return TemporalQuery(timerel="before", time_at=end, last_n=last)
    return TemporalQuery(last_n=last) if last is not None else None


def _instant(text: str | None, key: str) -> str | None:
    if text is None:
        return None
    ago = re.fullmatch(r"(\d+(?:\.\d+)?)\s*(s|min|m|h|d|w)", text.strip())
    if ago is not None:
        return _written(datetime.now(UTC) - timedelta(seconds=float(ago[1]) * _UNITS[ago[2]]))
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise ConfigurationError(
            f"{shown(text)} is not a time.", key=key, cure="Write 24h, 2024-05-01 or 2024-05-01T10:00:00Z."
        ) from None
    return _written(found)


def _written(instant: datetime) -> str:
    """Write a time as queries want it, in UTC; one without a zone is of this machine's."""
    return instant.astimezone(UTC).isoformat().replace("+00:00", "Z")
