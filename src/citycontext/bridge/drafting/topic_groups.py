"""Topics of one kind, under one pattern: a level of many values becomes a place, named by the level before it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from citycontext.bridge.message import Message
from citycontext.tables.guesses.identities import identifier_form
from citycontext.tables.guesses.words import words_of

__all__ = ["TopicGroup", "group_topics", "pattern_of"]

_ENDINGS: Final = frozenset(
    {
        "up", "uplink", "state", "status", "data", "telemetry", "sensor", "values", "value", "event",
        "events", "rx", "json", "attrs", "measurement", "measurements", "msg", "message", "report",
        "reading", "readings", "out", "live", "update", "updates", "current", "position", "location",
        "object", "payload", "info",
    }
)  # fmt: skip
_THINGS: Final = frozenset(
    {
        "sensor", "station", "meter", "room", "node", "bin", "lamp", "container", "building", "floor",
        "gateway", "house", "site", "zone", "street", "pole", "spot",
    }
)  # fmt: skip
_NUMBERED: Final = re.compile(r".*\d.*")
_OWN: Final[dict[str, str]] = {
    "homie": "homie/{rest#}",
    "sparkplug-b": "spBv1.0/{group}/+/{edge}/{node}",
    "zigbee2mqtt": "zigbee2mqtt/{name#}",
}
_VERSION: Final = re.compile(r"v\d+(?:\.\d+)?|[a-z]{2,3}_?\d{3}|\d(?:\.\d)?")


@dataclass(frozen=True)
class TopicGroup:
    """Messages that one route takes.

    Args:
        pattern: The topic pattern.
        messages: The messages, in order.
        places: The values that each place of the pattern took.
    """

    pattern: str
    messages: tuple[Message, ...]
    places: dict[str, tuple[str, ...]]


def group_topics(messages: Sequence[Message], codec: str = "json") -> TopicGroup:
    """Put messages of one kind under one pattern.

    Args:
        messages: Messages whose topics have as many levels each.
        codec: The codec that reads them, for patterns that it needs.
    """
    pattern, places = pattern_of([one.topic for one in messages], codec)
    return TopicGroup(pattern, tuple(messages), places)


def pattern_of(topics: Sequence[str], codec: str = "json") -> tuple[str, dict[str, tuple[str, ...]]]:
    """Find the pattern of topics that have as many levels each.

    Args:
        topics: The topics.
        codec: The codec that reads them.

    Returns:
        The pattern, and the values that each of its places took.
    """
    own = _OWN.get(codec)
    if own is not None and all(topic.split("/")[0] == own.split("/")[0] for topic in topics):
        return own, {}
    if codec == "shelly":
        return _shelly(topics)
    split = [topic.split("/") for topic in dict.fromkeys(topics)]
    columns = list(zip(*split, strict=True))
    varying = {number for number, level in enumerate(columns) if len(set(level)) > 1}
    if not varying:
        varying = _identifying([level[0] for level in columns])
    else:
        varying |= {
            number
            for number, level in enumerate(columns)
            if number not in varying and identifier_form(level[0]) is not None
        }
    pattern: list[str] = []
    places: dict[str, tuple[str, ...]] = {}
    for number, level in enumerate(columns):
        if number not in varying:
            pattern.append(level[0])
            continue
        name = "device" if codec == "tasmota" and "device" not in places else _name(pattern, level, places)
        places[name] = tuple(dict.fromkeys(level))
        pattern.append(f"{{{name}}}")
    return "/".join(pattern), places


def _shelly(topics: Sequence[str]) -> tuple[str, dict[str, tuple[str, ...]]]:
    """Take all that a device publishes under its prefix for one route."""
    kind = "/events/rpc" if all(topic.endswith("/events/rpc") for topic in topics) else "/status/"
    prefixes = [topic.rpartition(kind)[0].split("/") for topic in topics]
    before = (
        prefixes[0][:-1] if all(one[:-1] == prefixes[0][:-1] for one in prefixes) else ["+"] * (len(prefixes[0]) - 1)
    )
    pattern = "/".join([*before, "{prefix}"]) + (kind if kind == "/events/rpc" else "/status/+")
    return pattern, {"prefix": tuple(dict.fromkeys(one[-1] for one in prefixes))}


def _identifying(levels: list[str]) -> set[int]:
    """Find the levels of a single topic that name the device."""
    formed = {number for number, level in enumerate(levels) if number and identifier_form(level) is not None}
    if formed:
        return formed
    numbered = {
        number
        for number, level in enumerate(levels)
        if number and _NUMBERED.fullmatch(level) and not _VERSION.fullmatch(level) and level.lower() not in _ENDINGS
    }
    if numbered:
        return {max(numbered)}
    named = [number for number, level in enumerate(levels) if number and level and level.lower() not in _ENDINGS]
    return {named[-1]} if named else set()


def _name(pattern: list[str], level: Sequence[str], places: dict[str, tuple[str, ...]]) -> str:
    """Name a place by the form of its values, else by the level before it."""
    forms = {identifier_form(one) for one in level}
    name = ""
    if forms == {"EUI-64"}:
        name = "eui"
    before = pattern[-1] if pattern else ""
    if not name and before and not before.startswith("{"):
        words = words_of(before)
        if words and words[-1].isalpha() and words[-1].isascii():
            one = _one_of(words[-1])
            name = one if one != words[-1] or one in _THINGS else ""
    name = name if name and re.fullmatch(r"[a-z][a-z0-9_]*", name) else "device"
    if name in places or name in ("mqtt", "captured", "registry", "outer", "values"):
        name = next(one for one in ("device", "node", *(f"level{n}" for n in range(2, 20))) if one not in places)
    return name


def _one_of(word: str) -> str:
    """Return the singular of an English or Dutch plural, as far as its ending tells."""
    if word.endswith("ies") and len(word) > 4:
        return f"{word[:-3]}y"
    if word.endswith("s") and not word.endswith(("ss", "us", "is", "as")) and len(word) > 3:
        return word[:-1]
    return word
