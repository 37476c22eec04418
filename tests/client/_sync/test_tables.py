# Made by scripts/unasync.py from tests/client/_async/test_tables.py; change that file, not this one.
"""Queries as tables: data frames, Arrow, Parquet and GeoParquet."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from citycontext.client import Client
from citycontext.ngsild import Entity, Property, point
from citycontext.ngsild.query import last


def station(number: int) -> dict[str, Any]:
    return Entity(
        id=f"urn:ngsi-ld:Station:{number}",
        type="Station",
        location=point(3.5 + number, 51),
        level=Property(number, unit_code="CEL", observed_at="2026-05-01T10:00:00Z"),
    ).to_dict()


def test_a_query_is_a_data_frame(broker: Any) -> None:
    """A row for each entity, of whichever class, with units, places and times."""
    pytest.importorskip("pandas")
    broker.will(200, [station(1), station(2)])
    with Client(broker.url, transport=broker.transport) as client:
        for as_ in (dict, Entity):
            frame = client.entities.query("Station", as_=as_).to_dataframe(zone="Europe/Brussels")
            assert list(frame["level"]) == [1, 2]
            assert list(frame["location.longitude"]) == [4.5, 5.5]
            assert frame.attrs["units"] == {"level": "CEL"}
            assert frame["level.observedAt"][0].isoformat() == "2026-05-01T12:00:00+02:00"


def test_a_query_is_a_geographical_frame(broker: Any) -> None:
    """Features too."""
    pytest.importorskip("geopandas")
    broker.will(200, [station(1), station(2)])
    with Client(broker.url, transport=broker.transport) as client:
        frame = client.entities.query("Station").to_geodataframe()
        assert [one.x for one in frame.geometry] == [4.5, 5.5]


def test_a_query_is_arrow_and_a_file(broker: Any, tmp_path: Path) -> None:
    """Written with a geometry and without, and read back."""
    parquet = pytest.importorskip("pyarrow.parquet")
    geopandas = pytest.importorskip("geopandas")
    broker.will(200, [station(1), station(2)])
    with Client(broker.url, transport=broker.transport) as client:
        results = client.entities.query("Station")
        assert (results.to_arrow()).column("level").to_pylist() == [1, 2]
        assert results.to_parquet(tmp_path / "plain.parquet") == 2
        assert results.to_geoparquet(tmp_path / "geo.parquet") == 2
    assert parquet.read_table(tmp_path / "plain.parquet").column("location.latitude").to_pylist() == [51, 51]
    assert list(geopandas.read_parquet(tmp_path / "geo.parquet").geometry.x) == [4.5, 5.5]


def test_histories_are_tables_and_plots(broker: Any) -> None:
    """Of several entities: a line for each in the plot, all values in the tables."""
    pytest.importorskip("pyarrow")
    pytest.importorskip("matplotlib").use("Agg")
    level = {"type": "Property", "value": 20, "unitCode": "CEL", "observedAt": "2026-05-01T10:00:00Z"}
    broker.will(200, [{"id": f"urn:x:{n}", "type": "Station", "level": [level]} for n in (1, 2)])
    with Client(broker.url, transport=broker.transport) as client:
        results = client.temporal.query("Station", when=last(10))
        assert (results.to_arrow()).column("entity_id").to_pylist() == ["urn:x:1", "urn:x:2"]
        ax = results.plot("level")
        assert [line.get_label() for line in ax.lines] == ["urn:x:1", "urn:x:2"]
        assert ax.get_ylabel() == "level [°C]"
        assert list((results.to_dataframe(zone="Europe/Brussels"))["value"]) == [20, 20]
