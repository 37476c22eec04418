"""The time of what an entity of type ``…Observed`` observed: three attributes there, one or two times in OSLO.

An interval stands in ``dateObservedFrom`` and ``dateObservedTo`` where the model has them, else in ``dateObserved`` as
``from/to``. An instance whose ``observedAt`` is the end of the interval holds for the whole interval.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from citycontext.oslo.literals import is_time_text
from citycontext.oslo.observations import Instant, Interval, TimeOfPhenomenon
from citycontext.oslo.tables.mapping_table import MappingTable

__all__ = [
    "TIME_ATTRIBUTES",
    "collection_times",
    "entity_times",
    "instance_time",
    "observed_at",
    "parse_time",
    "time_text",
]

TIME_ATTRIBUTES = ("dateObserved", "dateObservedFrom", "dateObservedTo")


def collection_times(values: Mapping[str, Any]) -> tuple[TimeOfPhenomenon | None, Instant | None]:
    """Return the time of the phenomenon and the time of the result that an entity tells.

    Args:
        values: The values of the three attributes; ones that are not times tell nothing.
    """
    date = values.get("dateObserved")
    beginning, end = (Instant(values[name]) if is_time_text(values.get(name)) else None for name in TIME_ATTRIBUTES[1:])
    whole = _interval(date)
    if beginning or end:
        return Interval(beginning, end), Instant(date) if isinstance(date, str) and is_time_text(date) else None
    if whole:
        return whole, None
    return (Instant(date), None) if isinstance(date, str) and is_time_text(date) else (None, None)


def entity_times(phenomenon: TimeOfPhenomenon | None, result: Instant | None, table: MappingTable) -> dict[str, str]:
    """Return the attributes that tell the times of a collection.

    Args:
        phenomenon: When it held.
        result: When it was known.
        table: The table of the entity's type.
    """
    if phenomenon is None:
        return {} if result is None else {"dateObserved": result.text}
    if isinstance(phenomenon, Instant):
        return {"dateObserved": phenomenon.text}
    beginning = phenomenon.beginning.text if phenomenon.beginning else ""
    end = phenomenon.end.text if phenomenon.end else ""
    whole = f"{beginning}/{end}" if beginning and end else beginning or end
    if not table.interval:
        return {"dateObserved": whole} if whole else {}
    told = {name: text for name, text in zip(table.interval, (beginning, end), strict=True) if text}
    if result is not None:
        told["dateObserved"] = result.text
    elif table.date_observed and whole:
        told["dateObserved"] = whole
    return told


def instance_time(observed_at: str | None, collection: TimeOfPhenomenon | None) -> TimeOfPhenomenon | None:
    """Return the time of the phenomenon of one instance; ``None`` where it is the collection's.

    Args:
        observed_at: The instance's own time.
        collection: The collection's.
    """
    if observed_at is None:
        return None
    if isinstance(collection, Interval) and collection.end is not None and collection.end.text == observed_at:
        return collection
    return Instant(observed_at)


def observed_at(time: TimeOfPhenomenon | None) -> str | None:
    """Return the one instant that NGSI-LD has for a time: of an interval its end.

    Args:
        time: The time.
    """
    if time is None or isinstance(time, Instant):
        return time.text if time else None
    last = time.end or time.beginning
    return last.text if last else None


def parse_time(text: Any) -> TimeOfPhenomenon | None:
    """Read a moment, or an interval ``from/to`` with ``..`` for an open end (ISO 8601-2); ``None`` for anything else.

    Args:
        text: The text.
    """
    if is_time_text(text):
        return Instant(text)
    ends = text.split("/") if isinstance(text, str) else []
    if len(ends) != 2 or ends == ["..", ".."] or not all(is_time_text(end) or end == ".." for end in ends):
        return None
    beginning, end = (None if end == ".." else Instant(end) for end in ends)
    return Interval(beginning, end)


def time_text(time: TimeOfPhenomenon) -> str:
    """Write a moment or an interval as one text.

    Args:
        time: The time.
    """
    if isinstance(time, Instant):
        return time.text
    return "/".join(end.text if end else ".." for end in (time.beginning, time.end))


def _interval(text: Any) -> Interval | None:
    beginning, slash, end = text.partition("/") if isinstance(text, str) else ("", "", "")
    if slash and is_time_text(beginning) and is_time_text(end):
        return Interval(Instant(beginning), Instant(end))
    return None
