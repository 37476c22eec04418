"""Regular expressions in linear time."""

from __future__ import annotations

import random
import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from citycontext.errors import InvalidQuery
from citycontext.ngsild.query import compile_pattern


@pytest.mark.parametrize(
    ("pattern", "matching", "other"),
    [
        ("^beta", "beta1", "abeta"),
        ("downtown$", "urn:x:downtown", "downtown:1"),
        ("^exact$", "exact", "exactly"),
        ("^G.*", "Gent", "Aalst"),
        (".*ent.*", "Gent", "Gand"),
        ("", "anything", None),
        ("[[:digit:]]{2,3}x", "a12x", "a1x"),
        ("[^[:space:]]", "a", " \t"),
        ("[]a-c]", "]", "d"),
        ("[a\\-z]", "-", "b"),
        ("[\\w-]+$", "a-b", "a b "),
        ("^\\d{4}-\\d\\d$", "2026-05", "26-05"),
        ("a\\.b", "a.b", "axb"),
        ("^(?:ab|cd)+?$", "abcd", "abc"),
        ("(?i)^gENT", "Gentbrugge", "Gand"),
        ("(?i)[^g]ent", "Aent", "Gent"),
        ("colou?r", "color", "colr"),
        ("a{2,}b", "aaab", "ab"),
        ("^$", "", "a"),
        ("x|^y", "y", "zy"),
        ("^.$", "\n", "ab"),
        ("é+", "café", "cafe"),
    ],
)
def test_matches_as_posix_says(pattern: str, matching: str, other: str | None) -> None:
    """Each piece of the syntax accepts what it should and refuses what it should not."""
    search = compile_pattern(pattern)
    assert search(matching)
    assert other is None or not search(other)


@pytest.mark.parametrize(
    ("pattern", "column"),
    [
        ("**", 0),
        ("a**", 2),
        ("invalid_entity_id_pattern**", 26),
        ("(a", 2),
        ("a)", 1),
        ("[a", 2),
        ("[z-a]", 4),
        ("[[:foo:]]", 1),
        ("[[.a.]]", 1),
        ("a{2", 1),
        ("a{3,2}", 1),
        ("a{999}", 1),
        ("\\", 1),
        ("\\b", 1),
        ("(?=a)", 1),
        ("(?P<n>a)", 1),
        ("(a)\\1", 4),
        ("^*", 1),
        ("a" * 1001, 1000),
        ("(" * 33 + ")" * 33, 33),
    ],
)
def test_refuses_what_is_no_regular_expression(pattern: str, column: int) -> None:
    """Broken patterns, and what only backtracking engines have, are refused at the column."""
    with pytest.raises(InvalidQuery) as caught:
        compile_pattern(pattern)
    assert caught.value.column == column


def test_repetitions_cannot_blow_up_memory() -> None:
    """Counted repetitions of repetitions are refused before they are written out."""
    started = time.perf_counter()
    with pytest.raises(InvalidQuery, match="too large"):
        compile_pattern("(((a{255}){255}){255}){255}")
    assert time.perf_counter() - started < 0.1


@pytest.mark.parametrize(
    "pattern", ["(a*)*b$", "(a|a)*b$", "(a|aa)+$|b", "a*a*a*a*a*a*a*a*b", "(.*a){20}b", "(x+x+)+y"]
)
def test_patterns_that_kill_backtracking_engines_take_linear_time(pattern: str) -> None:
    """Ten times the text takes about ten times as long, not forever."""
    search = compile_pattern(pattern)
    for text in ("a" * 20_000, "x" * 20_000):
        started = time.perf_counter()
        search(text)
        assert time.perf_counter() - started < 1


def test_memory_stays_bounded_where_states_are_many() -> None:
    """An automaton with a million states keeps only some of them, and still answers right."""
    search = compile_pattern("^(a|b)*a(a|b){20}$")
    text = "".join(random.Random(5).choices("ab", k=5_000))
    assert search(text) is (text[-21] == "a")


ATOMS = st.sampled_from(["a", "b", "c", ".", "[ab]", "[^a]", "^", "$", "\\."])
PATTERNS = st.recursive(
    ATOMS,
    lambda inner: st.one_of(
        st.tuples(inner, inner).map("".join),
        st.tuples(inner, inner).map(lambda pair: f"({pair[0]}|{pair[1]})"),
        st.tuples(inner, st.sampled_from(["*", "+", "?", "{2}", "{0,2}", "{1,}"])).map(lambda p: f"({p[0]}){p[1]}"),
    ),
    max_leaves=6,
)


@given(pattern=PATTERNS, text=st.text(alphabet="abc.", max_size=8))
def test_agrees_with_python_where_python_can_be_trusted(pattern: str, text: str) -> None:
    """On small patterns and texts the automaton finds exactly what ``re.search`` finds."""
    python = re.search(pattern.replace("$", r"\Z"), text, re.DOTALL)
    assert compile_pattern(pattern)(text) is (python is not None)
