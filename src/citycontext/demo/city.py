"""Where the simulated sensors stand: public places of Gent, about."""

from __future__ import annotations

from typing import Final

from citycontext.demo.lorawan import Device

__all__ = ["AIR", "NOISE", "WASTE"]

_Place = tuple[str, float, float]

_AIR_PLACES: Final[tuple[_Place, ...]] = (
    ("Korenmarkt", 3.7219, 51.0545),
    ("Dampoort", 3.7402, 51.0560),
    ("Koningin Maria Hendrikaplein", 3.7112, 51.0366),
    ("Dok Noord", 3.7321, 51.0661),
    ("Watersportbaan", 3.6955, 51.0489),
    ("Ledebergplein", 3.7431, 51.0372),
    ("Gentbrugge, Braemkasteelstraat", 3.7640, 51.0395),
    ("Mariakerke, Brugsesteenweg", 3.6838, 51.0742),
)
_NOISE_PLACES: Final[tuple[_Place, ...]] = (
    ("Vrijdagmarkt", 3.7263, 51.0569),
    ("Sint-Pietersplein", 3.7269, 51.0413),
    ("Graslei", 3.7207, 51.0549),
    ("Kouter", 3.7247, 51.0498),
    ("Rabot", 3.7151, 51.0621),
    ("Muide", 3.7303, 51.0735),
    ("Sint-Amandsberg, Antwerpsesteenweg", 3.7525, 51.0602),
    ("Sint-Denijs-Westrem", 3.6700, 51.0230),
)
_WASTE_PLACES: Final[tuple[_Place, ...]] = (
    ("Citadelpark", 3.7205, 51.0377),
    ("Koning Albertpark", 3.7352, 51.0470),
    ("Bij Sint-Jacobs", 3.7296, 51.0566),
    ("Patershol", 3.7234, 51.0586),
    ("Coupure", 3.7128, 51.0512),
    ("Blaarmeersen", 3.6865, 51.0467),
    ("Westerpark", 3.6960, 51.0625),
    ("Oude Dokken", 3.7368, 51.0622),
    ("Banierpark", 3.7360, 51.0680),
    ("Wolterslaan", 3.7405, 51.0432),
    ("Wondelgem, Vierweegsestraat", 3.7170, 51.0855),
    ("Oostakker, Groenstraat", 3.7610, 51.0850),
)


def _devices(kind: str, first: int, places: tuple[_Place, ...]) -> tuple[Device, ...]:
    return tuple(Device(f"demo-{kind}-{index + 1:02d}", first + index, *place) for index, place in enumerate(places))


AIR: Final = _devices("air", 0x0101, _AIR_PLACES)
NOISE: Final = _devices("noise", 0x0201, _NOISE_PLACES)
WASTE: Final = _devices("waste", 0x0301, _WASTE_PLACES)
