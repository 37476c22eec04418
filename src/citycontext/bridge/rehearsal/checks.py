"""What can be known to be wrong before any message comes: routes against entity models, units, overlapping topics."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator
from typing import Any, Final

from citycontext.bridge.config.attributes import AttributeConfig
from citycontext.bridge.config.bridge import BridgeConfig
from citycontext.bridge.config.commands import CommandConfig, id_pattern
from citycontext.bridge.config.routes import EntityConfig, RouteConfig
from citycontext.bridge.config.sources import HttpPollConfig, KafkaConfig
from citycontext.bridge.mapping.model_defaults import find_model, forget_models, model_of, what_changes
from citycontext.bridge.mapping.paths import compile_parent
from citycontext.bridge.sources.topic_tree import TopicTree
from citycontext.bridge.sources.topics import TopicPattern
from citycontext.errors import AmbiguousModel, UnitError, UnknownModel
from citycontext.models import ModelDescription, describe
from citycontext.ngsild.attribute_base import RESERVED_NAMES, free_name
from citycontext.ngsild.findings import Finding, Severity
from citycontext.ngsild.names import is_attribute_name
from citycontext.ngsild.terms import GEOMETRY_TYPES
from citycontext.ngsild.units import converter

__all__ = ["check", "decided_by_models"]

_NUMBERS: Final = frozenset({"number", "integer"})
_PLACE: Final = re.compile(r"\{([^{}]*)\}")
_BIRTHS: Final = frozenset({"+", "NBIRTH", "DBIRTH"})
_NAMED_BY_PEOPLE: Final = frozenset({"home-assistant", "homie", "tasmota", "zigbee2mqtt"})
_MOST_NAMED: Final = 5
_PLACES: Final = frozenset({"location", "observationSpace", "operationSpace"})
_COUNTERS: Final = frozenset({"fcnt", "cnt", "count", "counter", "seq", "seqno", "sequence", "n"})
_ASKING: Final = frozenset({"sparkplug-b"})
_ANNOUNCED: Final = frozenset({"home-assistant", "homie"})
_JSON_TYPES: Final = {"number": _NUMBERS, "integer": _NUMBERS, "text": {"string"}, "boolean": {"boolean"}}


def check(config: BridgeConfig) -> list[Finding]:
    """Look for faults that reading the configuration cannot see.

    Args:
        config: The configuration.

    Returns:
        Errors first, then warnings, then notes; the path is the key path, with the route's name.
    """
    forget_models()
    findings = [*_overlaps(config), *_ids(config)]
    for route in config.route:
        findings += _route(route)
        findings += _meaning(route, config)
        findings += _memory(route, config)
        findings += _announced(route, config)
        findings += _births(route)
        findings += _sources(route, config)
    for command in config.command:
        if config.mqtt_of(command).share is not None:
            message = "each bridge of a shared subscription carries the command out; give commands to one bridge only"
            findings.append(Finding(f'command "{command.name}"', "command", message, Severity.WARNING))
    for command in config.command:
        findings += _results(command)
        if command.attribute in RESERVED_NAMES:
            where, message = f'command "{command.name}".attribute', _reserved(command.attribute, None)
            findings.append(Finding(where, "reserved", message, Severity.WARNING))
    order = list(Severity)
    return sorted(findings, key=lambda finding: order.index(finding.severity))


def _results(command: CommandConfig) -> Iterator[Finding]:
    """Look whether the answer of a device can be told from others, and from the command itself."""
    if command.result is None:
        return
    where = f'command "{command.name}".result.topic'
    captures = set(id_pattern(command.id).groupindex)
    answers = TopicPattern(command.result.topic)
    missing = sorted(captures - set(answers.captures))
    if missing and not {"+", "#"}.isdisjoint(answers.text.split("/")):
        message = (
            f"{answers.text} has wildcards and does not say which {{{'}, {'.join(missing)}}} answers: "
            "a result would be taken for that of another entity"
        )
        yield Finding(where, "results", message, Severity.WARNING)
    elif missing and captures:
        message = (
            f"{answers.text} is one topic for all entities of {command.id}: it lacks {{{'}, {'.join(missing)}}}, "
            "so an answer matches whichever command waits"
        )
        yield Finding(where, "results", message, Severity.WARNING)
    try:
        published = TopicPattern(command.topic)
    except ValueError:
        return
    if set(published.captures) <= captures and published.overlaps(answers) and command.result.when is None:
        message = (
            f"commands are published on {command.topic}, where results are looked for: the bridge would take its own "
            "command for the answer; name the device's topic, or say which messages are results with when = …"
        )
        yield Finding(where, "results", message, Severity.WARNING)


def decided_by_models(config: BridgeConfig) -> list[tuple[str, str, str]]:
    """List what the models decide of values where routes do not say: what goes against it is left out and counted.

    Args:
        config: The configuration.

    Returns:
        Route, attribute and what is decided, such as ``a whole number from 0``.
    """
    found = []
    for route in config.route:
        for entity in route.entity:
            model = model_of(entity)
            for name, attribute in entity.attributes.items() if model is not None else ():
                if said := what_changes(attribute, model.attributes.get(name) if model is not None else None):
                    found.append((route.name, name, said))
    return found


def _overlaps(config: BridgeConfig) -> Iterator[Finding]:
    tree: TopicTree[tuple[RouteConfig, TopicPattern]] = TopicTree()
    for right in config.route:
        for other in right.patterns:
            for left, one in tree.of_pattern(other):
                apart = left.source is not None and right.source is not None and left.source != right.source
                if not apart and one.overlaps(other):
                    yield Finding(
                        f'route "{right.name}".topic',
                        "overlap",
                        f'messages that match both {one.text} and {other.text} go through route "{left.name}" too; '
                        "both make entities of them",
                        Severity.NOTE,
                    )
        for other in right.patterns:
            tree.put(other, (right, other))


def _ids(config: BridgeConfig) -> Iterator[Finding]:
    """Say what would be another entity if the file said ``ids = 2``.

    Any name may hold a "%". Where nobody asked, it is told of routes whose names people choose, or several would write.
    """
    if config.ids > 1:
        return
    was_asked = "ids" in config.model_fields_set
    changes = []
    for route in config.route:
        texts = [entity.id for entity in route.entity]
        texts += [one for entity in route.entity for at in entity.attributes.values() if (one := at.object) is not None]
        places = {place.strip() for text in texts for place in _PLACE.findall(text)}
        if not places:
            continue
        said = []
        if route.codec.name == "shelly" and "device" in places and "device" not in route.codec.options:
            said.append("{device} of a Shelly's notification: its topic prefix in place of its own name")
        if euis := sorted(place for place in places if "eui" in place.lower()):
            said.append(f"{{{'}, {'.join(euis)}}}: 0A-0B-0C-0D-0E-0F-00-01 becomes 0a0b0c0d0e0f0001")
        is_free = was_asked or route.codec.name in _NAMED_BY_PEOPLE or any("#}" in topic for topic in route.topic)
        if is_free and (others := sorted(places - set(euis))):
            said.append(f'{{{"}, {".join(others)}}}: "%", "#" and "?" in names become %25, %23 and %3F')
        if said:
            changes.append(f'route "{route.name}" ({"; ".join(said)})')
    if changes:
        message = (
            "ids = 1, as in version 0.1, keeps the ids of entities that exist. A new file says ids = 2 at its top, "
            f"so that each id leads back to one name. That would change {'; '.join(changes[:_MOST_NAMED])}"
        )
        more = len(changes) - _MOST_NAMED
        yield Finding("ids", "ids", f"{message}{f'; and {more} more' if more > 0 else ''}", Severity.NOTE)


def _route(route: RouteConfig) -> Iterator[Finding]:
    where = f'route "{route.name}"'
    if route.qos == 0:
        yield Finding(f"{where}.qos", "qos", "qos = 0: messages are lost while the bridge is away", Severity.WARNING)
    for given in route.entity:
        for kind in given.all_types:
            yield from _entity(where, given.model_copy(update={"type": kind, "types": ()}))


def _entity(where: str, entity: EntityConfig) -> Iterator[Finding]:
    model = None
    try:
        model = _model(entity)
    except UnknownModel as error:
        if entity.model is not None:
            yield Finding(f"{where}.model", "model", str(error), Severity.ERROR)
        else:
            # A name of one's own is no fault; one that is nearly that of a model mostly is.
            severity = Severity.WARNING if error.near else Severity.NOTE
            yield Finding(f"{where}.type", "model", f"{error} Its attributes are not checked.", severity)
    except AmbiguousModel as error:
        yield Finding(f"{where}.type", "model", f'{error} Say which with model = "…".', Severity.WARNING)
    except (ImportError, AttributeError, TypeError) as error:
        yield Finding(f"{where}.model", "model", f"{entity.model} cannot be imported: {error}", Severity.ERROR)
    if not entity.observed_at and not _own_times(entity):
        yield Finding(
            f"{where}.observed_at",
            "time",
            "no observed_at: the time of arrival is taken; a message kept while a broker was away looks newer",
            Severity.NOTE,
        )
    for name, attribute in entity.attributes.items():
        if name in RESERVED_NAMES:
            yield Finding(f"{where}.attributes.{name}", "reserved", _reserved(name, model), Severity.WARNING)
            continue
        wrong_units = [*_units(f"{where}.attributes.{name}", attribute)]
        yield from wrong_units
        if model is None and name in _PLACES and (kind := _kind(attribute)) != "GeoProperty":
            message = f"{name} is a GeoProperty in every entity (CIM 009, 4.7.1), and a context broker refuses a {kind}"
            yield Finding(f"{where}.attributes.{name}.kind", "kind", message, Severity.ERROR)
        if model is not None and not wrong_units:
            yield from _against_model(f"{where}.attributes.{name}", name, attribute, model)


def _reserved(name: str, model: ModelDescription | None) -> str:
    """Say that a context broker refuses an attribute's name, and which would do."""
    has_it = f", though {model.type} has it" if model is not None and name in model.attributes else ""
    return (
        f'an NGSI-LD context broker refuses an attribute called "{name}"{has_it}: the standard keeps the name for '
        f'itself (CIM 009, 4.5.1). Write another, such as "{free_name(name)}"'
    )


