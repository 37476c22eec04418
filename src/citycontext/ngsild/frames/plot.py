"""The history of an attribute as a plot, in one line for a notebook."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, tzinfo
from importlib import import_module
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from citycontext.errors import DataError
from citycontext.extras import library
from citycontext.ngsild.frames.arrow import symbol_of
from citycontext.ngsild.frames.history import History, each, history_rows

if TYPE_CHECKING:
    from matplotlib.axes import Axes  # type: ignore[import-untyped,import-not-found,unused-ignore]

__all__ = ["plot"]


def plot(
    histories: History | Iterable[History],
    name: str,
    *,
    zone: tzinfo | str | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Draw what an attribute was, a line for each entity and instance.

    Args:
        histories: The evolution of one entity or of several.
        name: The attribute's wire name.
        zone: The time zone of the axis; UTC if not given.
        ax: Where to draw; a figure of its own if not given.

    Returns:
        Where it was drawn: unit and zone stand on the axes.

    Raises:
        MissingExtra: matplotlib is not installed.
        DataError: No entity has a number under this name, the units differ, or the zone is not known.
        InvalidTime: A time is not valid, or has no zone.
    """
    library("matplotlib", "plot", "A plot")
    drawn = list(each(histories))
    where = _zone(zone)
    lines: dict[tuple[str, str, str], list[tuple[datetime, float]]] = {}
    units: set[str] = set()
    for history in drawn:
        for row in history_rows(history, [name]):
            value, time = row["value"], row["time"]
            if (
                row["attribute"] != name
                or time is None
                or isinstance(value, bool)
                or not isinstance(value, int | float)
            ):
                continue
            instance = (row["entity_id"], row.get("method", ""), row.get("dataset_id") or "")
            lines.setdefault(instance, []).append((time, value))
            if "method" not in row:
                units.add(row.get("unit_code") or "")
    if not lines:
        raise DataError("there are no numbers to draw", path=name)
    if len(units) > 1:
        raise DataError(f"the values have several units ({', '.join(sorted(units))})", path=name)
    axes: Axes = _axes() if ax is None else ax
    for instance, points in lines.items():
        points.sort()
        times, values = zip(*points, strict=True)
        label = " ".join(part for part in instance if part)
        axes.plot(times, values, label=label, marker="." if len(points) < 100 else None)
    code = next(iter(units), "")
    axes.set_ylabel(f"{name} [{symbol_of(code)}]" if code else name)
    axes.set_xlabel(f"time [{where}]")
    dates: Any = import_module("matplotlib.dates")
    locator = dates.AutoDateLocator(tz=where)
    axes.xaxis.set_major_locator(locator)
    axes.xaxis.set_major_formatter(dates.ConciseDateFormatter(locator, tz=where))
    if len(lines) > 1:
        axes.legend()
    else:
        axes.set_title(drawn[0].id if len(drawn) == 1 else next(iter(lines))[0])
    return axes


def _axes() -> Any:
    figure = import_module("matplotlib.pyplot").figure(figsize=(8, 3.5), layout="constrained")
    return figure.add_subplot()


def _zone(zone: tzinfo | str | None) -> tzinfo:
    if not isinstance(zone, str):
        return UTC if zone is None else zone
    try:
        return ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError):
        raise DataError(f"{zone!r} is not a time zone; write it as Europe/Brussels", path="zone") from None
