"""What a class of a model makes of numbers that come as text."""

from __future__ import annotations

from typing import Any

import pytest

from citycontext import Entity, OptAttr, Property, model_for, optional, point
from citycontext.errors import InvalidEntity
from citycontext.models.parking import OffStreetParking


@pytest.mark.parametrize(
    ("given", "written"),
    [
        ("3", 3),
        (" 3 ", 3),
        ("3.0", 3),
        ("vol", None),
        ("3.7", None),
        ("1e2", None),
        ("007", None),
        ("3,5", None),
    ],
)
def test_a_text_that_is_a_number_is_that_number(given: str, written: int | None, caplog: Any) -> None:
    """Where the model wants a whole number, a text that is exactly one is taken as it, once with a note; none other."""
    parking = OffStreetParking(id="urn:ngsi-ld:OffStreetParking:1", location=point(3.7, 51))
    OffStreetParking.fields["available_spot_number"]._has_told = False
    with caplog.at_level("INFO", "citycontext"):
        values: list[Any] = [given, Property(given)]
        for value in values:
            if written is None:
                with pytest.raises(InvalidEntity, match="is not a whole number"):
                    parking.available_spot_number = value
            else:
                parking.available_spot_number = value
                assert parking.wire["availableSpotNumber"]["value"] == written
                assert type(parking.wire["availableSpotNumber"]["value"]) is int
    assert len(caplog.records) == (written is not None)


def test_a_class_of_ones_own_and_a_plain_entity_take_texts_as_they_are() -> None:
    """A class that stands for no model converts nothing, and ``Entity`` writes whatever it is given."""

    class Own(Entity):
        level: OptAttr[float] = optional()

    with pytest.raises(InvalidEntity):
        Own(id="urn:ngsi-ld:Own:1", level="3")
    assert Entity(id="urn:a:1", type="OffStreetParking", availableSpotNumber="3")["availableSpotNumber"].value == "3"
    observed: dict[str, Any] = {"dateObserved": "2024-05-01T10:00:00Z"}
    weather = model_for("WeatherObserved")(id="urn:w:1", location=point(3.7, 51), temperature="21.5", **observed)
    assert weather.wire["temperature"]["value"] == 21.5
