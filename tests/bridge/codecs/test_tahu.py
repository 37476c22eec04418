"""Sparkplug B as Eclipse Tahu's protobuf writes it: all data types, whatever the values, by name and by alias."""

from __future__ import annotations

import math
import struct
from functools import cache
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from citycontext.bridge.codecs.sparkplug_b import SparkplugCodec

NAMES = st.text(st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"]), min_size=1, max_size=12)
SINGLES = st.floats(width=32, allow_nan=False)
# Data type → the field of the metric, the values, and how Tahu writes one there.
TYPES: dict[int, tuple[str, st.SearchStrategy[Any]]] = {
    1: ("int_value", st.integers(-(2**7), 2**7 - 1)),
    2: ("int_value", st.integers(-(2**15), 2**15 - 1)),
    3: ("int_value", st.integers(-(2**31), 2**31 - 1)),
    4: ("long_value", st.integers(-(2**63), 2**63 - 1)),
    5: ("int_value", st.integers(0, 2**8 - 1)),
    6: ("int_value", st.integers(0, 2**16 - 1)),
    7: ("int_value", st.integers(0, 2**32 - 1)),
    8: ("long_value", st.integers(0, 2**64 - 1)),
    9: ("float_value", SINGLES),
    10: ("double_value", st.floats(allow_nan=False)),
    11: ("boolean_value", st.booleans()),
    12: ("string_value", st.text(max_size=20)),
    13: ("long_value", st.integers(0, 2**53)),
    14: ("string_value", st.text(max_size=20)),
    15: ("string_value", st.uuids().map(str)),
    17: ("bytes_value", st.binary(max_size=20)),
    18: ("bytes_value", st.binary(max_size=20)),
}
ARRAYS: dict[int, tuple[str, st.SearchStrategy[Any]]] = {
    22: ("b", st.integers(-(2**7), 2**7 - 1)),
    23: ("h", st.integers(-(2**15), 2**15 - 1)),
    24: ("i", st.integers(-(2**31), 2**31 - 1)),
    25: ("q", st.integers(-(2**63), 2**63 - 1)),
    26: ("B", st.integers(0, 2**8 - 1)),
    27: ("H", st.integers(0, 2**16 - 1)),
    28: ("I", st.integers(0, 2**32 - 1)),
    29: ("Q", st.integers(0, 2**64 - 1)),
    30: ("f", SINGLES),
    31: ("d", st.floats(allow_nan=False)),
    34: ("q", st.integers(0, 2**53)),
}


@cache
def payload_class() -> Any:
    """Make Tahu's message, of the fields that values need."""
    pytest.importorskip("google.protobuf")
    from google.protobuf import descriptor_pb2, descriptor_pool, message_factory

    kinds = descriptor_pb2.FieldDescriptorProto
    file = descriptor_pb2.FileDescriptorProto(name="sparkplug_b.proto", package="tahu", syntax="proto2")
    metric = file.message_type.add(name="Metric")
    for number, name, kind in (
        (1, "name", kinds.TYPE_STRING),
        (2, "alias", kinds.TYPE_UINT64),
        (3, "timestamp", kinds.TYPE_UINT64),
        (4, "datatype", kinds.TYPE_UINT32),
        (10, "int_value", kinds.TYPE_UINT32),
        (11, "long_value", kinds.TYPE_UINT64),
        (12, "float_value", kinds.TYPE_FLOAT),
        (13, "double_value", kinds.TYPE_DOUBLE),
        (14, "boolean_value", kinds.TYPE_BOOL),
        (15, "string_value", kinds.TYPE_STRING),
        (16, "bytes_value", kinds.TYPE_BYTES),
    ):
        metric.field.add(name=name, number=number, type=kind, label=kinds.LABEL_OPTIONAL)
    whole = file.message_type.add(name="Payload")
    whole.field.add(name="timestamp", number=1, type=kinds.TYPE_UINT64, label=kinds.LABEL_OPTIONAL)
    whole.field.add(
        name="metrics", number=2, type=kinds.TYPE_MESSAGE, type_name=".tahu.Metric", label=kinds.LABEL_REPEATED
    )
    whole.field.add(name="seq", number=3, type=kinds.TYPE_UINT64, label=kinds.LABEL_OPTIONAL)
    pool = descriptor_pool.DescriptorPool()
    pool.Add(file)
    return message_factory.GetMessageClass(pool.FindMessageTypeByName("tahu.Payload"))


def written(field: str, value: Any) -> Any:
    """Write a negative number as Tahu does: as its complement of two, of the field's width."""
    if field in ("int_value", "long_value"):
        return value % 2 ** (32 if field == "int_value" else 64)
    return value


def expected(datatype: int, value: Any) -> Any:
    """Return what is read of a value."""
    return value.hex() if isinstance(value, bytes) else value


def is_same(read: Any, sent: Any, datatype: int) -> bool:
    """Compare; a float of single precision leads back to the same bits."""
    if datatype in (9, 30):
        return struct.pack("<f", read) == struct.pack("<f", sent)
    if isinstance(sent, float):
        return isinstance(read, float) and (read == sent or math.isclose(read, sent, rel_tol=0))
    return type(read) is type(sent) and read == sent


@settings(deadline=None, max_examples=15)
@given(st.data())
@pytest.mark.parametrize("has_alias", [True, False])
@pytest.mark.parametrize("datatype", sorted(TYPES))
def test_values_of_all_types_come_back(datatype: int, has_alias: bool, data: st.DataObject) -> None:
    """What Tahu encodes in birth and data is read as it was, when data carry a name or an alias only."""
    field, values = TYPES[datatype]
    name, first, second = data.draw(NAMES), data.draw(values), data.draw(values)
    birth, change = payload_class()(timestamp=1714557600000, seq=0), payload_class()(timestamp=1714557601000, seq=1)
    told = birth.metrics.add(name=name, datatype=datatype, timestamp=1714557600000)
    later = change.metrics.add(timestamp=1714557601000)
    if has_alias:
        told.alias = later.alias = 7
    else:
        later.name = name
    setattr(told, field, written(field, first))
    setattr(later, field, written(field, second))
    codec = SparkplugCodec()
    for topic, message, sent in (("DBIRTH", birth, first), ("DDATA", change, second)):
        (document,) = codec.decode(message.SerializeToString(), f"spBv1.0/g/{topic}/e/d")
        assert is_same(document["values"][name], expected(datatype, sent), datatype)


@settings(deadline=None, max_examples=15)
@given(st.data())
@pytest.mark.parametrize("datatype", sorted(ARRAYS))
def test_arrays_of_all_types_come_back(datatype: int, data: st.DataObject) -> None:
    """Arrays, packed as the specification has them, are lists of the values that were sent."""
    code, values = ARRAYS[datatype]
    sent = data.draw(st.lists(values, min_size=1, max_size=8))
    message = payload_class()(timestamp=1714557600000)
    message.metrics.add(name="a", datatype=datatype, bytes_value=struct.pack(f"<{len(sent)}{code}", *sent))
    (document,) = SparkplugCodec().decode(message.SerializeToString(), "spBv1.0/g/DBIRTH/e/d")
    assert all(is_same(one, was, datatype) for one, was in zip(document["values"]["a"], sent, strict=True))
