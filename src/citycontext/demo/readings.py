"""The newest value of each entity, for people."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from citycontext.ngsild.time import parse_datetime

__all__ = ["Reading", "newest_readings"]

_MEASURES: Final = {
    "AirQualityObserved": "pm25",
    "NoiseLevelObserved": "LAeq",
    "OffStreetParking": "availableSpotNumber",
    "WasteContainer": "fillingLevel",
}
_SYMBOLS: Final = {"GQ": "µg/m³", "2N": "dB", "CEL": "°C"}


@dataclass(frozen=True, slots=True)
class Reading:
    """One value of one entity.

    Args:
        type: The entity's type.
        name: The entity's name.
        measure: The attribute.
        value: Its value, with its unit, as text.
        observed_at: When it was observed.
    """

    type: str
    name: str
    measure: str
    value: str
    observed_at: datetime


def newest_readings(entities: Iterable[dict[str, Any]]) -> list[Reading]:
    """Return the measure of each entity that people ask for first.

    Args:
        entities: Entities of the demo, normalized.

    Returns:
        One reading an entity, by type and name.
    """
    readings = []
    for entity in entities:
        measure = _MEASURES[entity["type"]]
        attribute = entity[measure]
        readings.append(
            Reading(
                type=entity["type"],
                name=entity["name"]["value"],
                measure=measure,
                value=_spell(measure, attribute),
                observed_at=parse_datetime(attribute["observedAt"]),
            )
        )
    return sorted(readings, key=lambda reading: (reading.type, reading.name))


def _spell(measure: str, attribute: dict[str, Any]) -> str:
    value = attribute["value"]
    if measure == "fillingLevel":
        return f"{value:.0%}"
    return f"{value:g} {_SYMBOLS.get(attribute.get('unitCode', ''), '')}".strip()
