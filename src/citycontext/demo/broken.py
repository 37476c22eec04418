"""A counter that is broken in three ways, to show what becomes of messages that no one can use."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import count, cycle
from typing import Final

from citycontext.demo.publication import Publication

__all__ = ["TOPIC", "broken_counter"]

TOPIC: Final = "gent/park-and-ride/demo-broken-01"
PERIOD: Final = 2.5


def broken_counter(started: datetime) -> Iterator[Publication]:
    """Publish, in turn: JSON cut short, a text where a number belongs, and a time from a clock that was never set.

    Args:
        started: When the feeders started.

    Returns:
        Messages without end, in order of time.
    """
    faults = cycle((_cut_short, _no_number, _unset_clock))
    for number in count():
        due = (number + 0.5) * PERIOD
        fault = next(faults)
        yield Publication(due, TOPIC, fault(started + timedelta(seconds=due)))


def _message(time: datetime, free: int | str) -> bytes:
    return json.dumps(
        {
            "name": "Broken counter",
            "lastupdate": time.isoformat(timespec="milliseconds"),
            "numberofspaces": 100,
            "availablespaces": free,
            "location": {"lon": 3.73, "lat": 51.03},
        }
    ).encode()


def _cut_short(time: datetime) -> bytes:
    whole = _message(time, 40)
    return whole[: len(whole) * 2 // 3]


def _no_number(time: datetime) -> bytes:
    return _message(time, "forty")


def _unset_clock(time: datetime) -> bytes:
    return _message(datetime(1970, 1, 1, 0, 0, time.second, tzinfo=UTC), 40)
