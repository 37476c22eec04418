"""Take values from the parameters of a URL or the members of a body, each error with its place."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final, NoReturn, TypeVar, cast

from citycontext.errors import InvalidQuery
from citycontext.foreign_text import shown
from citycontext.ngsild.query.paths import NAME
from citycontext.ngsild.query.scanner import errors_in
from citycontext.ngsild.query.temporal import TemporalQuery

__all__ = [
    "Members",
    "any_of",
    "boolean",
    "choice",
    "given",
    "items",
    "joined",
    "names",
    "number",
    "parsed",
    "refuse",
    "split",
    "whole_number",
    "written",
]

T = TypeVar("T")

_CLAUSE: Final = "5.7.2"
_MAX_NUMBER: Final = 1_000_000_000
_MAX_ITEMS: Final = 10_000
_QUERY_MEMBERS: Final = frozenset(
    {"type", "@context", "entities", "attrs", "pick", "omit", "q", "csf", "geoQ", "scopeQ", "temporalQ", "aggrParams"}
    | {"datasetId", "lang", "expandValues", "jsonKeys", "ordering", "join", "joinLevel", "containedBy", "entityMap"}
    | {"entityMapLifetime", "splitEntities"}
)
_AGGREGATION_MEMBERS: Final = ("aggrMethods", "aggrPeriodDuration")


def refuse(message: str, path: str, text: str = "", *, clause: str = _CLAUSE) -> NoReturn:
    """Raise ``InvalidQuery`` for a parameter."""
    raise InvalidQuery(message, text=text, column=0, clause=clause, path=path)


def parsed(path: str, parse: Callable[[Any], T], value: Any, kind: type[Any]) -> T | None:
    """Parse a value that is not parsed yet, and say which parameter it was where that fails."""
    if value is None or isinstance(value, kind):
        return value
    with errors_in(path):
        return parse(value)


def items(value: str | Iterable[str]) -> tuple[str, ...]:
    """Take one text, or several."""
    return (value,) if isinstance(value, str) else tuple(value)


def names(path: str, value: str | Iterable[str]) -> tuple[str, ...]:
    """Take attribute names."""
    found = items(value)
    for name in found:
        if not NAME.fullmatch(name):
            refuse(f"{shown(name)} is not an attribute name", path, shown(name), clause="4.6.2")
    return found


def choice(path: str, allowed: tuple[str, ...], value: str | None) -> str | None:
    """Make sure that a value is one of a few."""
    if value is not None and value not in allowed:
        refuse(f"{shown(value)} is not one of {', '.join(allowed)}", path, shown(value))
    return value


def number(path: str, value: int | None, *, least: int) -> int | None:
    """Make sure that a value is a whole number from some least one on."""
    if value is not None and (type(value) is not int or not least <= value <= _MAX_NUMBER):
        refuse(f"a whole number from {least}", path, shown(value))
    return value


def given(parameters: Mapping[str, str] | Iterable[tuple[str, str]], ignoring: frozenset[str]) -> dict[str, str]:
    """Collect the parameters that have a value; one that stands twice is an error."""
    found: dict[str, str] = {}
    pairs = parameters.items() if isinstance(parameters, Mapping) else parameters
    for name, value in cast("Iterable[tuple[str, str]]", pairs):
        if name in ignoring or value == "":
            continue
        if name in found:
            refuse(f"{name} stands twice", name, value, clause="6.3.20")
        found[name] = value
    return found


def any_of(parameters: Mapping[str, str], wanted: tuple[str, ...]) -> bool:
    """Return whether any of some parameters is given."""
    return any(name in parameters for name in wanted)


def split(value: str | None) -> tuple[str, ...]:
    """Take a list apart at its commas."""
    if value is None or value == "":
        return ()
    parts = value.split(",")
    if len(parts) > _MAX_ITEMS:
        refuse(f"a list of more than {_MAX_ITEMS} items", "", value[:80])
    return tuple(parts)


def boolean(path: str, parameters: Mapping[str, str]) -> bool | None:
    """Read ``true`` or ``false``."""
    value = parameters.get(path)
    if value not in (None, "true", "false"):
        refuse("true or false", path, value)
    return None if value is None else value == "true"


def whole_number(path: str, parameters: Mapping[str, str]) -> int | None:
    """Read a whole number."""
    value = parameters.get(path)
    if value is None:
        return None
    if not (value.isascii() and value.isdigit() and len(value) <= len(str(_MAX_NUMBER))):
        refuse("a whole number", path, value)
    return int(value)


def joined(path: str, values: tuple[str, ...]) -> str | None:
    """Write a list with commas, which its items then cannot have."""
    for value in values:
        if "," in value:
            refuse(f"{value!r} has a comma, which a list in a URL cannot carry; query by POST", path, value)
    return ",".join(values) or None


def written(parameters: Iterable[tuple[str, object]]) -> list[tuple[str, str]]:
    """Write the parameters that have a value."""
    return [
        (name, ("true" if value else "false") if isinstance(value, bool) else str(value))
        for name, value in parameters
        if value is not None
    ]


class Members:
    """The members of a ``Query``, taken by the type they must have.

    Args:
        body: The parsed JSON.

    Raises:
        InvalidQuery: It is not a ``Query``, or has unknown members.
    """

    def __init__(self, body: Any) -> None:
        if not isinstance(body, Mapping):
            refuse("a query is an object", "", shown(body), clause="5.2.23")
        if body.get("type") != "Query":
            refuse("the type of a query is Query", "type", shown(body.get("type")), clause="5.2.23")
        unknown = [str(name) for name in body if name not in _QUERY_MEMBERS]
        if unknown:
            refuse(f"a query has no member {', '.join(unknown)}", unknown[0], unknown[0], clause="5.2.23")
        self.body: Mapping[str, Any] = body

    def of(self, name: str, kind: type[T]) -> T | None:
        """Take a member of one JSON type; a boolean is not a number."""
        value = self.body.get(name)
        if value is None or type(value) is kind:
            return value
        return refuse(f"{name} is a {'text' if kind is str else kind.__name__}", name, shown(value), clause="5.2.23")

    def text(self, name: str) -> str | None:
        """Take a text; an empty one counts as not given."""
        return self.of(name, str) or None

    def array(self, name: str) -> list[Any]:
        """Take an array, which is not empty where it is given."""
        value = self.of(name, list)
        if value is None:
            return []
        if not value or len(value) > _MAX_ITEMS:
            refuse(f"{name} has 1 to {_MAX_ITEMS} items", name, shown(value), clause="5.2.23")
        return value

    def texts(self, name: str) -> list[str]:
        """Take an array of texts."""
        values = self.array(name)
        for value in values:
            if not isinstance(value, str):
                refuse(f"{name} is an array of texts", name, shown(value), clause="5.2.23")
        return values

    def read(self, name: str, reader: Callable[[Any], T]) -> T | None:
        """Take a member that is a data type of its own."""
        value = self.body.get(name)
        return None if value is None else reader(value)

    def temporal(self) -> TemporalQuery | None:
        """Take ``temporalQ``, with ``aggrParams`` where the aggregation stands apart."""
        aggregation = self.of("aggrParams", dict) or {}
        unknown = [str(name) for name in aggregation if name not in _AGGREGATION_MEMBERS]
        if unknown:
            refuse(f"aggrParams has no member {', '.join(unknown)}", "aggrParams", unknown[0], clause="5.2.44")
        query = self.of("temporalQ", dict)
        return TemporalQuery.from_body({**(query or {}), **aggregation}) if query or aggregation else None
