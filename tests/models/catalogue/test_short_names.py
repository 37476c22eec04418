"""The short names in the index's schemas."""

from __future__ import annotations

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from citycontext.models.catalogue.short_names import ShortNames
from citycontext.ngsild.context.shipped import shipped_terms

PARKING = ShortNames("Parking")
TEXT = st.sampled_from(["availableSpotNumber", "type", 'a "type"', "a\\", ":", "a,b"]) | st.text(max_size=4)
INTEGER = st.integers(-(2**63), 2**63 - 1)
VALUE = st.recursive(TEXT | INTEGER, lambda inner: st.lists(inner) | st.dictionaries(TEXT, inner), max_leaves=8)


@given(VALUE)
def test_what_was_shortened_comes_back(value: object) -> None:
    """Any JSON is the same text again, whatever quotes and escapes are in it; what begins with a tilde is refused."""
    text = orjson.dumps(value).decode()
    if '"~' in text:
        with pytest.raises(ValueError, match="~"):
            PARKING.shorten(text)
    else:
        assert PARKING.lengthen(PARKING.shorten(text)) == text


@pytest.mark.parametrize("subject", ["Parking", "EnergyCIM"])
def test_each_term_of_the_context_has_a_short_name(subject: str) -> None:
    """The first term and the last of more than a thousand take three characters, and each its own."""
    names = ShortNames(subject)
    terms = [term for term in shipped_terms(subject) if '"' not in term]
    short = [names.shorten(f'"{term}"') for term in terms]
    assert {len(one) for one in short} == {5}
    assert len(set(short)) == len(terms)
    assert [names.lengthen(one) for one in short] == [f'"{term}"' for term in terms]


def test_a_subject_without_a_context_keeps_its_names() -> None:
    """Where no @context ships for a subject, nothing is shortened."""
    assert ShortNames("NoSubject").shorten('{"type":"a"}') == '{"type":"a"}'
