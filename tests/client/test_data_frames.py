"""Evolutions as tables: every value with its own time."""

from __future__ import annotations

import sys

import pytest

from citycontext.client.data_frames import to_dataframe
from citycontext.errors import MissingExtra
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
