"""Attributes: the eight types, their members and their sub-attributes."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from citycontext.errors import InvalidEntity, InvalidGeometry, InvalidName, InvalidTime, UnitError
from citycontext.ngsild import (
    NULL,
    GeoProperty,
    JsonProperty,
    LanguageProperty,
    ListProperty,
    ListRelationship,
    NgsiLdNull,
    Property,
    Relationship,
    VocabProperty,
    is_null,
    point,
)
from citycontext.ngsild.attribute_base import attribute_class, wrap
from citycontext.ngsild.value_types import value_type

NOW = datetime(2024, 5, 1, 10, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("attribute", "wire"),
    [
        (Property(5), {"type": "Property", "value": 5}),
        (GeoProperty(point(3, 51)), {"type": "GeoProperty", "value": {"type": "Point", "coordinates": [3, 51]}}),
        (Relationship("urn:a:b"), {"type": "Relationship", "object": "urn:a:b"}),
        (Relationship(["urn:a:b", "urn:a:c"]), {"type": "Relationship", "object": ["urn:a:b", "urn:a:c"]}),
        (LanguageProperty({"nl": "x"}), {"type": "LanguageProperty", "languageMap": {"nl": "x"}}),
        (VocabProperty("free"), {"type": "VocabProperty", "vocab": "free"}),
        (JsonProperty({"a": None}), {"type": "JsonProperty", "json": {"a": None}}),
        (ListProperty([3, 1]), {"type": "ListProperty", "valueList": [3, 1]}),
        (ListRelationship(["urn:a:b"]), {"type": "ListRelationship", "objectList": [{"object": "urn:a:b"}]}),
    ],
)
def test_each_type_has_its_value_member(attribute, wire):
    """Each type writes its value where the standard puts it, and is recognised from what it writes."""
    assert attribute.wire == wire
    assert wrap(wire) == attribute
    assert type(wrap(wire)) is type(attribute)


def test_members_and_sub_attributes():
    """Unit, time, dataset, expiry and sub-attributes all have their place."""
    speed = Property(
        55, unit_code="KMH", observed_at=NOW, dataset_id="urn:x:gps", expires_at=NOW, accuracy=Property(0.9), by="gps"
    )
    assert speed.wire == {
        "type": "Property",
        "value": 55,
        "unitCode": "KMH",
        "observedAt": "2024-05-01T10:00:00Z",
        "datasetId": "urn:x:gps",
        "expiresAt": "2024-05-01T10:00:00Z",
        "accuracy": {"type": "Property", "value": 0.9},
        "by": {"type": "Property", "value": "gps"},
    }
    assert speed["accuracy"].value == 0.9
    assert list(speed) == ["accuracy", "by"]
    assert (speed.observed_at, speed.expires_at, speed.dataset_id) == (NOW, NOW, "urn:x:gps")
    del speed["by"]
    assert "by" not in speed


def test_members_can_be_set_and_taken_away():
    """Setting None takes a member away."""
    speed = Property(55)
    speed.unit_code, speed.observed_at = "KMH", NOW
    assert speed.wire["unitCode"] == "KMH"
    speed.unit_code = speed.observed_at = None
    assert speed.wire == {"type": "Property", "value": 55}


@pytest.mark.parametrize(
    ("build", "error"),
    [
        (lambda: Property(None), InvalidEntity),
        (lambda: GeoProperty("Gent"), InvalidGeometry),
        (lambda: GeoProperty({"type": "GeometryCollection", "geometries": []}), InvalidGeometry),
        (lambda: Relationship("Gent Loop"), InvalidEntity),
        (lambda: Relationship(5), InvalidEntity),
        (lambda: LanguageProperty("Gent"), InvalidEntity),
        (lambda: LanguageProperty({"nl": 5}), InvalidEntity),
        (lambda: VocabProperty(5), InvalidEntity),
        (lambda: ListProperty("abc"), InvalidEntity),
        (lambda: ListRelationship(["Gent Loop"]), InvalidEntity),
        (lambda: Property(5, observed_at=datetime(2024, 5, 1)), InvalidTime),  # noqa: DTZ001
        (lambda: Property(5, **{"a b": 1}), InvalidName),
    ],
)
def test_wrong_values_are_refused(build, error):
    """What the type does not allow cannot be built."""
    with pytest.raises(error):
        build()


def test_null_is_a_text_and_one_of_a_kind():
    """NULL is the Null text, its own type, and the only one."""
    assert NULL == "urn:ngsi-ld:null"
    assert NgsiLdNull() is NULL
    assert repr(NULL) == "NULL"
    assert all(is_null(one) for one in (NULL, "urn:ngsi-ld:null", ["urn:ngsi-ld:null"], {"@none": "urn:ngsi-ld:null"}))
    assert not any(is_null(one) for one in (None, "", [], {}, 0, ["urn:ngsi-ld:null", "urn:ngsi-ld:null"]))


@pytest.mark.parametrize("kind", [Property, GeoProperty, Relationship, LanguageProperty, VocabProperty, JsonProperty])
def test_every_type_can_be_null(kind):
    """NULL stands as the value of any type: delete it."""
    assert kind(NULL).is_null


def test_previous_values_are_read():
    """A notification's previous value is found for each type."""
    assert wrap({"type": "Property", "value": 5, "previousValue": 4}).previous_value == 4
    assert wrap({"type": "Relationship", "object": "urn:a:b", "previousObject": "urn:a:a"}).previous_value == "urn:a:a"


