"""Copies of JSON values: equal, independent, and of any depth."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from citycontext.ngsild import NULL, Entity, Property, TemporalEntity
from citycontext.ngsild.json_copy import copy_json

JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=3), inner, max_size=4),
    max_leaves=20,
)
DEEPEST = 1_000
"""As deep as a value can be in a payload that is read."""


def containers(value: Any) -> list[int]:
    """Name all objects and arrays of a value."""
    inside = value.values() if isinstance(value, dict) else value if isinstance(value, list) else None
    return [] if inside is None else [id(value), *(one for member in inside for one in containers(member))]


@given(JSON)
def test_a_copy_is_equal_and_shares_nothing(value: Any):
    """The copy says the same, in the same order, and no object or array of it is the original's."""
    copied = copy_json(value)
    assert orjson.dumps([copied]) == orjson.dumps([value])
    assert set(containers(copied)).isdisjoint(containers(value))


def test_what_stands_in_two_places_or_in_itself_still_does():
    """As with ``deepcopy``: one list in two places is one list in the copy, and a ring is a ring."""
    shared: list[Any] = [1]
    value: dict[str, Any] = {"a": shared, "b": shared, "t": (shared,)}
    value["self"] = value
    copied = copy_json(value)
    assert copied["a"] is copied["b"] is copied["t"][0]
    assert copied["a"] is not shared
    assert copied["self"] is copied


def test_null_stays_the_one_it_is():
    """NGSI-LD Null has one instance, and no copy makes another."""
    assert copy_json({"value": NULL})["value"] is NULL


@pytest.mark.parametrize("opened", ["[", '{"a":'])
@pytest.mark.parametrize(
    "copied",
    [
        lambda payload: Entity.from_dict(payload).copy().wire,
        lambda payload: deepcopy(Entity.from_dict(payload)).wire,
        lambda payload: Entity.from_dict(payload)["a"].copy().wire,
        lambda payload: deepcopy(Property.from_wire(payload["a"])).wire,
        lambda payload: TemporalEntity.from_dict(payload).copy().wire,
        lambda payload: deepcopy(TemporalEntity.from_dict(payload)).wire,
    ],
)
def test_what_can_be_read_can_be_copied(opened: str, copied: Any):
    """An entity as deep as the parser takes it is copied, not a RecursionError."""
    value = opened * DEEPEST + "1" + {"[": "]", '{"a":': "}"}[opened] * DEEPEST
    payload = orjson.loads(f'{{"id":"urn:x:1","type":"T","a":{{"type":"Property","value":{value}}}}}')
    wire = copied(payload)
    attribute = wire.get("a", wire)
    assert attribute["value"] is not payload["a"]["value"]
    depth = 0
    inner = attribute["value"]
    while inner != 1:
        inner, depth = inner["a"] if isinstance(inner, dict) else inner[0], depth + 1
    assert depth == DEEPEST
