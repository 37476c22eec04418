"""Codecs by name: ours, and a user's own function."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from bridge.codecs.descriptors import OPTIONS
from citycontext.bridge.codecs import codec_names, load_codec
from citycontext.errors import ConfigurationError


@pytest.mark.parametrize("name", codec_names())
def test_each_codec_loads_and_can_be_alone(name: str) -> None:
    """Every name that is listed makes a codec, a new one each time."""
    options = OPTIONS.get(name, {})
    assert load_codec(name, options) is not load_codec(name, options)


def test_a_function_of_the_user_is_a_codec(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """``module:function`` beside the configuration file: one document, several, or none."""
    monkeypatch.setattr(sys, "path", list(sys.path))
    (tmp_path / "village_sensors.py").write_text(
        "def decode(payload, topic, scale=1):\n"
        "    if payload == b'none': return None\n"
        "    if payload == b'two': return [{'n': 1}, {'n': 2}]\n"
        "    return {'n': payload[0] * scale}\n"
    )
    codec = load_codec("village_sensors:decode", {"scale": 10}, folder=tmp_path)
    assert list(codec.decode(b"\x07", "t")) == [{"n": 70}]
    assert list(codec.decode(b"two", "t")) == [{"n": 1}, {"n": 2}]
    assert list(codec.decode(b"none", "t")) == []


@pytest.mark.parametrize(
    ("name", "options", "says"),
    [
        ("jason", {}, 'Did you mean "json"?'),
        ("xyzzy", {}, "There are: "),
        ("no_such_module:decode", {}, "cannot be imported"),
        ("json:no_such_function", {}, 'has no "no_such_function"'),
        ("json", {"colour": "red"}, "does not take these options"),
        ("chirpstack", {"events": ["upp"]}, "upp is not among them"),
        ("text", {"encoding": "latin-99"}, "does not take these options"),
        ("csv", {"delimiter": ";;"}, "the delimiter is one sign, not ';;'"),
        ("tasmota", {"kinds": ["SENSORS"]}, "kinds are SENSOR, STATE, STATUS8, STATUS10, STATUS11, RESULT and LWT"),
        ("cayenne-lpp", {"encoding": "base32"}, "encoding is raw, hex or base64"),
    ],
)
def test_a_wrong_codec_is_explained(name: str, options: dict[str, object], says: str) -> None:
    """Unknown names, modules, functions and options are configuration errors."""
    with pytest.raises(ConfigurationError, match=says.replace("?", r"\?")):
        load_codec(name, options)


@pytest.mark.parametrize(
    ("codec", "topic", "document"),
    [
        ("iot-agent-json", "/json/k/d1/attrs", {"data": "016700d7"}),
        ("zigbee2mqtt", "zigbee2mqtt/hall", {"data": "016700d7"}),
        ("tasmota", "tele/gw/SENSOR", {"Time": "2024-05-01T12:00:00", "data": "016700d7"}),
        ("shelly", "plug/status/script:1", {"data": "016700d7"}),
        (
            "sensorthings",
            "v1.1/Datastreams(7)/Observations",
            {"result": "016700d7", "phenomenonTime": "2024-05-01T10:00:00Z"},
        ),
        ("json", "x/y", {"data": "AWcA1w=="}),
    ],
)
def test_bytes_inside_json_are_decoded_by_each_codec(codec: str, topic: str, document: dict[str, str]) -> None:
    """Hex and base64 inside of JSON go through ``decoder``, whatever the JSON is of."""
    options = {"decoder": "cayenne-lpp", "bytes": "base64" if codec == "json" else "hex"}
    options |= {"payload": "result"} if codec == "sensorthings" else {}
    (read,) = load_codec(codec, options).decode(json.dumps(document).encode(), topic)
    assert read["values"] == {"temperature_1": 21.5}


def test_a_decoder_stands_beside_the_configuration(tmp_path: Path) -> None:
    """``decoder = "own_bytes:read"`` is looked for where the configuration is, for each codec that takes one."""
    (tmp_path / "own_bytes.py").write_text("def read(payload, port):\n    return {'length': len(payload)}\n")
    for codec, topic in (("tasmota", "tele/gw/SENSOR"), ("iot-agent-json", "/json/k/d1/attrs"), ("json", "x")):
        loaded = load_codec(codec, {"decoder": "own_bytes:read", "bytes": "hex"}, folder=tmp_path)
        (read,) = loaded.decode(b'{"data": "016700d7"}', topic)
        assert read["values"] == {"length": 4}
