"""Sparkplug B: names by alias from births, types of values, deaths; the payloads are built here byte by byte."""

from __future__ import annotations

import struct
from typing import Any

import pytest

from citycontext.bridge.codecs.protobuf import read_fields
from citycontext.bridge.codecs.sparkplug_b import SparkplugCodec
from citycontext.errors import PayloadError


def varint(number: int) -> bytes:
    """Write a varint."""
    out = b""
    while number > 127:
        out += bytes([number & 127 | 128])
        number >>= 7
    return out + bytes([number])


def field(number: int, value: Any) -> bytes:
    """Write a field: ``int`` as varint, ``float`` as double, text and bytes with their length."""
    if isinstance(value, float):
        return varint(number << 3 | 1) + struct.pack("<d", value)
    if isinstance(value, int):
        return varint(number << 3) + varint(value)
    content = value.encode() if isinstance(value, str) else value
    return varint(number << 3 | 2) + varint(len(content)) + content


def payload(*metrics: bytes) -> bytes:
    """Write a payload with timestamp and sequence number."""
    return field(1, 1714557600000) + b"".join(field(2, metric) for metric in metrics) + field(3, 4)


BIRTH = payload(
    field(1, "temperature") + field(2, 1) + field(4, 10) + field(13, 21.5),
    field(1, "level") + field(2, 2) + field(4, 3) + field(10, 7),
    field(1, "open") + field(2, 3) + field(4, 11) + field(14, 1),
)


def test_data_use_the_aliases_of_the_birth() -> None:
    """Names come back, negative numbers too, and a null is one."""
    codec = SparkplugCodec()
    (birth,) = codec.decode(BIRTH, "spBv1.0/gent/NBIRTH/edge")
    assert birth["values"] == {"temperature": 21.5, "level": 7, "open": True}
    assert birth["online"] is True
    data = payload(field(2, 1) + field(13, 22.0), field(2, 2) + field(10, 2**32 - 5), field(2, 3) + field(7, 1))
    (document,) = codec.decode(data, "spBv1.0/gent/NDATA/edge")
    assert document["values"] == {"temperature": 22.0, "level": -5, "open": None}
    assert (document["group"], document["edge"], document["device"]) == ("gent", "edge", None)
    assert (document["time"], document["seq"]) == (1714557600000, 4)


def test_floats_are_as_short_as_their_precision_and_history_stands_apart() -> None:
    """A single-precision 21.6 is 21.6; historical values do not replace the newest."""
    single = field(1, "t") + field(4, 9) + varint(12 << 3 | 5) + struct.pack("<f", 21.6)
    old = field(1, "t") + field(4, 9) + field(5, 1) + varint(12 << 3 | 5) + struct.pack("<f", 19.0)
    (document,) = SparkplugCodec().decode(payload(single, old), "spBv1.0/gent/DDATA/edge/dev")
    assert document["values"] == {"t": 21.6}
    assert document["historical"] == {"t": [19.0]}
    assert document["device"] == "dev"


def test_an_alias_nobody_told_asks_for_a_rebirth() -> None:
    """After a restart the names are not known: the edge node is asked, once a minute, as Sparkplug has it."""
    codec = SparkplugCodec()
    for _ in range(3):
        with pytest.raises(PayloadError, match=r"alias 1 .*the edge node is asked for a rebirth"):
            codec.decode(payload(field(2, 1) + field(13, 22.0)), "spBv1.0/gent/DDATA/edge/pump")
    ((topic, command),) = codec.requests()
    assert codec.requests() == []
    assert topic == "spBv1.0/gent/NCMD/edge"
    (metric,) = read_fields(command).messages(2)
    assert (metric.text(1), metric.number(4), metric.number(14)) == ("Node Control/Rebirth", 11, 1)
    silent = SparkplugCodec(rebirth=False)
    with pytest.raises(PayloadError, match="ask the edge node for a rebirth"):
        silent.decode(payload(field(2, 1) + field(13, 22.0)), "spBv1.0/gent/NDATA/edge")
    assert silent.requests() == []


def test_deaths_and_commands() -> None:
    """A death is a document, a command nothing."""
    codec = SparkplugCodec()
    (death,) = codec.decode(b"", "spBv1.0/gent/NDEATH/edge")
    assert death["online"] is False
    assert list(codec.decode(b"", "spBv1.0/gent/NCMD/edge")) == []
    assert list(codec.decode(b"ONLINE", "STATE/host")) == []


@pytest.mark.parametrize("content", [b"\xff", b"\x08", b"\x12\x05abc", b"\x0b", b"\x00\x00", b"\xff" * 20])
def test_what_is_no_protobuf(content: bytes) -> None:
    """Cut off, unknown types, numbers without end."""
    with pytest.raises(PayloadError):
        SparkplugCodec().decode(content, "spBv1.0/gent/NDATA/edge")
