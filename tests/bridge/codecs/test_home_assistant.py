"""Home Assistant discovery: what config messages announce, and the states that follow."""

from __future__ import annotations

from typing import Any

import orjson
import pytest

from citycontext.bridge.codecs import load_codec
from citycontext.bridge.codecs.home_assistant import HomeAssistantCodec
from citycontext.errors import PayloadError

TOPIC = "homeassistant/sensor/0x00158d/{}/config"
DEVICE = {"identifiers": ["zigbee2mqtt_0x00158d"], "name": "Hall sensor", "suggested_area": "Hall"}


def announce(codec: HomeAssistantCodec, name: str, **config: Any) -> None:
    """Announce a value."""
    given = {"name": name, "state_topic": "zigbee2mqtt/hall", "unique_id": f"u-{name}", "device": DEVICE} | config
    assert codec.decode(orjson.dumps(given), TOPIC.format(name)) == []


def values(codec: HomeAssistantCodec, payload: bytes, topic: str = "zigbee2mqtt/hall") -> dict[str, Any]:
    """Read a state; gives the values by name."""
    return {one["name"]: one["value"] for one in codec.decode(payload, topic)}


def test_a_state_is_read_as_announced() -> None:
    """A document for each value of the topic, with unit, class and device."""
    codec = load_codec("home-assistant")
    assert isinstance(codec, HomeAssistantCodec)
    announce(
        codec,
        "temperature",
        value_template="{{ value_json.temperature }}",
        unit_of_measurement="°C",
        device_class="temperature",
    )
    announce(codec, "battery", value_template="{{value_json['battery']}}", unit_of_measurement="%")
    first, second = codec.decode(b'{"temperature": 21.5, "battery": 97, "linkquality": 120}', "zigbee2mqtt/hall")
    assert first == {
        "name": "temperature",
        "value": 21.5,
        "unit": "°C",
        "device_class": "temperature",
        "unique_id": "u-temperature",
        "component": "sensor",
        "device": "zigbee2mqtt_0x00158d",
        "device_name": "Hall sensor",
        "area": "Hall",
    }
    assert (second["value"], second["unit"]) == (97, "%")
    assert values(codec, b'{"battery": 96}') == {"battery": 96}
    assert codec.decode(b"{}", "zigbee2mqtt/other") == []


@pytest.mark.parametrize(
    ("template", "payload", "value"),
    [
        (None, b"21.5", 21.5),
        ("{{ value }}", b" ON ", "ON"),
        ("{{ value_json.t | float }}", b'{"t": "21.5"}', 21.5),
        ("{{ value_json.t | is_defined }}", b'{"t": 21.5}', 21.5),
        ("{{ value_json.t | float(0) | round(1) }}", b'{"t": 21.46}', 21.5),
        ("{{ value | int }}", b"42.0", 42),
        ("{{ value_json.get('t', 0) }}", b"{}", 0),
        ("{{ value_json.a.get('b') }}", b'{"a": {"b": 7}}', 7),
        ("{{ value_json.get('a', {}).get('b', 3) }}", b"{}", 3),
        ("{{ value_json.get('a', {}).get('b', [])[0] }}", b'{"a": {"b": [7]}}', 7),
        ("{{ value_json.s | lower }}", b'{"s": "OPEN"}', "open"),
        ("{{ value_json.s | default('none yet') }}", b"{}", "none yet"),
        ("{{ value_json.t | multiply(0.1) }}", b'{"t": 215}', 21.5),
        ("{{ value_json.a[-1] }}", b'{"a": [1, 2]}', 2),
        ("{{ value_json }}", b"7", 7),
        ("{{ value_json.a.b }}", b'{"a": {"b": 1}}', 1),
        ("{{ value_json['a b'][1][\"c\"] }}", b'{"a b": [0, {"c": 2}]}', 2),
        ("{{- value_json.a -}}", b'{"a": false}', False),
    ],
)
def test_templates(template: str | None, payload: bytes, value: Any) -> None:
    """Members and indices of the JSON, or the text."""
    codec = HomeAssistantCodec()
    announce(codec, "v", value_template=template)
    assert values(codec, payload) == {"v": value}