def _sources(route: RouteConfig, config: BridgeConfig) -> Iterator[Finding]:
    """Look whether the sources of a route give what it needs: a way back to devices, and order by entity."""
    where = f'route "{route.name}"'
    for source in config.source:
        if route.source not in (None, source.name):
            continue
        if route.codec.name in _ASKING:
            message = (
                f'{route.codec.name} must ask devices for what it missed, and source "{source.name}" has no way back '
                "to them; read it from MQTT"
            )
            yield Finding(f"{where}.codec", "no way back", message, Severity.ERROR)
        if isinstance(source, KafkaConfig):
            yield from _key(route, source)
    polled = next(
        (one for one in config.source if isinstance(one, HttpPollConfig) and route.source in (None, one.name)), None
    )
    has_replicas = any(isinstance(one, KafkaConfig) for one in config.source) or any(one.share for one in config.mqtt)
    if polled is not None and has_replicas:
        message = (
            f'each replica would ask the address of source "{polled.name}"; give polled sources a bridge of their own, '
            "which has no replicas"
        )
        yield Finding(f"{where}.source", "replicas", message, Severity.WARNING)
    shared = [mqtt for mqtt in config.mqtt if mqtt.share is not None and route.source in (None, mqtt.name)]
    for mqtt in shared:
        message = (
            f'mqtt "{mqtt.name}" is shared: order by entity is kept only where the broker deals out by a hash of the '
            "topic or client (EMQX, RMQTT: hash_topic, hash_clientid), and while no bridge comes or goes"
        )
        yield Finding(f"{where}.source", "share", message, Severity.WARNING)


