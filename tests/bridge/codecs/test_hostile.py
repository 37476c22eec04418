"""Whatever bytes come: a codec gives documents or ``PayloadError``, nothing else."""

from __future__ import annotations

from typing import Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bridge.codecs.descriptors import OPTIONS
from citycontext.bridge.codecs import codec_names, load_codec
from citycontext.errors import PayloadError

# A good message for each codec, to be broken.
SAMPLES: Final[dict[str, tuple[str, bytes]]] = {
    "actility": ("t", b'{"DevEUI_uplink":{"DevEUI":"70B3D57ED0000001","FPort":"2","LrrRSSI":"-1","payload_hex":"00"}}'),
    "cbor": ("t", bytes.fromhex("a26174fb4035800000000000616283c482211901414101c249400000000000000000")),
    "dsmr": ("t", b"/X\r\n\r\n0-0:1.0.0(240501120000S)\r\n1-0:1.8.1(000123.456*kWh)\r\n!\r\n"),
    "everynet": ("t", b'{"type":"uplink","meta":{"device":"d"},"params":{"payload":"AA==","port":1}}'),
    "helium": ("t", b'{"dev_eui":"70b3","payload":"AA==","port":1,"hotspots":[{"rssi":-1}]}'),
    "kerlink": ("t", b'{"endDevice":{"devEui":"70b3"},"payload":"00","fPort":1,"gwInfo":[{"rssi":-1}]}'),
    "live-objects": ("t", b'{"value":{"payload":"00"},"metadata":{"network":{"lora":{"devEUI":"70b3","port":1}}}}'),
    "loriot": ("t", b'{"cmd":"rx","EUI":"70B3","data":"00","port":1,"bat":100}'),
    "messagepack": ("t", bytes.fromhex("84a174cb4035800000000000a1629301c40101fba16ec0a47768656ed7ff000007d0663212a0")),
    "multitech": ("t", b'{"deveui":"70-b3","data":"AA==","port":1}'),
    "objenious": ("t", b'{"device_properties":{"deveui":"70b3"},"payload":[{"data":{"t":1}}],"lat":51,"lng":3}'),
    "orbiwise": ("t", b'{"deveui":"70b3","dataFrame":"AA==","port":1}'),
    "protobuf": ("t", bytes.fromhex("0a0161110000000000803540220301020328013206088092b8b106")),
    "proximus": ("t", b'{"DevEUI":"70B3","containerFriendlyName":"T","value":"21.5"}'),
    "cayenne-lpp": ("t", bytes.fromhex("03670110056700ff018806765ff2960a0003e8")),
    "chirpstack": (
        "a/event/up",
        b'{"deviceInfo":{"devEui":"0101010101010101"},"object":{"t":1},"rxInfo":[{"rssi":-5}]}',
    ),
    "csv": ("t", b"a,b\n1,2\n"),
    "home-assistant": (
        "homeassistant/sensor/x/config",
        b'{"~":"a","stat_t":"~/s","val_tpl":"{{ value_json.t }}","dev":{"ids":["d"]},"name":"t"}',
    ),
    "homie": ("homie/d/n/p", b"21.5"),
    "iot-agent-json": ("/k/d/attrs", b'[{"t":1},{"t":2}]'),
    "json": ("t", b'{"t":[1,{"a":null}]}'),
    "senml": ("t", b'[{"bn":"a","bt":1,"v":1,"u":"Cel"},{"n":"b","vs":"x"}]'),
    "sensor-community": ("t", b'{"esp8266id":"1","sensordatavalues":[{"value_type":"P1","value":"1"}]}'),
    "sensorthings": ("v1.1/Datastreams(1)/Observations", b'{"result":1,"phenomenonTime":"a/b"}'),
    "shelly": ("s/events/rpc", b'{"src":"s","method":"NotifyStatus","params":{"ts":1,"switch:0":{"a":1}}}'),
    "sparkplug-b": (
        "spBv1.0/g/NDATA/e",
        bytes.fromhex("08a0c78df3f13112180a0b74656d7065726174757265200a690000000000803540"),
    ),
    "tasmota": ("tele/d/SENSOR", b'{"Time":"x","B":{"T":1}}'),
    "text": ("t", b"21.5"),
    "the-things-stack": (
        "t",
        b'{"end_device_ids":{"device_id":"d"},"uplink_message":{"decoded_payload":{"t":1},"rx_metadata":[{"rssi":1}]}}',
    ),
    "ultralight": ("t", b"2024|t|21.5#h|4"),
    "zigbee2mqtt": ("zigbee2mqtt/d", b'{"t":1}'),
}
JSON_VALUES = st.sampled_from([b"null", b"[]", b"{}", b"3", b'"x"', b"true", b"1e999", b"[[]]", b"-1"])


def test_each_codec_has_a_sample() -> None:
    """A codec without one would not be tested here."""
    assert set(SAMPLES) == set(codec_names())
    for name, (topic, payload) in SAMPLES.items():
        # An announcement gives no document; the states that follow it do.
        assert list(load_codec(name, OPTIONS.get(name)).decode(payload, topic)) or name == "home-assistant", name


@pytest.mark.parametrize("name", sorted(SAMPLES))
@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_broken_messages_are_refused_in_words(name: str, data: st.DataObject) -> None:
    """Random bytes, cut messages, flipped bytes, and values of another type than expected."""
    topic, payload = SAMPLES[name]
    how = data.draw(st.sampled_from(["random", "cut", "flip", "value", "topic"]))
    if how == "random":
        payload = data.draw(st.binary(max_size=60))
    elif how == "cut":
        payload = payload[: data.draw(st.integers(0, len(payload)))]
    elif how == "flip":
        at = data.draw(st.integers(0, len(payload) - 1))
        payload = payload[:at] + bytes([data.draw(st.integers(0, 255))]) + payload[at + 1 :]
    elif how == "value":
        # Put something else where a value stood: after a colon, up to the next comma or end.
        colons = [place for place, byte in enumerate(payload) if byte == ord(":")]
        if colons:
            at = data.draw(st.sampled_from(colons)) + 1
            end = min((place for sign in b",}]" if (place := payload.find(sign, at)) >= 0), default=len(payload))
            payload = payload[:at] + data.draw(JSON_VALUES) + payload[end:]
    else:
        topic = data.draw(st.text(max_size=30))
    try:
        documents = list(load_codec(name, OPTIONS.get(name)).decode(payload, topic))
    except PayloadError as error:
        reason: PayloadError | None = error
    else:
        reason = None
        assert len(documents) < 1000
    assert reason is None or 0 < len(str(reason)) < 500
