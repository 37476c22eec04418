"""What a request asks of the evolution of entities: an interval, how many instances, aggregates (4.11, 4.5.19)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from citycontext.broker.aggregation import METHODS, Period, parse_period
from citycontext.broker.parameters import Parameters
from citycontext.broker.problems import bad_request_data, invalid_request
from citycontext.broker.store.evolution import microseconds
from citycontext.ngsild.time import is_datetime

__all__ = ["TEMPORAL", "TemporalQuery", "read_temporal_query"]

TEMPORAL: Final = frozenset(
    {"timerel", "timeAt", "endTimeAt", "timeproperty", "lastN", "aggrMethods", "aggrPeriodDuration"}
)
_RELATIONS: Final = ("before", "after", "between")
_PROPERTIES: Final = ("observedAt", "createdAt", "modifiedAt", "deletedAt")


@dataclass(frozen=True, slots=True)
class TemporalQuery:
    """An interval of time, and what to give of it.

    Args:
        relation: ``before``, ``after``, ``between``; empty for all time.
        time_at: The moment, as the request spells it.
        end_time_at: The other moment of ``between``.
        time_property: Which of an instance's times counts.
        last: At most how many instances of each attribute, newest first; None for all, oldest first.
        form: ``normalized``, ``temporalValues`` or ``aggregatedValues``.
        methods: What to compute for ``aggregatedValues``.
        period: Over how long; None over the whole interval.
    """

    relation: str = ""
    time_at: str = ""
    end_time_at: str = ""
    time_property: str = "observedAt"
    last: int | None = None
    form: str = "normalized"
    methods: tuple[str, ...] = ()
    period: Period | None = None

    @property
    def start(self) -> int | None:
        """First moment, inclusive, in microseconds since 1970."""
        return microseconds(self.time_at) if self.relation in ("after", "between") else None

    @property
    def end(self) -> int | None:
        """Moment before which, in microseconds since 1970."""
        if self.relation == "before":
            return microseconds(self.time_at)
        return microseconds(self.end_time_at) if self.relation == "between" else None


def read_temporal_query(parameters: Parameters, *, needs_interval: bool) -> TemporalQuery:
    """Read the parameters of a temporal query.

    Args:
        parameters: The request's.
        needs_interval: Whether ``timerel`` must be there (5.7.4).

    Raises:
        Problem: One is not valid, or missing.
    """
    relation = parameters.get("timerel", "")
    time_at, end_time_at = parameters.get("timeAt", ""), parameters.get("endTimeAt", "")
    time_property = parameters.get("timeproperty", "observedAt")
    if relation and relation not in _RELATIONS:
        raise bad_request_data(f"timerel is one of {', '.join(_RELATIONS)}, not {relation!r}.")
    if needs_interval and not relation:
        raise bad_request_data("A temporal query needs 'timerel' and 'timeAt'.")
    if bool(relation) != bool(time_at):
        raise bad_request_data("'timerel' and 'timeAt' go together.")
    if (relation == "between") != bool(end_time_at):
        raise bad_request_data("'endTimeAt' goes with 'timerel=between', and only with it.")
    for name, text in (("timeAt", time_at), ("endTimeAt", end_time_at)):
        if text and not is_datetime(text):
            raise bad_request_data(f"{name}: {text!r} is no timestamp such as 2024-05-01T10:00:00Z.")
    if time_property not in _PROPERTIES:
        raise bad_request_data(f"timeproperty is one of {', '.join(_PROPERTIES)}, not {time_property!r}.")
    form = _form(parameters)
    methods, period = _aggregates(parameters) if form == "aggregatedValues" else ((), None)
    last = parameters.integer("lastN", 0, least=1) or None
    return TemporalQuery(relation, time_at, end_time_at, time_property, last, form, methods, period)


def _form(parameters: Parameters) -> str:
    options = parameters.options()
    form = parameters.representation()
    if form == "simplified":
        return "temporalValues"
    if form == "concise" and "format" not in parameters and "concise" in options:
        return "normalized"
    return form


def _aggregates(parameters: Parameters) -> tuple[tuple[str, ...], Period | None]:
    methods = tuple(parameters.names("aggrMethods"))
    if not methods:
        raise bad_request_data("'aggregatedValues' needs 'aggrMethods'.")
    for method in methods:
        if method not in METHODS:
            raise invalid_request(f"aggrMethods: {method!r} is none of {', '.join(METHODS)}.")
    return methods, parse_period(parameters.get("aggrPeriodDuration", "PT0S"))
