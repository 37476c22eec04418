"""MessagePack: numbers, texts, bytes, arrays, maps, times; bounded in depth."""

from __future__ import annotations

import struct
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from citycontext.bridge.codecs.cbor import plain_names
from citycontext.bridge.codecs.floats import shortest
from citycontext.errors import PayloadError

__all__ = ["MessagePackCodec", "read_messagepack"]

_DEEPEST: Final = 32
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_TIMESTAMP: Final = 255  # -1, unsigned
# First byte → how struct reads what follows.
_NUMBERS: Final = {
    0xCA: ">f", 0xCB: ">d", 0xCC: ">B", 0xCD: ">H", 0xCE: ">I", 0xCF: ">Q", 0xD0: ">b", 0xD1: ">h", 0xD2: ">i",
    0xD3: ">q",
}  # fmt: skip
_SIMPLE: Final = {0xC0: None, 0xC2: False, 0xC3: True}
_BYTES: Final = {0xC4: 1, 0xC5: 2, 0xC6: 4}
_TEXTS: Final = {0xD9: 1, 0xDA: 2, 0xDB: 4}
_EXTENSIONS: Final = {0xC7: 1, 0xC8: 2, 0xC9: 4}
_FIXED_EXTENSIONS: Final = {0xD4: 1, 0xD5: 2, 0xD6: 4, 0xD7: 8, 0xD8: 16}
_ARRAYS: Final = {0xDC: 2, 0xDD: 4}
_MAPS: Final = {0xDE: 2, 0xDF: 4}


class MessagePackCodec:
    """Read MessagePack. The document is the object; names that are numbers are their digits, bytes hexadecimal."""

    def decode(self, payload: bytes, topic: str) -> tuple[Any]:
        """Read a payload.

        Args:
            payload: One object.
            topic: Not used.

        Returns:
            One document.

        Raises:
            PayloadError: It is not MessagePack.
        """
        if not payload:
            raise PayloadError("the payload is empty; MessagePack was expected")
        return (plain_names(read_messagepack(payload)),)


def read_messagepack(payload: bytes) -> Any:
    """Read one object.

    Args:
        payload: The bytes.

    Returns:
        What it says; a timestamp is a text.

    Raises:
        PayloadError: It is cut off, too deep, or has something after its end.
    """
    reader = _Reader(payload)
    item = reader.item(0)
    if reader.at != len(payload):
        raise PayloadError(f"there are {len(payload) - reader.at} bytes after the end of the MessagePack")
    return item


class _Reader:
    def __init__(self, payload: bytes) -> None:
        self._payload = payload
        self.at = 0

    def _take(self, size: int) -> bytes:
        taken = self._payload[self.at : self.at + size]
        if len(taken) != size:
            raise PayloadError(f"the MessagePack is cut off at byte {len(self._payload)}")
        self.at += size
        return taken

    def _length(self, size: int) -> int:
        return int.from_bytes(self._take(size), "big")

    def item(self, depth: int) -> Any:
        if depth > _DEEPEST:
            raise PayloadError(f"the MessagePack is more than {_DEEPEST} levels deep")
        first = self._take(1)[0]
        if first < 0x80 or first >= 0xE0:
            return first if first < 0x80 else first - 256
        if first < 0x90:
            return self._map(first & 15, depth)
        if first < 0xA0:
            return self._array(first & 15, depth)
        if first < 0xC0:
            return self._text(first & 31)
        return self._long(first, depth)

    def _long(self, first: int, depth: int) -> Any:
        if first in _SIMPLE:
            return _SIMPLE[first]
        if first in _NUMBERS:
            form = _NUMBERS[first]
            number = struct.unpack(form, self._take(struct.calcsize(form)))[0]
            return shortest(number, "f") if form[-1] == "f" else number
        if first in _TEXTS:
            return self._text(self._length(_TEXTS[first]))
        if first in _BYTES:
            return self._take(self._length(_BYTES[first]))
        if first in _ARRAYS:
            return self._array(self._length(_ARRAYS[first]), depth)
        if first in _MAPS:
            return self._map(self._length(_MAPS[first]), depth)
        if first in _EXTENSIONS or first in _FIXED_EXTENSIONS:
            size = _FIXED_EXTENSIONS.get(first) or self._length(_EXTENSIONS[first])
            return self._extension(self._take(1)[0], size)
        raise PayloadError(f"this is not MessagePack: unknown byte {first:02x} at {self.at - 1}")

    def _array(self, length: int, depth: int) -> list[Any]:
        return [self.item(depth + 1) for _ in range(length)]

    def _map(self, length: int, depth: int) -> dict[Any, Any]:
        found = {}
        for _ in range(length):
            name = self.item(depth + 1)
            if not isinstance(name, str | int | float | bytes):
                raise PayloadError("a name in the MessagePack is neither text nor number")
            found[name] = self.item(depth + 1)
        return found

    def _text(self, length: int) -> str:
        try:
            return self._take(length).decode()
        except UnicodeDecodeError:
            raise PayloadError("a text in the MessagePack is not UTF-8") from None

    def _extension(self, kind: int, size: int) -> Any:
        content = self._take(size)
        if kind != _TIMESTAMP:
            return content
        if size == 4:
            seconds, nanoseconds = int.from_bytes(content, "big"), 0
        elif size == 8:
            both = int.from_bytes(content, "big")
            seconds, nanoseconds = both & (1 << 34) - 1, both >> 34
        elif size == 12:
            nanoseconds, seconds = struct.unpack(">Iq", content)
        else:
            raise PayloadError(f"a time in the MessagePack has {size} bytes")
        try:
            instant = _EPOCH + timedelta(seconds=seconds, microseconds=nanoseconds // 1000)
        except OverflowError:
            raise PayloadError("a time in the MessagePack is not one of our calendar") from None
        return instant.isoformat().replace("+00:00", "Z")
