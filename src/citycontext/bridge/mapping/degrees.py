"""Angles as devices write them: decimal degrees, degrees and minutes, and the form of NMEA."""

from __future__ import annotations

import math
import re
from typing import Any, Final

__all__ = ["read_degrees"]

_PARTS: Final = re.compile(
    r"([NSEWOnsewo])?\s*([+-]?\d{1,3}(?:\.\d+)?)\s*(?:°|º|deg|d|\s)?\s*"
    r"(?:(\d{1,2}(?:\.\d+)?)\s*(?:'|\u2032|\u2019|m|\s)?\s*)?"
    r"(?:(\d{1,2}(?:\.\d+)?)\s*(?:\"|\u2033|\u201d|''|s)?\s*)?([NSEWOnsewo])?"
)
_NMEA: Final = re.compile(r"(\d{1,3})(\d{2}\.\d*|\d{2})")
_NEGATIVE: Final = frozenset("SsWw")


def read_degrees(given: Any, hemisphere: Any = None) -> float:
    """Read an angle.

    Args:
        given: ``51.05``, ``"51°03'00\\"N"``, ``"N 51 03.000"``; with a hemisphere also NMEA's ``"5103.000"``.
        hemisphere: ``N``, ``S``, ``E`` or ``W`` where the sender says it apart, as NMEA does: whole degrees and
            minutes then stand together.

    Returns:
        Decimal degrees; south and west are negative.

    Raises:
        ValueError: It is not an angle.
    """
    if hemisphere is not None:
        return _nmea(given, hemisphere)
    if type(given) in (int, float) and math.isfinite(given):
        return float(given)
    found = _PARTS.fullmatch(given.strip()) if isinstance(given, str) else None
    if found is None or (found[1] and found[5]):
        raise ValueError(f"{given!r:.60} is not an angle such as 51.05 or 51°03'00\"N")
    degrees, minutes, seconds = (float(found[number] or 0) for number in (2, 3, 4))
    side = found[1] or found[5]
    if minutes >= 60 or seconds >= 60:
        raise ValueError(f"{given!r:.60} is not an angle: minutes and seconds go to 60")
    angle = abs(degrees) + minutes / 60 + seconds / 3600
    is_negative = found[2].startswith("-") or (side is not None and side in _NEGATIVE)
    return _rounded(-angle if is_negative else angle)


def _nmea(given: Any, hemisphere: Any) -> float:
    side = hemisphere.strip() if isinstance(hemisphere, str) else ""
    if side.upper() not in ("N", "S", "E", "W"):
        raise ValueError(f"{hemisphere!r:.20} is not a hemisphere: N, S, E or W")
    text = given.strip() if isinstance(given, str) else str(given)
    found = _NMEA.fullmatch(text)
    if found is None or float(found[2]) >= 60:
        raise ValueError(f"{given!r:.60} is not an angle of NMEA such as 5103.000")
    angle = int(found[1]) + float(found[2]) / 60
    return _rounded(-angle if side in _NEGATIVE else angle)


def _rounded(angle: float) -> float:
    # Ten decimals are a hundredth of a millimetre.
    return round(angle, 10)
