"""Home Assistant discovery: retained ``homeassistant/…/config`` messages say which topic holds which value."""

from __future__ import annotations

import re
from collections import OrderedDict
from dataclasses import dataclass, field
from typing import Any, Final

from citycontext.bridge.codecs.aside import Aside
from citycontext.bridge.codecs.home_assistant_expressions import read_expression
from citycontext.bridge.codecs.home_assistant_templates import ValueTemplate, read_template, refused
from citycontext.bridge.codecs.json import read_json
from citycontext.bridge.codecs.text import read_value
from citycontext.errors import PayloadError

__all__ = ["HomeAssistantCodec"]

_KNOWN: Final = 50_000
_FOUND: Final = 20_000
_NOTHING: Final = frozenset({"", "nan", "none", "unavailable", "unknown", "null"})
"""What is sent where there is no value."""
# Abbreviations of the discovery protocol → full names.
_NAMES: Final = {
    "act_t": "action_topic",
    "act_tpl": "action_template",
    "bri_stat_t": "brightness_state_topic",
    "bri_val_tpl": "brightness_value_template",
    "cmps": "components",
    "curr_hum_t": "current_humidity_topic",
    "curr_hum_tpl": "current_humidity_template",
    "curr_temp_t": "current_temperature_topic",
    "curr_temp_tpl": "current_temperature_template",
    "dev": "device",
    "dev_cla": "device_class",
    "fan_mode_stat_t": "fan_mode_state_topic",
    "fan_mode_stat_tpl": "fan_mode_state_template",
    "hum_stat_t": "target_humidity_state_topic",
    "hum_stat_tpl": "target_humidity_state_template",
    "ids": "identifiers",
    "json_attr_t": "json_attributes_topic",
    "mdl": "model",
    "mf": "manufacturer",
    "mode_stat_t": "mode_state_topic",
    "mode_stat_tpl": "mode_state_template",
    "p": "platform",
    "pct_stat_t": "percentage_state_topic",
    "pct_val_tpl": "percentage_value_template",
    "pl_off": "payload_off",
    "pl_on": "payload_on",
    "pos_t": "position_topic",
    "pos_tpl": "position_template",
    "sa": "suggested_area",
    "schema": "schema",
    "stat_cla": "state_class",
    "stat_off": "state_off",
    "stat_on": "state_on",
    "stat_t": "state_topic",
    "temp_stat_t": "temperature_state_topic",
    "temp_stat_tpl": "temperature_state_template",
    "tilt_status_t": "tilt_status_topic",
    "tilt_status_tpl": "tilt_status_template",
    "uniq_id": "unique_id",
    "unit_of_meas": "unit_of_measurement",
    "val_tpl": "value_template",
}
# Components that have more than one topic: topic → template, and the name of the value.
_MORE_TOPICS: Final = (
    ("action_topic", "action_template", "action"),
    ("brightness_state_topic", "brightness_value_template", "brightness"),
    ("current_humidity_topic", "current_humidity_template", "current_humidity"),
    ("current_temperature_topic", "current_temperature_template", "current_temperature"),
    ("fan_mode_state_topic", "fan_mode_state_template", "fan_mode"),
    ("mode_state_topic", "mode_state_template", "mode"),
    ("percentage_state_topic", "percentage_value_template", "percentage"),
    ("position_topic", "position_template", "position"),
    ("target_humidity_state_topic", "target_humidity_state_template", "target_humidity"),
    ("temperature_state_topic", "temperature_state_template", "temperature"),
    ("tilt_status_topic", "tilt_status_template", "tilt"),
)
_ON_OFF: Final = frozenset({"binary_sensor", "fan", "light", "siren", "switch"})
_TEXTS: Final = frozenset({"select", "text", "event", "lock", "cover", "climate", "device_automation"})
_SHARED: Final = ("state_topic", "value_template", "device", "~", "json_attributes_topic")
"""What the components of a device take over from it."""


