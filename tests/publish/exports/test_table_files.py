"""Parquet, GeoParquet, GeoPackage and Excel, read back by other tools than the one that wrote them."""

from __future__ import annotations

import json
import sys
from datetime import UTC, datetime
from typing import Any

import pytest

from citycontext.errors import MissingExtra, PublicationError
from citycontext.publish import Publication, export

FORMS = ("parquet", "geoparquet", "gpkg", "xlsx")
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")


@pytest.fixture(autouse=True)
def libraries() -> None:
    """All that reads and writes them."""
    for name in ("pyarrow", "geopandas", "pyogrio", "openpyxl"):
        pytest.importorskip(name)


def test_parquet(tmp_path, make_publication, parkings) -> None:
    """Numbers are numbers, times are times with a zone, points are two columns, and the metadata has the licence."""
    import pyarrow.parquet

    export(parkings(10), tmp_path / "a.parquet", make_publication(), form="parquet")
    table = pyarrow.parquet.read_table(tmp_path / "a.parquet")
    (row,) = [one for one in table.to_pylist() if one["id"].endswith("p3")]
    assert row["availableSpotNumber"] == 8
    assert row["availableSpotNumber.observedAt"] == datetime(2026, 5, 1, 0, 1, tzinfo=UTC)
    assert (row["location.longitude"], row["location.latitude"]) == (3.72, 51.05)
    assert table.num_rows == 5
    assert b"publicdomain/zero" in table.schema.metadata[b"dataset"]


def test_moments_are_times(tmp_path) -> None:
    """A column whose values are all moments is a time in every form; one interval among them keeps it a text."""
    import geopandas
    import openpyxl
    import pyarrow.parquet

    publication = Publication.parse({"allow": {"A": ["since", "span", "year"]}})
    entities = [
        {
            "id": f"urn:{name}",
            "type": "A",
            "since": {"type": "Property", "value": since},
            "span": {"type": "Property", "value": span},
            "year": {"type": "Property", "value": "2026"},
        }
        for name, since, span in (
            ("a", "2025-01-01T00:00:00Z", "2025-01-01T00:00:00Z"),
            ("b", "2025-01-01T02:00:00.5+02:00", "2025-01-01T00:00:00Z/2025-01-02T00:00:00Z"),
        )
    ]
    for form in ("parquet", "xlsx", "csv", "gpkg"):
        export(entities, tmp_path / f"a.{form}", publication, form=form)
    rows = pyarrow.parquet.read_table(tmp_path / "a.parquet").to_pylist()
    assert [one["since"] for one in rows] == [
        datetime(2025, 1, 1, tzinfo=UTC),
        datetime(2025, 1, 1, 0, 0, 0, 500_000, tzinfo=UTC),
    ]
    assert rows[0]["span"] == "2025-01-01T00:00:00Z"
    assert rows[0]["year"] == "2026"
    sheet = openpyxl.load_workbook(tmp_path / "a.xlsx")["data"]
    assert sheet["C2"].value == datetime(2025, 1, 1)  # noqa: DTZ001 - Excel has no zones
    assert geopandas.read_file(tmp_path / "a.gpkg")["since"].dt.year.tolist() == [2025, 2025]
    described = json.loads((tmp_path / "a.csv-metadata.json").read_text())["tableSchema"]["columns"]
    assert {one["titles"]: one["datatype"] for one in described} | {"id": ""} == {
        "id": "",
        "type": "string",
        "since": "dateTime",
        "span": "string",
        "year": "string",
    }


