"""Collations without ICU: what they put first, and which are told to be beyond them."""

from __future__ import annotations

import pytest

from citycontext.errors import InvalidQuery
from citycontext.ngsild.query.collation import collation_key
from citycontext.ngsild.query.ordering import order_by

WORDS = ["b10", "B9", "résumé", "Resume", "resume"]


@pytest.mark.parametrize(
    ("tag", "expected"),
    [
        (None, ["b10", "B9", "resume", "Resume", "résumé"]),
        ("nl", ["b10", "B9", "resume", "Resume", "résumé"]),
        ("de_AT-u-co-standard", ["b10", "B9", "resume", "Resume", "résumé"]),
        ("und-u-kn", ["B9", "b10", "resume", "Resume", "résumé"]),
        ("en-u-kf-upper-kn-true", ["B9", "b10", "Resume", "resume", "résumé"]),
        ("fr-u-ks-level2", ["b10", "B9", "Resume", "resume", "résumé"]),
        ("fr-u-ks-level1", ["b10", "B9", "résumé", "Resume", "resume"]),
        ("root-u-ks-identic", ["b10", "B9", "resume", "Resume", "résumé"]),
    ],
)
def test_order_of_words(tag: str | None, expected: list[str]):
    """Letters, then accents, then case; settings say how fine, which case first, and whether numbers count."""
    key = collation_key(tag)
    assert key is not None
    assert sorted(WORDS, key=key) == expected


@pytest.mark.parametrize(
    "tag",
    ["sv", "es", "fr-CA", "zh-Hant", "de-u-co-phonebk", "en-u-ka-shifted", "en-u-k", "en-u-attrib-kn", "nl-x-a"],
)
def test_what_needs_tables_is_told(tag: str):
    """A language with an order of its own is never sorted as another one."""
    assert collation_key(tag) is None
    with pytest.raises(InvalidQuery, match="tables") as raised:
        order_by("name", collation=tag).sort([])
    assert raised.value.path == "collation"


def test_numbers_count_by_value():
    """Leading zeros count for nothing, and there is no largest number."""
    key = collation_key("nl-u-kn")
    assert key is not None
    assert sorted(["n1" + "0" * 40, "n007", "n10", "n"], key=key) == ["n", "n007", "n10", "n1" + "0" * 40]
