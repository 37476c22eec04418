"""Times of observation: found in the message, read in its format and zone, and checked against the clock."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, Final, TypeAlias

from citycontext.bridge.config.attributes import TimeConfig
from citycontext.bridge.config.bridge import ClockConfig
from citycontext.bridge.mapping.paths import compile_path
from citycontext.ngsild.time import format_datetime

__all__ = ["InstantReader", "TimeReader", "compile_format"]

InstantReader: TypeAlias = Callable[[Any], datetime]
"""Reads one value as an instant; raises ``ValueError`` where it is none."""

_MILLISECONDS_FROM: Final = 1e11
"""Seconds reach this number in the year 5138, milliseconds did in 1973."""


def compile_format(config: TimeConfig) -> InstantReader:
    """Make the reader of a time format.

    Args:
        config: Format and zone.

    Returns:
        A function from what the message says to an instant with a zone.
    """
    kind, zone = config.format, config.zone

    def with_zone(instant: datetime, given: Any) -> datetime:
        if instant.tzinfo is not None:
            return instant
        if zone is None:
            raise ValueError(
                f'the time {given!r:.60} names no zone; add zone = "…" to the route, e.g. "Europe/Brussels"'
            )
        return instant.replace(tzinfo=zone)

    def iso(given: Any) -> datetime:
        try:
            instant = datetime.fromisoformat(given)
        except (TypeError, ValueError):
            raise ValueError(f"{given!r:.60} is no time such as 2024-05-01T10:00:00Z") from None
        return instant if instant.tzinfo is not None else with_zone(instant, given)

    def epoch(given: Any, divisor: float = 1.0) -> datetime:
        try:
            return datetime.fromtimestamp(float(given) / divisor, UTC)
        except (TypeError, ValueError, OverflowError, OSError):
            raise ValueError(f"{given!r:.60} is no number of seconds or milliseconds since 1970") from None

    def auto(given: Any) -> datetime:
        if type(given) is str:
            return iso(given)
        if type(given) not in (int, float):
            raise ValueError(f"{given!r:.60} is no time")
        return epoch(given, 1000.0 if abs(given) >= _MILLISECONDS_FROM else 1.0)

    def pattern(given: Any) -> datetime:
        try:
            return with_zone(datetime.strptime(given, kind), given)  # noqa: DTZ007 - the zone is added
        except TypeError:
            raise ValueError(f"{given!r:.60} is no text, but the format is {kind!r}") from None

    if kind == "auto":
        return auto
    if kind == "iso":
        return iso
    if kind == "epoch":
        return epoch
    if kind == "epoch-ms":
        return lambda given: epoch(given, 1000.0)
    return pattern


class TimeReader:
    """The time of an observation: the first candidate that has a value, else the time of arrival.

    Args:
        candidates: Where to look, in order.
        clock: What cannot be true.
    """

    def __init__(self, candidates: tuple[TimeConfig, ...], clock: ClockConfig) -> None:
        self._candidates = [
            (one.from_, compile_path(one.from_), None if one.format == "relative" else compile_format(one))
            for one in candidates
        ]
        self._earliest = clock.earliest
        self._earliest_seconds = clock.earliest.timestamp()
        self._ahead = clock.ahead
        self._takes_arrival = clock.wrong == "arrival"

    def read(self, document: Any, arrived: float) -> str:
        """Read the time.

        Args:
            document: The message, decoded.
            arrived: Time of arrival, seconds since 1970.

        Returns:
            The time as NGSI-LD writes it; kept as it came where it already is of that form.

        Raises:
            ValueError: The value is no time, or the device's clock is wrong; in words for a person.
        """
        for path, find, read in self._candidates:
            given = find(document)
            if given is None or given == "":
                continue
            try:
                instant = _relative(given, arrived) if read is None else read(given)
                seconds = instant.timestamp()
            except ValueError as error:
                raise ValueError(f"{path}: {error}") from None
            except OverflowError:
                raise ValueError(f"{path}: {given!r:.60} is no time of our calendar") from None
            if self._earliest_seconds <= seconds <= arrived + self._ahead:
                if type(given) is str and given[-1] == "Z" and len(given) in _CANONICAL_LENGTHS and given[10] == "T":
                    return given
                return format_datetime(instant)
            if not self._takes_arrival:
                raise ValueError(self._wrong_clock(path, instant, seconds - arrived))
        return format_datetime(datetime.fromtimestamp(arrived, UTC))

    def _wrong_clock(self, path: str, instant: datetime, ahead: float) -> str:
        said = f"{path}: the device's clock says {format_datetime(instant)}"
        if ahead <= 0:
            return f"{said}, before {self._earliest:%Y-%m-%d}: it was never set"
        days, hours = ahead / 86400, ahead / 3600
        lead = f"{days:.0f} days" if days >= 2 else f"{hours:.1f} hours" if hours >= 2 else f"{ahead / 60:.0f} minutes"
        return f"{said}, which is {lead} in the future"


def _relative(given: Any, arrived: float) -> datetime:
    if type(given) not in (int, float):
        raise ValueError(f"{given!r:.60} is no number of seconds from the arrival")
    return datetime.fromtimestamp(arrived + given, UTC)


_CANONICAL_LENGTHS: Final = frozenset({20, *range(22, 28)})
"""``2024-05-01T10:00:00Z``, or with one to six decimals."""
