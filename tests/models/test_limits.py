"""What a class of a model refuses of the values it is built with, and the words to write them all the same."""

from __future__ import annotations

from typing import Any

import pytest

from citycontext import AnyValue, Entity, OptAttr, Property, attribute, model_for, optional, point
from citycontext.errors import InvalidEntity
from citycontext.models import model_from_schema
from citycontext.models.parking import OffStreetParking
from citycontext.ngsild import NULL

ID = "urn:ngsi-ld:OffStreetParking:1"


def parking(**given: Any) -> OffStreetParking:
    return OffStreetParking(id=ID, location=point(3.7, 51), **given)


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("available_spot_number", -4, "-4 is less than the model's least value, 0"),
        ("available_spot_number", "-4", "-4 is less than the model's least value, 0"),
        ("available_spot_number", 3.7, "3.7 is not a whole number"),
        ("total_spot_number", 0, "0 is less than the model's least value, 1"),
        ("occupancy", 1.01, "1.01 is more than the model's greatest value, 1"),
        ("status", ["Open"], "'Open' is not one of the model's values: did you mean 'open'?"),
        ("status", ["open", "zzz"], "'zzz' is not one of the model's values: 'almostFull', "),
        ("status", "open", "write ['open']"),
    ],
)
def test_what_the_model_does_not_allow_is_refused(name: str, value: Any, said: str) -> None:
    """Building and setting refuse it, plain and as a Property; the error names entity, attribute, and the way round."""
    for given in (value, Property(value)):
        with pytest.raises(InvalidEntity) as built:
            parking(**{name: given})
        one = parking()
        with pytest.raises(InvalidEntity) as assigned:
            setattr(one, name, given)
        with pytest.raises(InvalidEntity):
            one[OffStreetParking.fields[name].wire_name] = given
        with pytest.raises(InvalidEntity):
            OffStreetParking.fragment(**{name: given})
        for error in (built.value, assigned.value):
            assert str(error).startswith(f"{ID}: {OffStreetParking.fields[name].wire_name}: ")
            assert said in str(error)
            assert str(error).endswith("; AnyValue(…) writes it all the same")


def test_any_value_writes_it_all_the_same() -> None:
    """``AnyValue`` takes type, limits and list away from one value; what else it has is written as of a Property."""
    one = parking(available_spot_number=AnyValue("vol", observed_at="2024-05-01T10:00:00Z"), occupancy=AnyValue(7))
    one.status = AnyValue(["zzz"])
    assert one.wire["availableSpotNumber"] == {
        "type": "Property",
        "value": "vol",
        "observedAt": "2024-05-01T10:00:00Z",
    }
    assert (one.wire["occupancy"]["value"], one.wire["status"]["value"]) == (7, ["zzz"])


def test_what_the_model_allows_and_null_go_through() -> None:
    """The limits themselves, listed texts and NGSI-LD Null are written."""
    one = parking(available_spot_number=0, occupancy=1, status=["open", "full"])
    one.available_spot_number = NULL
    assert one.wire["occupancy"]["value"] == 1


def test_a_number_in_another_unit_is_not_held_to_the_limits_of_the_models() -> None:
    """70 % is not more than 1; in the model's own unit, and where none is said, the limits hold."""
    assert parking(occupancy=Property(70, unit_code="P1")).wire["occupancy"]["value"] == 70
    for given in (-1, Property(-1), Property(-1, unit_code="MTR")):
        with pytest.raises(InvalidEntity, match="less than"):
            parking(average_spot_width=given)


def test_reading_stays_lenient_and_plain_entities_take_anything() -> None:
    """What others wrote is read as it is; ``Entity`` and a class of one's own know no model."""
    wire = parking().wire | {"availableSpotNumber": {"type": "Property", "value": -4}}
    read = OffStreetParking.from_dict(dict(wire))
    assert read.available_spot_number == -4
    assert read.copy().available_spot_number == -4
    assert Entity(id=ID, type="OffStreetParking", availableSpotNumber=-4)["availableSpotNumber"] == -4


def test_a_class_of_ones_own_says_its_limits() -> None:
    """``optional(minimum=…)`` and ``attribute(maximum=…)`` hold in any class."""

    class Own(Entity):
        share: OptAttr[float] = optional(minimum=0, maximum=1)
        depth: Any = attribute(maximum=10)

    with pytest.raises(InvalidEntity, match="more than"):
        Own(id="urn:ngsi-ld:Own:1", share=2)


def test_a_class_made_at_run_time_and_one_of_a_schema_hold_the_same() -> None:
    """A model without a module of its own, and a user's own schema, refuse as the written classes do."""
    made = model_from_schema(
        {
            "title": "Kiosk",
            "type": "object",
            "properties": {
                "seats": {"type": "integer", "minimum": 1, "maximum": 9},
                "kind": {"type": "string", "enum": ["open", "covered"]},
                "mood": {"anyOf": [{"type": "string", "enum": ["happy"]}, {"type": "string"}]},
            },
        }
    )
    kiosk = made(id="urn:ngsi-ld:Kiosk:1", seats=9, kind="open", mood="whatever")  # type: ignore[call-arg]
    wrong: dict[str, Any] = {"seats": 10, "kind": "closed"}
    for name, value in wrong.items():
        with pytest.raises(InvalidEntity):
            setattr(kiosk, name, value)
    weather: Any = model_for("WeatherObserved")
    with pytest.raises(InvalidEntity, match="more than the model's greatest value, 1"):
        weather(id="urn:ngsi-ld:W:1", location=point(3.7, 51), dateObserved="2024-05-01T10:00:00Z", relative_humidity=7)
