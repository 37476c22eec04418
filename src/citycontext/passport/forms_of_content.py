"""Compares the forms of one entity: what a form cannot hold, and where it says something else."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

import orjson

from citycontext.errors import DataError
from citycontext.ngsild.representations.geojson import unwrap
from citycontext.ngsild.representations.simplified import simplify
from citycontext.ngsild.terms import ENTITY_MEMBERS

__all__ = ["Difference", "Kind", "compare_csv", "compare_geojson", "compare_simplified"]

_VALUES: Final = ("value", "object", "languageMap", "vocab", "json", "valueList", "objectList")
_BEYOND: Final = ("unitCode", "observedAt", "datasetId", "type")


class Kind(StrEnum):
    """What is different."""

    LOST = "lost"  # the form cannot hold it, or does not
    CONTRADICTS = "contradicts"  # the form says something else
    ADDED = "added"  # the form says more


@dataclass(frozen=True, slots=True)
class Difference:
    """One difference of a form from the normalized one.

    Args:
        kind: What it is.
        path: Where, such as ``temperature.unitCode``.
    """

    kind: Kind
    path: str

    def __str__(self) -> str:
        return f"{self.path}: {self.kind}"


def compare_simplified(normalized: Mapping[str, Any], simplified: Mapping[str, Any]) -> list[Difference]:
    """Compare the simplified form (key-values) with the normalized one of the same entity.

    Args:
        normalized: The entity, normalized.
        simplified: The same entity, simplified.

    Returns:
        What is lost (units, times, sub-attributes, kinds of attributes), added, or said otherwise.
    """
    found = list(_identity(normalized, simplified))
    for name, member in _attributes(normalized):
        if name not in simplified:
            found.append(Difference(Kind.LOST, name))
        elif not _same(simplify(member), simplified[name]):
            found.append(Difference(Kind.CONTRADICTS, name))
        found += [Difference(Kind.LOST, f"{name}.{beyond}") for beyond in _beyond(member)]
    found += [Difference(Kind.ADDED, name) for name, _ in _attributes(simplified) if name not in normalized]
    return found


def compare_geojson(normalized: Mapping[str, Any], feature: Mapping[str, Any]) -> list[Difference]:
    """Compare a Feature, its attributes normalized or simplified, with the normalized form of the same entity.

    Args:
        normalized: The entity, normalized.
        feature: The Feature.
    """
    properties = feature.get("properties")
    if feature.get("type") != "Feature" or not isinstance(properties, Mapping):
        return [Difference(Kind.CONTRADICTS, "type")]
    simple = not any(
        isinstance(one, Mapping) and "type" in one and set(_VALUES) & one.keys() for one in properties.values()
    )
    try:
        entity = unwrap(dict(feature), simplified=simple)
    except DataError:
        return [Difference(Kind.CONTRADICTS, "properties")]
    if simple:
        return compare_simplified(normalized, entity)
    found = list(_identity(normalized, entity))
    for name, member in _attributes(normalized):
        if name not in entity:
            found.append(Difference(Kind.LOST, name))
        elif not _same(member, entity[name]):
            found.append(Difference(Kind.CONTRADICTS, name))
    found += [Difference(Kind.ADDED, name) for name, _ in _attributes(entity) if name not in normalized]
    return found


def compare_csv(normalized: Mapping[str, Any], text: str) -> list[Difference]:
    """Compare the row of an entity in a CSV file with its normalized form.

    Args:
        normalized: The entity, normalized.
        text: The file, with a line of names; the column ``id`` tells the row.
    """
    rows = list(csv.DictReader(io.StringIO(text)))
    row = next((one for one in rows if one.get("id") == normalized.get("id")), None)
    if row is None:
        return [Difference(Kind.LOST, "id")]
    found = []
    columns = {name: value for name, value in row.items() if name is not None}
    for name, member in _attributes(normalized):
        mine = {key: value for key, value in columns.items() if key == name or key.startswith((f"{name}.", f"{name}_"))}
        if not mine:
            found.append(Difference(Kind.LOST, name))
            continue
        value = simplify(member)
        if name in mine and isinstance(value, str | int | float) and not _same_text(value, mine[name]):
            found.append(Difference(Kind.CONTRADICTS, name))
        found += [
            Difference(Kind.LOST, f"{name}.{beyond}")
            for beyond in _beyond(member)
            if not any(key.replace("_", ".").endswith(beyond) for key in mine)
        ]
    return found


def _identity(normalized: Mapping[str, Any], other: Mapping[str, Any]) -> Iterator[Difference]:
    for name in ("id", "type"):
        if other.get(name) != normalized.get(name):
            yield Difference(Kind.CONTRADICTS if name in other else Kind.LOST, name)


def _attributes(entity: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    for name, member in entity.items():
        if name not in ENTITY_MEMBERS and not name.startswith("@"):
            yield name, member


def _beyond(member: Any) -> Iterator[str]:
    """Yield what an attribute says beyond its value."""
    told: dict[str, None] = {}
    for instance in member if isinstance(member, list) else [member]:
        for name in instance if isinstance(instance, dict) else ():
            if name not in _VALUES and not (name == "type" and instance[name] in ("Property", "GeoProperty")):
                told[name] = None
    yield from sorted(told, key=lambda name: (_BEYOND.index(name) if name in _BEYOND else len(_BEYOND), name))


def _same(one: Any, other: Any) -> bool:
    if one == other:
        return True
    return orjson.dumps(one, option=orjson.OPT_SORT_KEYS) == orjson.dumps(other, option=orjson.OPT_SORT_KEYS)


def _same_text(value: object, text: str) -> bool:
    if isinstance(value, bool):
        return text.lower() == str(value).lower()
    if isinstance(value, int | float):
        try:
            return float(text) == float(value)
        except ValueError:
            return False
    return text == value
