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
    # The first are whole names only, since `houseNo` and `ballBearing` end so; the others may be last words.
    (re.compile(rf"{whole}|(?:\w+_)?(?:{last})"), Quantity(name, codes))
    for whole, last, name, codes in (
        (r"particulate_matter", r"pm\d+|pm_?\d+(?:_\d)?|tsp", "particulate matter", ("GQ", "GP")),
        (r"carbon_dioxide", r"co2", "carbon dioxide", ("59", "GP", "GQ", "61")),
        (r"no|co|ozone", r"no2|nox|so2|o3|nh3|h2s|c6h6", "a trace gas", _CONCENTRATION),
        (r"temperature", r"temperature|dew_point", "temperature", ("CEL", "KEL", "FAH")),
        (r"humidity", r"(?:relative|air|soil)_humidity", "relative humidity", _FRACTION),
        (
            r"air_pressure",
            r"(?:atmospheric|barometric|air)_pressure",
            "air pressure",
            ("A97", "PAL", "KPA", "MBR", "BAR"),
        ),
        (
            r"speed",
            r"(?:wind|gust|vehicle|vessel|train|driving|travel)_speed|wind_gust",
            "speed",
            ("MTS", "KMH", "HM", "KNT"),
        ),
        (r"direction|bearing|heading", r"wind_direction", "an angle", ("DD", "C81")),
        (r"las|noise", r"l_?aeq\w*|l_?amax\w*|l_?a_?night|sound_level|noise_level", "a sound level", ("2N",)),
        (r"illuminance", r"illuminance(?:_level)?", "illuminance", ("LUX",)),
        (r"precipitation", r"precipitation", "precipitation", ("MMT", "H67")),
        (r"filling_level", r"filling_level|battery_level|state_of_charge", "a fraction", _FRACTION),
        (r"voltage", r"voltage", "voltage", ("VLT", "2Z", "KVT")),
        (r"electric_current", r"current_intensity|electric_current", "electric current", ("AMP", "4K")),
        (r"power_consumption", r"active_power|power_consumption", "power", ("KWT", "WTT", "MAW")),
        (r"energy_consumed", r"energy_(?:consumed|generated)", "energy", ("KWH", "WHR", "MWH", "JOU")),
        (r"cargo_weight", r"(?:gross|net|tare|cargo)_weight", "mass", ("KGM", "TNE", "GRM")),
    )
)


@lru_cache(maxsize=4096)
def quantity_of(name: str) -> Quantity | None:
    """Return what an attribute measures by its whole name or its last words; ``None`` where they do not say.

    Args:
        name: The attribute's wire name.
    """
    snake = to_snake(name)
    for pattern, quantity in _QUANTITIES:
        if pattern.fullmatch(snake):
            return quantity
    return None
