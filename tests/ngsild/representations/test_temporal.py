"""The three temporal forms on the wire: told apart, read, written, and what is lost between them."""

from __future__ import annotations

from datetime import timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from citycontext.errors import DataError, InvalidEntity, InvalidName, InvalidTime
from citycontext.ngsild import NULL, Attribute, Finding
from citycontext.ngsild.representations import Reader, temporal
from citycontext.ngsild.representations.temporal import TemporalForm
from strategies import attributes, names, uris

NORMALIZED: dict[str, Any] = {
    "id": "urn:ngsi-ld:Vehicle:1",
    "type": "Vehicle",
    "speed": [
        {"type": "Property", "value": 120, "unitCode": "KMH", "observedAt": "2020-08-01T12:03:00Z"},
        {"type": "Property", "value": 80, "observedAt": "2020-08-01T12:05:00.000Z"},
    ],
    "isParkedIn": [
        {"type": "Relationship", "object": "urn:ngsi-ld:Parking:1", "observedAt": "2020-08-01T12:03:00Z"},
        {"type": "Relationship", "object": NULL, "deletedAt": "2020-08-02T12:00:00Z"},
    ],
}
VALUES: dict[str, Any] = {
    "id": "urn:ngsi-ld:Vehicle:1",
    "type": "Vehicle",
    "speed": {"type": "Property", "values": [[120, "2020-08-01T12:03:00Z"], [80, "2020-08-01T12:05:00.000Z"]]},
    "isParkedIn": {
        "type": "Relationship",
        "objects": [["urn:ngsi-ld:Parking:1", "2020-08-01T12:03:00Z"], [NULL, "2020-08-02T12:00:00Z"]],
    },
}
AGGREGATED: dict[str, Any] = {
    "id": "urn:ngsi-ld:Vehicle:1",
    "type": "Vehicle",
    "speed": {
        "type": "Property",
        "avg": [[100, "2020-08-01T12:03:00Z", "2020-08-01T13:03:00Z"]],
        "max": [[120, "2020-08-01T12:03:00Z", "2020-08-01T13:03:00Z"]],
    },
}


@st.composite
def evolutions(draw: st.DrawFn) -> dict[str, Any]:
    """Draw the normalized evolution of an entity: attributes of every type, several datasets, deletions."""
    wire: dict[str, Any] = {"id": draw(uris), "type": draw(names)}
    for name in draw(st.lists(names, max_size=3, unique=True)):
        instances = draw(st.lists(attributes(depth=1) | attributes(depth=0, dataset=True), min_size=1, max_size=4))
        wire[name] = [_placed(instance) for instance in instances]
    return wire


def _placed(instance: Attribute) -> dict[str, Any]:
    return {"observedAt": "2020-08-01T12:03:00Z", "instanceId": "urn:ngsi-ld:Instance:1", **instance.wire}


def read(payload: Any, **how: Any) -> dict[str, Any]:
    """Read an evolution."""
    return temporal.read(payload, Reader(**how))


@given(evolutions())
def test_reading_gives_the_very_payload(wire: dict[str, Any]) -> None:
    """A normalized evolution of whatever types is valid, is told as one, and is read as the object that came."""
    assert read(wire, strict=True) is wire
    assert temporal.normalize(wire) == wire
    assert temporal.is_temporal(wire) is (len(wire) > 2)


@given(evolutions())
def test_values_and_times_survive_the_short_form(wire: dict[str, Any]) -> None:
    """temporalValues keep type, dataset, value and time: written out and shortened again they are the same."""
    short = temporal.render(wire)
    assert read(short, strict=True) is short
    assert temporal.render(temporal.spell_out(short)) == short
    assert temporal.render(short) == short


@given(evolutions())
def test_the_short_form_has_every_instance(wire: dict[str, Any]) -> None:
    """No instance is dropped on the way to temporalValues and back."""
    again = temporal.spell_out(temporal.render(wire))
    assert {name: len(again[name]) for name in wire} == {name: len(wire[name]) for name in wire}


def test_values_stand_with_their_times() -> None:
    """Each type has its own member, a deletion its deletedAt; units do not come through (CIM 009, 4.5.9)."""
    assert temporal.render(NORMALIZED) == VALUES
    spelt_out = temporal.normalize(VALUES)
    assert spelt_out["isParkedIn"] == NORMALIZED["isParkedIn"]
    assert spelt_out["speed"][0] == {"type": "Property", "value": 120, "observedAt": "2020-08-01T12:03:00Z"}


