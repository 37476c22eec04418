"""When a route heard of whom."""

from __future__ import annotations

import pytest

from citycontext.bridge.operations import heard
from citycontext.bridge.operations.heard import Heard


def test_flow_is_the_number_of_each_minute_of_the_last_hour() -> None:
    """Messages count in their minute, and those of an hour ago are forgotten."""
    told = Heard()
    for arrived in (0.0, 30.0, 3600.0, 3661.0, 3662.0):
        told.message(arrived)
    flow = told.flow(3700.0)
    assert len(flow) == 60
    assert flow[-2:] == [1, 2]
    assert sum(flow) == 3


def test_who_says_nothing_for_three_times_as_long_as_usual_is_silent() -> None:
    """One that speaks each minute is silent after three, one that speaks each hour is not."""
    told = Heard()
    for minute in range(5):
        told.entity("urn:quick", minute * 60.0)
    for hour in range(-3, 1):
        told.entity("urn:slow", hour * 3600.0)
    assert told.silent(240.0 + 179) == []
    (silent,) = told.silent(240.0 + 181)
    assert (silent.entity, silent.last, silent.usual) == ("urn:quick", 240.0, 60.0)
    assert [one.entity for one in told.silent(20_000.0)] == ["urn:slow", "urn:quick"]
    told.entity("urn:quick", 20_000.0)
    assert [one.entity for one in told.silent(20_000.0)] == ["urn:slow"]


def test_who_was_heard_once_has_no_usual_time() -> None:
    """A device of which one or two messages came is not called silent."""
    told = Heard()
    told.entity("urn:once", 0.0)
    told.entity("urn:once", 1.0)
    assert told.silent(1e9) == []


def test_ids_without_end_do_not_fill_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    """Only the first entities are watched, and those still are."""
    monkeypatch.setattr(heard, "_MOST", 2)
    told = Heard()
    for _ in range(4):
        for name in ("a", "b", "c", "d"):
            told.entity(name, 0.0)
    assert {one.entity for one in told.silent(1e6)} == {"a", "b"}
