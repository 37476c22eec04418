"""Ultralight 2.0: groups, times, single values."""

from __future__ import annotations

from typing import Any

import pytest

from citycontext.bridge.codecs.ultralight import UltralightCodec
from citycontext.errors import PayloadError


@pytest.mark.parametrize(
    ("payload", "documents"),
    [
        (b"t|21.5|h|40", [{"t": 21.5, "h": 40}]),
        (b"t|21.5#t|21.6", [{"t": 21.5}, {"t": 21.6}]),
        (b"2024-05-01T10:00:00Z|t|21.5", [{"TimeInstant": "2024-05-01T10:00:00Z", "t": 21.5}]),
        (b"m|open|e|", [{"m": "open", "e": None}]),
        (b"m|on|n|044.7|u|007|c|21,5", [{"m": "on", "n": "044.7", "u": "007", "c": "21,5"}]),
        (b'a|true|b|null|c|"7"|d|[1,2]|e|NaN', [{"a": True, "b": None, "c": "7", "d": [1, 2], "e": "NaN"}]),
        (b"i|123456789012345678901", [{"i": 123456789012345678901}]),
        (b"21.5", [{"value": 21.5}]),
    ],
)
def test_measures(payload: bytes, documents: list[dict[str, Any]]) -> None:
    """As the agent's documentation shows them."""
    assert UltralightCodec().decode(payload, "t") == documents


@pytest.mark.parametrize("payload", [b"", b"|", b"|21.5", b"\xff|1", b"s|a#b|t|1"])
def test_what_is_no_ultralight(payload: bytes) -> None:
    """Names without values are refused."""
    with pytest.raises(PayloadError):
        UltralightCodec().decode(payload, "t")
