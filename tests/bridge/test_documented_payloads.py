"""Each network, device and service that the bridge is meant for: its documented message in, the entity out."""

from __future__ import annotations

from typing import Any, Final

import orjson
import pytest

from citycontext.bridge.config.bridge import BridgeConfig
from citycontext.bridge.message import Message
from citycontext.bridge.rehearsal.rehearsal import Rehearsal

AT: Final = "2024-05-01T10:00:00Z"
ARRIVED: Final = 1_714_557_601.0

TTS_UP: Final = {
    "end_device_ids": {"device_id": "co2-1", "dev_eui": "70B3D57ED0000001", "application_ids": {"application_id": "a"}},
    "received_at": "2024-05-01T10:00:00.123456789Z",
    "uplink_message": {
        "f_port": 85,
        "frm_payload": "AAE=",
        "decoded_payload": {"temperature": 21.5, "battery": 97},
        "rx_metadata": [{"rssi": -80, "location": {"latitude": 1.0, "longitude": 1.0}}],
        "settings": {"frequency": "868100000"},
        "received_at": "2024-05-01T10:00:00.000000001Z",
        "locations": {"user": {"latitude": 51.05, "longitude": 3.72}},
    },
}
CHIRPSTACK_UP: Final = {
    "deduplicationId": "4f7d",
    "time": "2024-05-01T10:00:00.000000+00:00",
    "deviceInfo": {"devEui": "0102030405060708", "deviceName": "bin", "tags": {"street": "Veldstraat"}},
    "fPort": 2,
    "data": "AAE=",
    "rxInfo": [{"rssi": -60, "snr": 9.5}, {"rssi": -110}],
}


def case(route: dict[str, Any], topic: str, payload: Any, expected: dict[str, Any]) -> Any:
    """Return a case: a route, a message, and the values that come out, with their units where they matter."""
    content = payload if isinstance(payload, bytes) else orjson.dumps(payload)
    return route, topic, content, expected


