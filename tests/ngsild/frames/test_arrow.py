"""Arrow tables and Parquet files, read back by the libraries that others read them with."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from citycontext.errors import DataError
from citycontext.ngsild.frames.arrow import EntityTable, history_table
from citycontext.ngsild.temporal import TemporalEntity

pyarrow = pytest.importorskip("pyarrow")
parquet = pytest.importorskip("pyarrow.parquet")

WHEN = "2026-05-01T10:00:00Z"


def station(number: int, **more: Any) -> dict[str, Any]:
    return {
        "id": f"urn:ngsi-ld:Station:{number}",
        "type": "Station",
        "location": {"type": "GeoProperty", "value": {"type": "Point", "coordinates": [3.5 + number, 51]}},
        "level": {"type": "Property", "value": number, "unitCode": "CEL", "observedAt": WHEN},
        **more,
    }


def test_a_table_has_types_and_units() -> None:
    """Times have a zone, a unit stands in the metadata of its field, and what is missing is null."""
    with EntityTable() as table:
        table.add(station(1))
        table.add(station(2, address={"type": "Property", "value": {"street": "Loop"}}))
        made = table.table()
    assert made.column("level").to_pylist() == [1, 2]
    assert made.schema.field("level").metadata == {b"unitCode": b"CEL", b"unit": "°C".encode()}
    assert made.schema.field("level.observedAt").type == pyarrow.timestamp("us", tz="UTC")
    assert made.column("level.observedAt").to_pylist()[0] == datetime(2026, 5, 1, 10, tzinfo=UTC)
    assert made.column("location.longitude").to_pylist() == [4.5, 5.5]
    assert made.column("address").to_pylist() == [None, '{"street":"Loop"}']
    assert made.schema.field("address").metadata == {b"encoding": b"json"}


def test_a_file_of_many_row_groups(tmp_path: Path) -> None:
    """All entities are in it, also those that stand behind the first batch and bring another column."""
    with EntityTable() as table:
        for number in range(10_001):
            table.add(station(number))
        table.add(station(0, late={"type": "Property", "value": True}))
        table.write(tmp_path / "stations.parquet")
    read = parquet.read_table(tmp_path / "stations.parquet")
    assert read.num_rows == 10_002
    assert read.column("late").to_pylist()[-1] is True
    assert parquet.ParquetFile(tmp_path / "stations.parquet").num_row_groups == 2


def test_geoparquet_is_read_by_geopandas(tmp_path: Path) -> None:
    """The geometry of each, in WGS 84; an entity without has none."""
    geopandas = pytest.importorskip("geopandas")
    line = {"type": "GeoProperty", "value": {"type": "LineString", "coordinates": [[3, 50], [4, 51]]}}
    with EntityTable("location") as table:
        table.add(station(1))
        table.add({"id": "urn:x:2", "type": "Road", "course": line})
        table.add({"id": "urn:x:3", "type": "Road"})
        table.write(tmp_path / "city.parquet")
    frame = geopandas.read_parquet(tmp_path / "city.parquet")
    assert frame.crs == "OGC:CRS84"  # longitude first, as GeoJSON has it
    assert [None if one is None else one.geom_type for one in frame.geometry] == ["Point", "LineString", None]
    assert list(frame.total_bounds) == [3, 50, 4.5, 51]


def test_a_file_that_cannot_be_finished_is_left_as_it_was(tmp_path: Path) -> None:
    """Neither half a file nor a leftover stands there."""
    pytest.importorskip("shapely")
    target = tmp_path / "city.parquet"
    target.write_text("before")
    broken = {"type": "GeoProperty", "value": {"type": "Polygon", "coordinates": [[[0, 0]]]}}
    with EntityTable("location") as table, pytest.raises(DataError, match="geometry cannot be read"):
        table.add({"id": "urn:x:1", "type": "Road", "location": broken})
        table.write(target)
    with EntityTable() as table, pytest.raises(IsADirectoryError):
        (tmp_path / "folder").mkdir()
        table.add(station(1))
        table.write(tmp_path / "folder")
    assert target.read_text() == "before"
    assert {path.name for path in tmp_path.iterdir()} == {"city.parquet", "folder"}


def test_a_history_keeps_numbers_apart_from_all_else() -> None:
    """Numbers are numbers, and texts are texts, in one table."""
    made = history_table(
        TemporalEntity.from_dict(
            {
                "id": "urn:x:1",
                "type": "Meter",
                "level": [{"type": "Property", "value": 20, "unitCode": "CEL", "observedAt": WHEN}],
                "state": [{"type": "Property", "value": "open", "observedAt": WHEN}],
            }
        )
    )
    assert made.column("value").to_pylist() == [20.0, None]
    assert made.column("text").to_pylist() == [None, "open"]
    assert made.column("unit_code").to_pylist() == ["CEL", None]
