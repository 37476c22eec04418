"""GeoJSON Features and FeatureCollections: what is kept, what is read from elsewhere, what is refused."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from citycontext.errors import InvalidEntity
from citycontext.ngsild import Entity, GeoProperty, Property, point
from citycontext.ngsild.representations import concise, geojson, simplified
from strategies import entities, geometries

LOOP: dict[str, Any] = {
    "id": "urn:ngsi-ld:OffStreetParking:gent:loop",
    "type": "OffStreetParking",
    "@context": "https://example.org/context.jsonld",
    "scope": "/Gent",
    "location": {"type": "GeoProperty", "value": {"type": "Point", "coordinates": [3.72, 51.03]}},
    "availableSpotNumber": {"type": "Property", "value": 5, "unitCode": "C62"},
}


def test_a_feature_has_id_geometry_properties_and_context() -> None:
    """An entity becomes a Feature whose geometry is its location, and whose properties hold all the rest."""
    feature = geojson.render(LOOP)
    assert feature == {
        "id": LOOP["id"],
        "type": "Feature",
        "geometry": {"type": "Point", "coordinates": [3.72, 51.03]},
        "properties": {name: LOOP[name] for name in ("type", "scope", "location", "availableSpotNumber")},
        "@context": LOOP["@context"],
    }


@pytest.mark.parametrize(
    ("representation", "expected"), [("concise", {"value": 5, "unitCode": "C62"}), ("simplified", 5)]
)
def test_properties_take_the_representation_asked_for(representation: str, expected: object) -> None:
    """Properties are concise or simplified when that is asked for; the geometry is the same."""
    feature = geojson.render(LOOP, representation=representation)
    assert feature["properties"]["availableSpotNumber"] == expected
    assert feature["geometry"] == {"type": "Point", "coordinates": [3.72, 51.03]}


def test_an_entity_without_the_geometry_property_has_no_geometry() -> None:
    """The geometry is null where the chosen GeoProperty is missing, or is not one (CIM 009, 4.5.16)."""
    assert geojson.render(LOOP, "operationSpace")["geometry"] is None
    assert geojson.render(LOOP, "availableSpotNumber")["geometry"] is None


def test_the_instance_asked_for_gives_the_geometry() -> None:
    """Of several instances the default one gives the geometry, or the one with the datasetId that is named."""
    entity = Entity(id="urn:ngsi-ld:Bus:1", type="Bus", location=GeoProperty(point(3, 51)))
    entity.set_instance("location", GeoProperty(point(4, 50), dataset_id="urn:ngsi-ld:Dataset:gps"))
    assert geojson.render(entity.wire)["geometry"] == point(3, 51)
    assert geojson.render(entity.wire, dataset_id="urn:ngsi-ld:Dataset:gps")["geometry"] == point(4, 50)
    assert geojson.render(entity.wire, dataset_id="urn:ngsi-ld:Dataset:none")["geometry"] is None


def test_a_geometry_written_as_text_is_read() -> None:
    """A GeoProperty may hold its geometry as JSON text (CIM 009, 4.7.1); a Feature has the geometry itself."""
    wire = {**LOOP, "location": {"type": "GeoProperty", "value": '{"type": "Point", "coordinates": [1, 2]}'}}
    feature = geojson.render(wire)
    assert feature["geometry"] == {"type": "Point", "coordinates": [1, 2]}
    assert geojson.normalize(feature) == wire
    assert geojson.render({**LOOP, "location": {"type": "GeoProperty", "value": "not JSON"}})["geometry"] is None


@given(entities(), st.sampled_from(["normalized", "concise"]))
def test_a_feature_reads_back_as_the_same_entity(entity: Entity, representation: str) -> None:
    """With normalized or concise properties nothing is lost."""
    assert geojson.normalize(geojson.render(entity.wire, representation=representation)) == entity.wire


@given(entities(), geometries, st.sampled_from(["location", "operationSpace"]))
def test_whichever_attribute_gives_the_geometry_nothing_is_added(
    entity: Entity, geometry: dict[str, Any], name: str
) -> None:
    """A reader who does not know which GeoProperty gave the geometry still gets the entity, and nothing more."""
    entity[name] = GeoProperty(geometry)
    assert geojson.normalize(geojson.render(entity.wire, name)) == entity.wire


@given(entities())
def test_simplified_properties_lose_what_simplified_loses(entity: Entity) -> None:
    """Taken out of its Feature, an entity with simplified properties is the simplified entity."""
    feature = geojson.render(entity.wire, representation="simplified")
    assert geojson.unwrap(feature, simplified=True) == simplified.render(entity.wire)


@given(st.lists(entities(), max_size=3))
def test_a_collection_keeps_its_features_in_order(found: list[Entity]) -> None:
    """A FeatureCollection is its entities' Features; taken apart it gives them back."""
    collection = geojson.collect(entity.wire for entity in found)
    assert [geojson.normalize(feature) for feature in geojson.features(collection)] == [one.wire for one in found]