@pytest.mark.parametrize(
    ("instance", "member", "short"),
    [
        ({"type": "Property", "value": [1]}, "values", [1]),
        ({"type": "GeoProperty", "value": {"type": "Point", "coordinates": [3, 51]}}, "values", None),
        ({"type": "Relationship", "object": "urn:a:b"}, "objects", "urn:a:b"),
        ({"type": "LanguageProperty", "languageMap": {"nl": "x"}}, "languageMaps", {"languageMap": {"nl": "x"}}),
        ({"type": "VocabProperty", "vocab": "free"}, "vocabs", {"vocab": "free"}),
        ({"type": "JsonProperty", "json": {"json": 1}}, "jsons", {"json": {"json": 1}}),
        ({"type": "ListProperty", "valueList": [2, 1]}, "valueLists", [2, 1]),
        ({"type": "ListRelationship", "objectList": [{"object": "urn:a:b"}]}, "objectLists", ["urn:a:b"]),
        ({"type": "Property", "value": NULL}, "values", NULL),
        ({"type": "ListRelationship", "objectList": [NULL]}, "objectLists", [NULL]),
    ],
)
def test_each_attribute_type_has_its_member(instance: dict[str, Any], member: str, short: Any) -> None:
    """The table of CIM 009, 4.5.9, row by row; and back."""
    timed = {**instance, "observedAt": "2020-08-01T12:03:00Z"}
    rendered = temporal.render({"a": [timed]})["a"]
    expected = instance["value"] if short is None else short
    assert rendered == {"type": instance["type"], member: [[expected, "2020-08-01T12:03:00Z"]]}
    back = temporal.spell_out({"a": rendered})["a"]
    if NULL in (instance.get("value"), *instance.get("objectList", ())):
        assert back[0]["deletedAt"] == "2020-08-01T12:03:00Z"
    else:
        assert back == [timed]


def test_bare_values_are_read_too() -> None:
    """Some brokers do not wrap what LanguageProperty, VocabProperty and JsonProperty hold."""
    short = {"type": "VocabProperty", "vocabs": [["free", "2020-08-01T12:03:00Z"]]}
    assert temporal.instances(short)[0]["vocab"] == "free"


def test_instances_of_several_datasets_are_grouped() -> None:
    """Instances with a datasetId stand in a group of their own; a single group needs no list."""
    wire = {
        "a": [
            {"type": "Property", "value": 1, "observedAt": "2020-01-01T00:00:00Z"},
            {"type": "Property", "value": 2, "datasetId": "urn:d:1", "observedAt": "2020-01-02T00:00:00Z"},
            {"type": "Property", "value": 3, "observedAt": "2020-01-03T00:00:00Z"},
        ]
    }
    assert temporal.render(wire)["a"] == [
        {"type": "Property", "values": [[1, "2020-01-01T00:00:00Z"], [3, "2020-01-03T00:00:00Z"]]},
        {"type": "Property", "datasetId": "urn:d:1", "values": [[2, "2020-01-02T00:00:00Z"]]},
    ]


def test_a_value_without_time_has_an_empty_text() -> None:
    """What never changed stands with an empty time, as in the standard's own example (C.5.6)."""
    short = temporal.render({"brand": [{"type": "Property", "value": "Volvo"}]})
    assert short["brand"]["values"] == [["Volvo", ""]]
    assert temporal.normalize(short, fragment=True)["brand"] == [{"type": "Property", "value": "Volvo"}]


def test_another_time_can_be_asked_for() -> None:
    """The time given is the one that timeproperty names."""
    wire = {"a": [{"type": "Property", "value": 1, "modifiedAt": "2020-01-01T00:00:00Z"}]}
    short = temporal.render(wire, "modifiedAt")
    assert short["a"]["values"] == [[1, "2020-01-01T00:00:00Z"]]
    assert temporal.spell_out(short, "modifiedAt") == wire


def test_aggregates_are_read_but_not_spelt_out() -> None:
    """Aggregated values pass through; instances do not come back from them."""
    assert read(AGGREGATED, strict=True) is AGGREGATED
    assert temporal.render(AGGREGATED) == AGGREGATED
    with pytest.raises(InvalidEntity, match="aggregated values") as caught:
        temporal.normalize(AGGREGATED)
    assert caught.value.path == "speed"


@pytest.mark.parametrize(
    ("member", "form"),
    [
        (NORMALIZED["speed"], TemporalForm.NORMALIZED),
        (VALUES["speed"], TemporalForm.TEMPORAL_VALUES),
        ([VALUES["speed"]], TemporalForm.TEMPORAL_VALUES),
        (AGGREGATED["speed"], TemporalForm.AGGREGATED_VALUES),
        ({"type": "Property", "value": 1, "values": {"type": "Property", "value": 2}}, TemporalForm.NORMALIZED),
        ({"type": "Property", "value": 1, "max": [[1]]}, TemporalForm.NORMALIZED),
        ([], TemporalForm.NORMALIZED),
        (5, TemporalForm.NORMALIZED),
    ],
)
def test_an_attribute_tells_its_form(member: Any, form: TemporalForm) -> None:
    """Members decide; a sub-attribute that is called as a short form's member does not mislead."""
    assert temporal.tell_form(member) is form


