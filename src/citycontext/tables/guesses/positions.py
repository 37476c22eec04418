"""Where something stands: a pair of columns, GeoJSON, or a text such as ``51.05,3.72``."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

from citycontext.ngsild.terms import GEOMETRY_TYPES
from citycontext.tables.guesses.columns import Column, number_in
from citycontext.tables.guesses.words import joined, words_of

__all__ = ["Area", "PositionGuess", "guess_position", "usual_order"]

Area = tuple[float, float, float, float]
"""West, south, east, north, in degrees."""

_LATITUDES: Final = frozenset(
    ["lat", "latitude", "breedtegraad", "breedte", "y", "latdeg", "gpslat", "geolat", "ycoord", "latwgs84", "wgs84lat"]
)
_LONGITUDES: Final = frozenset(
    [
        "lon",
        "lng",
        "long",
        "longitude",
        "lengtegraad",
        "lengte",
        "x",
        "londeg",
        "gpslon",
        "geolon",
        "lngdeg",
        "xcoord",
        "lonwgs84",
        "gpslng",
        "longitud",
    ]
)
_EUROPE: Final = (-25.0, 34.0, 45.0, 72.0)
_PAIRS: Final = re.compile(r"[\[(]?\s*([+-]?\d{1,3}\.\d+)\s*[,; ]\s*([+-]?\d{1,3}\.\d+)\s*[\])]?")
_WKT: Final = re.compile(r"(?:SRID=4326;)?\s*POINT\s*\(\s*([+-]?[\d.]+)\s+([+-]?[\d.]+)\s*\)", re.IGNORECASE)
_POSITION_WORDS: Final = frozenset(
    [
        "location",
        "position",
        "geo",
        "gps",
        "coordinates",
        "coord",
        "coords",
        "latlon",
        "latlng",
        "lonlat",
        "point",
        "geopoint",
        "locatie",
        "positie",
        "coordinaten",
        "coordonnees",
        "geometry",
        "geom",
        "geometrie",
        "loc",
        "geoloc",
        "place",
        "wkt",
        "geolocation",
        "positionnement",
        "geopoint2d",
        "xy",
    ]
)


@dataclass(frozen=True)
class PositionGuess:
    """Where a position stands.

    Args:
        kind: ``pair`` of two columns, ``geojson``, ``text`` or ``list`` of two numbers; ``lambert72``, ``lambert2008``
            or ``rd`` (``lambert93`` too) for a pair in metres.
        longitude, latitude: The columns of a pair.
        column: The column of the others.
        order: Which comes first in a text or list; ``None`` where the numbers do not say.
        score: How sure it is, from 0 to 1.
        reason: Why, in words.
        is_zero: Whether a position was 0, 0: a device without a fix.
    """

    kind: Literal["pair", "geojson", "text", "list", "wkt", "lambert72", "lambert2008", "rd", "lambert93"]
    longitude: Column | None = None
    latitude: Column | None = None
    column: Column | None = None
    order: Literal["lon-lat", "lat-lon"] | None = None
    score: float = 0.0
    reason: str = ""
    is_zero: bool = False


def _which(column: Column) -> str | None:
    """Distinguish latitude from longitude by a column's name."""
    whole, words = joined(column.path[-1]), words_of(column.path[-1])
    for names, which in ((_LATITUDES, "lat"), (_LONGITUDES, "lon")):
        if whole in names:
            return which
        long_names = {name for name in names if len(name) > 2 or name == "x" or name == "y"}
        if any(word in long_names for word in words if len(word) > 2):
            return which
    if len(words) > 1 and words[-1] in ("x", "y") and not _POSITION_WORDS.isdisjoint(words):
        return "lat" if words[-1] == "y" else "lon"
    return None


def _within(column: Column, limit: float) -> bool:
    return column.is_numeric and all(abs(number) <= limit for number in column.numbers)


def guess_position(columns: Sequence[Column], area: Area | None = None) -> PositionGuess | None:
    """Find where a position stands.

    Args:
        columns: All columns.
        area: Where positions are expected, to tell which number is which.

    Returns:
        The likeliest, or ``None``.
    """
    found = [*_pairs(columns, area), *_single(columns, area)]
    return max(found, key=lambda one: one.score, default=None)


def _pairs(columns: Sequence[Column], area: Area | None) -> list[PositionGuess]:
    sides: dict[str, list[Column]] = {"lat": [], "lon": []}
    for column in columns:
        which = _which(column)
        if which is not None and column.is_numeric:
            sides[which].append(column)
    found = []
    for latitude in sides["lat"]:
        near = [one for one in sides["lon"] if one.path[:-1] == latitude.path[:-1]]
        if not near:
            continue
        own = joined(latitude.path[-1])
        longitude = min(near, key=lambda one: abs(len(joined(one.path[-1])) - len(own)))
        metres = _in_metres(longitude, latitude)
        if metres is not None:
            found.append(PositionGuess(metres, longitude, latitude, score=0.8, reason="metres of the national grid"))
            continue
        score = 0.95 - 0.05 * (len(latitude.path) - 1)
        is_axis = {"x", "y"} & {own, joined(longitude.path[-1])}
        if is_axis:
            # x and y of an accelerometer are no position
            if any(one.path[:-1] == latitude.path[:-1] and joined(one.path[-1]) in ("z", "accz") for one in columns):
                continue
            score -= 0.3
            if not all(abs(number) > 3 for number in latitude.numbers) and area is None:
                continue
        swapped = not _within(latitude, 90) and _within(longitude, 90)
        if not swapped and area is not None and longitude.numbers and latitude.numbers:
            swapped = _is_in(area, latitude.numbers[0], longitude.numbers[0]) and not _is_in(
                area, longitude.numbers[0], latitude.numbers[0]
            )
        if swapped:
            found.append(
                PositionGuess(
                    "pair", latitude, longitude, score=score - 0.2, reason="latitude and longitude are swapped"
                )
            )
            continue
        if not _within(latitude, 90) or not _within(longitude, 180):
            continue
        is_zero = any(number == 0 for number in latitude.numbers) and any(number == 0 for number in longitude.numbers)
        reason = f"{latitude.name} and {longitude.name} by name and range"
        found.append(PositionGuess("pair", longitude, latitude, score=score, reason=reason, is_zero=is_zero))
    return found


