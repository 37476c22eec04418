"""Protocol buffers of any message, described by a file that ``protoc --descriptor_set_out`` wrote."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from citycontext.bridge.codecs.chirpstack_protobuf import read_struct, read_timestamp
from citycontext.bridge.codecs.protobuf import Fields, double, float32, read_fields, signed
from citycontext.errors import PayloadError

__all__ = ["ProtobufCodec"]

_DEEPEST: Final = 32
_REPEATED, _GROUP, _MESSAGE, _ENUM, _STRING, _BYTES = 3, 10, 11, 14, 9, 12
_SIGNED: Final = {3: 64, 5: 32, 15: 32, 16: 64}
_ZIGZAG: Final = frozenset({17, 18})
_FLOAT, _DOUBLE, _BOOL = 2, 1, 8
# Types of fixed length → how struct reads them, for lists that are packed.
_FIXED: Final = {1: "<Q", 2: "<I", 6: "<Q", 7: "<I", 15: "<I", 16: "<Q"}
_SCALAR_ZEROS: Final = {_STRING: "", _BYTES: "", _BOOL: False, _FLOAT: 0.0, _DOUBLE: 0.0}


@dataclass(frozen=True, slots=True)
class _Field:
    name: str
    number: int
    kind: int
    type_name: str
    is_repeated: bool
    is_implicit: bool
    """Whether a zero is left out by the sender, so that nothing means zero (proto3 without ``optional``)."""


@dataclass(slots=True)
class _Types:
    messages: dict[str, list[_Field]] = field(default_factory=dict)
    maps: set[str] = field(default_factory=set)
    enums: dict[str, dict[int, str]] = field(default_factory=dict)


class ProtobufCodec:
    """Read protobuf. The document has the names of the fields as they stand in the ``.proto`` file.

    A field of proto3 that is left out is its zero; ``optional`` fields, messages and members of a ``oneof`` are not
    there. Enumerations are their names, bytes are hexadecimal, ``google.protobuf.Timestamp`` is a time.

    Args:
        descriptor: The file of descriptors, from ``protoc --include_imports --descriptor_set_out=FILE``; relative to
            the configuration file.
        message: Full name of the message, e.g. ``city.meters.Reading``.
        delimited: Whether the payload is a row of messages, each with its length before it.
        folder: Where relative paths start.
    """

    def __init__(self, *, descriptor: str, message: str, delimited: bool = False, folder: Path | None = None) -> None:
        path = Path(descriptor) if folder is None else folder / descriptor
        try:
            content = path.read_bytes()
        except OSError as error:
            raise ValueError(f"the descriptor {path} cannot be read: {error.strerror}") from None
        try:
            self._types = _read_descriptors(content)
        except PayloadError as error:
            raise ValueError(f"{path} is not a file of descriptors: {error}") from None
        self._name = f".{message.lstrip('.')}"
        self._delimited = delimited
        if self._name not in self._types.messages:
            known = ", ".join(sorted(name.lstrip(".") for name in self._types.messages)[:10])
            raise ValueError(f"{path} describes no message {message}; there are {known}")

    def decode(self, payload: bytes, topic: str) -> Iterator[dict[str, Any]]:
        """Read a payload.

        Args:
            payload: A message, or a row of them.
            topic: Not used.

        Returns:
            A document for each message.

        Raises:
            PayloadError: It is not such a message.
        """
        for content in _rows(payload) if self._delimited else (payload,):
            yield self._message(content, self._name, 0)

    def _message(self, content: bytes, name: str, depth: int) -> dict[str, Any]:
        if depth > _DEEPEST:
            raise PayloadError(f"the protobuf is more than {_DEEPEST} levels deep")
        fields = read_fields(content)
        found: dict[str, Any] = {}
        for one in self._types.messages[name]:
            values = fields.values(one.number)
            if one.type_name in self._types.maps:
                found[one.name] = dict(self._entries(fields, one, depth))
            elif one.is_repeated:
                found[one.name] = [self._value(value, one, depth) for value in _unpacked(values, one)]
            elif values:
                found[one.name] = self._value(values[-1], one, depth)
            elif one.is_implicit:
                found[one.name] = self._zero(one)
        return found

    def _entries(self, fields: Fields, one: _Field, depth: int) -> Iterator[tuple[str, Any]]:
        key, value = sorted(self._types.messages[one.type_name], key=lambda part: part.number)
        for entry in fields.messages(one.number):
            keys, values = entry.values(1), entry.values(2)
            name = self._value(keys[-1], key, depth + 1) if keys else self._zero(key)
            said = self._value(values[-1], value, depth + 1) if values else self._zero(value)
            yield str(name).lower() if isinstance(name, bool) else str(name), said

    def _zero(self, one: _Field) -> Any:
        if one.kind == _ENUM:
            return self._types.enums.get(one.type_name, {}).get(0, 0)
        return {} if one.kind == _MESSAGE else _SCALAR_ZEROS.get(one.kind, 0)

    def _value(self, value: int | bytes, one: _Field, depth: int) -> Any:
        if isinstance(value, bytes):
            return self._content(value, one, depth)
        if one.kind == _FLOAT:
            return float32(value)
        if one.kind == _DOUBLE:
            return double(value)
        if one.kind == _BOOL:
            return bool(value)
        if one.kind == _ENUM:
            number = signed(value, 32)
            return self._types.enums.get(one.type_name, {}).get(number, number)
        if one.kind in _ZIGZAG:
            return (value >> 1) ^ -(value & 1)
        return signed(value, _SIGNED[one.kind]) if one.kind in _SIGNED else value

    def _content(self, value: bytes, one: _Field, depth: int) -> Any:
        if one.kind == _STRING:
            try:
                return value.decode()
            except UnicodeDecodeError:
                raise PayloadError(f"the text {one.name} is not UTF-8") from None
        if one.kind == _BYTES:
            return value.hex()
        if one.kind != _MESSAGE:
            raise PayloadError(f"{one.name} is not what the descriptor says; is it another message?")
        if one.type_name == ".google.protobuf.Timestamp":
            return read_timestamp(value)
        if one.type_name == ".google.protobuf.Struct":
            return read_struct(value)
        if one.type_name not in self._types.messages:
            raise PayloadError(f"{one.type_name} is not in the descriptor; write it with --include_imports")
        return self._message(value, one.type_name, depth + 1)


def _rows(payload: bytes) -> Iterator[bytes]:
    at = 0
    while at < len(payload):
        size = shift = 0
        while True:
            if at >= len(payload) or shift > 28:
                raise PayloadError("the row of messages is cut off")
            byte = payload[at]
            at += 1
            size |= (byte & 127) << shift
            shift += 7
            if byte < 128:
                break
        if at + size > len(payload):
            raise PayloadError("the row of messages is cut off")
        yield payload[at : at + size]
        at += size


def _unpacked(values: list[int | bytes], one: _Field) -> Iterator[int | bytes]:
    for value in values:
        if not isinstance(value, bytes) or one.kind in (_STRING, _BYTES, _MESSAGE, _GROUP):
            yield value
        elif one.kind in _FIXED:
            if len(value) % struct.calcsize(_FIXED[one.kind]):
                raise PayloadError(f"the list {one.name} is cut off")
            yield from (number for (number,) in struct.iter_unpack(_FIXED[one.kind], value))
        else:
            yield from _varints(value, one)


def _varints(content: bytes, one: _Field) -> Iterator[int]:
    value = shift = 0
    for byte in content:
        value |= (byte & 127) << shift
        shift += 7
        if byte < 128:
            yield value & 0xFFFF_FFFF_FFFF_FFFF
            value = shift = 0
    if shift:
        raise PayloadError(f"the list {one.name} is cut off")


def _read_descriptors(content: bytes) -> _Types:
    types = _Types()
    for file in read_fields(content).messages(1):
        package = file.text(2) or ""
        prefix = f".{package}" if package else ""
        is_proto3 = file.text(12) in ("proto3", "editions")
        for message in file.messages(4):
            _add_message(types, message, prefix, is_proto3)
        for enum in file.messages(5):
            _add_enum(types, enum, prefix)
    return types


def _add_message(types: _Types, message: Fields, prefix: str, is_proto3: bool) -> None:
    name = f"{prefix}.{message.text(1)}"
    for inner in message.messages(3):
        _add_message(types, inner, name, is_proto3)
    for enum in message.messages(4):
        _add_enum(types, enum, name)
    options = message.content(7)
    if options is not None and read_fields(options).number(7):
        types.maps.add(name)
    fields = []
    for one in message.messages(2):
        kind = one.number(5) or 0
        is_repeated = one.number(4) == _REPEATED
        has_presence = kind in (_MESSAGE, _GROUP) or bool(one.values(9)) or bool(one.number(17)) or is_repeated
        fields.append(
            _Field(
                one.text(1) or "",
                one.number(3) or 0,
                kind,
                one.text(6) or "",
                is_repeated,
                is_proto3 and not has_presence,
            )
        )
    types.messages[name] = fields


def _add_enum(types: _Types, enum: Fields, prefix: str) -> None:
    values = {signed(one.number(2) or 0, 32): one.text(1) or "" for one in enum.messages(2)}
    types.enums[f"{prefix}.{enum.text(1)}"] = values
