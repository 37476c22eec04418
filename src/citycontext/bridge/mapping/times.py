"""Times of observation: found in the message, read in its format and zone, and checked against the clock."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any, Final, TypeAlias

from citycontext.bridge.config.attributes import TimeConfig
from citycontext.bridge.config.bridge import ClockConfig
from citycontext.bridge.mapping.paths import compile_path
from citycontext.ngsild.time import format_datetime

__all__ = ["InstantReader", "TimeReader", "compile_format"]

InstantReader: TypeAlias = Callable[[Any], datetime]
"""Reads one value as an instant; raises ``ValueError`` where it is not one."""

_SIZES: Final = ((1e17, 1_000_000_000), (1e14, 1_000_000), (1e11, 1_000))
"""From which number on it counts nanoseconds, microseconds or milliseconds: as seconds, 1e11 is the year 5138."""
_DIVISORS: Final = {"epoch": 1, "epoch-ms": 1_000, "epoch-us": 1_000_000, "epoch-ns": 1_000_000_000}
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_NUMBER: Final = re.compile(r"[+-]?\d+(?:\.\d*)?(?:[eE][+-]?\d{1,3})?")
_GO: Final = re.compile(
    r"(\d{4}-\d\d-\d\d[ T]\d\d:\d\d:\d\d(?:[.,]\d+)?) ?([+-]\d\d:?\d\d)?(?: ?(?:UTC|GMT|[A-Z]{3,4}))?( m=.*)?"
)
_RFC_5322: Final = re.compile(
    r"(?:[A-Z][a-z]{2,8}, )?\d{1,2}[ -][A-Z][a-z]{2}[ -]\d{2,4} \d\d:\d\d(?::\d\d)?(?: (?:[A-Z]{1,4}|[+-]\d{4}))?"
)
_JAVA: Final = re.compile(r"(.*(?:Z|[+-]\d\d:?\d\d))\[[A-Za-z][\w+/-]*\]")
_SLASHES: Final = re.compile(r"(\d{4})/(\d\d)/(\d\d(?:[ T].*)?)")
_HOUR_24: Final = re.compile(r"(\d{4}-\d\d-\d\d[ T])24(:00(?::00(?:[.,]0+)?)?(?:Z|[+-].*)?)")
_LEAP_SECOND: Final = re.compile(r"(\d{4}-\d\d-\d\d[ T]\d\d:59:)60((?:Z|[+-].*)?)")
_UTC: Final = re.compile(r"(.*\d) ?(?:UTC|GMT)")


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
            raise ValueError(f"{given!r:.60} is not a time such as 2024-05-01T10:00:00Z") from None
        return instant if instant.tzinfo is not None else with_zone(instant, given)

    def auto(given: Any) -> datetime:
        if type(given) is dict:
            # As NGSIv2 and NGSI-LD write times.
            given = given.get("@value", given.get("value"))
        if type(given) is str:
            if given[4:5] == "-":
                # What most devices write, read without looking for more.
                try:
                    instant = datetime.fromisoformat(given)
                except ValueError:
                    pass
                else:
                    return instant if instant.tzinfo is not None else with_zone(instant, given)
            text = given.strip()
            if not _NUMBER.fullmatch(text) or len(text) < _LEAST_DIGITS:
                return with_zone(_usual_text(text), given)
        elif type(given) not in (int, float):
            raise ValueError(f"{given!r:.60} is not a time")
        number = _exact(given)
        return _instant(number, next((divisor for least, divisor in _SIZES if abs(number) >= least), 1), given)

    def pattern(given: Any) -> datetime:
        try:
            return with_zone(datetime.strptime(given, kind), given)  # noqa: DTZ007 - the zone is added
        except TypeError:
            raise ValueError(f"{given!r:.60} is not text, but the format is {kind!r}") from None

    if kind == "auto":
        return auto
    if kind == "iso":
        return iso
    if kind in _DIVISORS:
        divisor = _DIVISORS[kind]
        return lambda given: _instant(_exact(given), divisor, given)
    return pattern


_LEAST_DIGITS: Final = 9
"""A text of fewer digits is a date such as 20240501, or no time; seconds had nine in 1973."""


def _usual_text(text: str) -> datetime:
    """Read what is usual beside ISO 8601: the texts of Go, Java and RFC 5322, and a zone by name where it is UTC."""
    text, later = _with_dashes(text)
    try:
        return datetime.fromisoformat(text) + later
    except (ValueError, OverflowError):
        pass
    if (found := _GO.fullmatch(text)) and (found[2] or "UTC" in text or "GMT" in text):
        return datetime.fromisoformat(found[1].replace(",", ".") + (found[2] or "+00:00"))
    if found := _UTC.fullmatch(text):
        with contextlib.suppress(ValueError):
            return datetime.fromisoformat(f"{found[1]}+00:00")
    if _RFC_5322.fullmatch(text):
        with contextlib.suppress(ValueError, TypeError, OverflowError):
            return parsedate_to_datetime(text)
    raise ValueError(f"{text!r:.60} is not a time such as 2024-05-01T10:00:00Z")


def _with_dashes(text: str) -> tuple[str, timedelta]:
    """Return a time as Python reads it, and what is to be added: hour 24 and leap seconds are of what follows."""
    text = _JAVA.sub(r"\1", text)
    text = f"{text[:-1]}Z" if text.endswith("z") else text
    if found := _SLASHES.fullmatch(text):
        text = "-".join(found.groups())
    if found := _HOUR_24.fullmatch(text):
        return f"{found[1]}00{found[2]}", timedelta(days=1)
    if found := _LEAP_SECOND.fullmatch(text):
        return f"{found[1]}59{found[2]}", timedelta(seconds=1)
    return text, timedelta()


def _exact(given: Any) -> int | float:
    if type(given) is str and _NUMBER.fullmatch(given.strip()):
        return int(given) if given.strip().lstrip("+-").isdigit() else float(given)
    if isinstance(given, int | float) and not isinstance(given, bool):
        return given
    raise ValueError(f"{given!r:.60} is not a number of seconds or milliseconds since 1970")


def _instant(number: int | float, divisor: int, given: Any) -> datetime:
    try:
        if type(number) is int:
            seconds, rest = divmod(number, divisor)
            return _EPOCH + timedelta(seconds=seconds, microseconds=rest * 1_000_000 // divisor)
        return datetime.fromtimestamp(number / divisor, UTC)
    except (ValueError, OverflowError, OSError):
        raise ValueError(f"{given!r:.60} is not a number of seconds or milliseconds since 1970") from None


class TimeReader:
    """The time of an observation: the first candidate that is a time, else the time of arrival.

    A candidate that is there and cannot be read, or that cannot be true, gives way to the next one; where none is left,
    it is an error.

    Args:
        candidates: Where to look, in order.
        clock: What cannot be true.
    """

    def __init__(self, candidates: tuple[TimeConfig, ...], clock: ClockConfig) -> None:
        self._candidates = [
            (one.from_, compile_path(one.from_), _FROM_ARRIVAL.get(one.format), compile_format(one))
            for one in candidates
        ]
        self._earliest = clock.earliest
        self._earliest_seconds = clock.earliest.timestamp()
        self._ahead = clock.ahead
        self._takes_arrival = clock.wrong == "arrival"

    def is_said(self, document: Any) -> bool:
        """Return whether a message says a time itself.

        Args:
            document: The message, decoded.
        """
        return any(find(document) not in (None, "") for _, find, sign, _ in self._candidates if sign is None)

    def read(self, document: Any, arrived: float) -> str:
        """Read the time.

        Args:
            document: The message, decoded.
            arrived: Time of arrival, seconds since 1970.

        Returns:
            The time as NGSI-LD writes it; kept as it came where it already is of that form.

        Raises:
            ValueError: The value is not a time, or the device's clock is wrong; in words for a person.
        """
        wrong: ValueError | None = None
        for path, find, sign, read in self._candidates:
            given = find(document)
            if given is None or given == "":
                continue
            try:
                instant = read(given) if sign is None else _from_arrival(given, arrived, sign)
                seconds = instant.timestamp()
            except ValueError as error:
                wrong = wrong or ValueError(f"{path}: {error}")
                continue
            except OverflowError:
                wrong = wrong or ValueError(f"{path}: {given!r:.60} is not a time of our calendar")
                continue
            if self._earliest_seconds <= seconds <= arrived + self._ahead:
                if (
                    type(given) is str
                    and given[-1] == "Z"
                    and len(given) in _CANONICAL_LENGTHS
                    and given[7:11:3] == "-T"
                    and given[11:13] < "24"
                    and given[17:19] < "60"
                ):
                    return given if given[19] != "," else given.replace(",", ".")
                return format_datetime(instant)
            if not self._takes_arrival:
                wrong = wrong or ValueError(self._wrong_clock(path, instant, seconds - arrived))
        if wrong is not None:
            raise wrong
        return format_datetime(datetime.fromtimestamp(arrived, UTC))

    def _wrong_clock(self, path: str, instant: datetime, ahead: float) -> str:
        said = f"{path}: the device's clock says {format_datetime(instant)}"
        if ahead <= 0:
            return f"{said}, before {self._earliest:%Y-%m-%d}: it was never set"
        days, hours = ahead / 86400, ahead / 3600
        lead = f"{days:.0f} days" if days >= 2 else f"{hours:.1f} hours" if hours >= 2 else f"{ahead / 60:.0f} minutes"
        return f"{said}, which is {lead} in the future"


def _from_arrival(given: Any, arrived: float, sign: int) -> datetime:
    seconds = _duration(given)
    if sign < 0 and seconds < 0:
        raise ValueError(f"{given!r:.60} is not an age: it is negative")
    return datetime.fromtimestamp(arrived + sign * seconds, UTC)


def _duration(given: Any) -> int | float:
    """Read seconds: a number, or a duration of ISO 8601 of weeks, days and what is shorter."""
    found = _DURATION.fullmatch(given.strip()) if type(given) is str else None
    if found is None or not any(found.groups()[1:]):
        try:
            return _exact(given)
        except ValueError:
            raise ValueError(
                f"{given!r:.60} is not a number of seconds from the arrival, or a duration such as PT5M"
            ) from None
    counts = zip(found.groups()[1:], _SECONDS, strict=True)
    seconds = sum(float(count.replace(",", ".")) * length for count, length in counts if count)
    return -seconds if found[1] == "-" else seconds


_COUNT: Final = r"(\d{1,9}(?:[.,]\d{1,9})?)"
_DURATION: Final = re.compile(
    rf"([+-]?)P(?:{_COUNT}W)?(?:{_COUNT}D)?(?:T(?=\d)(?:{_COUNT}H)?(?:{_COUNT}M)?(?:{_COUNT}S)?)?"
)
_SECONDS: Final = (604_800, 86_400, 3_600, 60, 1)
_FROM_ARRIVAL: Final = {"relative": 1, "age": -1}
_CANONICAL_LENGTHS: Final = frozenset({20, *range(22, 28)})
"""``2024-05-01T10:00:00Z``, or with one to six decimals; a date of the week has its hyphen elsewhere."""
