"""Sparkplug B: names by alias from births, types of values, deaths; the payloads are built here byte by byte."""

from __future__ import annotations

import gzip
import struct
import zlib
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

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


def single(number: float) -> bytes:
    """Write a metric's value of single precision."""
    return varint(12 << 3 | 5) + struct.pack("<f", number)


def test_floats_are_as_short_as_their_precision_and_history_comes_first() -> None:
    """A single-precision 21.6 is 21.6; a historical value is a document before the newest, and listed in it."""
    new = field(1, "t") + field(3, 2000) + field(4, 9) + single(21.6)
    old = field(1, "t") + field(3, 1000) + field(4, 9) + field(5, 1) + single(19.0)
    then, now = SparkplugCodec().decode(payload(new, old), "spBv1.0/gent/DDATA/edge/dev")
    assert (then["time"], then["values"]) == (1000, {"t": 19.0})
    assert (now["time"], now["values"]) == (2000, {"t": 21.6})
    assert now["historical"] == {"t": [19.0]}
    assert now["device"] == "dev"


@given(st.floats(width=32, allow_nan=False))
def test_a_float_leads_back_to_the_same_bits(number: float) -> None:
    """Up to nine digits are kept: what is read is the number that was sent."""
    message = payload(field(1, "t") + field(4, 9) + single(number))
    (document,) = SparkplugCodec().decode(message, "spBv1.0/gent/DDATA/edge/dev")
    read = document["values"]["t"]
    assert struct.pack("<f", read) == struct.pack("<f", number)
    assert float(f"{read:.9g}") == read


@pytest.mark.parametrize("has_alias", [True, False])
@pytest.mark.parametrize(("datatype", "bits"), [(1, 8), (2, 16), (3, 32), (4, 64)])
def test_a_negative_number_keeps_its_sign(datatype: int, bits: int, has_alias: bool) -> None:
    """The birth's data type counts for data that carry only a name, and for those that carry only an alias."""
    codec = SparkplugCodec()
    where = 10 if bits < 64 else 11
    alias = field(2, 7) if has_alias else b""
    codec.decode(payload(field(1, "i") + alias + field(4, datatype) + field(where, 1)), "spBv1.0/g/DBIRTH/e/d")
    data = (alias or field(1, "i")) + field(where, 2 ** max(bits, 32) - 70)
    (document,) = codec.decode(payload(data), "spBv1.0/g/DDATA/e/d")
    assert document["values"] == {"i": -70}


def test_a_whole_number_of_unknown_type_asks_for_a_rebirth() -> None:
    """4294967226 may be -70: it is not written before a birth says so; what needs no type is read."""
    codec = SparkplugCodec()
    with pytest.raises(PayloadError, match="no birth message named the data type of i"):
        codec.decode(payload(field(1, "i") + field(10, 2**32 - 70)), "spBv1.0/g/DDATA/e/d")
    assert len(codec.requests()) == 1
    (document,) = codec.decode(payload(field(1, "t") + single(1.5)), "spBv1.0/g/DDATA/e/d")
    assert document["values"] == {"t": 1.5}


def test_two_devices_may_have_a_metric_of_one_name() -> None:
    """The type of one device's metric says nothing about another's."""
    codec = SparkplugCodec()
    codec.decode(payload(field(1, "i") + field(4, 3) + field(10, 1)), "spBv1.0/g/DBIRTH/e/a")
    codec.decode(payload(field(1, "i") + field(4, 7) + field(10, 1)), "spBv1.0/g/DBIRTH/e/b")
    (document,) = codec.decode(payload(field(1, "i") + field(10, 2**32 - 1)), "spBv1.0/g/DDATA/e/b")
    assert document["values"] == {"i": 2**32 - 1}


def test_each_metric_keeps_its_own_time_and_every_reading() -> None:
    """Three readings of one metric are three documents, in the order of their times."""
    metrics = [field(1, "t") + field(3, at) + single(value) for at, value in ((3000, 3.0), (1000, 1.0), (1000, 1.5))]
    documents = SparkplugCodec().decode(payload(*metrics, field(1, "u") + single(9.0)), "spBv1.0/g/DDATA/e/d")
    assert [(one["time"], one["values"]) for one in documents] == [
        (1000, {"t": 1.0}),
        (1000, {"t": 1.5}),
        (3000, {"t": 3.0}),
        (1714557600000, {"u": 9.0}),
    ]


