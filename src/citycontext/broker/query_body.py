"""The body of a query, a ``Query`` (5.2.23), as the parameters that say the same."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import orjson

from citycontext.broker.problems import bad_request_data
from citycontext.ngsild.query.geo import GeoQuery

__all__ = ["merge_body", "temporal_parameters"]

_TEXTS: Final = frozenset({"q", "csf", "scopeQ", "lang", "join", "entityMap", "orderFrom"})
_LISTS: Final = frozenset({"attrs", "pick", "omit", "datasetId", "containedBy", "expandValues", "jsonKeys", "orderBy"})
_NUMBERS: Final = frozenset({"joinLevel"})
_FLAGS: Final = frozenset({"local", "splitEntities"})
_OBJECTS: Final = frozenset({"geoQ", "temporalQ", "ordering", "entities", "type", "id", "@context"})
_TEMPORAL: Final = ("timerel", "timeAt", "endTimeAt", "timeproperty", "lastN", "aggrMethods", "aggrPeriodDuration")


def merge_body(body: Mapping[str, Any]) -> dict[str, str]:
    """Turn the members of a Query, but ``entities``, into parameters.

    Raises:
        Problem: It is no Query.
    """
    if body.get("type") != "Query":
        raise bad_request_data("The body's type must be 'Query'.")
    found: dict[str, str] = {}
    for name, value in body.items():
        if name in _TEXTS and isinstance(value, str):
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
            found |= temporal_parameters(value)
        elif name == "ordering":
            found |= _ordering(value)
        elif name in _TEXTS | _NUMBERS | _FLAGS:
            raise bad_request_data(f"{name!r} has a value of the wrong type: {value!r:.80}.")
        elif name not in _OBJECTS:
            raise bad_request_data(f"A Query has no member {name!r}.")
    return found


def temporal_parameters(value: Any) -> dict[str, str]:
    """Turn a TemporalQuery (5.2.21) into parameters.

    Raises:
        Problem: It is none.
    """
    if not isinstance(value, dict):
        raise bad_request_data("'temporalQ' is an object with timerel and timeAt.")
    found: dict[str, str] = {}
    for name, member in value.items():
        if name not in _TEMPORAL:
            raise bad_request_data(f"In 'temporalQ', {name!r} is not known.")
        if name == "aggrMethods":
            found[name] = _list(name, member)
        elif isinstance(member, str) or (name == "lastN" and type(member) is int):
            found[name] = str(member)
        else:
            raise bad_request_data(f"In 'temporalQ', {name!r} has a value of the wrong type.")
    return found


def _ordering(value: Any) -> dict[str, str]:
    if not isinstance(value, dict):
        raise bad_request_data("'ordering' is an object with orderBy.")
    found: dict[str, str] = {}
    for name, member in value.items():
        if name == "orderBy":
            found[name] = _list(name, member)
        elif name == "geometry" and isinstance(member, dict):
            found |= {
                "orderGeometry": str(member.get("type")),
                "orderFrom": orjson.dumps(member.get("coordinates")).decode(),
            }
        elif name in ("collation", "orderFrom", "orderGeometry") and isinstance(member, str):
            found[name] = member
        else:
            raise bad_request_data(f"In 'ordering', {name!r} is not known, or has a value of the wrong type.")
    return found


def _list(name: str, value: Any) -> str:
    listed = value if isinstance(value, list) else [value]
    if not listed or not all(isinstance(one, str) and one for one in listed):
        raise bad_request_data(f"{name!r} is a text or an array of texts.")
    return ",".join(listed)
