"""Temporal queries."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from citycontext.errors import InvalidQuery, InvalidTime
from citycontext.ngsild.query import Duration, TemporalQuery, after, before, between, last

NOON = datetime(2026, 5, 1, 12, tzinfo=UTC)


def test_relations_bound_the_range_as_the_clause_says() -> None:
    """``after`` and the start of ``between`` include their instant; ``before`` and the end do not."""
    later, earlier = NOON + timedelta(hours=1), NOON - timedelta(hours=1)
    assert [after(NOON).matches(instant) for instant in (earlier, NOON, later)] == [False, True, True]
    assert [before(NOON).matches(instant) for instant in (earlier, NOON, later)] == [True, False, False]
    assert [between(NOON, later).matches(instant) for instant in (earlier, NOON, later)] == [False, True, False]
    assert last(5).matches(earlier)


def test_is_written_and_read_as_parameters_and_as_body() -> None:
    """All members go into the URL and into ``temporalQ``, and come back."""
    query = (
        between(NOON, "2026-05-02T00:00:00Z", timeproperty="modifiedAt").aggregated("avg", "max", period="PT1H").last(3)
    )
    assert query.to_parameters() == [
        ("timerel", "between"),
        ("timeAt", "2026-05-01T12:00:00Z"),
        ("endTimeAt", "2026-05-02T00:00:00Z"),
        ("timeproperty", "modifiedAt"),
        ("lastN", "3"),
        ("aggrMethods", "avg,max"),
        ("aggrPeriodDuration", "PT1H"),
    ]
    assert query.to_body()["aggrMethods"] == ["avg", "max"]
    assert TemporalQuery.from_parameters(dict(query.to_parameters())) == query
    assert TemporalQuery.from_body(query.to_body()) == query
    assert TemporalQuery.from_body({**query.to_body(), "aggrMethods": "avg,max"}) == query


def test_periods_may_be_python_durations() -> None:
    """A timedelta becomes an ISO 8601 duration."""
    query = last(1).aggregated("sum", period=timedelta(days=1, hours=2))
    assert query.aggr_period_duration == Duration("P1DT7200S")


@pytest.mark.parametrize(
    ("parameters", "path"),
    [
        ({"timerel": "around", "timeAt": "2026-05-01T12:00:00Z"}, "timerel"),
        ({"timerel": "before"}, "timeAt"),
        ({"timeAt": "2026-05-01T12:00:00Z"}, "timerel"),
        ({"timerel": "between", "timeAt": "2026-05-01T12:00:00Z"}, "endTimeAt"),
        ({"timerel": "after", "timeAt": "2026-05-01T12:00:00Z", "endTimeAt": "2026-05-02T12:00:00Z"}, "endTimeAt"),
        ({"timerel": "after", "timeAt": "2026-05-01"}, "timeAt"),
        ({"timerel": "after", "timeAt": "2026-05-01T12:00:00+01:00"}, "timeAt"),
        ({"timeproperty": "startedAt"}, "timeproperty"),
        ({"lastN": "0"}, "lastN"),
        ({"lastN": "-1"}, "lastN"),
        ({"lastN": "9" * 100}, "lastN"),
        ({"aggrMethods": "median"}, "aggrMethods"),
        ({"aggrPeriodDuration": "1h"}, "aggrPeriodDuration"),
    ],
)
def test_what_the_clause_refuses_is_refused_by_name(parameters: dict[str, str], path: str) -> None:
    """A wrong value or combination names its parameter."""
    with pytest.raises(InvalidQuery) as caught:
        TemporalQuery.from_parameters(parameters)
    assert caught.value.path == path


@pytest.mark.parametrize(
    "body", [[], {"x": 1}, {"timerel": 5}, {"lastN": "5"}, {"lastN": True}, {"aggrMethods": 5}, {"aggrMethods": [5]}]
)
def test_a_body_of_wrong_types_is_refused(body: object) -> None:
    """Members must have the types of the table."""
    with pytest.raises(InvalidQuery):
        TemporalQuery.from_body(body)


def test_an_instant_needs_a_zone() -> None:
    """A naive datetime is not taken for UTC."""
    with pytest.raises(InvalidTime):
        before(datetime(2026, 5, 1))  # noqa: DTZ001
