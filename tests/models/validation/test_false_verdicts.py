"""What passed and should not have, and what failed and should not have."""

from __future__ import annotations

import json
from typing import Any

import pytest

from citycontext.models import Practice, validate
from citycontext.models.validation.files import Checker
from citycontext.ngsild.findings import Severity

PARKING: dict[str, Any] = {"id": "urn:ngsi-ld:OffStreetParking:1", "type": "OffStreetParking"}
PLACE = {"type": "GeoProperty", "value": {"type": "Point", "coordinates": [3.72, 51.05]}}
TEXT_PLACE = {"type": "GeoProperty", "value": {"type": "Point", "coordinates": ["3.72", "51.05"]}}
OPEN_RING = {"type": "Polygon", "coordinates": [[[3.7, 51], [3.8, 51], [3.8, 51.1]]]}


def errors(payload: Any, **given: Any) -> list[tuple[str, str]]:
    return [(one.path, one.rule) for one in validate(payload, **given) if one.severity is Severity.ERROR]


def found(payload: Any, rule: str, **given: Any) -> list[tuple[str, Severity]]:
    return [(one.path, one.severity) for one in validate(payload, **given) if one.rule == rule]


@pytest.mark.parametrize(
    "location",
    [{"type": "Point", "coordinates": ["3.72", "51.05"]}, OPEN_RING, None],
)
def test_simplified_forms_are_checked_as_strictly(location: Any) -> None:
    """Text coordinates, unclosed rings and null are errors in key-values too."""
    assert any(path.startswith("location") for path, _ in errors({**PARKING, "location": location}))


WRONG = {**PARKING, "location": TEXT_PLACE}
ENVELOPES: list[tuple[Any, str]] = [
    ({"id": "urn:ngsi-ld:Notification:1", "type": "Notification", "data": [WRONG]}, "data[0].location"),
    (
        {"@context": "https://example.org/c", "@graph": [{"id": "urn:x:s", "type": "tree:Node"}, WRONG]},
        "@graph[1].location",
    ),
    ({"@id": "urn:x:p", "@type": "tree:Node", "tree:member": [WRONG]}, "tree:member[0].location"),
    (
        {"@graph": [{"@id": "urn:x:s", "@type": "ldes:EventStream", "tree:member": [WRONG]}]},
        "@graph[0].tree:member[0].location",
    ),
    (
        {"type": "FeatureCollection", "features": [{"type": "Feature", **PARKING, "properties": WRONG}]},
        "features[0].location",
    ),
]


@pytest.mark.parametrize(("envelope", "path"), ENVELOPES)
def test_entities_in_envelopes_are_checked(envelope: Any, path: str, tmp_path: Any) -> None:
    """A Notification, a graph, a page of a stream and Features are not entities; what they hold is checked."""
    assert any(one.startswith(path) for one, _ in errors(envelope))
    (tmp_path / "a.json").write_text(json.dumps(envelope))
    report = Checker().check(str(tmp_path / "a.json"))
    assert report.problem == ""
    assert report.checked == 1
    assert any(one.path.startswith("location") for entity in report.entities for one in entity.findings)


def test_the_geometry_of_a_feature_is_the_location(tmp_path: Any) -> None:
    """A Feature of a parking needs no location among its properties."""
    feature = {
        "type": "Feature",
        "id": PARKING["id"],
        "geometry": {"type": "Point", "coordinates": [3.72, 51.05]},
        "properties": {"type": "OffStreetParking", "name": {"type": "Property", "value": "Vrijdagmarkt"}},
    }
    assert errors(feature) == []
    (tmp_path / "a.geojson").write_text(json.dumps(feature))
    assert Checker().check(str(tmp_path / "a.geojson")).passed


def test_a_history_is_no_entity_with_instances() -> None:
    """Instances that times tell apart need no datasetId, and each is checked where it stands."""
    history = {
        **PARKING,
        "location": [PLACE],
        "availableSpotNumber": [
            {"type": "Property", "value": 5, "observedAt": "2026-05-01T10:00:00Z"},
            {"type": "Property", "value": 6, "observedAt": "2026-05-01T11:00:00Z"},
            {"type": "Property", "value": "free", "observedAt": "2026-05-01T12:00:00Z"},
        ],
    }
    assert errors(history) == [("availableSpotNumber[2].value", "schema/type")]
    short = {
        **PARKING,
        "location": PLACE,
        "availableSpotNumber": {"type": "Property", "values": [[5, "2026-05-01T10:00:00Z"]]},
    }
    assert errors(short) == []


