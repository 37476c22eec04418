"""Text from outside is short and printable wherever a person may see it."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from citycontext.errors import BatchError
from citycontext.foreign_text import printable, shown
from citycontext.ngsild.batch import read_batch_result
from citycontext.ngsild.problems import ProblemDetails

_HOSTILE = "\x1b]0;owned\x07\x1b[2J\u202e\n" * 250_000  # 3 MB that clear a terminal and rename its window
_texts = st.text(st.characters(), max_size=600) | st.text("\x1b\x00\x9b\u202e\u2028\n\r\tab\\'\"", max_size=600)


@given(_texts, st.integers(min_value=40, max_value=400))
def test_any_text_becomes_short_and_printable(text: str, limit: int) -> None:
    """No text is longer than the limit, breaks the line or holds a character that a terminal obeys."""
    safe = printable(text, limit)
    assert len(safe) <= limit
    assert safe.isprintable()


@given(_texts)
def test_a_text_that_is_short_and_printable_stays_as_it_is(text: str) -> None:
    """What does no harm is shown as it was sent; making it safe twice changes nothing."""
    safe = printable(text, 300)
    assert printable(safe, 300) == safe
    if len(text) <= 300 and text.isprintable():
        assert safe == text


@given(st.recursive(_texts | st.integers() | st.none(), lambda inner: st.lists(inner) | st.dictionaries(_texts, inner)))
def test_any_value_becomes_short_and_printable(value: Any) -> None:
    """A value of any kind, depth and size is shown within the limit and on one line."""
    safe = shown(value, 60)
    assert len(safe) <= 60
    assert safe.isprintable()


def test_what_was_cut_is_counted() -> None:
    """The end of a cut text says how many characters are missing."""
    safe = printable("a" * 1_000_000, 100)
    kept, _, remark = safe.partition("…")
    assert remark == f" ({1_000_000 - len(kept):,} more characters)"
    assert set(kept) == {"a"}


def test_a_huge_text_costs_no_more_than_a_short_one() -> None:
    """An object that writes itself with escapes is not a way around the limit."""

    class Hostile:
        def __repr__(self) -> str:
            return _HOSTILE

    assert len(shown(Hostile())) <= 80
    assert shown(Hostile()).isprintable()


def test_a_broker_cannot_write_to_the_terminal_by_its_errors() -> None:
    """A title, detail or content of 3 MB with escapes becomes one short line; the error keeps what was sent."""
    for document in (
        {"title": _HOSTILE, "detail": _HOSTILE},
        {"title": "no", "detail": {"reasons": [_HOSTILE] * 3}},
        _HOSTILE,
    ):
        error = ProblemDetails.from_wire(document).to_error(status=400)
        assert str(error).isprintable()
        assert len(str(error)) < 1000
    assert ProblemDetails.from_wire({"title": _HOSTILE}).to_error(status=400).title == _HOSTILE


def test_a_broker_cannot_write_to_the_terminal_by_a_batch() -> None:
    """Ids and reasons of 3 MB in the answer to a batch become one short line too."""
    answer = {"errors": [{"entityId": _HOSTILE, "error": {"title": _HOSTILE}}] * 3}
    result = read_batch_result(207, answer, sent=["urn:ngsi-ld:A:1"])
    assert result is not None
    with pytest.raises(BatchError) as caught:
        result.raise_for_errors()
    assert str(caught.value).isprintable()
    assert len(str(caught.value)) < 3000
