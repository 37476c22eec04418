"""A draft: messages in, a configuration with cases out, tried on the same messages."""

from __future__ import annotations

import tomllib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from citycontext.bridge.config.bridge import BridgeConfig
from citycontext.bridge.config.json_schema import FILE_NAME
from citycontext.bridge.drafting.codec_choice import CodecChoice, choose_codec, codec_names_for, with_decoder
from citycontext.bridge.drafting.device_list import DeviceTable
from citycontext.bridge.drafting.questions import Ask, confirm
from citycontext.bridge.drafting.routes import DraftRoute, draft_route
from citycontext.bridge.drafting.toml_text import case_text, head_text, route_text, toml_value
from citycontext.bridge.drafting.topic_groups import TopicGroup, group_topics, pattern_of
from citycontext.bridge.message import Message
from citycontext.bridge.rehearsal.checks import check
from citycontext.bridge.rehearsal.rehearsal import Case, Rehearsal, Result, run_cases
from citycontext.errors import CityContextError
from citycontext.ngsild.findings import Severity
from citycontext.ngsild.terms import VALUE_MEMBERS
from citycontext.tables.guesses import Area

__all__ = ["Draft", "NothingHeard", "draft"]

_MOST_OF_A_KIND: Final = 2_000
_ONE_SHAPE: Final = frozenset({"text", "homie", "sparkplug-b", "home-assistant", "dsmr", "senml", "shelly", "?"})
_STATE: Final = frozenset({"battery", "linkquality", "rssi", "snr", "voltage", "last_seen", "time", "ts", "timestamp"})
_OVER_ALL: Final = frozenset({"homie", "sparkplug-b", "home-assistant", "zigbee2mqtt"})


class NothingHeard(CityContextError):
    """There is nothing to make a draft of."""


@dataclass
class Draft:
    """A drafted configuration.

    Args:
        routes: The routes.
        text: The file ``bridge.toml``.
        cases: The file ``bridge.cases.toml``.
        messages: How many messages there were.
        mapped: How many of them became entities.
        unread: How many no codec reads.
        dead: How many would become dead letters, by reason.
        findings: What ``check`` says of the draft, and cases that fail.
        shares: What became of the messages of each route, by its name.
    """

    routes: list[DraftRoute]
    text: str = ""
    cases: str = ""
    messages: int = 0
    mapped: int = 0
    unread: int = 0
    dead: Counter[str] = field(default_factory=Counter)
    findings: list[str] = field(default_factory=list)
    shares: dict[str, str] = field(default_factory=dict)

    @property
    def fields(self) -> tuple[int, int]:
        """How many members were mapped, of how many."""
        mapped = sum(len(one.attributes) + len(one.diagnostics) + bool(one.times) for one in self.routes)
        return mapped, mapped + sum(len(one.left_out) for one in self.routes)

    @property
    def guessed_units(self) -> int:
        """How many units were guessed."""
        return sum(at.guessed_unit is not None for one in self.routes for at in (*one.attributes, *one.diagnostics))

    def as_json(self) -> dict[str, Any]:
        """Return what was found, for machines."""
        mapped, fields = self.fields
        return {
            "routes": [one.as_json() for one in self.routes],
            "messages": {"heard": self.messages, "mapped": self.mapped, "unread": self.unread},
            "fields": {"mapped": mapped, "of": fields},
            "units_guessed": self.guessed_units,
            "dead_letters": dict(self.dead),
            "findings": self.findings,
        }

    def summary(self) -> str:
        """Say in one line how far the draft goes."""
        mapped, fields = self.fields
        share = 100 * self.mapped / self.messages if self.messages else 0.0
        routes = f"{len(self.routes)} route{'' if len(self.routes) == 1 else 's'}"
        units = f"{self.guessed_units} unit{'' if self.guessed_units == 1 else 's'} guessed"
        return f"{routes}, {share:.0f} % of {self.messages:,} messages mapped, {mapped} of {fields} fields, {units}"


