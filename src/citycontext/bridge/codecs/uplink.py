"""The one form that uplinks of all LoRaWAN network servers are read into, so routes need not know which it was."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterable
from typing import Any

from citycontext.bridge.codecs.decoders import Decoder
from citycontext.bridge.mapping.euis import read_eui_64
from citycontext.errors import PayloadError

__all__ = ["best_signal", "decoded", "position", "raw_bytes", "read_events", "uplink"]


def decoded(decoder: Decoder | None, values: Any, payload: str | None, f_port: Any) -> Any:
    """Return the values of an uplink.

    Args:
        decoder: Ours, if there is one.
        values: What the network server made of the payload.
        payload: The payload, hexadecimal.
        f_port: The frame port.

    Raises:
        PayloadError: The decoder cannot read the payload.
    """
    if decoder is None or not payload:
        return values
    return decoder(bytes.fromhex(payload), f_port if isinstance(f_port, int) else 0)


def uplink(
    *,
    event: str,
    device: Any,
    message: dict[str, Any],
    dev_eui: Any = None,
    application: Any = None,
    tenant: Any = None,
    time: Any = None,
    f_port: Any = None,
    f_cnt: Any = None,
    values: Any = None,
    payload: str | None = None,
    rssi: Any = None,
    snr: Any = None,
    gateways: int = 0,
    battery: Any = None,
    location: dict[str, Any] | None = None,
    tags: Any = None,
    deduplication_id: Any = None,
) -> dict[str, Any]:
    """Build the document of a LoRaWAN message.

    Args:
        event: ``up``, ``status``, ``join``, …
        device: Id or name of the device in the network server.
        message: The whole message, for what is not in this form.
        dev_eui: The device's EUI, 16 hexadecimal digits in lower case.
        application: Id of the application.
        tenant: Tenant of the network server.
        time: When the network server received it.
        f_port, f_cnt: Frame port and counter.
        values: What the network server's decoder made of the payload.
        payload: The raw payload, hexadecimal.
        rssi, snr: Signal at the best gateway, dBm and dB.
        gateways: How many gateways heard it.
        battery: Battery level, percent.
        location: Position of the device: longitude, latitude, altitude.
        tags: The device's tags in the network server.
        deduplication_id: What tells a message from its copies.
    """
    if not isinstance(device, str) or not device:
        raise PayloadError("the message names no device")
    return {
        "event": event,
        "device": device,
        "dev_eui": (read_eui_64(dev_eui) or dev_eui.lower()) if isinstance(dev_eui, str) else None,
        "application": application,
        "tenant": tenant,
        "time": time,
        "f_port": f_port,
        "f_cnt": f_cnt,
        "values": values if isinstance(values, dict) else {},
        "payload": payload,
        "rssi": rssi,
        "snr": snr,
        "gateways": gateways,
        "battery": battery,
        "location": location,
        "tags": tags if isinstance(tags, dict) else {},
        "deduplication_id": deduplication_id,
        "message": message,
    }


def best_signal(receptions: Any, *, snr: str) -> tuple[Any, Any, int]:
    """Find the strongest reception.

    Args:
        receptions: One object for each gateway that heard the message.
        snr: The member that holds the signal-to-noise ratio.

    Returns:
        Its RSSI and SNR (0 where it is left out, as proto3 does with zeros), and how many gateways there were.
    """
    heard = [one for one in receptions if isinstance(one, dict)] if isinstance(receptions, list) else []
    measured = [one for one in heard if isinstance(one.get("rssi"), int | float)]
    if not measured:
        return None, None, len(heard)
    best = max(measured, key=lambda one: one["rssi"])
    return best["rssi"], best.get(snr, 0), len(heard)


def position(place: Any) -> dict[str, Any] | None:
    """Read a position.

    Args:
        place: An object with ``latitude`` and ``longitude``; zero is left out by proto3.

    Returns:
        Longitude, latitude and, where it is given, altitude; ``None`` where there is no position at all.
    """
    if not isinstance(place, dict) or not ("latitude" in place or "longitude" in place):
        return None
    found = {"longitude": place.get("longitude", 0), "latitude": place.get("latitude", 0)}
    if "altitude" in place:
        found["altitude"] = place["altitude"]
    return found


def raw_bytes(encoded: Any) -> str | None:
    """Turn base64 into hexadecimal.

    Args:
        encoded: Base64 text, or nothing.

    Returns:
        Hexadecimal digits, or ``None`` where there is nothing.

    Raises:
        PayloadError: The text is not base64.
    """
    if not encoded:
        return None
    try:
        return base64.b64decode(encoded, validate=True).hex()
    except (binascii.Error, TypeError, ValueError):
        raise PayloadError(f"the raw payload {encoded!r:.40} is not base64") from None


def read_events(events: Iterable[str], known: frozenset[str]) -> frozenset[str]:
    """Check the option ``events`` of a codec.

    Args:
        events: The events a route wants.
        known: Those there are.

    Raises:
        ValueError: One is not known.
    """
    wanted = frozenset([events] if isinstance(events, str) else events)
    if not wanted <= known:
        raise ValueError(
            f"events are {', '.join(sorted(known))}; {', '.join(sorted(wanted - known))} is not among them"
        )
    return wanted
