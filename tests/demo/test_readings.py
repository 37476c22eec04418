"""The newest value of each entity, for people."""

from __future__ import annotations

from typing import Any

from citycontext.demo.readings import newest_readings


def entity(kind: str, name: str, measure: str, value: float, unit: str | None = None) -> dict[str, Any]:
    """Return an entity of the demo with one measure."""
    attribute = {"type": "Property", "value": value, "observedAt": "2026-01-01T12:00:00Z"}
    if unit is not None:
        attribute["unitCode"] = unit
    return {
        "id": f"urn:ngsi-ld:{kind}:{name}",
        "type": kind,
        "name": {"type": "Property", "value": name},
        measure: attribute,
    }


def test_readings_are_written_with_their_unit_and_what_it_means() -> None:
    """Units are symbols, a filling level a percentage, a state a word, and the order is that of people's questions."""
    readings = newest_readings(
        [
            entity("WasteContainer", "Park", "fillingLevel", 0.834),
            entity("NoiseLevelObserved", "Square", "LAeq", 61.5, "2N"),
            entity("NoiseLevelObserved", "Quay", "LAeq", 48, "2N"),
            entity("OffStreetParking", "P+R", "availableSpotNumber", 0),
            entity("OffStreetParking", "P+R North", "availableSpotNumber", 1),
            entity("AirQualityObserved", "Market", "pm25", 12.25, "GQ"),
            entity("Device", "Sensor", "rssi", -80),
        ]
    )
    assert [(reading.name, reading.value, reading.state, reading.rank) for reading in readings] == [
        ("P+R", "0 places", "full", "bad"),
        ("P+R North", "1 place", "free", "good"),
        ("Park", "83 %", "nearly full", "bad"),
        ("Quay", "48 dB", "quiet", "good"),
        ("Square", "61.5 dB", "lively", "fair"),
        ("Market", "12.25 µg/m³", "good", "good"),
    ]


def test_a_car_park_is_busy_by_its_share_of_free_places() -> None:
    """Less than a fifth of the places free is busy, whatever the number."""
    nearly_full = entity("OffStreetParking", "P+R", "availableSpotNumber", 30)
    nearly_full["totalSpotNumber"] = {"type": "Property", "value": 200}
    assert newest_readings([nearly_full])[0].state == "busy"
