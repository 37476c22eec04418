"""Values as the standard spells them: times in UTC, typed values, closed rings."""

from __future__ import annotations

import re
from datetime import UTC, datetime, tzinfo
from typing import Any, Final

from citycontext.errors import InvalidGeometry, InvalidTime
from citycontext.models.cleaning.changes import Changes
from citycontext.ngsild.findings import Severity
from citycontext.ngsild.geometry import check_geometry, is_geometry
from citycontext.ngsild.json_text import read_json
from citycontext.ngsild.time import format_datetime, is_datetime_text, parse_datetime

__all__ = ["clean_geometry", "clean_time", "clean_value"]

_DATE_TIME: Final = re.compile(r"\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}.*", re.ASCII | re.DOTALL)
_WHOLE: Final = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:[.,]\d+)?Z", re.ASCII)
_TYPES: Final = {"datetime": "DateTime", "date": "Date", "time": "Time"}
_MAX_DEPTH: Final = 32


def clean_time(text: Any, path: str, zone: tzinfo | None, changes: Changes) -> Any:
    """Write a timestamp in UTC with ``Z``.

    Args:
        text: What stands on the wire.
        path: Where it stands.
        zone: What a time without zone is taken to be in; ``None`` leaves such a time as it is.
        changes: Takes down what is changed.

    Returns:
        The same instant as the standard writes it; what is not a timestamp stays as it is.
    """
    if not isinstance(text, str) or is_datetime_text(text) or _DATE_TIME.fullmatch(text) is None:
        return text
    try:
        instant = parse_datetime(text, zone=zone, path=path)
        if instant.utcoffset() == UTC.utcoffset(None) and _WHOLE.fullmatch(text):
            return text  # more decimals than six are of no harm
        written = format_datetime(instant)
    except (InvalidTime, OverflowError):
        return text
    if datetime.fromisoformat(text).tzinfo is None:
        message, severity = f"has no zone; taken as {zone} and written in UTC", Severity.WARNING
    else:
        message, severity = "is written in UTC with Z", Severity.NOTE
    changes.note(path, "time", message, found=text, written=written, clause="4.6.3", severity=severity)
    return written


def clean_value(value: Any, path: str, zone: tzinfo | None, changes: Changes, depth: int = 0) -> Any:
    """Spell typed values, wherever in a value they stand, as the standard does: ``@type``, ``DateTime``, UTC.

    Args:
        value: A Property's value.
        path: Where it stands.
        zone: What a time without zone is taken to be in.
        changes: Takes down what is changed.
        depth: In how many objects and lists it stands.
    """
    if depth > _MAX_DEPTH:
        return value
    if isinstance(value, list):
        return [clean_value(one, f"{path}[{index}]", zone, changes, depth + 1) for index, one in enumerate(value)]
    if not isinstance(value, dict):
        return value
    if "@value" in value:
        return _typed_value(value, path, zone, changes)
    return {name: clean_value(one, f"{path}.{name}", zone, changes, depth + 1) for name, one in value.items()}


def _typed_value(value: dict[str, Any], path: str, zone: tzinfo | None, changes: Changes) -> dict[str, Any]:
    written = dict(value)
    if "@type" not in value and isinstance(value.get("type"), str):
        written = {"@type" if name == "type" else name: member for name, member in value.items()}
    named = written.get("@type")
    if isinstance(named, str):
        written["@type"] = _TYPES.get(re.sub(r"[^a-z]", "", named.lower()), named)
    if written != value:
        changes.note(
            path,
            "typed-value",
            "has its type spelt as the standard does",
            found=value.get("@type", value.get("type")),
            written=written["@type"],
            clause="4.6.3",
        )
    if written.get("@type") == "DateTime":
        written["@value"] = clean_time(written["@value"], f"{path}.@value", zone, changes)
    return written


def clean_geometry(value: Any, path: str, changes: Changes) -> Any:
    """Read a geometry out of a text, and close open rings.

    Args:
        value: A GeoProperty's value.
        path: Where it stands.
        changes: Takes down what is changed.
    """
    if isinstance(value, str) and value.lstrip().startswith("{"):
        try:
            read = read_json(value)
        except ValueError:
            return value
        if is_geometry(read):
            changes.note(path, "geometry", "is an object, not a text of it", found=value, written=read, clause="4.7.1")
            value = read
    if not is_geometry(value) or not str(value["type"]).endswith("Polygon"):
        return value
    depth = 1 if value["type"] == "Polygon" else 2
    closed = {**value, "coordinates": _closed(value["coordinates"], depth)}
    if closed == value:
        return value
    try:
        check_geometry(closed)
    except InvalidGeometry:
        return value
    changes.note(
        path,
        "geometry",
        "has its rings closed: each ends where it starts",
        found=value["coordinates"],
        written=closed["coordinates"],
        clause="4.7.1",
        severity=Severity.WARNING,
    )
    return closed


def _closed(coordinates: Any, depth: int) -> Any:
    if not isinstance(coordinates, list) or not coordinates:
        return coordinates
    if depth:
        return [_closed(part, depth - 1) for part in coordinates]
    return coordinates if coordinates[0] == coordinates[-1] else [*coordinates, coordinates[0]]
