"""SenML: the examples of RFC 8428, in JSON and CBOR."""

from __future__ import annotations

import orjson
import pytest

from citycontext.bridge.codecs.senml import SenmlCodec
from citycontext.errors import PayloadError


def test_base_values_are_resolved() -> None:
    """RFC 8428, 5.1.3: three values over time under one base name, with one base time, and a string."""
    pack = [
        {"bn": "urn:dev:ow:10e2073a01080063:", "bt": 1.276020076e9, "bu": "A", "n": "voltage", "u": "V", "v": 120.1},
        {"n": "current", "t": -5, "v": 1.2},
        {"n": "current", "t": 0, "v": 1.3},
        {"n": "label", "vs": "Machine Room"},
        {"n": "open", "vb": False},
    ]
    first, second = SenmlCodec().decode(orjson.dumps(pack), "t")
    assert first == {
        "name": "urn:dev:ow:10e2073a01080063:",
        "time": 1276020076.0,
        "offset": None,
        "values": {"voltage": 120.1, "current": 1.3, "label": "Machine Room", "open": False},
        "units": {"voltage": "V", "current": "A", "label": "A", "open": "A"},
    }
    assert (second["time"], second["values"]) == (1276020071.0, {"current": 1.2})


def test_times_from_now_are_offsets() -> None:
    """A time below 2^28 counts from now; the route says from when."""
    (document,) = SenmlCodec().decode(b'[{"bn":"x","t":-30,"v":1}]', "t")
    assert (document["time"], document["offset"], document["values"]) == (None, -30, {"value": 1})


@pytest.mark.parametrize(
    ("record", "value"),
    [
        ({"bs": 7}, 7),
        ({"bs": 1000, "s": 5}, 1005),
        ({"s": 1234.5}, 1234.5),
        ({"bv": 20}, 20),
        ({"bv": 0.1, "v": 0.2}, 0.3),
        ({"bv": 5, "s": 3}, 3),
        ({"bv": 5, "vs": "on"}, "on"),
    ],
)
def test_base_values_and_sums_are_added(record: dict[str, object], value: object) -> None:
    """RFC 8428, 4.1: a base alone is a value, what lacks counts as zero, and digits add as they say."""
    (document,) = SenmlCodec().decode(orjson.dumps([{"bn": "x", "n": "energy", **record}]), "t")
    assert document["values"] == {"energy": value}


def test_a_label_that_must_be_understood_is_refused() -> None:
    """RFC 8428, 4.4: a label that ends with an underscore changes the meaning; other labels are passed over."""
    with pytest.raises(PayloadError, match="foo_ must be understood"):
        SenmlCodec().decode(b'[{"n":"x","v":1,"foo_":1}]', "t")
    assert SenmlCodec().decode(b'[{"n":"x","v":1,"foo":1}]', "t")


def test_cbor_is_the_same() -> None:
    """RFC 8428, 6: labels are numbers."""
    pack = bytes.fromhex("81a421636465760061740163") + b"Cel" + bytes.fromhex("02fb4035800000000000")
    (document,) = SenmlCodec().decode(pack, "t")
    assert document["name"] == "dev"
    assert document["values"] == {"t": 21.5}
    assert document["units"] == {"t": "Cel"}


@pytest.mark.parametrize(
    "payload", [b"", b"{}", b"[]", b"[3]", b'[{"v":1}]', b'[{"n":"a","v":"x"}]', b'[{"n":"a","t":"x","v":1}]', b"\x81"]
)
def test_what_is_no_senml(payload: bytes) -> None:
    """Refused, never raised as anything else."""
    with pytest.raises(PayloadError):
        SenmlCodec().decode(payload, "t")


def test_a_resolved_pack_is_one_document_of_the_device() -> None:
    """Names that start with a device's URN (RFC 9039) are taken apart where no base name does it."""
    records = b"""[{"n": "urn:dev:mac:0a0b0c0d0e0f0001:temp", "u": "Cel", "t": 1714557600, "v": 21.5},
                   {"n": "urn:dev:mac:0a0b0c0d0e0f0001:rh", "u": "%RH", "t": 1714557600, "v": 40}]"""
    (document,) = SenmlCodec().decode(records, "t")
    assert document["name"] == "urn:dev:mac:0a0b0c0d0e0f0001"
    assert document["values"] == {"temp": 21.5, "rh": 40}
    assert document["units"] == {"temp": "Cel", "rh": "%RH"}