@pytest.mark.parametrize(
    ("wire", "kind"),
    [
        ({"type": "Geoproperty", "value": {}}, GeoProperty),
        ({"type": "Property ", "value": 1}, Property),
        ({"type": "Number", "value": 1}, Property),
        ({"type": "geo:json", "value": {}}, GeoProperty),
        ({"type": "VocabularyProperty", "vocab": "x"}, VocabProperty),
        ({"object": "urn:a:b"}, Relationship),
        ({"value": {"type": "Point", "coordinates": [1, 2]}}, GeoProperty),
        ({"languageMap": {}}, LanguageProperty),
    ],
)
def test_spellings_met_in_the_wild_are_recognised(wire, kind):
    """The type is told from its spelling, else from the member that carries the value."""
    assert attribute_class(wire) is kind


def test_a_misplaced_value_is_found():
    """A Relationship that carries ``value`` still gives it."""
    assert wrap({"type": "Relationship", "value": "urn:a:b"}).object == "urn:a:b"


def test_a_value_a_broker_left_out_is_none():
    """Some brokers return a Property without a value; reading it gives None instead of an error."""
    assert wrap({"type": "Property"}).value is None


def test_members_that_came_back_as_properties():
    """A broker of an older version keeps members it does not know as Properties; they read as what they are."""
    assert wrap({"type": "Property", "value": 1, "valueType": {"type": "Property", "value": "Int"}}).value_type == "Int"
    link = {"type": "Relationship", "object": "urn:a:b", "objectType": {"type": "Property", "value": "Bench"}}
    assert wrap(link).object_type == "Bench"
    expiring = {"type": "Property", "value": 1, "expiresAt": {"type": "Property", "value": "2024-05-01T10:00:00Z"}}
    assert wrap(expiring).expires_at == NOW


def test_links_read_as_lists():
    """``objects`` and ``object_list`` give lists, whichever spelling the wire has."""
    assert wrap({"type": "Relationship", "object": "urn:a:b"}).objects == ["urn:a:b"]
    assert wrap({"type": "ListRelationship", "objectList": ["urn:a:b", {"object": "urn:a:c"}]}).object_list == [
        "urn:a:b",
        "urn:a:c",
    ]
    assert wrap({"type": "ListRelationship", "objectList": [{"value": 5}, 7]}).object_list == []


