"""The register of the simulated sensors: one ``Device`` each, so that the links of what they measure lead somewhere."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from citycontext.client import Client
from citycontext.demo.city import AIR, NOISE, WASTE
from citycontext.models.device import Device

__all__ = ["register_sensors", "sensors"]

_KINDS: Final = (
    (AIR, "Air quality sensor", ["airPollution", "temperature", "humidity"]),
    (NOISE, "Sound level meter", ["noiseLevel"]),
    (WASTE, "Fill level sensor", ["fillingLevel", "temperature"]),
)


def sensors() -> Iterator[Device]:
    """Yield the sensors, as a city's register has them; no address of theirs is anyone's."""
    for devices, kind, measured in _KINDS:
        for device in devices:
            yield Device(
                id=f"urn:ngsi-ld:Device:{device.eui.lower()}",
                name=f"{kind}, {device.place}",
                description="Simulated sensor: its values are a random walk, not measurements.",
                category=["sensor"],
                controlled_property=measured,
                supported_protocol=["lora"],
            )


def register_sensors(url: str) -> None:
    """Write the register into a context broker.

    Args:
        url: The broker's address.
    """
    with Client(url, context="models") as client:
        client.batch.upsert(list(sensors()))
