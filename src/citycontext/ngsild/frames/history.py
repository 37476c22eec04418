"""The history of entities as flat rows, one for each value that an attribute had."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Protocol, runtime_checkable

from citycontext.ngsild.frames.rows import values_of
from citycontext.ngsild.representations.temporal import TemporalForm
from citycontext.ngsild.terms import ENTITY_MEMBERS

__all__ = ["History", "each", "history_rows"]


@runtime_checkable
class History(Protocol):
    """What a table needs of the evolution of an entity: ``TemporalEntity`` is one."""

    @property
    def wire(self) -> dict[str, Any]:
        """Its JSON object."""
        ...

    @property
    def id(self) -> str:
        """The entity's URI."""
        ...

    def form(self, name: str) -> TemporalForm:
        """Return in which form an attribute is written."""
        ...

    def series(self, name: str, *, deletions: bool = ...) -> Sequence[Any]:
        """Return the values of an attribute, each with its time and its instance."""
        ...

    def aggregates(self, name: str) -> Mapping[str, Sequence[Any]]:
        """Return the aggregated values of an attribute by method."""
        ...


def each(histories: History | Iterable[History]) -> Iterable[History]:
    """Return one or several evolutions as several.

    Args:
        histories: One, or several.
    """
    return [histories] if isinstance(histories, History) else histories


def history_rows(history: History, attributes: Sequence[str] | None = None) -> Iterator[dict[str, Any]]:
    """Yield what the attributes of an entity were, a row for each value.

    Args:
        history: The evolution, in any form.
        attributes: Only these, by wire name.

    Raises:
        InvalidTime: A time is not valid, or has no zone.
    """
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
            for suffix, value in values_of(wire):
                yield {
                    **same,
                    "attribute": name + suffix,
                    "dataset_id": wire.get("datasetId"),
                    "time": timed.time,
                    "value": value,
                    "unit_code": wire.get("unitCode"),
                }
