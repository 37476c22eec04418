"""ChirpStack, versions 3 and 4: ``application/{application}/device/{dev_eui}/event/up``."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterable
from typing import Any, Final

import orjson

from citycontext.bridge.codecs.chirpstack_protobuf import read_event
from citycontext.bridge.codecs.decoders import find_decoder, read_bytes
from citycontext.bridge.codecs.json import read_json
from citycontext.bridge.codecs.other_kind import OtherKind
from citycontext.bridge.codecs.uplink import (
    best_signal,
    decoded,
    position,
    raw_bytes,
    read_events,
    uplink,
)
from citycontext.bridge.mapping.euis import read_eui_64
from citycontext.errors import PayloadError

__all__ = ["ChirpStackCodec"]

_EVENTS: Final = frozenset({"up", "status", "join", "ack", "txack", "log", "location", "integration", "error"})


class ChirpStackCodec:
    """Read events of ChirpStack v3 (JSON) or v4 (JSON or protobuf) into the common uplink form.

    Decoded values are under ``values``. Gateways with a network server of their own often write as v3 does.

    Args:
        events: Which events to map, e.g. ``["up", "status"]``: the battery level comes with ``status``.
        decoder: Decodes the payloads where the network server does not: ``cayenne-lpp`` or ``module:function``.
    """

    def __init__(self, *, events: Iterable[str] = ("up",), decoder: str | None = None) -> None:
        self._decoder = find_decoder(decoder)
        self._events = read_events(events, _EVENTS)

    def decode(self, payload: bytes, topic: str) -> tuple[dict[str, Any], ...]:
        """Read an event.

        Args:
            payload: The JSON, or the protobuf, that ChirpStack publishes.
            topic: Its last level names the event.

        Returns:
            One document, or none where the event was not asked for.

        Raises:
            PayloadError: It is not an event of ChirpStack.
        """
        event = topic.rpartition("/")[2]
        if payload[:1] == b"\n" and not payload.lstrip().startswith(b"{"):
            # The first field of each event, of the kind that has a length; JSON has an object there.
            kind = event if event in _EVENTS else "up"
            if kind not in self._events:
                return ()
            message = read_event(payload, kind)
            return (self._version_4(message, message["deviceInfo"], kind),)
        message = read_json(payload)
        if not isinstance(message, dict):
            raise OtherKind("this is not an event of ChirpStack: an object was expected")
        if event not in _EVENTS:
            event = "status" if "batteryLevel" in message or "margin" in message else "up"
        if event not in self._events:
            return ()
        info = message.get("deviceInfo")
        if isinstance(info, dict):
            return (self._version_4(message, info, event),)
        if "devEUI" in message:
            return (self._version_3(message, event),)
        raise OtherKind("this is not an event of ChirpStack: neither deviceInfo (v4) nor devEUI (v3) is there")

    def _version_4(self, message: dict[str, Any], info: dict[str, Any], event: str) -> dict[str, Any]:
        rssi, snr, gateways = best_signal(message.get("rxInfo"), snr="snr")
        payload = raw_bytes(message.get("data"))
        return uplink(
            event=event,
            device=info.get("deviceName") or info.get("devEui"),
            dev_eui=info.get("devEui"),
            application=info.get("applicationId"),
            tenant=info.get("tenantId"),
            time=message.get("time"),
            # proto3 leaves out zeros.
            f_port=message.get("fPort", 0),
            f_cnt=message.get("fCnt", 0),
            values=decoded(self._decoder, message.get("object"), payload, message.get("fPort")),
            payload=payload,
            rssi=rssi,
            snr=snr,
            gateways=gateways,
            battery=_battery(message, event),
            location=position(message.get("location")),
            tags=info.get("tags"),
            deduplication_id=message.get("deduplicationId"),
            message=message,
        )

    def _version_3(self, message: dict[str, Any], event: str) -> dict[str, Any]:
        receptions = message.get("rxInfo")
        rssi, snr, gateways = best_signal(receptions, snr="loRaSNR")
        times = [one.get("time") for one in receptions if isinstance(one, dict)] if isinstance(receptions, list) else []
        dev_eui = _eui(message["devEUI"])
        if message.get("data_encode") == "hexstring" and message.get("data"):
            # As gateways write it that have a network server of their own after ChirpStack's.
            payload: str | None = read_bytes(message["data"], "hex").hex()
        else:
            payload = raw_bytes(message.get("data"))
        return uplink(
            event=event,
            device=message.get("deviceName") or dev_eui,
            dev_eui=dev_eui,
            application=message.get("applicationID"),
            time=message.get("publishedAt") or message.get("time") or next((one for one in times if one), None),
            f_port=message.get("fPort", 0),
            f_cnt=message.get("fCnt", 0),
            values=decoded(self._decoder, _object(message), payload, message.get("fPort")),
            payload=payload,
            rssi=rssi,
            snr=snr,
            gateways=gateways,
            battery=_battery(message, event),
            location=position(message.get("location")),
            tags=message.get("tags"),
            message=message,
        )


def _battery(message: dict[str, Any], event: str) -> Any:
    if event != "status" or message.get("batteryLevelUnavailable") or message.get("externalPowerSource"):
        return None
    return message.get("batteryLevel", 0)


def _eui(given: Any) -> str | None:
    """Read the EUI: hexadecimal, or base64 where ChirpStack 3 wrote protobuf's own JSON."""
    if not isinstance(given, str):
        return None
    if (eui := read_eui_64(given)) is not None:
        return eui
    try:
        return base64.b64decode(given, validate=True).hex()
    except (binascii.Error, ValueError):
        raise PayloadError(f"{given!r:.40} is not an EUI", path="devEUI") from None


def _object(message: dict[str, Any]) -> Any:
    text = message.get("objectJSON")
    if not text:
        return message.get("object")
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError:
        raise PayloadError("the text in it is not JSON", path="objectJSON") from None
