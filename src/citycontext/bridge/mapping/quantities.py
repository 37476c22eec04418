"""Durations and sizes as people write them: ``"30s"``, ``"1.5h"``, ``"512MB"``."""

from __future__ import annotations

import re
from typing import Annotated, Any, Final

from pydantic import BeforeValidator

__all__ = ["Duration", "Size", "parse_duration", "parse_size"]

_SECONDS: Final = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0}
_BYTES: Final = {"B": 1, "KB": 10**3, "MB": 10**6, "GB": 10**9, "TB": 10**12}
_QUANTITY: Final = re.compile(r"\s*(\d+(?:\.\d+)?)\s*([A-Za-z]+)\s*")


def parse_duration(given: Any) -> float:
    """Read a duration.

    Args:
        given: A number of seconds, or text such as ``"250ms"``, ``"30s"``, ``"10m"``, ``"2h"``, ``"7d"``.

    Returns:
        The seconds.

    Raises:
        ValueError: If it is neither.
    """
    if isinstance(given, int | float) and not isinstance(given, bool):
        if given < 0:
            raise ValueError(f"a duration cannot be negative, but is {given}")
        return float(given)
    match = _QUANTITY.fullmatch(given) if isinstance(given, str) else None
    if match is None or match[2] not in _SECONDS:
        raise ValueError(f'{given!r} is not a duration; write for example "250ms", "30s", "10m", "2h" or "7d"')
    return float(match[1]) * _SECONDS[match[2]]


def parse_size(given: Any) -> int:
    """Read a size.

    Args:
        given: A number of bytes, or text such as ``"64KB"``, ``"512MB"``, ``"2GB"`` (powers of ten).

    Returns:
        The bytes.

    Raises:
        ValueError: If it is neither.
    """
    if isinstance(given, int) and not isinstance(given, bool) and given >= 0:
        return given
    match = _QUANTITY.fullmatch(given) if isinstance(given, str) else None
    if match is None or match[2].upper() not in _BYTES:
        raise ValueError(f'{given!r} is not a size; write for example "64KB", "512MB" or "2GB"')
    return int(float(match[1]) * _BYTES[match[2].upper()])


Duration = Annotated[float, BeforeValidator(parse_duration)]
Size = Annotated[int, BeforeValidator(parse_size)]
