"""Mapping tables out of what TOML says."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from citycontext.errors import ConfigurationError
from citycontext.oslo.tables.mapping_table import ROLES, MappingTable, ObservedAttribute, Part, Step, TermMapping
from citycontext.oslo.vocabulary import DEFAULT_BASE, iri

__all__ = ["parse_table"]

_STEP: Final = re.compile(r"(\^?)([^\[\]/^\s]+:[^\[\]/^\s]*|https?://[^\[\]\s]+|@\w+)(?:\[([^\[\]]+)\])?")
_VALUES: Final = frozenset(
    {
        "text",
        "integer",
        "number",
        "boolean",
        "dateTime",
        "anyURI",
        "time",
        "concept",
        "reference",
        "iri",
        "percent",
        "members",
        "geometry",
        "wgs84",
    }
)
_TABLE_KEYS: Final = frozenset(
    {
        "subject",
        "class",
        "also",
        "observed",
        "generic",
        "collection",
        "sample",
        "sampled",
        "extends",
        "parts",
        "interval",
        "date_observed",
        "observe",
        "describe",
    }
)


def parse_table(entity_type: str, said: Any, file: str) -> MappingTable:
    """Read one table.

    Args:
        entity_type: Its entity type.
        said: What the file says of it.
        file: The file's name; empty for none.

    Raises:
        ConfigurationError: It is wrong; names file and key.
    """
    unknown = sorted(set(said) - _TABLE_KEYS) if isinstance(said, Mapping) else [repr(said)]
    if unknown:
        cure = f"It has {', '.join(sorted(_TABLE_KEYS))}."
        raise ConfigurationError(f"a mapping table has no {', '.join(unknown)}.", file=file, key=entity_type, cure=cure)
    classes = tuple(iri(name) for name in [said.get("class"), *said.get("also", ())] if name)
    observe = {
        name: _observed(name, entry, file, f"{entity_type}.observe.{name}")
        for name, entry in said.get("observe", {}).items()
    }
    describe = {
        name: _mappings(entry, file, f"{entity_type}.describe.{name}")
        for name, entry in said.get("describe", {}).items()
    }
    return MappingTable(
        entity_type,
        extends=said.get("extends", "" if entity_type == "commons" else "commons"),
        subject=said.get("subject", ""),
        observed=bool(said.get("observed")),
        generic=bool(said.get("generic")),
        classes=classes,
        collection=iri(said["collection"]) if "collection" in said else "",
        sample={kind: iri(name) for kind, name in said.get("sample", {}).items()},
        sampled=iri(said["sampled"]) if "sampled" in said else "",
        interval=tuple(said.get("interval", ())),
        date_observed=bool(said.get("date_observed")),
        observe=observe,
        describe=describe,
        parts={
            name: _part(entry, file, f"{entity_type}.parts.{name}") for name, entry in said.get("parts", {}).items()
        },
    )


def _observed(name: str, said: Any, file: str, key: str) -> ObservedAttribute:
    try:
        entry = dict(said)
        if "difference" in entry:
            entry["difference"] = tuple(entry["difference"])
        if "kind" in entry:
            entry["kind"] = iri(entry["kind"])
        made = ObservedAttribute(name, **entry)
        made.concept(DEFAULT_BASE)
    except (TypeError, ValueError, ConfigurationError) as wrong:
        raise ConfigurationError(f"the entry is not understood: {wrong}.", file=file, key=key) from None
    return made


def _mappings(said: Any, file: str, key: str) -> tuple[TermMapping, ...]:
    return tuple(_mapping(one, file, key) for one in (said if isinstance(said, list) else [said]))


def _mapping(said: Any, file: str, key: str) -> TermMapping:
    try:
        entry = dict(said)
        path = entry.pop("path")
        value = entry.pop("value", "text")
        if value not in _VALUES:
            raise ValueError(f"value {value!r} is not one of {', '.join(sorted(_VALUES))}")
        steps = [_step(part) for part in _split(path)]
        start = steps.pop(0).predicate if steps[0].predicate in ("@sample", "@property") else ""
        members = {member: iri(predicate) for member, predicate in entry.pop("members", {}).items()}
        also = tuple(tuple(_step(part) for part in _split(other)) for other in entry.pop("also", ()))
        return TermMapping(start, tuple(steps), value, members=members, also=also, codes=_codes(entry), **entry)
    except (TypeError, ValueError, KeyError, ConfigurationError) as wrong:
        raise ConfigurationError(f"the entry is not understood: {wrong}.", file=file, key=key) from None


def _part(said: Any, file: str, key: str) -> Part:
    try:
        entry: dict[str, Any] = {"role": said} if isinstance(said, str) else dict(said)
        if entry["role"] not in ROLES:
            raise ValueError(f"role {entry['role']!r} is not one of {', '.join(ROLES)}")
        kind = iri(entry.pop("kind")) if "kind" in entry else ""
        codes, codelist = _codes(entry), entry.pop("codelist", "")
        mapping = TermMapping("", (), "concept", codes=codes, codelist=codelist) if codes or codelist else None
        return Part(kind=kind, mapping=mapping, **entry)
    except (TypeError, ValueError, KeyError, ConfigurationError) as wrong:
        raise ConfigurationError(f"the entry is not understood: {wrong}.", file=file, key=key) from None


def _codes(entry: dict[str, Any]) -> dict[str, str]:
    """Take the terms of an official list from an entry: ``listed`` of ``scheme``, and others one by one."""
    scheme = entry.pop("scheme", "")
    return {**{value: f"{scheme}/{value}" for value in entry.pop("listed", ())}, **entry.pop("codes", {})}


def _split(path: str) -> list[str]:
    """Divide a path at its slashes, but not inside brackets or behind ``http:``."""
    return re.findall(r"(?:https?://[^\[\]\s]+|[^\[\]/]+)(?:\[[^\[\]]*\])?", path)


def _step(text: str) -> Step:
    found = _STEP.fullmatch(text)
    if found is None:
        raise ValueError(f"{text!r} is not a step of a path such as mv:capacity[mv:Capacity]")
    inverse, predicate, classes = found.groups()
    return Step(
        predicate if predicate.startswith("@") else iri(predicate),
        tuple(iri(name) for name in (classes or "").split()),
        bool(inverse),
    )
