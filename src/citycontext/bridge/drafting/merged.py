"""All messages of a kind, merged: each member with the path that reads it and all values that were seen."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

import orjson

from citycontext.tables.guesses import Column
from citycontext.tables.guesses.vocabulary import quantity_named
from citycontext.tables.guesses.words import joined, words_of

__all__ = ["Merged", "is_value_only", "merge", "named_by_topic", "path_text", "values_in"]

_PLAIN: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_DEEPEST: Final = 6
_DEEPEST_LIST: Final = 2
_SURE: Final = 0.9
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
        "sensor", "measurement", "tag", "quantity", "measurand", "parametername", "grootheid", "metric",
    }
)  # fmt: skip
_VALUES: Final = frozenset(
    ["v", "value", "val", "reading", "waarde", "valeur", "measuredvalue", "presentvalue", "values"]
)
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
        if pivot is None:
            each, documents = _each(documents)
            pivot = _reading(documents) if each is None else None
        if pivot is not None:
            documents = [_pivoted(one, pivot) for one in documents]
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


def is_value_only(merged: Merged) -> bool:
    """Return whether messages are a value in an object, and nothing else: ``{"value": 21.5}``.

    Args:
        merged: What they hold.
    """
    return [one.path for one in merged.columns if one.present] == [("value",)] and merged.each is None


def named_by_topic(merged: Merged, levels: Sequence[str]) -> Merged | None:
    """Let the end of a topic say what the only value is; ``None`` where it does not.

    Args:
        merged: What the messages hold.
        levels: The levels of their topic.
    """
    values = [one for one in merged.columns if one.present and one.name != "text"]
    if len(values) != 1 or joined(values[0].path[-1]) not in _VALUES or merged.each is not None:
        return None
    for name in (" ".join(levels[-2:]), levels[-1]):
        quantity = quantity_named(words_of(name))
        if quantity is not None and quantity[1] >= _SURE:
            return replace(merged, columns=(replace(values[0], parts=(name,)),))
    return None


def _reading(documents: Sequence[Any]) -> Mapping[str, str] | None:
    """Find messages of one value each, with what it is beside it: ``{"sensor": "NOISE", "value": 58.2}``."""
    if not documents or not all(isinstance(one, dict) for one in documents):
        return None
    first = documents[0]
    value = next((key for key in first if joined(str(key)) in _VALUES), None)
    if value is None:
        return None
    for name in first:
        if joined(str(name)) not in _NAMES or not all(isinstance(one.get(name), str) for one in documents):
            continue
        said = [quantity_named(words_of(one[name])) for one in documents]
        if all(one is not None and one[1] >= _SURE for one in said):
            return {"from": "[@]", "name": path_text([name]), "value": path_text([value])}
    return None


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
    elif isinstance(value, list) and len(value) == 1 and isinstance(value[0], int | float | str):
        yield f"{text}[0]", parts, value[0]
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
    yield from _lists_in(document, "", 0)


def _lists_in(document: Mapping[str, Any], before: str, depth: int) -> Iterator[tuple[str, list[Any]]]:
    for name, value in document.items():
        text = f"{before}{path_text([str(name)])}"
        if isinstance(value, list) and value and all(isinstance(one, dict) for one in value):
            yield text, value
            if len(value) == 1 and depth < _DEEPEST_LIST:
                yield from _lists_in(value[0], f"{text}[0].", depth + 1)
        elif isinstance(value, dict) and depth < _DEEPEST_LIST:
            yield from _lists_in(value, f"{text}.", depth + 1)


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
    if path in ("@", "[@]"):
        return document if path == "@" else [document]
    found = document
    for part in path.split("."):
        name = part.removesuffix("[0]")
        found = found.get(name.strip('"')) if isinstance(found, dict) else None
        if name != part:
            found = found[0] if isinstance(found, list) and found else None
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
