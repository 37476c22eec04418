"""Values of Sparkplug B metrics, by the data types of its specification (3.0, chapter 6.4.16)."""

from __future__ import annotations

import struct
from typing import Any, Final

from citycontext.bridge.codecs.protobuf import Fields, double, float32, read_fields, signed
from citycontext.errors import PayloadError

__all__ = [
    "BOOLEAN",
    "GOOD",
    "TEMPLATE",
    "UnknownType",
    "UnsupportedType",
    "read_metric_value",
    "read_properties",
]

BOOLEAN: Final = 11
TEMPLATE: Final = 19
GOOD: Final = 192
"""The Quality of a good value; 0 is bad, 500 is stale."""

_SIGNED_BITS: Final = {1: 8, 2: 16, 3: 32, 4: 64}
_DATA_SET: Final = 16
# Data types of arrays, and how struct reads an item.
_ARRAYS: Final = {22: "b", 23: "h", 24: "i", 25: "q", 26: "B", 27: "H", 28: "I", 29: "Q", 31: "d", 34: "q"}
_FLOATS, _BOOLEANS, _STRINGS = 30, 32, 33
# Field numbers of Metric, PropertySet and PropertyValue in sparkplug_b.proto.
_IS_NULL, _PROPERTIES = 7, 9
# The value fields follow in one order: int, long, float, double, boolean, string (10 to 15 in a metric).
_INT, _BYTES, _DATA_SET_VALUE = 10, 16, 17
_KEYS, _VALUES = 1, 2
_PROPERTY_TYPE, _PROPERTY_IS_NULL, _PROPERTY_INT = 1, 2, 3


class UnknownType(Exception):
    """No birth named the metric or its data type."""


class UnsupportedType(Exception):
    """A data type that has no value in NGSI-LD."""


def read_metric_value(metric: Fields, datatype: int, name: str) -> Any:
    """Read the value of a metric.

    Args:
        metric: The metric's fields.
        datatype: Its data type, or 0 where nothing names it.
        name: Its name, for errors.

    Returns:
        A number, truth value, text, list, or ``None`` for null. Bytes and files are text in hexadecimal digits.

    Raises:
        UnknownType: A whole number of unknown type: it may be negative.
        UnsupportedType: A data set.
        PayloadError: An array is cut off.
    """
    if metric.number(_IS_NULL):
        return None
    if datatype == _DATA_SET or metric.content(_DATA_SET_VALUE) is not None:
        raise UnsupportedType("a data set is a table, not a value; send its cells as metrics")
    content = metric.content(_BYTES)
    if content is not None and (datatype in _ARRAYS or datatype in (_FLOATS, _BOOLEANS, _STRINGS)):
        return _array(content, datatype, name)
    return _scalar(metric, datatype, name, first=_INT)


def read_properties(metric: Fields) -> dict[str, Any]:
    """Read what a sender adds to a metric, such as ``engUnit`` and ``Quality``.

    Args:
        metric: The metric's fields.

    Returns:
        Values by name; sets of sets are left out.
    """
    content = metric.content(_PROPERTIES)
    if content is None:
        return {}
    fields = read_fields(content)
    properties: dict[str, Any] = {}
    for name, value in zip(fields.texts(_KEYS), fields.messages(_VALUES), strict=False):
        if value.number(_PROPERTY_IS_NULL):
            properties[name] = None
            continue
        datatype = value.number(_PROPERTY_TYPE) or 0
        # Unknown types of whole numbers are read unsigned here: Quality has none in older senders.
        properties[name] = _scalar(value, datatype or 8, name, first=_PROPERTY_INT)
    return properties


def _scalar(fields: Fields, datatype: int, name: str, *, first: int) -> Any:
    """Read one of the value fields, which stand in the same order in metrics and in properties."""
    whole = fields.number(first)
    if whole is None:
        whole = fields.number(first + 1)
    if whole is not None:
        if not datatype:
            raise UnknownType(f"no birth message named the data type of {name}, a whole number that may be negative")
        if datatype == BOOLEAN:
            return bool(whole)
        return signed(whole, _SIGNED_BITS[datatype]) if datatype in _SIGNED_BITS else whole
    if (bits := fields.number(first + 2)) is not None:
        return float32(bits)
    if (bits := fields.number(first + 3)) is not None:
        return double(bits)
    if (truth := fields.number(first + 4)) is not None:
        return bool(truth)
    if (text := fields.text(first + 5)) is not None:
        return text
    content = fields.content(_BYTES) if first == _INT else None
    return None if content is None else content.hex()


def _array(content: bytes, datatype: int, name: str) -> list[Any]:
    if datatype == _STRINGS:
        try:
            texts = content.decode().split("\0")
        except UnicodeDecodeError:
            raise PayloadError(f"the texts of {name} are not UTF-8") from None
        # Each text ends with a NUL, so the last piece is what follows the last text.
        return texts[:-1] if not texts[-1] else texts
    if datatype == _BOOLEANS:
        count = int.from_bytes(content[:4], "little")
        if len(content) < 4 or count > 8 * (len(content) - 4):
            raise PayloadError(f"the array {name} is cut off after {len(content)} bytes")
        return [bool(content[4 + at // 8] >> (7 - at % 8) & 1) for at in range(count)]
    code = "I" if datatype == _FLOATS else _ARRAYS[datatype]
    size = struct.calcsize(f"<{code}")
    if len(content) % size:
        raise PayloadError(f"the array {name} is cut off: {len(content)} bytes are not a multiple of {size}")
    items = [item for (item,) in struct.iter_unpack(f"<{code}", content)]
    return [float32(item) for item in items] if datatype == _FLOATS else items
