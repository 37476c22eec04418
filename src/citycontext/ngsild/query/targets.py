"""The target value of an element of an entity, and JSON values as something comparable (CIM 009, 4.9)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime, time
from typing import Any, Final

from citycontext.errors import InvalidName
from citycontext.ngsild.attribute_base import ATTRIBUTE_MEMBERS
from citycontext.ngsild.query.paths import AttributePath
from citycontext.ngsild.query.values import ValueKind
from citycontext.ngsild.terms import ATTRIBUTE_TYPES, ENTITY_MEMBERS, VALUE_MEMBERS

__all__ = [
    "LINKS",
    "MISSING",
    "READERS",
    "boolean",
    "calendar_date",
    "clock_time",
    "element_at",
    "instant",
    "keys_of",
    "language_texts",
    "member_keys",
    "member_of",
    "number",
    "objects_of",
    "target_of",
    "text",
    "texts_of",
]

MISSING: Final = object()
"""Stands for a value that is not there."""

LINKS: Final = frozenset({"Relationship", "ListRelationship"})
"""Attribute types whose value is URIs of entities."""

_ANY_LANGUAGE: Final = ("*",)
# Members that are no attributes keep their short names when all others are expanded.
_UNEXPANDED: Final = ENTITY_MEMBERS | ATTRIBUTE_MEMBERS


def keys_of(path: AttributePath, expand: Callable[[str], str] | None) -> tuple[str, ...]:
    """Return the keys that lead along a path: its names, expanded but for members that are not attributes."""
    if expand is None:
        return path.names
    first, *others = path.names
    return (
        first if first in ENTITY_MEMBERS else expand(first),
        *(name if name in _UNEXPANDED else expand(name) for name in others),
    )


def element_at(entity: Mapping[str, Any], path: AttributePath, expand: Callable[[str], str] | None) -> Any:
    """Return the first element a path leads to, or ``MISSING``; of several instances the first counts."""
    element: Any = entity
    for key in keys_of(path, expand):
        if isinstance(element, list) and element and isinstance(element[0], dict):
            element = element[0]
        if not isinstance(element, Mapping) or key not in element:
            return MISSING
        element = element[key]
    return element[0] if isinstance(element, list) and element and isinstance(element[0], dict) else element


def target_of(element: Any) -> tuple[str, Any]:
    """Return an element's attribute type and value; a member that is not an attribute counts as a Property."""
    if isinstance(element, dict):
        type_ = element.get("type")
        member = ATTRIBUTE_TYPES.get(type_) if isinstance(type_, str) else None
        if member is not None:
            return str(type_), element.get(member, MISSING)
        for member, told in VALUE_MEMBERS.items():
            if member in element:
                return told, element[member]
    return "Property", element


def member_keys(member: tuple[str, ...], expand: Callable[[str], str] | None) -> tuple[tuple[str, str], ...]:
    """Return for each step into a compound value the key as written and as expanded."""
    return tuple((step, _expanded(step, expand)) for step in member)


def _expanded(step: str, expand: Callable[[str], str] | None) -> str:
    try:
        return step if expand is None else expand(step)
    except InvalidName:
        return step


def member_of(value: Any, steps: tuple[tuple[str, str], ...], *, json: bool = False) -> Any:
    """Step into a compound value; ``MISSING`` where a step leads nowhere."""
    if not json and isinstance(value, dict) and "@value" in value:  # a JSON-LD typed value
        value = value["@value"]
    for key, expanded in steps:
        if not isinstance(value, dict):
            return MISSING
        value = value[key] if key in value else MISSING if json else value.get(expanded, MISSING)
    return value


def language_texts(value: Any, member: tuple[str, ...]) -> list[Any]:
    """Collect the texts of a languageMap: of one language, or of all; arrays are taken apart."""
    if not isinstance(value, dict) or len(member) > 1:
        return []
    if not member or member == _ANY_LANGUAGE:
        chosen = list(value.values())
    else:
        wanted = member[0].lower()
        chosen = [text for tag, text in value.items() if isinstance(tag, str) and tag.lower() == wanted]
    return [text for part in chosen for text in (part if isinstance(part, list) else (part,))]


def texts_of(value: Any) -> list[str]:
    """List the texts among one value or several."""
    return [text for text in (value if isinstance(value, list) else (value,)) if isinstance(text, str)]


def objects_of(value: Any) -> list[str]:
    """List the URIs a Relationship or ListRelationship holds, in any of their spellings."""
    items = value if isinstance(value, list) else [value]
    return texts_of([item.get("object") if isinstance(item, dict) else item for item in items])


def number(value: Any) -> int | float | None:
    """Read a number; a boolean is not one."""
    return value if type(value) is int or type(value) is float else None


def boolean(value: Any) -> bool | None:
    """Read a boolean."""
    return value if isinstance(value, bool) else None


def text(value: Any) -> str | None:
    """Read a text."""
    return value if isinstance(value, str) else None


def instant(value: Any) -> datetime | None:
    """Read a DateTime with a zone."""
    if not isinstance(value, str) or len(value) < 20 or value[10] != "T":
        return None
    try:
        found = datetime.fromisoformat(value)
    except ValueError:
        return None
    return found if found.tzinfo is not None else None


def calendar_date(value: Any) -> date | None:
    """Read a Date."""
    if not isinstance(value, str) or len(value) != 10:
        return None
    try:
        return date.fromisoformat(value)
    except ValueError:
        return None


def clock_time(value: Any) -> time | None:
    """Read a Time."""
    if not isinstance(value, str) or not value.endswith("Z") or value[2:3] != ":":
        return None
    try:
        return time.fromisoformat(value)
    except ValueError:
        return None


READERS: Final[dict[ValueKind, Callable[[Any], Any]]] = {
    ValueKind.NUMBER: number,
    ValueKind.BOOLEAN: boolean,
    ValueKind.STRING: text,
    ValueKind.URI: text,
    ValueKind.TERM: text,
    ValueKind.DATETIME: instant,
    ValueKind.DATE: calendar_date,
    ValueKind.TIME: clock_time,
}
"""Kind of a query's value → reader of JSON values of that kind; it gives ``None`` for all others."""
