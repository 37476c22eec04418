"""CBOR: examples of RFC 8949, appendix A."""

from __future__ import annotations

from typing import Any

import pytest

from citycontext.bridge.codecs.cbor import read_cbor
from citycontext.errors import PayloadError


@pytest.mark.parametrize(
    ("content", "value"),
    [
        ("00", 0),
        ("1bffffffffffffffff", 18446744073709551615),
        ("3863", -100),
        ("f93c00", 1.0),
        ("fb3ff199999999999a", 1.1),
        ("fa41accccd", 21.6),
        ("fa7f7fffff", 3.4028235e38),
        ("fa00000001", 1.4013e-45),
        ("f94d66", 21.6),
        ("f97bff", 65500.0),
        ("f97c00", float("inf")),
        ("f4", False),
        ("f6", None),
        ("4401020304", b"\x01\x02\x03\x04"),
        ("62c3bc", "ü"),
        ("8301820203820405", [1, [2, 3], [4, 5]]),
        ("a26161016162820203", {"a": 1, "b": [2, 3]}),
        ("9f018202039f0405ffff", [1, [2, 3], [4, 5]]),
        ("bf61610161629f0203ffff", {"a": 1, "b": [2, 3]}),
        ("7f657374726561646d696e67ff", "streaming"),
        ("c11a514b67b0", 1363896240),
    ],
)
def test_items(content: str, value: Any) -> None:
    """Numbers, texts, arrays, maps, without length, and tagged."""
    assert read_cbor(bytes.fromhex(content)) == value


@pytest.mark.parametrize("content", ["", "18", "62c3", "8301", "ff", "1c", "0000", "a1f600", "61ff", "81" * 40 + "00"])
def test_what_is_no_cbor(content: str) -> None:
    """Cut off, an end without a beginning, trailing bytes, odd names, too deep."""
    with pytest.raises(PayloadError):
        read_cbor(bytes.fromhex(content))