def test_a_bad_quality_is_not_written_as_good() -> None:
    """A stale value stands apart; the engineering unit is within reach."""

    def with_quality(name: str, quality: int) -> bytes:
        unit = field(1, "engUnit") + field(1, "Quality")
        unit += field(2, field(1, 12) + field(8, "°C")) + field(2, field(1, 3) + field(3, quality))
        return field(1, name) + single(21.5) + field(9, unit)

    (document,) = SparkplugCodec().decode(
        payload(with_quality("a", 192), with_quality("b", 500)), "spBv1.0/g/DDATA/e/d"
    )
    assert document["values"] == {"a": 21.5}
    assert document["bad"] == {"b": 21.5}
    assert document["properties"]["a"] == {"engUnit": "°C", "Quality": 192}


@pytest.mark.parametrize(
    ("datatype", "content", "items"),
    [
        (22, b"\xff\x01", [-1, 1]),
        (23, struct.pack("<2h", -300, 300), [-300, 300]),
        (24, struct.pack("<2i", -70, 70), [-70, 70]),
        (25, struct.pack("<q", -(2**40)), [-(2**40)]),
        (26, b"\xff", [255]),
        (27, struct.pack("<H", 65535), [65535]),
        (28, struct.pack("<I", 2**32 - 1), [2**32 - 1]),
        (29, struct.pack("<Q", 2**64 - 1), [2**64 - 1]),
        (30, struct.pack("<2f", 21.6, -0.1), [21.6, -0.1]),
        (31, struct.pack("<d", 21.6), [21.6]),
        (32, struct.pack("<I", 10) + b"\xa0\x40", [True, False, True, *[False] * 6, True]),
        (33, "één\0\0twee\0".encode(), ["één", "", "twee"]),
        (34, struct.pack("<q", 1714557600000), [1714557600000]),
    ],
)
def test_arrays_are_lists(datatype: int, content: bytes, items: list[Any]) -> None:
    """All thirteen array types, packed as the specification has them; one that is cut off is refused."""
    message = payload(field(1, "a") + field(4, datatype) + field(16, content))
    (document,) = SparkplugCodec().decode(message, "spBv1.0/g/DDATA/e/d")
    assert document["values"] == {"a": items}
    if datatype not in (22, 26, 33):
        with pytest.raises(PayloadError, match="cut off"):
            SparkplugCodec().decode(
                payload(field(1, "a") + field(4, datatype) + field(16, content[:-1])), "s/g/DDATA/e"
            )


def test_members_of_a_template_are_values_and_a_data_set_is_refused() -> None:
    """A template's members go by its name and theirs, its definition gives none; a table is refused with the reason."""
    codec = SparkplugCodec()
    member = field(1, "Level") + field(4, 3)
    definition = field(1, "_types_/Tank") + field(4, 19) + field(18, field(2, member) + field(5, 1))
    instance = field(1, "Tank1") + field(4, 19) + field(18, field(2, member + field(10, 1)) + field(4, "Tank"))
    (birth,) = codec.decode(payload(definition, instance), "spBv1.0/g/DBIRTH/e/d")
    assert birth["values"] == {"Tank1/Level": 1}
    change = field(1, "Tank1") + field(18, field(2, field(1, "Level") + field(10, 2**32 - 5)))
    (data,) = codec.decode(payload(change, field(1, "s") + field(4, 16) + field(17, b"")), "spBv1.0/g/DDATA/e/d")
    assert data["values"] == {"Tank1/Level": -5}
    assert "table" in data["refused"]["s"]


def test_an_alias_nobody_told_asks_for_a_rebirth() -> None:
    """After a restart the names are not known: the edge node is asked, once a minute, as Sparkplug has it."""
    codec = SparkplugCodec()
    for _ in range(3):
        with pytest.raises(PayloadError, match=r"alias 1; the edge node is asked for a rebirth"):
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


def bd_seq(number: int) -> bytes:
    """Write the number of a session, as births and deaths carry it."""
    return field(1, "bdSeq") + field(3, 1000) + field(4, 4) + field(11, number)


def test_the_death_of_an_earlier_session_is_left_alone() -> None:
    """A will that comes after the node connected again says nothing; the right one has no time of its own."""
    codec = SparkplugCodec()
    codec.decode(payload(bd_seq(8)), "spBv1.0/g/NBIRTH/e")
    restarted = SparkplugCodec()
    restarted.recall(codec.knowledge())
    for one in (codec, restarted):
        assert one.decode(payload(bd_seq(7)), "spBv1.0/g/NDEATH/e") == []
        (death,) = one.decode(payload(bd_seq(8)), "spBv1.0/g/NDEATH/e")
        assert (death["online"], death["time"]) == (False, None)


