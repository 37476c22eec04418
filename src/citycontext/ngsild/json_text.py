"""JSON text, read and written with errors of our own."""

from __future__ import annotations

from collections.abc import Callable
from math import isfinite
from typing import Any, Final

import orjson

from citycontext.errors import DataError, InvalidEntity

__all__ = ["check_numbers", "has_more_values", "read_json", "write_json"]

_STEP: Final = 65_536


def read_json(text: bytes | str, error: type[DataError] = InvalidEntity) -> Any:
    """Read JSON text.

    Args:
        text: The text.
        error: What to raise where it is not one.

    Raises:
        DataError: It is not valid, or is nested over 1,024 deep.
    """
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError as wrong:
        raise error(f"the text is not JSON: {wrong}") from None


def write_json(value: Any, error: type[DataError] = InvalidEntity) -> bytes:
    """Write JSON text in UTF-8.

    Args:
        value: A JSON value.
        error: What to raise where it is not one.

    Raises:
        DataError: Something in it is not a JSON value, a whole number has over 64 bits, or it is nested over 254 deep.
    """
    try:
        text = orjson.dumps(value)
    except orjson.JSONEncodeError as wrong:
        raise error(f"this cannot be written as JSON: {wrong}") from None
    check_numbers(value, text, error)
    return text


def has_more_values(text: bytes, most: int) -> bool:
    """Return whether JSON text holds more values than `most`, unread; each takes far more memory than bytes.

    Args:
        text: The text; whether it is JSON does not matter.
        most: How many values are allowed, objects and arrays counted with what stands in them.
    """
    if len(text) // 2 <= most or _marks(text) < most:
        return False
    # Commas within texts do not count. A backslash stands in texts only, and takes the next byte with it.
    text = text.replace(b"\\\\", b"").replace(b'\\"', b"")
    if text.count(b'"') > 4 * most:
        return True
    found, inside = 1, False
    for start in range(0, len(text), _STEP):
        parts = text[start : start + _STEP].split(b'"')
        found += _marks(b"".join(parts[inside::2]))
        if found > most:
            return True
        inside ^= len(parts) % 2 == 0
    return False


def _marks(text: bytes) -> int:
    return text.count(b",") + text.count(b"[") + text.count(b"{")


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
