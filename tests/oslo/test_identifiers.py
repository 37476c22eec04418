"""Identifiers of Flemish registers are read, checked and built."""

from __future__ import annotations

import pytest

from citycontext.errors import DataError
from citycontext.oslo.identifiers import Register, parse_identifier, register_iri


@pytest.mark.parametrize(
    ("text", "register", "code"),
    [
        ("https://data.vlaanderen.be/id/gemeente/44021", Register.MUNICIPALITY, "44021"),
        ("44021", Register.MUNICIPALITY, "44021"),
        ("OVO002949", Register.ORGANISATION, "OVO002949"),
        ("http://data.vlaanderen.be/id/organisatie/OVO002949", Register.ORGANISATION, "OVO002949"),
        ("https://data.vlaanderen.be/id/adres/60", Register.ADDRESS, "60"),
        ("https://data.vlaanderen.be/id/straatnaam/748", Register.STREET, "748"),
        ("https://data.vlaanderen.be/id/postinfo/9000", Register.POSTAL_AREA, "9000"),
    ],
)
def test_identifiers_are_read(text, register, code):
    """Addresses and bare codes name the register and the code, and build the persistent address."""
    found = parse_identifier(text)
    assert (found.register, found.code) == (register, code)
    assert found.iri == register_iri(register, code)


def test_a_version_is_kept():
    """The address of a version names it."""
    found = parse_identifier("https://data.vlaanderen.be/id/adres/60/2026-07-06T07:49:53+02:00")
    assert found.version == "2026-07-06T07:49:53+02:00"
    assert found.iri.endswith("/adres/60/2026-07-06T07:49:53+02:00")


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("OVO2949", "six digits"),
        ("99999", "NIS"),
        ("https://data.vlaanderen.be/id/gemeente/9000", "NIS"),
        ("https://data.vlaanderen.be/id/postinfo/09000", "four digits"),
        ("https://data.vlaanderen.be/id/boom/1", "not known"),
        ("https://data.vlaanderen.be/id/adres/zestig", "number"),
        ("Gent", "not an address"),
    ],
)
def test_wrong_identifiers_say_what_one_looks_like(text, says):
    """What identifies nothing raises an error with the form that would."""
    with pytest.raises(DataError, match=says):
        parse_identifier(text)
