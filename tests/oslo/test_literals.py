"""Values become literals and come back without a change."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from citycontext.ngsild.units import all_units
from citycontext.oslo.graph import Literal
from citycontext.oslo.literals import (
    is_time_text,
    ngsild_time,
    number_literal,
    number_of,
    quantity_of,
    unit_code_of,
    unit_iri,
)


@given(st.integers() | st.floats(allow_nan=False, allow_infinity=False))
def test_numbers_keep_value_and_type(number):
    """An int stays an int and a float the same float, to the last bit."""
    back = number_of(number_literal(number))
    assert back == number
    assert type(back) is type(number)


@pytest.mark.parametrize("value", [True, None, "5", float("nan"), float("inf"), [1]])
def test_what_is_no_number_is_no_literal(value):
    """Truth values, texts and infinities are not written as numbers."""
    assert number_literal(value) is None


def test_every_unit_with_a_name_in_qudt_comes_back():
    """The name in QUDT of a code leads to the code again; a unit without name goes by its code."""
    for unit in all_units():
        if unit.code:
            assert unit_code_of(unit_iri(unit.code) or Literal(unit.code)) == unit.code


@pytest.mark.parametrize(
    ("text", "number", "code"),
    [("22.80 Cel", 22.8, "CEL"), ("99.90 %", 99.9, "P1"), ("13 m", 13, "MTR"), ("7", 7, "")],
)
def test_a_number_and_its_unit_in_one_text(text, number, code):
    """Literals of the custom datatypes give the number and the UN/CEFACT code."""
    assert quantity_of(Literal(text, "https://w3id.org/cdt/ucum")) == (number, code)


@pytest.mark.parametrize(
    ("text", "valid", "ngsild"),
    [
        ("2024-05-01T10:00:00Z", True, "2024-05-01T10:00:00Z"),
        ("2023-12-21T08:53:40+01:00", True, "2023-12-21T07:53:40Z"),
        ("2024-05-01T10:00:00.000Z", True, "2024-05-01T10:00:00.000Z"),
        ("2024-05-01T10:00:00", True, None),
        ("20161122T09:00:00.000Z", False, "2016-11-22T09:00:00Z"),
        ("2024-05-01", False, None),
        ("2024-13-01T10:00:00Z", False, None),
        ("yesterday", False, None),
    ],
)
def test_times(text, valid, ngsild):
    """A time of XML Schema is told from others, and NGSI-LD gets it in UTC, or not at all without a zone."""
    assert is_time_text(text) is valid
    assert ngsild_time(text) == ngsild
