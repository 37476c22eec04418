"""Reading in one step what is usual: it says and keeps what reading the long way does."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from citycontext.ngsild import (
    Entity,
    Finding,
    GeoProperty,
    OptAttr,
    OptGeoAttr,
    OptLanguageAttr,
    OptRelAttr,
    Property,
    load,
    load_many,
    optional,
)
from citycontext.ngsild.entity_reading import _PLAIN_NAMES
from citycontext.ngsild.representations import Reader, simplified
from strategies import geometries, values

WHEN = "2026-05-01T10:00:00Z"


class Station(Entity):
    """One attribute of each sort that is read in one step, and one that is not."""

    level: OptAttr[int] = optional()
    name: OptAttr[str] = optional()
    address: OptAttr[dict[str, Any]] = optional()
    location: OptGeoAttr = optional()
    ref_device: OptRelAttr = optional()
    title: OptLanguageAttr = optional()


NAMES = st.sampled_from(["level", "name", "address", "location", "refDevice", "title", "more", "scope", "a b", "é"])
VALUES = (
    values
    | geometries
    | st.sampled_from(
        [
            "urn:ngsi-ld:null",
            "urn:x:1",
            {"languageMap": {"nl": "x"}},
            {"nl": "x"},
            {"vocab": "v"},
            {"dataset": {"@none": 1}},
        ]
    )
)
MEMBERS = st.sampled_from([WHEN, "yesterday", "CEL", 5, None, {"type": "Property", "value": 1}])
ATTRIBUTES = st.builds(
    lambda kind, value, more: {"type": kind, "object" if kind == "Relationship" else "value": value} | more,
    st.sampled_from(["Property", "GeoProperty", "Relationship", "property", "LanguageProperty"]),
    VALUES,
    st.dictionaries(st.sampled_from(["unitCode", "observedAt", "datasetId", "accuracy"]), MEMBERS, max_size=3),
)


def long_way(payload: dict[str, Any], class_: type[Entity]) -> tuple[Entity, list[Finding]]:
    """Read each member by itself, as what is unusual is read."""
    findings: list[Finding] = []
    reader = Reader(findings=findings)
    reader.identity(payload)
    blank = class_._read({}, Reader(), True)
    wire = {name: blank._read_member(name, member, payload, reader) for name, member in payload.items()}
    entity = class_._read(wire, Reader())
    if class_.fields_by_wire_name:
        entity._check_declaration(reader)
    return entity, findings


@pytest.mark.parametrize("class_", [Station, Entity])
@given(st.dictionaries(NAMES, ATTRIBUTES | VALUES, max_size=6))
def test_one_step_says_what_the_long_way_says(class_: type[Entity], attributes: dict[str, Any]) -> None:
    """Normalized: the same wire form and the same findings, whatever stands there and however often it is read."""
    payload = {"id": "urn:x:1", "type": "Station", **attributes}
    expected, found = long_way(payload, class_)
    for _ in range(2):
        findings: list[Finding] = []
        assert load(payload, class_, findings=findings).wire == expected.wire
        assert findings == found


@pytest.mark.parametrize("class_", [Station, Entity])
@given(st.dictionaries(NAMES, VALUES, max_size=6))
def test_simplified_in_one_go_is_what_two_steps_make(class_: type[Entity], attributes: dict[str, Any]) -> None:
    """Simplified: what normalizing and then reading give, in the same order and with the same findings."""
    payload = {"id": "urn:x:1", "type": "Station", **attributes}
    expected, found = long_way(simplified.normalize(payload, class_._declared_kind), class_)
    for _ in range(2):
        findings: list[Finding] = []
        entity = load(payload, class_, representation="simplified", findings=findings)
        assert entity.wire == expected.wire
        assert list(entity.wire) == list(payload)
        assert findings == found


def test_names_from_outside_do_not_fill_the_table() -> None:
    """After ten thousand names, and one of a megabyte, usual names are still remembered, and few others."""
    for number in range(10_000):
        load({"id": "urn:x:1", "type": "T", f"name{number}": {"type": "Property", "value": 1}})
    load({"id": "urn:x:1", "type": "T", "n" * 1_000_000: {"type": "Property", "value": 1}})
    assert len(_PLAIN_NAMES) <= 4096
    assert all(len(name) <= 100 for name in _PLAIN_NAMES)
    load({"id": "urn:x:1", "type": "T", "usual": {"type": "Property", "value": 1}})
    assert "usual" in _PLAIN_NAMES


def test_views_are_of_the_class_that_the_payload_says() -> None:
    """On first read and later, also where another type than the declared one stands there."""
    place = {"type": "Point", "coordinates": [3, 51]}
    payload = {
        "id": "urn:x:1",
        "type": "Station",
        "level": {"type": "Property", "value": 1},
        "name": {"type": "GeoProperty", "value": place},
    }
    station = load(payload, Station)
    assert type(station.level) is Property
    assert station.level is station.level
    assert isinstance(station.name, GeoProperty)


@pytest.mark.parametrize(
    ("wrong", "rule"),
    [
        ({"id": "urn:x: 2"}, "id"),
        ({"id": "urn:<:2"}, "id"),
        ({"id": ":2"}, "id"),
        ({"refDevice": {"type": "Relationship", "object": "no link"}}, "relationship"),
        ({"refDevice": {"type": "Relationship", "object": None}}, "null"),
        ({"refDevice": {"type": "Property", "object": "urn:x:1"}}, "value-missing"),
        ({"level": {"type": "Property", "value": 1, "observedAt": "2026", "unitCode": "CEL"}}, "time"),
        ({"level": {"type": "Property", "value": 1, "observedAt": None, "unitCode": "CEL"}}, "time"),
        ({"level": {"type": "Property", "value": 1, "observedAt": WHEN, "unitCode": 5}}, "member"),
        ({"level": {"type": ["Property"], "value": 1, "observedAt": WHEN, "unitCode": "CEL"}}, "attribute-type"),
    ],
)
def test_what_was_right_before_hides_nothing_that_is_wrong(wrong, rule):
    """After a right entity an id, a link, a time or a unit of the next is found wrong as if it came alone."""
    right = {
        "id": "urn:x:1",
        "type": "Station",
        "level": {"type": "Property", "value": 1, "observedAt": WHEN, "unitCode": "CEL"},
        "refDevice": {"type": "Relationship", "object": "urn:x:1"},
    }
    alone: list[Finding] = []
    after: list[Finding] = []
    load_many([{**right, **wrong}], Station, findings=alone)
    load_many([right, {**right, **wrong}], Station, findings=after)
    assert rule in {one.rule for one in alone}
    assert [replace(one, path=one.path.replace("[1]", "[0]")) for one in after] == alone
