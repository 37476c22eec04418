"""Positions in one text, as devices and people write them."""

from __future__ import annotations

import re
from typing import Final

from citycontext.bridge.mapping.degrees import read_degrees

__all__ = ["read_position"]

_WKT_POINT: Final = re.compile(r"(?:SRID=4326;)?\s*POINT\s*Z?\s*\(([^()]*)\)", re.IGNORECASE)
_GEO_URI: Final = re.compile(r"geo:([^;]*)(?:;.*)?", re.IGNORECASE | re.DOTALL)
_ISO_6709: Final = re.compile(r"([+-]\d{1,2}(?:\.\d+)?)([+-]\d{1,3}(?:\.\d+)?)([+-]\d+(?:\.\d+)?)?(?:CRS[^/]*)?/?")
_NMEA: Final = re.compile(r"(\d{3,4}\.\d+)\s*,?\s*([NS])\s*,\s*(\d{4,5}\.\d+)\s*,?\s*([EW])", re.IGNORECASE)
_ANGLE: Final = r"[^A-Za-z,;]*\d[^A-Za-z,;]*"
_LETTERS_FIRST: Final = re.compile(rf"([NSEW])({_ANGLE})[,;]?\s*([NSEW])({_ANGLE})", re.IGNORECASE)
_LETTERS_LAST: Final = re.compile(rf"({_ANGLE})([NSEW])\s*[,;]?({_ANGLE})([NSEW])", re.IGNORECASE)
_COMMAS: Final = re.compile(r"([+-]?\d{1,3},\d+)\s*(?:;|,?\s|/)\s*([+-]?\d{1,3},\d+)")
_NAMED: Final = re.compile(
    r"(lat\w*|lon\w*|lng)\s*[:=]\s*([+-]?[\d.]+)\s*[,;&\s]\s*(lat\w*|lon\w*|lng)\s*[:=]\s*([+-]?[\d.]+)", re.IGNORECASE
)


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
    if found := _NMEA.fullmatch(plain):
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
