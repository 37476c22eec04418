"""A file to start from: a route for a codec and an entity type, with every attribute of the model."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final

from citycontext.bridge.config.json_schema import FILE_NAME
from citycontext.bridge.drafting.toml_text import head_text, toml_value
from citycontext.models import AttributeDescription, ModelDescription
from citycontext.ngsild.attribute_base import RESERVED_NAMES

__all__ = ["starting_text"]

_NETWORK_SERVERS: Final = frozenset(
    {
        "actility", "chirpstack", "everynet", "helium", "kerlink", "live-objects", "loriot", "multitech", "objenious",
        "orbiwise", "proximus", "the-things-stack",
    }
)  # fmt: skip
_VALUES: Final = _NETWORK_SERVERS | {"senml", "sparkplug-b", "sensor-community", "dsmr"}
_TOPICS: Final[dict[str, str]] = {
    "the-things-stack": "v3/{app}/devices/{device}/up",
    "chirpstack": "application/{app}/device/{eui}/event/up",
    "zigbee2mqtt": "zigbee2mqtt/{name#}",
    "tasmota": "tele/{device}/SENSOR",
    "shelly": "shellies/{prefix#}",
    "homie": "homie/{rest#}",
    "home-assistant": "homeassistant/#",
    "sparkplug-b": "spBv1.0/{group}/+/{edge}/{node}",
    "iot-agent-json": "/json/{key}/{thing}/attrs",
    "ultralight": "/ul/{key}/{thing}/attrs",
    "sensor-community": "airrohr/{id}",
    "sensorthings": "v1.1/{stream}/Observations",
}
_IDS: Final[dict[str, str]] = {
    "zigbee2mqtt": "device",
    "tasmota": "device",
    "shelly": "device",
    "homie": "device",
    "dsmr": "device",
    "sensor-community": "device",
    "home-assistant": "unique_id",
    "sensorthings": "datastream",
    "senml": "name",
    "iot-agent-json": "thing",
    "ultralight": "thing",
}
_MQTT: Final = MappingProxyType({"url": "mqtt://localhost:1883"})
_COMMON: Final = ("GSMA-Commons", "Location-Commons")
_NUMBERS: Final = frozenset({"number", "integer"})


def starting_text(
    codec: str,
    model: ModelDescription,
    *,
    is_ambiguous: bool = False,
    devices: tuple[str, str] | None = None,
    known: Mapping[str, Any] = MappingProxyType({}),
    mqtt: Mapping[str, Any] = _MQTT,
    context_broker: str = "http://localhost:1026",
) -> str:
    """Write a file with one route.

    Args:
        codec: The codec's name.
        model: The model of the entities.
        is_ambiguous: Whether several subjects have a model of this name.
        devices: A list of devices and its column that tells them apart, where there is one.
        known: Attributes of which the list knows the value.
        mqtt: The table ``[mqtt]``.
        context_broker: The address of the context broker.
    """
    topic = _TOPICS.get(codec, f"{codec}/{{device}}")
    place = "dev_eui" if codec in _NETWORK_SERVERS else _IDS.get(codec, "device")
    if codec == "sparkplug-b":
        place = "group}:{edge}:{node"
    looked_up = []
    if devices is not None:
        looked_up = ["[devices]", f"file = {toml_value(devices[0])}", f"key = {toml_value(devices[1])}", ""]
    lines = [
        head_text(mqtt, context_broker, schema=f"#:schema {FILE_NAME}"),
        *looked_up,
        "[[route]]",
        f"topic = {toml_value(topic)}  # the topics of your devices",
        f"codec = {toml_value(codec)}",
        f"type = {toml_value(model.type)}",
        *([f"model = {toml_value(str(model))}"] if is_ambiguous else []),
        f"id = {toml_value(f'urn:ngsi-ld:{model.type}:{{{place}}}')}",
        *([] if devices is None else [f"device = {toml_value(f'{{{place}}}')}  # its line in the list of devices"]),
        'observed_at = "time"  # where the message says when; without it, the time of arrival is taken',
        'wrong = "leave-out"',
        "# Every attribute of the model: take the sign away before those that your devices send, and correct the path.",
    ]
    takeable = [one for one in model.attributes.values() if one.wire_name not in RESERVED_NAMES]
    described = sorted(takeable, key=lambda one: one.part in _COMMON)
    active = (
        None
        if known
        else next((one for one in described if _NUMBERS & set(one.json_types)), described[0] if described else None)
    )
    lines += [f"attributes.{name} = {toml_value(keys)}  # from the list of devices" for name, keys in known.items()]
    for one in described:
        if (
            one.wire_name in known
            or one.wire_name in ("dateCreated", "dateModified", "dateObserved")
            or not one.wire_name.isidentifier()
        ):
            continue
        lines.append(("" if one is active else "# ") + _line(one, "values." if codec in _VALUES else ""))
    return "\n".join(lines) + "\n"


def _line(one: AttributeDescription, before: str) -> str:
    said = [" or ".join(one.json_types) or "anything"]
    if one.kind == "GeoProperty":
        return f'attributes.{one.wire_name} = {{ longitude = "{before}longitude", latitude = "{before}latitude" }}'
    if one.kind == "Relationship":
        return f'attributes.{one.wire_name} = {{ object = "urn:ngsi-ld:Thing:1" }}  # a link to another entity'
    keys: dict[str, str] = {"from": f"{before}{one.wire_name}"}
    if one.unit_code and _NUMBERS & set(one.json_types):
        keys["unit"] = one.unit_code
    if one.minimum is not None or one.maximum is not None:
        said.append(
            " ".join(
                part
                for part in (
                    "" if one.minimum is None else f"from {one.minimum:g}",
                    "" if one.maximum is None else f"to {one.maximum:g}",
                )
                if part
            )
        )
    if one.enumeration:
        said.append("one of " + ", ".join(map(str, one.enumeration[:8])))
    value = keys["from"] if len(keys) == 1 else keys
    return f"attributes.{one.wire_name} = {toml_value(value)}  # {'; '.join(said)}"
