"""Durations as ISO 8601 writes them: ``PT1H``, ``P1M``, ``P3Y6M4DT12H30M5S``, ``P2W`` (CIM 009, 4.5.19.1)."""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from citycontext.errors import InvalidQuery

__all__ = ["Duration", "parse_duration"]

_CLAUSE: Final = "4.5.19.1"
_N: Final = r"([0-9]{1,9})"
_DURATION: Final = re.compile(
    rf"P(?:{_N}W|(?:{_N}Y)?(?:{_N}M)?(?:{_N}D)?(?:T(?=[0-9])(?:{_N}H)?(?:{_N}M)?(?:([0-9]{{1,9}}(?:[.,][0-9]{{1,6}})?)S)?)?)"
)


@dataclass(frozen=True, slots=True)
class Duration:
    """A length of time in calendar units; two are equal when they are written alike.

    Args:
        text: The lexical form.

    Raises:
        InvalidQuery: It is not valid.
    """

    text: str

    def __post_init__(self) -> None:
        if len(self.text) < 3 or _DURATION.fullmatch(self.text) is None:
            raise InvalidQuery("no duration such as PT1H or P1D", text=self.text, column=0, clause=_CLAUSE)
        try:
            _ = self.fixed
        except OverflowError:
            raise InvalidQuery("longer than time is here", text=self.text, column=0, clause=_CLAUSE) from None

    @classmethod
    def of(cls, length: timedelta) -> Duration:
        """Write a Python length of time in days and seconds.

        Args:
            length: Zero or more.

        Raises:
            InvalidQuery: It is negative.
        """
        if length < timedelta(0):
            raise InvalidQuery("a duration is not negative", text=str(length), column=0, clause=_CLAUSE)
        seconds = f"{length.seconds}.{length.microseconds:06}".rstrip("0").rstrip(".")
        days = f"{length.days}D" if length.days else ""
        return cls(f"P{days}T{seconds}S" if seconds != "0" or not days else f"P{days}")

    @property
    def months(self) -> int:
        """The part that has no fixed length: years and months, in months."""
        _, years, months, *_ = self._parts()
        return 12 * int(years or 0) + int(months or 0)

    @property
    def fixed(self) -> timedelta:
        """The part of fixed length: weeks, days and times."""
        weeks, _, _, days, hours, minutes, seconds = self._parts()
        return timedelta(
            weeks=int(weeks or 0),
            days=int(days or 0),
            hours=int(hours or 0),
            minutes=int(minutes or 0),
            seconds=float((seconds or "0").replace(",", ".")),
        )

    @property
    def is_zero(self) -> bool:
        """Whether it stands for the whole range of a temporal query."""
        return self.months == 0 and self.fixed == timedelta(0)

    def after(self, start: datetime, *, times: int = 1) -> datetime:
        """Add the duration to an instant; the day of the month is kept where the month has it.

        Args:
            start: The instant.
            times: How often.

        Raises:
            OverflowError: The result is beyond year 9999.
        """
        months = start.year * 12 + start.month - 1 + times * self.months
        year, month = divmod(months, 12)
        if year > 9999:
            raise OverflowError(f"{self.text} after {start.isoformat()} is beyond year 9999")
        day = min(start.day, calendar.monthrange(year, month + 1)[1])
        return start.replace(year=year, month=month + 1, day=day) + times * self.fixed

    def _parts(self) -> tuple[str | None, ...]:
        found = _DURATION.fullmatch(self.text)
        assert found is not None
        return found.groups()

    def __str__(self) -> str:
        return self.text


def parse_duration(text: str) -> Duration:
    """Read a duration.

    Args:
        text: ``P[n]Y[n]M[n]DT[n]H[n]M[n]S`` or ``P[n]W``; seconds may have decimals.

    Raises:
        InvalidQuery: It is not valid.
    """
    return Duration(text)
