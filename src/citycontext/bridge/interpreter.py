"""The interpreter's settings for a process that does nothing but move messages."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

__all__ = ["patient_garbage_collection"]

_THRESHOLDS: Final = (10_000, 5, 100)


@contextmanager
def patient_garbage_collection() -> Iterator[None]:
    """Look seldom for garbage in cycles among what is old: messages that wait are looked through in vain.

    What is young is still looked through often, for each HTTP request leaves a cycle with its body. The settings from
    before come back at the end.
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