def _in_metres(x: Column, y: Column) -> Literal["lambert72", "lambert2008", "rd", "lambert93"] | None:
    if not x.numbers or not y.numbers:
        return None
    xs, ys = (min(x.numbers), max(x.numbers)), (min(y.numbers), max(y.numbers))
    if xs[0] >= 20_000 and xs[1] <= 300_000 and ys[0] >= 20_000 and ys[1] <= 250_000:
        return "lambert72"
    if xs[0] >= 500_000 and xs[1] <= 800_000 and ys[0] >= 500_000 and ys[1] <= 770_000:
        return "lambert2008"
    if xs[0] >= 0 and xs[1] <= 300_000 and ys[0] >= 300_000 and ys[1] <= 630_000:
        return "rd"
    if xs[0] >= 100_000 and xs[1] <= 1_250_000 and ys[0] >= 6_000_000 and ys[1] <= 7_200_000:
        return "lambert93"
    return None


def _is_in(area: Area, longitude: float, latitude: float) -> bool:
    west, south, east, north = area
    return west <= longitude <= east and south <= latitude <= north


def _single(columns: Sequence[Column], area: Area | None) -> list[PositionGuess]:
    found = []
    for column in columns:
        values = column.present
        if not values:
            continue
        named = 0.1 if not _POSITION_WORDS.isdisjoint(words_of(column.path[-1])) else 0.0
        if all(_is_geojson(value) for value in values):
            found.append(PositionGuess("geojson", column=column, score=0.85 + named, reason="GeoJSON"))
            continue
        texts = [value.strip() for value in values if isinstance(value, str)]
        if len(texts) == len(values) and all(_WKT.match(text) for text in texts):
            found.append(PositionGuess("wkt", column=column, order="lon-lat", score=0.85, reason="well-known text"))
            continue
        pairs: list[tuple[float, float]] = []
        kind: Literal["text", "list"] = "text"
        if len(texts) == len(values):
            matches = [_PAIRS.fullmatch(text) for text in texts]
            pairs = [(float(match[1]), float(match[2])) for match in matches if match is not None]
        elif all(isinstance(value, list) and len(value) in (2, 3) for value in values):
            numbers = [[number_in(one) for one in value[:2]] for value in values]
            pairs = [(one[0], one[1]) for one in numbers if one[0] is not None and one[1] is not None]
            kind = "list"
        if len(pairs) != len(values) or not all(abs(a) <= 180 and abs(b) <= 180 for a, b in pairs):
            continue
        if not named and kind == "list" and len(column.path) > 1 and column.path[-1] != "coordinates":
            continue
        order = _order(pairs, area, column)
        reason = f"a {'text' if kind == 'text' else 'list'} of two numbers"
        found.append(PositionGuess(kind, column=column, order=order, score=0.7 + named, reason=reason))
    return found


def _order(pairs: list[tuple[float, float]], area: Area | None, column: Column) -> Literal["lon-lat", "lat-lon"] | None:
    first, second = pairs[0]
    if area is not None:
        if _is_in(area, first, second) and not _is_in(area, second, first):
            return "lon-lat"
        if _is_in(area, second, first) and not _is_in(area, first, second):
            return "lat-lon"
    if any(abs(a) > 90 for a, _ in pairs):
        return "lon-lat"
    if any(abs(b) > 90 for _, b in pairs):
        return "lat-lon"
    whole = joined(column.path[-1])
    if whole.startswith(("latl", "latit")):
        return "lat-lon"
    if whole.startswith(("lonl", "lngl")):
        return "lon-lat"
    return None


def usual_order(column: Column) -> Literal["lon-lat", "lat-lon"] | None:
    """Return the order in which two numbers are a place in Europe; ``None`` where both or none are.

    Args:
        column: A list of two numbers, or a text of them.
    """
    found: set[Literal["lon-lat", "lat-lon"]] = set()
    for value in column.present:
        match = _PAIRS.fullmatch(value.strip()) if isinstance(value, str) else None
        numbers = [float(match[1]), float(match[2])] if match is not None else value
        if not isinstance(numbers, list) or len(numbers) < 2:
            return None
        first, second = number_in(numbers[0]), number_in(numbers[1])
        if first is None or second is None or _is_in(_EUROPE, first, second) == _is_in(_EUROPE, second, first):
            return None
        found.add("lon-lat" if _is_in(_EUROPE, first, second) else "lat-lon")
    return found.pop() if len(found) == 1 else None


def _is_geojson(value: Any) -> bool:
    return isinstance(value, dict) and value.get("type") in GEOMETRY_TYPES and "coordinates" in value
