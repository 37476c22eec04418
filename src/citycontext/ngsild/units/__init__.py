"""Units of measurement: codes, symbols, QUDT, conversion, and the spellings met in the wild."""

from __future__ import annotations

from citycontext.ngsild.units.spelling import find_unit
from citycontext.ngsild.units.unit import ALL_UNITS, Unit, convert, converter

__all__ = ["ALL_UNITS", "Unit", "convert", "converter", "find_unit"]