def test_an_alias_is_of_its_device() -> None:
    """Devices that count their aliases from one each keep their own names, over a restart too; a new birth forgets."""
    codec = SparkplugCodec()
    for device, name in (("pump", "flow"), ("tank", "level")):
        birth = payload(field(1, name) + field(2, 1) + field(4, 3) + field(10, 5))
        codec.decode(birth, f"spBv1.0/g/DBIRTH/e/{device}")
    restarted = SparkplugCodec()
    restarted.recall(codec.knowledge())
    data = payload(field(2, 1) + field(10, 2**32 - 1))
    for one in (codec, restarted):
        assert one.decode(data, "spBv1.0/g/DDATA/e/pump")[0]["values"] == {"flow": -1}
        assert one.decode(data, "spBv1.0/g/DDATA/e/tank")[0]["values"] == {"level": -1}
    codec.decode(payload(field(1, "level") + field(2, 2) + field(4, 3) + field(10, 5)), "spBv1.0/g/DBIRTH/e/tank")
    with pytest.raises(PayloadError, match="alias 1"):
        codec.decode(data, "spBv1.0/g/DDATA/e/tank")
    assert codec.decode(data, "spBv1.0/g/DDATA/e/pump")[0]["values"] == {"flow": -1}


def test_members_of_a_template_have_aliases_too() -> None:
    """A member that comes by its alias has the name that the birth gave it; an unknown one asks for a rebirth."""
    codec = SparkplugCodec()
    member = field(1, "Level") + field(2, 4) + field(4, 1) + field(10, 5)
    codec.decode(payload(field(1, "Tank") + field(2, 3) + field(4, 19) + field(18, field(2, member))), "s/g/DBIRTH/e/d")
    change = field(2, 3) + field(18, field(2, field(2, 4) + field(10, 2**32 - 5)))
    assert codec.decode(payload(change), "s/g/DDATA/e/d")[0]["values"] == {"Tank/Level": -5}
    unknown = field(2, 3) + field(18, field(2, field(2, 9) + field(10, 5)))
    with pytest.raises(PayloadError, match="alias 9"):
        codec.decode(payload(unknown), "s/g/DDATA/e/d")


@pytest.mark.parametrize(
    ("algorithm", "pack"), [("GZIP", gzip.compress), ("DEFLATE", zlib.compress), ("", zlib.compress)]
)
def test_a_packed_payload_is_unpacked(algorithm: str, pack: Callable[[bytes], bytes]) -> None:
    """Payloads that Sparkplug's libraries compressed are read; one packed otherwise is refused with the reason."""
    named = field(2, field(1, "algorithm") + field(4, 12) + field(15, algorithm)) if algorithm else b""
    packed = named + field(4, "SPBV1.0_COMPRESSED") + field(5, pack(BIRTH))
    (document,) = SparkplugCodec().decode(packed, "spBv1.0/g/NBIRTH/e")
    assert document["values"] == {"temperature": 21.5, "level": 7, "open": True}
    other = field(2, field(1, "algorithm") + field(4, 12) + field(15, "LZ4")) + packed
    with pytest.raises(PayloadError, match="LZ4"):
        SparkplugCodec().decode(other, "spBv1.0/g/NBIRTH/e")
    with pytest.raises(PayloadError, match="not "):
        SparkplugCodec().decode(field(4, "SPBV1.0_COMPRESSED") + field(5, b"abc"), "spBv1.0/g/NBIRTH/e")


def test_a_truth_value_in_the_field_of_whole_numbers_is_one() -> None:
    """The data type counts: 1 of a boolean is true."""
    (document,) = SparkplugCodec().decode(payload(field(1, "on") + field(4, 11) + field(10, 1)), "s/g/DBIRTH/e/d")
    assert document["values"] == {"on": True}


@pytest.mark.parametrize("content", [b"\xff", b"\x08", b"\x12\x05abc", b"\x0b", b"\x00\x00", b"\xff" * 20])
def test_what_is_no_protobuf(content: bytes) -> None:
    """Cut off, unknown types, numbers without end."""
    with pytest.raises(PayloadError):
        SparkplugCodec().decode(content, "spBv1.0/gent/NDATA/edge")
