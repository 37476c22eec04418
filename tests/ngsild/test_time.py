"""Timestamps: what the standard spells, what the world sends."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given

from citycontext.errors import InvalidTime
from citycontext.ngsild import Property
from citycontext.ngsild.time import INSTANTS, format_datetime, instant_of, is_datetime, parse_datetime
from strategies import datetimes


@given(datetimes)
def test_what_is_written_reads_back(instant):
    """An instant survives its text, and the text is of the standard's form."""
    text = format_datetime(instant)
    assert parse_datetime(text) == instant
    assert is_datetime(text)


def test_instants_are_written_in_utc():
    """Another zone's time is written as the same instant in UTC."""
    brussels = datetime(2024, 7, 1, 12, 0, tzinfo=ZoneInfo("Europe/Brussels"))
    assert format_datetime(brussels) == "2024-07-01T10:00:00Z"
    assert format_datetime(datetime(2024, 7, 1, 12, 0, tzinfo=timezone(timedelta(hours=2)))) == "2024-07-01T10:00:00Z"


@pytest.mark.parametrize(
    "text", ["2024-05-01T10:00:00Z", "2024-05-01T10:00:00.5Z", "2024-05-01T10:00:00,123456Z", "0001-01-01T00:00:00Z"]
)
def test_the_standards_spellings_pass(text):
    """UTC with Z, up to six decimals, point or comma."""
    assert is_datetime(text)
    assert parse_datetime(text).tzinfo is not None


@pytest.mark.parametrize(
    "text",
    [
        "",
        "2024-05-01",
        "2024-05-01T10:00:00",
        "2024-05-01T10:00:00+00:00",
        "2024-05-01 10:00:00Z",
        "2024-05-01T10:00:00.1234567Z",
        "2024-13-01T10:00:00Z",
        "2024-W01-1T10:00:00Z",
        "٢٠٢٤-05-01T10:00:00Z",
        "2024-05-01T10:00:00Z ",
        5,
        None,
        {},
    ],
)
def test_other_spellings_do_not(text):
    """Anything else is not a DateTime of the standard, whatever its class."""
    assert not is_datetime(text)


def test_a_time_without_zone_needs_one():
    """A naive time is refused, unless it is said which zone is meant."""
    with pytest.raises(InvalidTime, match="no time zone"):
        parse_datetime("2024-07-01T12:00:00")
    assert parse_datetime("2024-07-01T12:00:00", zone=ZoneInfo("Europe/Brussels")) == datetime(
        2024, 7, 1, 10, tzinfo=UTC
    )
    with pytest.raises(InvalidTime):
        format_datetime(datetime(2024, 5, 1))  # noqa: DTZ001


@pytest.mark.parametrize(
    "instant",
    [
        datetime.min.replace(tzinfo=timezone(timedelta(hours=2))),
        datetime.max.replace(tzinfo=timezone(timedelta(hours=-2))),
        5,
    ],
)
def test_what_has_no_year_in_utc_is_refused(instant):
    """Just outside the calendar, and what is not a time at all, is our error and no other."""
    with pytest.raises(InvalidTime):
        format_datetime(instant)
    with pytest.raises(InvalidTime):
        Property(1, observed_at=instant)


def test_the_table_of_instants_stays_small() -> None:
    """However many timestamps came, it forgets; and a time read after that is right, and as fast as before."""
    for number in range(10_000):
        instant_of(f"2026-05-01T10:00:00.{number:06}Z", "observedAt")
    assert len(INSTANTS) <= 4096
    first = instant_of("2026-05-01T10:00:00Z", "observedAt")
    assert first == datetime(2026, 5, 1, 10, tzinfo=UTC)
    assert instant_of("2026-05-01T10:00:00Z", "observedAt") is first


@pytest.mark.parametrize("text", ["yesterday", "2026-05-01T10:00:00", 5, ["x"], {"a": 1}])
def test_what_is_no_time_names_its_member(text: object) -> None:
    """Whatever stands there, and each time it is read."""
    attribute = Property.from_wire({"type": "Property", "value": 1, "observedAt": text})
    for _ in range(2):
        with pytest.raises(InvalidTime, match="observedAt"):
            attribute.observed_at
