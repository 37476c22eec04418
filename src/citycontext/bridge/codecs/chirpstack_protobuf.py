"""ChirpStack 4's events as protocol buffers (``integration.proto``), read into what its JSON says."""

from __future__ import annotations

import base64
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from citycontext.bridge.codecs.protobuf import Fields, double, float32, read_fields, signed
from citycontext.errors import PayloadError

__all__ = ["read_event", "read_struct", "read_timestamp"]

_DEEPEST: Final = 32
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
# Field numbers of integration.proto, gw.proto and common.proto.
_DEVICE_INFO: Final = {
    1: "tenantId", 2: "tenantName", 3: "applicationId", 4: "applicationName", 5: "deviceProfileId",
    6: "deviceProfileName", 7: "deviceName", 8: "devEui",
}  # fmt: skip
_TAGS: Final = 9


def read_event(payload: bytes, event: str) -> dict[str, Any]:
    """Read an event.

    Args:
        payload: Protobuf.
        event: Which it is, as the topic names it.

    Returns:
        The event as ChirpStack writes it in JSON.

    Raises:
        PayloadError: It is not such an event.
    """
    fields = read_fields(payload)
    message: dict[str, Any] = {"deduplicationId": fields.text(1) or None}
    if event == "log":
        message["time"], message["deviceInfo"] = read_timestamp(fields.content(1)), _device(fields.content(2))
        return message
    message["time"] = read_timestamp(fields.content(2))
    message["deviceInfo"] = _device(fields.content(3))
    if event == "up":
        message |= _uplink(fields)
    elif event == "status":
        message["margin"] = signed(fields.number(5) or 0, 32)
        message["externalPowerSource"] = bool(fields.number(6))
        message["batteryLevelUnavailable"] = bool(fields.number(7))
        message["batteryLevel"] = float32(fields.number(8) or 0)
    elif event == "location":
        message["location"] = _location(fields.content(4))
    return message


def _uplink(fields: Fields) -> dict[str, Any]:
    found: dict[str, Any] = {
        "devAddr": fields.text(4) or None,
        "adr": bool(fields.number(5)),
        "dr": fields.number(6) or 0,
        "fCnt": fields.number(7) or 0,
        "fPort": fields.number(8) or 0,
        "confirmed": bool(fields.number(9)),
        "data": base64.b64encode(fields.content(10) or b"").decode() or None,
        "rxInfo": [_reception(one) for one in fields.messages(12)],
    }
    content = fields.content(11)
    if content is not None:
        found["object"] = read_struct(content)
    return found


def _device(content: bytes | None) -> dict[str, Any]:
    if content is None:
        raise PayloadError("this is not an event of ChirpStack: the device is missing")
    fields = read_fields(content)
    info: dict[str, Any] = {name: text for number, name in _DEVICE_INFO.items() if (text := fields.text(number))}
    info["tags"] = {entry.text(1) or "": entry.text(2) or "" for entry in fields.messages(_TAGS)}
    return info


def _reception(fields: Fields) -> dict[str, Any]:
    found: dict[str, Any] = {
        "gatewayId": fields.text(1) or None,
        "rssi": signed(fields.number(6) or 0, 32),
        "snr": float32(fields.number(7) or 0),
    }
    if (content := fields.content(12)) is not None:
        found["location"] = _location(content)
    return found


def _location(content: bytes | None) -> dict[str, Any]:
    fields = read_fields(content or b"")
    return {
        "latitude": double(fields.number(1) or 0),
        "longitude": double(fields.number(2) or 0),
        "altitude": double(fields.number(3) or 0),
    }


def read_timestamp(content: bytes | None) -> str | None:
    """Read a ``google.protobuf.Timestamp``.

    Args:
        content: Its bytes.

    Returns:
        The time as text; ``None`` if absent.

    Raises:
        PayloadError: It is not a time of our calendar.
    """
    if content is None:
        return None
    fields = read_fields(content)
    nanoseconds = fields.number(2) or 0
    try:
        instant = _EPOCH + timedelta(seconds=signed(fields.number(1) or 0, 64), microseconds=nanoseconds // 1000)
    except OverflowError:
        raise PayloadError("a time in the protobuf is not one of our calendar") from None
    return instant.isoformat().replace("+00:00", "Z")


def read_struct(content: bytes, depth: int = 0) -> dict[str, Any]:
    """Read a ``google.protobuf.Struct``.

    Args:
        content: Its bytes.
        depth: How deep it stands in others.

    Returns:
        The object.

    Raises:
        PayloadError: It is cut off, or too deep.
    """
    if depth > _DEEPEST:
        raise PayloadError(f"the protobuf is more than {_DEEPEST} levels deep")
    found: dict[str, Any] = {}
    for entry in read_fields(content).messages(1):
        found[entry.text(1) or ""] = _value(entry.content(2) or b"", depth + 1)
    return found


def _value(content: bytes, depth: int) -> Any:
    if depth > _DEEPEST:
        raise PayloadError(f"the protobuf is more than {_DEEPEST} levels deep")
    fields = read_fields(content)
    readers: tuple[Callable[[], Any], ...] = (
        lambda: None if (bits := fields.number(2)) is None else _plain(double(bits)),
        lambda: fields.text(3),
        lambda: None if (truth := fields.number(4)) is None else bool(truth),
        lambda: None if (inner := fields.content(5)) is None else read_struct(inner, depth + 1),
        lambda: None if (inner := fields.content(6)) is None else _list(inner, depth + 1),
    )
    return next((value for read in readers if (value := read()) is not None), None)


def _list(content: bytes, depth: int) -> list[Any]:
    return [_value(one, depth) for one in read_fields(content).values(1) if isinstance(one, bytes)]


def _plain(number: float) -> float | int:
    """Write a whole number as such: the struct has no other numbers than doubles."""
    return int(number) if number.is_integer() and abs(number) < 2**53 else number