@pytest.mark.parametrize(
    ("template", "payload", "value"),
    [
        ("{{ value_json.t / 10 }}", b'{"t": 215}', 21.5),
        ("{{ (value_json.t / 10) | round(1) }}", b'{"t": 214.96}', 21.5),
        ("{{ value_json.t * 0.1 }}", b'{"t": 215}', 21.5),
        ("{{ value_json.t / 10 | round(1) }}", b'{"t": 215}', 21.5),
        ("{{ value_json['a']['b'] - 2 * value_json.c[0] }}", b'{"a": {"b": 25.5}, "c": [2]}', 21.5),
        ("{{ (float(value_json.w|float) * 3.6)|round(2) }}", b'{"w": "2.5"}', 9.0),
        ("{{ ((float(value_json.ok) * 99)|round(0)) + 1 }}", b'{"ok": 1}', 100),
        ("{{ -value_json.t }}", b'{"t": 2}', -2),
        ("{{ value_json.t / 0 }}", b'{"t": 2}', None),
        ("{{ value_json.t / 10 }}", b'{"h": 2}', None),
        ("{{ value | float / 10 }}", b"215", 21.5),
        ("{{ 'on' if value_json.o else 'off' }}", b'{"o": false}', "off"),
        ("{{ 'dry' if value_json.m < 30 else 'wet' if value_json.m < 70 else 'soaked' }}", b'{"m": 40}', "wet"),
        ("{{ 'a' if value_json.s == 'x' and not value_json.q else 'b' }}", b'{"s": "x", "q": 0}', "a"),
        ("{{ value_json.t if value_json.t is defined else none }}", b'{"h": 1}', None),
        ("{% if value_json.o %}on{% else %}off{% endif %}", b'{"o": true}', "on"),
        ("{%- if value_json.t > 10 -%}{{ value_json.t / 2 }}{%- else -%}low{%- endif -%}", b'{"t": 43}', 21.5),
        ("{{ value_json.get('a', 3) + 1 }}", b"{}", 4),
    ],
)
def test_templates_that_calculate_or_choose(template: str, payload: bytes, value: Any) -> None:
    """Arithmetic, comparisons and choices are read as Home Assistant does; a filter binds more than a sign."""
    codec = HomeAssistantCodec()
    announce(codec, "v", value_template=template)
    assert values(codec, payload).get("v") == value


@pytest.mark.parametrize(
    "template",
    [
        "{{ value_json.t | sort }}",
        "{{ value_json.get('a', x) }}",
        "{{ value_json.get('a', 1x).b }}",
        "{{ value_json.a ** 2 }}",
        "{{ (value_json.a + 1 }}",
        "{{ value_json.a.split('x') }}",
        "{{ 1 if value_json.a }}",
        "{{ value.a }}",
        "{{ value_json.t | round('x') }}",
        "{% if value %}1{% endif %}",
        "{{ states('x') }}",
        5,
    ],
)
def test_a_template_that_is_more_is_said_so(template: Any) -> None:
    """With the way out; it is never half evaluated, and the other values of the topic are read."""
    codec = HomeAssistantCodec()
    announce(codec, "other", value_template="{{ value_json.o }}")
    with pytest.raises(PayloadError, match=r"the value_template of 'v' is more than .* json codec instead"):
        announce(codec, "v", value_template=template)
    assert values(codec, b'{"o": 1, "t": 2}') == {"other": 1}


def test_abbreviations_and_the_base_topic() -> None:
    """The short form that many devices announce with."""
    codec = HomeAssistantCodec(prefix="ha")
    short = {
        "~": "tasmota/p1",
        "name": "p",
        "stat_t": "~/SENSOR",
        "val_tpl": "{{ value_json.P }}",
        "dev": {"ids": "a1"},
    }
    codec.decode(orjson.dumps(short), "ha/sensor/p1/config")
    (document,) = codec.decode(b'{"P": 3}', "tasmota/p1/SENSOR")
    assert (document["value"], document["device"]) == (3, "a1")


