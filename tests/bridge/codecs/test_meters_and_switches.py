"""Telegrams of meters, answers of Tasmota, events of Shelly, positions of The Things Stack, and drafts of SenML."""

from __future__ import annotations

from typing import Any

import orjson
import pytest

from bridge.codecs.descriptors import OPTIONS
from citycontext.bridge.codecs import load_codec
from citycontext.errors import ConfigurationError, PayloadError

TELEGRAM = (
    "/ISK5\\2M550T-1012\r\n\r\n"
    "1-3:0.2.8(50)\r\n"
    "0-0:1.0.0(240501120000S)\r\n"
    "0-0:96.1.1(4B384547303034303436333935353037)\r\n"
    "1-0:1.8.1(001234.567*kWh)\r\n"
    "1-0:2.7.0(00.193*kW)\r\n"
    "0-0:96.14.0(0002)\r\n"
    "1-0:32.7.0(229.5*V)\r\n"
    "0-1:24.1.0(003)\r\n"
    "0-1:24.2.1(240501115500S)(00912.345*m3)\r\n"
    "!"
)


def test_a_telegram_of_a_smart_meter() -> None:
    """Values and units by code, times with the season's offset, the meter behind it with its own time."""
    (document,) = load_codec("dsmr").decode(TELEGRAM.encode(), "t")
    values, units = document["values"], document["units"]
    assert (values["1-0:1.8.1"], units["1-0:1.8.1"]) == (1234.567, "kWh")
    assert (values["0-1:24.2.1"], units["0-1:24.2.1"]) == (912.345, "m3")
    assert values["1-0:32.7.0"] == 229.5
    assert document["time"] == "2024-05-01T12:00:00+02:00"
    assert document["times"] == {"0-1:24.2.1": "2024-05-01T11:55:00+02:00"}
    assert (document["device"], document["tariff"]) == ("K8EG004046395507", 2)


def test_the_checksum_of_a_telegram_counts() -> None:
    """One that was cut or changed on its way is refused; a winter's time has the winter's offset."""
    with pytest.raises(PayloadError, match=r"its checksum is 0000, but should be ([0-9A-F]{4})") as refused:
        load_codec("dsmr").decode(f"{TELEGRAM}0000\r\n".encode(), "t")
    right = str(refused.value)[-4:]
    (document,) = load_codec("dsmr").decode(f"{TELEGRAM}{right}\r\n".encode(), "t")
    assert document["tariff"] == 2
    winter = TELEGRAM.replace("240501120000S", "240101110000W")
    assert load_codec("dsmr").decode(winter.encode(), "t")[0]["time"] == "2024-01-01T11:00:00+01:00"  # type: ignore[index]


@pytest.mark.parametrize("payload", [b"", b"1-0:1.8.1(1)", b"/x!", b"!/"])
def test_what_is_no_telegram(payload: bytes) -> None:
    """In words."""
    with pytest.raises(PayloadError, match="telegram"):
        load_codec("dsmr").decode(payload, "t")


@pytest.mark.parametrize(
    ("topic", "message", "found"),
    [
        (
            "stat/plug/STATUS8",
            {"StatusSNS": {"Time": "x", "ENERGY": {"Power": 7}}},
            {"Time": "x", "ENERGY": {"Power": 7}},
        ),
        ("stat/plug/STATUS10", {"StatusSNS": {"AM2301": {"T": 21}}}, {"AM2301": {"T": 21}}),
        ("stat/plug/STATUS11", {"StatusSTS": {"POWER": "ON"}}, {"POWER": "ON"}),
        ("stat/plug/RESULT", {"POWER": "ON"}, {"POWER": "ON"}),
    ],
)
def test_answers_of_tasmota(topic: str, message: dict[str, Any], found: dict[str, Any]) -> None:
    """What a command made known is said as the telemetry says it."""
    (document,) = load_codec("tasmota").decode(orjson.dumps(message), topic)
    assert document == found | {"device": "plug", "kind": topic.rpartition("/")[2]}


