"""The Things Stack, version 3 (The Things Network and Industries): ``v3/{application}/devices/{device}/up``."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from citycontext.bridge.codecs.decoders import find_decoder
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
from citycontext.errors import PayloadError

__all__ = ["TheThingsStackCodec"]

_BODIES: Final = {
    "uplink_message": "up",
    "uplink_normalized": "normalized",
    "join_accept": "join",
    "location_solved": "location",
    "service_data": "service",
}
# Messages about what goes to the device carry nothing a sensor measured.
_DOWNLINK: Final = ("downlink_",)


class TheThingsStackCodec:
    """Read messages of The Things Stack v3 into the common uplink form; decoded values are under ``values``.

    Args:
        events: Which messages to map: ``up``, ``join``, ``location``, ``normalized``, ``service``.
        decoder: Decodes the payloads where the network server does not: ``cayenne-lpp`` or ``module:function``.
    """

    def __init__(self, *, events: Iterable[str] = ("up",), decoder: str | None = None) -> None:
        self._decoder = find_decoder(decoder)
        self._events = read_events(events, frozenset(_BODIES.values()))

    def decode(self, payload: bytes, topic: str) -> tuple[dict[str, Any], ...]:
        """Read a message.

        Args:
            payload: The JSON that The Things Stack publishes.
            topic: Not used: the message says what it is.

        Returns:
            One document, or none where the message is of an event that was not asked for.

        Raises:
            PayloadError: It is not a message of The Things Stack.
        """
        message = read_json(payload)
        ids = message.get("end_device_ids") if isinstance(message, dict) else None
        if not isinstance(ids, dict):
            raise OtherKind("this is not a message of The Things Stack v3: end_device_ids is missing")
        name = next((one for one in _BODIES if one in message), None)
        if name is None:
            if any(key.startswith(_DOWNLINK) for key in message):
                return ()
            raise PayloadError(f"this message of The Things Stack has none of {', '.join(_BODIES)}")
        event = _BODIES[name]
        if event not in self._events:
            return ()
        body = message[name]
        if not isinstance(body, dict):
            raise PayloadError("an object was expected", path=name)
        rssi, snr, gateways = best_signal(body.get("rx_metadata"), snr="snr")
        application = ids.get("application_ids")
        locations = body.get("locations")
        battery = body.get("last_battery_percentage")
        payload_bytes = raw_bytes(body.get("frm_payload"))
        values = body.get("normalized_payload" if event == "normalized" else "decoded_payload")
        return (
            uplink(
                event=event,
                device=ids.get("device_id"),
                dev_eui=ids.get("dev_eui"),
                application=application.get("application_id") if isinstance(application, dict) else None,
                time=body.get("received_at") or message.get("received_at"),
                # proto3 leaves out zeros.
                f_port=body.get("f_port", 0),
                f_cnt=body.get("f_cnt", 0),
                values=decoded(self._decoder, values, payload_bytes, body.get("f_port")),
                payload=payload_bytes,
                rssi=rssi,
                snr=snr,
                gateways=gateways,
                battery=battery.get("value") if isinstance(battery, dict) else None,
                location=position(_place(locations) if isinstance(locations, dict) else body.get("location")),
                message=message,
            ),
        )


def _place(locations: dict[str, Any]) -> Any:
    """Take the position that the device sent with this message, else the one that a person set, else any."""
    sent = (locations[name] for name in locations if name.startswith("frm-payload"))
    return next(sent, None) or locations.get("user") or next(iter(locations.values()), None)