def _key(route: RouteConfig, source: KafkaConfig) -> Iterator[Finding]:
    """Look whether messages of one entity may have several keys, and so come from several partitions, in any order."""
    template = ["{key}"] if source.topic is None else source.topic.split("/")
    place = next((number for number, level in enumerate(template) if "{key}" in level), None)
    if place is None:
        return
    after = len(template) - place - 1
    for pattern in route.patterns:
        levels = pattern.text.split("/")
        of_key = levels[place : len(levels) - after]
        for entity in route.entity:
            unused = [level for level in of_key if _is_unused(level, entity.id)]
            if not unused:
                continue
            held = ", ".join(unused)
            if source.topic is None:
                message = (
                    f"where the record's key is the topic, it holds {held}, which the id does not use: messages of one "
                    "entity would come from several partitions, in any order. The key should name the device only"
                )
                yield Finding(f'route "{route.name}".id', "key", message, Severity.WARNING)
            else:
                message = (
                    f"the record's key holds {held}, which the id does not use: messages of one entity come from "
                    "several partitions, in any order. Give records the device as their key"
                )
                yield Finding(f'route "{route.name}".id', "key", message, Severity.ERROR)


def _is_unused(level: str, entity_id: str) -> bool:
    if level in ("+", "#"):
        return True
    names = [name.rstrip("#") for name in _PLACE.findall(level)]
    return any(f"{{{name}}}" not in entity_id for name in names)


