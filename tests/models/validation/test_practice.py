"""Good practice."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from citycontext.models import Practice, validate
from citycontext.models.validation.quantities import quantity_of

NOW = datetime(2024, 5, 1, 12, tzinfo=UTC)
FLANDERS = (2.5, 50.6, 6.0, 51.6)


def air(**attributes: Any) -> dict[str, Any]:
    """Build a normalized air quality observation."""
    return {
        "id": "urn:ngsi-ld:AirQualityObserved:1",
        "type": "AirQualityObserved",
        "dateObserved": {"type": "Property", "value": "2024-05-01T10:00:00Z"},
        "location": {"type": "GeoProperty", "value": {"type": "Point", "coordinates": [3.7, 51.0]}},
        **attributes,
    }


def found(payload: dict[str, Any], **practice: Any) -> list[tuple[str, str]]:
    """Return path and rule of what is found."""
    return [(one.path, one.rule) for one in validate(payload, practice=Practice(now=NOW, **practice))]


@pytest.mark.parametrize("code", ["GQ", "GP"])
def test_particulate_matter_in_micrograms_is_fine(code: str) -> None:
    """The units it is measured in pass."""
    assert found(air(pm10={"type": "Property", "value": 12, "unitCode": code})) == []


@pytest.mark.parametrize("code", ["ng/m3", "CEL", "MTR", "nanogram per cubic metre"])
def test_particulate_matter_in_nanograms_is_implausible(code: str) -> None:
    """Any other unit is flagged, known or not, and the usual one is named."""
    findings = validate(air(pm25={"type": "Property", "value": 12, "unitCode": code}))
    flagged = [one for one in findings if one.rule == "practice/unit"]
    assert [(one.path, one.expected, one.found) for one in flagged] == [("pm25.unitCode", "GQ or GP", code)]


def test_an_unknown_unit_is_flagged() -> None:
    """A unitCode that is not one of UN/CEFACT's."""
    assert ("reliability.unitCode", "practice/unit-unknown") in found(
        air(reliability={"type": "Property", "value": 0.7, "unitCode": "percentish"})
    )


def test_a_missing_unit_is_noted_where_nothing_tells_it() -> None:
    """A measurement without a unit, in a model that states none."""
    assert found(air(no2={"type": "Property", "value": 12})) == [("no2", "practice/unit-missing")]


def test_a_unit_that_the_model_states_otherwise_is_told() -> None:
    """Feet for metres is a note; degrees for metres is a warning."""
    parking = {
        "id": "urn:ngsi-ld:OffStreetParking:1",
        "type": "OffStreetParking",
        "location": air()["location"],
    }
    for code, severity in (("MTR", None), ("FOT", "note"), ("CEL", "warning")):
        payload = {**parking, "averageSpotWidth": {"type": "Property", "value": 2.5, "unitCode": code}}
        severities = [str(one.severity) for one in validate(payload) if one.rule == "practice/unit-of-model"]
        assert severities == ([severity] if severity else [])


@pytest.mark.parametrize(
    ("coordinates", "rule"),
    [([3.7, 51.0], None), ([51.0, 3.7], "practice/swapped"), ([12.5, 41.9], "practice/area")],
)
def test_a_place_is_held_against_the_area(coordinates: list[float], rule: str | None) -> None:
    """Inside, swapped, and elsewhere; without an area nothing is said."""
    place = {"location": {"type": "GeoProperty", "value": {"type": "Point", "coordinates": coordinates}}}
    expected = [("location.value.coordinates", rule)] if rule else []
    assert found(air(**place), area=FLANDERS) == expected
    assert found(air(**place)) == []


def test_every_position_of_a_polygon_is_looked_at() -> None:
    """One finding a geometry, for the first position that is outside."""
    ring = [[3.7, 51.0], [3.8, 51.0], [51.1, 3.7], [3.7, 51.0]]
    place = {"location": {"type": "GeoProperty", "value": {"type": "Polygon", "coordinates": [ring]}}}
    assert found(air(**place), area=FLANDERS) == [("location.value.coordinates", "practice/swapped")]


@pytest.mark.parametrize(
    ("age", "rule"),
    [
        (timedelta(minutes=-4), None),
        (timedelta(minutes=-6), "practice/future"),
        (timedelta(hours=23), None),
        (timedelta(hours=25), "practice/stale"),
    ],
)
def test_an_observation_has_an_age(age: timedelta, rule: str | None) -> None:
    """A clock may run a little fast; an old value is stale where an age is set."""
    when = (NOW - age).isoformat()[:-6] + "Z"
    payload = air(no2={"type": "Property", "value": 12, "unitCode": "GQ", "observedAt": when})
    expected = [("no2.observedAt", rule)] if rule else []
    assert found(payload, max_age=timedelta(days=1)) == expected


def test_a_time_without_zone_is_told() -> None:
    """In a value that the model calls a timestamp."""
    payload = air(dateObserved={"type": "Property", "value": "2024-05-01T10:00:00"})
    assert ("dateObserved.value", "practice/time-zone") in found(payload)


@pytest.mark.parametrize(
    ("name", "rule"), [("tempature", "practice/name"), ("NO2", "practice/name"), ("ourOwn", "practice/undeclared")]
)
def test_a_name_that_the_model_lacks_is_told(name: str, rule: str) -> None:
    """What comes near a declared name is a mistake; anything else is an addition."""
    assert found(air(**{name: {"type": "Property", "value": "x"}})) == [(name, rule)]


@pytest.mark.parametrize("value", ["", "null", "None", " "])
def test_a_text_that_stands_for_nothing_is_told(value: str) -> None:
    """What is not known is left out."""
    assert ("stationName.value", "practice/no-value") in found(air(stationName={"type": "Property", "value": value}))


def test_an_attribute_of_another_type_than_the_models_is_told() -> None:
    """A link that is written as a Property."""
    payload = air(refDevice={"type": "Property", "value": "urn:ngsi-ld:Device:1"})
    assert found(payload) == [("refDevice", "practice/kind")]


def test_identity_and_context_have_a_usual_form() -> None:
    """An id that is not a URN, and a core @context that is not last."""
    core = "https://uri.etsi.org/ngsi-ld/v1/ngsi-ld-core-context.jsonld"
    payload = air() | {"id": "https://city.example/air/1", "@context": [core, "https://city.example/context.jsonld"]}
    assert found(payload) == [("id", "practice/urn"), ("@context", "practice/context-order")]


def test_in_simplified_form_nothing_is_said_of_units() -> None:
    """Key-values have none."""
    values = {
        "id": "urn:ngsi-ld:AirQualityObserved:1",
        "type": "AirQualityObserved",
        "dateObserved": "2024-05-01T10:00:00",
        "location": {"type": "Point", "coordinates": [3.7, 51.0]},
        "no2": 12,
        "refDevice": "urn:ngsi-ld:Device:1",
    }
    assert found(values) == [("dateObserved", "practice/time-zone")]


@pytest.mark.parametrize(
    ("name", "quantity"),
    [
        ("pm10", "particulate matter"),
        ("pm25", "particulate matter"),
        ("PM2_5", "particulate matter"),
        ("soilTemperature", "temperature"),
        ("relativeHumidity", "relative humidity"),
        ("LAeq", "a sound level"),
        ("windDirection", "an angle"),
        ("name", None),
        ("cocoa", None),
        ("availableSpotNumber", None),
    ],
)
def test_a_name_tells_what_is_measured(name: str, quantity: str | None) -> None:
    """Where it does."""
    known = quantity_of(name)
    assert (known.name if known else None) == quantity
