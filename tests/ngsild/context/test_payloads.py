"""Whole payloads, expanded and compacted."""

from __future__ import annotations

import contextlib
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from citycontext.errors import ContextError, DataError, InvalidContext, InvalidEntity
from citycontext.ngsild.context import Context, compact_attribute, compact_entity, expand_attribute, expand_entity

DEFAULT = "https://uri.etsi.org/ngsi-ld/default-context/"
EX = "https://example.org/"
CONTEXT = Context.parse(
    {"ex": EX, **{name: EX + name for name in ("Building", "Tower", "name", "owner", "street", "accuracy", "open")}}
)


def test_every_attribute_type_expands_as_brokers_store_it() -> None:
    """Names, sub-attribute names, types and vocabulary words become IRIs; all else stays, and comes back the same."""
    entity = {
        "id": "urn:ngsi-ld:Building:1",
        "type": ["Building", "Tower"],
        "scope": ["/gent/name"],
        "createdAt": "2026-01-01T00:00:00Z",
        "name": [
            {"type": "Property", "value": "name", "datasetId": "urn:d:1"},
            {"type": "Property", "value": ["name"], "unitCode": "C62", "observedAt": "2026-01-01T00:00:00Z"},
        ],
        "location": {"type": "GeoProperty", "value": {"type": "Point", "coordinates": [3.7, 51.0]}},
        "owner": {
            "type": "Relationship",
            "object": "urn:ngsi-ld:Person:1",
            "objectType": "Person",
            "accuracy": {"type": "Property", "value": 1, "accuracy": {"type": "Property", "value": 2}},
        },
        "address": {
            "type": "Property",
            "value": {"street": "Korenmarkt", "type": "PostalAddress", "nested": [{"name": 1}]},
        },
        "label": {"type": "LanguageProperty", "languageMap": {"nl": "naam", "en": "name"}},
        "state": {"type": "VocabProperty", "vocab": ["open", "shut"]},
        "raw": {"type": "JsonProperty", "json": {"name": None, "@context": {"street": 1}, "type": "open"}},
        "levels": {"type": "ListProperty", "valueList": [{"name": 1}, 2]},
        "rooms": {"type": "ListRelationship", "objectList": [{"object": "urn:ngsi-ld:Room:1"}]},
    }
    expanded = expand_entity(entity, CONTEXT)
    assert expanded == {
        "id": "urn:ngsi-ld:Building:1",
        "type": [EX + "Building", EX + "Tower"],
        "scope": ["/gent/name"],
        "createdAt": "2026-01-01T00:00:00Z",
        EX + "name": entity["name"],
        "https://uri.etsi.org/ngsi-ld/location": entity["location"],
        EX + "owner": {
            "type": "Relationship",
            "object": "urn:ngsi-ld:Person:1",
            "objectType": DEFAULT + "Person",
            EX + "accuracy": {"type": "Property", "value": 1, EX + "accuracy": {"type": "Property", "value": 2}},
        },
        DEFAULT + "address": {
            "type": "Property",
            "value": {
                EX + "street": "Korenmarkt",
                "type": DEFAULT + "PostalAddress",
                DEFAULT + "nested": [{EX + "name": 1}],
            },
        },
        DEFAULT + "label": entity["label"],
        DEFAULT + "state": {"type": "VocabProperty", "vocab": [EX + "open", DEFAULT + "shut"]},
        DEFAULT + "raw": entity["raw"],
        DEFAULT + "levels": {"type": "ListProperty", "valueList": [{EX + "name": 1}, 2]},
        DEFAULT + "rooms": entity["rooms"],
    }
    assert compact_entity(expanded, CONTEXT) == entity
    assert list(compact_entity(expanded, CONTEXT)) == list(entity)


def test_another_context_leaves_what_it_does_not_know_as_iris() -> None:
    """Compacted by the core alone, the user's names show as IRIs and unnamed ones as they were sent."""
    expanded = expand_entity(
        {"id": "urn:a:b", "type": "Building", "name": {"value": 1}, "other": {"value": 2}}, CONTEXT
    )
    assert compact_entity(expanded, Context.core()) == {
        "id": "urn:a:b",
        "type": EX + "Building",
        EX + "name": {"value": 1},
        "other": {"value": 2},
    }


def test_json_ld_spellings_of_id_and_type_are_taken() -> None:
    """`@id` and `@type` are read as `id` and `type`, which alone are ever given out (CIM 009, 4.4)."""
    assert expand_entity(
        {"@id": "urn:a:b", "@type": "Building", "name": {"@type": "Property", "value": 1}}, CONTEXT
    ) == {
        "id": "urn:a:b",
        "type": EX + "Building",
        EX + "name": {"type": "Property", "value": 1},
    }