@pytest.mark.parametrize(
    ("attribute", "path"),
    [
        ({"type": "Property", "value": {"@type": "DateTime", "@value": "gisteren"}}, "a.value.@value"),
        ({"type": "Property", "value": [{"t": {"@type": "xsd:date", "@value": "1 mei"}}]}, "a.value[0].t.@value"),
        (
            {"type": "Property", "value": 1, "b": {"type": "Property", "value": {"@type": "Time", "@value": "x"}}},
            "a.b.value.@value",
        ),
        ({"type": "LanguageProperty", "languageMap": {"nederlands": "x"}}, "a.languageMap.nederlands"),
        ({"type": "Property", "value": "x", "lang": "n"}, "a.lang"),
    ],
)
def test_typed_values_and_languages_are_read(attribute: Any, path: str) -> None:
    """A typed value that is not one of its type, and a language tag that is not one, are errors wherever they stand."""
    assert path in [one for one, _ in errors({"id": "urn:x:1", "type": "MyThing", "a": attribute})]


@pytest.mark.parametrize(
    ("attribute", "path"),
    [
        ({"type": "Property", "value": "2026-05-01T10:00:00"}, "a.value"),
        ({"type": "Property", "value": {"from": "2026-05-01T10:00"}}, "a.value.from"),
        (
            {"type": "Property", "value": 1, "since": {"type": "Property", "value": "2026-05-01T10:00:00"}},
            "a.since.value",
        ),
        ({"type": "Property", "value": {"@type": "DateTime", "@value": "2026-05-01T10:00:00"}}, "a.value.@value"),
    ],
)
def test_times_without_zone_are_told_everywhere(attribute: Any, path: str) -> None:
    """In values, in objects and lists, in sub-attributes, in typed values."""
    assert path in [one for one, _ in found({"id": "urn:x:1", "type": "MyThing", "a": attribute}, "practice/time-zone")]


def test_a_position_outside_the_area_fails_a_strict_check() -> None:
    """``--area`` with ``--strict`` refuses what lies outside; else it warns."""
    there = Practice(area=(4.0, 50.0, 5.0, 52.0))
    payload = {**PARKING, "location": PLACE}
    assert found(payload, "practice/area", practice=there)[0][1] is Severity.WARNING
    assert found(payload, "practice/area", practice=there, strictness="strict")[0][1] is Severity.ERROR


def test_a_type_with_a_near_name_is_a_warning() -> None:
    """A misspelt type is told; one of a city's own is a note."""
    assert found({**PARKING, "type": "OffStreetParkng"}, "schema/unknown") == [("type", Severity.WARNING)]
    assert found({**PARKING, "type": "MyVeryOwnThing"}, "schema/unknown") == [("type", Severity.NOTE)]


def test_several_types_are_no_error() -> None:
    """What an entity is beside is not a matter of its model."""
    assert errors({**PARKING, "type": ["OffStreetParking", "MyThing"], "location": PLACE}, strictness="strict") == []


def test_the_context_names_the_subject() -> None:
    """A valve of S4BLDG is not judged by EPANET's model, and a type that the @context means otherwise by no model."""
    context = "https://raw.githubusercontent.com/smart-data-models/dataModel.S4BLDG/master/context.jsonld"
    valve = {"id": "urn:ngsi-ld:Valve:1", "type": "Valve", "@context": [context]}
    assert errors(valve) == []


def test_a_drawing_in_metres_is_no_error() -> None:
    """A building's shape in plane coordinates is not a position on the earth; as its location it would be one."""
    shape = {"type": "Polygon", "coordinates": [[[0, 0], [300, 0], [300, 200], [0, 0]]]}
    drawn = {
        "id": "urn:x:1",
        "type": "MyThing",
        "shape": shape,
        "jointSurface": {"type": "GeoProperty", "value": shape},
    }
    assert errors(drawn) == []
    assert errors({"id": "urn:x:1", "type": "MyThing", "location": shape})


@pytest.mark.parametrize(
    "member",
    [
        {"name": {"type": "LanguageProperty", "languageMap": {"nl": "Loop", "en": "Loop"}}},
        {"name": {"languageMap": {"nl": "Loop"}}},
        {"category": {"type": "VocabProperty", "vocab": "public"}},
        {"category": {"type": "VocabProperty", "vocab": ["public", "guarded"]}},
        {"extCategory": {"type": "LanguageProperty", "languageMap": {"nl": ["nieuw"], "en": ["new"]}}},
    ],
)
def test_a_text_in_several_languages_or_of_a_vocabulary_is_a_text(member: dict[str, Any]) -> None:
    """Schemas know neither; what they say of a text is asked of the text, and a wrong one is still found."""
    location = {"type": "GeoProperty", "value": {"type": "Point", "coordinates": [3.7, 51]}}
    entity = {"id": "urn:ngsi-ld:OffStreetParking:1", "type": "OffStreetParking", "location": location}
    assert [one for one in validate(entity | member) if one.severity is Severity.ERROR] == []
    wrong = {"availableSpotNumber": {"type": "LanguageProperty", "languageMap": {"nl": "vol"}}}
    assert any(one.rule == "schema/type" for one in validate(entity | wrong))
