"""The interpreter's settings are the daemon's only while it runs."""

from __future__ import annotations

import gc

import pytest

from citycontext.bridge.interpreter import patient_garbage_collection


def test_the_settings_come_back_even_after_a_fault() -> None:
    """Inside, the collector is patient and leaves alone what was there before; outside, all is as it was."""
    thresholds, frozen = gc.get_threshold(), gc.get_freeze_count()
    with pytest.raises(ValueError, match="on purpose"), patient_garbage_collection():
        assert gc.get_threshold()[0] > thresholds[0]
        assert gc.get_freeze_count() > frozen
        raise ValueError("on purpose")
    assert gc.get_threshold() == thresholds
    assert gc.get_freeze_count() == 0