def draft(
    messages: Iterable[Message],
    *,
    mqtt: Mapping[str, Any] | None = None,
    context_broker: str = "http://localhost:1026",
    zone: str | None = None,
    area: Area | None = None,
    type_name: str = "",
    schema: str = f"#:schema {FILE_NAME}",
    apart: BridgeConfig | None = None,
    devices: DeviceTable | None = None,
    folder: Path = Path(),
    ask: Ask | None = None,
) -> Draft:
    """Make a configuration out of messages.

    Args:
        messages: The messages.
        mqtt: The table ``[mqtt]`` to write.
        context_broker: The address of the context broker to write.
        zone: The zone of times that name none.
        area: Where positions are expected.
        type_name: The entity type, where a person said it.
        schema: A line that names the schema of the file.
        apart: A configuration whose topics are taken care of already.
        devices: A list of devices.
        folder: The folder of the configuration file.
        ask: Asks a person for what was guessed; nobody is asked without.

    Raises:
        NothingHeard: There was no message, or none that a codec reads; says what there was.
    """
    heard = [one for one in messages if apart is None or not _is_taken(apart, one.topic)]
    useful = [one for one in heard if not one.topic.startswith("$SYS") and one.payload]
    if not useful:
        raise NothingHeard(_silence(heard, apart is not None))
    kinds, unread = _kinds(useful)
    routes: list[DraftRoute] = []
    for codec, group in kinds:
        route = draft_route(group, codec, zone=zone, area=area, type_name=type_name)
        if route is not None and (route.attributes or route.diagnostics):
            if codec.name == "home-assistant":
                route.topics += [f"{first}/#" for first in group.places.get("", ()) if first != "homeassistant"]
            route.name = _unused(route.name, routes, apart)
            routes.append(route)
        else:
            unread += len(group.messages)
    if not routes:
        raise NothingHeard(_unreadable(useful))
    _tell_apart(routes)
    made = Draft(_joined(routes), messages=len(useful), unread=unread)
    if ask is not None:
        for route in made.routes:
            confirm(route, ask)
    if devices is not None:
        for route in made.routes:
            route.look_up(devices.attributes)
    head = head_text(mqtt or {"url": "mqtt://localhost:1883"}, context_broker, schema=schema)
    if devices is not None:
        head += f"\n[devices]\nfile = {toml_value(devices.file)}\nkey = {toml_value(devices.key)}\n"
    _write(made, head, useful, folder)
    return made


def _is_taken(config: BridgeConfig, topic: str) -> bool:
    return any(pattern.match(topic) is not None for route in config.route for pattern in route.patterns)


def _silence(heard: Sequence[Message], is_added: bool) -> str:
    if not heard:
        return "no message was heard" + (" beside those of routes that the file has" if is_added else "")
    if all(one.topic.startswith("$SYS") for one in heard):
        return f"only the MQTT broker's own $SYS topics were heard ({len(heard)} messages), and no device"
    return f"only empty messages were heard ({len(heard)})"


def _unreadable(messages: Sequence[Message]) -> str:
    first = messages[0]
    return (
        f"none of {len(messages)} messages could be read: no codec takes them, or there is no value in them. "
        f"On {first.topic} the first begins with {first.payload[:16].hex(' ')}; name a codec of your own, or use "
        'codec = { name = "protobuf", … }'
    )


def _kinds(messages: Sequence[Message]) -> tuple[list[tuple[CodecChoice, TopicGroup]], int]:
    """Sort messages by codec and topic, and choose the codec of each kind."""
    by_codec: dict[tuple[str, int | str, str], list[Message]] = {}
    for message in messages:
        choice = next(codec_names_for(message), None)
        name = "?" if choice is None else choice.name
        levels = message.topic.split("/")
        place = "" if name in _OVER_ALL else _family(levels, name)
        by_codec.setdefault((name, 0 if name in _OVER_ALL else len(levels), place), []).append(message)
    found: list[tuple[CodecChoice, TopicGroup]] = []
    unread = 0
    announced = [one for (name, _, _), own in by_codec.items() if name == "home-assistant" for one in own]
    for (name, _, _), own in by_codec.items():
        for part in [own] if name in _ONE_SHAPE else _by_shape(own):
            if announced and name in ("json", "text"):
                continue  # states that were announced; read beside their announcements
            if name == "home-assistant":
                states = [one for one in messages if one not in announced]
                found.append(_home_assistant(part, states))
                continue
            codec = choose_codec(part[:_MOST_OF_A_KIND])
            if codec is None:
                unread += len(part)
                continue
            found.append((with_decoder(codec, part), group_topics(part[:_MOST_OF_A_KIND], codec.name)))
    return found, unread


