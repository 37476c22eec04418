"""The broker's clock, and its ways to write an instant: as a text, and as microseconds since 1970."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Final

__all__ = ["instant_at", "microseconds_of", "timestamp"]

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


def timestamp(instant: datetime | None = None) -> str:
    """Write an instant, or the present one, with all six decimals: so texts sort as times do."""
    return f"{(instant or datetime.now(UTC)).astimezone(UTC).isoformat(timespec='microseconds')[:-6]}Z"


def microseconds_of(instant: datetime) -> int:
    """Give an instant as microseconds since 1970."""
    return (instant - _EPOCH) // timedelta(microseconds=1)


def instant_at(microseconds: int) -> datetime:
    """Give the instant so many microseconds after 1970 began."""
    return _EPOCH + timedelta(microseconds=microseconds)
