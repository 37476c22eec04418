"""Media types: the one that a header names."""

from __future__ import annotations

import pytest

from citycontext.web.media_types import LD_JSON, media_type_of


@pytest.mark.parametrize(
    "header",
    [
        "application/ld+json",
        "Application/LD+JSON",
        'application/ld+json;profile="http://www.w3.org/ns/json-ld#compacted"',
        " application/ld+json ; charset=utf-8",
    ],
)
def test_parameters_and_capitals_are_left_out(header: str) -> None:
    """However a sender writes a media type, it is compared with the constant."""
    assert media_type_of(header) == LD_JSON


def test_no_header_names_none() -> None:
    """Without a Content-Type there is no media type."""
    assert media_type_of("") == ""
