"""Selecting entity types."""

from __future__ import annotations

import pytest

from citycontext.errors import InvalidQuery
from citycontext.ngsild.query import ANY_TYPE, TypeSelection, parse_types


@pytest.mark.parametrize(
    ("text", "alternatives", "canonical"),
    [
        ("Building", (("Building",),), "Building"),
        ("Building,House", (("Building",), ("House",)), "Building,House"),
        ("Building|House", (("Building",), ("House",)), "Building,House"),
        ("(Building|Tower)", (("Building",), ("Tower",)), "Building,Tower"),
        ("(Home;Vehicle)", (("Home", "Vehicle"),), "(Home;Vehicle)"),
        ("(Home;Vehicle)|Motorhome", (("Home", "Vehicle"), ("Motorhome",)), "(Home;Vehicle),Motorhome"),
        ("A;B,C", (("A", "B"), ("C",)), "(A;B),C"),
        ("(A,B);C", (("A", "C"), ("B", "C")), "(A;C),(B;C)"),
        ("ex:Car", (("ex:Car",),), "ex:Car"),
        ("https://example.org/v#Car,urn:x:T", (("https://example.org/v#Car",), ("urn:x:T",)), None),
        ("*", (), "*"),
    ],
)
def test_reads_and_writes(text: str, alternatives: tuple[tuple[str, ...], ...], canonical: str | None) -> None:
    """Each spelling becomes alternatives of conjunctions, written as every broker understands."""
    selection = parse_types(text)
    assert selection.alternatives == alternatives
    assert str(selection) == (canonical or text)


def test_selects_by_the_types_of_an_entity() -> None:
    """An entity is selected if it has all types of one alternative, perhaps among others."""
    selection = parse_types("(Home;Vehicle),Motorhome")
    assert selection.matches(["Vehicle", "Home", "Thing"])
    assert selection.matches("Motorhome")
    assert not selection.matches("Home")
    assert ANY_TYPE.matches("whatever")
    assert parse_types("Car").matches("https://x/Car", expand=lambda name: f"https://x/{name}")


def test_is_built_from_names() -> None:
    """Alternatives and conjunctions can be built without writing the language."""
    assert TypeSelection.any_of("A", "B") == parse_types("A,B")
    assert TypeSelection.all_of("A", "B") == parse_types("(A;B)")
    assert parse_types("(A;B),C").names == {"A", "B", "C"}


@pytest.mark.parametrize(
    ("text", "column"),
    [("", 0), ("A,", 2), ("A,,B", 2), ("(A", 2), ("A)", 1), ("A B", 1), ("1A", 0), ("(A;)", 3), ("A-B", 1), ("*,A", 0)],
)
def test_errors_point_at_the_column(text: str, column: int) -> None:
    """What does not follow the grammar is refused where reading stopped."""
    with pytest.raises(InvalidQuery) as caught:
        parse_types(text)
    assert caught.value.column == column


def test_multiplying_out_is_bounded() -> None:
    """A short text that stands for millions of alternatives is refused."""
    with pytest.raises(InvalidQuery, match="multiplied out"):
        parse_types(";".join(["(A,B,C,D)"] * 12))
    with pytest.raises(InvalidQuery, match="nested deeper"):
        parse_types("(" * 40 + "A" + ")" * 40)
