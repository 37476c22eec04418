"""LoRaWAN uplinks in the envelopes of two network servers: The Things Stack v3 and ChirpStack v4.

Each envelope has the members that a real uplink carries, so that a mapping that reads these reads real ones. Addresses
are of no one: the EUIs are locally administered, device addresses belong to the experimental network 000000.
"""

from __future__ import annotations

import base64
import math
import random
import uuid
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

__all__ = ["Device", "Radio", "airtime", "chirpstack_uplink", "the_things_stack_uplink"]

GATEWAY: Final = "demo-gateway-01"
GATEWAY_EUI: Final = "02000000000000FE"
JOIN_EUI: Final = "0200000000000000"
NETWORK_DELAY: Final = timedelta(milliseconds=43)
FREQUENCIES: Final = (868_100_000, 868_300_000, 868_500_000)
BANDWIDTH: Final = 125_000
GPS_EPOCH: Final = datetime(1980, 1, 6, tzinfo=UTC)
GPS_LEAP: Final = timedelta(seconds=18)


@dataclass(frozen=True, slots=True)
class Device:
    """A simulated sensor at a public place.

    Args:
        id: Its name in the network server.
        number: Distinguishes its addresses.
        place: Name of the place.
        longitude, latitude: The place, WGS 84.
    """

    id: str
    number: int
    place: str
    longitude: float
    latitude: float

    @property
    def eui(self) -> str:
        """Its 64-bit identifier, as 16 hexadecimal digits."""
        return f"{0x0200_0000_0000_0000 + self.number:016X}"

    @property
    def address(self) -> str:
        """Its address in the network, as 8 hexadecimal digits."""
        return f"{0x0100_0000 + self.number:08X}"


@dataclass(frozen=True, slots=True)
class Radio:
    """How an uplink was received.

    Args:
        rssi: Signal strength, dBm.
        snr: Signal to noise, dB.
        channel: Index of the frequency.
        spreading_factor: 7 to 12.
    """

    rssi: int
    snr: float
    channel: int
    spreading_factor: int

    @classmethod
    def draw(cls, chance: random.Random) -> Radio:
        """Draw a plausible reception."""
        return cls(
            rssi=chance.randint(-119, -62),
            snr=round(chance.uniform(-6, 11), 1),
            channel=chance.randrange(len(FREQUENCIES)),
            spreading_factor=chance.choice((7, 7, 7, 8, 9)),
        )


def airtime(size: int, spreading_factor: int) -> float:
    """Time on air of an uplink, in seconds, at 125 kHz with coding rate 4/5.

    Args:
        size: Bytes of the application's payload.
        spreading_factor: 7 to 12.
    """
    symbol = (1 << spreading_factor) / BANDWIDTH
    slow = 2 if spreading_factor >= 11 else 0
    frame_bits = 8 * (size + 13) - 4 * spreading_factor + 44
    symbols = 8 + max(0, math.ceil(frame_bits / (4 * (spreading_factor - slow))) * 5)
    return (12.25 + symbols) * symbol


def the_things_stack_uplink(
    device: Device,
    *,
    application: str,
    time: datetime,
    counter: int,
    port: int,
    raw: bytes,
    decoded: dict[str, Any],
    battery: float,
    radio: Radio,
    chance: random.Random,
) -> dict[str, Any]:
    """Build an uplink as The Things Stack v3 publishes it on ``v3/{application}@{tenant}/devices/{device}/up``.

    Args:
        device: The device.
        application: The application's id.
        time: When the gateway received the frame.
        counter: The frame counter.
        port: The frame's port.
        raw, decoded: The payload as sent, and as the payload formatter read it.
        battery: Percent left.
        radio: How it was received.
        chance: Source of identifiers.
    """
    received = time + NETWORK_DELAY
    ticks = int((time - GPS_EPOCH) / timedelta(microseconds=1)) % 2**32
    event = _ulid(chance)
    return {
        "end_device_ids": {
            "device_id": device.id,
            "application_ids": {"application_id": application},
            "dev_eui": device.eui,
            "join_eui": JOIN_EUI,
            "dev_addr": device.address,
        },
        "correlation_ids": [f"gs:uplink:{event}", f"rpc:/ttn.lorawan.v3.NsAs/HandleUplink:{_ulid(chance)}"],
        "received_at": _nanoseconds(received + NETWORK_DELAY),
        "uplink_message": _without_defaults(
            {
                "session_key_id": base64.b64encode(chance.randbytes(16)).decode(),
                "f_port": port,
                "f_cnt": counter,
                "frm_payload": base64.b64encode(raw).decode(),
                "decoded_payload": decoded,
                "rx_metadata": [
                    _without_defaults(
                        {
                            "gateway_ids": {"gateway_id": GATEWAY, "eui": GATEWAY_EUI},
                            "time": _nanoseconds(time),
                            "timestamp": ticks,
                            "rssi": radio.rssi,
                            "channel_rssi": radio.rssi,
                            "snr": radio.snr,
                            "location": {
                                "latitude": 51.0536,
                                "longitude": 3.7250,
                                "altitude": 68,
                                "source": "SOURCE_REGISTRY",
                            },
                            "uplink_token": base64.b64encode(chance.randbytes(24)).decode(),
                            "channel_index": radio.channel,
                            "received_at": _nanoseconds(received),
                        }
                    )
                ],
                "settings": {
                    "data_rate": {
                        "lora": {
                            "bandwidth": BANDWIDTH,
                            "spreading_factor": radio.spreading_factor,
                            "coding_rate": "4/5",
                        }
                    },
                    "frequency": str(FREQUENCIES[radio.channel]),
                    "timestamp": ticks,
                    "time": _nanoseconds(time),
                },
                "received_at": _nanoseconds(received),
                "consumed_airtime": f"{airtime(len(raw), radio.spreading_factor):.6f}s",
                "locations": {
                    "user": {
                        "latitude": device.latitude,
                        "longitude": device.longitude,
                        "source": "SOURCE_REGISTRY",
                    }
                },
                "last_battery_percentage": {"f_cnt": counter, "value": battery, "received_at": _nanoseconds(received)},
                "network_ids": {"net_id": "000000", "tenant_id": "demo", "cluster_id": "demo"},
            }
        ),
    }