def test_what_is_taken_back_or_changed_is_forgotten() -> None:
    """An empty config removes, another one replaces; other components and things without a state are left alone."""
    codec = HomeAssistantCodec(components=["sensor"])
    announce(codec, "v")
    announce(codec, "v", state_topic="elsewhere")
    assert values(codec, b"1") == {}
    assert values(codec, b"1", "elsewhere") == {"v": 1}
    codec.decode(b"", TOPIC.format("v"))
    assert values(codec, b"1", "elsewhere") == {}
    codec.decode(b'{"state_topic": "s"}', "homeassistant/light/x/config")
    codec.decode(b'{"command_topic": "s"}', "homeassistant/sensor/x/config")
    assert codec.decode(b"1", "s") == []


@pytest.mark.parametrize("payload", [b"{", b"[1]", b"\xff"])
def test_a_config_that_cannot_be_read_is_refused(payload: bytes) -> None:
    """In words."""
    with pytest.raises(PayloadError):
        HomeAssistantCodec().decode(payload, TOPIC.format("v"))


def state(component: str, payload: bytes, **config: Any) -> Any:
    """Announce one thing and read a state of it; None where it has no value."""
    codec = HomeAssistantCodec()
    codec.decode(orjson.dumps({"state_topic": "s", "name": "n"} | config), f"homeassistant/{component}/x/config")
    documents = codec.decode(payload, "s")
    return documents[0]["value"] if documents else None


@pytest.mark.parametrize(
    ("component", "payload", "config", "value"),
    [
        ("binary_sensor", b"ON", {}, True),
        ("binary_sensor", b"OFF", {}, False),
        ("binary_sensor", b"open", {"pl_on": "open", "pl_off": "closed"}, True),
        ("binary_sensor", b'{"c": true}', {"val_tpl": "{{ value_json.c }}", "pl_on": False, "pl_off": True}, False),
        ("switch", b"1", {"stat_on": "1", "stat_off": "0"}, True),
        ("select", b"on", {}, "on"),
        ("select", b"7", {}, "7"),
        ("sensor", b"on", {}, "on"),
        ("sensor", b"7", {"dev_cla": "enum"}, "7"),
        ("sensor", b"21.5", {}, 21.5),
        ("sensor", b"", {}, None),
        ("sensor", b"nan", {}, None),
        ("sensor", b"unavailable", {}, None),
        ("sensor", b'{"t": "21.5"}', {"val_tpl": "{{ value_json.t }}"}, 21.5),
        ("light", b'{"state": "ON", "brightness": 128}', {"schema": "json"}, True),
        ("light", b"{}", {"schema": "json"}, None),
        ("binary_sensor", b"neither", {}, "neither"),
    ],
)
def test_a_value_is_what_its_component_means(
    component: str, payload: bytes, config: dict[str, Any], value: Any
) -> None:
    """On and off by the payloads of the config, options as text, numbers as numbers, none where none is."""
    assert state(component, payload, **config) == value


def test_a_device_is_announced_as_a_whole() -> None:
    """Each component has a value; they share topic and device; taken back, all are forgotten."""
    codec = HomeAssistantCodec()
    config = {
        "dev": {"ids": "hp-0001", "name": "Heat pump"},
        "o": {"name": "hp2mqtt"},
        "cmps": {
            "outdoor": {"p": "sensor", "uniq_id": "o", "unit_of_meas": "°C", "val_tpl": "{{ value_json.outdoor }}"},
            "flow": {"p": "sensor", "uniq_id": "f", "unit_of_meas": "°C", "val_tpl": "{{ value_json.flow }}"},
            "odd": {"p": "sensor", "uniq_id": "x", "val_tpl": "{% if value %}{% endif %}"},
        },
        "stat_t": "heatpump/state",
    }
    with pytest.raises(PayloadError, match="value_template"):
        codec.decode(orjson.dumps(config), "homeassistant/device/hp-0001/config")
    documents = codec.decode(b'{"outdoor": 7.5, "flow": 35.0}', "heatpump/state")
    assert [(one["unique_id"], one["value"], one["unit"], one["device"]) for one in documents] == [
        ("o", 7.5, "°C", "hp-0001"),
        ("f", 35.0, "°C", "hp-0001"),
    ]
    codec.decode(b"", "homeassistant/device/hp-0001/config")
    assert codec.decode(b'{"outdoor": 7.5}', "heatpump/state") == []


