"""Devices of homes and streets: Zigbee2MQTT, Tasmota, Shelly, Homie."""

from __future__ import annotations

from typing import Any

import pytest

from citycontext.bridge.codecs import load_codec
from citycontext.bridge.codecs.homie import HomieCodec
from citycontext.bridge.codecs.shelly import ShellyCodec
from citycontext.bridge.codecs.tasmota import TasmotaCodec
from citycontext.bridge.codecs.zigbee2mqtt import Zigbee2MqttCodec
from citycontext.errors import PayloadError


@pytest.mark.parametrize(
    ("topic", "payload", "documents"),
    [
        (
            "zigbee2mqtt/attic/lamp",
            b'{"state":"ON","linkquality":120}',
            [{"state": "ON", "linkquality": 120, "device": "attic/lamp"}],
        ),
        ("zigbee2mqtt/lamp/availability", b'{"state":"online"}', [{"device": "lamp", "available": True}]),
        ("zigbee2mqtt/lamp/availability", b"offline", [{"device": "lamp", "available": False}]),
        ("zigbee2mqtt/bridge/devices", b"[]", []),
        ("zigbee2mqtt/lamp/set", b'{"state":"ON"}', []),
        ("zigbee2mqtt/lamp", b"", []),
    ],
)
def test_zigbee2mqtt(topic: str, payload: bytes, documents: list[dict[str, Any]]) -> None:
    """States with the friendly name, availability; the bridge's own messages and commands are left alone."""
    assert list(Zigbee2MqttCodec().decode(payload, topic)) == documents


def test_zigbee2mqtt_elsewhere() -> None:
    """Another base topic is an option; the error says which."""
    assert list(Zigbee2MqttCodec(base="zb").decode(b'{"t":1}', "zb/a")) == [{"t": 1, "device": "a"}]
    with pytest.raises(PayloadError, match="option base"):
        Zigbee2MqttCodec().decode(b"{}", "zb/a")


def test_tasmota() -> None:
    """Telemetry with device and kind; LWT only where it is asked for."""
    payload = b'{"Time":"2024-05-01T12:00:00","BME280":{"Temperature":21.5},"TempUnit":"C"}'
    (document,) = TasmotaCodec().decode(payload, "tele/plug-7/SENSOR")
    assert document["BME280"] == {"Temperature": 21.5}
    assert (document["device"], document["kind"]) == ("plug-7", "SENSOR")
    assert list(TasmotaCodec().decode(b"Online", "tele/plug-7/LWT")) == []
    (last_will,) = TasmotaCodec(kinds=["LWT"]).decode(b"Online", "tele/plug-7/LWT")
    assert last_will["available"] is True
    assert list(TasmotaCodec().decode(b"ON", "stat/plug-7/POWER")) == []


def test_shelly_says_what_changed() -> None:
    """A notification, a component's status and a last will; what is not a state gives nothing."""
    codec = ShellyCodec()
    part = b'{"src":"shelly-1","method":"NotifyStatus","params":{"ts":2.5,"switch:0":{"apower":8.1}}}'
    (document,) = codec.decode(part, "shelly-1/events/rpc")
    assert document == {"device": "shelly-1", "time": 2.5, "switch:0": {"apower": 8.1}}
    (status,) = codec.decode(b'{"tC":21.5}', "shelly-1/status/temperature:0")
    assert status == {"device": "shelly-1", "time": None, "temperature:0": {"tC": 21.5}}
    assert list(codec.decode(b'{"src":"x","method":"NotifyEvent","params":{}}', "x/events/rpc")) == []
    assert list(codec.decode(b"true", "shelly-1/online")) == [{"device": "shelly-1", "online": True}]