def _announced(route: RouteConfig, config: BridgeConfig) -> Iterator[Finding]:
    """Look whether announcements, which are retained, can reach a codec that lives by them."""
    ignores = any(mqtt.retained == "ignore" for mqtt in config.mqtt if route.source in (None, mqtt.name))
    if ignores and route.codec.name in _ANNOUNCED:
        message = f'{route.codec.name} needs the retained announcements; set mqtt.retained = "accept"'
        yield Finding(f'route "{route.name}".codec', "retained", message, Severity.ERROR)


def _meaning(route: RouteConfig, config: BridgeConfig) -> Iterator[Finding]:
    """Look whether each type has one @context where entities go by their models: else they could not be sent."""
    for entity in route.entity:
        for one in entity.all_types if config.context_broker.by_models and entity.model is None else ():
            try:
                describe(one)
            except AmbiguousModel as error:
                message = f'{error}, so that it has no @context yet: model = "{error.subjects[0]}.{one}"'
                yield Finding(f'route "{route.name}".model', "context", message, Severity.ERROR)
            except UnknownModel:
                continue


def _births(route: RouteConfig) -> Iterator[Finding]:
    """Look whether the births that name and type everything can reach the codec for Sparkplug B."""
    if route.codec.name != "sparkplug-b":
        return
    for pattern in route.patterns:
        levels = pattern.filter.split("/")
        if "#" in levels[:3] or (len(levels) > 2 and levels[2] in _BIRTHS):
            return
    message = (
        "no topic of the route takes births, without which names and types are unknown; write + as the third level: "
        "spBv1.0/{group}/+/{edge}/{device}"
    )
    yield Finding(f'route "{route.name}".topic', "births", message, Severity.ERROR)


def _memory(route: RouteConfig, config: BridgeConfig) -> Iterator[Finding]:
    """Look at what a route does with what it remembers of earlier messages: late, dedup, overlay."""
    where = f'route "{route.name}"'
    is_shared = any(mqtt.share is not None for mqtt in config.mqtt if route.source in (None, mqtt.name))
    late = config.delivery.late
    has_times = any(entity.observed_at or _own_times(entity) for entity in route.entity)
    if late is None:
        if is_shared and has_times:
            message = "each bridge of a shared subscription knows only what it sent itself; older may overwrite newer"
            yield Finding(f"{where}.mqtt", "late", message, Severity.WARNING)
    elif late != "pass" and (route.mode or config.delivery.mode) != "temporal":
        if not has_times:
            message = (
                f'delivery.late = "{late}" compares times of observation; without observed_at nothing is ever late'
            )
            yield Finding(f"{where}.observed_at", "late", message, Severity.WARNING)
        if is_shared:
            message = f'delivery.late = "{late}": each bridge of a shared subscription knows only what it sent itself'
            yield Finding(f"{where}.mqtt", "late", message, Severity.WARNING)
    if route.dedup is not None:
        if is_shared:
            message = "each bridge of a shared subscription knows only its own messages; repetitions may pass"
            yield Finding(f"{where}.dedup", "dedup", message, Severity.WARNING)
        by = route.dedup.by
        if len(by) == 1 and by[0].rpartition(".")[2].lower().replace("_", "") in _COUNTERS:
            message = (
                f'"{by[0]}" is a counter, and those of two devices may be equal: messages would be lost; '
                f'add what names the device, e.g. dedup = ["dev_eui", "{by[0]}"]'
            )
            yield Finding(f"{where}.dedup", "dedup", message, Severity.ERROR)
    if route.overlay:
        if is_shared:
            message = (
                "each bridge of a shared subscription knows only the parts it saw; points and conditions lack some"
            )
            yield Finding(f"{where}.overlay", "overlay", message, Severity.WARNING)
        if "overlay" in route.model_fields_set and not any(_takes_parts(entity) for entity in route.entity):
            message = "overlay changes nothing: each attribute takes one value, and no condition or template takes more"
            yield Finding(f"{where}.overlay", "overlay", message, Severity.NOTE)