def test_a_bad_time_says_where():
    """A time on the wire that is not one raises with its place, when it is read."""
    with pytest.raises(InvalidTime, match=r"observedAt: 'soon' is not a timestamp"):
        wrap({"type": "Property", "value": 1, "observedAt": "soon"}).observed_at
    with pytest.raises(InvalidTime, match="no time zone"):
        wrap({"type": "Property", "value": 1, "observedAt": "2024-05-01T10:00:00"}).observed_at
    with pytest.raises(InvalidTime):
        wrap({"type": "Property", "value": 1, "observedAt": {}}).observed_at


@pytest.mark.parametrize(
    ("attribute", "plain"),
    [
        (Property(5, unit_code="C62"), 5),
        (Property(5.0), 5),
        (Property("open"), "open"),
        (Property(True), True),
        (Property([1, 2]), [1, 2]),
        (Property({"a": 1}), {"a": 1}),
        (Relationship("urn:x:1"), "urn:x:1"),
        (GeoProperty(point(3, 51)), point(3, 51)),
    ],
)
def test_an_attribute_equals_its_value(attribute: Any, plain: Any) -> None:
    """Whatever else it carries; and no other value, nor None."""
    assert attribute == plain
    assert plain == attribute
    assert attribute != [plain, plain]
    assert attribute != "other"
    assert attribute != None  # noqa: E711  what a program may write


def test_a_declared_time_equals_text_and_instant() -> None:
    """As it stands on the wire, and as it is read; one that cannot be read equals its text only."""
    timed = value_type(datetime).property_class.from_wire({"type": "Property", "value": "2026-05-01T10:00:00Z"})
    assert timed == datetime(2026, 5, 1, 10, tzinfo=UTC)
    assert timed == "2026-05-01T10:00:00Z"
    broken = value_type(datetime).property_class.from_wire({"type": "Property", "value": "yesterday"})
    assert broken == "yesterday"
    assert broken != datetime(2026, 5, 1, 10, tzinfo=UTC)


@pytest.mark.parametrize("text", ["2024-01-01T00:00:00", "yesterday", 5])
def test_a_time_of_observation_is_a_time_with_a_zone(text: Any) -> None:
    """When built and when changed, of each attribute type; NGSI-LD Null deletes it."""
    with pytest.raises(InvalidTime):
        Property(5, observed_at=text)
    with pytest.raises(InvalidTime):
        Relationship("urn:x:1", observed_at=text)
    attribute = Property(5, observed_at=NULL)
    with pytest.raises(InvalidTime):
        attribute.observed_at = text
    assert attribute.wire["observedAt"] == NULL


@pytest.mark.parametrize("code", ["degrees", "°C", "cel", "", 5, "KILOMETRE"])
def test_a_unit_is_a_code(code: Any) -> None:
    """Names and symbols are refused, and what was probably meant is said."""
    with pytest.raises(UnitError):
        Property(5, unit_code=code)
    attribute = Property(5, unit_code="CEL")
    with pytest.raises(UnitError):
        attribute.unit_code = code
    assert attribute.unit_code == "CEL"


@pytest.mark.parametrize("code", ["CEL", "4K", "X99", "http://qudt.org/vocab/unit/DEG_C", NULL])
def test_codes_pass(code: str) -> None:
    """Also those that our table does not have, IRIs, and the one that deletes."""
    assert Property(5, unit_code=code).unit_code == code


def test_a_symbol_finds_its_code() -> None:
    """The error names it."""
    with pytest.raises(UnitError, match="CEL"):
        Property(5, unit_code="°C")


def test_latitude_and_longitude_are_told_how_to_be_a_point() -> None:
    """The error says what to write."""
    with pytest.raises(InvalidGeometry, match=r"point\(longitude, latitude\)"):
        GeoProperty({"lat": 51, "lon": 3})
    with pytest.raises(InvalidGeometry, match="has type and coordinates"):
        GeoProperty({"x": 51})