def test_zigbee2mqtt_topics_of_single_attributes() -> None:
    """They are another kind of message, unless the route says that Zigbee2MQTT publishes attributes."""
    assert list(Zigbee2MqttCodec().decode(b"21.5", "zigbee2mqtt/hall/temperature")) == []
    assert list(Zigbee2MqttCodec().decode(b"single", "zigbee2mqtt/hall/action")) == []
    codec = Zigbee2MqttCodec(output="attribute")
    assert list(codec.decode(b"21.5", "zigbee2mqtt/attic/hall/temperature")) == [
        {"temperature": 21.5, "device": "attic/hall"}
    ]
    for topic in ("lamp/set/brightness", "lamp/get/state", "lamp/left/set"):
        assert list(codec.decode(b"50", f"zigbee2mqtt/{topic}")) == []
    with pytest.raises(PayloadError, match="JSON"):
        Zigbee2MqttCodec().decode(b'{"temperature": 21', "zigbee2mqtt/hall")


@pytest.mark.parametrize(("base", "start"), [("homie", "homie/5"), ("homie/5", "homie/5"), ("city", "city/5")])
def test_homie_5_is_described_by_one_document(base: str, start: str) -> None:
    """Types and units come from ``$description``; no level that begins with ``$`` is a node or a property."""
    codec = HomieCodec(base=base)
    description = b"""{"homie": "5.0", "version": 1, "nodes": {"climate": {"properties": {
        "temperature": {"datatype": "float", "unit": "\xc2\xb0C", "name": "Air"},
        "code": {"datatype": "string"}, "odd": 3}}, "none": 4}}"""
    assert list(codec.decode(description, f"{start}/dev1/$description")) == []
    (document,) = codec.decode(b"21", f"{start}/dev1/climate/temperature")
    assert (document["device"], document["node"], document["property"]) == ("dev1", "climate", "temperature")
    assert (document["value"], document["unit"], document["name"]) == (21.0, "°C", "Air")
    (document,) = codec.decode(b"007", f"{start}/dev1/climate/code")
    assert document["value"] == "007"
    assert list(codec.decode(b"ready", f"{start}/dev1/$state")) == [{"device": "dev1", "state": "ready"}]
    for topic in ("dev1/climate/temperature/set", "dev1/climate/temperature/$target", "dev1/$log/warn/text"):
        assert list(codec.decode(b"22", f"{start}/{topic}")) == []


def test_homie_4_with_a_device_called_5() -> None:
    """Its values have three levels, and stay those of the device ``5``."""
    codec = HomieCodec()
    assert list(codec.decode(b"float", "homie/5/n/p/$datatype")) == []
    (document,) = codec.decode(b"21", "homie/5/n/p")
    assert (document["device"], document["value"]) == ("5", 21.0)
    assert list(codec.decode(b"22", "homie/5/n/p/set")) == []


def test_homie_remembers_what_describes_a_property() -> None:
    """Datatype and unit are retained messages beside the value."""
    codec = HomieCodec()
    assert list(codec.decode(b"float", "homie/d/n/temperature/$datatype")) == []
    assert list(codec.decode("°C".encode(), "homie/d/n/temperature/$unit")) == []
    (document,) = codec.decode(b"21", "homie/d/n/temperature")
    assert (document["value"], document["unit"]) == (21.0, "°C")
    assert isinstance(document["value"], float)
    assert list(codec.decode(b"ready", "homie/d/$state")) == [{"device": "d", "state": "ready"}]
    assert list(codec.decode(b"on", "homie/d/n/lamp/set")) == []
    with pytest.raises(PayloadError, match="'warm' is not of the type float"):
        codec.decode(b"warm", "homie/d/n/temperature")


def test_an_empty_text_of_homie_is_a_value() -> None:
    """A byte of zero is the empty text, as Homie 4 and 5 write it; no byte at all is a topic that was taken away."""
    codec = load_codec("homie")
    codec.decode(b"string", "homie/d/n/label/$datatype")
    assert [one["value"] for one in codec.decode(b"\0", "homie/d/n/label")] == [""]
    assert list(codec.decode(b"", "homie/d/n/label")) == []


@pytest.mark.parametrize("topic", ["shellies/k/command/switch:0", "shellies/k/debug/log"])
def test_commands_and_logs_of_a_shelly_are_left_alone(topic: str) -> None:
    """They say nothing of the state, and are not dead letters."""
    assert load_codec("shelly").decode(b"on", topic) == ()
