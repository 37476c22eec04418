"""A file of descriptors, as ``protoc --descriptor_set_out`` writes it, and options that codecs cannot be without."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any, Final

from citycontext.bridge.codecs.protobuf import write_field

__all__ = ["DESCRIPTORS", "OPTIONS", "field"]

_DOUBLE, _INT32, _BOOL, _STRING, _MESSAGE, _BYTES, _ENUM, _SINT32 = 1, 5, 8, 9, 11, 12, 14, 17


def field(name: str, number: int, kind: int, *, repeated: bool = False, of: str = "", optional: bool = False) -> bytes:
    """Return the descriptor of a field, as part of that of its message."""
    content = write_field(1, name) + write_field(3, number) + write_field(4, 3 if repeated else 1)
    content += write_field(5, kind) + (write_field(6, of) if of else b"")
    return write_field(2, content + (write_field(17, 1) if optional else b""))


_ENTRY = write_field(1, "TagsEntry") + field("key", 1, _STRING) + field("value", 2, _STRING)
_READING = (
    write_field(1, "Reading")
    + field("id", 1, _STRING)
    + field("temperature", 2, _DOUBLE)
    + field("offset", 3, _SINT32)
    + field("counts", 4, _INT32, repeated=True)
    + field("state", 5, _ENUM, of=".city.State")
    + field("at", 6, _MESSAGE, of=".google.protobuf.Timestamp")
    + field("raw", 7, _BYTES)
    + field("ok", 8, _BOOL)
    + field("inner", 9, _MESSAGE, repeated=True, of=".city.Reading")
    + field("tags", 10, _MESSAGE, repeated=True, of=".city.Reading.TagsEntry")
    + field("maybe", 11, _INT32, optional=True)
    + write_field(3, _ENTRY + write_field(7, write_field(7, 1)))
)
_STATE = write_field(1, "State") + b"".join(
    write_field(2, write_field(1, name) + write_field(2, number)) for number, name in enumerate(("OFF", "ON"))
)
DESCRIPTORS: Final = write_field(
    1,
    write_field(1, "city.proto")
    + write_field(2, "city")
    + write_field(4, _READING)
    + write_field(5, _STATE)
    + write_field(12, "proto3"),
)


def _written() -> str:
    path = Path(tempfile.mkdtemp()) / "city.desc"
    path.write_bytes(DESCRIPTORS)
    return str(path)


OPTIONS: Final[dict[str, dict[str, Any]]] = {"protobuf": {"descriptor": _written(), "message": "city.Reading"}}