def test_linked_entities_inside_relationships_are_entities() -> None:
    """What `join=inline` puts into a Relationship is translated as an entity, lists of lists included."""
    attribute = {
        "type": "Relationship",
        "object": "urn:a:b",
        "entity": {"id": "urn:a:b", "type": "Building", "name": {"value": 1}},
    }
    several = {"type": "ListRelationship", "entityList": [[attribute["entity"]]]}
    inner = {"id": "urn:a:b", "type": EX + "Building", EX + "name": {"value": 1}}
    assert expand_attribute(attribute, CONTEXT)["entity"] == inner
    assert expand_attribute(several, CONTEXT)["entityList"] == [[inner]]
    assert compact_attribute(expand_attribute(attribute, CONTEXT), CONTEXT) == attribute


def test_typed_values_expand_their_type() -> None:
    """A JSON-LD typed value keeps its spelling and names its datatype in full (CIM 009, C.6)."""
    value = {"type": "Property", "value": {"@type": "DateTime", "@value": "2026-01-01T00:00:00Z"}}
    expanded = expand_attribute(value, CONTEXT)
    assert expanded["value"] == {"@type": "https://uri.etsi.org/ngsi-ld/DateTime", "@value": "2026-01-01T00:00:00Z"}
    assert compact_attribute(expanded, CONTEXT) == value


def test_the_given_payload_is_not_changed() -> None:
    """Expansion answers with new dicts: changing the answer's attributes does not change the question."""
    entity = {"id": "urn:a:b", "type": "Building", "name": {"type": "Property", "value": 1}}
    expand_entity(entity, CONTEXT)[EX + "name"]["value"] = 2
    assert entity["name"] == {"type": "Property", "value": 1}


@pytest.mark.parametrize(
    ("entity", "message"),
    [
        ({"name": {"value": 1}, "ex:name": {"value": 2}}, "'name' and 'ex:name' both mean"),
        ({"a": {"value": 1, "name": {"value": 1}, EX + "name": {"value": 2}}}, "a: 'name' and"),
        ({"a": {"value": {"street": 1, EX + "street": 2}}}, "'street' and"),
        ({"id": "urn:a:b", "@id": "urn:a:b"}, "'id' and '@id' both mean @id"),
        ({"@graph": []}, "@graph cannot be the name"),
    ],
)
def test_two_names_for_one_attribute_are_refused(entity: dict[str, Any], message: str) -> None:
    """Names that mean the same would overwrite each other; the error names both."""
    with pytest.raises(InvalidEntity, match=message):
        expand_entity(entity, CONTEXT)


@pytest.mark.parametrize(
    "entity",
    [
        {"a": {"type": "Property", "value": 1, "@context": {}}},
        {"a": {"b": {"type": "Property", "value": 1, "@context": {}}}},
        {"a": {"type": "Property", "value": {"b": {"@context": {}}}}},
    ],
)
def test_a_context_inside_an_attribute_is_refused(entity: dict[str, Any]) -> None:
    """NGSI-LD takes an @context at the top only (CIM 009, 5.5.7)."""
    with pytest.raises(InvalidContext, match="stands inside attribute a"):
        expand_entity(entity, CONTEXT)


@pytest.mark.parametrize("shape", ["sub-attributes", "objects", "lists", "entities"])
def test_deep_payloads_are_refused(shape: str) -> None:
    """Nesting without end is an InvalidEntity, not a RecursionError."""
    inner: Any = {"type": "Property", "value": 1}
    for _ in range(5_000):
        inner = {
            "sub-attributes": {"type": "Property", "value": 1, "a": inner},
            "objects": {"a": inner},
            "lists": [inner],
            "entities": {"id": "urn:a:b", "a": {"entity": inner}},
        }[shape]
    attribute = inner if shape == "sub-attributes" else {"entity" if shape == "entities" else "value": inner}
    with pytest.raises(InvalidEntity, match="nests more than 100 deep"):
        expand_entity({"a": attribute}, CONTEXT)


@pytest.fixture
def suite(shared_dir: Path) -> Path:
    """Return the folder of the conformance suite's payloads."""
    return shared_dir / "ngsi-ld" / "examples" / "etsi-test-suite"


def read(file: Path) -> Any:
    return json.loads(file.read_text(encoding="utf-8"))


