"""The evolution of an entity as an object: series of values and times, aggregates, scopes, building."""

from __future__ import annotations

from copy import deepcopy
from datetime import UTC, datetime
from typing import Any

import orjson
import pytest

from citycontext.errors import InvalidEntity, InvalidName, InvalidTime
from citycontext.ngsild import NULL, Property, Relationship
from citycontext.ngsild.temporal import Aggregate, TemporalEntity, TemporalForm

NOON = datetime(2020, 8, 1, 12, tzinfo=UTC)
ONE = datetime(2020, 8, 1, 13, tzinfo=UTC)
PAYLOAD: dict[str, Any] = {
    "id": "urn:ngsi-ld:Vehicle:1",
    "type": ["Vehicle", "Car"],
    "createdAt": "2020-08-01T00:00:00Z",
    "deletedAt": "2020-08-02T00:00:00Z",
    "speed": [
        {"type": "Property", "value": 120, "unitCode": "KMH", "observedAt": "2020-08-01T12:00:00Z"},
        {"type": "Property", "value": 80.5, "observedAt": "2020-08-01T13:00:00.000Z"},
        {"type": "Property", "value": 1, "datasetId": "urn:d:gps", "observedAt": "2020-08-01T13:00:00Z"},
    ],
    "isParkedIn": [{"type": "Relationship", "object": NULL, "deletedAt": "2020-08-01T13:00:00Z"}],
    "seen": {"type": "Property", "values": [["2020-08-01T12:00:00Z", "2020-08-01T13:00:00Z"]]},
    "load": {
        "type": "Property",
        "avg": [[5.5, "2020-08-01T12:00:00Z", "2020-08-01T13:00:00Z"]],
        "max": [[7, "2020-08-01T12:00:00Z", "2020-08-01T13:00:00Z"]],
    },
    "@context": "https://example.org/context.jsonld",
}


def history() -> TemporalEntity:
    """Read the payload that these tests are about."""
    return TemporalEntity.from_dict(deepcopy(PAYLOAD), strict=True)


def test_nothing_of_the_payload_is_lost():
    """Text in, the same text out, with every form in one entity."""
    text = orjson.dumps(PAYLOAD)
    assert TemporalEntity.from_json(text, strict=True).to_json() == text


def test_members_are_read():
    """Id, types, context and the broker's times are there; attributes are iterated by wire name."""
    entity = history()
    assert entity.id == "urn:ngsi-ld:Vehicle:1"
    assert (entity.type, entity.types) == ("Vehicle", ("Vehicle", "Car"))
    assert entity.context == "https://example.org/context.jsonld"
    assert entity.created_at == datetime(2020, 8, 1, tzinfo=UTC)
    assert entity.deleted_at == datetime(2020, 8, 2, tzinfo=UTC)
    assert entity.modified_at is None
    assert list(entity) == ["speed", "isParkedIn", "seen", "load"]
    assert len(entity) == 4
    assert "speed" in entity
    assert "type" not in entity
    assert repr(entity) == (
        "TemporalEntity(id='urn:ngsi-ld:Vehicle:1', type='Vehicle', attributes=['speed', 'isParkedIn', 'seen', 'load'])"
    )


def test_a_series_gives_values_with_their_times():
    """Values come with times and the whole instance, which has unit and dataset."""
    first, second, third = history().series("speed", float)
    assert (first.time, first.value) == (NOON, 120)
    assert isinstance(first.instance, Property)
    assert first.instance.unit_code == "KMH"
    assert (second.time, second.value) == (ONE, 80.5)
    assert third.instance.dataset_id == "urn:d:gps"


def test_a_series_of_one_dataset():
    """One dataset can be picked; ``@none`` is the default one."""
    assert [one.value for one in history().series("speed", dataset_id="@none")] == [120, 80.5]
    assert [one.value for one in history().series("speed", dataset_id="urn:d:gps")] == [1]


def test_a_series_from_the_short_form():
    """temporalValues give the same series; values are read as the type asked for."""
    (seen,) = history().series("seen", datetime)
    assert (seen.time, seen.value) == (ONE, NOON)


def test_a_deletion_is_a_value_of_its_own():
    """A deleted attribute has the value NULL, and the time when it was deleted."""
    (gone,) = history().series("isParkedIn", deletions=True)
    assert gone.value == NULL
    assert gone.instance.is_null
    assert gone.time == ONE


def test_deletions_are_left_out_unless_asked_for():
    """A series of numbers holds numbers, though the attribute was deleted in between; typed or not."""
    wire = {
        "id": "urn:ngsi-ld:Meter:1",
        "type": "Meter",
        "level": [
            {"type": "Property", "value": 1.5, "observedAt": "2020-08-01T12:00:00Z"},
            {"type": "Property", "value": NULL, "deletedAt": "2020-08-01T13:00:00Z"},
        ],
    }
    meter = TemporalEntity.from_dict(wire)
    assert [timed.value for timed in meter.series("level", float)] == [1.5]
    assert [timed.value for timed in meter.series("level")] == [1.5]
    assert [timed.value for timed in meter.series("level", float, deletions=True)] == [1.5, NULL]


def test_a_value_of_another_type_is_refused():
    """A series of texts does not hold numbers; the error says which one."""
    with pytest.raises(InvalidEntity, match=r"speed\[0\]: 120 is not a text"):
        history().series("speed", str)


def test_a_wrong_time_is_refused_where_it_is_read():
    """Tolerant reading keeps a wrong time; it is an error only when it is asked for."""
    entity = TemporalEntity.from_dict({"a": [{"type": "Property", "value": 1, "observedAt": "soon"}]}, fragment=True)
    with pytest.raises(InvalidTime, match=r"a\[0\]"):
        entity.series("a")


