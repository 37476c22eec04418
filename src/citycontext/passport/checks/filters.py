"""Filters that must find a live entity, each with one that contradicts it and must find nothing."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from citycontext.passport.city import City, entity_id, geometry_of, numeric_attribute, text_attribute

__all__ = ["attribute_filters", "place_filters", "time_filters"]


def attribute_filters(city: City) -> tuple[str, str, str] | None:
    """Return an entity, a request that finds it by a value, and one that contradicts it; None without a sample."""
    chosen: Any = numeric_attribute(city.sampled)
    if chosen is not None:
        entity, name, value = chosen
        query, against = f"{name}=={value}", f"{name}=={value};{name}!={value}"
    else:
        chosen = text_attribute(city.sampled)
        if chosen is None:
            return None
        entity, name, value = chosen
        query, against = f'{name}=="{value}"', f'{name}=="{value}";{name}!="{value}"'
    kind = quote(_kind_of(city, entity), safe="")
    start = f"entities?type={kind}&limit=1000&q="
    return entity_id(entity), start + quote(query, safe=""), start + quote(against, safe="")


def place_filters(city: City) -> tuple[str, str, str] | None:
    """Return an entity, a request that finds it by a position, and one that contradicts it; None without a sample."""
    for entity in city.sampled:
        found = geometry_of(entity)
        if found is None or found[1]["type"] != "Point":
            continue
        name, geometry = found
        longitude, latitude = (*geometry["coordinates"], None, None)[:2]
        if not isinstance(longitude, int | float) or not isinstance(latitude, int | float):
            continue
        far = [longitude - 180 if longitude > 0 else longitude + 180, -latitude]
        kind = quote(_kind_of(city, entity), safe="")
        start = f"entities?type={kind}&limit=1000&geometry=Point&geoproperty={quote(name, safe='')}&georel=near%3BmaxDistance%3D%3D10"
        return (
            entity_id(entity),
            f"{start}&coordinates={quote(f'[{longitude},{latitude}]')}",
            f"{start}&coordinates={quote(str(far).replace(' ', ''))}",
        )
    return None


def time_filters(city: City) -> tuple[str, str, str] | None:
    """Return an entity, a request that finds it by a time, and one that contradicts it; None without a sample."""
    entity = city.an_entity
    kind = quote(_kind_of(city, entity), safe="")
    before = city.prober.ask(f"temporal/entities/{quote(entity_id(entity), safe=':')}?timeproperty=modifiedAt&lastN=1")
    if not before.is_success:
        return None
    start = f"temporal/entities?type={kind}&id={quote(entity_id(entity), safe='')}&timeproperty=modifiedAt&lastN=1&timerel=after&timeAt="
    return entity_id(entity), f"{start}1990-01-01T00:00:00Z", f"{start}2190-01-01T00:00:00Z"


def _kind_of(city: City, entity: Any) -> str:
    for sample in city.samples:
        if any(one is entity for one in sample.entities):
            return sample.type
    return city.types[0]
