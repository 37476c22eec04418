"""JSON text, read and written with errors of our own."""

from __future__ import annotations

from typing import Any

import orjson

from citycontext.errors import DataError, InvalidEntity

__all__ = ["read_json", "write_json"]


def read_json(text: bytes | str, error: type[DataError] = InvalidEntity) -> Any:
    """Read JSON text.

    Args:
        text: The text.
        error: What to raise where it is none.

    Raises:
        DataError: It is none, or is nested over 1,024 deep.
    """
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError as wrong:
        raise error(f"the text is no JSON: {wrong}") from None


def write_json(value: Any, error: type[DataError] = InvalidEntity) -> bytes:
    """Write JSON text in UTF-8.

    Args:
        value: A JSON value.
        error: What to raise where it is none.

    Raises:
        DataError: Something in it is no JSON value, a whole number has over 64 bits, or it is nested over 254 deep.
    """
    try:
        return orjson.dumps(value)
    except orjson.JSONEncodeError as wrong:
        raise error(f"this cannot be written as JSON: {wrong}") from None