def test_aggregates_come_by_method():
    """Each method's results come with the start and end of their periods; other attributes have none."""
    entity = history()
    assert entity.form("load") is TemporalForm.AGGREGATED_VALUES
    assert entity.aggregates("load") == {"avg": [Aggregate(5.5, NOON, ONE)], "max": [Aggregate(7, NOON, ONE)]}
    assert entity.aggregates("load", dataset_id="urn:d:gps") == {}
    assert entity.aggregates("speed") == {}
    with pytest.raises(InvalidEntity, match="aggregated values"):
        entity.series("load")


def test_a_malformed_aggregate_is_refused_where_it_is_read():
    """A result without its period is an error when it is asked for."""
    entity = TemporalEntity.from_dict({"a": {"type": "Property", "avg": [[1]]}}, fragment=True)
    with pytest.raises(InvalidEntity, match=r"a\.avg"):
        entity.aggregates("a")


def test_forms_are_written():
    """The evolution is given in the form asked for, except that nobody can make or undo aggregates."""
    wire = {name: member for name, member in PAYLOAD.items() if name != "load"}
    entity = TemporalEntity.from_dict(wire)
    short = entity.to_dict("temporalValues")
    assert short["speed"] == [
        {"type": "Property", "values": [[120, "2020-08-01T12:00:00Z"], [80.5, "2020-08-01T13:00:00.000Z"]]},
        {"type": "Property", "datasetId": "urn:d:gps", "values": [[1, "2020-08-01T13:00:00Z"]]},
    ]
    normalized = entity.to_dict(TemporalForm.NORMALIZED)
    assert normalized["speed"] == PAYLOAD["speed"]
    assert normalized["seen"] == [
        {"type": "Property", "value": "2020-08-01T12:00:00Z", "observedAt": "2020-08-01T13:00:00Z"}
    ]
    with pytest.raises(InvalidEntity, match="ask it for them"):
        entity.to_dict("aggregatedValues")
    with pytest.raises(InvalidEntity, match="aggregated values"):
        history().to_dict("normalized")


def test_aggregates_are_written_as_they_are():
    """An entity that holds nothing but aggregates is in that form already."""
    entity = TemporalEntity.from_dict({"id": "urn:a:b", "type": "T", "load": PAYLOAD["load"]})
    assert entity.to_dict("aggregatedValues") == entity.wire


def test_an_evolution_is_built():
    """Instances are attributes or plain values; more can be appended."""
    entity = TemporalEntity(
        id="urn:ngsi-ld:Vehicle:1",
        type="Vehicle",
        scope="/Gent",
        context="https://example.org/context.jsonld",
        speed=[Property(120, observed_at=NOON)],
        isParkedIn=Relationship("urn:a:b", observed_at=NOON),
    )
    entity.append("speed", Property(80, observed_at=ONE), 5)
    assert entity.wire == {
        "id": "urn:ngsi-ld:Vehicle:1",
        "type": "Vehicle",
        "@context": "https://example.org/context.jsonld",
        "scope": "/Gent",
        "speed": [
            {"type": "Property", "value": 120, "observedAt": "2020-08-01T12:00:00Z"},
            {"type": "Property", "value": 80, "observedAt": "2020-08-01T13:00:00Z"},
            {"type": "Property", "value": 5},
        ],
        "isParkedIn": [{"type": "Relationship", "object": "urn:a:b", "observedAt": "2020-08-01T12:00:00Z"}],
    }


def test_what_cannot_be_appended():
    """A name that is not one, and instances into a short form, are refused; a lone instance becomes a list."""
    entity = history()
    with pytest.raises(InvalidName):
        entity.append("a b", 5)
    with pytest.raises(InvalidName):
        entity.append("type", 5)
    with pytest.raises(InvalidEntity, match="temporalValues"):
        entity.append("seen", 5)
    lone = TemporalEntity.from_dict({"a": {"type": "Property", "value": 1}}, fragment=True)
    lone.append("a", 2)
    assert [one.value for one in lone.series("a")] == [1, 2]


def test_scopes_have_a_history():
    """A scope that changed has a time for each; one that did not has none; both forms are read."""
    built = TemporalEntity(
        id="urn:a:b", type="T", scope=[Property("/Gent", observed_at=NOON), Property(["/A", "/B"], observed_at=ONE)]
    )
    assert [(one.time, one.value) for one in built.scopes()] == [(NOON, "/Gent"), (ONE, ["/A", "/B"])]
    short = TemporalEntity.from_dict(built.to_dict("temporalValues"), strict=True)
    assert [(one.time, one.value) for one in short.scopes()] == [(NOON, "/Gent"), (ONE, ["/A", "/B"])]
    plain = TemporalEntity(id="urn:a:b", type="T", scope=["/A", "/B"])
    assert [(one.time, one.value) for one in plain.scopes()] == [(None, ["/A", "/B"])]
    assert TemporalEntity(id="urn:a:b", type="T").scopes() == []


def test_copies_are_independent():
    """What is done to a copy is not done to the original; equal wires are equal entities."""
    entity = history()
    twin = entity.copy()
    assert twin == entity
    twin.append("speed", 1)
    assert twin != entity
    assert entity != "something else"
    assert bool(TemporalEntity.from_dict({}, fragment=True))


def test_no_attribute_of_that_name():
    """Members that are not attributes have no series."""
    with pytest.raises(KeyError):
        history().series("colour")
    with pytest.raises(KeyError):
        history().series("createdAt")


def test_text_that_is_no_json():
    """Text that is not JSON is our error."""
    with pytest.raises(InvalidEntity, match="not JSON"):
        TemporalEntity.from_json(b"{")
