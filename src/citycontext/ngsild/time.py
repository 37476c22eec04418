"""Timestamps: text on the wire, ``datetime`` in Python (CIM 009, 4.6.3)."""

from __future__ import annotations

import re
from datetime import UTC, datetime, tzinfo
from functools import lru_cache
from typing import Any, Final

from citycontext.errors import InvalidTime
from citycontext.foreign_text import shown
from citycontext.ngsild.terms import NULL_URN

__all__ = [
    "INSTANTS",
    "format_datetime",
    "instant_of",
    "is_datetime",
    "is_datetime_text",
    "parse_datetime",
    "written_time",
]

_DATETIME: Final = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:[.,]\d{1,6})?Z", re.ASCII)
_CLAUSE: Final = "4.6.3"
_MOST_INSTANTS: Final = 4096


def is_datetime(text: object) -> bool:
    """Return whether anything at all is a DateTime text; see ``is_datetime_text``.

    Args:
        text: Anything.
    """
    return type(text) is str and is_datetime_text(text)


@lru_cache(maxsize=4096)  # one message carries one timestamp many times
def is_datetime_text(text: str) -> bool:
    """Return whether a text is a DateTime exactly as the standard spells it.

    Args:
        text: For example ``2024-05-01T10:00:00.5Z``: UTC, at most six decimals.
    """
    if _DATETIME.fullmatch(text) is None:
        return False
    try:
        datetime.fromisoformat(text)
    except ValueError:
        return False
    return True


def parse_datetime(text: str, *, zone: tzinfo | None = None, path: str = "") -> datetime:
    """Read a timestamp.

    Args:
        text: ISO 8601 date and time, with ``Z`` or an offset.
        zone: What a time without offset is taken to be in; without it such a time is refused.
        path: Where the text stands, for the error.

    Returns:
        The instant, with a time zone.

    Raises:
        InvalidTime: The text is not a timestamp, or has no zone and none was given.
    """
    try:
        instant = datetime.fromisoformat(text)
    except (ValueError, TypeError):
        raise InvalidTime(
            f"{shown(text)} is not a timestamp; write it as 2024-05-01T10:00:00Z", path=path, clause=_CLAUSE
        ) from None
    if instant.tzinfo is not None:
        return instant
    if zone is None:
        raise InvalidTime(
            f"{shown(text)} has no time zone; append Z or an offset, or say which zone is meant",
            path=path,
            clause=_CLAUSE,
        )
    return instant.replace(tzinfo=zone)


def format_datetime(instant: datetime) -> str:
    """Write an instant as the standard wants it: UTC, ``Z``, decimals only where there are any.

    Args:
        instant: A time with a zone.

    Returns:
        For example ``2024-05-01T10:00:00Z``.

    Raises:
        InvalidTime: The time has no zone, lies in UTC before the year 1 or after 9999, or is not a datetime.
    """
    try:
        zone = instant.tzinfo
    except AttributeError:
        raise InvalidTime(f"{shown(instant)} is not a datetime, nor a text", clause=_CLAUSE) from None
    if zone is not UTC:
        if zone is None:
            raise InvalidTime(
                f"{instant.isoformat()} has no time zone; give it one, e.g. datetime.now(UTC)", clause=_CLAUSE
            )
        try:
            instant = instant.astimezone(UTC)
        except OverflowError:
            raise InvalidTime(f"{instant.isoformat()} has no year from 1 to 9999 in UTC", clause=_CLAUSE) from None
    return f"{instant.isoformat()[:-6]}Z"


def written_time(given: datetime | str, path: str) -> str:
    """Return a time as it goes on the wire; a text is kept as it is.

    Args:
        given: A datetime; a text that is a timestamp with a zone; or NGSI-LD Null, which deletes the time.
        path: Where it goes, for the error.

    Raises:
        InvalidTime: It is not a timestamp, or has no zone.
    """
    if not isinstance(given, str):
        return format_datetime(given)
    if given != NULL_URN:
        instant_of(given, path)
    return given


def instant_of(text: Any, path: str) -> datetime:
    """Read a timestamp that has a zone; the same text costs its reading once.

    Args:
        text: What stands on the wire.
        path: Where it stands, for the error.

    Raises:
        InvalidTime: It is not a timestamp, or has no zone.
    """
    try:
        return INSTANTS[text]
    except (KeyError, TypeError):
        instant = parse_datetime(text, path=path)
    if len(INSTANTS) >= _MOST_INSTANTS:  # they come from outside: forget them all, so that it never stays slow
        INSTANTS.clear()
    INSTANTS[text] = instant
    return instant


INSTANTS: Final[dict[str, datetime]] = {}
"""Timestamp → instant of those that were read last; ``instant_of`` fills it."""
