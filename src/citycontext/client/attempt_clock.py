"""When the attempt under way in this thread ends: set by a deadline, looked at by each wait on a connection."""

from __future__ import annotations

import time
from contextvars import ContextVar
from typing import Final

__all__ = ["END", "time_left"]

END: Final[ContextVar[float]] = ContextVar("citycontext_deadline")
"""When the attempt under way in this thread ends, by ``time.monotonic``."""


def time_left(wanted: float | None, too_late: type[Exception]) -> float | None:
    """Return the seconds that a wait may take.

    Args:
        wanted: How long it would take by itself; None for ever.
        too_late: What to raise if the time is up.
    """
    end = END.get(None)
    if end is None:
        return wanted
    left = end - time.monotonic()
    if left <= 0:
        raise too_late("the time is up")
    return left if wanted is None else min(wanted, left)