def test_the_suites_expanded_expectation(suite: Path) -> None:
    """A building sent with the suite's context and asked for with the core alone is what the suite expects."""
    context = Context.parse(read(suite / "jsonld-contexts" / "ngsi-ld-test-suite.jsonld")["@context"])
    sent = read(suite / "entities" / "building-simple-attributes.json")
    expected = read(suite / "entities" / "expectations" / "building-simple-attributes-expanded.json")
    answered = compact_entity(expand_entity(sent, context), Context.core())
    assert {**answered, "id": ""} == {**expected, "id": ""}


def test_every_entity_of_the_suite_comes_back(suite: Path, shared_dir: Path) -> None:
    """Each valid payload sent in the suite and each normalized model example is itself after both directions."""
    context = Context.parse(read(suite / "jsonld-contexts" / "ngsi-ld-test-suite.jsonld")["@context"])
    files = [*suite.glob("entities/**/*.json*"), *suite.glob("temporalEntities/**/*.json*")]
    files += shared_dir.glob("smart-data-models/*/*/**/*normalized.jsonld")
    checked, different = 0, set()
    for file in files:
        try:
            payload = [] if "expectations" in file.parts else read(file)
        except ValueError:
            continue
        for entity in payload if isinstance(payload, list) else [payload]:
            if isinstance(entity, dict) and ("id" in entity or "@id" in entity):
                entity.pop("@context", None)
                back = compact_entity(expand_entity(entity, context), context)
                given = {key.replace("@", ""): member for key, member in entity.items()}
                different |= {f"{entity.get('type')}.{name}" for name in given if back.get(name) != given[name]}
                checked += 1
    assert checked > 200
    assert different == {
        # A coerced term of the core as an attribute's name comes back with the core's prefix (CIM 009, C.6).
        *("DeviceForecast.valueType", "service_requests.attributes", "UnmannedAerialVehicle.observedAt"),
        *("UnmannedAerialVehicleADSB.observedAt", "UnmannedAerialVehicleTMSFlightMessage.observedAt"),
        *("VehicleFault.observedAt", "Vessel.observedAt"),
        "None.location",  # Spelt with @type, it comes back with type.
    }


scalars = st.none() | st.booleans() | st.integers() | st.text(max_size=5)
names = st.sampled_from(["name", "street", "x", "ex:y", "open", "status", "id", "@value", "coordinates", ""])
values = st.recursive(
    scalars, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(names, inner, max_size=3), max_leaves=8
)
words = st.sampled_from(["name", "open", "ex:y", "free words", "Point", "type", "@x", "", "urn:a:b"])
leaves = st.fixed_dictionaries({"type": st.just("Property"), "value": values}) | st.fixed_dictionaries(
    {"type": st.just("VocabProperty"), "vocab": words | st.lists(words, max_size=2)}
)
attributes = st.recursive(
    leaves,
    lambda inner: st.builds(
        lambda attribute, inside: {**attribute, **inside},
        leaves,
        st.dictionaries(st.sampled_from(["name", "owner", "x", "location"]), inner, max_size=3),
    ),
    max_leaves=6,
)
entities = st.fixed_dictionaries(
    {"id": st.just("urn:a:b"), "type": words | st.lists(words, max_size=2)},
    optional={
        name: attributes | st.lists(attributes, max_size=2) | scalars
        for name in ("name", "owner", "x", "location", "ex:z")
    },
)


@given(entity=entities)
def test_expanding_and_compacting_is_the_identity(entity: dict[str, Any]) -> None:
    """Any normalized payload whose names are distinct is itself again after both directions under one context."""
    assert compact_entity(expand_entity(entity, CONTEXT), CONTEXT) == entity


json_values = st.recursive(
    scalars | words,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            names | st.sampled_from(["type", "@type", "@context", "value", "vocab", "entity", "entityList", "scope"]),
            inner,
        )
    ),
    max_leaves=12,
)


@given(entity=st.dictionaries(names | st.sampled_from(["type", "@id", "@graph", "hidden"]), json_values, max_size=4))
def test_any_payload_is_translated_or_refused_by_our_errors(entity: dict[str, Any]) -> None:
    """No JSON object whatever raises anything but an error of ours, in either direction."""
    context = Context.parse({"hidden": None, "back": {"@reverse": "ex:forth"}, "kind": "@type", "ex": EX})
    for translate in (expand_entity, compact_entity):
        with contextlib.suppress(DataError, ContextError):
            assert translate(entity, context) is not entity