@dataclass(frozen=True, slots=True)
class _Entry:
    """One value, as its config message describes it."""

    about: dict[str, Any]
    template: ValueTemplate | None
    member: str = ""
    """Where it goes: empty for the state, ``attributes``, or the name of a value beside the state."""
    on: str = "ON"
    off: str = "OFF"
    is_json_light: bool = False

    def document(self, payload: bytes) -> dict[str, Any] | None:
        """Read a state; None where the payload does not hold the value."""
        if self.member == "attributes":
            attributes: Any = read_json(payload) if payload.strip() else None
            return Aside({**self.about, "attributes": attributes}) if isinstance(attributes, dict) else None
        if self.is_json_light:
            state: Any = read_json(payload) if payload.strip() else None
            if not isinstance(state, dict) or "state" not in state:
                return None
            return {**self.about, "value": self._meant(state["state"]), "attributes": state}
        value = payload.decode(errors="replace").strip() if self.template is None else self.template.value(payload)
        value = self._meant(value)
        if value is None:
            return None
        if self.member:
            return Aside({**self.about, "values": {self.member: value}})
        return {**self.about, "value": value}

    def _meant(self, value: Any) -> Any:
        """Read a value as its component means it."""
        if isinstance(value, str) and value.strip().lower() in _NOTHING:
            return None
        component = self.about["component"]
        if component in _ON_OFF and not self.member:
            said = _as_template_prints(value)
            return True if said == self.on else False if said == self.off else value
        if not isinstance(value, str) or (component in _TEXTS and not self.member):
            return value
        if self.about["device_class"] == "enum":
            return value
        read = read_value(value.strip())
        # Words such as "on" are truth values only where the config says which they are.
        return value.strip() if isinstance(read, bool) else read


@dataclass(slots=True)
class _Announced:
    """What a config message announced: the topics and keys of its entries."""

    places: list[tuple[str, str]] = field(default_factory=list)


class HomeAssistantCodec:
    """Read states of what was announced. A document for each value, of all that share the topic.

    It has ``name``, ``value``, ``unit`` (as announced, e.g. ``°C``), ``device_class``, ``unique_id``, ``component``,
    ``device`` (first identifier), ``device_name`` and ``area``. A route must take both the config topics and the state
    topics, e.g. ``topic = ["homeassistant/#", "zigbee2mqtt/#"]``; config messages are retained, so they are there after
    a restart (not with ``retained = "ignore"``). A state that comes before its config is left alone. State topics may
    have wildcards. Devices announced as a whole (``homeassistant/device/…/config``) have a value for each component.

    A sensor's value is a number where it looks like one, else text; that of a switch, light or binary sensor is true or
    false by ``payload_on`` and ``payload_off``; that of a select is text. Nothing, ``unknown`` and ``unavailable`` are
    no values. Of a climate, cover, fan or light the values beside the state are documents with ``values``, e.g.
    ``values.current_temperature``, ``values.position``; those of ``json_attributes_topic`` are in ``attributes``.

    Templates: ``{{ value }}``, and ``{{ value_json.a.b }}`` with members, indices and ``.get()``, the filters
    ``is_defined``, ``float``, ``int``, ``round``, ``default``, ``lower``, ``upper``, ``string``, ``trim``, ``abs``,
    ``multiply``, ``add``, arithmetic, comparisons, and choices by ``if`` and ``else``. What else they may hold in Home
    Assistant is not evaluated: such a config is refused with a reason, and its value is not read; the others of the
    same topic are.

    Args:
        prefix: First level of the config topics.
        components: Which kinds are read, e.g. ``["sensor", "binary_sensor"]``; all by default.
    """

    def __init__(self, *, prefix: str = "homeassistant", components: list[str] | None = None) -> None:
        self._prefix = prefix.rstrip("/") + "/"
        self._components = None if components is None else frozenset(components)
        self._topics: dict[str, dict[str, _Entry]] = {}
        self._wildcards: dict[str, re.Pattern[str]] = {}
        self._announced: dict[str, _Announced] = {}
        self._found: OrderedDict[str, tuple[str, ...]] = OrderedDict()

    def decode(self, payload: bytes, topic: str) -> list[dict[str, Any]]:
        """Read a message.

        Args:
            payload: A config, or a state.
            topic: Tells which.

        Returns:
            A document for each value in a state that was announced; none for a config.

        Raises:
            PayloadError: A config or state cannot be read, or a config's template is more than is understood.
        """
        if topic.startswith(self._prefix) and topic.endswith("/config"):
            self._learn(payload, topic)
            return []
        documents = []
        for pattern in (topic, *self._patterns_of(topic)):
            for entry in self._topics.get(pattern, {}).values():
                document = entry.document(payload)
                if document is not None:
                    documents.append(document)
        return documents

    def _patterns_of(self, topic: str) -> tuple[str, ...]:
        if not self._wildcards:
            return ()
        found = self._found.get(topic)
        if found is None:
            found = tuple(text for text, pattern in self._wildcards.items() if pattern.fullmatch(topic))
            self._found[topic] = found
            if len(self._found) > _FOUND:
                self._found.popitem(last=False)
        return found

    def _learn(self, payload: bytes, topic: str) -> None:
        component = topic[len(self._prefix) :].partition("/")[0]
        self._forget(topic)
        if not payload.strip():
            return
        config = _full_names(_read_config(payload))
        if not isinstance(config, dict):
            raise PayloadError("a config message is an object")
        if component == "device":
            shared = {name: config[name] for name in _SHARED if name in config}
            members = config.get("components")
            parts = members.items() if isinstance(members, dict) else ()
            # A component of nothing but its platform is one that was taken away.
            kept = [(key, one) for key, one in parts if isinstance(one, dict) and one.keys() - {"platform"}]
            configs = [(key, str(one.get("platform")), shared | one) for key, one in kept]
        else:
            configs = [("", component, config)]
        if len(self._announced) >= _KNOWN:
            self._forget(next(iter(self._announced)))
        wrong: PayloadError | None = None
        announced = self._announced[topic] = _Announced()
        for key, kind, one in configs:
            if self._components is not None and kind not in self._components:
                continue
            if key and one.get("unique_id") is None:
                wrong = wrong or PayloadError("it has no unique_id, which a device's components have", path=key)
                continue
            try:
                for state_topic, member, entry in _entries(one, kind):
                    place = f"{topic} {key} {member}"
                    self._topics.setdefault(state_topic, {})[place] = entry
                    announced.places.append((state_topic, place))
                    if "+" in state_topic or "#" in state_topic:
                        self._wildcards[state_topic] = _wildcard(state_topic)
                        self._found.clear()
            except PayloadError as error:
                wrong = wrong or error
        if wrong is not None:
            raise wrong

    def _forget(self, config_topic: str) -> None:
        announced = self._announced.pop(config_topic, None)
        for state_topic, place in () if announced is None else announced.places:
            entries = self._topics.get(state_topic, {})
            entries.pop(place, None)
            if not entries:
                self._topics.pop(state_topic, None)
                if self._wildcards.pop(state_topic, None) is not None:
                    self._found.clear()


