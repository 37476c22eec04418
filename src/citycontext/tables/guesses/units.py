"""Units of columns: said (in the name, in the text, elsewhere), or guessed from the size of the numbers."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from citycontext.errors import UnitError
from citycontext.ngsild.units import Unit, find_unit
from citycontext.tables.guesses.columns import Column
from citycontext.tables.guesses.vocabulary import Quantity
from citycontext.tables.guesses.words import spelt_plainly

__all__ = ["UnitGuess", "guess_unit", "unit_named"]

_IN_BRACKETS: Final = re.compile(r"[(\[]\s*([^()\[\]]{1,16})\s*[)\]]\s*$")
_BEHIND_NUMBER: Final = re.compile(r"\s*[+-]?\d+(?:[.,]\d+)*\s*([^\d\s.,;:/+-][^;,]{0,10})$")
_ENDINGS: Final[dict[str, str]] = {
    "c": "CEL", "celsius": "CEL", "degc": "CEL", "f": "FAH", "fahrenheit": "FAH", "kelvin": "KEL",
    "pct": "P1", "percent": "P1", "percentage": "P1", "procent": "P1", "perc": "P1", "prct": "P1",
    "hpa": "A97", "mbar": "MBR", "pa": "PAL", "kpa": "KPA", "bar": "BAR",
    "kwh": "KWH", "wh": "WHR", "mwh": "MWH", "w": "WTT", "watt": "WTT", "watts": "WTT", "kw": "KWT",
    "var": "D44", "va": "D46", "kvarh": "K3",
    "v": "VLT", "volt": "VLT", "volts": "VLT", "mv": "2Z", "a": "AMP", "amp": "AMP", "amps": "AMP", "ma": "4K",
    "hz": "HTZ", "lux": "LUX", "lx": "LUX", "db": "2N", "dba": "2N",
    "ppm": "59", "ppb": "61", "ugm3": "GQ", "µgm3": "GQ", "μgm3": "GQ", "mgm3": "GP", "ug": "GQ",
    "mm": "MMT", "cm": "CMT", "m": "MTR", "km": "KMT", "meter": "MTR", "inch": "INH",
    "ms": "MTS", "mps": "MTS", "kmh": "KMH", "kph": "KMH", "mph": "HM", "kts": "KNT", "knots": "KNT", "knot": "KNT",
    "l": "LTR", "liter": "LTR", "liters": "LTR", "litre": "LTR", "litres": "LTR", "m3": "MTQ", "m3h": "MQH",
    "lpm": "L2", "lmin": "L2", "m3s": "MQS", "lh": "E32",
    "deg": "DD", "degrees": "DD", "degree": "DD", "graden": "DD", "kg": "KGM", "wm2": "D54", "mmh": "H67",
    "uscm": "B99", "µscm": "B99", "mscm": "H61", "dsm": "D10", "mgl": "M1", "ntu": "", "dbm": "",
    "s": "SEC", "sec": "SEC", "seconds": "SEC", "min": "MIN",
}  # fmt: skip
_BY_QUANTITY: Final[dict[str, str]] = {"dba": "2N", "db": "2N", "db(a)": "2N", "db a": "2N", "dbspl": "2N", "°": "DD"}
_BARE_IMPERIAL: Final[dict[str, str]] = {
    "tempf": "FAH", "tempinf": "FAH", "temp1f": "FAH", "dewptf": "FAH", "dewpointf": "FAH", "windchillf": "FAH",
    "feelslikef": "FAH", "heatindexf": "FAH", "soiltempf": "FAH", "windspeedmph": "HM", "windgustmph": "HM",
    "maxdailygust": "HM", "rainratein": "", "hourlyrainin": "INH", "dailyrainin": "INH", "eventrainin": "INH",
    "weeklyrainin": "INH", "monthlyrainin": "INH", "yearlyrainin": "INH", "rainin": "INH", "totalrainin": "INH",
    "baromabsin": "F79", "baromrelin": "F79", "baromin": "F79", "absbaromin": "F79", "tempc": "CEL",
}  # fmt: skip


@dataclass(frozen=True)
class UnitGuess:
    """A unit of a column.

    Args:
        code: Its UN/CEFACT code.
        is_said: Whether the source says it; else it was inferred from the numbers.
        reason: How it is known, in words.
    """

    code: str
    is_said: bool
    reason: str


@lru_cache(maxsize=512)
def unit_named(text: str) -> Unit | None:
    """Return the unit that a text means, ``None`` where it means none or several.

    Args:
        text: As people write it, e.g. ``°C``, ``dB(A)``.
    """
    plain = text.strip().replace("μ", "µ")
    code = _BY_QUANTITY.get(plain.lower().replace(" ", ""))
    try:
        if code is not None:
            return Unit.of(code)
        if plain in ("C", "c", "ºC", "deg C", "degC"):
            return Unit.of("CEL")
        if plain in ("F", "°F", "ºF"):
            return Unit.of("FAH")
        return find_unit(plain) if plain else None
    except UnitError:
        return None


def _of_code(code: str) -> Unit | None:
    try:
        return Unit.of(code) if code else None
    except UnitError:
        return None


def _fits(unit: Unit, quantity: Quantity | None, column: Column) -> bool:
    """Return whether a unit measures what the column does, and its numbers are of a size that it can have."""
    if quantity is None or not quantity.units:
        return quantity is None
    kinds = {of.quantity for one in quantity.units if (of := _of_code(one.code)) is not None}
    if unit.quantity not in kinds and unit.code not in {one.code for one in quantity.units}:
        return False
    exact = [one for one in quantity.units if one.code == unit.code]
    if exact and column.numbers:
        one = exact[0]
        slack = max(abs(one.low), abs(one.high))
        return all(one.low - slack <= number <= one.high + slack for number in column.numbers)
    return True


def guess_unit(column: Column, quantity: Quantity | None) -> UnitGuess | None:
    """Find the unit of a column: said by its name or its values, else guessed by the size of its numbers.

    Args:
        column: The column.
        quantity: What it measures, as far as it is known.

    Returns:
        The unit, or ``None`` where nothing points to one.
    """
    if column.unit and (unit := unit_named(column.unit)) is not None and unit.code:
        return UnitGuess(unit.code, True, f"the source says {column.unit!r}")
    said = _said_in_name(column, quantity) or _said_in_values(column)
    if said is not None:
        return said
    if quantity is None or not column.numbers:
        return None
    fitting = [one for one in quantity.units if all(one.low <= number <= one.high for number in column.numbers)]
    if not fitting:
        return None
    first = fitting[0]
    if first.code == "C62":
        return None
    low, high = min(column.numbers), max(column.numbers)
    span = f"{low:g}" if low == high else f"{low:g} to {high:g}"
    others = f"; {', '.join(one.code for one in fitting[1:])} would be possible too" if len(fitting) > 1 else ""
    return UnitGuess(first.code, False, f"guessed from values of {span}{others}")


def _said_in_name(column: Column, quantity: Quantity | None) -> UnitGuess | None:
    last = column.path[-1]
    if (found := _IN_BRACKETS.search(last)) is not None:
        unit = unit_named(found[1])
        if unit is not None and unit.code and (quantity is None or _fits(unit, quantity, column)):
            return UnitGuess(unit.code, True, f"the name says {found[1]!r}")
        return None
    plain = re.sub(r"[^a-z0-9]+", "", spelt_plainly(last).lower())
    if plain in _BARE_IMPERIAL:
        code = _BARE_IMPERIAL[plain]
        return UnitGuess(code, True, f"the name {last} says it") if code and _of_code(code) else None
    pieces = [piece for piece in re.split(r"[^A-Za-z0-9µμ%]+|(?<=[a-z])(?=[A-Z])|(?<=\d)(?=[A-Z])", last) if piece]
    for length in (2, 1):
        if len(pieces) <= length:
            continue
        for tail in (pieces[-length:], pieces[1 : 1 + length]):
            code = _ENDINGS.get("".join(tail).lower(), "")
            unit = _of_code(code)
            if unit is not None and quantity is not None and _fits(unit, quantity, column):
                return UnitGuess(code, True, f"the name ends in {'_'.join(tail)}")
    return None


def _said_in_values(column: Column) -> UnitGuess | None:
    """Find the unit that stands behind the numbers themselves: ``21.5 °C``."""
    texts = column.texts
    found = {match[1].strip() for text in texts if (match := _BEHIND_NUMBER.match(text)) is not None}
    if len(found) != 1 or len(texts) < len(column.present):
        return None
    written = found.pop()
    unit = unit_named(written)
    return UnitGuess(unit.code, True, f"the values say {written!r}") if unit is not None and unit.code else None
