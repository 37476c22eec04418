"""Cayenne LPP: the examples of its documentation, and payloads that are cut off."""

from __future__ import annotations

from typing import Any

import pytest

from citycontext.bridge.codecs.cayenne_lpp import CayenneLppCodec
from citycontext.errors import PayloadError


@pytest.mark.parametrize(
    ("payload", "document"),
    [
        ("03670110056700ff", {"temperature_3": 27.2, "temperature_5": 25.5}),
        ("0167ffd7", {"temperature_1": -4.1}),
        ("067104d2fb2e0000", {"accelerometer_6": {"x": 1.234, "y": -1.234, "z": 0.0}}),
        ("018806765ff2960a0003e8", {"gps_1": {"latitude": 42.3519, "longitude": -87.9094, "altitude": 10.0}}),
        ("016864", {"humidity_1": 50.0}),
        ("0000010207", None),
    ],
)
def test_values(payload: str, document: dict[str, Any] | None) -> None:
    """Signed and unsigned, scaled, with members, and types nobody knows."""
    if document is None:
        with pytest.raises(PayloadError, match="type 7 at byte 4 is not known"):
            CayenneLppCodec(encoding="hex").decode(payload.encode(), "t")
    else:
        assert CayenneLppCodec(encoding="hex").decode(payload.encode(), "t") == (document,)
        assert CayenneLppCodec().decode(bytes.fromhex(payload), "t") == (document,)


@pytest.mark.parametrize(
    ("payload", "says"), [("", "empty"), ("01", "without a type"), ("016701", "cut off at byte 3")]
)
def test_a_payload_that_is_cut_off(payload: str, says: str) -> None:
    """Says where."""
    with pytest.raises(PayloadError, match=says):
        CayenneLppCodec().decode(bytes.fromhex(payload), "t")


def test_encodings() -> None:
    """Base64, and what is not one."""
    assert CayenneLppCodec(encoding="base64").decode(b"AWf/1w==", "t") == ({"temperature_1": -4.1},)
    with pytest.raises(PayloadError, match="not hex"):
        CayenneLppCodec(encoding="hex").decode(b"xy", "t")
