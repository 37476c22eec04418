"""What a request asks of the evolution of entities: an interval, how many instances, in what form (4.11, 4.5.19)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from citycontext.broker.documents.timestamps import microseconds_of
from citycontext.broker.request.parameters import Parameters
from citycontext.broker.responses.problems import bad_request_data
from citycontext.ngsild.query.temporal import TEMPORAL_PARAMETERS, TemporalQuery

__all__ = ["TEMPORAL", "TemporalRequest", "read_temporal_request"]

TEMPORAL: Final = frozenset(TEMPORAL_PARAMETERS)
_FORMS: Final = {"simplified": "temporalValues", "concise": "normalized"}


@dataclass(frozen=True, slots=True)
class TemporalRequest:
    """A temporal query, and the form its answer takes.

    Args:
        query: Which interval, which instances, which aggregates.
        form: ``normalized``, ``temporalValues`` or ``aggregatedValues``.
    """

    query: TemporalQuery = TemporalQuery()  # noqa: RUF009
    form: str = "normalized"

    @property
    def start(self) -> int | None:
        """First moment, inclusive, in microseconds since 1970."""
        return _microseconds(self.query.start)

    @property
    def end(self) -> int | None:
        """Moment before which, in microseconds since 1970."""
        return _microseconds(self.query.end)

    @property
    def time_property(self) -> str:
        """Which of an instance's times counts."""
        return self.query.timeproperty

    @property
    def last(self) -> int | None:
        """At most how many instances of each attribute, newest first; None for all, oldest first."""
        return self.query.last_n


def read_temporal_request(parameters: Parameters, *, needs_interval: bool) -> TemporalRequest:
    """Read the parameters of a temporal query.

    Args:
        parameters: The request's.
        needs_interval: Whether ``timerel`` must be there (5.7.4).

    Raises:
        InvalidQuery: One is not valid.
        Problem: One is missing.
    """
    query = TemporalQuery.from_parameters(parameters)
    if needs_interval and query.timerel is None:
        raise bad_request_data("A temporal query needs 'timerel' and 'timeAt'.")
    form = parameters.representation()
    if form == "aggregatedValues" and not query.aggr_methods:
        raise bad_request_data("'aggregatedValues' needs 'aggrMethods'.")
    return TemporalRequest(query, _FORMS.get(form, form))


def _microseconds(instant: datetime | None) -> int | None:
    return None if instant is None else microseconds_of(instant)
