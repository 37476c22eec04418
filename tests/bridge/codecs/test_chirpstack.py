"""ChirpStack v3 and v4: events in the same form as those of The Things Stack."""

from __future__ import annotations

from typing import Any

import orjson
import pytest

from citycontext.bridge.codecs.chirpstack import ChirpStackCodec
from citycontext.errors import PayloadError

V4: dict[str, Any] = {
    "deduplicationId": "3ac7e3c4-4401-4b8d-9386-a5c902f9202d",
    "time": "2024-05-01T10:00:00.123456789+00:00",
    "deviceInfo": {
        "tenantId": "t",
        "applicationId": "a",
        "deviceName": "bin-7",
        "devEui": "0101010101010101",
        "tags": {"place": "Kouter"},
    },
    "dr": 1,
    "fPort": 1,
    "data": "AQI=",
    "object": {"distance": 500},
    "rxInfo": [{"rssi": -48, "snr": 9, "location": {"latitude": 51.0}}],
}
V3: dict[str, Any] = {
    "applicationID": "123",
    "deviceName": "bin-7",
    "devEUI": "AQEBAQEBAQE=",
    "rxInfo": [{"time": "2024-05-01T10:00:00Z", "rssi": -57, "loRaSNR": 10}],
    "fCnt": 10,
    "fPort": 5,
    "data": "AQI=",
    "objectJSON": '{"distance":500}',
    "tags": {"place": "Kouter"},
}


def decode(given: Any, event: str = "up", **options: Any) -> list[dict[str, Any]]:
    """Decode an event."""
    topic = f"application/a/device/0101010101010101/event/{event}"
    return list(ChirpStackCodec(**options).decode(orjson.dumps(given), topic))


def test_both_versions_give_the_same_form() -> None:
    """A route need not know which version it was."""
    (four,), (three,) = decode(V4), decode(V3)
    for key in ("event", "device", "dev_eui", "values", "payload", "gateways", "tags"):
        assert four[key] == three[key], key
    assert four["time"] == "2024-05-01T10:00:00.123456789+00:00"
    assert three["time"] == "2024-05-01T10:00:00Z"
    assert (four["rssi"], four["snr"], three["rssi"], three["snr"]) == (-48, 9, -57, 10)
    assert four["deduplication_id"] == V4["deduplicationId"]


def test_zeros_that_proto3_leaves_out_come_back_and_a_gateway_is_no_device() -> None:
    """The first frame has fCnt 0; the gateway's place is not the device's."""
    (document,) = decode(V4)
    assert document["f_cnt"] == 0
    assert document["location"] is None


def test_hexadecimal_euis_of_version_3() -> None:
    """ChirpStack 3 writes the EUI as base64 or as hexadecimal, as it is configured."""
    (document,) = decode(V3 | {"devEUI": "0101010101010101"})
    assert document["dev_eui"] == "0101010101010101"


def test_the_battery_comes_with_status() -> None:
    """A status event has the level; mains power has none."""
    status = {key: V4[key] for key in ("time", "deviceInfo")} | {"margin": 10, "batteryLevel": 75.5}
    assert decode(status, "status") == []
    (document,) = decode(status, "status", events=["up", "status"])
    assert document["battery"] == 75.5
    (mains,) = decode(status | {"externalPowerSource": True}, "status", events="status")
    assert mains["battery"] is None


@pytest.mark.parametrize("event", ["join", "ack", "txack", "log", "location"])
def test_other_events_carry_nothing_to_map(event: str) -> None:
    """They are left alone, not refused."""
    assert decode(V4, event) == []


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ([], "an object was expected"),
        ({"object": {}}, "neither deviceInfo"),
        (V4 | {"deviceInfo": {}}, "names no device"),
        (V3 | {"objectJSON": "{"}, "objectJSON: the text in it is not JSON"),
        (V3 | {"devEUI": "*"}, "not an EUI"),
        (V4 | {"data": "*"}, "not base64"),
    ],
)
def test_what_is_no_event_is_explained(given: Any, says: str) -> None:
    """Each missing piece is named."""
    with pytest.raises(PayloadError, match=says):
        decode(given)
