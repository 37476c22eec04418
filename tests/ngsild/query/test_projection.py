"""Picking and omitting members."""

from __future__ import annotations

from typing import Any

import pytest

from citycontext.errors import InvalidQuery
from citycontext.ngsild.query import ProjectedMember, Projection, parse_projection

CITY = {"id": "urn:c:1", "type": "City", "name": {"type": "Property", "value": "Gent"}}
BUILDING: dict[str, Any] = {
    "id": "urn:b:1",
    "type": "Building",
    "@context": "https://example.org/context.jsonld",
    "name": {"type": "Property", "value": "Belfort"},
    "locatedAt": {"type": "Relationship", "object": "urn:c:1", "entity": CITY},
    "near": [{"type": "ListRelationship", "objectList": ["urn:c:1"], "entityList": [CITY, CITY]}],
}


@pytest.mark.parametrize(
    ("text", "canonical"),
    [
        ("name", None),
        ("id,type,scope", None),
        ("temperature|humidity", "temperature,humidity"),
        ("id,locatedAt{id,name,isInCountry{id,description}},x", None),
        ("https://example.org/v#a,ex:b", None),
    ],
)
def test_reads_and_writes(text: str, canonical: str | None) -> None:
    """A projection is read with the parts of linked entities, and written with commas."""
    assert str(parse_projection(text)) == (canonical or text)


def test_picks_members_and_parts_of_linked_entities() -> None:
    """What is picked stays, with its linked entities reduced to what is in braces; @context always stays."""
    picked = parse_projection("id,locatedAt{name},near{id}").pick(BUILDING)
    assert picked == {
        "id": "urn:b:1",
        "@context": "https://example.org/context.jsonld",
        "locatedAt": {"type": "Relationship", "object": "urn:c:1", "entity": {"name": CITY["name"]}},
        "near": [
            {
                "type": "ListRelationship",
                "objectList": ["urn:c:1"],
                "entityList": [{"id": "urn:c:1"}, {"id": "urn:c:1"}],
            }
        ],
    }
    assert parse_projection("unknown").pick(BUILDING).keys() == {"@context"}


def test_omits_members_and_parts_of_linked_entities() -> None:
    """What is omitted goes; with braces only that part of the linked entities goes."""
    omitted = parse_projection("type,near,locatedAt{name,type}").omit(BUILDING)
    assert omitted.keys() == {"id", "@context", "name", "locatedAt"}
    assert omitted["locatedAt"]["entity"] == {"id": "urn:c:1"}
    assert BUILDING["locatedAt"]["entity"] == CITY


def test_names_are_expanded() -> None:
    """An entity with expanded names is projected by short names."""
    entity = {"id": "urn:b:1", "https://x/a": {"type": "Property", "value": 1}, "https://x/b": {"value": 2}}
    projection = Projection.of("id", "a")
    assert projection.pick(entity, expand=lambda name: f"https://x/{name}").keys() == {"id", "https://x/a"}
    assert projection.omit(entity, expand=lambda name: f"https://x/{name}").keys() == {"https://x/b"}


def test_tells_what_is_meant_of_linked_entities() -> None:
    """A broker that appends linked entities finds the projection for each relationship."""
    projection = parse_projection("id,locatedAt{name}")
    assert projection.linked("locatedAt") == Projection((ProjectedMember("name"),))
    assert projection.linked("id") is None
    assert projection.whole == {"id"}


@pytest.mark.parametrize(
    ("text", "column"),
    [
        ("", 0),
        ("id;name", 2),
        ("id,locatedAt{name", 17),
        ("id,locatedAt{{name}", 13),
        ("id,,name", 3),
        ("id,locatedAt{,name}", 13),
        ("id,locatedAt{}", 13),
        ("a}", 1),
        ("a{b}c", 4),
        ("a{" * 40 + "b" + "}" * 40, 66),
    ],
)
def test_errors_point_at_the_column(text: str, column: int) -> None:
    """The broken projections of the standard's test suite, and others, are refused where reading stopped."""
    with pytest.raises(InvalidQuery) as caught:
        parse_projection(text)
    assert caught.value.column == column
