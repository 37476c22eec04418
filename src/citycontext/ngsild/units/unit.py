"""Units of measurement: UN/CEFACT code, symbol, QUDT name, and conversion (CIM 009, 4.5.2: ``unitCode``)."""

from __future__ import annotations

import difflib
from collections.abc import Callable
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cache, lru_cache
from typing import Final

from citycontext.errors import UnitError
from citycontext.ngsild.units.spelling import Spellings
from citycontext.ngsild.units.table import MISTAKEN_CODES, QUDT_SYNONYMS, UNITS

__all__ = ["Unit", "all_units", "convert", "converter", "find_unit"]

_QUDT_UNIT: Final = "http://qudt.org/vocab/unit/"
_QUDT_STARTS: Final = ("unit:", "http://qudt.org/", "https://qudt.org/")
_QUDT_KIND: Final = "http://qudt.org/vocab/quantitykind/"


@dataclass(frozen=True, slots=True)
class Unit:
    """One unit of measurement.

    Args:
        code: Its UN/CEFACT code (Recommendation 20), which a ``unitCode`` carries; empty if absent.
        symbol: How it is written behind a number, e.g. ``µg/m³``.
        name: Its English name.
        quantity: What it measures, e.g. ``mass concentration``; only units of one quantity convert.
        qudt: Its IRI in QUDT; empty if absent.
        quantity_kind: The IRI of its quantity kind in QUDT; empty if absent.
        factor: What takes a value, after ``offset`` was added, to the quantity's first unit; 0 for a scale of its own.
        offset: What is added to a value first: 273.15 for degree Celsius.
    """

    code: str
    symbol: str
    name: str
    quantity: str
    qudt: str
    quantity_kind: str
    factor: Fraction = field(repr=False)
    offset: Fraction = field(repr=False)

    @staticmethod
    def of(code: str) -> Unit:
        """Return the unit of a UN/CEFACT code, exactly as written.

        Args:
            code: The code, e.g. ``CEL``.

        Raises:
            UnitError: The code is not known, or looks like another unit's symbol; says what was probably meant.
        """
        unit = _by_code().get(code)
        if unit is None:
            raise UnitError(_explain(code), clause="4.5.2")
        return unit

    @staticmethod
    def from_qudt(iri: str) -> Unit:
        """Return the unit of a QUDT name.

        Args:
            iri: The full IRI, http or https, or the short form ``unit:DEG_C``.

        Raises:
            UnitError: QUDT's unit is not among those known here.
        """
        name = iri.removeprefix("unit:").replace("https://", "http://", 1).removeprefix(_QUDT_UNIT)
        unit = _by_qudt().get(QUDT_SYNONYMS.get(name, name))
        if unit is None:
            near = difflib.get_close_matches(name[:60], _by_qudt(), n=3)
            raise UnitError(f"unit {iri[:200]!r} of QUDT is not known{_did_you_mean(near)}")
        return unit

    def converts_to(self, other: Unit) -> bool:
        """Return whether values convert between the two units.

        Args:
            other: The other unit.
        """
        return self == other or (self.quantity == other.quantity and self.factor != 0 != other.factor)

    def __str__(self) -> str:
        return self.symbol


def convert(value: float, source: Unit | str, target: Unit | str) -> float:
    """Convert a value from one unit to another of the same quantity.

    Args:
        value: The value in ``source``.
        source: A unit, or its UN/CEFACT code.
        target: A unit, or its UN/CEFACT code.

    Returns:
        The value in ``target``; unchanged, an int staying an int, when both are the same.

    Raises:
        UnitError: A code is not known, the units measure different quantities, or the value is not a number.
    """
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise UnitError(f"{value!r} is not a number, so it has no unit to convert")
    try:
        return converter(source, target)(value)
    except OverflowError:
        raise UnitError("the number is too large to convert") from None


