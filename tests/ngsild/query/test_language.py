"""The language filter."""

from __future__ import annotations

import pytest

from citycontext.errors import InvalidQuery
from citycontext.ngsild.query import LanguageFilter, LanguageRange, parse_language


def test_reads_what_accept_language_reads() -> None:
    """Tags, weights and the wildcard are read, blanks are not kept."""
    text = "fr-CH, fr;q=0.9, en;q=0.8, *;q=0.5"
    parsed = parse_language(text)
    assert parsed == LanguageFilter(
        (LanguageRange("fr-CH"), LanguageRange("fr", "0.9"), LanguageRange("en", "0.8"), LanguageRange("*", "0.5"))
    )
    assert str(parsed) == text.replace(" ", "")


@pytest.mark.parametrize(
    ("wanted", "available", "chosen"),
    [
        ("en", ["nl", "en"], "en"),
        ("EN", ["nl", "en"], "en"),
        ("fr-CH,fr;q=0.9,en;q=0.8", ["en", "fr"], "fr"),
        ("en;q=0.5,nl", ["en", "nl"], "nl"),
        ("fr", ["en", "fr-BE"], "fr-BE"),
        ("de-CH", ["en", "de"], "de"),
        ("fr-*", ["en", "fr-BE"], "fr-BE"),
        ("*", ["nl", "en"], "nl"),
        ("pt", ["nl", "en"], "nl"),
        ("nl;q=0,*", ["nl", "en"], "en"),
        ("nl;q=0", ["nl"], "nl"),
        ("en", [], None),
    ],
)
def test_chooses_the_best_language_that_is_there(wanted: str, available: list[str], chosen: str | None) -> None:
    """The best wish wins; where none can be met, any language serves, as the clause says."""
    assert parse_language(wanted).choose(available) == chosen


@pytest.mark.parametrize(
    ("text", "column"), [("", 0), ("fr,", 3), ("fr;q=2", 5), ("fr;x=1", 3), ("fr;q=", 5), ("fr en", 3), ("1!", 0)]
)
def test_errors_point_at_the_column(text: str, column: int) -> None:
    """What does not follow the grammar is refused where reading stopped."""
    with pytest.raises(InvalidQuery) as caught:
        parse_language(text)
    assert caught.value.column == column
