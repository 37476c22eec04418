"""Generated entities of every attribute type, for property tests."""

from __future__ import annotations

from datetime import UTC, datetime

from hypothesis import strategies as st

from citycontext.ngsild import (
    Attribute,
    Entity,
    GeoProperty,
    JsonProperty,
    LanguageProperty,
    ListProperty,
    ListRelationship,
    Property,
    Relationship,
    VocabProperty,
)
from citycontext.ngsild.attribute_base import ATTRIBUTE_MEMBERS
from citycontext.ngsild.terms import ENTITY_MEMBERS

__all__ = ["attributes", "datetimes", "entities", "geometries", "names", "uris", "values"]

names = st.builds(
    lambda head, tail: head + tail,
    st.sampled_from("aBcXé"),
    st.text(st.sampled_from("abXY09_"), max_size=6),
).filter(lambda name: name not in ENTITY_MEMBERS and name not in ATTRIBUTE_MEMBERS)
"""Names that attributes and types may have."""

uris = st.integers(0, 10**6).map(lambda number: f"urn:ngsi-ld:Thing:{number}")
"""Identifiers of entities and datasets."""

datetimes = st.datetimes(min_value=datetime(1971, 1, 1), max_value=datetime(2200, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001
"""Instants in UTC, to the microsecond."""

numbers = st.integers(-(2**53), 2**53) | st.floats(allow_nan=False, allow_infinity=False)
scalars = numbers | st.booleans() | st.text(max_size=12)
values = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)
"""JSON values that a Property may have; objects with any keys, also those that look like attributes."""

positions = st.tuples(st.floats(-180, 180), st.floats(-90, 90)).map(list)
geometries = st.one_of(
    positions.map(lambda position: {"type": "Point", "coordinates": position}),
    st.lists(positions, min_size=2, max_size=4).map(lambda line: {"type": "LineString", "coordinates": line}),
    st.lists(positions, min_size=3, max_size=5).map(
        lambda ring: {"type": "Polygon", "coordinates": [[*ring, list(ring[0])]]}
    ),
)
"""GeoJSON geometries."""

language_maps = st.dictionaries(
    st.sampled_from(["nl", "fr", "de", "en", "@none"]), st.text(max_size=8) | st.lists(st.text(max_size=5)), min_size=1
)
texts = st.text(min_size=1, max_size=8)


@st.composite
def attributes(draw: st.DrawFn, depth: int = 2, dataset: bool = False) -> Attribute:
    """Draw an attribute of any of the eight types, perhaps with unit, time and sub-attributes."""
    attribute = draw(
        st.one_of(
            values.map(Property),
            geometries.map(GeoProperty),
            (uris | st.lists(uris, min_size=1, max_size=3)).map(Relationship),
            language_maps.map(LanguageProperty),
            (texts | st.lists(texts, min_size=1, max_size=3)).map(VocabProperty),
            (values | st.none()).map(JsonProperty),
            st.lists(values, max_size=3).map(ListProperty),
            st.lists(uris, max_size=3).map(ListRelationship),
        )
    )
    if draw(st.booleans()):
        attribute.observed_at = draw(datetimes)
    if isinstance(attribute, Property) and draw(st.booleans()):
        attribute.unit_code = draw(st.sampled_from(["CEL", "GQ", "P1", "C62"]))
    if dataset:
        attribute.dataset_id = draw(uris)
    if depth:
        for name, sub in draw(st.dictionaries(names, attributes(depth=depth - 1), max_size=2)).items():
            attribute[name] = sub
    return attribute


@st.composite
def entities(draw: st.DrawFn, min_attributes: int = 0) -> Entity:
    """Draw an entity with attributes of any type, some of them in several instances."""
    entity = Entity(
        id=draw(uris),
        type=draw(names | st.lists(names, min_size=1, max_size=2, unique=True)),
        scope=draw(st.none() | st.sampled_from(["/Gent", "/Gent/Parking"]) | st.just(["/Gent", "/Kortrijk"])),
    )
    for name, attribute in draw(st.dictionaries(names, attributes(), min_size=min_attributes, max_size=4)).items():
        entity[name] = attribute
        for instance in draw(st.lists(attributes(depth=0, dataset=True), max_size=2, unique_by=lambda a: a.dataset_id)):
            if draw(st.booleans()):
                entity.set_instance(name, instance)
    return entity
