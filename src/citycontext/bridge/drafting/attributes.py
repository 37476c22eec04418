"""Attributes of a draft: where each value stands, what it becomes, and what of it was only guessed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from citycontext.errors import UnitError
from citycontext.ngsild.units import converter
from citycontext.tables.guesses import Column, Match

__all__ = ["DraftAttribute", "drafted", "unit_keys", "with_example"]


@dataclass(frozen=True)
class DraftAttribute:
    """An attribute of a drafted route.

    Args:
        name: Its name.
        keys: What its table says.
        reason: How it was found, with an example.
        guesses: What was guessed of it and is to be confirmed, in words.
        unit: The code of the unit that is written as a fact, where there is one.
        guessed_unit: The code of the unit that was only guessed.
        source: The path that it is read by.
        is_personal: Whether its values are of persons.
        wanted_unit: The code of the unit that the model has, where it has one.
    """

    name: str
    keys: dict[str, Any]
    reason: str
    guesses: tuple[str, ...] = ()
    unit: str | None = None
    guessed_unit: str | None = None
    source: str = ""
    is_personal: bool = False
    wanted_unit: str | None = None


def with_example(column: Column, reason: str) -> str:
    """Say why a column was taken, with a value of it.

    Args:
        column: The column.
        reason: The reason.
    """
    return f"{column.example!r:.50}; {reason}"


def drafted(match: Match) -> DraftAttribute:
    """Make an attribute of a column that was matched.

    Args:
        match: The match.
    """
    column, keys = match.column, {"from": match.column.name}
    full: dict[str, Any] = dict(keys)
    guesses: list[str] = []
    fact = guessed = None
    is_number = bool({"number", "integer"} & set(match.attribute.json_types)) and match.lookup is None
    if is_number and column.is_text_of_numbers:
        full["from_text"] = "decimal-comma" if column.has_decimal_comma else True
    elif is_number and not column.is_numeric and column.texts:
        full["from_text"] = True
    if match.scale is not None:
        full["scale"] = match.scale
        if match.unit is not None and not match.unit.is_said:
            guesses.append(f"a percentage: {match.unit.reason}")
            guessed = "P1"
    elif match.unit is not None and match.unit.is_said:
        fact = match.unit.code
        full |= unit_keys(fact, match.attribute.unit_code)
    elif match.unit is not None:
        guessed = match.unit.code
        guesses.append(f'unit = "{guessed}": {match.unit.reason}')
    if match.lookup is not None:
        full["lookup"] = dict(match.lookup)
        guesses.append("what the values mean in the model")
        if match.unclear:
            guesses.append(f"no meaning was found for {', '.join(match.unclear[:5])}")
    if match.rivals:
        guesses.append(f"one of several that mean the same: {', '.join(match.rivals[:5])} too")
    if column.sentinels:
        full["ignore"] = [int(one) if one.is_integer() else one for one in column.sentinels]
        guesses.append("values that mean nothing")
    return DraftAttribute(
        match.attribute.wire_name,
        full,
        with_example(column, match.reason),
        tuple(guesses),
        fact,
        guessed,
        column.name,
        match.attribute.personal,
        match.attribute.unit_code,
    )


def unit_keys(code: str, wanted: str | None) -> dict[str, str]:
    """Return what a table says of a unit: that of the model, converted from the one that was sent.

    Args:
        code: The unit that was sent.
        wanted: The unit of the model, where it has one.
    """
    if wanted and wanted != code and _converts(code, wanted):
        return {"unit": wanted, "from_unit": code}
    return {"unit": code}


def _converts(given: str, wanted: str) -> bool:
    try:
        converter(given, wanted)
    except UnitError:
        return False
    return True
