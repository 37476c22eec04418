"""Which column is which attribute of a model, with score and reason, unit, and what its texts mean."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

from citycontext.models.catalogue.description import AttributeDescription, ModelDescription
from citycontext.models.catalogue.index import plain_name
from citycontext.ngsild.attribute_base import RESERVED_NAMES
from citycontext.tables.guesses.columns import GENERIC_NAMES, Column, number_in
from citycontext.tables.guesses.measured import Measured
from citycontext.tables.guesses.units import UnitGuess, guess_unit
from citycontext.tables.guesses.words import joined, words_of

__all__ = ["Match", "match_columns", "meanings"]

_NUMBERS: Final = frozenset({"number", "integer"})
_LEAST: Final = 0.45
_RIVAL: Final = 0.05
"""How much less sure a column is that could be the same attribute as well."""
_INDOORS: Final = frozenset(
    {"indoor", "inside", "binnen", "interieur", "interieure", "tempin", "tempinf", "humidityin"}
)
_OUTDOORS: Final = frozenset({"outdoor", "outside", "buiten", "exterieur", "exterieure", "tempout", "humidityout"})
_ELSEWHERE: Final = 0.95
"""What a value measured indoors is worth for weather, and one outdoors for a room: another of its kind goes before."""
_SHARE: Final = 110
"""The most that a percentage is."""
_NEVER: Final = frozenset({"location", "dateCreated", "dateModified", "id", "type", "dateObserved", "timeInstant"})
_MEANINGS: Final = (
    (["full", "vol", "volzet", "complet"], ("full",)),
    (["open", "geopend", "ouvert"], ("open",)),
    (["closed", "gesloten", "dicht", "toe", "ferme"], ("closed",)),
    (
        ["occupied", "bezet", "busy", "taken", "occupe", "occupee", "parked", "full", "detected", "car"],
        ("occupied", "closed"),
    ),
    (["free", "vrij", "empty", "vacant", "available", "libre", "leeg", "none", "clear"], ("free", "open", "available")),
    (["on", "aan", "allume", "true"], ("on",)),
    (["off", "uit", "eteint", "false"], ("off",)),
    (
        ["ok", "good", "working", "online", "active", "enligne", "operational", "actief"],
        ("ok", "working", "online", "open"),
    ),
    (["defect", "broken", "kapot", "panne", "error", "fault", "faulted"], ("defectiveLamp", "outOfService", "broken")),
    (["charging", "occupied", "inuse", "laden", "bezet"], ("occupied", "working")),
    (["outofservice", "unavailable", "faulted", "offline", "defect"], ("outOfService", "closed")),
)
_TRUE_MEANS: Final = ("occupied", "on", "open")
_FALSE_MEANS: Final = ("free", "off", "closed")


@dataclass(frozen=True)
class Match:
    """A column that is an attribute of a model.

    Args:
        column: The column.
        attribute: The attribute.
        score: How sure it is, from 0 to 1.
        reason: Why, in words.
        unit: The column's unit, said or guessed; ``None`` where nothing points to one.
        scale: What its numbers must be multiplied by to be what the model wants, e.g. 0.01 for a percentage.
        lookup: What its values mean among the model's, where they are others.
        unclear: Values that the lookup has no meaning for.
        rivals: Other columns that could be it as well.
    """

    column: Column
    attribute: AttributeDescription
    score: float
    reason: str
    unit: UnitGuess | None = None
    scale: float | None = None
    lookup: Mapping[str, str] | None = None
    unclear: tuple[str, ...] = field(default=())
    rivals: tuple[str, ...] = ()


def match_columns(
    columns: Sequence[Column], model: ModelDescription, meaning: Mapping[str, Measured]
) -> tuple[Match, ...]:
    """Find which column is which attribute of a model; one column for an attribute.

    Args:
        columns: The columns, without those that are time, position, id and name.
        model: The model.
        meaning: What columns measure, by their name.

    Returns:
        The matches, in the order of the columns.
    """
    candidates: list[tuple[float, int, int, str, str]] = []
    named = _attributes_by_name(model)
    elsewhere = _OUTDOORS if model.type.startswith("Indoor") else _INDOORS
    for place, column in enumerate(columns):
        for wire_name, (score, reason) in _scores(column, model, named, meaning.get(column.name)).items():
            fit = _fit(column, model[wire_name]) * (_ELSEWHERE if elsewhere & {*column.words} else 1.0)
            if score * fit >= _LEAST:
                candidates.append((score * fit, -place, -len(column.path), wire_name, reason))
    taken: dict[str, tuple[float, int, str]] = {}
    used: set[int] = set()
    for score, place, _, wire_name, reason in sorted(candidates, key=lambda one: (-one[0], -one[1])):
        if wire_name in taken or -place in used:
            continue
        taken[wire_name] = (score, -place, reason)
        used.add(-place)
    found = []
    for wire_name, (score, place, reason) in sorted(taken.items(), key=lambda one: one[1][1]):
        match = _complete(columns[place], model[wire_name], score, reason, meaning.get(columns[place].name))
        told = meaning.get(columns[place].name)
        if match.lookup is None and match.unclear and (told is None or told.quantity.key == "category"):
            continue  # nothing that was seen is among what the model lists
        rivals = {
            columns[-other].name
            for theirs, other, _, name, _ in candidates
            if name == wire_name and -other not in used and theirs >= score - _RIVAL
        }
        found.append(replace(match, rivals=tuple(sorted(rivals))))
    return tuple(found)


def _attributes_by_name(model: ModelDescription) -> dict[str, str]:
    found: dict[str, str] = {}
    for wire_name in model.attributes:
        if wire_name not in _NEVER | RESERVED_NAMES:
            found.setdefault(joined(wire_name), wire_name)
            found.setdefault(plain_name(wire_name), wire_name)
    return found


def _scores(
    column: Column, model: ModelDescription, named: Mapping[str, str], meaning: Measured | None
) -> dict[str, tuple[float, str]]:
    found: dict[str, tuple[float, str]] = {}
    last = joined(column.path[-1])
    # The "value" of something else than a thing called value: its name says more.
    spelt = "".join(column.words)
    names = ((last, 1.0), (spelt, 0.98)) if last not in GENERIC_NAMES else ((spelt, 1.0),)
    for spelling, score in names:
        wire_name = named.get(spelling)
        if wire_name is not None:
            found.setdefault(wire_name, (score, "the same name"))
    if meaning is not None:
        for rank, wire_name in enumerate(meaning.quantity.attributes):
            if wire_name in model.attributes and wire_name not in found and wire_name not in RESERVED_NAMES:
                found[wire_name] = (0.95 * meaning.score - 0.06 * rank, meaning.reason)
    words = set(column.words)
    if not found and len(words) > 1:
        for wire_name in named.values():
            own = set(words_of(wire_name))
            both = words & own
            if len(both) > 1 and len(both) / len(words | own) >= 0.6:
                found[wire_name] = (0.7 * len(both) / len(words | own), "words in common")
    return found


def _fit(column: Column, attribute: AttributeDescription) -> float:
    """Return how well the values are such as the attribute has."""
    types = set(attribute.json_types)
    if attribute.kind == "GeoProperty" or not column.present:
        return 0.0 if attribute.kind == "GeoProperty" else 0.9
    if attribute.kind == "Relationship":
        return 0.5
    if not types:
        return 0.9
    if types <= {"object", "array", "null"}:
        return 1.0 if all(isinstance(value, dict | list) for value in column.present) else 0.0
    if types & _NUMBERS and not types & {"string", "boolean"}:
        if column.is_boolean:
            return 0.2
        if "number" not in types and any(not number.is_integer() for number in column.numbers):
            return 0.3
        if not column.is_numeric:
            return 0.5 if any(char.isdigit() for text in column.texts for char in text) else 0.0
        is_more = attribute.maximum == 1 and attribute.minimum in (0, None) and max(column.numbers, default=0) > _SHARE
        return 0.3 if is_more else 1.0
    if column.is_boolean and "boolean" not in types:
        return 0.9 if attribute.enumeration else 0.5
    if any(isinstance(value, dict | list) for value in column.present):
        return 1.0 if types & {"array", "object"} else 0.0
    if attribute.enumeration and "string" in types:
        return 0.9
    if attribute.format == "date-time" and column.is_numeric:
        return 0.5
    return 1.0


def _complete(
    column: Column, attribute: AttributeDescription, score: float, reason: str, meaning: Measured | None
) -> Match:
    quantity = None if meaning is None else meaning.quantity
    unit = scale = lookup = None
    unclear: tuple[str, ...] = ()
    types = set(attribute.json_types)
    if types & _NUMBERS:
        unit = guess_unit(column, quantity)
        is_share = attribute.maximum == 1 and attribute.minimum in (0, None)
        if is_share and column.numbers and max(column.numbers) > 1:
            scale = 0.01 if max(column.numbers) <= _SHARE else None
            if unit is None and scale is not None:
                unit = UnitGuess("P1", False, f"guessed: up to {max(column.numbers):g}, where the model has 0 to 1")
    elif attribute.enumeration and "string" in types:
        lookup, unclear = meanings(column, [one for one in attribute.enumeration if isinstance(one, str)])
    return Match(column, attribute, round(score, 3), reason, unit, scale, lookup, unclear)


def meanings(column: Column, choices: Sequence[str]) -> tuple[dict[str, str] | None, tuple[str, ...]]:
    """Find what values mean among those that a model lists.

    Args:
        column: The values.
        choices: What the model lists.

    Returns:
        Their meanings, ``None`` where they are those listed; and the values that mean none of them.
    """
    seen = list(dict.fromkeys(_key(value) for value in column.present))
    if all(one in choices for one in seen):
        return None, ()
    by_case = {one.lower(): one for one in choices}
    wanted = list(seen)
    if all(one in ("true", "false", "0", "1") for one in seen):
        wanted = ["true", "false"] if "true" in seen or "false" in seen else ["0", "1"]
    found: dict[str, str] = {}
    for one in wanted:
        meant = by_case.get(one.lower()) or _meaning(one, choices)
        if meant is not None:
            found[one] = meant
    return (found or None), tuple(one for one in wanted if one not in found)


def _key(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    number = number_in(value)
    return f"{number:g}" if number is not None and not isinstance(value, str) else str(value)


def _meaning(said: str, choices: Sequence[str]) -> str | None:
    if said.lower() in ("true", "1"):
        return next((one for one in _TRUE_MEANS if one in choices), None)
    if said.lower() in ("false", "0"):
        return next((one for one in _FALSE_MEANS if one in choices), None)
    whole = joined(said)
    for names, meant in _MEANINGS:
        if whole in names and (found := next((one for one in meant if one in choices), None)) is not None:
            return found
    return None