@lru_cache(maxsize=1024)
def converter(source: Unit | str, target: Unit | str) -> Callable[[float], float]:
    """Prepare a conversion that is to be done often.

    Args:
        source: A unit, or its UN/CEFACT code.
        target: A unit, or its UN/CEFACT code.

    Returns:
        A function from a value in ``source`` to the value in ``target``.

    Raises:
        UnitError: A code is not known, or the units measure different quantities.
    """
    source = Unit.of(source) if isinstance(source, str) else source
    target = Unit.of(target) if isinstance(target, str) else target
    if source == target:
        return lambda value: value
    if not source.converts_to(target):
        why = "a scale of its own" if source.quantity == target.quantity else f"not {target.quantity}"
        raise UnitError(f"{source.name} does not convert to {target.name}: it measures {source.quantity}, {why}")
    scale = source.factor / target.factor
    shift = source.offset * scale - target.offset
    # Whole numbers, divided once, round less than a rounded factor would: 36 km/h are 10 m/s and not 9.999999999999998.
    multiplier, divisor = scale.numerator, scale.denominator
    if shift:
        added = float(shift)
        return lambda value: value * multiplier / divisor + added
    return lambda value: value * multiplier / divisor


@cache
def all_units() -> tuple[Unit, ...]:
    """Return every unit that is known, grouped by quantity."""
    units = []
    for head, lines in UNITS.items():
        quantity, kind = head.rsplit(" ", 1)
        for line in lines.strip().splitlines():
            code, qudt, symbol, factor, name = line.split(maxsplit=4)
            scale, _, offset = factor.partition("+")
            numerator, _, denominator = scale.partition("/")
            units.append(
                Unit(
                    code=code.removeprefix("-"),
                    symbol=symbol,
                    name=name,
                    quantity=quantity,
                    qudt="" if qudt == "-" else _QUDT_UNIT + qudt,
                    quantity_kind="" if kind == "-" else _QUDT_KIND + kind,
                    factor=Fraction(numerator) / Fraction(denominator or 1),
                    offset=Fraction(offset or 0),
                )
            )
    return tuple(units)


@lru_cache(maxsize=2048)
def find_unit(text: str) -> Unit:
    """Find the unit that a text means, however it is spelt.

    Tried in this order: UN/CEFACT code, QUDT name, symbol, name in singular or plural, the same inside and outside of
    brackets, a quotient or product of units, and the symbol in any case. A text that two units answer to is refused.

    Args:
        text: A code, symbol or name, e.g. ``mg/l``, ``Kilowatts (kW)``, ``degrees Celsius``.

    Raises:
        UnitError: No unit is found, or more than one; names the nearest.
    """
    plain = " ".join(text.split()).strip().rstrip(".;,")
    return Unit.from_qudt(plain) if plain.startswith(_QUDT_STARTS) else _spellings().find(plain)


def find_code(text: str) -> str:
    """Find the UN/CEFACT code of the unit that a text means, however it is spelt.

    A-weighting belongs to what is measured, so its decibels have the code of the decibel; a number of things is C62.

    Args:
        text: A code, symbol or name, as for ``find_unit``.

    Raises:
        UnitError: No unit is found, more than one, or one that has no code.
    """
    unit = find_unit(text)
    code = unit.code or _NEAREST_CODES.get(unit.symbol, "")
    if not code:
        raise UnitError(f"{unit.name} has no UN/CEFACT code; convert it to a unit that has one")
    return code


_NEAREST_CODES: Final = {"dB(A)": "2N", "#": "C62"}


@cache
def _spellings() -> Spellings[Unit]:
    return Spellings(all_units())


@cache
def _by_code() -> dict[str, Unit]:
    return {unit.code: unit for unit in all_units() if unit.code}


@cache
def _by_qudt() -> dict[str, Unit]:
    return {unit.qudt.removeprefix(_QUDT_UNIT): unit for unit in all_units() if unit.qudt}


def _explain(code: str) -> str:
    mistaken = MISTAKEN_CODES.get(code.upper())
    if mistaken is not None:
        meaning, meant = mistaken
        return f"code {code!r} means {meaning}; for {Unit.of(meant).name} write {meant}"
    if not code:
        return "the code is empty; write C62 for a number without unit"
    try:
        near = [find_unit(code)]
    except UnitError:
        near = [Unit.of(one) for one in difflib.get_close_matches(code[:60].upper(), _by_code(), n=3)]
    return f"unit code {code[:60]!r} is not known{_did_you_mean([f'{one.code} ({one.name})' for one in near])}"


def _did_you_mean(near: list[str]) -> str:
    return f"; did you mean {' or '.join(near)}?" if near else ""
