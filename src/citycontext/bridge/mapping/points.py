"""Positions: two numbers, a pair, a text or an object in the message, made a geometry of GeoJSON."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, Final, Literal

import orjson

from citycontext.bridge.config.attributes import AltitudeConfig, AttributeConfig
from citycontext.bridge.mapping.paths import compile_path
from citycontext.bridge.mapping.values import Step, compile_value
from citycontext.ngsild.degrees import read_degrees, read_position
from citycontext.ngsild.terms import GEOMETRY_TYPES

__all__ = ["compile_point", "read_geometry"]

Order = Literal["lon-lat", "lat-lon"]

_LATITUDE: Final = ("latitude", "lat", "Latitude", "Lat", "LAT", "breedtegraad")
_LONGITUDE: Final = ("longitude", "lon", "lng", "long", "Longitude", "Lon", "Lng", "LON", "lengtegraad")
_ALTITUDE: Final = ("altitude", "alt", "Altitude", "Alt", "ALT")


def compile_point(config: AttributeConfig) -> Callable[[Any], Any]:
    """Make the function that finds a point of which longitude and latitude stand apart.

    Args:
        config: The attribute.

    Returns:
        A function from document to geometry; ``None`` where the message has no position.
    """
    longitude, latitude = compile_path(config.longitude or "@"), compile_path(config.latitude or "@")
    east, north = _coordinate(config, "NS"), _coordinate(config, "EW")
    height = None if config.altitude is None else _altitude(config, config.altitude)
    ignore = config.ignore

    def find(document: Any) -> Any:
        lon, lat = longitude(document), latitude(document)
        if lon is None or lat is None or (ignore and (lon in ignore or lat in ignore)):
            return None
        if lon == "" or lat == "":
            # A device without a fix.
            return None
        coordinates = [east(lon), north(lat)]
        above = None if height is None else height(document)
        if above is not None:
            coordinates.append(above)
        return _checked({"type": "Point", "coordinates": coordinates})

    return find


def _coordinate(config: AttributeConfig, wrong_letters: str) -> Step:
    number = compile_value(config.model_copy(update={"datatype": "number"}))
    if config.from_text is False:
        return number

    def coordinate(value: Any) -> Any:
        if type(value) is not str:
            return number(value)
        try:
            return number(value)
        except ValueError:
            if not re.search(r"[°NSEWnsew]", value):
                raise
            plain = value.strip().upper()
            if plain[:1] in wrong_letters or plain[-1:] in wrong_letters:
                raise ValueError(f"{value!r:.40} is of the other axis, by its letter") from None
            return read_degrees(value)

    return coordinate


def _altitude(config: AttributeConfig, altitude: AltitudeConfig) -> Callable[[Any], Any]:
    find = compile_path(altitude.from_)
    said = altitude.model_dump(exclude={"from_", "from_text"})
    text = config.from_text if altitude.from_text is None else altitude.from_text
    number = compile_value(
        AttributeConfig.model_validate({"from": altitude.from_, "datatype": "number", "from_text": text, **said})
    )
    ignore = (*altitude.ignore, *config.ignore, "")

    def above(document: Any) -> Any:
        value = find(document)
        return None if value is None or value in ignore else number(value)

    return above


def read_geometry(order: Order | None) -> Step:
    """Make the check of a GeoProperty's value.

    Args:
        order: Which number of a pair comes first, where the configuration says so.

    Returns:
        A function from what the message says to a geometry: GeoJSON as it is, also in a text, of a Feature its
        geometry; a pair of numbers; a text such as ``51.05,3.72`` (latitude first, unless ``order`` or the letters N,
        S, E, W say otherwise), ``POINT(3.72 51.05)``, ``geo:51.05,3.72``; an object with ``lat`` and ``lon``.
    """

    def geometry(value: Any) -> Any:
        if value == "" or (isinstance(value, dict) and value and all(one in (None, "") for one in value.values())):
            return None  # a device without a fix
        if isinstance(value, str):
            value = _from_json(value) if value.lstrip()[:1] == "{" else _from_text(value, order)
        if isinstance(value, dict) and value.get("type") == "Feature":
            # So open-data portals write the shape of a record.
            value = value.get("geometry")
        elif isinstance(value, list) and len(value) in (2, 3):
            value = _pair(value, order)
        elif isinstance(value, dict) and "type" not in value:
            value = _from_object(value) or value
        return _checked(value)

    return geometry


def _point(longitude: Any, latitude: Any, *more: Any) -> dict[str, Any]:
    return {"type": "Point", "coordinates": [longitude, latitude, *more]}


def _pair(given: list[Any], order: Order | None) -> dict[str, Any]:
    if all(isinstance(one, str) and re.search("[NSEWnsew]", one) for one in given):
        return _from_text(" ".join(given), order)
    first, second, *more = (read_degrees(one) if isinstance(one, str) else one for one in given)
    if order is None:
        if not all(type(one) in (int, float) for one in (first, second)):
            raise ValueError(f"a pair of numbers belongs here, but the message says {given!r:.60}")
        if abs(first) <= 90:
            raise ValueError(
                f"in {given!r:.60} either number may be the longitude; "
                'say order = "lon-lat" or "lat-lon" in the configuration'
            )
    return _point(second, first, *more) if order == "lat-lon" else _point(first, second, *more)


def _from_text(text: str, order: Order | None) -> dict[str, Any]:
    longitude, latitude, *more = read_position(text, is_longitude_first=order == "lon-lat")
    return _point(longitude, latitude, *more)


def _from_json(text: str) -> Any:
    try:
        return orjson.loads(text)
    except ValueError:
        raise ValueError(f"a position such as 51.05,3.72 belongs here, but the message says {text!r:.60}") from None


def _from_object(given: dict[str, Any]) -> dict[str, Any] | None:
    latitude, longitude, altitude = (
        next((given[name] for name in names if given.get(name) is not None), None)
        for names in (_LATITUDE, _LONGITUDE, _ALTITUDE)
    )
    if latitude is None or longitude is None:
        return None
    more = () if altitude is None else (altitude,)
    return _point(*(read_degrees(one) if isinstance(one, str) else one for one in (longitude, latitude, *more)))


def _checked(value: Any) -> Any:
    if not isinstance(value, dict) or value.get("type") not in GEOMETRY_TYPES or "coordinates" not in value:
        raise ValueError(f"a GeoJSON geometry belongs here, but the message says {value!r:.60}")
    if value["type"] == "Point":
        coordinates = value["coordinates"]
        if not isinstance(coordinates, list) or len(coordinates) not in (2, 3):
            raise ValueError(f"a point has longitude and latitude, but the message says {coordinates!r:.60}")
        for name, number, bound in zip(("longitude", "latitude"), coordinates, (180, 90), strict=False):
            if type(number) not in (int, float):
                raise ValueError(f"a number belongs into {name}, but the message says {number!r:.60}")
            if not -bound <= number <= bound:
                raise ValueError(
                    f"{number} is not a {name}: it goes from -{bound} to {bound}; the order is longitude, latitude"
                )
    return value
