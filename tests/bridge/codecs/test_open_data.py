"""Measurements of communities and standards: Sensor.Community, SensorThings, and the topics of FIWARE's agent."""

from __future__ import annotations

from typing import Any

import orjson
import pytest

from citycontext.bridge.codecs.iot_agent_json import IotAgentJsonCodec
from citycontext.bridge.codecs.sensor_community import SensorCommunityCodec
from citycontext.bridge.codecs.sensorthings import SensorThingsCodec
from citycontext.errors import PayloadError


def test_sensor_community_push_and_api_give_the_same_names() -> None:
    """Texts become numbers, chips' prefixes go, times get their zone."""
    push = {
        "esp8266id": "12345",
        "sensordatavalues": [
            {"value_type": "SDS_P1", "value": "12.30"},
            {"value_type": "BME280_pressure", "value": "101325.0"},
            {"value_type": "signal", "value": "-71"},
        ],
    }
    api = [
        {
            "timestamp": "2024-05-01 10:00:00",
            "location": {"latitude": "51.05", "longitude": "3.72", "altitude": ""},
            "sensor": {"id": 7},
            "sensordatavalues": [{"value_type": "P1", "value": "12.30"}],
        }
    ]
    (pushed,) = SensorCommunityCodec().decode(orjson.dumps(push), "t")
    (had,) = SensorCommunityCodec().decode(orjson.dumps(api), "t")
    assert pushed["values"] == {"P1": 12.3, "pressure": 101325.0}
    assert (pushed["device"], pushed["signal"], pushed["time"]) == ("12345", -71, None)
    assert had["values"] == {"P1": 12.3}
    assert (had["device"], had["time"]) == ("7", "2024-05-01T10:00:00Z")
    assert had["location"] == {"longitude": 3.72, "latitude": 51.05}


def test_sensorthings_observations() -> None:
    """The datastream from topic or link; an interval's end is the time."""
    codec = SensorThingsCodec()
    topic = "v1.1/Datastreams(7)/Observations"
    payload = b'{"phenomenonTime":"2024-05-01T09:00:00Z/2024-05-01T10:00:00Z","result":21.5}'
    (document,) = codec.decode(payload, topic)
    assert (document["datastream"], document["result"]) == ("7", 21.5)
    assert (document["begin"], document["time"]) == ("2024-05-01T09:00:00Z", "2024-05-01T10:00:00Z")
    (linked,) = codec.decode(b'{"result":1,"Datastream":{"@iot.id":9},"resultTime":"2024-05-01T10:00:00Z"}', "v1.1/x")
    assert (linked["datastream"], linked["time"]) == ("9", "2024-05-01T10:00:00Z")
    for wrong in (b'{"phenomenonTime":"x"}', b'{"result":1}'):
        with pytest.raises(PayloadError):
            codec.decode(wrong, "v1.1/x")


@pytest.mark.parametrize(
    ("topic", "payload", "documents"),
    [
        ("/key/dev/attrs", b'{"t":21.5}', [{"t": 21.5, "apikey": "key", "device": "dev"}]),
        ("/json/key/dev/attrs", b'[{"t":1},{"t":2}]', [{"t": n, "apikey": "key", "device": "dev"} for n in (1, 2)]),
        ("/key/dev/attrs/t", b"21.5", [{"apikey": "key", "device": "dev", "t": 21.5}]),
        ("/key/dev/attrs/state", b"open", [{"apikey": "key", "device": "dev", "state": "open"}]),
        ("/key/dev/cmdexe", b'{"reset":"done"}', []),
    ],
)
def test_iot_agent_json(topic: str, payload: bytes, documents: list[dict[str, Any]]) -> None:
    """Measures, arrays of them, single attributes; commands are left alone."""
    assert IotAgentJsonCodec().decode(payload, topic) == documents
