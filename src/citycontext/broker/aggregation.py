"""Aggregates of an attribute's instances over periods of time (4.5.19)."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import orjson

from citycontext.broker.problems import bad_request_data, invalid_request

__all__ = ["METHODS", "Period", "aggregate", "parse_period"]

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_DURATION: Final = re.compile(
    r"P(?:(\d{1,9})Y)?(?:(\d{1,9})M)?(?:(\d{1,9})W)?(?:(\d{1,9})D)?"
    r"(?:T(?:(\d{1,9})H)?(?:(\d{1,9})M)?(?:(\d{1,9}(?:\.\d{1,6})?)S)?)?"
)
_MOST_PERIODS: Final = 100_000


@dataclass(frozen=True, slots=True)
class Period:
    """A duration of ISO 8601: months and years are those of the calendar."""

    months: int
    rest: timedelta

    def after(self, start: datetime, count: int) -> datetime:
        """Give the moment that lies so many periods after another."""
        months = start.month - 1 + self.months * count
        year, month = start.year + months // 12, months % 12 + 1
        day = min(start.day, _days(year, month))
        return start.replace(year=year, month=month, day=day) + self.rest * count


def parse_period(text: str) -> Period | None:
    """Read a duration such as ``PT1H``; None for one of no length, which stands for the whole interval.

    Raises:
        Problem: It is no duration.
    """
    found = _DURATION.fullmatch(text)
    if found is None or text in ("P", "PT") or text.endswith("T"):
        raise bad_request_data(f"aggrPeriodDuration: {text!r} is no duration such as PT1H or P1D.")
    years, months, weeks, days, hours, minutes = (int(part or 0) for part in found.groups()[:6])
    try:
        rest = timedelta(weeks=weeks, days=days, hours=hours, minutes=minutes, seconds=float(found.group(7) or 0))
    except OverflowError:
        raise bad_request_data(f"aggrPeriodDuration: {text!r} is longer than time goes.") from None
    period = Period(12 * years + months, rest)
    return period if period.months or period.rest else None


def aggregate(
    samples: Sequence[tuple[int, Any]],
    methods: Sequence[str],
    period: Period | None,
    start: int | None,
    end: int | None,
) -> dict[str, list[list[Any]]]:
    """Compute aggregates.

    Args:
        samples: Moments, in microseconds since 1970, with values; oldest first.
        methods: What to compute.
        period: Over how long each; None over the whole interval.
        start: Where the first period starts; None at the first sample.
        end: Where the interval ends; None at the last sample.

    Returns:
        Method → rows ``[value, start, end]``, without periods that have no sample.

    Raises:
        Problem: A method does not go with the values.
    """
    if not samples:
        return {method: [] for method in methods}
    origin = _moment(start if start is not None else samples[0][0])
    rows: dict[str, list[list[Any]]] = {method: [] for method in methods}
    for first, last, values in _periods(samples, period, origin, end):
        for method in methods:
            rows[method].append([METHODS[method](values), _text(first), _text(last)])
    return rows


def _periods(
    samples: Sequence[tuple[int, Any]], period: Period | None, origin: datetime, end: int | None
) -> Iterator[tuple[datetime, datetime, list[Any]]]:
    if period is None:
        last = _moment(end if end is not None else samples[-1][0])
        yield origin, last, [value for _, value in samples]
        return
    try:
        place, number = 0, _skip(period, origin, _moment(samples[0][0]))
        for _ in range(_MOST_PERIODS):
            first, last = period.after(origin, number), period.after(origin, number + 1)
            values = []
            while place < len(samples) and _moment(samples[place][0]) < last:
                values.append(samples[place][1])
                place += 1
            if values:
                yield first, last, values
            if place == len(samples):
                return
            number = max(number + 1, _skip(period, origin, _moment(samples[place][0])))
    except (OverflowError, ValueError):
        raise bad_request_data("aggrPeriodDuration: the periods go beyond the calendar.") from None
    raise bad_request_data(f"aggrPeriodDuration: there would be more than {_MOST_PERIODS} periods.")


def _skip(period: Period, origin: datetime, moment: datetime) -> int:
    """Find the number of the period that a moment lies in, or a little before it."""
    if not period.months:
        return max(0, (moment - origin) // period.rest)
    months = (moment.year - origin.year) * 12 + moment.month - origin.month
    longest = period.months + period.rest.days // 28 + 1
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


def _moment(microseconds: int) -> datetime:
    return _EPOCH + timedelta(microseconds=microseconds)


def _text(moment: datetime) -> str:
    return f"{moment.isoformat()[:-6]}Z"


def _days(year: int, month: int) -> int:
    return 31 if month == 12 else (datetime(year, month + 1, 1) - datetime(year, month, 1)).days  # noqa: DTZ001
