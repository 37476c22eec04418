"""Selecting entities by type and id."""

from __future__ import annotations

import pytest

from citycontext.errors import InvalidQuery
from citycontext.ngsild.query import EntityFilter, parse_types


def test_selects_by_type_id_and_pattern() -> None:
    """All that is given must hold; ids take precedence over the pattern."""
    selector = EntityFilter(parse_types("Car"), id_pattern="^urn:car:[0-9]+$").compile()
    assert selector("urn:car:12", "Car")
    assert not selector("urn:car:x", "Car")
    assert not selector("urn:car:12", ["Bus"])
    by_id = EntityFilter(id=("urn:car:x",), id_pattern="^nothing$").compile()
    assert by_id("urn:car:x", "Anything")
    assert not by_id("urn:car:y", "Anything")
    expanded = EntityFilter(parse_types("Car")).compile(expand=lambda name: f"https://x/{name}")
    assert expanded("urn:car:1", ["https://x/Car"])


def test_is_written_and_read_as_an_item_of_entities() -> None:
    """One id is written as a text, several as an array, and both are read."""
    for selector, body in [
        (EntityFilter(parse_types("A,B")), {"type": "A,B"}),
        (EntityFilter(parse_types("A"), ("urn:a:1",)), {"type": "A", "id": "urn:a:1"}),
        (EntityFilter(parse_types("A"), ("urn:a:1", "urn:a:2")), {"type": "A", "id": ["urn:a:1", "urn:a:2"]}),
        (EntityFilter(parse_types("*"), id_pattern=".*x$"), {"type": "*", "idPattern": ".*x$"}),
    ]:
        assert selector.to_body() == body
        assert EntityFilter.from_body(body) == selector


@pytest.mark.parametrize(
    "body",
    [
        "A",
        {"type": 5},
        {"type": "A B"},
        {"type": "A", "id": "no uri"},
        {"type": "A", "id": [5]},
        {"type": "A", "id": 5},
        {"type": "A", "idPattern": "**"},
        {"type": "A", "idPattern": 5},
        {"type": "A", "ids": []},
    ],
)
def test_wrong_members_are_refused(body: object) -> None:
    """Unknown members, and ids and patterns that are not, raise InvalidQuery."""
    with pytest.raises(InvalidQuery):
        EntityFilter.from_body(body)


def test_a_body_needs_a_type() -> None:
    """The standard's item of ``entities`` has a type; ids alone cannot be written."""
    with pytest.raises(InvalidQuery, match="names a type"):
        EntityFilter(id=("urn:a:1",)).to_body()
