"""The interpreter's settings for a process that does nothing but move messages."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

__all__ = ["patient_garbage_collection"]

_THRESHOLDS: Final = (50_000, 20, 50)


@contextmanager
def patient_garbage_collection() -> Iterator[None]:
    """Look for garbage in cycles seldom; messages leave none, and all that wait are looked through each time.

    Everything else is freed at once, as always. The settings from before come back at the end.
    """
    before = gc.get_threshold()
    gc.collect()
    gc.freeze()
    gc.set_threshold(*_THRESHOLDS)
    try:
        yield
    finally:
        gc.set_threshold(*before)
        gc.unfreeze()