CASES: Final = {
    "The Things Stack": case(
        {"topic": "v3/{app}/devices/{dev}/up", "codec": "the-things-stack", "id": "urn:x:{dev}", "observed_at": "time"}
        | {
            "attributes": {
                "temperature": {"from": "values.temperature", "unit": "CEL"},
                "batteryLevel": {"from": "values.battery", "scale": 0.01},
                "location": {"longitude": "location.longitude", "latitude": "location.latitude"},
                "fCnt": "f_cnt",
                "snr": "snr",
            }
        },
        "v3/a@tenant/devices/co2-1/up",
        TTS_UP,
        {
            "temperature": 21.5,
            "batteryLevel": 0.97,
            "location": {"type": "Point", "coordinates": [3.72, 51.05]},
            "fCnt": 0,
            "snr": 0,
        },
    ),
    "The Things Stack, open source": case(
        {"topic": "v3/{app}/devices/{dev}/up", "codec": "the-things-stack", "id": "urn:x:{dev}", "observed_at": "time"}
        | {"attributes": {"temperature": "values.temperature"}},
        "v3/a/devices/co2-1/up",
        TTS_UP,
        {"temperature": 21.5},
    ),
    "ChirpStack v4": case(
        {"topic": "application/{app}/device/{eui}/event/{event}", "codec": "chirpstack", "id": "urn:x:{eui}"}
        | {
            "observed_at": "time",
            "attributes": {
                "fillingLevel": {"from": "message.object.fill", "omits_zero": True, "scale": 0.01},
                "rssi": "rssi",
                "street": "tags.street",
            },
        },
        "application/1/device/0102030405060708/event/up",
        CHIRPSTACK_UP | {"object": {}},
        {"fillingLevel": 0, "rssi": -60, "street": "Veldstraat"},
    ),
    "ChirpStack v3": case(
        {"topic": "application/{app}/device/{eui}/event/up", "codec": "chirpstack", "id": "urn:x:{dev_eui}"}
        | {"attributes": {"t": "values.t"}},
        "application/1/device/0102030405060708/event/up",
        {"devEUI": "AQIDBAUGBwg=", "deviceName": "bin", "objectJSON": '{"t": 4.5}', "fCnt": 3, "data": "AAE="},
        {"t": 4.5},
    ),
    "Milesight, decoded": case(
        {"topic": "m/{dev}", "id": "urn:x:{dev}"}
        | {
            "attributes": {
                "temperature": {"from": "temperature", "unit": "CEL"},
                "co2": {"from": "co2", "unit": "59"},
                "door": {"from": "magnet_status", "lookup": {"open": True, "close": False}},
            }
        },
        "m/1",
        {"temperature": 21.5, "magnet_status": "close", "history": [{"temperature": 20}]},
        {"temperature": 21.5, "door": False},
    ),
    "Dragino, decoded": case(
        {"topic": "d/{dev}", "id": "urn:x:{dev}"}
        | {
            "attributes": {
                "temperature": {"from": ["TempC_SHT", "TempC1"], "unit": "CEL", "from_text": True},
                "leak": {"from": "Leak", "datatype": "boolean", "from_text": True},
                "voltage": {"from": "BatV", "unit": "VLT"},
            }
        },
        "d/1",
        {"TempC1": "21.50", "Leak": "FALSE", "BatV": 3.051},
        {"temperature": 21.5, "leak": False, "voltage": 3.051},
    ),
    "Zigbee2MQTT": case(
        {"topic": "zigbee2mqtt/{name#}", "codec": "zigbee2mqtt", "id": "urn:x:{device}", "observed_at": "last_seen"}
        | {
            "attributes": {
                "temperature": "temperature",
                "occupancy": "occupancy",
                "voltage": {"from": "voltage", "unit": "VLT", "from_unit": "2Z"},
            }
        },
        "zigbee2mqtt/hall/north",
        {"temperature": 21.5, "occupancy": None, "voltage": 3000, "linkquality": 80, "last_seen": 1_714_557_600_000},
        {"temperature": 21.5, "voltage": 3.0},
    ),
    "Tasmota": case(
        {"topic": "tele/{topic}/SENSOR", "codec": "tasmota", "id": "urn:x:{device}"}
        | {
            "observed_at": {"from": "Time", "zone": "Europe/Brussels"},
            "attributes": {"temperature": {"from": "BME280.Temperature", "unit": "CEL"}, "power": "ENERGY.Power"},
        },
        "tele/plug/SENSOR",
        {"Time": "2024-05-01T12:00:00", "BME280": {"Temperature": 21.5}, "ENERGY": {"Power": 7}, "TempUnit": "C"},
        {"temperature": 21.5, "power": 7},
    ),
    "Shelly": case(
        {"topic": "{prefix}/events/rpc", "codec": "shelly", "id": "urn:x:{device}", "observed_at": "time"}
        | {"attributes": {"power": {"from": '"switch:0".apower', "unit": "WTT"}}},
        "s/events/rpc",
        {"src": "s1", "method": "NotifyStatus", "params": {"ts": 1_714_557_600.0, "switch:0": {"apower": 8.1}}},
        {"power": 8.1},
    ),
    "Sensor.Community, push": case(
        {"topic": "sc/{x}", "codec": "sensor-community", "id": "urn:x:{device}"}
        | {"attributes": {"pm10": {"from": "values.P1", "from_text": True, "unit": "GQ"}}},
        "sc/1",
        {"esp8266id": "12345", "sensordatavalues": [{"value_type": "SDS_P1", "value": "4.50"}]},
        {"pm10": 4.5},
    ),
    "OGC SensorThings": case(
        {"topic": "v1.1/+/Observations", "codec": "sensorthings", "id": "urn:x:{datastream}"}
        | {"observed_at": "time", "attributes": {"level": "result"}},
        "v1.1/Datastreams(7)/Observations",
        {"phenomenonTime": "2024-05-01T09:00:00Z/2024-05-01T10:00:00Z", "result": 2.5},
        {"level": 2.5},
    ),
    "SenML": case(
        {"topic": "senml/{x}", "codec": "senml", "id": "urn:x:{name}", "observed_at": "time"}
        | {"attributes": {"temperature": {"from": "values.t", "unit": "CEL"}}},
        "senml/1",
        [{"bn": "urn:dev:1:", "bt": 1_714_557_600, "n": "t", "u": "Cel", "v": 21.5}],
        {"temperature": 21.5},
    ),
    "Telraam": case(
        {"topic": "telraam/{x}", "id": "urn:x:{segment_id}", "each": "report", "observed_at": "date"}
        | {
            "attributes": {
                "bike": {"from": "bike", "ignore": [-1]},
                "heavy": {"from": "heavy", "ignore": [-1]},
                "quality": {"from": "uptime", "minimum": 0, "maximum": 1},
            }
        },
        "telraam/1",
        {"report": [{"segment_id": 9000001, "date": AT, "bike": 12.0, "heavy": -1, "uptime": 0.75}]},
        {"bike": 12.0, "quality": 0.75},
    ),
    "OpenTrafficCam": case(
        {"topic": "otc/{camera}", "id": "urn:x:{camera}:{flow}"}
        | {
            "observed_at": {"from": '"end time"', "format": "%Y-%m-%d %H:%M:%S.%f", "zone": "Europe/Brussels"},
            "attributes": {"count": {"from": "count", "dataset_id": "urn:x:class:{classification}"}},
        },
        "otc/c1",
        {"flow": "north", "classification": "car", "end time": "2024-05-01 12:00:00.000000", "count": 41},
        {"count": 41},
    ),
    "Libelium Meshlium": case(
        {"topic": "meshlium/{wasp}/{sensor}", "codec": "text", "id": "urn:x:{wasp}"}
        | {"attributes": {"temperature": {"from": "value", "unit": "CEL"}}},
        "meshlium/w1/TC",
        b"21.5",
        {"temperature": 21.5},
    ),
    "IoT Agent for JSON": case(
        {"topic": ["/{key}/{dev}/attrs", "/json/{key}/{dev}/attrs"], "codec": "iot-agent-json", "id": "urn:x:{device}"}
        | {"observed_at": "TimeInstant", "attributes": {"temperature": "t"}},
        "/json/key/d1/attrs",
        {"t": 21.5, "TimeInstant": AT},
        {"temperature": 21.5},
    ),
    "Ultralight 2.0": case(
        {"topic": "/ul/{key}/{dev}/attrs", "codec": "ultralight", "id": "urn:x:{dev}"}
        | {"attributes": {"temperature": {"from": "t", "datatype": "number", "from_text": True}}},
        "/ul/key/d1/attrs",
        b"t|21.5|h|40",
        {"temperature": 21.5},
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_the_documented_message_becomes_the_entity(name: str) -> None:
    """With the traps that its documentation has: what is left out, what is text, which time, whose position."""
    route, topic, payload, expected = CASES[name]
    config = BridgeConfig.from_dict(
        {
            "mqtt": {"url": "mqtt://m"},
            "context_broker": {"url": "http://c"},
            "route": [{"name": name, "type": "T"} | route],
        }
    )
    (result,) = Rehearsal(config).results([Message(topic, payload, ARRIVED)])
    assert result.failure is None
    (entity,) = result.entities
    found = {key: one["value"] for key, one in entity.items() if isinstance(one, dict)}
    assert found == expected
    times = {one["observedAt"].partition(".")[0].removesuffix("Z") for one in entity.values() if isinstance(one, dict)}
    wanted = "2024-05-01T10:00:00" if "observed_at" in route else "2024-05-01T10:00:01"
    assert times == {wanted}
