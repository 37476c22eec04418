"""Patterns of anybody's schema: what Python's engine says, in a time that does not run away."""

from __future__ import annotations

import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from citycontext.models.catalogue.index import smart_data_models
from citycontext.models.schema.evaluation import breaches
from citycontext.models.schema.patterns import Pattern
from citycontext.models.schema.reduction import Definitions

CATASTROPHIC = [
    "^(a+)+$",
    "^(a|a)*$",
    "^(a|aa)+$",
    "(a*)*b",
    "^(([a-z])+.)+[A-Z]([a-z])+$",
    "a*a*a*a*a*b",
    r"^(\w+\s?)+$",
]


@pytest.mark.parametrize("pattern", CATASTROPHIC)
def test_a_catastrophic_pattern_is_answered_at_once(pattern: str) -> None:
    """A text of 50,000 characters that almost fits takes no longer than a second."""
    begun = time.monotonic()
    for text in ("a" * 30 + "!", "a" * 50_000 + "!"):
        assert [one.rule for one in breaches(text, {"pattern": pattern}, Definitions({}))] == ["pattern"]
    assert time.monotonic() - begun < 2


@given(
    st.sampled_from(
        [
            *CATASTROPHIC,
            "^[^ab]+$",
            "(?:ab|cd){2,3}",
            "a.c",
            "x?y??z+?",
            r"^\d{4}-\d{2}$",
            "[a-c]*$",
            "^$",
            "b|^c",
            r"\D\S\W",
        ]
    ),
    st.text("abcdxyz0129 -_A!", max_size=12),
)
def test_the_automaton_says_what_python_says(pattern: str, text: str) -> None:
    """For each pattern and text, whichever of the two would be asked."""
    automaton = Pattern(pattern)._automaton
    assert automaton is not None
    assert automaton(text) == (re.search(pattern, text) is not None)


def test_what_no_automaton_can_do_is_left_to_python_where_it_is_cheap() -> None:
    """A pattern that looks ahead is judged on short texts, and constrains nothing where it could take ages."""
    pattern = "^(?=.*[0-9])(a+)+$"
    assert Pattern("^(?=.*[0-9])[a-z0-9]+$").matches("abc") is False
    assert Pattern(pattern).matches("a" * 40 + "!") is None
    assert not list(breaches("a" * 40 + "!", {"pattern": pattern}, Definitions({})))


def test_patterns_of_the_models_that_ship_are_all_judged() -> None:
    """None of them is left out, whatever the text."""
    patterns: set[str] = set()

    def collect(part: object) -> None:
        if isinstance(part, dict):
            if isinstance(part.get("pattern"), str):
                patterns.add(part["pattern"])
            for one in part.values():
                collect(one)
        elif isinstance(part, list):
            for one in part:
                collect(one)

    models = smart_data_models()
    for schema in models.definitions.schemas.values():
        collect(schema)
    assert patterns
    unjudged = {one for one in patterns if Pattern(one).matches("a" * 3_000) is None}
    assert not unjudged