@pytest.mark.parametrize(
    ("member", "expected"),
    [
        ({"type": "Property", "value": 1, "observedAt": "2020-01-01T00:00:00Z"}, False),
        ([{"type": "Property", "value": 1}, {"type": "Property", "value": 2, "datasetId": "urn:d:1"}], False),
        ([{"type": "Property", "value": 1}, {"type": "Property", "value": 2}], False),
        ([{"type": "Property", "value": 1, "observedAt": "2020-01-01T00:00:00Z"}], True),
        ([{"type": "Property", "value": 1, "instanceId": "urn:i:1"}], True),
        (VALUES["speed"], True),
        ([1, 2], False),
    ],
)
def test_an_evolution_is_told_from_a_present_state(member: Any, expected: bool) -> None:
    """Lists that times alone tell apart are an evolution; instances with datasetIds are a present state."""
    assert temporal.is_temporal({"id": "urn:a:b", "type": "T", "a": member}) is expected


def test_concise_instances_are_normalized() -> None:
    """Instances may be concise; bare values and objects become normalized ones."""
    payload = {"id": "urn:a:b", "type": "T", "a": [5, {"value": 6, "observedAt": "2020-01-01T00:00:00Z"}]}
    assert read(payload, strict=True)["a"] == [
        {"type": "Property", "value": 5},
        {"type": "Property", "value": 6, "observedAt": "2020-01-01T00:00:00Z"},
    ]


def test_a_changing_scope_is_an_evolution() -> None:
    """A scope with instances is read as attributes are, and keeps its times in the short form."""
    scope = [{"type": "Property", "value": ["/Gent"], "observedAt": "2020-01-01T00:00:00Z"}]
    wire = {"id": "urn:a:b", "type": "T", "scope": scope}
    assert temporal.is_temporal(wire)
    assert temporal.render(wire)["scope"] == {"type": "Property", "values": [[["/Gent"], "2020-01-01T00:00:00Z"]]}
    assert temporal.normalize(temporal.render(wire)) == wire
    assert not temporal.is_temporal({"id": "urn:a:b", "type": "T", "scope": ["/Gent", "/Kortrijk"]})


@pytest.mark.parametrize(
    ("attributes", "error", "path"),
    [
        ({"a b": []}, InvalidName, "a b"),
        ({"a": {"type": "Property", "value": 1}}, InvalidEntity, "a"),
        ({"a": {"type": "Propety", "values": [[1, ""]]}}, InvalidEntity, "a"),
        ({"a": {"type": "Property", "objects": [["urn:a:b", ""]]}}, InvalidEntity, "a.objects"),
        ({"a": {"type": "Property", "values": [[1]]}}, InvalidEntity, "a.values[0]"),
        ({"a": {"type": "Property", "values": [[1, "now"]]}}, InvalidTime, "a.values[0].1"),
        ({"a": [{"type": "Property", "values": [[1, "2020-01-01"]]}]}, InvalidTime, "a[0].values[0].1"),
        ({"a": {"type": "Property", "avg": [[1, ""]]}}, InvalidEntity, "a.avg[0]"),
        ({"a": [{"type": "Property", "value": 1, "observedAt": "now"}]}, InvalidTime, "a[0].observedAt"),
        ({"a": [{"type": "Relationship", "object": "no uri"}]}, InvalidEntity, "a[0]"),
    ],
)
def test_what_breaks_the_standard_is_found(attributes: dict[str, Any], error: type[DataError], path: str) -> None:
    """Strict reading refuses with the path; tolerant reading keeps the payload and notes the same path."""
    payload = {"id": "urn:a:b", "type": "T", **attributes}
    with pytest.raises(error) as caught:
        read(payload, strict=True)
    assert caught.value.path == path
    findings: list[Finding] = []
    assert read(payload, findings=findings) == payload
    assert path in [finding.path for finding in findings]


@pytest.mark.parametrize("payload", [None, [], "text"])
def test_what_is_no_object_is_refused(payload: Any) -> None:
    """Even tolerant reading needs an object."""
    with pytest.raises(InvalidEntity):
        read(payload)


def test_mixed_groups_are_refused() -> None:
    """A list of short forms holds nothing else."""
    with pytest.raises(InvalidEntity):
        read({"a": [{"type": "Property", "values": [[1, ""]]}, 5]})


def test_times_without_zone_are_rewritten() -> None:
    """With a zone given, naive times become UTC in all forms, and the payload itself stays as it was."""
    payload = {"a": {"type": "Property", "values": [[1, "2020-01-01T02:00:00"], [2, "2020-01-01T03:00:00Z"]]}}
    wire = read(payload, zone=timezone(timedelta(hours=2)))
    assert wire["a"]["values"] == [[1, "2020-01-01T00:00:00Z"], [2, "2020-01-01T03:00:00Z"]]
    assert payload["a"]["values"][0] == [1, "2020-01-01T02:00:00"]
