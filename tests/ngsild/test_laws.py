"""What holds for every entity, whatever it carries (decision D2)."""

from __future__ import annotations

import pickle

import orjson
from hypothesis import given
from hypothesis import strategies as st

from citycontext.ngsild import Entity, Property, dump, load
from citycontext.ngsild.representations import concise, simplified
from strategies import attributes, entities, geometries, values

FORMS = st.sampled_from(["normalized", "concise"])


@given(entities(), FORMS)
def test_what_is_written_reads_back(entity, form):
    """``load(dump(e)) == e`` in normalized and in concise form, with no finding."""
    findings = []
    assert load(dump(entity, form), findings=findings) == entity
    assert findings == []


@given(entities(), FORMS)
def test_what_is_written_as_text_reads_back(entity, form):
    """The same through JSON text: numbers, Unicode and order of members included."""
    again = Entity.from_json(entity.to_json(form))
    assert again == entity
    assert list(again.wire) == list(entity.wire)


@given(entities(), FORMS)
def test_what_came_in_goes_out(entity, form):
    """A payload that was read and not changed is written as it came, to the byte."""
    text = entity.to_json(form)
    assert Entity.from_json(text).to_json(form) == text


@given(entities())
def test_strict_reading_takes_whatever_we_write(entity):
    """Strict reading has nothing against what this library builds."""
    for form in ("normalized", "concise"):
        assert load(dump(entity, form), strict=True) == entity


@given(entities())
def test_simplified_loses_what_the_docs_say_and_no_more(entity):
    """Simplified keeps every value of every instance; a second pass through it changes nothing."""
    plain = dump(entity, "simplified")
    assert plain.keys() == entity.wire.keys()
    again = simplified.render(simplified.normalize(plain, None))
    assert again == plain


@given(entities())
def test_rendering_changes_nothing(entity):
    """Writing any form leaves the entity alone."""
    before = orjson.dumps(entity.wire)
    for form in ("normalized", "concise", "simplified"):
        entity.to_dict(form)
    assert orjson.dumps(entity.wire) == before


@given(entities())
def test_copies_are_equal_and_independent(entity):
    """A copy and a pickled entity are equal, and changing the copy leaves the original alone."""
    assert pickle.loads(pickle.dumps(entity)) == entity
    other = entity.copy()
    assert other == entity
    other["added"] = 1
    assert other != entity


@given(attributes())
def test_concise_attributes_normalize_to_themselves(attribute):
    """An attribute's concise form, completed, is the attribute again, at every depth."""
    wire = {"id": "urn:x:y", "type": "T", "a": attribute.wire}
    assert concise.normalize(concise.render(wire)) == wire


@given(values | geometries)
def test_any_value_survives_concise(value):
    """Also a value that looks like an attribute, a geometry or a list of instances stays the value it is."""
    entity = Entity(id="urn:x:y", type="T", a=Property(value))
    assert load(dump(entity, "concise")) == entity
