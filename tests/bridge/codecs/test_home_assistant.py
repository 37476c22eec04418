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
        ("{{ value }}", b" ON ", True),
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
    "template",
    ["{{ value_json.t | round(1) }}", "{{ value_json.a + 1 }}", "{% if value %}1{% endif %}", "{{ states('x') }}", 5],
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
