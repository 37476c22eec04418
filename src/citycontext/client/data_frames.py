"""Evolutions as tables, for pandas."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from importlib import import_module
from typing import TYPE_CHECKING, Any

from citycontext.errors import MissingExtra
from citycontext.ngsild.temporal import TemporalEntity, TemporalForm
from citycontext.ngsild.terms import ENTITY_MEMBERS

if TYPE_CHECKING:
    import pandas  # type: ignore[import-untyped,import-not-found,unused-ignore]

__all__ = ["to_dataframe"]


def to_dataframe(
    histories: TemporalEntity | Iterable[TemporalEntity],
    *,
    attributes: Sequence[str] | None = None,
    wide: bool = False,
) -> pandas.DataFrame:
    """Make a table of what attributes were, and when.

    Args:
        histories: The evolution of one entity or of several, in any form.
        attributes: Only these, by wire name.
        wide: A column for each attribute and a row for each time, in place of a row for each value.

    Returns:
        Long: ``entity_id``, ``attribute``, ``dataset_id``, ``time``, ``value`` and ``unit_code``; each value has its
        own time. Aggregated values also have ``method`` and ``end``, and their ``time`` is where the period starts.
        Wide: the times are the index, and the columns are attributes, below their entities if there are several.

    Raises:
        MissingExtra: pandas is not installed.
        InvalidTime: A time is none, or has no zone.
    """
    frames = _pandas()
    several = not isinstance(histories, TemporalEntity)
    each = [histories] if isinstance(histories, TemporalEntity) else histories
    rows = [row for history in each for row in _rows(history, attributes)]
    columns = ["entity_id", "attribute", "dataset_id", "time", "value", "unit_code"]
    if any("method" in row for row in rows):
        columns += ["method", "end"]
    frame = frames.DataFrame(rows, columns=columns)
    for name in ("time", "end"):
        if name in frame:
            frame[name] = frames.to_datetime(frame[name], utc=True)
    if not wide:
        return frame
    keys = ["attribute", *(["method"] if "method" in frame else [])]
    keys = ["entity_id", *keys] if several else keys
    return frame.pivot_table(index="time", columns=keys, values="value", aggfunc="last").sort_index()


def _rows(history: TemporalEntity, attributes: Sequence[str] | None) -> Iterator[dict[str, Any]]:
    for name in history.wire:
        if name in ENTITY_MEMBERS or (attributes is not None and name not in attributes):
            continue
        same = {"entity_id": history.id, "attribute": name}
        if history.form(name) is TemporalForm.AGGREGATED_VALUES:
            for method, aggregates in history.aggregates(name).items():
                for one in aggregates:
                    yield {**same, "method": method, "time": one.start, "end": one.end, "value": one.value}
            continue
        for timed in history.series(name, deletions=True):
            wire = timed.instance.wire
            yield {
                **same,
                "dataset_id": wire.get("datasetId"),
                "time": timed.time,
                "value": None if timed.instance.is_null else timed.value,
                "unit_code": wire.get("unitCode"),
            }


def _pandas() -> Any:
    try:
        return import_module("pandas")
    except ModuleNotFoundError:
        raise MissingExtra("pandas", package="pandas", purpose="A table of an evolution") from None
