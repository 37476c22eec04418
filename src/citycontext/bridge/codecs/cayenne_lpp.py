"""Cayenne Low Power Payload: channel, type and value, byte by byte."""

from __future__ import annotations

import base64
import binascii
from typing import Any, Final, Literal

from citycontext.bridge.codecs.several import Several
from citycontext.errors import PayloadError

__all__ = ["CayenneLppCodec", "read_cayenne_lpp"]

# Type → name, bytes of each value, divisor, signed, names of the values.
_TYPES: Final[dict[int, tuple[str, int, float, bool, tuple[str, ...]]]] = {
    0: ("digital_in", 1, 1, False, ()),
    1: ("digital_out", 1, 1, False, ()),
    2: ("analog_in", 2, 100, True, ()),
    3: ("analog_out", 2, 100, True, ()),
    100: ("generic", 4, 1, False, ()),
    101: ("luminosity", 2, 1, False, ()),
    102: ("presence", 1, 1, False, ()),
    103: ("temperature", 2, 10, True, ()),
    104: ("humidity", 1, 2, False, ()),
    113: ("accelerometer", 2, 1000, True, ("x", "y", "z")),
    115: ("barometer", 2, 10, False, ()),
    116: ("voltage", 2, 100, False, ()),
    117: ("current", 2, 1000, False, ()),
    118: ("frequency", 4, 1, False, ()),
    120: ("percentage", 1, 1, False, ()),
    121: ("altitude", 2, 1, True, ()),
    125: ("concentration", 2, 1, False, ()),
    128: ("power", 2, 1, False, ()),
    130: ("distance", 4, 1000, False, ()),
    131: ("energy", 4, 1000, False, ()),
    132: ("direction", 2, 1, False, ()),
    133: ("time", 4, 1, False, ()),
    134: ("gyrometer", 2, 100, True, ("x", "y", "z")),
    135: ("colour", 1, 1, False, ("red", "green", "blue")),
    142: ("switch", 1, 1, False, ()),
}
_GPS: Final = 136


class CayenneLppCodec:
    """Read Cayenne LPP. A member is named by type and channel, e.g. ``temperature_3``; a position is an object.

    A channel that has a type twice has a list of its values: ``temperature_3[1]``.

    Args:
        encoding: How the bytes are written in the payload: ``raw``, ``hex`` or ``base64``.
    """

    def __init__(self, *, encoding: Literal["raw", "hex", "base64"] = "raw") -> None:
        if encoding not in ("raw", "hex", "base64"):
            raise ValueError("encoding is raw, hex or base64")
        self._encoding = encoding

    def decode(self, payload: bytes, topic: str) -> tuple[dict[str, Any]]:
        """Read a payload.

        Args:
            payload: The bytes, as ``encoding`` says.
            topic: Not used.

        Returns:
            One document.

        Raises:
            PayloadError: It is cut off or has a type that is not known; says at which byte.
        """
        try:
            if self._encoding == "hex":
                payload = bytes.fromhex(payload.decode())
            elif self._encoding == "base64":
                payload = base64.b64decode(payload, validate=True)
        except (UnicodeDecodeError, binascii.Error, ValueError):
            raise PayloadError(f"the payload is not {self._encoding}") from None
        return (read_cayenne_lpp(payload),)


def read_cayenne_lpp(payload: bytes) -> dict[str, Any]:
    """Read the bytes.

    Args:
        payload: The bytes.

    Returns:
        The values, by type and channel; a list where a channel has several of a type.

    Raises:
        PayloadError: They are cut off or have a type that is not known.
    """
    if not payload:
        raise PayloadError("the payload is empty; Cayenne LPP was expected")
    values = Several()
    at = 0
    while at < len(payload):
        if at + 2 > len(payload):
            raise PayloadError(f"cut off at byte {at}: a channel without a type")
        channel, kind = payload[at], payload[at + 1]
        at += 2
        if kind == _GPS:
            latitude, longitude, altitude = (_number(payload, at + offset, 3, signed=True) for offset in (0, 3, 6))
            at += 9
            place = {"latitude": latitude / 10_000, "longitude": longitude / 10_000, "altitude": altitude / 100}
            values.add(f"gps_{channel}", place)
            continue
        if kind not in _TYPES:
            raise PayloadError(f"type {kind} at byte {at - 1} is not known in Cayenne LPP")
        name, size, divisor, signed, members = _TYPES[kind]
        numbers = []
        for _ in members or ("value",):
            number = _number(payload, at, size, signed=signed)
            numbers.append(number if divisor == 1 else number / divisor)
            at += size
        values.add(f"{name}_{channel}", dict(zip(members, numbers, strict=True)) if members else numbers[0])
    return values.values()


def _number(payload: bytes, at: int, size: int, *, signed: bool) -> int:
    if at + size > len(payload):
        raise PayloadError(f"cut off at byte {len(payload)}: a value of {size} bytes was expected at byte {at}")
    return int.from_bytes(payload[at : at + size], "big", signed=signed)
