"""Units of measurement: codes, symbols, QUDT, conversion, and the spellings met in the wild."""

from __future__ import annotations

from citycontext.ngsild.units.unit import Unit, all_units, convert, converter, find_code, find_unit

__all__ = ["Unit", "all_units", "convert", "converter", "find_code", "find_unit"]
