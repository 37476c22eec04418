"""A codec of your own: 9 bytes of a water meter. Bytes go in, what they say comes out; None for nothing to map."""

import struct


def decode(payload: bytes, topic: str) -> dict[str, float | int | bool] | None:
    """Read a message: version, litres (4 bytes), battery in per cent, temperature in tenths of a degree, alarms."""
    if not payload:
        return None
    version, litres, battery, tenths, alarms = struct.unpack(">BIBhB", payload)
    if version != 1:
        raise ValueError(f"version {version} is not known")
    return {"litres": litres, "battery": battery, "temperature": tenths / 10, "leak": bool(alarms & 1)}
