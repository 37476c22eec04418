"""Values wherever they stand: typed values, languages, times without a zone."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, time
from typing import Any, Final

from citycontext.errors import InvalidTime
from citycontext.foreign_text import shown
from citycontext.ngsild.findings import Finding, Severity
from citycontext.ngsild.time import parse_datetime

__all__ = ["check_values"]

_NAIVE: Final = re.compile(r"\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(?::\d{2}(?:[.,]\d+)?)?", re.ASCII)
_LANGUAGE: Final = re.compile(
    r"(?P<primary>[A-Za-z]{2,8})(?:-[A-Za-z0-9]{1,8})*|[xX](?:-[A-Za-z0-9]{1,8})+|@none", re.ASCII
)
_USUAL: Final = 3  # letters of a language's code; longer ones are allowed and not in use
_TIMES: Final = frozenset(
    {"observedAt", "expiresAt", "createdAt", "modifiedAt", "deletedAt"}
)  # the standard's own rules
_MAX_DEPTH: Final = 32


def check_values(path: str, attribute: Mapping[str, Any]) -> Iterator[Finding]:
    """Yield what is wrong with the values of an attribute and of its sub-attributes.

    Args:
        path: Where the attribute stands.
        attribute: One instance, normalized.
    """
    for name, member in attribute.items():
        if name in ("type", "unitCode", "datasetId", "instanceId") or name in _TIMES:
            continue
        here = f"{path}.{name}"
        if name == "languageMap" and isinstance(member, dict):
            for tag in member:
                yield from _check_language(f"{here}.{tag}", tag)
        elif name == "lang":
            yield from _check_language(here, member)
        elif name != "json":
            yield from _check_value(here, member, 0)


def _check_value(path: str, value: Any, depth: int) -> Iterator[Finding]:
    if depth > _MAX_DEPTH:
        return
    if isinstance(value, str):
        if _NAIVE.fullmatch(value) and _is_time(value):
            yield Finding(
                path, "practice/time-zone", "has no time zone; write UTC, with Z", clause="4.6.3", found=value
            )
    elif isinstance(value, list):
        for index, one in enumerate(value):
            yield from _check_value(f"{path}[{index}]", one, depth + 1)
    elif isinstance(value, dict):
        if "@value" in value:
            yield from _check_typed(path, value)
            return
        for name, one in value.items():
            if name in ("languageMap", "lang"):
                yield from check_values(path, {name: one})
            elif name not in _TIMES or depth:
                yield from _check_value(f"{path}.{name}", one, depth + 1)


def _is_time(text: str) -> bool:
    try:
        datetime.fromisoformat(text)
    except ValueError:
        return False
    return True


def _check_typed(path: str, value: Mapping[str, Any]) -> Iterator[Finding]:
    named, text = value.get("@type", value.get("type")), value["@value"]
    kind = re.sub(r"[^a-z]", "", re.split(r"[:/#]", named)[-1].lower()) if isinstance(named, str) else ""
    kind = {"datetime": "DateTime", "date": "Date", "time": "Time"}.get(kind, "")
    if not kind:
        return
    if not isinstance(text, str) or not _reads(kind, text):
        message = f"{shown(text)} is not a {kind}"
        yield Finding(f"{path}.@value", "ngsi-ld/typed-value", message, Severity.ERROR, "4.6.3", found=f"{text!r:.80}")
    elif kind == "DateTime" and _NAIVE.fullmatch(text):
        message = "has no time zone; write UTC, with Z"
        yield Finding(f"{path}.@value", "practice/time-zone", message, clause="4.6.3", found=text)


def _reads(kind: str, text: str) -> bool:
    try:
        if kind == "DateTime":
            parse_datetime(text, zone=UTC)
        elif kind == "Date":
            date.fromisoformat(text.removesuffix("Z"))
        else:
            time.fromisoformat(text)
    except (InvalidTime, ValueError):
        return False
    return True


def _check_language(path: str, tag: Any) -> Iterator[Finding]:
    found = _LANGUAGE.fullmatch(tag) if isinstance(tag, str) else None
    if found is None:
        message = f"{shown(tag)} is not a language tag such as nl or fr-BE"
        yield Finding(path, "ngsi-ld/language", message, Severity.ERROR, "4.5.18", found=f"{tag!r:.80}")
    elif found["primary"] and len(found["primary"]) > _USUAL:
        message = f"{shown(tag)} is not a code of a language in use; write e.g. nl"
        yield Finding(path, "practice/language", message, clause="4.5.18", found=f"{tag!r:.80}")