def _family(levels: Sequence[str], codec: str) -> str:
    """Return what topics of one kind have in common: the first level, and what kind of message the last one says."""
    ends = levels[-1] if len(levels) > 2 and codec not in ("text", "json", "shelly") else ""
    return f"{levels[0]}/{ends}" if len(levels) > 1 else ""


def _by_shape(messages: Sequence[Message]) -> list[list[Message]]:
    """Separate messages of other shapes on topics of one form, by the names in them."""
    from citycontext.bridge.drafting.merged import merge

    groups: list[tuple[set[str], list[Message]]] = []
    choice = choose_codec(messages[:50])
    if choice is None:
        return [list(messages)]
    codec = choice.make()
    for message in messages:
        try:
            documents = list(codec.decode(message.payload, message.topic))
        except CityContextError:
            documents = []
        columns = merge(documents, choice.name).columns if documents else ()
        names = {one.name for one in columns if one.path[-1].lower() not in _STATE and one.present}
        for known, own in groups:
            if _is_one_shape(known, names):
                own.append(message)
                known |= names
                break
        else:
            groups.append((names, [message]))
    return [own for _, own in groups]


def _is_one_shape(known: set[str], names: set[str]) -> bool:
    """Return whether messages with these names are of one kind; a message may say a part only."""
    if not names or not known or names <= known or known <= names:
        return True
    return len(known & names) >= 0.4 * len(known | names)


def _tell_apart(routes: Sequence[DraftRoute]) -> None:
    """Add a condition to each route of another shape on the same topics."""
    for route in routes:
        others = [one for one in routes if one is not route and set(one.topics) & set(route.topics)]
        if not others or route.guess is None or route.each is not None or route.pivot is not None:
            continue
        taken = {
            column.name for one in others if one.guess is not None for column in one.guess.columns if column.present
        }
        own = [one for one in route.guess.columns if one.name not in taken and one.present]
        if own:
            meaning = route.guess.meaning
            shares = {one.name: (len(one.present) / len(one.values), one.name in meaning) for one in own}
            best = max(own, key=lambda one: shares[one.name])
            route.when = f"{best.name} != `null`"


def _home_assistant(announced: Sequence[Message], states: Sequence[Message]) -> tuple[CodecChoice, TopicGroup]:
    topics = list(dict.fromkeys(one.topic.split("/")[0] for one in states))
    choice = CodecChoice(
        "home-assistant", reason="announcements of Home Assistant discovery, with the states beside them"
    )
    # Announcements say which topics hold states; a route takes both.
    return choice, TopicGroup("homeassistant/#", (*announced, *states), {"": tuple(topics)})


def _joined(routes: list[DraftRoute]) -> list[DraftRoute]:
    """Join routes that differ in their topic only."""
    kept: list[DraftRoute] = []
    for route in routes:
        same = next(
            (
                one
                for one in kept
                if one.codec.name == route.codec.name
                and [(at.name, at.keys) for at in one.attributes] == [(at.name, at.keys) for at in route.attributes]
                and (one.id, one.times, one.each, one.pivot) == (route.id, route.times, route.each, route.pivot)
                and "{"
                not in one.id.replace("{dev_eui}", "").replace("{device}", "" if one.codec.name != "json" else "{")
            ),
            None,
        )
        if same is None or pattern_of(["a"])[0] == "":
            kept.append(route)
        elif _captures(same.topics[0]) == _captures(route.topics[0]):
            same.topics += [topic for topic in route.topics if topic not in same.topics]
            same.messages += route.messages
        else:
            kept.append(route)
    return kept