def test_an_event_of_a_shelly() -> None:
    """A button that was pushed: a document with what happened, and when."""
    event = {"component": "input:0", "id": 0, "event": "single_push", "ts": 1714557600.5}
    message = {"src": "shelly-1", "method": "NotifyEvent", "params": {"ts": 1, "events": [event]}}
    (document,) = load_codec("shelly").decode(orjson.dumps(message), "shelly-1/events/rpc")
    assert document == {"device": "shelly-1", "time": 1714557600.5, "event": event}


@pytest.mark.parametrize(
    ("locations", "longitude"),
    [
        ({"user": {"latitude": 51, "longitude": 3}}, 3),
        ({"user": {"latitude": 51, "longitude": 3}, "frm-payload": {"latitude": 51, "longitude": 4}}, 4),
        ({"lora-cloud": {"latitude": 51, "longitude": 5}}, 5),
        ({}, None),
    ],
)
def test_positions_of_the_things_stack(locations: dict[str, Any], longitude: int | None) -> None:
    """What the device sent itself comes before what a person set."""
    message = {"end_device_ids": {"device_id": "d"}, "uplink_message": {"locations": locations}}
    (document,) = load_codec("the-things-stack").decode(orjson.dumps(message), "t")
    assert (document["location"] or {}).get("longitude") == longitude


def test_a_gateway_that_writes_as_chirpstack_3_does() -> None:
    """Bytes in hexadecimal where the message says so, an EUI with dashes, and the time at the top."""
    message = {
        "devEUI": "70-B3-D5-7E-D0-00-00-01",
        "data_encode": "hexstring",
        "data": "006700d7",
        "fPort": 85,
        "time": "2024-05-01T10:00:00Z",
    }
    codec = load_codec("chirpstack", {"decoder": "cayenne-lpp"})
    (document,) = codec.decode(orjson.dumps(message), "gateway/up")
    assert (document["values"], document["time"]) == ({"temperature_0": 21.5}, "2024-05-01T10:00:00Z")
    assert document["dev_eui"] == "70b3d57ed0000001"


@pytest.mark.parametrize(
    ("payload", "says"),
    [
        ({"e": [{"n": "t", "v": 21.5}], "bn": "urn:dev:x"}, "an old draft"),
        ([{"n": "t", "sv": "x"}], "another version than RFC 8428"),
        ([{"bver": 11, "n": "t", "v": 1}], "another version than RFC 8428"),
    ],
)
def test_senml_of_old_drafts_is_called_so(payload: Any, says: str) -> None:
    """Instead of a document without values."""
    with pytest.raises(PayloadError, match=says):
        load_codec("senml").decode(orjson.dumps(payload), "t")


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"descriptor": "nowhere.desc", "message": "a.B"}, "cannot be read"),
        (
            OPTIONS["protobuf"] | {"message": "city.Reeding"},
            "no message city.Reeding; there are city.Reading",
        ),
        ({"descriptor": __file__, "message": "a.B"}, "is not a file of descriptors"),
    ],
)
def test_a_descriptor_that_does_not_fit(options: dict[str, Any], says: str) -> None:
    """Is found when the file is read."""
    with pytest.raises(ConfigurationError, match=says):
        load_codec("protobuf", options)


def test_a_row_of_protobuf_messages() -> None:
    """Each with its length before it; zeros are there, what has no zero is not."""
    codec = load_codec("protobuf", OPTIONS["protobuf"] | {"delimited": True})
    first, second = codec.decode(bytes.fromhex("030a0161020801".replace("0208", "0240")), "t")
    assert (first["id"], first["temperature"], first["ok"]) == ("a", 0.0, False)
    assert (second["id"], second["ok"]) == ("", True)
    assert "maybe" not in first
    assert "at" not in first
    with pytest.raises(PayloadError, match="cut off"):
        list(codec.decode(b"\x09\x0a", "t"))
