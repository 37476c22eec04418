"""JSON text, read and written with errors of our own."""

from __future__ import annotations

from collections.abc import Callable
from math import isfinite
from typing import Any

import orjson

from citycontext.errors import DataError, InvalidEntity

__all__ = ["check_numbers", "read_json", "write_json"]


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
        text = orjson.dumps(value)
    except orjson.JSONEncodeError as wrong:
        raise error(f"this cannot be written as JSON: {wrong}") from None
    check_numbers(value, text, error)
    return text


def check_numbers(
    value: Any, text: bytes, error: type[DataError] = InvalidEntity, default: Callable[[Any], Any] | None = None
) -> None:
    """Refuse NaN and infinity, of which orjson makes null: a measurement would be lost without a word.

    Args:
        value: What was written.
        text: The JSON text made of it.
        error: What to raise.
        default: Gives the JSON form of other objects, as ``orjson.dumps`` was given it.

    Raises:
        DataError: A number has no JSON form; the error has its path.
    """
    if b"null" not in text:
        return
    pending: list[tuple[str, Any]] = [("", value)]
    while pending:
        path, one = pending.pop()
        if isinstance(one, float):
            if not isfinite(one):
                raise error(f"{one} has no JSON form; leave out what was not measured", path=path)
        elif isinstance(one, dict):
            pending.extend((f"{path}.{name}" if path else str(name), member) for name, member in one.items())
        elif isinstance(one, list | tuple):
            pending.extend((f"{path}[{index}]", member) for index, member in enumerate(one))
        elif default is not None and not isinstance(one, str | int | None):
            try:
                pending.append((path, default(one)))
            except TypeError:  # of the classes that orjson writes by itself, none holds a number
                continue
