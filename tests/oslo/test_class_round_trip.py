"""Entities that a city stores as classes of OSLO go to triples and come back; what does not is in the report."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from citycontext.ngsild import Entity
from citycontext.ngsild.time import format_datetime
from citycontext.oslo import ENERGY, ISO, SOSA, LossKind, from_oslo, read_text, standard_tables, to_oslo
from citycontext.oslo.entities import class_for
from citycontext.oslo.entities.oslo_entity import CLASSES
from strategies import datetimes, geometries, language_maps, uris

assert class_for("Adres") is not None  # which imports them all
TEXTS = st.text(min_size=1, max_size=8).filter(str.isprintable)
TIMES = datetimes.map(format_datetime)
WEIRD: list[Any] = [1, "x", True, [], {"a": 1}, ["x", "x"], -0.5, 1e30, "2024-05-01", None, "", "http://example.org/x"]


def listed(entity_type: str, name: str) -> list[str]:
    """Return the terms of the official list that an attribute has."""
    table = standard_tables()[entity_type]
    part = table.parts.get(name)
    mappings = table.describe.get(name, ()) if part is None else (part.mapping,) if part.mapping else ()
    return [value for mapping in mappings for value in mapping.codes]


@st.composite
def results(draw: st.DrawFn) -> dict[str, Any]:
    """Draw a result: a number with or without unit, a text, a truth value, a place."""
    value = draw(
        st.integers(-5, 500)
        | st.floats(allow_nan=False, allow_infinity=False)
        | TEXTS
        | st.booleans()
        | geometries
        | st.just("https://example.org/id/concept/good")
    )
    wire = {"type": "Property", "value": value}
    if draw(st.booleans()) and not isinstance(value, bool | str | dict):
        wire["unitCode"] = draw(st.sampled_from(["CEL", "GQ", "2N", "C62", "XYZ", "HPA"]))
    if draw(st.integers(0, 4)) == 0:
        wire["observedAt"] = draw(TIMES)
    return wire


@st.composite
def attributes(draw: st.DrawFn, entity_type: str, name: str, role: str, kind: str, declared: str) -> dict[str, Any]:
    """Draw an attribute of the kind that the class declares, and now and then one that it does not."""
    if draw(st.integers(0, 19)) == 0:
        return {"type": "Property", "value": draw(st.sampled_from(WEIRD))}
    if kind == "GeoProperty":
        return {"type": "GeoProperty", "value": draw(geometries)}
    if kind == "Relationship":
        return {"type": "Relationship", "object": draw(uris | st.lists(uris, min_size=1, max_size=3))}
    if kind == "LanguageProperty":
        return {"type": "LanguageProperty", "languageMap": draw(language_maps)}
    if role == "result":
        return draw(results())
    terms = listed(entity_type, name)
    text = st.sampled_from(terms) | TEXTS if terms else TEXTS
    if role in ("phenomenon_time", "valid_time") or name == "fenomeentijd":
        spans = st.tuples(TIMES | st.just(".."), TIMES).map("/".join)
        return {"type": "Property", "value": draw(TIMES | spans | st.tuples(TIMES, st.just("..")).map("/".join))}
    if role == "quality":
        numbers = st.floats(0, 1) | st.integers(0, 9)
        judged = st.dictionaries(st.sampled_from(["accuracy", "reliability", "a b"]), numbers, max_size=2)
        return {"type": "Property", "value": draw(judged)}
    values = {
        "a timestamp": TIMES,
        "true or false": st.booleans(),
        "a whole number": st.integers(0, 500),
        "a number": st.floats(0, 100) | st.integers(0, 100),
        "an object": st.dictionaries(st.sampled_from(["naamruimte", "lokaleIdentificator", "x"]), TEXTS, max_size=2),
        "a list of text values": st.lists(text, min_size=1, max_size=3),
    }
    return {"type": "Property", "value": draw(values.get(declared, text))}


@st.composite
def oslo_entities(draw: st.DrawFn, entity_type: str) -> Entity:
    """Draw an entity of a class of OSLO, whole or in part, perhaps with attributes of its own."""
    one = CLASSES[entity_type]
    table = standard_tables()[entity_type]
    wire: dict[str, Any] = {"id": f"urn:ngsi-ld:{entity_type}:{draw(st.integers(0, 99))}", "type": entity_type}
    needed = {"observed_property", "result", "phenomenon_time"} if draw(st.integers(0, 4)) else set()
    for field in one.fields.values():
        part = table.parts.get(field.wire_name)
        role = part.role if part else ""
        if draw(st.booleans()) or (role in needed and draw(st.booleans())):
            kind, declared = field.attribute_class.__name__, field.value_type.name
            wire[field.wire_name] = draw(attributes(entity_type, field.wire_name, role, kind, declared))
            if draw(st.integers(0, 9)) == 0:
                wire[field.wire_name]["note"] = {"type": "Property", "value": "x"}
    if draw(st.integers(0, 9)) == 0:
        wire["colour"] = {"type": "Property", "value": "red"}
    return Entity.from_dict(wire)


def written_by() -> list[tuple[str, str]]:
    """Return each class with each profile; a thing is the same in all of them."""
    return [
        (entity_type, profile.name)
        for entity_type in sorted(CLASSES)
        for profile in ((ISO, SOSA, ENERGY) if standard_tables()[entity_type].parts else (ISO,))
    ]


@pytest.mark.parametrize(("entity_type", "profile"), written_by())
@given(data=st.data())
def test_what_is_not_reported_lost_comes_back(without, entity_type, profile, data):
    """Every class in every profile: written as triples and read again it is itself, but for what the report names."""
    entity = data.draw(oslo_entities(entity_type))
    before = deepcopy(entity.wire)
    written = to_oslo(entity, profile=profile)
    assert entity.wire == before
    losses = [loss for loss in written.report if loss.subject == entity.id]
    assert all(loss.reason for loss in losses)
    if any(loss.kind is LossKind.REFUSED and not loss.term for loss in losses):
        assert entity.id not in written.graph
        return
    reading = from_oslo(read_text(written.to_n_triples(), "application/n-triples"), models="oslo")
    (found,) = [one for one in reading.entities if one.id == entity.id]
    assert (found.id, found.type) == (entity.id, entity.type)
    assert without(found.wire, losses) == without(entity.wire, losses)
    assert not reading.report.of(LossKind.LOST, LossKind.REFUSED, LossKind.CHANGED), str(reading.report)
