"""A type that no model has, and the model that is probably meant."""

from __future__ import annotations

import pytest

from citycontext.models import validate
from citycontext.ngsild import Finding, Severity


def found(type_name: str) -> list[Finding]:
    entity = {"id": "urn:ngsi-ld:X:1", "type": type_name, "name": {"type": "Property", "value": "x"}}
    return [one for one in validate(entity) if one.rule == "schema/unknown"]


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("ParkingOffstreet", "OffStreetParking"),
        ("offstreetparking", "OffStreetParking"),
        ("OFFSTREETPARKING", "OffStreetParking"),
        ("OffStreetParkings", "OffStreetParking"),
        ("OffStretParking", "OffStreetParking"),
        ("Parkeergarage", "OffStreetParking"),
        ("off_street_parking", "OffStreetParking"),
        ("StreetLight", "Streetlight"),
        ("Straatlamp", "Streetlight"),
        ("ObservedWeather", "WeatherObserved"),
        ("WeatherObservation", "WeatherObserved"),
        ("AirQualityObservation", "AirQualityObserved"),
        ("TrafficFlow", "TrafficFlowObserved"),
        ("WasteContainers", "WasteContainer"),
        ("ContainerWaste", "WasteContainer"),
        ("Afvalcontainer", "WasteContainer"),
        ("EvChargingStations", "EVChargingStation"),
        ("Laadpaal", "EVChargingStation"),
        ("Buildings", "Building"),
        ("Gebouw", "Building"),
    ],
)
def test_a_near_name_is_a_warning_that_names_the_model(said: str, meant: str) -> None:
    """Case, order of words, number, a slip, or a word of another language: the model that is meant comes first."""
    (finding,) = found(said)
    assert finding.severity is Severity.WARNING
    assert f"did you mean {meant}" in finding.message


@pytest.mark.parametrize("said", ["Kiosk", "Thing", "MyThing", "Boom", "Sportkamp", "X"])
def test_a_name_of_ones_own_is_only_noted(said: str) -> None:
    """A type that resembles none is a city's own."""
    (finding,) = found(said)
    assert finding.severity is Severity.NOTE
    assert "did you mean" not in finding.message