def _captures(pattern: str) -> set[str]:
    return {level for level in pattern.split("/") if level.startswith("{")}


def _unused(name: str, routes: Sequence[DraftRoute], apart: BridgeConfig | None) -> str:
    taken = {one.name for one in routes} | ({one.name for one in apart.route} if apart is not None else set())
    return name if name not in taken else next(one for n in range(2, 999) if (one := f"{name}-{n}") not in taken)


def _write(made: Draft, head: str, messages: Sequence[Message], folder: Path) -> None:
    """Write the files, and try the configuration on the messages it was made of."""
    plain = "\n".join([head, *(route_text(route) for route in made.routes)])
    config = BridgeConfig.from_dict(tomllib.loads(plain)).relative_to(folder)
    shares: dict[str, Counter[str]] = {route.name: Counter() for route in made.routes}
    examples: dict[str, Result] = {}
    mapped = 0
    rehearsal = Rehearsal(config)
    seen: set[int] = set()
    for result in rehearsal.results(messages):
        counts = shares.get(result.route)
        if counts is None:
            continue
        if result.failure is not None:
            counts["dead"] += 1
            made.dead[f"{result.route}: {result.failure.reason}"] += 1
        elif result.entities:
            counts["mapped"] += 1
            counts["left out"] += len(result.left_out)
            examples.setdefault(result.route, result)
            if id(result.message) not in seen:
                seen.add(id(result.message))
                mapped += 1
        else:
            counts["nothing"] += 1
    made.mapped = mapped
    made.shares = {route.name: _share(shares[route.name]) for route in made.routes}
    texts = [head, *(route_text(route, share=made.shares[route.name]) for route in made.routes)]
    made.text = "\n".join(texts)
    made.cases = _cases(made, examples)
    made.findings = [f"check: {one}" for one in check(config) if one.severity is not Severity.NOTE]
    cases = tuple(Case(**one) for one in tomllib.loads(made.cases).get("case", ()))
    made.findings += [f"{one.case.name}: {text}" for one in run_cases(config, cases) for text in one.differences]


def _share(counts: Counter[str]) -> str:
    total = sum(counts[one] for one in ("mapped", "dead", "nothing"))
    said = f"{counts['mapped']} of {total} messages became entities"
    if counts["left out"]:
        said += f", {counts['left out']} values were left out"
    return said + (f", {counts['dead']} would be dead letters" if counts["dead"] else "")


def _cases(made: Draft, examples: Mapping[str, Result]) -> str:
    texts = ["# One real message a route, and what becomes of it: citycontext bridge test bridge.toml\n"]
    for route in made.routes:
        result = examples.get(route.name)
        if result is None or _needs_others(route):
            continue
        personal = {one.name for one in route.attributes if one.is_personal}
        payload = result.message.payload
        entities = []
        for entity in result.entities[:3]:
            shown: dict[str, Any] = {"id": entity["id"]}
            for name, attribute in entity.items():
                value = _value(attribute) if isinstance(attribute, dict) else None
                if value is None or isinstance(value, list | dict):
                    continue
                if name in personal:
                    payload = payload.replace(str(value).encode(), b"x" * len(str(value).encode()))
                    continue
                shown[name] = value
            entities.append(shown)
        arrived = datetime.fromtimestamp(result.message.arrived, UTC).isoformat(timespec="milliseconds")
        texts.append(case_text(f"{route.name}, as it came", result.message.topic, payload, arrived, entities))
    return "\n".join(texts)


def _value(attribute: Mapping[str, Any]) -> Any:
    return next((attribute[one] for one in VALUE_MEMBERS if one in attribute), None)


def _needs_others(route: DraftRoute) -> bool:
    """Return whether a message alone does not say all: announcements and births come before."""
    return route.codec.name in ("home-assistant", "sparkplug-b", "homie")
