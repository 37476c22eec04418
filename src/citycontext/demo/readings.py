"""The newest value of each entity, in words that people of a city know."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from citycontext.ngsild.time import parse_datetime

__all__ = ["Reading", "headline", "newest_readings"]

_RANKS: Final = ("good", "fair", "bad")


@dataclass(frozen=True, slots=True)
class _Kind:
    """What people ask of a type: the same measures, limits and words as on the page."""

    name: str
    measure: str
    words: tuple[str, str, str]
    rank: Callable[[float, dict[str, Any]], int]


def _above(fair: float, bad: float) -> Callable[[float, dict[str, Any]], int]:
    return lambda value, _: 2 if value > bad else 1 if value > fair else 0


def _places(free: float, entity: dict[str, Any]) -> int:
    total = entity.get("totalSpotNumber", {}).get("value", 0)
    return 2 if free <= 0 else 1 if free < 0.2 * total else 0


_KINDS: Final = {
    "OffStreetParking": _Kind("Car parks", "availableSpotNumber", ("free", "busy", "full"), _places),
    "WasteContainer": _Kind("Waste", "fillingLevel", ("room", "filling", "nearly full"), _above(0.6, 0.8)),
    "NoiseLevelObserved": _Kind("Noise", "LAeq", ("quiet", "lively", "loud"), _above(55, 65)),
    "AirQualityObserved": _Kind("Air", "pm25", ("good", "moderate", "bad"), _above(15, 25)),
}
_ORDER: Final = list(_KINDS)
_SYMBOLS: Final = {"GQ": "µg/m³", "2N": "dB", "CEL": "°C"}


@dataclass(frozen=True, slots=True)
class Reading:
    """One value of one entity.

    Args:
        type: The entity's type.
        kind: What people call things of that type.
        name: The entity's name.
        value: The value of its measure, with its unit, as text.
        state: What that means, in a word.
        badness: 0 for good, 1 for fair, 2 for bad.
        observed_at: When it was observed.
    """

    type: str
    kind: str
    name: str
    value: str
    state: str
    badness: int
    observed_at: datetime

    @property
    def rank(self) -> str:
        """``good``, ``fair`` or ``bad``."""
        return _RANKS[self.badness]


def newest_readings(entities: Iterable[dict[str, Any]]) -> list[Reading]:
    """Return the measure of each entity that people ask for first.

    Args:
        entities: Entities of the demo, normalized.

    Returns:
        One reading an entity, by kind and name; none of what is not measured.
    """
    readings = []
    for entity in entities:
        kind = _KINDS.get(entity["type"])
        if kind is None:
            continue
        attribute = entity[kind.measure]
        badness = kind.rank(attribute["value"], entity)
        readings.append(
            Reading(
                type=entity["type"],
                kind=kind.name,
                name=entity["name"]["value"],
                value=_spell(kind.measure, attribute),
                state=kind.words[badness],
                badness=badness,
                observed_at=parse_datetime(attribute["observedAt"]),
            )
        )
    return sorted(readings, key=lambda reading: (_ORDER.index(reading.type), reading.name))


def headline(readings: Sequence[Reading]) -> str:
    """Return what a mayor would want to hear, empty before anything is known.

    Args:
        readings: The newest readings.
    """
    parts = []
    for kind in _ORDER:
        of_it = [one for one in readings if one.type == kind]
        if of_it:
            parts.append(_part(kind, sum(one.badness == 2 for one in of_it), len(of_it)))
    return " · ".join(parts)


def _part(kind: str, bad: int, number: int) -> str:
    if kind == "OffStreetParking":
        return f"{bad} of {number} P+R full"
    if kind == "WasteContainer":
        return f"{bad or 'no'} {'bins' if bad > 1 else 'bin'} above 80 %"
    what = "loud" if kind == "NoiseLevelObserved" else "bad air"
    return f"{what} at {bad} of {number} places" if bad else f"{what} nowhere"


def _spell(measure: str, attribute: dict[str, Any]) -> str:
    value = attribute["value"]
    if measure == "fillingLevel":
        return f"{100 * value:.0f} %"
    if measure == "availableSpotNumber":
        return f"{value:g} {'place' if value == 1 else 'places'}"
    return f"{value:g} {_SYMBOLS.get(attribute.get('unitCode', ''), '')}".strip()
