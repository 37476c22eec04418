"""Paths: the quick walk gives what JMESPath gives, and faults are explained."""

from __future__ import annotations

from typing import Any

import jmespath
import pytest
from hypothesis import given
from hypothesis import strategies as st

from citycontext.bridge.mapping.paths import compile_path

NAMES = st.sampled_from(["a", "b", "c"])
DOCUMENTS = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=3),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=3),
    max_leaves=12,
)


@given(st.lists(NAMES, min_size=1, max_size=4), DOCUMENTS)
def test_a_chain_of_names_gives_what_jmespath_gives(names: list[str], document: Any) -> None:
    """The shortcut for ``a.b.c`` is the same function as the interpreter, on any document."""
    text = ".".join(names)
    assert compile_path(text)(document) == jmespath.search(text, document)


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("readings[?name=='t'].value | [0]", 21.5),
        ('params."switch:0".power', 7),
        ("length(readings)", 2),
        ("missing.member", None),
        ("abs(text)", None),
    ],
)
def test_all_of_jmespath_works(path: str, value: Any) -> None:
    """Filters, quoted names and functions work; a function that does not fit the value gives nothing."""
    document = {
        "readings": [{"name": "t", "value": 21.5}, {"name": "h", "value": 40}],
        "params": {"switch:0": {"power": 7}},
        "text": "x",
    }
    assert compile_path(path)(document) == value


@pytest.mark.parametrize(
    ("path", "says"),
    [
        ('params["switch:0"].power', "written with a dot"),
        ("a[?", "at column"),
        ("", "not a JMESPath"),
        ("a-b", '"…"'),
        ("x" * 1001, "1001 characters"),
    ],
)
def test_a_wrong_path_is_explained(path: str, says: str) -> None:
    """The error shows where reading stopped and what was likely meant."""
    with pytest.raises(ValueError, match=says):
        compile_path(path)
