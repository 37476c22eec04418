"""JSON text: read and written with our errors."""

from __future__ import annotations

from typing import Any

import pytest

from citycontext.errors import InvalidDocument, InvalidEntity
from citycontext.foreign_text import shown
from citycontext.ngsild import Entity, Property
from citycontext.ngsild.json_text import read_json, write_json
from citycontext.ngsild.subscriptions import SubscriptionFragment
from citycontext.ngsild.temporal import TemporalEntity


def nested(depth: int) -> Any:
    """Nest a value in lists."""
    value: Any = 1
    for _ in range(depth):
        value = [value]
    return value


def test_text_is_read_and_written():
    """What is JSON goes both ways."""
    assert read_json('{"a": [1, 2.0, null]}') == {"a": [1, 2.0, None]}
    assert write_json({"é": 1}) == '{"é":1}'.encode()


@pytest.mark.parametrize("text", [b"", b"{", b"[1,]", b"NaN", b"\xff", b"[" * 1100])
def test_text_that_is_no_json(text: bytes):
    """What is not JSON, or nested without end, is the error that was asked for."""
    with pytest.raises(InvalidEntity, match="not JSON"):
        read_json(text)
    with pytest.raises(InvalidDocument):
        read_json(text, InvalidDocument)


@pytest.mark.parametrize("value", [{1}, 2**70, nested(300)])
def test_values_that_are_no_json(value: Any):
    """What JSON cannot say is an error that names the reason, wherever it is written."""
    with pytest.raises(InvalidEntity, match="cannot be written as JSON"):
        write_json(value)
    with pytest.raises(InvalidEntity):
        Entity(id="urn:a:b", type="T", a=Property(value)).to_json()
    with pytest.raises(InvalidEntity):
        TemporalEntity(id="urn:a:b", type="T", a=[Property(value)]).to_json()
    with pytest.raises(InvalidDocument):
        SubscriptionFragment.from_dict({"vendor": value}).to_json()


@pytest.mark.parametrize("number", [float("nan"), float("inf"), float("-inf")])
def test_a_number_that_json_lacks_never_becomes_null(number: float):
    """NaN and infinity are errors with their path, not a null in the broker; null where it is meant stays."""
    with pytest.raises(InvalidEntity, match="no JSON form") as raised:
        Entity(id="urn:a:b", type="T", a=Property({"list": [1, (None, number)]})).to_json()
    assert raised.value.path == "a.value.list[1][1]"
    with pytest.raises(InvalidEntity):
        Entity(id="urn:a:b", type="T", a=number).to_json("simplified")
    with pytest.raises(InvalidDocument):
        SubscriptionFragment.from_dict({"throttling": number}).to_json()
    assert write_json([None, "null", 1.5, {"null": None}]) == b'[null,"null",1.5,{"null":null}]'


def test_large_and_deep_values_are_shown():
    """Neither a message nor a repr fails, or takes its time, over a value that is nested deep or large."""
    deep = nested(20_000)
    assert shown(deep) == "[[[[[...]]]]]"
    assert shown("x" * 10_000_000) == f"'{'x' * 48}… (9,999,952 more characters)'"
    assert shown({"b": 1, "a": {"c": None}}) == "{'b': 1, 'a': {'c': None}}"
    assert shown([list(range(1000))] * 1000, 40) == "[[0, 1, 2, 3, 4, 5, ...], [0, 1, 2, 3, …"
    assert shown(dict.fromkeys(range(9))) == "{0: None, 1: None, 2: None, 3: None, 4: None, 5: None, ...}"
    assert "[[[[[...]]]]]" in repr(Entity(id="urn:a:b", type="T", a=Property(deep)))
    assert repr(SubscriptionFragment.from_dict({"vendor": deep})) == "SubscriptionFragment(…)"
    assert "vendor" in SubscriptionFragment.from_dict({"vendor": deep}).to_dict()
    with pytest.raises(InvalidDocument):
        SubscriptionFragment.from_dict({"entities": deep})
