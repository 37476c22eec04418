"""One mistake is one finding, and the simplified form is judged as the normalized one."""

from __future__ import annotations

from typing import Any

import pytest

from citycontext.models import clean, validate
from citycontext.ngsild import Severity

PARKING: dict[str, Any] = {"id": "urn:ngsi-ld:OffStreetParking:1", "type": "OffStreetParking"}
WEATHER: dict[str, Any] = {
    "id": "urn:ngsi-ld:WeatherObserved:1",
    "type": "WeatherObserved",
    "location": {"type": "GeoProperty", "value": {"type": "Point", "coordinates": [3.7, 51]}},
    "dateObserved": {"type": "Property", "value": "2024-05-01T10:00:00Z"},
}


def said(entity: Any, strictness: str = "tolerant") -> list[tuple[str, str]]:
    found = validate(entity, strictness=strictness)
    return [(one.path, one.rule) for one in found if one.severity is not Severity.NOTE]


@pytest.mark.parametrize(
    "place",
    [
        "Gent",
        "51.0,3.7",
        [3.7, 51],
        5,
        {"lat": 51, "lon": 3.7},
        {"type": "Pont", "coordinates": [3.7, 51]},
        {"type": "Point", "coordinates": ["3.7", "51"]},
        {"type": "Point", "coordinates": [3.7, None]},
        {"type": "Point"},
        {"type": "Polygon", "coordinates": [[[0, 0], [1, 0], [1, 1], [0, 2]]]},
    ],
)
def test_a_wrong_position_is_one_error_in_each_form(place: Any) -> None:
    """What is not a geometry is one error, in the simplified form too, with its path there."""
    normalized = {
        **PARKING,
        "location": {"type": "GeoProperty", "value": place},
        "name": {"type": "Property", "value": 1},
    }
    ((path, rule),) = [one for one in said(normalized) if one[0].startswith("location")]
    assert rule == "ngsi-ld/geometry"
    assert said({**PARKING, "location": place}) == [(path.replace(".value", "", 1), rule)]
    assert said({"id": "urn:ngsi-ld:Own:1", "type": "KioskOfOurOwn", "location": place})[0][1] == rule


@pytest.mark.parametrize(
    ("attribute", "wrong", "expected"),
    [
        ("dateObserved", {"type": "Property", "value": "2024-05-01T10:00:00"}, "practice/time-zone"),
        (
            "dateObserved",
            {"type": "Property", "value": {"@type": "DateTime", "@value": "gisteren"}},
            "ngsi-ld/typed-value",
        ),
        ("refDevice", {"type": "Relationship", "object": "not a uri"}, "ngsi-ld/relationship"),
        ("temperature", {"type": "Property", "value": None}, "ngsi-ld/null"),
        ("temperature", {"type": "Property", "value": 21, "unitCode": "C"}, "practice/unit"),
    ],
)
@pytest.mark.parametrize("strictness", ["tolerant", "strict"])
def test_one_mistake_is_one_finding(attribute: str, wrong: Any, expected: str, strictness: str) -> None:
    """Where the standard or good practice says what is wrong, the schema does not say it again, strict or not."""
    assert [rule for _, rule in said({**WEATHER, attribute: wrong}, strictness)] == [expected]


@pytest.mark.parametrize(
    ("attribute", "wrong", "rule"),
    [
        ("dateObserved", "2024-05-01T10:00:00", "practice/time-zone"),
        ("location", {"type": "Point", "coordinates": ["3.7", "51"]}, "ngsi-ld/geometry"),
        ("location", [3.7, 51], "ngsi-ld/geometry"),
    ],
)
@pytest.mark.parametrize("representation", [None, "simplified"])
def test_the_clearer_finding_keeps_the_verdict_of_strict_checking(
    attribute: str, wrong: Any, rule: str, representation: str | None
) -> None:
    """What breaks the schema is an error of strict checking, though another rule than the schema's says so."""
    simplified = {name: one["value"] if isinstance(one, dict) else one for name, one in WEATHER.items()}
    found = validate({**simplified, attribute: wrong}, strictness="strict", representation=representation)
    assert [(one.rule, one.severity) for one in found if one.severity is not Severity.NOTE] == [(rule, Severity.ERROR)]


def test_a_wrong_time_beside_a_wrong_value_are_two() -> None:
    """Two mistakes of one attribute stay two findings."""
    wrong = {"type": "Property", "value": "gisteren", "observedAt": "2024-05-01 10:00"}
    assert {path for path, _ in said({**WEATHER, "dateObserved": wrong})} == {
        "dateObserved.value",
        "dateObserved.observedAt",
    }


@pytest.mark.parametrize("strictness", ["tolerant", "strict"])
@pytest.mark.parametrize(
    "attributes",
    [
        {"location": None},
        {"dateObserved": None},
        {"location": {"type": "Property", "value": {"type": "Point", "coordinates": [3.7, 151]}}},
    ],
)
def test_cleaning_adds_no_error_to_what_is_null_or_no_geometry(strictness: str, attributes: dict[str, Any]) -> None:
    """A required attribute that is null is missing before as after, and a geometry is judged in a Property too."""
    given = {**WEATHER, **attributes}
    before = {(one.rule, one.path) for one in validate(given, strictness=strictness) if one.severity is Severity.ERROR}
    after = validate(clean(given).entity, strictness=strictness)
    assert {(one.rule, one.path) for one in after if one.severity is Severity.ERROR} <= before


WRONG: dict[str, Any] = {
    "id": "urn:ngsi-ld:OffStreetParking:1",
    "type": "OffStreetParking",
    "location": {"type": "GeoProperty", "value": {"type": "Point", "coordinates": [3.7, 51]}},
    "availableSpotNumber": {"type": "Property", "value": "vol"},
}
FEATURE: dict[str, Any] = {
    "type": "Feature",
    "id": WRONG["id"],
    "geometry": {"type": "Point", "coordinates": [3.7, 51]},
    "properties": {"type": "OffStreetParking", "availableSpotNumber": "vol"},
}


@pytest.mark.parametrize(
    ("held", "path"),
    [
        (FEATURE, "availableSpotNumber"),
        (
            {**FEATURE, "properties": {**FEATURE["properties"], "availableSpotNumber": WRONG["availableSpotNumber"]}},
            "availableSpotNumber.value",
        ),
        ({"subscriptionId": "5f1", "data": [WRONG]}, "data[0].availableSpotNumber.value"),
        ({"actionType": "append", "entities": [WRONG]}, "entities[0].availableSpotNumber.value"),
        ({"metadata": {}, "body": {"type": "Notification", "data": [WRONG]}}, "body.data[0].availableSpotNumber.value"),
        ({**WRONG, "type": ["KioskOfOurOwn", "OffStreetParking"]}, "availableSpotNumber.value"),
    ],
)
def test_an_entity_is_checked_whatever_it_comes_in(held: Any, path: str) -> None:
    """A single Feature, notifications of NGSIv2 and by MQTT, a batch, and a type that is not the first one."""
    assert said(held) == [(path, "schema/type")]


def test_aggregates_are_not_values() -> None:
    """A mean over hours is neither missing nor of a wrong type."""
    hours = [[3.5, "2024-05-01T10:00:00Z", "2024-05-01T11:00:00Z"]]
    assert said({**WRONG, "availableSpotNumber": {"type": "Property", "avg": hours}}) == []
