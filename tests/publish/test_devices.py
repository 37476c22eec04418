"""The register of sensors for residents."""

from __future__ import annotations

import csv
from typing import Any

import orjson
import pytest

from citycontext.errors import ConfigurationError
from citycontext.publish import Publication, Report
from citycontext.publish.devices import write_register

GIVEN = {
    "dataset": {"publisher_name": {"nl": "Stad Voorbeeld"}},
    "allow": {"AirQualityObserved": ["no2"]},
    "devices": {"purposes": {"airPollution": {"nl": "Luchtkwaliteit opvolgen.", "en": "To follow the air."}}},
}


def device(key: str, *measures: str, **more: Any) -> dict[str, Any]:
    return {
        "id": f"urn:ngsi-ld:Device:{key}",
        "type": "Device",
        "controlledProperty": {"type": "Property", "value": list(measures)},
        "category": {"type": "Property", "value": ["sensor"]},
        "location": {"type": "GeoProperty", "value": {"type": "Point", "coordinates": [3.72, 51.05]}},
        "name": {"type": "Property", "value": "zqnamezq"},
        "owner": {"type": "Property", "value": ["zqownerzq"]},
        "ipAddress": {"type": "Property", "value": ["10.0.0.7"]},
        "serialNumber": {"type": "Property", "value": "zqserialzq"},
        **more,
    }


@pytest.mark.parametrize("form", ["csv", "geojson"])
def test_the_register_has_what_residents_ask_and_nothing_else(tmp_path, form) -> None:
    """Kind, what is measured and what for, place and organisation are in the file; names, owners, addresses are not."""
    target = tmp_path / f"sensors.{form}"
    assert write_register([device("a1", "airPollution")], target, Publication.parse(GIVEN)) == 1
    text = target.read_text()
    for said in (
        "urn:ngsi-ld:Device:a1",
        "sensor",
        "airPollution",
        "Luchtkwaliteit opvolgen.",
        "Stad Voorbeeld",
        "3.72",
    ):
        assert said in text
    assert "zq" not in text
    assert "10.0.0.7" not in text
    if form == "csv":
        (row,) = csv.DictReader(text.splitlines())
        assert row["purpose.en"] == "To follow the air."
        assert float(row["latitude"]) == 51.05
    else:
        (feature,) = orjson.loads(text)["features"]
        assert feature["geometry"]["coordinates"] == [3.72, 51.05]


def test_a_device_without_a_purpose_stays_inside(tmp_path) -> None:
    """What measures something without a purpose, or nothing, is left out, and told; so is an id with a plate."""
    report = Report()
    entities = [
        device("a1", "airPollution"),
        device("a2", "airPollution", "noiseLevel"),
        device("a3"),
        device("1-ABC-234", "airPollution"),
        {**device("a5", "airPollution"), "type": "Vehicle"},
    ]
    assert write_register(entities, tmp_path / "sensors.csv", Publication.parse(GIVEN), report) == 1
    assert report.count("no-purpose") == 2
    assert report.count("number-plate") == 1
    assert "noiseLevel" in str([one.finding.message for one in report if one.finding.rule == "no-purpose"])


def test_without_a_word_on_devices_there_is_no_register(tmp_path) -> None:
    """Nothing is written where the publication says nothing of devices."""
    given = {name: value for name, value in GIVEN.items() if name != "devices"}
    with pytest.raises(ConfigurationError, match=r"devices"):
        write_register([device("a1", "airPollution")], tmp_path / "sensors.csv", Publication.parse(given))
    assert not (tmp_path / "sensors.csv").exists()