def _entries(config: dict[str, Any], component: str) -> list[tuple[str, str, _Entry]]:
    """Return the topics of a config, where each value goes, and how it is read."""
    device = config.get("device")
    device = device if isinstance(device, dict) else {}
    identifiers = device.get("identifiers")
    first = identifiers[0] if isinstance(identifiers, list) and identifiers else identifiers
    about = {
        "name": config.get("name"),
        "unit": config.get("unit_of_measurement"),
        "device_class": config.get("device_class"),
        "unique_id": config.get("unique_id"),
        "component": component,
        "device": first if isinstance(first, str) else None,
        "device_name": device.get("name"),
        "area": device.get("suggested_area"),
    }
    found = []
    if (topic := _topic(config, "state_topic")) is not None:
        is_json_light = component == "light" and config.get("schema") == "json"
        template = None if is_json_light else _template(config, "value_template")
        on = config.get("state_on", config.get("payload_on", "ON"))
        off = config.get("state_off", config.get("payload_off", "OFF"))
        entry = _Entry(
            about,
            template,
            on=_as_template_prints(on),
            off=_as_template_prints(off),
            is_json_light=is_json_light,
        )
        found.append((topic, "", entry))
    for key, template_key, member in _MORE_TOPICS:
        if (topic := _topic(config, key)) is not None:
            found.append((topic, member, _Entry(about, _template(config, template_key), member)))
    if (topic := _topic(config, "json_attributes_topic")) is not None:
        found.append((topic, "attributes", _Entry(about, None, "attributes")))
    return found


def _topic(config: dict[str, Any], key: str) -> str | None:
    topic, base = config.get(key), config.get("~")
    if not isinstance(topic, str) or not topic:
        return None
    return re.sub(r"^~|~$", lambda _: base, topic) if isinstance(base, str) else topic


def _template(config: dict[str, Any], key: str) -> ValueTemplate | None:
    given = config.get(key)
    if given is None:
        return None
    template = read_template(given) or read_expression(given)
    if template is None:
        raise refused(given, config.get("name") or config.get("unique_id"))
    return template


def _wildcard(topic: str) -> re.Pattern[str]:
    levels = [".*" if level == "#" else "[^/]*" if level == "+" else re.escape(level) for level in topic.split("/")]
    return re.compile("/".join(levels).replace("/.*", "(?:/.*)?"), re.DOTALL)


def _read_config(payload: bytes) -> Any:
    try:
        return read_json(payload)
    except PayloadError:
        try:
            payload.decode()
        except UnicodeDecodeError:
            # Some firmware writes the degree sign as Latin-1.
            return read_json(payload.decode("latin-1").encode())
        raise


def _as_template_prints(value: Any) -> str:
    return str(value).strip()


def _full_names(given: Any) -> Any:
    if not isinstance(given, dict):
        return given
    return {_NAMES.get(name, name): _full_names(value) for name, value in given.items()}
