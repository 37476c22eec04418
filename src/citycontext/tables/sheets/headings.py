"""What the heading of a column says: a coordinate, a place, an id, a time other than that of observation, a unit."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any, Final

from citycontext.errors import UnitError
from citycontext.ngsild.attribute_base import free_name
from citycontext.ngsild.names import is_attribute_name, to_camel
from citycontext.ngsild.units import find_code
from citycontext.tables.sheets.cells import number_and_unit
from citycontext.tables.sheets.vocabulary import attributes_called, plain_words

__all__ = [
    "LATITUDES",
    "LONGITUDES",
    "PLACES",
    "XS",
    "YS",
    "is_called",
    "is_called_id",
    "is_other_time",
    "own_name",
    "unit_in_cells",
    "unit_named",
    "unit_said",
]

_FEW_SPELLINGS: Final = 3


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


LATITUDES: Final = _words("lat latitude breedtegraad breedte ycoord noorderbreedte geolat")
LONGITUDES: Final = _words("lon lng long longitude lengtegraad lengte xcoord oosterlengte geolon geolng")
XS: Final = _words("x xlambert lambertx xlambert72 xcoordinaat xlb72 easting xcoord x72 lb72x oostwaarde")
YS: Final = _words("y ylambert lamberty ylambert72 ycoordinaat ylb72 northing ycoord y72 lb72y noordwaarde")
PLACES: Final = _words(
    "locatie location positie position coordinaten coordinates coords coord gps geo latlon latlng latlong"
    " geopoint geometry geometrie geom wkt point punt coordonnees geopoint2d geoshape ligging geolocatie"
)
_OTHER_TIMES: Final = (
    *("plaats", "geplaats", "instal", "aanleg", "bouw", "gebouw", "ledig", "geledig", "leging", "onderhoud", "begin"),
    *("eind", "start", "geldig", "keuring", "opening", "geboorte", "aankoop", "creat", "aangemaakt", "build", "expir"),
    *("maintenance", "birth", "valid", "begin", "end", "debut", "fin", "pose", "volgende", "next", "vorige", "until"),
)
_ID_WORDS: Final = _words("id code nr nummer identifier uuid objectid key identificatie")


def is_called(column: str, names: frozenset[str]) -> bool:
    """Return whether a heading has one of some names, whole or as a word of it.

    Args:
        column: The heading.
        names: The names, in small letters.
    """
    words = plain_words(column.rpartition(".")[2])
    joined = "".join(words)
    return (
        joined in names
        or bool(names & {one for one in words if len(one) > 2})
        or (len(words) > 1 and len(words[-1]) == 1 and words[-1] in names)
    )


def is_called_id(column: str) -> bool:
    """Return whether a heading is that of a column of ids."""
    words = plain_words(column)
    return bool(words) and (
        dict(attributes_called(column)).get("id", 0) >= 0.9 or words[-1] in _ID_WORDS or words[0] in ("id",)
    )


def is_other_time(column: str) -> bool:
    """Return whether a heading is that of a time which is not the one of observation, such as of building."""
    return any(word.startswith(_OTHER_TIMES) for word in plain_words(column))


def own_name(column: str) -> str:
    """Return the name of an attribute that a heading makes by itself; empty where it makes none."""
    words = plain_words(column)
    name = to_camel("_".join(words)) if words else ""
    if name and name[0].isdigit():
        name = f"n{name}"
    return free_name(name) if name and is_attribute_name(name) and name not in ("id", "type", "scope") else ""


def unit_said(column: str) -> str | None:
    """Return the code of the unit in brackets at the end of a heading; None where there is no such unit."""
    found = re.search(r"[(\[]\s*([^()\[\]]{1,16})\s*[)\]]\s*$", column)
    return None if found is None else unit_named(found[1].strip())


def unit_named(text: str) -> str | None:
    """Return the code of a unit as people write it: ``°C``, ``%``, ``µg/m³``; None where there is no such unit.

    Args:
        text: The unit.
    """
    try:
        return find_code(text)
    except (UnitError, ValueError, LookupError):
        return None


def unit_in_cells(values: Iterable[Any]) -> str | None:
    """Return the code of the unit that stands behind the numbers of a column; None unless it is one, and known.

    Args:
        values: What stands in its cells.
    """
    texts = {unit for value in values if (unit := number_and_unit(value)[1])}
    codes = {unit_named(text) for text in texts} if len(texts) <= _FEW_SPELLINGS else set()
    return codes.pop() if len(codes) == 1 else None
