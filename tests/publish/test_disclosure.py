"""What names and values disclose."""

from __future__ import annotations

import pytest

from citycontext.publish.disclosing.disclosure import disclosed_by, is_personal, is_small


@pytest.mark.parametrize(
    ("content", "what"),
    [
        ("1-ABC-234", "number-plate"),
        ([1, {"seen": ["00:1a:2b:3c:4d:5e"]}], "mac-address"),
        ({"driverEmail": "x"}, "personal"),
        ({"a": {"1-ABC-234": 1}}, "number-plate"),
        ([3.7, 51.0], None),
        ({"a": ["open", 5, None, True]}, None),
        ([], None),
    ],
)
def test_what_a_value_gives_away(content, what) -> None:
    """A value is looked through to the bottom, names of members included; the first thing found is named."""
    assert disclosed_by(content, codes=False) == what


def test_declared_codes_may_look_like_old_plates() -> None:
    """Where codes are declared, a plain spelling is let through, at any depth; one of today is not."""
    assert disclosed_by({"bays": ["BAY-204"]}, codes=True) is None
    assert disclosed_by({"bays": ["BAY-204"]}, codes=False) == "number-plate"
    assert disclosed_by({"bays": ["1-ABC-234"]}, codes=True) == "number-plate"


def test_what_is_too_deep_is_not_passed() -> None:
    """A nest too deep to be looked through is an error, never harmless."""
    nest: object = "x"
    for _ in range(100):
        nest = [nest]
    with pytest.raises(RecursionError):
        disclosed_by(nest, codes=False)


@pytest.mark.parametrize(
    ("value", "small"),
    [(4, True), (4.9, True), ("4", True), ([9, {"a": 1}], True), (0, False), (5, False), (True, False), ("x", False)],
)
def test_small_counts(value, small) -> None:
    """A number below the least is small, zero apart, and so is what holds one."""
    assert is_small(value, 5) is small


@pytest.mark.parametrize(
    ("entity_type", "name", "personal"),
    [
        ("OffStreetParking", "owner", True),
        ("https://smartdatamodels.org/dataModel.Parking/OffStreetParking", "https://x.example/owner", True),
        ("NeverHeardOf", "driverEmail", True),
        ("OffStreetParking", "availableSpotNumber", False),
    ],
)
def test_personal_attributes(entity_type, name, personal) -> None:
    """An attribute is personal by its model or by its name, short or as an IRI."""
    assert is_personal(entity_type, name) is personal
