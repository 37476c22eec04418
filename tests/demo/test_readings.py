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


def test_readings_are_written_with_their_unit_by_type_and_name() -> None:
    """Units are symbols, a filling level is a percentage, and the order is that of types and names."""
    readings = newest_readings(
        [
            entity("WasteContainer", "Park", "fillingLevel", 0.634),
            entity("NoiseLevelObserved", "Square", "LAeq", 61.5, "2N"),
            entity("NoiseLevelObserved", "Quay", "LAeq", 48, "2N"),
            entity("OffStreetParking", "P+R", "availableSpotNumber", 203),
            entity("AirQualityObserved", "Market", "pm25", 12.25, "GQ"),
        ]
    )
    assert [(reading.name, reading.value) for reading in readings] == [
        ("Market", "12.25 µg/m³"),
        ("Quay", "48 dB"),
        ("Square", "61.5 dB"),
        ("P+R", "203"),
        ("Park", "63%"),
    ]
