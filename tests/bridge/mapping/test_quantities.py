"""Durations and sizes as people write them."""

from __future__ import annotations

from typing import Any

import pytest

from citycontext.bridge.mapping.quantities import parse_duration, parse_size


@pytest.mark.parametrize(
    ("given", "seconds"),
    [("250ms", 0.25), ("30s", 30), ("1.5h", 5400), ("10 m", 600), ("7d", 604800), (2, 2), (0.5, 0.5)],
)
def test_durations(given: Any, seconds: float) -> None:
    """A number is seconds; text has a unit."""
    assert parse_duration(given) == seconds


@pytest.mark.parametrize(
    ("given", "size"), [("64KB", 64_000), ("512 mb", 512_000_000), ("1.5GB", 1_500_000_000), (7, 7)]
)
def test_sizes(given: Any, size: int) -> None:
    """A number is bytes; text has a unit, in powers of ten."""
    assert parse_size(given) == size


@pytest.mark.parametrize("given", ["", "30", "30 parsecs", "-1s", True, None, -1, [1]])
def test_what_is_neither_is_refused_with_examples(given: Any) -> None:
    """The error shows how it is written."""
    with pytest.raises(ValueError, match=r"write for example|negative"):
        parse_duration(given)
    with pytest.raises(ValueError, match="write for example"):
        parse_size(given)