def test_a_component_that_is_taken_away_does_not_cost_the_others() -> None:
    """One without anything is gone, one without unique_id is refused, and the others of the device stay."""
    codec = load_codec("home-assistant")
    components = {
        "t": {"platform": "sensor", "unique_id": "d-t", "value_template": "{{ value_json.t }}"},
        "gone": {"platform": "sensor"},
    }
    config = {"device": {"ids": ["d"]}, "origin": {"name": "x"}, "components": components, "state_topic": "x/d"}
    assert list(codec.decode(orjson.dumps(config), "homeassistant/device/d/config")) == []
    assert [(one["unique_id"], one["value"]) for one in codec.decode(b'{"t": 21.5}', "x/d")] == [("d-t", 21.5)]
    components["nameless"] = {"platform": "sensor", "value_template": "{{ value_json.h }}"}
    with pytest.raises(PayloadError, match="no unique_id"):
        codec.decode(orjson.dumps(config), "homeassistant/device/d/config")
    assert [one["value"] for one in codec.decode(b'{"t": 22.5, "h": 40}', "x/d")] == [22.5]


def test_wildcards_in_state_topics() -> None:
    """As gateways announce what any of them may hear; forgotten with the config."""
    codec = HomeAssistantCodec()
    announce(codec, "t", state_topic="+/+/RTL_433toMQTT/Acme/102", value_template="{{ value_json.t }}")
    announce(codec, "all", state_topic="home/#", value_template="{{ value_json.t }}")
    assert values(codec, b'{"t": 21.5}', "home/omg/RTL_433toMQTT/Acme/102") == {"t": 21.5, "all": 21.5}
    assert values(codec, b'{"t": 21.5}', "home") == {"all": 21.5}
    assert values(codec, b'{"t": 21.5}', "a/b/c") == {}
    codec.decode(b"", TOPIC.format("t"))
    assert values(codec, b'{"t": 21.5}', "x/omg/RTL_433toMQTT/Acme/102") == {}


def test_a_config_in_latin_1() -> None:
    """Firmware that writes the degree sign in one byte."""
    codec = HomeAssistantCodec()
    config = '{"stat_t": "z/y", "name": "t", "unit_of_meas": "°C"}'
    codec.decode(config.encode("latin-1"), "homeassistant/sensor/y/config")
    (document,) = codec.decode(b"21.5", "z/y")
    assert document["unit"] == "°C"


def test_values_beside_the_state() -> None:
    """A climate's temperatures and a cover's position are values by name; attributes are there as they come."""
    codec = HomeAssistantCodec()
    climate = {"name": "hvac", "curr_temp_t": "c/t", "mode_stat_t": "c/m", "json_attr_t": "c/a", "temp_stat_t": "c/s"}
    codec.decode(orjson.dumps(climate), "homeassistant/climate/c/config")
    cover = {"name": "blind", "stat_t": "b/s", "pos_t": "b/p", "pos_tpl": "{{ value_json.p | int }}"}
    codec.decode(orjson.dumps(cover), "homeassistant/cover/b/config")
    assert codec.decode(b"21.5", "c/t")[0]["values"] == {"current_temperature": 21.5}
    assert codec.decode(b"20", "c/s")[0]["values"] == {"temperature": 20}
    assert codec.decode(b"heat", "c/m")[0]["values"] == {"mode": "heat"}
    assert codec.decode(b'{"fw": "1"}', "c/a")[0]["attributes"] == {"fw": "1"}
    assert codec.decode(b'{"p": 40}', "b/p")[0]["values"] == {"position": 40}
    assert codec.decode(b"open", "b/s")[0]["value"] == "open"