def test_one_context_serves_a_whole_collection() -> None:
    """An @context on the collection takes the place of those of its Features, and goes to each when taken apart."""
    collection = geojson.collect([LOOP, LOOP], context="https://example.org/other.jsonld")
    assert collection["@context"] == "https://example.org/other.jsonld"
    assert all("@context" not in feature for feature in collection["features"])
    assert [one["@context"] for one in geojson.features(collection)] == ["https://example.org/other.jsonld"] * 2


def test_rendering_changes_nothing() -> None:
    """The entity that is rendered stays what it was."""
    before = Entity.from_dict(LOOP).copy()
    geojson.collect([LOOP], representation="simplified", context="https://example.org/c.jsonld")
    assert before.wire == LOOP


def test_a_feature_from_elsewhere_becomes_an_entity() -> None:
    """A geometry that none of the properties has becomes the location; members NGSI-LD does not know are left out."""
    feature = {
        "type": "Feature",
        "id": "urn:ngsi-ld:Tree:7",
        "bbox": [3, 51, 3, 51],
        "geometry": {"type": "Point", "coordinates": [3, 51]},
        "properties": {"type": "Tree", "height": 12},
    }
    assert geojson.normalize(feature) == {
        "id": "urn:ngsi-ld:Tree:7",
        "type": "Tree",
        "height": {"type": "Property", "value": 12},
        "location": {"type": "GeoProperty", "value": {"type": "Point", "coordinates": [3, 51]}},
    }
    assert geojson.unwrap(feature, "place", simplified=True)["place"] == {"type": "Point", "coordinates": [3, 51]}


def test_a_model_says_what_simplified_properties_are() -> None:
    """What a model declares tells a link from a text in simplified properties."""
    feature = {"type": "Feature", "geometry": None, "properties": {"refRoad": "urn:ngsi-ld:Road:1"}}
    kinds = {"refRoad": "Relationship"}
    assert geojson.normalize(feature, simplified=True, kind_of=kinds.get) == {
        "refRoad": {"type": "Relationship", "object": "urn:ngsi-ld:Road:1"}
    }


@pytest.mark.parametrize(
    ("payload", "message"),
    [
        (None, "None"),
        ({"type": "FeatureCollection"}, "'FeatureCollection'"),
        ({"type": "Feature", "properties": []}, "properties are an object"),
    ],
)
def test_what_is_no_feature_is_refused(payload: object, message: str) -> None:
    """What is not a Feature is refused, with what was found and the clause."""
    with pytest.raises(InvalidEntity, match=message) as caught:
        geojson.normalize(payload)
    assert caught.value.clause == "4.5.16"


@pytest.mark.parametrize(
    "payload", [[], {"type": "Feature"}, {"type": "FeatureCollection"}, {"type": "FeatureCollection", "features": [1]}]
)
def test_what_is_no_collection_is_refused(payload: object) -> None:
    """What is not a FeatureCollection of objects is refused."""
    with pytest.raises(InvalidEntity):
        geojson.features(payload)


def test_concise_properties_are_concise() -> None:
    """Concise properties are what the concise form has."""
    entity = Entity(id="urn:ngsi-ld:Tree:7", type="Tree", height=Property(12, unit_code="MTR"))
    feature = geojson.render(entity.wire, representation="concise")
    assert {"id": entity.id, **feature["properties"]} == concise.render(entity.wire)
