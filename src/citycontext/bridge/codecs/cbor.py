"""As much of CBOR (RFC 8949) as sensors write: numbers, texts, bytes, arrays, maps, tags; bounded in depth and size."""

from __future__ import annotations

import struct
from decimal import Decimal
from typing import Any, Final

from citycontext.bridge.codecs.floats import shortest
from citycontext.errors import PayloadError

__all__ = ["CborCodec", "plain_names", "read_cbor"]

_DEEPEST: Final = 32
_SIMPLE: Final = {20: False, 21: True, 22: None, 23: None}
_FLOATS: Final = {25: ("!e", 2), 26: ("!f", 4), 27: ("!d", 8)}
_BREAK: Final = object()
_INDEFINITE: Final = 31
_BIG_POSITIVE, _BIG_NEGATIVE, _DECIMAL, _BIG_FLOAT = 2, 3, 4, 5
_LONGEST_NUMBER: Final = 128
_LARGEST_EXPONENT: Final = 300


class CborCodec:
    """Read CBOR (RFC 8949). The document is the item; names that are numbers are their digits, bytes hexadecimal."""

    def decode(self, payload: bytes, topic: str) -> tuple[Any]:
        """Read a payload.

        Args:
            payload: One item.
            topic: Not used.

        Returns:
            One document.

        Raises:
            PayloadError: It is not CBOR.
        """
        if not payload:
            raise PayloadError("the payload is empty; CBOR was expected")
        return (plain_names(read_cbor(payload)),)


def plain_names(item: Any) -> Any:
    """Make an item walkable for paths: names are texts, bytes hexadecimal digits.

    Args:
        item: What was read.
    """
    if isinstance(item, dict):
        return {name if isinstance(name, str) else _name(name): plain_names(value) for name, value in item.items()}
    if isinstance(item, list):
        return [plain_names(one) for one in item]
    return item.hex() if isinstance(item, bytes) else item


def _name(given: Any) -> str:
    return given.hex() if isinstance(given, bytes) else str(given)


def read_cbor(payload: bytes) -> Any:
    """Read one item.

    Args:
        payload: The bytes.

    Returns:
        What it says; big and decimal numbers are numbers, other tags are left out, ``undefined`` is ``None``.

    Raises:
        PayloadError: It is cut off, too deep, or has something after its end.
    """
    reader = _Reader(payload)
    item = reader.item(0)
    if item is _BREAK:
        raise PayloadError("this is not CBOR: it begins with an end")
    if reader.at != len(payload):
        raise PayloadError(f"there are {len(payload) - reader.at} bytes after the end of the CBOR item")
    return item


class _Reader:
    def __init__(self, payload: bytes) -> None:
        self._payload = payload
        self.at = 0

    def _take(self, size: int) -> bytes:
        taken = self._payload[self.at : self.at + size]
        if len(taken) != size:
            raise PayloadError(f"the CBOR is cut off at byte {len(self._payload)}")
        self.at += size
        return taken

    def item(self, depth: int) -> Any:
        if depth > _DEEPEST:
            raise PayloadError(f"the CBOR is more than {_DEEPEST} levels deep")
        first = self._take(1)[0]
        major, extra = first >> 5, first & 31
        if major == 7:
            return self._simple(extra)
        if extra == _INDEFINITE:
            return self._indefinite(major, depth)
        if extra > 27:
            raise PayloadError(f"this is not CBOR: reserved length at byte {self.at - 1}")
        length = extra if extra < 24 else int.from_bytes(self._take(1 << (extra - 24)), "big")
        if major == 0:
            return length
        if major == 1:
            return -1 - length
        if major == 2:
            return self._take(length)
        if major == 3:
            return self._text(self._take(length))
        if major == 4:
            return [self._whole(depth) for _ in range(length)]
        if major == 5:
            return {self._key(depth): self._whole(depth) for _ in range(length)}
        return _tagged(length, self._whole(depth))

    def _whole(self, depth: int) -> Any:
        item = self.item(depth + 1)
        if item is _BREAK:
            raise PayloadError(f"this is not CBOR: an end where an item was expected, at byte {self.at - 1}")
        return item

    def _key(self, depth: int) -> Any:
        key = self._whole(depth)
        if not isinstance(key, str | int | float | bytes):
            raise PayloadError("a name in the CBOR is neither text nor number")
        return key

    def _simple(self, extra: int) -> Any:
        if extra in _FLOATS:
            form, size = _FLOATS[extra]
            number = struct.unpack(form, self._take(size))[0]
            return number if form == "!d" else shortest(number, "e" if form == "!e" else "f")
        if extra == _INDEFINITE:
            return _BREAK
        if extra in _SIMPLE:
            return _SIMPLE[extra]
        raise PayloadError(f"this is not CBOR: unknown simple value at byte {self.at - 1}")

    def _indefinite(self, major: int, depth: int) -> Any:
        items = []
        while (item := self.item(depth + 1)) is not _BREAK:
            items.append(item)
        if major == 4:
            return items
        if major == 5 and len(items) % 2 == 0 and all(isinstance(key, str | int) for key in items[::2]):
            return dict(zip(items[::2], items[1::2], strict=True))
        if major == 2 and all(isinstance(part, bytes) for part in items):
            return b"".join(items)
        if major == 3 and all(isinstance(part, str) for part in items):
            return "".join(items)
        raise PayloadError("this is not CBOR: wrong parts in an item without length")

    @staticmethod
    def _text(content: bytes) -> str:
        try:
            return content.decode()
        except UnicodeDecodeError:
            raise PayloadError("a text in the CBOR is not UTF-8") from None


def _tagged(tag: int, item: Any) -> Any:
    """Read what a tag makes of an item: numbers that are longer, or more exact, than those without (RFC 8949, 3.4)."""
    if tag in (_BIG_POSITIVE, _BIG_NEGATIVE):
        if not isinstance(item, bytes) or len(item) > _LONGEST_NUMBER:
            raise PayloadError("a big number in the CBOR is not one, or too long")
        number = int.from_bytes(item, "big")
        return number if tag == _BIG_POSITIVE else -1 - number
    if tag in (_DECIMAL, _BIG_FLOAT):
        if not isinstance(item, list) or len(item) != 2 or not all(type(one) is int for one in item):
            raise PayloadError("a fraction in the CBOR is not a pair of whole numbers")
        exponent, mantissa = item
        if abs(exponent) > _LARGEST_EXPONENT:
            raise PayloadError(f"a fraction in the CBOR has an exponent of {exponent}")
        if tag == _DECIMAL:
            value = Decimal(mantissa).scaleb(exponent)
            return int(value) if exponent >= 0 else float(value)
        return mantissa * 2**exponent
    return item