@pytest.mark.parametrize("form", ["geoparquet", "gpkg"])
def test_maps(tmp_path, make_publication, parkings, form: str) -> None:
    """GeoPandas reads places in longitude and latitude, numbers and names; an entity without a place is there too."""
    import geopandas

    entities = list(parkings(5))
    del entities[2]["location"]
    path = tmp_path / f"a.{'parquet' if form == 'geoparquet' else form}"
    export(entities, path, make_publication(), form=form)
    frame = geopandas.read_parquet(path) if form == "geoparquet" else geopandas.read_file(path)
    assert len(frame) == 5
    assert frame.crs.to_epsg() in (4326, None) or "CRS84" in str(frame.crs)
    place = frame.geometry.iloc[0]
    assert (place.x, place.y) == (3.72, 51.05)
    assert frame.geometry.iloc[2] is None
    assert list(frame["availableSpotNumber"]) == [0, 1, 2, 3, 4]
    assert frame["name"].iloc[1] == "P1"


def test_excel(tmp_path, make_publication, parkings) -> None:
    """A workbook has numbers as numbers and no formula; its second sheet has the licence."""
    import openpyxl

    entities = list(parkings(3))
    entities[0]["name"]["value"] = "=1+1"
    export(entities, tmp_path / "a.xlsx", make_publication(), form="xlsx")
    book = openpyxl.load_workbook(tmp_path / "a.xlsx")
    data = book["data"]
    names = [cell.value for cell in data[1]]
    name, number = data[2][names.index("name")], data[4][names.index("availableSpotNumber")]
    assert (name.value, name.data_type) == ("=1+1", "s")
    assert (number.value, number.data_type) == (2, "n")
    about = {row[0].value: row[1].value for row in book["about"].iter_rows()}
    assert about["license"] == "https://creativecommons.org/publicdomain/zero/1.0/"


@pytest.mark.parametrize("form", FORMS)
def test_mixed_and_odd_values(tmp_path, form: str) -> None:
    """Unlike kinds in one column, structures, texts in languages, other shapes and no entities at all are written."""
    publication = Publication.parse({"allow": {"A": ["x", "name", "location", "many"]}})
    line = {"type": "LineString", "coordinates": [[3.7, 51.0], [3.8, 51.1]]}
    entities: list[dict[str, Any]] = [
        {"id": "urn:a", "type": "A", "x": {"value": 1}, "location": {"type": "GeoProperty", "value": line}},
        {"id": "urn:b", "type": "A", "x": {"value": "one"}, "many": {"value": 10**19}},
        {"id": "urn:c", "type": "A", "x": {"value": {"k": [1]}}, "many": {"value": 1.5}},
        {
            "id": "urn:d",
            "type": "A",
            "name": {"type": "LanguageProperty", "languageMap": {"nl": "Zuid", "en": "South"}},
        },
    ]
    assert export(entities, tmp_path / f"a.{form}", publication, form=form).published == 4
    assert export([], tmp_path / f"b.{form}", publication, form=form).published == 0
    assert (tmp_path / f"b.{form}").exists()


@pytest.mark.parametrize("form", FORMS)
def test_they_change_as_a_whole_and_do_not_shrink(tmp_path, make_publication, parkings, form: str) -> None:
    """A source that fails, or has too little, leaves the file as it was, and nothing beside it."""
    path = tmp_path / f"a.{form}"
    publication = make_publication()
    export(parkings(10, of=10), path, publication, form=form)
    before = path.read_bytes()
    with pytest.raises(PublicationError, match="has 10 entities and would have 2"):
        export(parkings(2), path, publication, form=form)

    def failing() -> Any:
        yield from parkings(10, of=10)
        raise RuntimeError("gone")

    with pytest.raises(RuntimeError, match="gone"):
        export(failing(), path, publication, form=form)
    assert path.read_bytes() == before
    assert [one.name for one in tmp_path.iterdir()] == [path.name]


@pytest.mark.parametrize(("form", "package"), [("parquet", "pyarrow"), ("gpkg", "pyogrio"), ("xlsx", "openpyxl")])
def test_a_missing_extra_is_named(tmp_path, make_publication, parkings, monkeypatch, form: str, package: str) -> None:
    """Without its library a form says which extra brings it."""
    monkeypatch.setitem(sys.modules, package, None)
    with pytest.raises(MissingExtra, match=r"citycontext\[publish\]"):
        export(parkings(1), tmp_path / "a", make_publication(), form=form)
