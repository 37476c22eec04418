"""Encoders of others: what they write, our codecs read back, value for value."""

from __future__ import annotations

import math
import struct
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bridge.codecs.descriptors import DESCRIPTORS, OPTIONS
from citycontext.bridge.codecs import load_codec

FLOATS = st.floats(allow_nan=False, allow_infinity=False)
NAMES = st.text(min_size=1, max_size=8)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**64 - 1) | FLOATS | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(NAMES, inner, max_size=4),
    max_leaves=12,
)


def read(codec: str, payload: bytes, topic: str = "t") -> Any:
    """Read the one document of a payload."""
    (document,) = load_codec(codec, OPTIONS.get(codec)).decode(payload, topic)
    return document


@settings(deadline=None)
@given(JSON)
def test_cbor_of_cbor2(value: Any) -> None:
    """Any value of JSON, as the reference encoder of Python writes it."""
    cbor2 = pytest.importorskip("cbor2")
    assert read("cbor", cbor2.dumps(value)) == value


@settings(deadline=None)
@given(st.integers(-(10**12), 10**12), st.integers(-9, 9), st.integers(-(2**200), 2**200))
def test_long_and_decimal_numbers_of_cbor2(mantissa: int, exponent: int, big: int) -> None:
    """Tags 2 to 4: nothing is lost but what a double cannot hold."""
    cbor2 = pytest.importorskip("cbor2")
    decimal = Decimal(mantissa).scaleb(exponent)
    found = read("cbor", cbor2.dumps([decimal, big]))
    assert found == [float(decimal) if exponent < 0 else int(decimal), big]


@settings(deadline=None)
@given(st.floats(width=32, allow_nan=False))
def test_single_precision_of_msgpack_is_as_short_as_it_was(value: float) -> None:
    """What is read has at most nine digits, and the same bits at the precision that it was sent in."""
    msgpack = pytest.importorskip("msgpack")
    found = read("messagepack", msgpack.packb({"v": value}, use_single_float=True))["v"]
    assert struct.pack("<f", found) == struct.pack("<f", value)
    assert float(f"{found:.9g}") == found


@settings(deadline=None)
@given(JSON)
def test_messagepack_of_msgpack(value: Any) -> None:
    """Any value of JSON, as the reference encoder of Python writes it."""
    msgpack = pytest.importorskip("msgpack")
    assert read("messagepack", msgpack.packb(value)) == value


@settings(deadline=None)
@given(st.integers(-(2**33), 2**37), st.integers(0, 999_999_999))
def test_times_of_msgpack(seconds: int, nanoseconds: int) -> None:
    """All three lengths of a timestamp."""
    msgpack = pytest.importorskip("msgpack")
    found = read("messagepack", msgpack.packb({"at": msgpack.Timestamp(seconds, nanoseconds)}))
    instant = datetime.fromisoformat(found["at"])
    # Of what is finer than a microsecond nothing is kept.
    assert (instant - datetime(1970, 1, 1, tzinfo=UTC)).total_seconds() == pytest.approx(
        seconds + nanoseconds // 1000 / 1e6, abs=1e-4
    )


@settings(deadline=None)
@given(
    st.integers(0, 255),
    st.integers(-3000, 3000),
    st.integers(0, 200),
    st.tuples(st.integers(-900_000, 900_000), st.integers(-1_800_000, 1_800_000), st.integers(-10_000, 800_000)),
)
def test_cayenne_of_pycayennelpp(channel: int, tenths: int, halves: int, place: tuple[int, int, int]) -> None:
    """Temperatures, humidities and positions of any channel."""
    cayennelpp = pytest.importorskip("cayennelpp")
    frame = cayennelpp.LppFrame()
    frame.add_temperature(channel, tenths / 10)
    frame.add_humidity(channel, halves / 2)
    latitude, longitude, altitude = place[0] / 10_000, place[1] / 10_000, place[2] / 100
    frame.add_gps(channel, latitude, longitude, altitude)
    found = read("cayenne-lpp", bytes(frame))
    assert found[f"temperature_{channel}"] == tenths / 10
    assert found[f"humidity_{channel}"] == pytest.approx(halves / 2, abs=0.5)
    position = found[f"gps_{channel}"]
    # The encoder cuts what it cannot hold, so the last digit may be one less.
    assert position["latitude"] == pytest.approx(latitude, abs=1.1e-4)
    assert position["longitude"] == pytest.approx(longitude, abs=1.1e-4)
    assert position["altitude"] == pytest.approx(altitude, abs=0.011)


