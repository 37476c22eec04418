"""The Things Stack v3: uplinks in the common form, defaults of proto3 filled in."""

from __future__ import annotations

from typing import Any

import orjson
import pytest

from citycontext.bridge.codecs.the_things_stack import TheThingsStackCodec
from citycontext.errors import PayloadError

TOPIC = "v3/air@gent/devices/air-1/up"


def message(**body: Any) -> dict[str, Any]:
    """Build an uplink as The Things Stack publishes it."""
    return {
        "end_device_ids": {
            "device_id": "air-1",
            "application_ids": {"application_id": "air"},
            "dev_eui": "70B3D57ED0000001",
        },
        "received_at": "2024-05-01T10:00:00.500000000Z",
        "uplink_message": {
            "f_port": 2,
            "f_cnt": 17,
            "frm_payload": "AWcA1w==",
            "decoded_payload": {"temperature": 21.5, "pm10": 0},
            "rx_metadata": [{"rssi": -110, "snr": -3.5}, {"rssi": -97}],
            "received_at": "2024-05-01T10:00:00.123456789Z",
            **body,
        },
    }


def decode(given: Any, **options: Any) -> list[dict[str, Any]]:
    """Decode a message."""
    return list(TheThingsStackCodec(**options).decode(orjson.dumps(given), TOPIC))


def test_an_uplink_is_read_into_the_common_form() -> None:
    """Ids, time of the network server, decoded values, raw payload and the best gateway's signal."""
    (document,) = decode(message())
    original = document.pop("message")
    assert original["end_device_ids"]["device_id"] == "air-1"
    assert document == {
        "event": "up",
        "device": "air-1",
        "dev_eui": "70b3d57ed0000001",
        "application": "air",
        "tenant": None,
        "time": "2024-05-01T10:00:00.123456789Z",
        "f_port": 2,
        "f_cnt": 17,
        "values": {"temperature": 21.5, "pm10": 0},
        "payload": "016700d7",
        "rssi": -97,
        "snr": 0,
        "gateways": 2,
        "battery": None,
        "location": None,
        "tags": {},
        "deduplication_id": None,
    }


def test_zeros_that_proto3_leaves_out_come_back() -> None:
    """The first frame has f_cnt 0, which is not written; a site at the equator has no latitude."""
    given = message(locations={"user": {"longitude": 3.7}})
    del given["uplink_message"]["f_cnt"]
    (document,) = decode(given)
    assert document["f_cnt"] == 0
    assert document["location"] == {"longitude": 3.7, "latitude": 0}


def test_only_the_events_asked_for_are_mapped() -> None:
    """A join is nothing to map by default, and a document with ``events``; downlinks never are."""
    join = {"end_device_ids": {"device_id": "air-1"}, "join_accept": {"received_at": "2024-05-01T10:00:00Z"}}
    assert decode(join) == []
    assert decode(join, events=["join"])[0]["event"] == "join"
    assert decode({"end_device_ids": {"device_id": "air-1"}, "downlink_queued": {}}) == []


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({}, "end_device_ids is missing"),
        ([], "end_device_ids is missing"),
        ({"end_device_ids": {"device_id": "x"}}, "none of uplink_message"),
        ({"end_device_ids": {"device_id": "x"}, "uplink_message": 3}, "uplink_message: an object was expected"),
        ({"end_device_ids": {}, "uplink_message": {}}, "names no device"),
        (message(frm_payload="***"), "not base64"),
    ],
)
def test_what_is_no_uplink_is_explained(given: Any, says: str) -> None:
    """Each missing piece is named."""
    with pytest.raises(PayloadError, match=says):
        decode(given)
