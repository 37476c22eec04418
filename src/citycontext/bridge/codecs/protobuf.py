"""The wire format of protocol buffers, as far as known field numbers go."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import Final

from citycontext.bridge.codecs.floats import shortest
from citycontext.errors import PayloadError

__all__ = ["Fields", "double", "float32", "read_fields", "signed", "write_field"]

_VARINT, _FIXED64, _BYTES, _FIXED32 = 0, 1, 2, 5
_MOST_FIELDS: Final = 100_000


class Fields:
    """The fields of one message, by number; of a field that is not repeated, the last one counts.

    Args:
        fields: Number → values, each an ``int`` (varint and fixed, unsigned) or ``bytes``.
    """

    def __init__(self, fields: dict[int, list[int | bytes]]) -> None:
        self._fields = fields

    def number(self, field: int) -> int | None:
        """Return a varint or fixed field as an unsigned number.

        Args:
            field: Its number.
        """
        value = self._fields.get(field, [None])[-1]
        return value if isinstance(value, int) else None

    def content(self, field: int) -> bytes | None:
        """Return a field of bytes.

        Args:
            field: Its number.
        """
        value = self._fields.get(field, [None])[-1]
        return value if isinstance(value, bytes) else None

    def text(self, field: int) -> str | None:
        """Return a field of text.

        Args:
            field: Its number.

        Raises:
            PayloadError: It is not UTF-8.
        """
        value = self.content(field)
        return None if value is None else _text(value, field)

    def texts(self, field: int) -> list[str]:
        """Return the texts of a repeated field.

        Args:
            field: Its number.

        Raises:
            PayloadError: One is not UTF-8.
        """
        return [_text(value, field) for value in self._fields.get(field, []) if isinstance(value, bytes)]

    def values(self, field: int) -> list[int | bytes]:
        """Return all values of a field, in their order.

        Args:
            field: Its number.
        """
        return self._fields.get(field, [])

    def messages(self, field: int) -> Iterator[Fields]:
        """Return the messages of a repeated field.

        Args:
            field: Its number.
        """
        for value in self._fields.get(field, []):
            if isinstance(value, bytes):
                yield read_fields(value)


def _text(value: bytes, field: int) -> str:
    try:
        return value.decode()
    except UnicodeDecodeError:
        raise PayloadError(f"the text of field {field} is not UTF-8") from None


def read_fields(payload: bytes) -> Fields:
    """Read a message.

    Args:
        payload: The bytes.

    Returns:
        Its fields.

    Raises:
        PayloadError: They are not protobuf, or cut off.
    """
    fields: dict[int, list[int | bytes]] = {}
    at = count = 0
    while at < len(payload):
        key, at = _varint(payload, at)
        field, kind = key >> 3, key & 7
        value: int | bytes
        if kind == _VARINT:
            value, at = _varint(payload, at)
        elif kind in (_FIXED64, _FIXED32):
            size = 8 if kind == _FIXED64 else 4
            value = int.from_bytes(_taken(payload, at, size), "little")
            at += size
        elif kind == _BYTES:
            size, at = _varint(payload, at)
            value = _taken(payload, at, size)
            at += size
        else:
            raise PayloadError(f"this is not a protobuf: unknown wire type {kind} at byte {at}")
        fields.setdefault(field, []).append(value)
        count += 1
        if not field or count > _MOST_FIELDS:
            raise PayloadError("this is not a protobuf: a field number of 0, or too many fields")
    return Fields(fields)


def _varint(payload: bytes, at: int) -> tuple[int, int]:
    value = 0
    for shift in range(0, 70, 7):
        if at >= len(payload):
            raise PayloadError(f"the protobuf is cut off at byte {len(payload)}")
        byte = payload[at]
        at += 1
        value |= (byte & 127) << shift
        if byte < 128:
            return value & 0xFFFF_FFFF_FFFF_FFFF, at
    raise PayloadError(f"this is not a protobuf: a number without end at byte {at}")


def _taken(payload: bytes, at: int, size: int) -> bytes:
    taken = payload[at : at + size]
    if len(taken) != size:
        raise PayloadError(f"the protobuf is cut off at byte {len(payload)}")
    return taken


def signed(number: int, bits: int) -> int:
    """Read an unsigned number as two's complement.

    Args:
        number: The number as it came.
        bits: Its width.
    """
    number &= (1 << bits) - 1
    return number - (1 << bits) if number >> (bits - 1) else number


def float32(bits: int) -> float:
    """Read the bits of a single-precision number.

    Args:
        bits: As an unsigned number.
    """
    value: float = struct.unpack("<f", struct.pack("<I", bits & 0xFFFF_FFFF))[0]
    return shortest(value, "f")


def double(bits: int) -> float:
    """Read the bits of a double-precision number.

    Args:
        bits: As an unsigned number.
    """
    value: float = struct.unpack("<d", struct.pack("<Q", bits))[0]
    return value


def write_field(number: int, value: int | str | bytes) -> bytes:
    """Write a field.

    Args:
        number: Its number.
        value: A number from 0 is written as a varint, all else with its length.
    """
    if isinstance(value, int):
        return _written(number << 3 | _VARINT) + _written(value)
    content = value.encode() if isinstance(value, str) else value
    return _written(number << 3 | _BYTES) + _written(len(content)) + content


def _written(number: int) -> bytes:
    written = bytearray()
    while number > 127:
        written.append(number & 127 | 128)
        number >>= 7
    return bytes([*written, number])
