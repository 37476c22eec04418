"""Entities as flat rows: what every table is made of."""

from __future__ import annotations

from typing import Any

import pytest

from citycontext.ngsild.frames.rows import Columns, Kind

WHEN = "2026-05-01T10:00:00Z"


def station(**attributes: Any) -> dict[str, Any]:
    return {"id": "urn:ngsi-ld:Station:1", "type": "Station", **attributes}


@pytest.mark.parametrize(
    ("member", "expected"),
    [
        ({"type": "Property", "value": 5, "unitCode": "CEL", "observedAt": WHEN}, {"a": 5, "a.observedAt": WHEN}),
        ({"type": "Relationship", "object": "urn:x:1"}, {"a": "urn:x:1"}),
        (
            {"type": "GeoProperty", "value": {"type": "Point", "coordinates": [3, 51]}},
            {"a.longitude": 3.0, "a.latitude": 51.0},
        ),
        ({"type": "LanguageProperty", "languageMap": {"nl": "Plein", "@none": "x"}}, {"a.nl": "Plein", "a": "x"}),
        ({"type": "VocabProperty", "vocab": "open"}, {"a": "open"}),
        ({"type": "JsonProperty", "json": {"k": 1}}, {"a": {"k": 1}}),
        ({"type": "Property", "value": {"@type": "DateTime", "@value": WHEN}}, {"a": WHEN}),
        ({"type": "Property", "value": "urn:ngsi-ld:null"}, {}),
        (
            [{"type": "Property", "value": 1}, {"type": "Property", "value": 2, "datasetId": "urn:d"}],
            {"a": 1, "a[urn:d]": 2},
        ),
        (5, {"a": 5}),
        ({"value": 5}, {"a": 5}),
        ({"type": "Point", "coordinates": [3, 51]}, {"a.longitude": 3.0, "a.latitude": 51.0}),
    ],
)
def test_a_value_has_its_column(member: Any, expected: dict[str, Any]) -> None:
    """Each attribute type, several instances, and the concise and simplified forms."""
    columns = Columns()
    row = columns.row(station(a=member))
    names = {column.name for column in columns}
    found = {name: value for name, value in row.items() if name in names and name not in ("id", "type")}
    assert found == expected


def test_a_unit_that_all_share_is_of_the_column() -> None:
    """Where they differ, or one value has none, each row says its own."""
    same, mixed = Columns(), Columns()
    for unit in ("CEL", "CEL"):
        same.row(station(t={"type": "Property", "value": 5, "unitCode": unit}))
    mixed.row(station(t={"type": "Property", "value": 5}))
    mixed.row(station(t={"type": "Property", "value": 5, "unitCode": "CEL"}))
    assert same.units == {"t": "CEL"}
    assert [column.name for column in same] == ["id", "type", "t"]
    assert mixed.units == {}
    assert [column.name for column in mixed] == ["id", "type", "t", "t.unitCode"]


@pytest.mark.parametrize(
    ("values", "kind"),
    [
        ([1, 2], Kind.INTEGER),
        ([1, 2.5], Kind.NUMBER),
        ([1 << 70], Kind.NUMBER),
        ([True], Kind.BOOLEAN),
        ([True, 1], Kind.JSON),
        (["x", WHEN], Kind.TEXT),
        ([WHEN], Kind.TIME),
        ([["a"], ["b"]], Kind.TEXTS),
        ([[1, 2.5]], Kind.NUMBERS),
        ([{"k": 1}], Kind.JSON),
        (["x", 5], Kind.JSON),
    ],
)
def test_a_column_is_what_all_its_values_are(values: list[Any], kind: Kind) -> None:
    """Numbers hold integers, texts hold times, and what has nothing in common is JSON."""
    columns = Columns()
    for value in values:
        columns.row(station(a={"type": "Property", "value": value}))
    assert {column.name: column.kind for column in columns}["a"] is kind


def test_columns_of_an_attribute_stand_together() -> None:
    """Also where a later entity is the first to have one of them."""
    columns = Columns()
    columns.row(station(a={"type": "Property", "value": 1}, b={"type": "Property", "value": 1}))
    columns.row(station(a={"type": "Property", "value": 1, "observedAt": WHEN}))
    assert [column.name for column in columns] == ["id", "type", "a", "a.observedAt", "b"]
