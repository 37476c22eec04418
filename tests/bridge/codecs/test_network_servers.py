"""LoRaWAN network servers: what each publishes, in the one form of uplinks."""

from __future__ import annotations

from typing import Any

import orjson
import pytest

from citycontext.bridge.codecs import load_codec
from citycontext.errors import PayloadError

EUI = "70b3d57ed0000001"
LPP = "006700d7016864"
LPP_64 = "AGcA1wFoZA=="

UPLINKS: dict[str, dict[str, Any]] = {
    "actility": {
        "DevEUI_uplink": {
            "Time": "2024-05-01T12:00:00+02:00",
            "DevEUI": EUI.upper(),
            "FPort": "2",
            "FCntUp": "57",
            "payload_hex": LPP,
            "LrrRSSI": "-101.0",
            "Lrrs": {"Lrr": [{"LrrRSSI": "-101.0", "LrrSNR": "7.5"}, {"LrrRSSI": "-110.0", "LrrSNR": "1.0"}]},
            "DevLON": "3.72",
            "DevLAT": "51.05",
        }
    },
    "loriot": {
        "cmd": "gw",
        "EUI": EUI.upper(),
        "ts": 1714557600000,
        "fcnt": 57,
        "port": 2,
        "data": LPP,
        "gws": [{"rssi": -101, "snr": 7.5}, {"rssi": -110, "snr": 1.0}],
    },
    "everynet": {
        "type": "uplink",
        "meta": {"device": EUI, "application": "70b3d57ed0000002", "packet_hash": "h"},
        "params": {
            "payload": LPP_64,
            "port": 2,
            "counter_up": 57,
            "rx_time": 1714557600.0,
            "radio": {"hardware": {"rssi": -101, "snr": 7.5}},
        },
    },
    "kerlink": {
        "endDevice": {"devEui": EUI.upper(), "cluster": {"id": 7}},
        "payload": LPP,
        "encodingType": "HEXA",
        "fPort": 2,
        "fCntUp": 57,
        "recvTime": 1714557600000,
        "gwInfo": [{"rssi": -101, "snr": 7.5}],
    },
    "live-objects": {
        "timestamp": "2024-05-01T10:00:00Z",
        "value": {"payload": LPP},
        "location": {"lon": 3.72, "lat": 51.05, "alt": None},
        "tags": ["attic"],
        "metadata": {
            "network": {
                "lora": {"devEUI": EUI.upper(), "port": 2, "fcnt": 57, "rssi": -101, "snr": 7.5, "gatewayCnt": 3}
            }
        },
    },
    "objenious": {
        "type": "uplink",
        "timestamp": "2024-05-01T10:00:00Z",
        "count": 57,
        "payload_cleartext": LPP,
        "device_properties": {"deveui": EUI.upper(), "external_id": "attic"},
        "protocol_data": {"port": 2, "rssi": -101, "snr": 7.5, "gateways": 2},
        "lat": 51.05,
        "lng": 3.72,
    },
    "orbiwise": {
        "deveui": EUI,
        "dataFrame": LPP_64,
        "port": 2,
        "fcnt": 57,
        "rssi": -101,
        "snr": 7.5,
        "timestamp": "2024-05-01T10:00:00.000Z",
    },
    "multitech": {
        "deveui": "70-b3-d5-7e-d0-00-00-01",
        "data": LPP_64,
        "port": 2,
        "fcnt": 57,
        "rssi": -101,
        "lsnr": 7.5,
        "time": "2024-05-01T10:00:00Z",
    },
    "proximus": {"DevEUI": EUI.upper(), "Time": "2024-05-01T10:00:00Z", "FPort": 2, "FCntUp": 57, "payload_hex": LPP},
    "helium": {
        "type": "uplink",
        "dev_eui": EUI.upper(),
        "name": "attic",
        "payload": LPP_64,
        "port": 2,
        "fcnt": 57,
        "reported_at": 1714557600000,
        "hotspots": [{"rssi": -101, "snr": 7.5}],
    },
}


