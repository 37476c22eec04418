"""Which units an attribute plausibly has, by its name: what no schema says and every sensor gets wrong once."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final, NamedTuple

from citycontext.ngsild.names import to_snake

__all__ = ["Quantity", "quantity_of"]


class Quantity(NamedTuple):
    """A kind of measurement.

    Args:
        name: In words.
        unit_codes: UN/CEFACT codes it is measured in, the usual one first.
    """

    name: str
    unit_codes: tuple[str, ...]


_FRACTION: Final = ("P1", "C62")
_CONCENTRATION: Final = ("GQ", "GP", "59", "61")

_QUANTITIES: Final[tuple[tuple[re.Pattern[str], Quantity], ...]] = tuple(
    (re.compile(rf"(?:^|_)(?:{names})(?:_|$)"), Quantity(name, codes))
    for names, name, codes in (
        (r"pm\d*|pm_?\d+(?:_\d)?|particulate_matter|tsp", "particulate matter", ("GQ", "GP")),
        (r"co2|carbon_dioxide", "carbon dioxide", ("59", "GP", "GQ", "61")),
        (r"no|no2|nox|so2|o3|co|nh3|h2s|c6h6|ozone", "a trace gas", _CONCENTRATION),
        (r"(?:\w+_)?temperature|dew_point", "temperature", ("CEL", "KEL", "FAH")),
        (r"(?:relative_)?humidity", "relative humidity", _FRACTION),
        (r"(?:atmospheric|barometric|air)_pressure", "air pressure", ("A97", "PAL", "KPA", "MBR", "BAR")),
        (r"wind_speed|gust_speed|(?:average_)?vehicle_speed|speed", "speed", ("MTS", "KMH", "HM", "KNT")),
        (r"(?:wind_)?direction|bearing|heading", "an angle", ("DD", "C81")),
        (r"l_?aeq\w*|l_?amax\w*|las|l_?a_?night|noise|sound_level", "a sound level", ("2N",)),
        (r"illuminance(?:_level)?", "illuminance", ("LUX",)),
        (r"precipitation", "precipitation", ("MMT", "H67")),
        (r"filling_level|battery_level|state_of_charge", "a fraction", _FRACTION),
        (r"voltage", "voltage", ("VLT", "2Z", "KVT")),
        (r"current_intensity|electric_current", "electric current", ("AMP", "4K")),
        (r"(?:total_)?active_power|power_consumption", "power", ("KWT", "WTT", "MAW")),
        (r"(?:\w+_)?energy_(?:consumed|generated)", "energy", ("KWH", "WHR", "MWH", "JOU")),
        (r"(?:gross|net|tare|cargo)_weight", "mass", ("KGM", "TNE", "GRM")),
    )
)


@lru_cache(maxsize=4096)
def quantity_of(name: str) -> Quantity | None:
    """Tell from an attribute's name what it measures; ``None`` where the name does not tell.

    Args:
        name: The attribute's wire name.
    """
    snake = to_snake(name)
    for pattern, quantity in _QUANTITIES:
        if pattern.search(snake):
            return quantity
    return None
