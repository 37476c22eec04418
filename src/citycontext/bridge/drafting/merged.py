"""All messages of a kind, merged: each member with the path that reads it and all values that were seen."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import orjson

from citycontext.tables.guesses import Column
from citycontext.tables.guesses.words import joined

__all__ = ["Merged", "merge", "path_text", "values_in"]

_PLAIN: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_DEEPEST: Final = 6
_MOST: Final = 400
_UPLINK: Final = frozenset(
    {
        "event", "device", "dev_eui", "application", "tenant", "f_port", "f_cnt", "payload", "gateways",
        "tags", "deduplication_id", "message", "snr",
    }
)  # fmt: skip
_NAMES: Final = frozenset(
    {
        "n", "name", "key", "id", "type", "valuetype", "property", "parameter", "variable", "channel",
        "sensor", "measurement", "tag", "quantity",
    }
)  # fmt: skip
_VALUES: Final = frozenset(["v", "value", "val", "reading", "waarde", "valeur", "measuredvalue"])
_ASIDE: Final = frozenset({"captured", "mqtt"})
_OF_CODECS: Final[dict[str, frozenset[str]]] = {
    "sparkplug-b": frozenset({"group", "edge", "device", "kind", "online", "seq", "bad", "historical", "refused"}),
    "homie": frozenset({"device", "node", "name"}),
    "tasmota": frozenset({"device", "kind", "TempUnit", "SpeedUnit"}),
    "shelly": frozenset({"device"}),
    "zigbee2mqtt": frozenset({"device"}),
    "iot-agent-json": frozenset({"apikey", "device"}),
    "senml": frozenset({"name", "units", "offset"}),
    "sensorthings": frozenset({"observation", "datastream", "begin", "end"}),
    "sensor-community": frozenset({"device"}),
    "dsmr": frozenset({"meter", "device", "texts", "times", "units", "tariff"}),
}
"""Members that a codec adds, or reads itself: they are not values of the device."""


@dataclass(frozen=True)
class Merged:
    """What messages of one kind hold.

    Args:
        columns: Their members.
        documents: The documents, after ``each`` and ``pivot``.
        each: Path to a list of which each member is an entity, where there is one.
        pivot: Keys of a ``pivot`` table, where a list holds names and values.
        is_uplink: Whether they are uplinks in the common form of network servers.
    """

    columns: tuple[Column, ...]
    documents: tuple[Any, ...]
    each: str | None = None
    pivot: Mapping[str, str] | None = None
    is_uplink: bool = False


def path_text(parts: Sequence[str]) -> str:
    """Write the path of a member as JMESPath.

    Args:
        parts: The names on the way.
    """
    return ".".join(one if _PLAIN.fullmatch(one) else orjson.dumps(one).decode() for one in parts)


def merge(documents: Sequence[Any], codec: str = "json") -> Merged:
    """Merge documents.

    Args:
        documents: What a codec read.
        codec: Its name.
    """
    is_uplink = bool(documents) and all(
        isinstance(one, dict) and {"dev_eui", "f_port", "values", "message"} <= one.keys() for one in documents
    )
    each = pivot = None
    if not is_uplink:
        pivot = _pivot(documents)
        if pivot is not None:
            documents = [_pivoted(one, pivot) for one in documents]
        else:
            each, documents = _each(documents)
    found: dict[str, tuple[tuple[str, ...], list[Any]]] = {}
    for number, document in enumerate(documents):
        for text, parts, value in values_in(document, _UPLINK if is_uplink else _OF_CODECS.get(codec, frozenset())):
            _, values = found.setdefault(text, (parts, []))
            values += [None] * (number - len(values))
            values.append(value)
        if len(found) > _MOST:
            break
    said = _units(documents, found)
    columns = tuple(
        Column(text, tuple(values), _known_parts(parts, codec), said.get(text, ""))
        for text, (parts, values) in found.items()
        if text not in _unit_members(found)
    )
    return Merged(columns, tuple(documents), each, pivot, is_uplink)


_OBIS: Final = (
    ("1.8.", "energy import total"),
    ("2.8.", "energy export total"),
    ("1.7.0", "active power"),
    ("2.7.0", "power returned"),
    ("32.7.0", "voltage l1"),
    ("52.7.0", "voltage l2"),
    ("72.7.0", "voltage l3"),
    ("31.7.0", "current l1"),
    ("51.7.0", "current l2"),
    ("71.7.0", "current l3"),
    ("24.2.", "gas volume"),
)
"""What the codes of a smart meter mean."""


def _known_parts(parts: tuple[str, ...], codec: str) -> tuple[str, ...]:
    if codec != "dsmr" or ":" not in parts[-1]:
        return parts
    code = parts[-1].partition(":")[2]
    meant = next((text for begin, text in _OBIS if code.startswith(begin)), None)
    return (*parts[:-1], meant) if meant is not None else parts


def _units(documents: Sequence[Any], found: Mapping[str, tuple[tuple[str, ...], list[Any]]]) -> dict[str, str]:
    """Find the units that messages say: beside a value, or in a table of units beside that of values."""
    said: dict[str, str] = {}
    for text, (parts, _) in found.items():
        beside = _sibling(text, parts, found)
        if beside is not None:
            units = {one for one in found[beside][1] if isinstance(one, str) and one}
            if len(units) == 1:
                said[text] = units.pop()
        elif len(parts) == 2 and parts[0] == "values":
            tables = [one.get("units") for one in documents if isinstance(one, dict)]
            named = {one[parts[1]] for one in tables if isinstance(one, dict) and isinstance(one.get(parts[1]), str)}
            if len(named) == 1:
                said[text] = named.pop()
    return said


def _sibling(text: str, parts: tuple[str, ...], found: Mapping[str, Any]) -> str | None:
    if joined(parts[-1]) not in _VALUES:
        return None
    before = text[: -len(path_text([parts[-1]]))]
    return next(
        (one for name in ("unit", "units", "u", "uom", "eenheid", "unite") if (one := before + name) in found), None
    )


def _unit_members(found: Mapping[str, tuple[tuple[str, ...], list[Any]]]) -> set[str]:
    return {one for text, (parts, _) in found.items() if (one := _sibling(text, parts, found)) is not None}


def values_in(document: Any, aside: frozenset[str] = frozenset()) -> Iterator[tuple[str, tuple[str, ...], Any]]:
    """Yield each value in a document: the path that reads it, the names on the way, and the value.

    Args:
        document: The document.
        aside: Names at its top that are left out.
    """
    if not isinstance(document, dict):
        yield "@", ("value",), document
        return
    for name, value in document.items():
        if name in _ASIDE or name in aside:
            continue
        yield from _walk(value, path_text([name]), (name,))


def _walk(value: Any, text: str, parts: tuple[str, ...]) -> Iterator[tuple[str, tuple[str, ...], Any]]:
    if isinstance(value, str) and value[:1] == "{" and value[-1:] == "}":
        try:
            inner = orjson.loads(value)
        except ValueError:
            inner = None
        if isinstance(inner, dict):
            for name, one in inner.items():
                yield from _walk(one, f"json({text}).{path_text([name])}", (*parts, name))
            return
    if isinstance(value, dict) and len(parts) < _DEEPEST and not ("type" in value and "coordinates" in value):
        for name, one in value.items():
            yield from _walk(one, f"{text}.{path_text([str(name)])}", (*parts, str(name)))
    elif isinstance(value, list) and len(value) == 1 and isinstance(value[0], dict):
        for name, one in value[0].items():
            yield from _walk(one, f"{text}[0].{path_text([str(name)])}", (*parts, str(name)))
    elif not (isinstance(value, list) and value and all(isinstance(one, dict) for one in value)):
        yield text, parts, value


def _lists(document: Any) -> Iterator[tuple[str, list[Any]]]:
    """Yield the lists of objects in a document, with their paths."""
    if isinstance(document, list):
        if len(document) > 1 and all(isinstance(one, dict) for one in document):
            yield "@", document
        return
    if not isinstance(document, dict):
        return
    for name, value in document.items():
        if isinstance(value, list) and value and all(isinstance(one, dict) for one in value):
            yield path_text([name]), value
        elif isinstance(value, dict):
            for inner, one in value.items():
                if isinstance(one, list) and one and all(isinstance(two, dict) for two in one):
                    yield path_text([name, inner]), one


def _pivot(documents: Sequence[Any]) -> Mapping[str, str] | None:
    """Find a list of names and values that all documents have."""
    first = next((one for one in documents if one), None)
    for path, members in _lists(first):
        keys = set.intersection(*(set(one) for one in members))
        name = next((key for key in members[0] if key in keys and joined(key) in _NAMES), None)
        value = next((key for key in members[0] if key in keys and joined(key) in _VALUES), None)
        if name is None or value is None or name == value:
            continue
        names = [one[name] for one in members]
        if len(set(map(str, names))) < len(names) or not all(isinstance(one, str | int) for one in names):
            continue
        if any(isinstance(one[value], dict | list) for one in members):
            continue
        return {"from": path, "name": path_text([name]), "value": path_text([value])}
    return None


def _at(document: Any, path: str) -> Any:
    found = document
    for part in [] if path == "@" else path.split("."):
        found = found.get(part.strip('"')) if isinstance(found, dict) else None
    return found


def _pivoted(document: Any, pivot: Mapping[str, str]) -> Any:
    members = _at(document, pivot["from"])
    name, value = pivot["name"].strip('"'), pivot["value"].strip('"')
    values = {
        str(one[name]): one.get(value)
        for one in (members if isinstance(members, list) else [])
        if isinstance(one, dict) and name in one
    }
    rest = document if isinstance(document, dict) else {}
    return {**rest, "values": values}


def _each(documents: Sequence[Any]) -> tuple[str | None, list[Any]]:
    """Find a list of which each member is a thing or a reading of its own, and spread it."""
    first = next((one for one in documents if one), None)
    candidates = [(path, members) for path, members in _lists(first) if len(members) > 1 or path == "@"]
    if not candidates:
        if isinstance(first, list) and len(first) == 1 and isinstance(first[0], dict):
            return "@", [member for one in documents if isinstance(one, list) for member in one]
        return None, list(documents)
    path, _ = max(candidates, key=lambda one: len(one[1]) * len(one[1][0]))
    spread: list[Any] = []
    for document in documents:
        members = _at(document, path)
        around = {}
        if isinstance(document, dict):
            head = path.split(".")[0].strip('"')
            around = {key: value for key, value in document.items() if key != head}
        outer = {"outer": around} if around else {}
        spread += [{**one, **outer} for one in (members if isinstance(members, list) else []) if isinstance(one, dict)]
    return (path, spread) if spread else (None, list(documents))
