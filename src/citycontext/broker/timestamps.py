"""The broker's clock."""

from __future__ import annotations

from datetime import UTC, datetime

__all__ = ["timestamp"]


def timestamp(instant: datetime | None = None) -> str:
    """Write an instant, or the present one, with all six decimals: so texts sort as times do."""
    return f"{(instant or datetime.now(UTC)).astimezone(UTC).isoformat(timespec='microseconds')[:-6]}Z"
