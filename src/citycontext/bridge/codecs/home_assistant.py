"""Home Assistant discovery: retained ``homeassistant/…/config`` messages say which topic holds which value."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, Final

from citycontext.bridge.codecs.json import read_json
from citycontext.bridge.codecs.text import read_value
from citycontext.errors import PayloadError

__all__ = ["HomeAssistantCodec"]

_KNOWN: Final = 50_000
_TEMPLATE: Final = re.compile(r"\{\{-?\s*(value(?:_json(?:\.\w+|\['[^'\]]+'\]|\[\"[^\"\]]+\"\]|\[\d+\])*)?)\s*-?\}\}")
_STEP: Final = re.compile(r"\.(\w+)|\['([^']+)'\]|\[\"([^\"]+)\"\]|\[(\d+)\]")
# Abbreviations of the discovery protocol → full names.
_NAMES: Final = {
    "stat_t": "state_topic",
    "val_tpl": "value_template",
    "unit_of_meas": "unit_of_measurement",
    "dev_cla": "device_class",
    "uniq_id": "unique_id",
    "dev": "device",
    "ids": "identifiers",
    "mdl": "model",
    "mf": "manufacturer",
    "sa": "suggested_area",
}


@dataclass(frozen=True, slots=True)
class _Entry:
    """One value, as its config message describes it."""

    about: dict[str, Any]
    steps: tuple[str | int, ...] | None

    def value(self, payload: bytes) -> Any:
        """Read the value; None where the payload does not hold it."""
        if self.steps is None:
            return read_value(payload.decode(errors="replace").strip())
        value = read_json(payload)
        for step in self.steps:
            if isinstance(value, dict) and isinstance(step, str):
                value = value.get(step)
            elif isinstance(value, list) and isinstance(step, int) and step < len(value):
                value = value[step]
            else:
                return None
        return value


class HomeAssistantCodec:
    """Read states of what was announced. A document for each value, of all that share the topic.

    It has ``name``, ``value``, ``unit`` (as announced, e.g. ``°C``), ``device_class``, ``unique_id``, ``component``,
    ``device`` (first identifier), ``device_name`` and ``area``. A route must take both the config topics and the state
    topics, e.g. ``topic = ["homeassistant/#", "zigbee2mqtt/#"]``; config messages are retained, so they are there after
    a restart (not with ``mqtt.retained = "ignore"``). A state that comes before its config is left alone.

    Templates: ``{{ value }}``, and ``{{ value_json.a.b }}`` with members and indices. What else they may hold in Home
    Assistant (filters, conditions, calculations) is not evaluated: such a config is refused with a reason, and its
    value is not read; the others of the same topic are.

    Args:
        prefix: First level of the config topics.
        components: Which kinds are read, e.g. ``["sensor", "binary_sensor"]``; all by default.
    """

    def __init__(self, *, prefix: str = "homeassistant", components: list[str] | None = None) -> None:
        self._prefix = prefix.rstrip("/") + "/"
        self._components = None if components is None else frozenset(components)
        self._topics: dict[str, dict[str, _Entry]] = {}
        self._topic_of: dict[str, str] = {}

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
        for entry in self._topics.get(topic, {}).values():
            value = entry.value(payload)
            if value is not None:
                documents.append({**entry.about, "value": value})
        return documents

    def _learn(self, payload: bytes, topic: str) -> None:
        component = topic[len(self._prefix) :].partition("/")[0]
        self._forget(topic)
        if not payload.strip() or (self._components is not None and component not in self._components):
            return
        config = _full_names(read_json(payload))
        if not isinstance(config, dict):
            raise PayloadError("a config message is an object")
        state_topic = config.get("state_topic")
        if not isinstance(state_topic, str):
            # A button, a device trigger: there is no state to read.
            return
        base = config.get("~")
        if isinstance(base, str):
            state_topic = re.sub(r"^~|~$", lambda _: base, state_topic)
        device = config.get("device")
        device = device if isinstance(device, dict) else {}
        identifiers = device.get("identifiers")
        first = identifiers[0] if isinstance(identifiers, list) and identifiers else identifiers
        steps = _read_template(config.get("value_template"), config.get("name"))
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
        if len(self._topic_of) >= _KNOWN:
            self._forget(next(iter(self._topic_of)))
        self._topic_of[topic] = state_topic
        self._topics.setdefault(state_topic, {})[topic] = _Entry(about, steps)

    def _forget(self, config_topic: str) -> None:
        state_topic = self._topic_of.pop(config_topic, None)
        if state_topic is not None:
            entries = self._topics[state_topic]
            del entries[config_topic]
            if not entries:
                del self._topics[state_topic]


def _full_names(given: Any) -> Any:
    if not isinstance(given, dict):
        return given
    return {_NAMES.get(name, name): _full_names(value) for name, value in given.items()}


def _read_template(given: Any, name: Any) -> tuple[str | int, ...] | None:
    """Give the steps into the JSON; None for the whole payload as text."""
    if given is None:
        return None
    found = _TEMPLATE.fullmatch(given.strip()) if isinstance(given, str) else None
    if found is None:
        raise PayloadError(
            f"the value_template of {name!r:.60} is more than {{{{ value_json.name }}}}: {given!r:.120}; "
            "map the state topic with the json codec instead"
        )
    path = found[1]
    if path == "value":
        return None
    return tuple(int(one[3]) if one[3] else one[0] or one[1] or one[2] for one in _STEP.findall(path[10:]))