def _own_times(entity: EntityConfig) -> bool:
    return any(one.observed_at for one in entity.attributes.values())


def _takes_parts(entity: EntityConfig) -> bool:
    """Return whether something of an entity may need more than one message, if those say only what changed."""
    return (
        entity.when is not None
        or (entity.scope is not None and "{" in entity.scope)
        or any(
            one.longitude is not None
            or one.required
            or any("{" in text for text in (one.object, one.value, one.dataset_id) if isinstance(text, str))
            or any(compile_parent(path) is None for path in one.from_)
            for one in entity.attributes.values()
        )
    )


def _model(entity: EntityConfig) -> ModelDescription | None:
    return find_model(entity.type, entity.model)


def _units(where: str, attribute: AttributeConfig) -> Iterator[Finding]:
    if attribute.unit is None:
        return
    said = attribute.from_unit if isinstance(attribute.from_unit, str) else attribute.unit
    try:
        converter(said, attribute.unit)
    except UnitError as error:
        yield Finding(f"{where}.unit", "unit", str(error), Severity.ERROR)


def _against_model(where: str, name: str, attribute: AttributeConfig, model: ModelDescription) -> Iterator[Finding]:
    known = model.attributes
    described = known.get(name)
    if described is None:
        if not is_attribute_name(name) or ":" in name:
            return
        near = difflib.get_close_matches(name, known, n=1)
        cure = f' Did you mean "{near[0]}"?' if near else ""
        yield Finding(where, "attribute", f'{model.type} has no attribute "{name}".{cure}', Severity.WARNING)
        return
    kind = _kind(attribute)
    if kind != described.kind and not (kind in ("LanguageProperty", "VocabProperty") and described.kind == "Property"):
        yield Finding(
            f"{where}.kind",
            "kind",
            f"the model has a {described.kind} here, not a {kind}",
            Severity.ERROR,
            expected=described.kind,
            found=kind,
        )
        return
    if kind == "GeoProperty":
        # What a point's numbers must be says nothing of the object that they become.
        return
    wanted = set(described.json_types)
    given = _JSON_TYPES.get(attribute.datatype or ("number" if attribute.is_numeric else "any"))
    if wanted and given is not None and not wanted & set(given):
        yield Finding(f"{where}.datatype", "type", f"the model has {' or '.join(sorted(wanted))} here", Severity.ERROR)
    unit = described.unit_code
    if unit is None or attribute.value is not None:
        return
    if attribute.unit is None:
        if attribute.from_unit is None and ("number" in wanted or "integer" in wanted):
            message = f'the model measures in {unit}; say unit = "{unit}", and from_unit where the device differs'
            yield Finding(f"{where}.unit", "unit", message, Severity.NOTE)
    elif attribute.unit != unit:
        yield Finding(f"{where}.unit", "unit", _other_unit(attribute.unit, unit), Severity.WARNING)


def _other_unit(given: str, unit: str) -> str:
    try:
        converter(given, unit)
    except UnitError:
        return f"the model measures in {unit}, which is another quantity than {given}"
    return f'the model measures in {unit}; write from_unit = "{given}", unit = "{unit}" and it is converted'


def _kind(attribute: AttributeConfig) -> str:
    if attribute.kind is not None:
        return attribute.kind
    if attribute.longitude is not None:
        return "GeoProperty"
    if attribute.object is not None:
        return "Relationship"
    value: Any = attribute.value
    return "GeoProperty" if isinstance(value, dict) and value.get("type") in GEOMETRY_TYPES else "Property"