@pytest.mark.parametrize("server", sorted(UPLINKS))
def test_each_server_gives_the_one_form(server: str) -> None:
    """EUI in one spelling, port, counter, signal, and the bytes decoded here."""
    (read,) = load_codec(server, {"decoder": "cayenne-lpp"}).decode(orjson.dumps(UPLINKS[server]), "t")
    assert read["event"] == "up"
    assert (read["dev_eui"], read["f_port"], read["f_cnt"], read["payload"]) == (EUI, 2, 57, LPP)
    assert read["values"] == {"temperature_0": 21.5, "humidity_1": 50}
    assert read["message"] == UPLINKS[server]
    assert read["time"] is not None
    if server != "proximus":
        assert (read["rssi"], read["snr"]) == (-101, 7.5)
        assert read["gateways"] >= 1


@pytest.mark.parametrize("server", ["actility", "live-objects", "objenious"])
def test_a_position_that_the_server_knows(server: str) -> None:
    """The device's, not the gateway's."""
    (read,) = load_codec(server).decode(orjson.dumps(UPLINKS[server]), "t")
    assert read["location"] == {"longitude": 3.72, "latitude": 51.05}


@pytest.mark.parametrize(
    ("server", "message"),
    [
        ("actility", {"DevEUI_downlink_Sent": {"DevEUI": EUI}}),
        ("loriot", {"cmd": "txd", "EUI": EUI}),
        ("everynet", {"type": "downlink_request", "meta": {"device": EUI}, "params": {}}),
        ("kerlink", {"endDevice": {"devEui": EUI}}),
        ("objenious", {"type": "join", "device_properties": {"deveui": EUI}}),
        ("orbiwise", {"deveui": EUI}),
        ("helium", {"type": "join", "dev_eui": EUI}),
    ],
)
def test_what_is_no_uplink_is_left_alone(server: str, message: dict[str, Any]) -> None:
    """Joins, downlinks and acknowledgements carry nothing that a sensor measured."""
    assert list(load_codec(server).decode(orjson.dumps(message), "t")) == []


@pytest.mark.parametrize("server", sorted(UPLINKS))
@pytest.mark.parametrize("payload", [b"[]", b"{}", b'{"deveui": 7, "DevEUI": 7, "EUI": 7, "dev_eui": 7}'])
def test_another_message_is_refused(server: str, payload: bytes) -> None:
    """By the name of the server, so that a wrong codec is seen."""
    with pytest.raises(PayloadError, match="this is not a message of "):
        list(load_codec(server).decode(payload, "t"))


def test_one_value_a_message() -> None:
    """MyThings of Proximus: the container's name is the value's."""
    message = {"containerFriendlyName": "Humidity", "value": "40", "timestamp": "1714557600", "DevEUI": EUI.upper()}
    (read,) = load_codec("proximus").decode(orjson.dumps(message), "t")
    assert (read["values"], read["dev_eui"], read["time"]) == ({"Humidity": 40}, EUI, "1714557600")


def test_what_the_server_decoded_is_taken() -> None:
    """Where no decoder is set here: the payload of ThingPark, the readings of Objenious, the channels of Helium."""
    actility = {"DevEUI_uplink": {"DevEUI": EUI, "payload": {"temperature": 21.5}}}
    objenious = {"device_properties": {"deveui": EUI}, "payload": [{"data": {"temperature": 21.5}}]}
    helium = {"dev_eui": EUI, "decoded": {"payload": [{"channel": 0, "name": "temperature", "value": 21.5}]}}
    for server, message, name in (
        ("actility", actility, "temperature"),
        ("objenious", objenious, "temperature"),
        ("helium", helium, "temperature_0"),
    ):
        (read,) = load_codec(server).decode(orjson.dumps(message), "t")
        assert read["values"] == {name: 21.5}


def test_a_battery_of_lorawan_is_a_share() -> None:
    """LORIOT gives the byte of the standard: 254 is full, 255 is not known."""
    for byte, percent in ((254, 100.0), (127, 50.0), (255, None), (0, None)):
        (read,) = load_codec("loriot").decode(orjson.dumps({"EUI": EUI, "bat": byte}), "t")
        assert read["battery"] == percent
