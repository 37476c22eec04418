"""Selecting scopes."""

from __future__ import annotations

import pytest

from citycontext.errors import InvalidQuery
from citycontext.ngsild.query import ScopeQuery, parse_scope


@pytest.mark.parametrize(
    ("query", "matching", "other"),
    [
        ("/Madrid", ["/Madrid", "Madrid"], ["/Madrid/Gardens", "/Paris", None, []]),
        ("/Madrid/Gardens/#", ["/Madrid/Gardens", "/Madrid/Gardens/North/P1"], ["/Madrid", "/Madrid/GardensX"]),
        ("/Madrid/+/ParqueNorte", ["/Madrid/Gardens/ParqueNorte"], ["/Madrid/ParqueNorte", "/Madrid/a/b/ParqueNorte"]),
        ("/+/Gardens/#", ["/Madrid/Gardens", "/Paris/Gardens/x"], ["/Madrid/Parks"]),
        ("/#", ["/Madrid", ["/a/b"]], [None, [], ""]),
        ("/a,/b", ["/a", "/b", ["/c", "/b"]], ["/c"]),
        ("/a|/b", ["/a"], ["/c"]),
        ("(/a;/b)", [["/a", "/b"], ["/b", "/x", "/a"]], ["/a", ["/a", "/c"]]),
        ("/a;/b", [["/a", "/b"]], ["/a"]),
        ("(/Madrid/Districts;/CompanyA)|CompanyB", ["/CompanyB", ["/Madrid/Districts", "/CompanyA"]], ["/CompanyA"]),
    ],
)
def test_selects_by_the_scopes_of_an_entity(query: str, matching: list[object], other: list[object]) -> None:
    """Levels, wildcards, alternatives and conjunctions select what the clause says."""
    parsed = parse_scope(query)
    for scope in matching:
        assert parsed.matches(scope), scope  # type: ignore[arg-type]
    for scope in other:
        assert not parsed.matches(scope), scope  # type: ignore[arg-type]


def test_writes_what_every_broker_reads() -> None:
    """Alternatives are written with commas, conjunctions in parentheses, scopes with their slash."""
    assert str(parse_scope("a/+|(/b;c/#)")) == "/a/+,(/b;/c/#)"
    assert ScopeQuery.any_of("/a", "b/#") == parse_scope("/a,/b/#")
    assert ScopeQuery.all_of("/a", "/b") == parse_scope("(/a;/b)")


@pytest.mark.parametrize(
    ("text", "column"),
    [("", 0), ("/", 1), ("//a", 1), ("/a/", 3), ("#", 0), ("/#/a", 2), ("/a,", 3), ("(/a", 3), ("/a b", 2), ("/1a", 1)],
)
def test_errors_point_at_the_column(text: str, column: int) -> None:
    """What does not follow the grammar is refused where reading stopped."""
    with pytest.raises(InvalidQuery) as caught:
        parse_scope(text)
    assert caught.value.column == column
