"""Spellings that formats ask for."""

from __future__ import annotations

import pytest

from citycontext.models.schema.formats import has_format


@pytest.mark.parametrize(
    ("name", "good", "bad"),
    [
        ("date-time", "2024-05-01T10:00:00.5+02:00", "2024-05-01T10:00:00"),
        ("date-time", "2024-05-01T10:00:00Z", "2024-13-01T10:00:00Z"),
        ("date", "2024-02-29", "2023-02-29"),
        ("time", "08:00:00", "8:00"),
        ("time", "08:00:00Z", "25:00:00Z"),
        ("duration", "P2Y9M5DT6H5M20S", "P"),
        ("uri", "urn:ngsi-ld:Spot:1", "no uri"),
        ("uri", "https://city.example/a%20b", "https://city.example/a b"),
        ("uri-reference", "../a", "a b"),
        ("email", "info@city.example", "info"),
        ("hostname", "city.example", "-city"),
        ("ipv4", "10.0.0.1", "10.0.0.256"),
        ("ipv6", "::1", "1:2"),
        ("uuid", "0233eb63-8b4d-4164-81e9-db4a7ba3f752", "0233eb63"),
    ],
)
def test_a_format_tells_good_from_bad(name: str, good: str, bad: str) -> None:
    """Each format takes what it should and refuses what it should."""
    assert has_format(good, name)
    assert not has_format(bad, name)


def test_an_unknown_format_asks_nothing() -> None:
    """As JSON Schema wants it."""
    assert has_format("anything", "uuencoded")