def chirpstack_uplink(
    device: Device,
    *,
    application: str,
    time: datetime,
    counter: int,
    port: int,
    raw: bytes,
    decoded: dict[str, Any],
    radio: Radio,
    chance: random.Random,
) -> dict[str, Any]:
    """Build an uplink as ChirpStack v4 publishes it on ``application/{id}/device/{eui}/event/up`` (JSON marshaler).

    Args:
        device: The device; its place stands in the tags, where ChirpStack keeps what the owner wrote about it.
        application: The application's id, a UUID.
        time: When the gateway received the frame.
        counter: The frame counter.
        port: The frame's port.
        raw, decoded: The payload as sent, and as the codec read it.
        radio: How it was received.
        chance: Source of identifiers.
    """
    since_gps_epoch = (time - GPS_EPOCH + GPS_LEAP).total_seconds()
    return _without_defaults(
        {
            "deduplicationId": str(uuid.UUID(bytes=chance.randbytes(16), version=4)),
            "time": _nanoseconds(time, zone="+00:00"),
            "deviceInfo": {
                "tenantId": str(uuid.UUID(int=1)),
                "tenantName": "demo",
                "applicationId": application,
                "applicationName": "waste-containers",
                "deviceProfileId": str(uuid.UUID(int=3)),
                "deviceProfileName": "distance sensor",
                "deviceName": device.id,
                "devEui": device.eui.lower(),
                "deviceClassEnabled": "CLASS_A",
                "tags": {
                    "place": device.place,
                    "longitude": str(device.longitude),
                    "latitude": str(device.latitude),
                },
            },
            "devAddr": device.address.lower(),
            "adr": True,
            "dr": 12 - radio.spreading_factor,
            "fCnt": counter,
            "fPort": port,
            "confirmed": False,
            "data": base64.b64encode(raw).decode(),
            "object": decoded,
            "rxInfo": [
                _without_defaults(
                    {
                        "gatewayId": GATEWAY_EUI.lower(),
                        "uplinkId": chance.getrandbits(32),
                        "gwTime": _nanoseconds(time, zone="+00:00"),
                        "nsTime": _nanoseconds(time + NETWORK_DELAY, zone="+00:00"),
                        "timeSinceGpsEpoch": f"{since_gps_epoch:.3f}s",
                        "rssi": radio.rssi,
                        "snr": radio.snr,
                        "channel": radio.channel,
                        "location": {"latitude": 51.0536, "longitude": 3.7250, "altitude": 68},
                        "context": base64.b64encode(chance.randbytes(4)).decode(),
                        "crcStatus": "CRC_OK",
                    }
                )
            ],
            "txInfo": {
                "frequency": FREQUENCIES[radio.channel],
                "modulation": {
                    "lora": {
                        "bandwidth": BANDWIDTH,
                        "spreadingFactor": radio.spreading_factor,
                        "codeRate": "CR_4_5",
                    }
                },
            },
            "regionConfigId": "eu868",
        }
    )


def _without_defaults(message: dict[str, Any]) -> dict[str, Any]:
    """Leave out zero, false and empty members, as the JSON form of Protocol Buffers does."""
    return {name: value for name, value in message.items() if value not in (0, False, "", [], {})}


def _nanoseconds(time: datetime, zone: str = "Z") -> str:
    return f"{time.astimezone(UTC):%Y-%m-%dT%H:%M:%S}.{time.microsecond:06d}000{zone}"


def _ulid(chance: random.Random) -> str:
    return "".join(chance.choices("0123456789ABCDEFGHJKMNPQRSTVWXYZ", k=26))
