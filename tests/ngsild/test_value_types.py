"""Declared value types: what they take, what they refuse, and in which words."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, Literal

import pytest
from pydantic import BaseModel

from citycontext.errors import DataError, InvalidEntity
from citycontext.ngsild import NULL, Entity, OptAttr, optional
from citycontext.ngsild.value_types import value_type


@pytest.mark.parametrize(
    ("annotation", "good", "bad", "words"),
    [
        (str, ["", "x"], [5, None, []], "a text"),
        (int, [0, -5], [5.0, True, "5"], "a whole number"),
        (float, [1, 1.5], [True, "1"], "a number"),
        (bool, [True], [1, "true"], "true or false"),
        (list[int], [[], [1, 2]], [[1, "2"], 5, "12"], "whole number"),
        (list[Any], [[1, "x"]], [5], "a list"),
        (dict[str, Any], [{}], [[]], "an object"),
        (Literal["free", "occupied"], ["free"], ["Free", 5, []], "one of 'free', 'occupied'"),
        (Literal["free"] | str, ["free", "gone"], [5], "or a text"),
        (int | str, [5, "5"], [5.5, None], "a whole number or a text"),
        (float | list[float], [1, [1, 2.5]], ["x", ["x"]], "or a list of number"),
        (Any, [None, 5, {}], [], ""),
    ],
)
def test_types_take_and_refuse(annotation, good, bad, words):
    """Each declared type takes its values as they are, refuses others in plain words, and always takes NULL."""
    declared = value_type(annotation)
    for value in good:
        assert declared.check(value) == value
        assert declared.accepts(value)
    for value in bad:
        assert not declared.accepts(value)
        with pytest.raises(InvalidEntity) as raised:
            declared.check(value)
        assert words in str(raised.value)
    assert declared.check(NULL) == NULL


def test_timestamps_take_datetimes_texts_and_typed_values():
    """All three spellings of a timestamp are taken; a wrong one is refused."""
    declared = value_type(datetime)
    assert declared.check(datetime(2024, 5, 1, 10, tzinfo=UTC)) == "2024-05-01T10:00:00Z"
    assert declared.check("2024-05-01T10:00:00Z") == "2024-05-01T10:00:00Z"
    typed = {"@type": "DateTime", "@value": "2024-05-01T10:00:00Z"}
    assert declared.check(typed) == typed
    for wrong in ("soon", 5, {"@value": "soon"}, {}):
        with pytest.raises(DataError):
            declared.check(wrong)


def test_pydantic_models_are_values():
    """A pydantic model can be a value: checked when set, an object on the wire, a model when read."""

    class Address(BaseModel):
        street: str
        number: int | None = None

    class Building(Entity):
        address: OptAttr[Address] = optional()

    building = Building(id="urn:a:b", address=Address(street="Korenmarkt"))
    assert building.wire["address"] == {"type": "Property", "value": {"street": "Korenmarkt"}}
    assert building.address.value == Address(street="Korenmarkt")
    with pytest.raises(InvalidEntity, match=r"address\.street"):
        building.address = {"number": 5}
    building.address.value = Address(street="Vrijdagmarkt", number=3)
    assert building.to_dict("simplified")["address"] == {"street": "Vrijdagmarkt", "number": 3}
