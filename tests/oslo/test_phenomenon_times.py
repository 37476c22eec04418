"""The times of an observed entity and of a collection tell each other."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from citycontext.errors import InvalidTime
from citycontext.ngsild.time import format_datetime
from citycontext.oslo import standard_tables
from citycontext.oslo.observations import Instant, Interval, observation_iri
from citycontext.oslo.phenomenon_times import collection_times, entity_times, instance_time, observed_at
from strategies import datetimes

NINE, TEN = "2024-05-01T09:00:00Z", "2024-05-01T10:00:00Z"
TABLES = standard_tables()


@pytest.mark.parametrize(
    ("entity_type", "told"),
    [
        ("AirQualityObserved", {"dateObserved": TEN}),
        ("AirQualityObserved", {"dateObserved": f"{NINE}/{TEN}"}),
        ("NoiseLevelObserved", {"dateObservedFrom": NINE, "dateObservedTo": TEN}),
        ("NoiseLevelObserved", {"dateObservedFrom": NINE, "dateObservedTo": TEN, "dateObserved": TEN}),
        (
            "TrafficFlowObserved",
            {"dateObservedFrom": NINE, "dateObservedTo": TEN, "dateObserved": f"{NINE}/{TEN}"},
        ),
        ("TrafficFlowObserved", {"dateObserved": TEN}),
    ],
)
def test_what_an_entity_tells_comes_back(entity_type, told):
    """Instants, intervals, and an interval with the time of the result, each in the attributes of its model."""
    assert entity_times(*collection_times(told), TABLES[entity_type]) == told


@given(datetimes.map(format_datetime), datetimes.map(format_datetime))
def test_an_instance_holds_for_the_interval_that_it_ends(end, other):
    """An observedAt that is the end of the interval means the interval; any other is an instant of its own."""
    interval = Interval(Instant(NINE), Instant(end))
    assert instance_time(end, interval) is interval
    assert instance_time(None, interval) is None
    if other != end:
        assert instance_time(other, interval) == Instant(other)
    for time in (end, other):
        assert observed_at(instance_time(time, interval)) == time


@given(st.sampled_from(["soon", "2024-05-01", 3, None, f"{NINE}/later", ["x"]]))
def test_what_is_no_time_tells_nothing(value):
    """A value that is not a time makes no time of the phenomenon."""
    assert collection_times({"dateObserved": value}) == (None, None)


def test_an_instant_is_a_moment():
    """The text of an instant gives the moment, and one without zone says so."""
    assert Instant(TEN).datetime.hour == 10
    with pytest.raises(InvalidTime, match="zone"):
        _ = Instant("2024-05-01T10:00:00").datetime


def test_addresses_of_observations():
    """An address has the entity, the attribute, the dataset where there is one, and the time."""
    assert observation_iri("urn:x:1", "pm10", observed_at=TEN) == f"urn:x:1/pm10/{TEN}"
    assert observation_iri("urn:x:1", "pm10", dataset_id="urn:d/1") == "urn:x:1/pm10/urn%3Ad%2F1"
