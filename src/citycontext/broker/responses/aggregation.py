"""Aggregates of an attribute's instances over periods of time (4.5.19)."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from typing import Any, Final

import orjson

from citycontext.broker.documents.timestamps import instant_at
from citycontext.broker.responses.problems import bad_request_data, invalid_request
from citycontext.ngsild.query.duration import Duration

__all__ = ["METHODS", "aggregate"]

_MOST_PERIODS: Final = 100_000


def aggregate(
    samples: Sequence[tuple[int, Any]],
    methods: Sequence[str],
    period: Duration | None,
    start: int | None,
    end: int | None,
) -> dict[str, list[list[Any]]]:
    """Compute aggregates.

    Args:
        samples: Moments, in microseconds since 1970, with values; oldest first.
        methods: What to compute.
        period: Over how long each; none, or one of no length, over the whole interval.
        start: Where the first period starts; None at the first sample.
        end: Where the interval ends; None at the last sample.

    Returns:
        Method → rows ``[value, start, end]``, without periods that have no sample.

    Raises:
        Problem: A method does not go with the values.
    """
    if not samples:
        return {method: [] for method in methods}
    origin = instant_at(start if start is not None else samples[0][0])
    rows: dict[str, list[list[Any]]] = {method: [] for method in methods}
    for first, last, values in _periods(samples, period, origin, end):
        for method in methods:
            rows[method].append([METHODS[method](values), _text(first), _text(last)])
    return rows


def _periods(
    samples: Sequence[tuple[int, Any]], period: Duration | None, origin: datetime, end: int | None
) -> Iterator[tuple[datetime, datetime, list[Any]]]:
    if period is None or period.is_zero:
        last = instant_at(end if end is not None else samples[-1][0])
        yield origin, last, [value for _, value in samples]
        return
    try:
        place, number = 0, _skip(period, origin, instant_at(samples[0][0]))
        for _ in range(_MOST_PERIODS):
            first, last = period.after(origin, times=number), period.after(origin, times=number + 1)
            values = []
            while place < len(samples) and instant_at(samples[place][0]) < last:
                values.append(samples[place][1])
                place += 1
            if values:
                yield first, last, values
            if place == len(samples):
                return
            number = max(number + 1, _skip(period, origin, instant_at(samples[place][0])))
    except (OverflowError, ValueError):
        raise bad_request_data("aggrPeriodDuration: the periods go beyond the calendar.") from None
    raise bad_request_data(f"aggrPeriodDuration: there would be more than {_MOST_PERIODS} periods.")


def _skip(period: Duration, origin: datetime, moment: datetime) -> int:
    """Find the number of the period that a moment lies in, or a little before it."""
    if not period.months:
        return max(0, (moment - origin) // period.fixed)
    months = (moment.year - origin.year) * 12 + moment.month - origin.month
    longest = period.months + period.fixed.days // 28 + 1
    return max(0, months // longest - 1)


def _numbers(values: Sequence[Any], method: str) -> list[float]:
    """Turn values into numbers: a boolean is 0 or 1, an array its length."""
    numbers = []
    for value in values:
        if isinstance(value, (bool, int, float)):
            numbers.append(float(value))
        elif isinstance(value, list):
            numbers.append(float(len(value)))
        else:
            raise invalid_request(f"aggrMethods: {method} does not go with values such as {value!r:.60}.")
    return numbers


def _extreme(choose: Callable[[Sequence[Any]], Any], method: str) -> Callable[[Sequence[Any]], Any]:
    def compute(values: Sequence[Any]) -> Any:
        if all(isinstance(value, str) for value in values):
            return choose(values)
        return choose(_numbers(values, method))

    return compute


def _average(values: Sequence[Any]) -> float:
    numbers = _numbers(values, "avg")
    return math.fsum(numbers) / len(numbers)


def _deviation(values: Sequence[Any]) -> float:
    numbers = _numbers(values, "stddev")
    mean = math.fsum(numbers) / len(numbers)
    return math.sqrt(math.fsum((number - mean) ** 2 for number in numbers) / len(numbers))


METHODS: Final[dict[str, Callable[[Sequence[Any]], Any]]] = {
    "totalCount": len,
    "distinctCount": lambda values: len({orjson.dumps(value, option=orjson.OPT_SORT_KEYS) for value in values}),
    "sum": lambda values: math.fsum(_numbers(values, "sum")),
    "avg": _average,
    "min": _extreme(min, "min"),
    "max": _extreme(max, "max"),
    "stddev": _deviation,
    "sumsq": lambda values: math.fsum(number * number for number in _numbers(values, "sumsq")),
}
"""What can be computed (4.5.19.1)."""


def _text(moment: datetime) -> str:
    return f"{moment.isoformat()[:-6]}Z"
