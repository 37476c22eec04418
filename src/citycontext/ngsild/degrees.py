"""Angles and positions as devices write them in texts: decimal degrees, degrees and minutes, and the form of NMEA."""

from __future__ import annotations

import math
import re
from typing import Any, Final

__all__ = ["read_degrees", "read_position"]

_PARTS: Final = re.compile(
    r"([NSEWOnsewo])?\s*([+-]?\d{1,3}(?:\.\d+)?)\s*(?:°|º|deg|d|\s)?\s*"
    r"(?:(\d{1,2}(?:\.\d+)?)\s*(?:'|\u2032|\u2019|m|\s)?\s*)?"
    r"(?:(\d{1,2}(?:\.\d+)?)\s*(?:\"|\u2033|\u201d|''|s)?\s*)?([NSEWOnsewo])?"
)
_NMEA: Final = re.compile(r"(\d{1,3})(\d{2}\.\d*|\d{2})")
_NEGATIVE: Final = frozenset("SsWw")
_WKT_POINT: Final = re.compile(r"(?:SRID=4326;)?\s*POINT\s*Z?\s*\(([^()]*)\)", re.IGNORECASE)
_GEO_URI: Final = re.compile(r"geo:([^;]*)(?:;.*)?", re.IGNORECASE | re.DOTALL)
_ISO_6709: Final = re.compile(r"([+-]\d{1,2}(?:\.\d+)?)([+-]\d{1,3}(?:\.\d+)?)([+-]\d+(?:\.\d+)?)?(?:CRS[^/]*)?/?")
_NMEA_POSITION: Final = re.compile(r"(\d{3,4}\.\d+)\s*,?\s*([NS])\s*,\s*(\d{4,5}\.\d+)\s*,?\s*([EW])", re.IGNORECASE)
_ANGLE: Final = r"[^A-Za-z,;]*\d[^A-Za-z,;]*"
_LETTERS_FIRST: Final = re.compile(rf"([NSEW])({_ANGLE})[,;]?\s*([NSEW])({_ANGLE})", re.IGNORECASE)
_LETTERS_LAST: Final = re.compile(rf"({_ANGLE})([NSEW])\s*[,;]?({_ANGLE})([NSEW])", re.IGNORECASE)
_COMMAS: Final = re.compile(r"([+-]?\d{1,3},\d+)\s*(?:;|,?\s|/)\s*([+-]?\d{1,3},\d+)")
_NAMED: Final = re.compile(
    r"(lat\w*|lon\w*|lng)\s*[:=]\s*([+-]?[\d.]+)\s*[,;&\s]\s*(lat\w*|lon\w*|lng)\s*[:=]\s*([+-]?[\d.]+)", re.IGNORECASE
)


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


def read_position(text: str, *, is_longitude_first: bool = False) -> tuple[float, ...]:
    """Read a position.

    Args:
        text: ``51.05,3.72``, ``51,05; 3,72``, ``N 51°03.0' E 3°43.2'``, ``POINT(3.72 51.05)``, ``geo:51.05,3.72``, …
        is_longitude_first: Whether the first of two bare numbers is the longitude.

    Returns:
        Longitude, latitude, and the altitude where the text has one.

    Raises:
        ValueError: It is not a position.
    """
    plain = text.strip()
    if found := _WKT_POINT.fullmatch(plain):
        return _numbers(found[1].split(), text)
    if found := _GEO_URI.fullmatch(plain):
        latitude, longitude, *more = _numbers(found[1].split(","), text)
        return longitude, latitude, *more
    plain = plain.strip("[](){} ")
    if found := _NMEA_POSITION.fullmatch(plain):
        return read_degrees(found[3], found[4]), read_degrees(found[1], found[2])
    if found := _LETTERS_FIRST.fullmatch(plain):
        return _by_letters((found[1], found[2]), (found[3], found[4]), text)
    if found := _LETTERS_LAST.fullmatch(plain):
        return _by_letters((found[2], found[1]), (found[4], found[3]), text)
    if found := _NAMED.fullmatch(plain):
        sides = ("N" if found[number].lower().startswith("lat") else "E" for number in (1, 3))
        return _by_letters((next(sides), found[2]), (next(sides), found[4]), text)
    if found := _ISO_6709.fullmatch(plain):
        latitude, longitude, *more = (float(one) for one in found.groups() if one is not None)
        return longitude, latitude, *more
    if found := _COMMAS.fullmatch(plain):
        parts = [found[1].replace(",", "."), found[2].replace(",", ".")]
    else:
        parts = [part.strip() for part in re.split(r"[;,]", plain)]
        parts = parts[0].split() if len(parts) == 1 else parts
    first, second, *more = _numbers(parts, text)
    return (first, second, *more) if is_longitude_first else (second, first, *more)


def _by_letters(first: tuple[str, str], second: tuple[str, str], text: str) -> tuple[float, float]:
    """Let the letters say which is which."""
    found: dict[bool, float] = {}
    for letter, angle in (first, second):
        side = letter.upper()
        value = angle.strip()
        if value.startswith(("+", "-")) and side in "SW":
            raise ValueError(f"{text!r:.60} says a sign and a letter")
        found[side in "NS"] = _numbers([value, "0"], text)[0] * (-1 if side in "SW" else 1)
    if len(found) < 2:
        raise ValueError(f"{text!r:.60} has no latitude and longitude, by its letters")
    return found[False], found[True]


def _numbers(parts: list[str], text: str) -> tuple[float, ...]:
    wrong = f"a position such as 51.05,3.72 belongs here, but the message says {text!r:.60}"
    if len(parts) not in (2, 3):
        raise ValueError(wrong)
    try:
        return tuple(read_degrees(part) for part in parts)
    except ValueError:
        raise ValueError(wrong) from None
