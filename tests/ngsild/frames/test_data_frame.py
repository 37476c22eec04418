"""Evolutions as tables: every value with its own time."""

from __future__ import annotations

import sys
from typing import Any

import pytest

from citycontext.errors import MissingExtra
from citycontext.ngsild.frames.data_frame import EntityFrame, to_dataframe
from citycontext.ngsild.temporal import TemporalEntity


def history(number: int = 1) -> TemporalEntity:
    return TemporalEntity.from_dict(
        {
            "id": f"urn:ngsi-ld:Meter:{number}",
            "type": "Meter",
            "temperature": [
                {"type": "Property", "value": 20, "unitCode": "CEL", "observedAt": "2026-05-01T10:00:00Z"},
                {"type": "Property", "value": 21, "unitCode": "CEL", "observedAt": "2026-05-01T11:00:00Z"},
            ],
            "humidity": {"type": "Property", "values": [[0.5, "2026-05-01T10:30:00Z"], [0.6, "2026-05-01T11:00:00Z"]]},
            "door": [
                {"type": "Property", "value": "urn:ngsi-ld:null", "deletedAt": "2026-05-01T12:00:00Z"},
            ],
        }
    )


def test_a_row_for_each_value() -> None:
    """Attributes keep their own times, units and datasets; a deletion has no value."""
    pandas = pytest.importorskip("pandas")
    frame = to_dataframe(history())
    assert list(frame["attribute"]) == ["temperature", "temperature", "humidity", "humidity", "door"]
    assert list(frame["value"])[:4] == [20, 21, 0.5, 0.6]
    assert frame["time"][2] == pandas.Timestamp("2026-05-01T10:30:00Z")
    assert list(frame["unit_code"][:2]) == ["CEL", "CEL"]
    assert pandas.isna(frame["value"][4])
    assert frame["time"][4] == pandas.Timestamp("2026-05-01T12:00:00Z")


def test_a_row_for_each_time() -> None:
    """Wide, attributes are columns; of several entities, below the entity."""
    pandas = pytest.importorskip("pandas")
    wide = to_dataframe(history(), attributes=["temperature", "humidity"], wide=True)
    assert list(wide.columns) == ["humidity", "temperature"]
    assert wide["temperature"][pandas.Timestamp("2026-05-01T11:00:00Z")] == 21
    assert wide["humidity"][pandas.Timestamp("2026-05-01T11:00:00Z")] == 0.6
    assert pandas.isna(wide["temperature"][pandas.Timestamp("2026-05-01T10:30:00Z")])
    several = to_dataframe([history(1), history(2)], wide=True)
    assert ("urn:ngsi-ld:Meter:2", "humidity") in several.columns


def test_aggregates_have_their_period() -> None:
    """Method, start and end of each."""
    pytest.importorskip("pandas")
    rows = [[20.5, "2026-05-01T10:00:00Z", "2026-05-01T12:00:00Z"]]
    wire = {"id": "urn:x:1", "type": "Meter", "level": {"type": "Property", "avg": rows, "max": [[21, *rows[0][1:]]]}}
    frame = to_dataframe(TemporalEntity.from_dict(wire))
    assert list(zip(frame["method"], frame["value"], strict=True)) == [("avg", 20.5), ("max", 21)]
    assert (frame["end"][0] - frame["time"][0]).total_seconds() == 7200


def test_nothing_is_an_empty_table() -> None:
    """With its columns."""
    pytest.importorskip("pandas")
    assert list(to_dataframe([]).columns)[:3] == ["entity_id", "attribute", "dataset_id"]


def test_without_pandas_one_line_names_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    """The cure stands in the error."""
    monkeypatch.setitem(sys.modules, "pandas", None)
    with pytest.raises(MissingExtra, match=r"pip install 'citycontext\[pandas\]'"):
        to_dataframe(history())


def test_one_time_axis_with_zone_units_and_coordinates() -> None:
    """Wide, values are numbers, times are in the zone, a place is two columns, and datasets are told apart."""
    pandas = pytest.importorskip("pandas")
    when = "2026-05-01T10:00:00Z"
    wire = {
        "id": "urn:x:1",
        "type": "Bus",
        "location": [
            {"type": "GeoProperty", "value": {"type": "Point", "coordinates": [3, 51]}, "observedAt": when},
        ],
        "speed": [
            {"type": "Property", "value": 30, "unitCode": "KMH", "observedAt": when},
            {"type": "Property", "value": 31, "unitCode": "KMH", "datasetId": "urn:gps", "observedAt": when},
        ],
        "line": [{"type": "Property", "value": "4", "observedAt": when}],
    }
    frame = to_dataframe(TemporalEntity.from_dict(wire), wide=True, zone="Europe/Brussels")
    assert set(frame.columns) == {"location.longitude", "location.latitude", "speed", "speed[urn:gps]", "line"}
    assert str(frame.index.dtype).endswith("Europe/Brussels]")
    assert frame.index[0] == pandas.Timestamp(when)
    assert pandas.api.types.is_numeric_dtype(frame["speed"])
    assert frame["speed[urn:gps]"].iloc[0] == 31
    assert frame.attrs["units"] == {"speed": "KMH"}
    assert frame.resample("1h").mean(numeric_only=True)["speed"].iloc[0] == 30


def test_entities_are_rows() -> None:
    """Types are kept: whole numbers stay whole where some are missing, and times have a zone."""
    pandas = pytest.importorskip("pandas")
    made = EntityFrame()
    made.add({"id": "urn:x:1", "type": "A", "n": {"type": "Property", "value": 1 << 60, "unitCode": "C62"}})
    made.add(
        {"id": "urn:x:2", "type": "A", "t": {"type": "Property", "value": 1, "observedAt": "2026-05-01T10:00:00Z"}}
    )
    frame = made.frame("Europe/Brussels")
    assert frame["n"][0] == 1 << 60
    assert pandas.isna(frame["n"][1])
    assert frame["t.observedAt"][1].isoformat() == "2026-05-01T12:00:00+02:00"
    assert frame.attrs["units"] == {"n": "C62"}


def test_a_geographical_frame() -> None:
    """The geometry that is asked for, else the first there is; the others stay columns."""
    pytest.importorskip("geopandas")
    made = EntityFrame("location")
    place: dict[str, Any] = {"type": "GeoProperty", "value": {"type": "Point", "coordinates": [3, 51]}}
    made.add({"id": "urn:x:1", "type": "A", "entrance": place, "location": place})
    made.add({"id": "urn:x:2", "type": "A", "entrance": place})
    made.add({"id": "urn:x:3", "type": "A"})
    frame = made.frame()
    assert frame.crs == "EPSG:4326"
    assert [None if one is None else (one.x, one.y) for one in frame.geometry] == [(3, 51), (3, 51), None]
    assert "entrance.longitude" in frame
    assert "location.longitude" not in frame
