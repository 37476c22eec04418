"""Simulated LoRaWAN sensors: air quality, noise, fill of waste containers. Their values are a random walk."""

from __future__ import annotations

import json
import struct
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any, Final

from citycontext.demo.lorawan import Device, Radio, chirpstack_uplink, the_things_stack_uplink
from citycontext.demo.publication import Publication
from citycontext.demo.random_walk import RandomWalk, chance

__all__ = ["CONTAINER_DEPTH", "air", "noise", "waste"]

AIR_PERIOD: Final = 2.0
NOISE_PERIOD: Final = 1.0
WASTE_PERIOD: Final = 3.0
CONTAINER_DEPTH: Final = 2000
"""Millimetres from the sensor in the lid to the bottom of a container."""

WASTE_APPLICATION: Final = "00000000-0000-0000-0000-000000000002"


def air(device: Device, seed: int, started: datetime) -> Iterator[Publication]:
    """Publish the uplinks of an air quality sensor, through The Things Stack.

    Args:
        device: The sensor.
        seed: The run's seed.
        started: When the feeders started.

    Returns:
        Messages without end, in order of time.
    """
    drawn = chance(seed, device.id)
    walks = {
        "temperature": RandomWalk(chance(seed, device.id, "temperature"), low=8, high=14, step=0.1),
        "humidity": RandomWalk(chance(seed, device.id, "humidity"), low=35, high=98, step=0.4),
        "pm2_5": RandomWalk(chance(seed, device.id, "pm2_5"), low=2, high=34, step=0.5),
        "pm10": RandomWalk(chance(seed, device.id, "pm10"), low=5, high=58, step=0.8),
        "no2": RandomWalk(chance(seed, device.id, "no2"), low=4, high=64, step=0.9),
    }
    for counter, due in _uplinks(AIR_PERIOD, drawn.random()):
        decoded = {name: walk.next() for name, walk in walks.items()}
        raw = struct.pack(">hHHHH", *(round(value * 10) for value in decoded.values()))
        yield _the_things_stack("air-quality", device, seed, started, counter, due, raw, decoded)


def noise(device: Device, seed: int, started: datetime) -> Iterator[Publication]:
    """Publish the uplinks of a sound level meter, through The Things Stack.

    Args:
        device: The sensor.
        seed: The run's seed.
        started: When the feeders started.

    Returns:
        Messages without end, in order of time.
    """
    drawn = chance(seed, device.id)
    level = RandomWalk(chance(seed, device.id, "level"), low=38, high=76, step=0.9)
    for counter, due in _uplinks(NOISE_PERIOD, drawn.random()):
        equivalent = level.next()
        loudest = round(equivalent + drawn.uniform(2, 14), 1)
        until = (started + timedelta(seconds=due)).astimezone(UTC)
        decoded = {
            "laeq": equivalent,
            "lamax": loudest,
            "from": (until - timedelta(seconds=NOISE_PERIOD)).isoformat(timespec="milliseconds"),
            "to": until.isoformat(timespec="milliseconds"),
        }
        raw = struct.pack(">HHQ", round(equivalent * 10), round(loudest * 10), round(until.timestamp() * 1000))
        yield _the_things_stack("noise", device, seed, started, counter, due, raw, decoded)


def waste(device: Device, seed: int, started: datetime) -> Iterator[Publication]:
    """Publish the uplinks of a distance sensor in the lid of a waste container, through ChirpStack.

    It fills slowly, is emptied when it is nearly full, and once in a while it leans over.

    Args:
        device: The sensor.
        seed: The run's seed.
        started: When the feeders started.

    Returns:
        Messages without end, in order of time.
    """
    drawn = chance(seed, device.id)
    warmth = RandomWalk(chance(seed, device.id, "temperature"), low=-2, high=26, step=0.1)
    fill = drawn.uniform(0.05, 0.8)
    for counter, due in _uplinks(WASTE_PERIOD, drawn.random()):
        fill = 0.02 if fill > 0.95 else min(1.0, fill + drawn.expovariate(120))
        leans = drawn.random() < 0.02
        decoded: dict[str, Any] = {
            "distance": round(CONTAINER_DEPTH * (1 - fill)),
            "position": "tilt" if leans else "normal",
            "temperature": warmth.next(),
            "battery": 96 - counter // 2000,
        }
        raw = struct.pack(">HBhB", decoded["distance"], leans, round(decoded["temperature"] * 10), decoded["battery"])
        uplink = chirpstack_uplink(
            device,
            application=WASTE_APPLICATION,
            time=started + timedelta(seconds=due),
            counter=counter,
            port=85,
            raw=raw,
            decoded=decoded,
            radio=Radio.draw(drawn),
            chance=drawn,
        )
        topic = f"application/{WASTE_APPLICATION}/device/{device.eui.lower()}/event/up"
        yield Publication(due, topic, json.dumps(uplink).encode())


def _uplinks(period: float, phase: float) -> Iterator[tuple[int, float]]:
    """Frame counters and times: devices of one kind do not all speak at once."""
    return ((counter, round((counter + phase) * period, 3)) for counter in count())


def _the_things_stack(
    application: str,
    device: Device,
    seed: int,
    started: datetime,
    counter: int,
    due: float,
    raw: bytes,
    decoded: dict[str, Any],
) -> Publication:
    drawn = chance(seed, device.id, counter)
    uplink = the_things_stack_uplink(
        device,
        application=application,
        time=started + timedelta(seconds=due),
        counter=counter,
        port=2,
        raw=raw,
        decoded=decoded,
        battery=92.0 - counter // 2000,
        radio=Radio.draw(drawn),
        chance=drawn,
    )
    return Publication(due, f"v3/{application}@demo/devices/{device.id}/up", json.dumps(uplink).encode())
