"""The simplified form: values alone, and what is lost on the way."""

from __future__ import annotations

import pytest

from citycontext.errors import InvalidEntity
from citycontext.ngsild import (
    Entity,
    GeoProperty,
    JsonProperty,
    LanguageProperty,
    ListProperty,
    ListRelationship,
    OptAttr,
    OptLanguageAttr,
    Property,
    Relationship,
    VocabProperty,
    optional,
    point,
)
from citycontext.ngsild.representations import simplified

ENTITY = Entity(
    id="urn:ngsi-ld:T:1",
    type="T",
    scope="/Gent",
    a=Property(5, unit_code="CEL", observed_at="2024-05-01T10:00:00Z", accuracy=0.1),
    b=GeoProperty(point(3, 51)),
    c=Relationship(["urn:a:b", "urn:a:c"]),
    d=LanguageProperty({"nl": "x"}),
    e=VocabProperty("free"),
    f=JsonProperty({"type": "Point"}),
    g=ListProperty([2, 1]),
    h=ListRelationship(["urn:a:b"]),
)
PLAIN = {
    "id": "urn:ngsi-ld:T:1",
    "type": "T",
    "scope": "/Gent",
    "a": 5,
    "b": {"type": "Point", "coordinates": [3, 51]},
    "c": ["urn:a:b", "urn:a:c"],
    "d": {"languageMap": {"nl": "x"}},
    "e": {"vocab": "free"},
    "f": {"json": {"type": "Point"}},
    "g": [2, 1],
    "h": ["urn:a:b"],
}


def test_each_type_has_its_simplified_value():
    """The table of CIM 009, 4.5.4, row by row."""
    assert ENTITY.to_dict("simplified") == PLAIN


def test_what_the_model_declares_brings_the_types_back():
    """With the declared types, only units, times and sub-attributes are lost."""
    kinds = {name: attribute.type for name, attribute in ENTITY.attributes().items()}
    again = simplified.normalize(PLAIN, kinds.get)
    assert {name: member["type"] for name, member in again.items() if isinstance(member, dict)} == kinds
    assert again["c"] == ENTITY.wire["c"]
    assert again["h"] == ENTITY.wire["h"]
    assert again["a"] == {"type": "Property", "value": 5}


def test_without_a_model_links_and_lists_become_plain_values():
    """Without a model a link is a text and a list a Property; the rest tells itself."""
    kinds = {name: member["type"] for name, member in simplified.normalize(PLAIN).items() if isinstance(member, dict)}
    assert kinds == {
        "a": "Property",
        "b": "GeoProperty",
        "c": "Property",
        "d": "LanguageProperty",
        "e": "VocabProperty",
        "f": "JsonProperty",
        "g": "Property",
        "h": "Property",
    }


def test_a_single_default_instance_is_just_its_value():
    """A list of one instance without datasetId is the value itself."""
    assert simplified.simplify([{"type": "Property", "value": 5}]) == 5
    assert simplified.simplify([{"type": "Property", "value": 5, "datasetId": "urn:a:b"}]) == {
        "dataset": {"urn:a:b": 5}
    }


def test_joined_entities_stand_in_the_place_of_their_ids():
    """A linked entity that a broker joined in is simplified with it (CIM 009, 4.5.23)."""
    city = {"id": "urn:a:c", "type": "City", "name": {"type": "Property", "value": "Gent"}}
    wire = {
        "id": "urn:a:b",
        "type": "Building",
        "isIn": {"type": "Relationship", "object": "urn:a:c", "entity": city},
        "near": {"type": "ListRelationship", "objectList": ["urn:a:c", "urn:a:d"], "entityList": [city, "urn:a:d"]},
    }
    gent = {"id": "urn:a:c", "type": "City", "name": "Gent"}
    assert simplified.render(wire) == {"id": "urn:a:b", "type": "Building", "isIn": gent, "near": [gent, "urn:a:d"]}


def test_joined_entities_do_not_nest_without_end():
    """A payload that joins deeper than any broker does is refused instead of running into Python's limit."""
    wire = {"id": "urn:a:b", "type": "T"}
    for _ in range(200):
        wire = {"id": "urn:a:b", "type": "T", "isIn": {"type": "Relationship", "object": "urn:a:b", "entity": wire}}
    with pytest.raises(InvalidEntity, match="nested over 32 deep"):
        simplified.render(wire)


def test_odd_dataset_ids_do_not_stop_rendering():
    """What tolerant reading let in is rendered, even a datasetId that is not text."""
    wire = {"a": [{"type": "Property", "value": 1}, {"type": "Property", "value": 2, "datasetId": ["urn:d:1"]}]}
    assert simplified.render(wire) == {"a": {"dataset": {"@none": 1, "['urn:d:1']": 2}}}


def test_instances_that_nothing_tells_apart_become_a_list():
    """Several instances with the same datasetId, or none, lose no value: they become a list."""
    twice = [{"type": "Relationship", "object": "urn:a:b"}, {"type": "Relationship", "object": "urn:a:c"}]
    assert simplified.simplify(twice) == ["urn:a:b", "urn:a:c"]


@pytest.mark.parametrize("value", [{"nl": "Loop", "en": "Loop"}, {"nl": ["Loop", "Lus"]}])
def test_a_declared_language_property_is_read_from_a_bare_map(value):
    """What a model declares tells a map of languages without its wrapping from an object, as Orion-LD notifies it."""

    class Street(Entity):
        label: OptLanguageAttr = optional()
        address: OptAttr[dict] = optional()

    payload = {"id": "urn:ngsi-ld:Street:1", "type": "Street", "label": value, "address": {"street": "Loop"}}
    street = Street.from_dict(payload, representation="simplified", strict=True)
    assert street.wire["label"] == {"type": "LanguageProperty", "languageMap": value}
    assert street.label.value == value
    assert street.wire["address"] == {"type": "Property", "value": {"street": "Loop"}}
    assert street.to_dict("simplified")["label"] == {"languageMap": value}
