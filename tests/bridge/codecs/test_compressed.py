"""Compressed payloads: unpacked, and bounded."""

from __future__ import annotations

import gzip
import zlib

import pytest

from citycontext.bridge.codecs.compressed import CompressedCodec
from citycontext.bridge.codecs.json import JsonCodec
from citycontext.errors import PayloadError


def test_what_is_packed_is_unpacked() -> None:
    """By gzip and zlib."""
    assert list(CompressedCodec(JsonCodec(), "gzip", 100).decode(gzip.compress(b'{"t":1}'), "t")) == [{"t": 1}]
    assert list(CompressedCodec(JsonCodec(), "zlib", 100).decode(zlib.compress(b'{"t":1}'), "t")) == [{"t": 1}]


@pytest.mark.parametrize(
    ("payload", "says"),
    [
        (gzip.compress(bytes(100_000_000), 1, mtime=0), "unpacks to more than 1000 bytes"),
        (gzip.compress(b'{"t":1}', mtime=0)[:-4], "cut off"),
        (b'{"t":1}', "not gzip"),
    ],
)
def test_a_bomb_is_not_unpacked(payload: bytes, says: str) -> None:
    """Nor is what is cut off or not packed at all."""
    with pytest.raises(PayloadError, match=says):
        CompressedCodec(JsonCodec(), "gzip", 1000).decode(payload, "t")