@settings(deadline=None)
@given(FLOATS, st.booleans())
@pytest.mark.parametrize("form", ["json", "cbor"])
def test_senml_of_kpn(form: str, number: float, truth: bool) -> None:
    """A pack with a number and a truth value, in both forms."""
    kpn_senml = pytest.importorskip("kpn_senml")
    pytest.importorskip("cbor2")
    pack = kpn_senml.SenmlPack("urn:dev:mac:0a0b0c0d0e0f0001:")
    pack.base_time = 1714557600
    for name, value in (("t", number), ("b", truth)):
        pack.add(kpn_senml.SenmlRecord(name, value=value))
    found = read("senml", pack.to_json().encode() if form == "json" else bytes(pack.to_cbor()))
    assert found["values"] == {"t": number, "b": truth}
    assert (found["name"], found["time"]) == ("urn:dev:mac:0a0b0c0d0e0f0001:", 1714557600)


@settings(deadline=None)
@given(
    st.dictionaries(NAMES, st.none() | st.booleans() | FLOATS | st.text(max_size=10) | st.lists(FLOATS, max_size=3)),
    st.binary(max_size=20),
    st.integers(0, 2**32 - 1),
    st.integers(-130, -1),
)
def test_events_of_chirpstack(values: dict[str, Any], data: bytes, counter: int, rssi: int) -> None:
    """An uplink in protobuf is the document that its JSON is."""
    pytest.importorskip("chirpstack_api")
    from chirpstack_api.integration import integration_pb2
    from google.protobuf.json_format import MessageToJson

    event = integration_pb2.UplinkEvent(deduplication_id="d", f_cnt=counter, f_port=2, data=data)
    event.time.FromJsonString("2024-05-01T10:00:00.5Z")
    event.device_info.dev_eui = "70b3d57ed0000001"
    event.device_info.device_name = "attic"
    event.device_info.tags["lon"] = "3.72"
    event.object.update(values)
    reception = event.rx_info.add()
    reception.rssi, reception.snr = rssi, 7.5
    topic = "application/1/device/70b3d57ed0000001/event/up"
    by_protobuf = read("chirpstack", event.SerializeToString(), topic)
    by_json = read("chirpstack", MessageToJson(event).encode(), topic)
    for name in ("device", "dev_eui", "f_port", "f_cnt", "payload", "rssi", "snr", "gateways", "tags", "values"):
        assert by_protobuf[name] == by_json[name], name
    assert datetime.fromisoformat(by_protobuf["time"]) == datetime.fromisoformat(by_json["time"])


@settings(deadline=None)
@given(
    st.text(max_size=10),
    st.floats(allow_nan=False),
    st.integers(-(2**31), 2**31 - 1),
    st.lists(st.integers(-(2**31), 2**31 - 1), max_size=5),
    st.dictionaries(NAMES, st.text(max_size=5), max_size=3),
    st.none() | st.integers(-5, 5),
)
def test_messages_of_protobuf(
    name: str, number: float, offset: int, counts: list[int], tags: dict[str, str], maybe: int | None
) -> None:
    """Any message of a descriptor, as Google's own library writes it; a zero that is left out is a zero."""
    pytest.importorskip("google.protobuf")
    from google.protobuf import descriptor_pb2, descriptor_pool, message_factory, timestamp_pb2

    pool = descriptor_pool.DescriptorPool()
    pool.AddSerializedFile(timestamp_pb2.DESCRIPTOR.serialized_pb)
    file = descriptor_pb2.FileDescriptorSet.FromString(DESCRIPTORS).file[0]
    file.dependency.append("google/protobuf/timestamp.proto")
    for one in file.message_type[0].field:
        if one.proto3_optional:
            one.oneof_index = 0
            file.message_type[0].oneof_decl.add(name="_maybe")
    pool.Add(file)
    message = message_factory.GetMessageClass(pool.FindMessageTypeByName("city.Reading"))()
    message.id, message.temperature, message.offset = name, number, offset
    message.counts.extend(counts)
    message.state, message.raw = 1, b"\x01\xff"
    message.at.FromJsonString("2024-05-01T10:00:00Z")
    message.inner.add(id="inside")
    message.tags.update(tags)
    if maybe is not None:
        message.maybe = maybe
    found = read("protobuf", message.SerializeToString())
    assert (found["id"], found["offset"], found["counts"]) == (name, offset, counts)
    assert found["temperature"] == number or math.isclose(found["temperature"], number)
    assert (found["state"], found["raw"], found["ok"]) == ("ON", "01ff", False)
    assert found["at"] == "2024-05-01T10:00:00Z"
    assert found["inner"][0]["id"] == "inside"
    assert found["inner"][0]["state"] == "OFF"
    assert found["tags"] == tags
    assert found.get("maybe") == maybe
