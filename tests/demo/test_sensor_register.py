"""The register of the demo's sensors, and what a passport of its city says."""

from __future__ import annotations

import time

from citycontext.client import Client
from citycontext.demo import Demo
from citycontext.demo.sensor_register import sensors
from citycontext.passport import Verdict, check_city

PATIENCE = 60.0
ALL = 33


def test_each_sensor_is_registered_once() -> None:
    """Each simulated sensor has an id of its own, and says what it measures."""
    registered = list(sensors())
    assert len({sensor.id for sensor in registered}) == len(registered) == 28
    assert all(sensor.controlled_property for sensor in registered)


def test_the_city_of_the_demo_passes_what_a_broker_on_this_machine_can() -> None:
    """Its types and names lead to meanings and its links resolve; https alone is missing."""
    with Demo() as demo:
        end = time.monotonic() + PATIENCE
        while len(demo.readings()) < ALL and time.monotonic() < end:
            time.sleep(0.2)
        with Client(demo.map_url.rstrip("/"), context="models") as client:
            passport = check_city(client)
            linked = {str(one.ref_device.object) for one in client.entities.query(type="WasteContainer")}
    for requirement in ("MIM1 R2.1", "MIM1 R2.2", "MIM1 R3.1", "MIM2 R1.1", "MIM2 R1.3"):
        assert passport[requirement].outcome.verdict is Verdict.PASS, requirement
    assert [line.requirement.name for line in passport.errors] == ["MIM6 R2.1"]
    assert len(linked) == 12
    assert linked <= {sensor.id for sensor in sensors()}
