"""Payloads that were compressed: taken apart before their codec sees them, up to a bound."""

from __future__ import annotations

import zlib
from collections.abc import Iterable
from typing import Any, Final, Literal

from citycontext.bridge.codecs.registry import Codec
from citycontext.errors import PayloadError

__all__ = ["CompressedCodec", "unpack"]

# What zlib calls the window: 16 + 15 is gzip, 15 is zlib, -15 is bare deflate.
_WINDOWS: Final = {"gzip": 31, "zlib": 15, "deflate": -15}


def unpack(payload: bytes, compression: Literal["gzip", "zlib", "deflate"], most: int) -> bytes:
    """Unpack a payload.

    Args:
        payload: The packed bytes.
        compression: How they are packed.
        most: Bytes after which unpacking stops: a few bytes can unpack to gigabytes.

    Raises:
        PayloadError: It cannot be unpacked, or is too large.
    """
    unpacker = zlib.decompressobj(_WINDOWS[compression])
    try:
        content = unpacker.decompress(payload, most)
    except zlib.error as error:
        raise PayloadError(f"the payload is not {compression}: {error}") from None
    if unpacker.unconsumed_tail:
        raise PayloadError(f"the payload unpacks to more than {most} bytes")
    if not unpacker.eof:
        raise PayloadError(f"the {compression} payload is cut off")
    return content


class CompressedCodec:
    """Unpacks, then gives the payload to another codec.

    Args:
        codec: The other codec.
        compression: How the payload is packed.
        most: Bytes after which unpacking stops: a few bytes can unpack to gigabytes.
    """

    def __init__(self, codec: Codec, compression: Literal["gzip", "zlib", "deflate"], most: int) -> None:
        self._codec = codec
        self._compression: Literal["gzip", "zlib", "deflate"] = compression
        self._most = most

    def decode(self, payload: bytes, topic: str) -> Iterable[Any]:
        """Unpack and read a payload.

        Args:
            payload: The packed bytes.
            topic: The topic.

        Returns:
            What the other codec reads.

        Raises:
            PayloadError: It cannot be unpacked, or is too large.
        """
        return self._codec.decode(unpack(payload, self._compression, self._most), topic)
