"""What the columns of a table or message measure: a quantity for each column, as far as name and values tell."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from citycontext.tables.guesses.columns import Column
from citycontext.tables.guesses.units import unit_named
from citycontext.tables.guesses.vocabulary import Quantity, quantity_named, quantity_of

__all__ = ["Measured", "has_phases", "measured"]

_PHASE: Final = re.compile(r"^(?:l|phase|p|v|u|i|ch|em)?_?([123])$|^(?:phase_?)?([abc])$", re.IGNORECASE)
_ELECTRIC: Final = frozenset(
    {"voltage", "current", "power_active", "power_reactive", "power_apparent", "power_factor", "energy_total"}
)
_BY_UNIT: Final[dict[str, str]] = {
    "A97": "pressure", "LUX": "illuminance", "2N": "noise_eq", "KWH": "energy_total", "CEL": "temperature",
    "VLT": "voltage", "AMP": "current", "HTZ": "frequency", "D54": "solar",
}  # fmt: skip
_MAINS: Final = frozenset({"power_active", "current", "frequency", "power_factor"})
_SWITCHED: Final = frozenset({"on", "off", "aan", "uit", "true", "false", "allume", "eteint"})
_NUMERIC_BY_NATURE: Final = frozenset({"battery", "people", "vehicles", "rssi", "snr", "counter", "queue", "aqi", "uv"})
_CODES: Final = 255
"""A state may be said by a small whole number; hours and counts are not states."""
_NEVER_NUMBERS: Final = frozenset(
    {"address", "description", "owner", "operator", "website", "species", "plate", "ssid"}
)


@dataclass(frozen=True)
class Measured:
    """What a column measures.

    Args:
        column: The column.
        quantity: The quantity.
        score: How sure it is, from 0 to 1.
        reason: Why, in words.
    """

    column: Column
    quantity: Quantity
    score: float
    reason: str


def measured(columns: Sequence[Column]) -> dict[str, Measured]:
    """Find what columns measure.

    Args:
        columns: The columns.

    Returns:
        By the column's name; a column of which nothing is known is left out.
    """
    found = {}
    for column in columns:
        if (one := _one(column)) is not None:
            found[column.name] = one
    if not any(one.quantity.key in _MAINS for one in found.values()):
        batteries = {one.column.path[:-1] for one in found.values() if one.quantity.key in ("battery", "battery_soc")}
        for name, one in found.items():
            if one.quantity.key == "voltage" and one.column.path[:-1] in batteries and _is_low(one.column):
                quantity = quantity_of("battery_voltage")
                found[name] = Measured(one.column, quantity, one.score, "a low voltage beside a battery")
    return found


def _is_low(column: Column) -> bool:
    """Return whether numbers are volts, or millivolts, of a battery and not of the mains."""
    return all(number < 60 or 1_500 < number < 15_000 for number in column.numbers)


def _one(column: Column) -> Measured | None:
    best: Measured | None = None
    for words, worth in ((column.long_words, 1.0), (column.words, 0.97)):
        named = quantity_named(words) if words else None
        if named is None:
            continue
        quantity, score = named
        if quantity.key == "street_status" and _is_switch(column):
            quantity = quantity_of("power_state")
        fit = _fit(column, quantity)
        value = score * worth * fit
        if value > 0.3 and (best is None or value > best.score):
            called = " ".join(words)
            best = Measured(column, quantity, round(value, 3), f"{called!r} is {quantity.key.replace('_', ' ')}")
    if best is None and column.unit and column.is_numeric and (unit := unit_named(column.unit)) is not None:
        key = _BY_UNIT.get(unit.code)
        if key is not None:
            best = Measured(column, quantity_of(key), 0.5, f"its unit is {column.unit}")
    return best


def _is_switch(column: Column) -> bool:
    said = {str(value).strip().lower() for value in column.present}
    return bool(said) and said <= _SWITCHED


def _fit(column: Column, quantity: Quantity) -> float:
    """Return how well the values are such as the quantity has."""
    if not column.present:
        return 0.6
    if quantity.key in _NEVER_NUMBERS:
        return 0.3 if column.is_numeric and quantity.key != "address" else 1.0
    if quantity.key.endswith(("status", "state")) and any(
        number != int(number) or abs(number) > _CODES for number in column.numbers
    ):
        return 0.2
    if not quantity.units and quantity.key not in _NUMERIC_BY_NATURE:
        return 0.3 if any(isinstance(value, list) for value in column.present) else 1.0
    if not column.is_numeric:
        if quantity.key in ("battery", "rain", "illuminance", "uv", "counter") and column.texts:
            return 0.6
        with_units = column.texts and all(any(char.isdigit() for char in text) for text in column.texts)
        return 0.8 if with_units else 0.0
    if not quantity.units:
        return 1.0
    low, high = min(one.low for one in quantity.units), max(one.high for one in quantity.units)
    slack = 0.3 * (high - low)
    within = sum(low - slack <= number <= high + slack for number in column.numbers)
    return 0.4 + 0.6 * within / max(1, len(column.numbers))


def has_phases(found: dict[str, Measured]) -> bool:
    """Return whether an electric quantity is there for each of three phases.

    Args:
        found: What the columns measure.
    """
    phases: dict[str, set[str]] = {}
    for one in found.values():
        if one.quantity.key not in _ELECTRIC:
            continue
        for piece in (*one.column.path, *re.split(r"[^A-Za-z0-9]+", one.column.path[-1])):
            match = _PHASE.match(piece)
            if match is not None:
                phases.setdefault(one.quantity.key, set()).add((match[1] or match[2]).lower())
        tail = re.search(r"(?:l|phase|_)([123])(?:$|[^0-9])", one.column.path[-1].lower())
        if tail is not None:
            phases.setdefault(one.quantity.key, set()).add(tail[1])
    return any(len(one & {"1", "2", "3"}) == 3 or len(one & {"a", "b", "c"}) == 3 for one in phases.values())
