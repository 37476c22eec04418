"""The body of a query, a ``Query`` (5.2.23), as the parameters that say the same."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import unquote

from citycontext.broker.responses.problems import bad_request_data
from citycontext.errors import InvalidQuery
from citycontext.ngsild.query.geo import GeoQuery
from citycontext.ngsild.query.ordering import Ordering
from citycontext.ngsild.query.q_parser import parse_q
from citycontext.ngsild.query.temporal import TemporalQuery

__all__ = ["body_q", "merge_body"]

_TEXTS: Final = frozenset({"q", "csf", "scopeQ", "lang", "join", "entityMapLifetime", "orderFrom"})
_LISTS: Final = frozenset({"attrs", "pick", "omit", "datasetId", "containedBy", "expandValues", "jsonKeys", "orderBy"})
_NUMBERS: Final = frozenset({"joinLevel"})
_FLAGS: Final = frozenset({"local", "splitEntities", "entityMap"})
_OBJECTS: Final = frozenset({"geoQ", "temporalQ", "aggrParams", "ordering", "entities", "type", "id", "@context"})


def merge_body(body: Mapping[str, Any], *, temporal: bool = False) -> dict[str, str]:
    """Turn the members of a Query, but ``entities``, into parameters.

    Args:
        body: The Query.
        temporal: Whether it is one for evolutions, which alone has ``temporalQ`` and ``aggrParams``.

    Raises:
        Problem: It is not a Query.
    """
    if body.get("type") != "Query":
        raise bad_request_data("The body's type must be 'Query'.")
    found: dict[str, str] = {}
    for name in ("join", "joinLevel", "containedBy") if temporal else ("temporalQ", "aggrParams"):
        if name in body:
            kind = "for evolutions" if temporal else "for entities"
            raise bad_request_data(f"A Query {kind} has no {name!r} (5.2.23).")
    for name, value in body.items():
        if name in ("q", "csf") and isinstance(value, str):
            found[name] = body_q(value)
        elif name in _TEXTS and isinstance(value, str):
            found[name] = value
        elif name in _LISTS:
            found[name] = _list(name, value)
        elif name in _NUMBERS and type(value) is int:
            found[name] = str(value)
        elif name in _FLAGS and isinstance(value, bool):
            found[name] = "true" if value else "false"
        elif name == "geoQ":
            found |= GeoQuery.from_body(value).to_parameters()
        elif name == "temporalQ":
            found |= TemporalQuery.from_body(value).to_parameters()
        elif name == "aggrParams":
            found |= _aggregates(value)
        elif name == "ordering":
            found |= Ordering.from_body(value).to_parameters()
        elif name in _TEXTS | _NUMBERS | _FLAGS:
            raise bad_request_data(f"{name!r} has a value of the wrong type: {value!r:.80}.")
        elif name not in _OBJECTS:
            raise bad_request_data(f"A Query has no member {name!r}.")
    return found


def _aggregates(value: Any) -> dict[str, str]:
    """Read ``aggrParams`` (5.2.44)."""
    if not isinstance(value, dict) or not value or value.keys() - {"aggrMethods", "aggrPeriodDuration"}:
        raise bad_request_data("'aggrParams' is an object with aggrMethods and aggrPeriodDuration.")
    return dict(TemporalQuery.from_body(value).to_parameters())


def body_q(text: str) -> str:
    """Return a query that stands in a body: as it is (4.9), or decoded where it is not one otherwise.

    Percent-encoding belongs to addresses; some clients encode in bodies too.
    """
    if "%" in text:
        try:
            parse_q(text)
        except InvalidQuery:
            return unquote(text)
    return text


def _list(name: str, value: Any) -> str:
    listed = value if isinstance(value, list) else [value]
    if not listed or not all(isinstance(one, str) and one for one in listed):
        raise bad_request_data(f"{name!r} is a text or an array of texts.")
    return ",".join(listed)
