"""A route out of messages of one kind: entity type, id, times, attributes, and what was left out and why."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from citycontext.bridge.drafting.attributes import DraftAttribute, drafted, with_example
from citycontext.bridge.drafting.codec_choice import CodecChoice, decoded
from citycontext.bridge.drafting.merged import Merged, is_value_only, merge, named_by_topic
from citycontext.bridge.drafting.times import observed_at, with_clock
from citycontext.bridge.drafting.topic_groups import TopicGroup
from citycontext.bridge.drafting.words_around import talking_texts, topic_words
from citycontext.bridge.message import Message
from citycontext.errors import AmbiguousModel
from citycontext.models import ModelDescription, describe
from citycontext.ngsild.attribute_base import free_name
from citycontext.tables.guesses import Area, Candidate, Column, Guess, guess
from citycontext.tables.guesses.positions import usual_order
from citycontext.tables.guesses.words import joined, words_of

__all__ = ["DraftRoute", "draft_route", "retype"]


@dataclass
class DraftRoute:
    """A drafted route.

    Args:
        name: Its name.
        topics: Its topic patterns.
        codec: Its codec.
        candidates: The models it may be of, the likeliest first.
        id: The template of the entity's id.
        times: What ``observed_at`` says.
        attributes: Its attributes.
        diagnostics: Attributes of a ``Device`` beside the entity.
        messages: The messages it was made of.
        notes: What a person should know of it.
        left_out: Members that no attribute was found for, with the reason.
        each, pivot: As in the configuration.
        alternatives: The next models, in words.
        retained: What becomes of retained messages, where it is to be said.
        guess: All that was guessed.
        device: The key of the device in a list of devices.
        when: The condition that tells its messages from others on the same topics.
        merged: What the messages hold.
        key: The path or place that tells its devices apart.
    """

    name: str
    topics: list[str]
    codec: CodecChoice
    candidates: list[Candidate]
    id: str
    times: list[Any] = field(default_factory=list)
    attributes: list[DraftAttribute] = field(default_factory=list)
    diagnostics: list[DraftAttribute] = field(default_factory=list)
    messages: tuple[Message, ...] = ()
    notes: list[str] = field(default_factory=list)
    left_out: list[tuple[str, str]] = field(default_factory=list)
    each: str | None = None
    pivot: dict[str, str] | None = None
    alternatives: list[str] = field(default_factory=list)
    retained: str | None = None
    guess: Guess | None = None
    device: str | None = None
    when: str | None = None
    merged: Merged | None = None
    key: str = ""

    @property
    def type(self) -> str:
        """The entity type."""
        return self.candidates[0].model.type if self.candidates else "Device"

    def as_json(self) -> dict[str, Any]:
        """Return what was found, for machines."""
        return {
            "name": self.name,
            "topics": self.topics,
            "codec": self.codec.name,
            "models": [str(one.model) for one in self.candidates[:3]],
            "id": self.id,
            "observed_at": self.times,
            "attributes": {
                one.name: {"from": one.source, "unit": one.unit, "unit_guessed": one.guessed_unit}
                for one in (*self.attributes, *self.diagnostics)
            },
            "left_out": [{"member": what, "reason": why} for what, why in self.left_out],
            "notes": self.notes,
        }

    def look_up(self, attributes: Mapping[str, Any]) -> None:
        """Take from a list of devices what the messages do not say.

        Args:
            attributes: Attributes of which the list knows the value.
        """
        self.device = self.id.rpartition(":")[2]
        model = self.candidates[0].model.attributes if self.candidates else {}
        for name, keys in attributes.items():
            if name in model and all(one.name != name for one in self.attributes):
                given = keys if isinstance(keys, dict) else {"from": keys}
                self.attributes.append(DraftAttribute(name, given, "from the list of devices", source="registry"))

    @property
    def is_ambiguous(self) -> bool:
        """Whether several subjects have a model of this type, so that the file must name one."""
        if not self.candidates:
            return False
        try:
            describe(self.type)
        except AmbiguousModel:
            return True
        return False


def draft_route(
    group: TopicGroup, codec: CodecChoice, *, zone: str | None = None, area: Area | None = None, type_name: str = ""
) -> DraftRoute | None:
    """Draft the route of messages of one kind.

    Args:
        group: The messages under their pattern.
        codec: The codec that reads them.
        zone: The zone of times that name none; found from the times of arrival where it is not given.
        area: Where positions are expected.
        type_name: The entity type, where a person said it.

    Returns:
        The route, ``None`` where nothing came out of the messages.
    """
    reader = codec.make()
    documents: list[Any] = []
    arrivals: list[float] = []
    for message in group.messages:
        read = decoded(reader, message) or []
        documents += read
        arrivals += [message.arrived] * len(read)
    if not documents:
        return None
    merged = merge(documents, codec.name)
    pattern, places = group.pattern, dict(group.places)
    merged, pattern, places, by_topic = _names_in_topics(group, codec, merged, pattern, places)
    columns = [one for one in merged.columns if one.present]
    words = [*topic_words(group), *talking_texts(documents)]
    found = guess(columns, words, area=area, most=5)
    candidates = list(found.models)
    if type_name:
        candidates = _chosen(type_name, candidates)
    route = DraftRoute(
        name=_name(pattern, places),
        topics=[pattern],
        codec=codec,
        candidates=candidates,
        id="",
        messages=group.messages,
        each=merged.each,
        pivot=dict(merged.pivot) if merged.pivot is not None else by_topic,
        guess=found,
        merged=merged,
    )
    route.key = _identity(route, found, merged, places, documents)
    _times(route, found, merged, arrivals, zone)
    _attributes(route, found, merged)
    _finish(route, found, columns, route.key)
    if all(message.retained for message in group.messages):
        route.retained = "timed"
        route.notes.append("all messages were retained: kept from before, so their values may be old")
    return route


def retype(route: DraftRoute, model: ModelDescription) -> None:
    """Make a route one of another model.

    Args:
        route: The route.
        model: The model.
    """
    before = route.type
    others = [one for one in route.candidates if one.model is not model]
    route.candidates = [Candidate(model, 1.0, ("said by a person",)), *others]
    route.id = route.id.replace(f":{before}:", f":{route.type}:", 1)
    if route.guess is None or route.merged is None:
        return
    route.attributes, route.diagnostics, route.left_out, route.alternatives = [], [], [], []
    _attributes(route, route.guess, route.merged)
    _finish(route, route.guess, [one for one in route.merged.columns if one.present], route.key)


def _names_in_topics(
    group: TopicGroup, codec: CodecChoice, merged: Merged, pattern: str, places: dict[str, tuple[str, ...]]
) -> tuple[Merged, str, dict[str, tuple[str, ...]], dict[str, str] | None]:
    """Take the last level for the name of a value where each message is one value."""
    if codec.name == "homie":
        return _properties(merged), pattern, places, {"from": "[@]", "name": "property", "value": "value"}
    levels = pattern.split("/")
    last = levels[-1].strip("{}")
    named = None if levels[-1].startswith("{") else named_by_topic(merged, levels)
    if named is not None:
        return named, pattern, places, None
    if not (codec.name == "text" or is_value_only(merged)) or not levels[-1].startswith("{") or last not in places:
        return merged, pattern, places, None
    places = {("quantity" if name == last else name): values for name, values in places.items()}
    values: dict[str, list[Any]] = {}
    reader = codec.make()
    for message in group.messages:
        for one in decoded(reader, message) or []:
            values.setdefault(message.topic.split("/")[-1], []).append(
                one.get("value") if isinstance(one, dict) else one
            )
    columns = tuple(Column(f"values.{_quoted(name)}", tuple(seen), (name,)) for name, seen in values.items())
    pivot = {"from": "[@]", "name": "captured.quantity", "value": "value"}
    if places.keys() == {"quantity"} and len(levels) > 2:
        places = {"device": (levels[-2],), **places}
        levels[-2] = "{device}"
    return Merged(columns, merged.documents), "/".join([*levels[:-1], "{quantity}"]), places, pivot


def _properties(merged: Merged) -> Merged:
    """Take each property of a Homie device for a member of its own."""
    values: dict[str, tuple[list[Any], str]] = {}
    for one in merged.documents:
        if isinstance(one, dict) and isinstance(one.get("property"), str):
            values.setdefault(one["property"], ([], str(one.get("unit") or "")))[0].append(one.get("value"))
    columns = tuple(
        Column(f"values.{_quoted(name)}", tuple(seen), (name,), unit) for name, (seen, unit) in values.items()
    )
    return Merged(columns, merged.documents)


def _quoted(name: str) -> str:
    return name if re.fullmatch(r"[A-Za-z_]\w*", name, re.ASCII) else f'"{name}"'


def _chosen(type_name: str, candidates: list[Candidate]) -> list[Candidate]:
    subject, _, name = type_name.rpartition(".")
    model = describe(name, subject or None)
    return [Candidate(model, 1.0, ("named on the command line",)), *(c for c in candidates if c.model is not model)]


def _name(pattern: str, places: dict[str, tuple[str, ...]]) -> str:
    kept = [level for level in pattern.split("/") if level and level not in ("+", "#") and "{" not in level]
    text = "-".join("-".join(words_of(level)) for level in kept)
    return text or next(iter(places), "messages")


def _identity(
    route: DraftRoute, found: Guess, merged: Merged, places: dict[str, tuple[str, ...]], documents: Sequence[Any]
) -> str:
    """Find what names the entity: in the document, or in the topic."""
    begin = f"urn:ngsi-ld:{route.type}:"
    first = documents[0] if isinstance(documents[0], dict) else {}
    own = None
    if merged.is_uplink:
        own = "dev_eui" if all(isinstance(one, dict) and one.get("dev_eui") for one in documents) else "device"
    elif route.codec.name in (
        "zigbee2mqtt",
        "tasmota",
        "shelly",
        "homie",
        "dsmr",
        "iot-agent-json",
        "sensor-community",
    ):
        own = "device" if first.get("device") else None
    elif route.codec.name == "senml":
        own = "name"
    elif route.codec.name == "sensorthings":
        own = "datastream"
    if route.codec.name == "sparkplug-b":
        route.id = f"{begin}{{group}}:{{edge}}:{{node}}"
        return "topic"
    if own is not None:
        route.id = f"{begin}{{{own}}}"
        return own
    said = found.id
    devices = [name for name in places if name != "quantity"]
    if (
        said is not None
        and (said.score >= 0.85 or (said.score >= 0.5 and not devices))
        and (said.column.distinct > 1 or len({one.topic for one in route.messages}) == 1 or said.score >= 0.9)
    ):
        route.id = f"{begin}{{{said.column.name}}}"
        return said.column.name
    if devices:
        route.id = begin + ":".join(f"{{{name}}}" for name in devices)
        if said is not None and said.score >= 0.5:
            route.notes.append(f"{{{said.column.name}}} could be the id too")
        return "topic"
    if found.name is not None and route.each is not None:
        route.id = f"{begin}{{{found.name.column.name}}}"
        return found.name.column.name
    route.id = begin + ("-".join(words_of(route.name)) or "1")
    route.notes.append("nothing in topic or message tells one device from another: the id is a fixed one")
    return ""


def _times(route: DraftRoute, found: Guess, merged: Merged, arrivals: Sequence[float], zone: str | None) -> None:
    if merged.is_uplink or route.codec.name in ("sparkplug-b", "dsmr", "senml", "sensorthings"):
        route.times = ["time"]
        if route.codec.name == "senml":
            route.times.append({"from": "offset", "format": "relative"})
        return
    chosen = [one for one in found.times if one.score >= 0.5][:2]
    if not chosen and found.times and found.times[0].score >= 0.36:
        chosen = [found.times[0]]
    for one in chosen[:1]:
        route.times.append(observed_at(with_clock(one, merged.columns), arrivals, zone, route.notes))


def _attributes(route: DraftRoute, found: Guess, merged: Merged) -> None:
    if not route.candidates:
        return
    model = route.candidates[0].model
    for match in found.matches(model):
        if match.attribute.wire_name in ("rssi", "batteryLevel") or match.attribute.kind == "Relationship":
            continue
        route.attributes.append(drafted(match))
    if found.name is not None and "name" in model.attributes:
        column = found.name.column
        route.attributes.insert(
            0,
            DraftAttribute("name", {"from": column.name}, with_example(column, found.name.reason), source=column.name),
        )
    _position(route, found)
    for column in merged.columns:
        one = found.meaning.get(column.name)
        if one is not None and one.quantity.key in ("battery", "rssi") and column.present:
            _diagnostic(route, column, one.quantity.key)


def _position(route: DraftRoute, found: Guess) -> None:
    position = found.position
    if position is None or (route.candidates and "location" not in route.candidates[0].model.attributes):
        return
    keys: dict[str, Any]
    guesses: tuple[str, ...] = ()
    if position.kind == "pair" and position.longitude is not None and position.latitude is not None:
        keys = {"longitude": position.longitude.name, "latitude": position.latitude.name}
        if position.latitude.is_text_of_numbers:
            keys["from_text"] = "decimal-comma" if position.latitude.has_decimal_comma else True
        if position.is_zero:
            keys["when"] = f"{position.latitude.name} != `0`"
            guesses = ("0, 0 is taken for no position",)
        altitude = next(
            (
                one
                for one in found.columns
                if one.path[:-1] == position.latitude.path[:-1]
                and joined(one.path[-1]) in ("alt", "altitude", "hoogte")
                and one.is_numeric
            ),
            None,
        )
        if altitude is not None:
            keys["altitude"] = altitude.name
        source = position.longitude.name
    elif position.column is not None and position.kind == "geojson":
        keys, source = {"from": position.column.name, "kind": "GeoProperty"}, position.column.name
    elif position.column is not None and position.kind in ("text", "list"):
        source = position.column.name
        order = position.order or usual_order(position.column)
        if order is None and position.kind == "list":
            route.notes.append(f"{source} is a position, but its numbers do not say which is the latitude: give --area")
            return
        keys = {"from": source, "kind": "GeoProperty", "order": order or "lat-lon"}
        if position.order is None and order is not None:
            guesses = (f"{'latitude' if order == 'lat-lon' else 'longitude'} first: so it is a place in Europe",)
        elif position.order is None:
            guesses = ("latitude first, as is usual in texts",)
    else:
        where = position.column or position.longitude
        route.notes.append(
            f"{'' if where is None else where.name} is a position ({position.reason}) that is not read yet"
        )
        return
    route.attributes.append(DraftAttribute("location", keys, position.reason, guesses, source=source))


def _diagnostic(route: DraftRoute, column: Column, key: str) -> None:
    name = {"battery": "batteryLevel", "rssi": "rssi"}[key]
    if any(one.name == name for one in route.diagnostics) or not column.is_numeric:
        return
    if key == "battery" and words_of(column.path[-1])[-1:] in (("v",), ("mv",), ("volt",), ("volts",), ("voltage",)):
        return
    keys: dict[str, Any] = {"from": column.name}
    guesses: tuple[str, ...] = ()
    guessed = None
    if column.is_text_of_numbers:
        keys["from_text"] = True
    if key == "battery" and max(column.numbers) > 1:
        last = joined(column.path[-1])
        is_percentage = last in ("batterypercent", "batterypercentage", "batterypct", "batpct", "batterylevel")
        if max(column.numbers) > 100 or (max(column.numbers) < 5 and not is_percentage):
            return  # volts
        keys["scale"] = 0.01
        guessed = "P1"
        guesses = (f"a percentage: up to {max(column.numbers):g}",)
    route.diagnostics.append(
        DraftAttribute(name, keys, with_example(column, "state of the device"), guesses, None, guessed, column.name)
    )


def _finish(route: DraftRoute, found: Guess, columns: Sequence[Column], kind: str) -> None:
    used = {one.source for one in (*route.attributes, *route.diagnostics)}
    used |= {
        str(value) for one in route.attributes for key, value in one.keys.items() if key in ("latitude", "altitude")
    }
    used |= {one if isinstance(one, str) else one["from"] for one in route.times}
    used.add(kind)
    for column in columns:
        if column.name in used:
            continue
        meaning = found.meaning.get(column.name)
        if any(column is one.column for one in found.times):
            reason = "another time"
        elif meaning is None:
            reason = "no attribute of the model has this name or meaning"
        else:
            reason = f"{meaning.quantity.key.replace('_', ' ')}: {route.type} has no attribute for it, or it is taken"
        route.left_out.append((f"{column.name} ({column.example!r:.40})", reason))
    for candidate in route.candidates[1:3]:
        matched = [one.attribute.wire_name for one in found.matches(candidate.model)]
        route.alternatives.append(
            f"{candidate.model.type} (subject {candidate.model.subject}): "
            + (f"{', '.join(matched[:6])} would match" if matched else "; ".join(candidate.reasons[:2]))
        )
    if not route.attributes and not route.diagnostics:
        _fall_back(route, found, columns)
    if route.diagnostics and not route.attributes and route.type != "Device":
        device = next((one for one in route.candidates if one.model.type == "Device"), None)
        begin, others = route.type, [one for one in route.candidates if one is not device]
        first = device or Candidate(describe("Device"), 0.0, ("only its state is known",))
        route.candidates = [first, *others]
        route.id = route.id.replace(f":{begin}:", ":Device:", 1)
    if route.diagnostics and route.type == "Device":
        route.attributes += route.diagnostics
        route.diagnostics = []


def _fall_back(route: DraftRoute, found: Guess, columns: Sequence[Column]) -> None:
    """Take values as they are named where the model has no attribute for any of them."""
    names = {column.name for column in columns}
    for column in columns:
        if column.name == "text" and "value" in names:
            continue  # the same value, as it was written
        if column.name in found.roles or not (column.is_numeric or column.is_boolean) or len(route.attributes) >= 20:
            continue
        name = "".join(
            word if not number else word.capitalize() for number, word in enumerate(words_of(column.path[-1]))
        )
        if name and name[0].isalpha() and name not in {one.name for one in route.attributes} | {"id", "type", "scope"}:
            name = free_name(name)
            keys: dict[str, Any] = {"from": column.name}
            if column.is_text_of_numbers:
                keys["from_text"] = True
            reason = with_example(column, f"as it is named: {route.type} has no attribute for it")
            route.attributes.append(DraftAttribute(name, keys, reason, source=column.name))
    taken = {one.source for one in route.attributes}
    route.left_out = [one for one in route.left_out if one[0].partition(" (")[0] not in taken]
