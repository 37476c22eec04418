"""What a type checker, and so an editor, knows about the classes."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

CONFIGURATION = "[mypy]\nstrict = true\n"
SOURCE = """
from datetime import UTC, datetime

from citycontext.models.alert import Alert
from citycontext.models.building import Building
from citycontext.models.device import Device
from citycontext.models.environment import AirQualityObserved, NoiseLevelObserved
from citycontext.models.parking import OffStreetParking, ParkingSpot
from citycontext.models.transportation import TrafficFlowObserved
from citycontext.models.urban_mobility import GtfsStop
from citycontext.models.waste_management import WasteContainer
from citycontext.models.weather import WeatherObserved
from citycontext.ngsild import Property, point


def read(
    parking: OffStreetParking,
    spot: ParkingSpot,
    air: AirQualityObserved,
    noise: NoiseLevelObserved,
    waste: WasteContainer,
    traffic: TrafficFlowObserved,
    weather: WeatherObserved,
    device: Device,
    building: Building,
    alert: Alert,
    stop: GtfsStop,
) -> None:
    assert parking.available_spot_number is not None
    reveal_type(parking.available_spot_number.value)
    reveal_type(parking.location.value)
    reveal_type(spot.status.value)
    reveal_type(air.date_observed.value)
    reveal_type(air.as_)
    reveal_type(noise.l_aeq)
    reveal_type(waste.filling_level)
    reveal_type(waste.ref_device)
    reveal_type(traffic.congested)
    reveal_type(weather.temperature)
    reveal_type(device.controlled_property.value)
    reveal_type(building.floors_above_ground)
    reveal_type(alert.date_issued.value)
    reveal_type(stop.name.value)
    reveal_type(parking.address)


parking = OffStreetParking(
    id="urn:ngsi-ld:OffStreetParking:gent:loop",
    location=point(3.7, 51.0),
    available_spot_number=5,
    occupancy_modified=datetime.now(UTC),
    usage_scenario=["parkAndRide", "of our own"],
)
parking.available_spot_number = Property(6, unit_code="C62")
parking.available_spot_number = "five"
OffStreetParking(id="urn:ngsi-ld:OffStreetParking:gent:loop")
"""


@pytest.fixture(scope="module")
def answer(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """Let mypy read a program that uses ten models."""
    folder = tmp_path_factory.mktemp("typing")
    (folder / "mypy.ini").write_text(CONFIGURATION)
    (folder / "program.py").write_text(SOURCE)
    command = [sys.executable, "-m", "mypy", "--config-file", "mypy.ini", "program.py"]
    environment = {"PYTHONPATH": str(Path(__file__).resolve().parents[2] / "src"), "PATH": ""}
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, env=environment)
    assert done.stderr == ""
    return done.stdout.splitlines()


def test_attributes_have_the_types_of_their_models(answer: list[str]) -> None:
    """Numbers, texts, times, enumerations, links and places of ten models, as an editor shows them."""
    revealed = [line.partition('Revealed type is "')[2].rstrip('"') for line in answer if "Revealed" in line]
    revealed = [
        line.replace("builtins.", "")
        .replace("citycontext.ngsild.attributes.", "")
        .replace("datetime.datetime", "datetime")
        for line in revealed
    ]
    assert revealed[0] == "int"
    assert "Geometry" in revealed[1] or "TypedDict" in revealed[1]
    assert revealed[2] == "str"  # mypy merges an open enumeration into its base
    assert revealed[3] == "datetime"
    assert revealed[4:8] == [
        "Property[float] | None",
        "Property[float] | None",
        "Property[float] | None",
        "Relationship | None",
    ]
    assert revealed[8] == "Property[bool] | None"
    assert revealed[9] == "Property[float] | None"
    assert revealed[10].startswith("list[")
    assert revealed[11] == "Property[int] | None"
    assert revealed[12] == "datetime"
    assert revealed[13] == "str"
    assert "PostalAddress" in revealed[14]


def test_mistakes_are_type_errors(answer: list[str]) -> None:
    """A text for a number, and a missing required attribute, and nothing else."""
    errors = [line for line in answer if "error:" in line]
    assert len(errors) == 2
    assert '"str"' in errors[0]
    assert 'Missing named argument "location"' in errors[1]
