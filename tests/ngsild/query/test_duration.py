"""Durations."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from citycontext.errors import InvalidQuery
from citycontext.ngsild.query import Duration, parse_duration


@pytest.mark.parametrize(
    ("text", "months", "fixed"),
    [
        ("PT1H", 0, timedelta(hours=1)),
        ("P1D", 0, timedelta(days=1)),
        ("P2W", 0, timedelta(weeks=2)),
        ("P3Y6M4DT12H30M5S", 42, timedelta(days=4, hours=12, minutes=30, seconds=5)),
        ("P1M", 1, timedelta(0)),
        ("PT1M", 0, timedelta(minutes=1)),
        ("PT0.5S", 0, timedelta(milliseconds=500)),
        ("PT0,5S", 0, timedelta(milliseconds=500)),
    ],
)
def test_reads_the_form_of_the_standard(text: str, months: int, fixed: timedelta) -> None:
    """Calendar parts and parts of fixed length are told apart."""
    duration = parse_duration(text)
    assert (duration.months, duration.fixed, str(duration)) == (months, fixed, text)


@pytest.mark.parametrize(
    "text", ["", "P", "PT", "1H", "PT1", "P1H", "P1DT", "PT1S1M", "P-1D", "P1W2D", "pt1h", "P0003"]
)
def test_refuses_other_forms(text: str) -> None:
    """What ISO 8601 has and the standard has not, and what neither has, is refused."""
    with pytest.raises(InvalidQuery):
        parse_duration(text)


def test_refuses_what_overflows() -> None:
    """A duration longer than Python's time is refused when it is read."""
    with pytest.raises(InvalidQuery, match="longer than time"):
        parse_duration("P999999999W")


def test_months_are_added_by_the_calendar() -> None:
    """A month after 31 January is the last of February; periods do not drift."""
    start = datetime(2026, 1, 31, tzinfo=UTC)
    month = parse_duration("P1M")
    assert [month.after(start, times=n).day for n in range(4)] == [31, 28, 31, 30]
    with pytest.raises(OverflowError):
        parse_duration("P9999Y").after(start)


def test_zero_stands_for_the_whole_range() -> None:
    """Both spellings of the standard are zero."""
    assert parse_duration("PT0S").is_zero
    assert parse_duration("P0D").is_zero
    assert not parse_duration("P1M").is_zero


@given(st.timedeltas(min_value=timedelta(0), max_value=timedelta(days=10_000)))
def test_python_durations_come_back(length: timedelta) -> None:
    """Writing a timedelta and reading it gives the same length."""
    assert Duration.of(length).fixed == length
