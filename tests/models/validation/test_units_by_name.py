"""What a name tells of the unit, and what it does not."""

from __future__ import annotations

from typing import Any

import pytest

from citycontext.models import validate
from citycontext.models.validation.quantities import quantity_of


@pytest.mark.parametrize(
    "name", ["noOfPassengers", "lasVegas", "rotationSpeed", "houseNo", "ballBearing", "coffeeMachines"]
)
def test_a_piece_of_a_word_tells_nothing(name: str) -> None:
    """A quantity is known by the whole name or its last words."""
    assert quantity_of(name) is None


@pytest.mark.parametrize(
    ("name", "quantity"),
    [
        ("temperature", "temperature"),
        ("indoorTemperature", "temperature"),
        ("pm2_5", "particulate matter"),
        ("no2", "a trace gas"),
        ("averageVehicleSpeed", "speed"),
        ("LAeq_d", "a sound level"),
    ],
)
def test_whole_names_and_last_words_tell(name: str, quantity: str) -> None:
    """What every sensor measures is known."""
    found = quantity_of(name)
    assert found is not None
    assert found.name == quantity


def units(attribute: str, code: str, **entity: Any) -> list[tuple[str, str]]:
    payload = {
        "id": "urn:ngsi-ld:MyThing:1",
        "type": "MyThing",
        **entity,
        attribute: {"type": "Property", "value": 1.5, "unitCode": code},
    }
    return [(one.rule, str(one)) for one in validate(payload) if one.rule.startswith("practice/unit")]


def test_one_mistake_is_one_finding() -> None:
    """A code that is not one, beside a quantity, is told once, and nobody is sent to the coulomb."""
    ((rule, message),) = units("temperature", "C")
    assert rule == "practice/unit"
    assert "coulomb" not in message


def test_the_unit_of_the_model_wins() -> None:
    """What the schema names is right, whatever the name makes one think."""
    assert units("rotationSpeed", "RPM") == []
    assert units("visibility", "MTR", type="WeatherObserved", id="urn:ngsi-ld:WeatherObserved:1") == []
