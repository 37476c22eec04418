"""Entities as rows of a table: plain cells in columns whose order does not depend on which entity came first."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final, NamedTuple

import orjson

from citycontext.errors import DataError
from citycontext.ngsild.geometry import is_plain_point
from citycontext.ngsild.terms import ATTRIBUTE_TYPES
from citycontext.ngsild.time import instant_of
from citycontext.oslo.register_links import SAME_AS
from citycontext.publish.ldes.versions import time_of
from citycontext.publish.policy import Cleared

__all__ = ["Cell", "Column", "cells", "is_instant", "order_of", "present"]

_MEMORY: Final = 8_000_000
_BARE: Final = frozenset({"type", "unitCode", "observedAt", "datasetId", "lang", "valueType", "objectType"})
_NEVER: Final = -(2**63)
_INSTANT: Final = re.compile(r"(?:19|2\d)\d\d-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,6})?(?:Z|[+-]\d\d:\d\d)", re.ASCII)


class Column(NamedTuple):
    """A column, by what decides where it stands.

    Args:
        place: The place of its attribute on the list; -1 for what every entity has.
        dataset: The dataset of the attribute's instances.
        part: Value, then what belongs to it, then its unit and time, then sub-attributes.
        name: Its name.
        language: The language of its texts.
    """

    place: int
    dataset: str
    part: int
    name: str
    language: str = ""


class Cell(NamedTuple):
    """What one entity has in a column.

    Args:
        column: The column.
        value: A text, number, truth value, or what is JSON in a cell.
    """

    column: Column
    value: Any


def is_instant(value: Any) -> bool:
    """Return whether a value is a moment: a whole date and time with its zone.

    Args:
        value: What a cell holds.
    """
    if not isinstance(value, str) or not _INSTANT.fullmatch(value):
        return False
    try:
        instant_of(value, "")
    except DataError:
        return False
    return True


def order_of(allow: Mapping[str, Iterable[str]]) -> dict[str, int]:
    """Return the place of each attribute on the list.

    Args:
        allow: The list.
    """
    listed = dict.fromkeys(name for names in allow.values() for name in names)
    return {name: place for place, name in enumerate(listed)}


def cells(entity: Cleared, order: Mapping[str, int], *, geometry: bool = False) -> Iterator[Cell]:
    """Yield the cells of an entity, without anything that only NGSI-LD knows.

    A text in several languages has a column a language, ``name.nl``; a point has two, unless geometries are wanted as
    they are; targets of a relationship are separated by spaces.

    Args:
        entity: The entity.
        order: Places of attributes.
        geometry: Whether geometries stay objects.
    """
    yield Cell(Column(-1, "", 0, "id"), entity.id)
    yield Cell(Column(-1, "", 1, "type"), " ".join(entity.types))
    scope = entity.wire.get("scope")
    if scope is not None:
        yield Cell(
            Column(order.get("scope", -1), "", 0, "scope"), " ".join(scope) if isinstance(scope, list) else scope
        )
    for name, instances in entity.attributes():
        for instance in instances:
            dataset = instance.get("datasetId", "")
            column = "sameAs" if name == SAME_AS else f"{name}[{dataset}]" if dataset else name
            yield from _attribute(name, column, instance, order, geometry=geometry)


def present(entities: Iterable[Cleared]) -> Iterator[Cleared]:
    """Yield each entity once, as it was last observed, in the order in which they first came.

    Args:
        entities: Entities, perhaps several versions of one; what is held in memory is their ids.
    """
    latest: dict[str, tuple[int, int, int]] = {}
    with tempfile.SpooledTemporaryFile(max_size=_MEMORY) as kept:
        offset = 0
        for one in entities:
            at = time_of(one.wire, one, ("observedAt",))
            at = _NEVER if at is None else at
            known = latest.get(one.id)
            if known is None or at >= known[0]:
                content = orjson.dumps(one.wire)
                latest[one.id] = (at, offset, len(content))
                kept.write(content)
                offset += len(content)
        for _, start, length in latest.values():
            kept.seek(start)
            yield Cleared(orjson.loads(kept.read(length)))


def _attribute(
    name: str, column: str, instance: dict[str, Any], order: Mapping[str, int], *, geometry: bool
) -> Iterator[Cell]:
    place, dataset, kind = order.get(name, -1), instance.get("datasetId", ""), instance.get("type", "Property")
    value = instance.get(ATTRIBUTE_TYPES.get(kind, "value"))
    if kind == "LanguageProperty" and isinstance(value, dict):
        for language in sorted(value):
            text = value[language]
            text = "; ".join(map(str, text)) if isinstance(text, list) else text
            yield Cell(Column(place, dataset, 0, f"{column}.{language}", language), text)
    elif kind == "GeoProperty" and not geometry and isinstance(value, dict) and is_plain_point(value):
        yield Cell(Column(place, dataset, 0, f"{column}.longitude"), value["coordinates"][0])
        yield Cell(Column(place, dataset, 1, f"{column}.latitude"), value["coordinates"][1])
    else:
        yield Cell(Column(place, dataset, 0, column), _plain(kind, value))
    for number, member in enumerate(("unitCode", "observedAt"), 2):
        if member in instance:
            yield Cell(Column(place, dataset, number, f"{column}.{member}"), instance[member])
    value_member = ATTRIBUTE_TYPES.get(kind, "value")
    for member, content in instance.items():
        if member not in _BARE and member != value_member:
            for one in content if isinstance(content, list) else [content]:
                below = one if isinstance(one, dict) else {"value": one}
                inner = _attribute(f"{name}.{member}", f"{column}.{member}", below, order, geometry=geometry)
                yield from (
                    Cell(at._replace(place=place, dataset=dataset, part=at.part + 4), held) for at, held in inner
                )


def _plain(kind: str, value: Any) -> Any:
    """Return a value without what only NGSI-LD, or JSON-LD, wraps it in."""
    if kind in ("Relationship", "VocabProperty"):
        return " ".join(map(str, value)) if isinstance(value, list) else value
    if kind == "ListRelationship" and isinstance(value, list):
        return " ".join(str(one["object"] if isinstance(one, dict) and "object" in one else one) for one in value)
    if isinstance(value, dict) and "@value" in value:
        return value["@value"]
    return value
