"""What a stream's ledger answers: the key of a version, what is known of one, the times that pages span."""

from __future__ import annotations

from typing import NamedTuple

__all__ = ["Bounds", "Key", "Known"]


class Key(NamedTuple):
    """What tells a version from all others.

    Args:
        entity: The entity's URI.
        at: When it was so, in microseconds since 1970.
        counter: Which version of that instant, from 1.
    """

    entity: str
    at: int
    counter: int


class Known(NamedTuple):
    """What is known of a version.

    Args:
        counter: Which version of its instant it is.
        page: The page that it is in; ``None`` while it waits for one, negative where it is gone.
        digest: What tells its content; ``None`` where it was entered by citycontext 0.1.
    """

    counter: int
    page: int | None
    digest: int | None


class Bounds(NamedTuple):
    """The times that pages span.

    Args:
        low: The earliest state, in microseconds since 1970.
        high: The latest.
        published_low: When the first was made public.
        published_high: When the last was.
    """

    low: int
    high: int
    published_low: int
    published_high: int
