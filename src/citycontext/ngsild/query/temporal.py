"""Temporal queries: when, which instances, and how aggregated (CIM 009, 4.11 and 4.5.19)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Final, NoReturn

from citycontext.errors import InvalidQuery
from citycontext.foreign_text import shown
from citycontext.ngsild.query.duration import Duration
from citycontext.ngsild.query.scanner import errors_in
from citycontext.ngsild.time import format_datetime, is_datetime

__all__ = ["AGGREGATION_METHODS", "TEMPORAL_PARAMETERS", "TemporalQuery", "after", "before", "between", "last"]

AGGREGATION_METHODS: Final = ("totalCount", "distinctCount", "sum", "avg", "min", "max", "stddev", "sumsq")
TEMPORAL_PARAMETERS: Final = (
    "timerel",
    "timeAt",
    "endTimeAt",
    "timeproperty",
    "lastN",
    "aggrMethods",
    "aggrPeriodDuration",
)

_CLAUSE: Final = "4.11"
_RELATIONS: Final = ("before", "after", "between")
_PROPERTIES: Final = ("observedAt", "createdAt", "modifiedAt", "deletedAt")
_DEFAULT_PROPERTY: Final = "observedAt"


@dataclass(frozen=True, slots=True)
class TemporalQuery:
    """Which part of the history of attributes is asked for.

    Args:
        timerel: ``before``, ``after`` or ``between``; left out, any time.
        time_at: The bound, or the lower bound of ``between``, as the standard writes a DateTime.
        end_time_at: The upper bound of ``between``.
        timeproperty: Which time counts: ``observedAt``, ``createdAt``, ``modifiedAt`` or ``deletedAt``.
        last_n: Only so many instances of each attribute, the newest.
        aggr_methods: Aggregation methods, of ``AGGREGATION_METHODS``.
        aggr_period_duration: The period of each aggregate; left out, the whole range.

    Raises:
        InvalidQuery: A combination or value the clause refuses.
    """

    timerel: str | None = None
    time_at: str | None = None
    end_time_at: str | None = None
    timeproperty: str = _DEFAULT_PROPERTY
    last_n: int | None = None
    aggr_methods: tuple[str, ...] = ()
    aggr_period_duration: Duration | None = None

    def __post_init__(self) -> None:
        if self.timerel is None:
            if self.time_at is not None or self.end_time_at is not None:
                _refuse("a time without timerel", "timerel")
        elif self.timerel not in _RELATIONS:
            _refuse(f"{shown(self.timerel)} is not one of {', '.join(_RELATIONS)}", "timerel", shown(self.timerel))
        elif self.time_at is None:
            _refuse(f"{self.timerel} needs timeAt", "timeAt")
        if (self.timerel == "between") is not (self.end_time_at is not None):
            _refuse("endTimeAt goes with between, and between with endTimeAt", "endTimeAt")
        for name, time in (("timeAt", self.time_at), ("endTimeAt", self.end_time_at)):
            if time is not None and not is_datetime(time):
                _refuse("a DateTime such as 2024-05-01T10:00:00Z, in UTC", name, str(time), clause="4.6.3")
        if self.timeproperty not in _PROPERTIES:
            _refuse(f"{shown(self.timeproperty)} is not one of {', '.join(_PROPERTIES)}", "timeproperty")
        if self.last_n is not None and (type(self.last_n) is not int or self.last_n < 1):
            _refuse("lastN is a whole number from 1", "lastN", shown(self.last_n))
        for method in self.aggr_methods:
            if method not in AGGREGATION_METHODS:
                message = f"{shown(method)} is not one of {', '.join(AGGREGATION_METHODS)}"
                _refuse(message, "aggrMethods", shown(method), clause="4.5.19.1")

    @property
    def start(self) -> datetime | None:
        """The earliest instant asked for; it is included."""
        bound = self.time_at if self.timerel in ("after", "between") else None
        return None if bound is None else datetime.fromisoformat(bound)

    @property
    def end(self) -> datetime | None:
        """The instant at which what is asked for ends; it is not included."""
        bound = self.time_at if self.timerel == "before" else self.end_time_at
        return None if bound is None else datetime.fromisoformat(bound)

    def matches(self, instant: datetime) -> bool:
        """Return whether an instant is in the range asked for.

        Args:
            instant: A time with a zone.
        """
        start, end = self.start, self.end
        return (start is None or instant >= start) and (end is None or instant < end)

    def aggregated(self, *methods: str, period: Duration | timedelta | str | None = None) -> TemporalQuery:
        """Ask for aggregates instead of values.

        Args:
            methods: One or more of ``AGGREGATION_METHODS``.
            period: Length of the periods; left out, one for the whole range.

        Raises:
            InvalidQuery: A method or duration that is not valid.
        """
        return replace(self, aggr_methods=methods, aggr_period_duration=_duration(period))

    def last(self, count: int) -> TemporalQuery:
        """Ask for the newest instances only.

        Args:
            count: How many of each attribute.
        """
        return replace(self, last_n=count)

    def to_parameters(self) -> list[tuple[str, str]]:
        """Write the URL parameters, not percent-encoded."""
        return [
            (name, ",".join(value) if isinstance(value, list) else str(value)) for name, value in self.to_body().items()
        ]

    @classmethod
    def from_parameters(cls, parameters: Mapping[str, str]) -> TemporalQuery:
        """Read the URL parameters of ``TEMPORAL_PARAMETERS``; others, and empty ones, are ignored.

        Args:
            parameters: Names to values, percent-decoded.

        Raises:
            InvalidQuery: A value or combination the clause refuses.
        """
        given = {name: parameters[name] for name in TEMPORAL_PARAMETERS if parameters.get(name)}
        body: dict[str, Any] = dict(given)
        if "lastN" in given:
            body["lastN"] = _whole_number(given["lastN"])
        return cls.from_body(body)

    def to_body(self) -> dict[str, Any]:
        """Write the member ``temporalQ`` of a query or subscription (CIM 009, 5.2.21)."""
        members = {
            "timerel": self.timerel,
            "timeAt": self.time_at,
            "endTimeAt": self.end_time_at,
            "timeproperty": None if self.timeproperty == _DEFAULT_PROPERTY else self.timeproperty,
            "lastN": self.last_n,
            "aggrMethods": list(self.aggr_methods) or None,
            "aggrPeriodDuration": None if self.aggr_period_duration is None else self.aggr_period_duration.text,
        }
        return {name: value for name, value in members.items() if value is not None}

    @classmethod
    def from_body(cls, body: Any) -> TemporalQuery:
        """Read the member ``temporalQ``; methods may be an array or a text with commas.

        Args:
            body: The member's value.

        Raises:
            InvalidQuery: A member is unknown or wrong.
        """
        if not isinstance(body, Mapping):
            _refuse("temporalQ is an object", "temporalQ", shown(body))
        unknown = [str(name) for name in body if name not in TEMPORAL_PARAMETERS]
        if unknown:
            _refuse(f"temporalQ has no member {', '.join(unknown)}", "temporalQ", unknown[0])
        for name in TEMPORAL_PARAMETERS:
            if name not in ("lastN", "aggrMethods") and not isinstance(body.get(name, ""), str):
                _refuse(f"{name} is a text", name, shown(body[name]))
        methods = body.get("aggrMethods", [])
        if isinstance(methods, str):
            methods = methods.split(",")
        if not isinstance(methods, (list, tuple)):
            _refuse("aggrMethods are an array of texts", "aggrMethods", shown(methods))
        return cls(
            timerel=body.get("timerel"),
            time_at=body.get("timeAt"),
            end_time_at=body.get("endTimeAt"),
            timeproperty=body.get("timeproperty", _DEFAULT_PROPERTY),
            last_n=body.get("lastN"),
            aggr_methods=tuple(methods),
            aggr_period_duration=_duration(body.get("aggrPeriodDuration")),
        )

    def __str__(self) -> str:
        return "&".join(f"{name}={value}" for name, value in self.to_parameters())


def before(time: datetime | str, *, timeproperty: str = _DEFAULT_PROPERTY) -> TemporalQuery:
    """Ask for what was before an instant.

    Args:
        time: The instant; itself it does not count.
        timeproperty: Which time counts.

    Raises:
        InvalidQuery: The text is not a DateTime.
        InvalidTime: The time has no zone.
    """
    return TemporalQuery("before", _written(time), None, timeproperty)


def after(time: datetime | str, *, timeproperty: str = _DEFAULT_PROPERTY) -> TemporalQuery:
    """Ask for what was from an instant on.

    Args:
        time: The instant; itself it counts.
        timeproperty: Which time counts.
    """
    return TemporalQuery("after", _written(time), None, timeproperty)


def between(start: datetime | str, end: datetime | str, *, timeproperty: str = _DEFAULT_PROPERTY) -> TemporalQuery:
    """Ask for what was from one instant to another.

    Args:
        start: The first instant that counts.
        end: The first that does not.
        timeproperty: Which time counts.
    """
    return TemporalQuery("between", _written(start), _written(end), timeproperty)


def last(count: int) -> TemporalQuery:
    """Ask for the newest instances of each attribute, whenever they were.

    Args:
        count: How many.
    """
    return TemporalQuery(last_n=count)


def _written(time: datetime | str) -> str:
    return format_datetime(time) if isinstance(time, datetime) else time


def _duration(value: Duration | timedelta | str | None) -> Duration | None:
    if isinstance(value, timedelta):
        return Duration.of(value)
    if not isinstance(value, str):
        return value
    with errors_in("aggrPeriodDuration"):
        return Duration(value)


def _whole_number(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 10):
        _refuse("lastN is a whole number from 1", "lastN", text)
    return int(text)


def _refuse(message: str, path: str, text: str = "", *, clause: str = _CLAUSE) -> NoReturn:
    raise InvalidQuery(message, text=text, column=0, clause=clause, path=path)
