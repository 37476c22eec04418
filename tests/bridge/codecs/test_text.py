"""Text: numbers and truth values where it looks like them."""

from __future__ import annotations

from typing import Any

import pytest

from citycontext.bridge.codecs.text import TextCodec
from citycontext.errors import PayloadError


@pytest.mark.parametrize(
    ("payload", "value"),
    [
        (b"21.5", 21.5),
        (b" -3\n", -3),
        (b"1e3", 1000.0),
        (b"ON", True),
        (b"false", False),
        (b"open", "open"),
        (b"21,5", "21,5"),
        (b"0x10", "0x10"),
        (b"21.5\x00", 21.5),
        (b"1234567890123456789012", 1234567890123456789012.0),
    ],
)
def test_values(payload: bytes, value: Any) -> None:
    """What is read, and that the text itself stays there."""
    (document,) = TextCodec().decode(payload, "t")
    assert document["value"] == value
    assert type(document["value"]) is type(value)
    assert document["text"] == payload.decode().strip("\0 \n")


def test_decimal_comma_and_encoding() -> None:
    """Both are options."""
    (document,) = TextCodec(decimal_comma=True, encoding="latin-1").decode("21,5".encode("latin-1"), "t")
    assert document["value"] == 21.5


@pytest.mark.parametrize(("payload", "says"), [(b" ", "empty"), (b"\xff\xfe", "not a utf-8 text")])
def test_what_is_no_text(payload: bytes, says: str) -> None:
    """Empty and undecodable payloads are refused."""
    with pytest.raises(PayloadError, match=says):
        TextCodec().decode(payload, "t")
