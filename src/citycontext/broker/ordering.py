"""The order of entities in an answer: by members, ascending or descending, or by distance (4.23)."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Final

import orjson

from citycontext.broker.geo import distance, parse_geometry
from citycontext.broker.parameters import Parameters
from citycontext.broker.problems import bad_request_data
from citycontext.broker.projection import expand_name
from citycontext.broker.writing import Document, instances
from citycontext.errors import InvalidGeometry
from citycontext.ngsild.attribute_base import ATTRIBUTE_MEMBERS
from citycontext.ngsild.context import Context
from citycontext.ngsild.geometry import check_geometry
from citycontext.ngsild.terms import ATTRIBUTE_TYPES, ENTITY_MEMBERS
from citycontext.ngsild.time import is_datetime

__all__ = ["Order", "read_order"]

_DIRECTIONS: Final = ("asc", "desc", "dist-asc", "dist-desc")
_DATE: Final = re.compile(r"\d{4}-\d{2}-\d{2}")
_TIME: Final = re.compile(r"\d{2}:\d{2}:\d{2}([.,]\d{1,6})?Z")
_ABSENT: Final = object()


@dataclass(frozen=True, slots=True)
class _Key:
    path: tuple[str, ...]
    direction: str
    reference: dict[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Order:
    """Members to sort by, the first first."""

    keys: tuple[_Key, ...]

    def sort(self, documents: Iterable[Document]) -> list[Document]:
        """Sort documents; equal ones keep their order."""
        return self.sorted_by(documents, lambda document: document)

    def sorted_by(self, items: Iterable[Any], document_of: Callable[[Any], Document]) -> list[Any]:
        """Sort whatever has a document."""
        ordered = list(items)
        for key in reversed(self.keys):
            ordered.sort(key=lambda item: _rank(document_of(item), key), reverse=key.direction.endswith("desc"))
        return ordered


def read_order(parameters: Parameters, context: Context) -> Order | None:
    """Read orderBy, orderFrom and orderGeometry; None when no order is asked for.

    Raises:
        Problem: One is not valid.
    """
    if "orderBy" not in parameters:
        return None
    keys = []
    for part in parameters.names("orderBy"):
        text, _, direction = part.partition(";")
        direction = direction or "asc"
        if direction not in _DIRECTIONS:
            raise bad_request_data(f"orderBy: {direction!r} is none of {', '.join(_DIRECTIONS)}.")
        first, *rest = text.split(".") if "://" not in text else [text]
        name = first if first in ENTITY_MEMBERS else expand_name(first, context, "orderBy")
        path = (name, *(one if one in ATTRIBUTE_MEMBERS else expand_name(one, context, "orderBy") for one in rest))
        reference = _reference(parameters) if direction.startswith("dist") else None
        keys.append(_Key(path, direction, reference))
    return Order(tuple(keys))


def _reference(parameters: Parameters) -> dict[str, Any]:
    try:
        coordinates = orjson.loads(parameters.get("orderFrom", ""))
        geometry = {"type": parameters.get("orderGeometry", "Point"), "coordinates": coordinates}
        check_geometry(geometry)
    except (orjson.JSONDecodeError, InvalidGeometry) as error:
        raise bad_request_data(
            f"An order by distance needs orderFrom, the coordinates of a geometry: {error}."
        ) from None
    return geometry


def _rank(document: Document, key: _Key) -> tuple[int, Any]:
    value = _value(document, key.path)
    if key.reference is not None:
        geometry = parse_geometry(value) if value is not _ABSENT else None
        return (9, 0) if geometry is None else (0, distance(key.reference, geometry))
    return _typed(value)


def _value(document: Document, path: tuple[str, ...]) -> Any:
    member: Any = document.get(path[0], _ABSENT)
    if path[0] in ENTITY_MEMBERS or member is _ABSENT:
        return member
    member = next((one for one in instances(member) if "datasetId" not in one), instances(member)[0])
    for name in path[1:]:
        if not isinstance(member, dict) or name not in member:
            return _ABSENT
        member = member[name]
        if name in ATTRIBUTE_MEMBERS:
            return member
        member = instances(member)[0]
    if isinstance(member, dict) and member.get("type") in ATTRIBUTE_TYPES:
        return member.get(ATTRIBUTE_TYPES[member["type"]], _ABSENT)
    return member


def _typed(value: Any) -> tuple[int, Any]:
    """Rank values of different types, as the clause lists them."""
    if value is _ABSENT:
        return (9, 0)
    if value is None:
        return (8, 0)
    if isinstance(value, bool):
        return (4, value)
    if isinstance(value, (int, float)):
        return (0, value)
    if isinstance(value, str):
        if is_datetime(value):
            return (7, value)
        if _DATE.fullmatch(value):
            return (6, value)
        return (5, value) if _TIME.fullmatch(value) else (1, value)
    if isinstance(value, dict):
        return (2, orjson.dumps(value, option=orjson.OPT_SORT_KEYS))
    if len(value) == 1:
        return _typed(value[0])
    return (3, orjson.dumps(value))
