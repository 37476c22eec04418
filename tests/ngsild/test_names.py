"""Names, identifiers, and the two spellings of a name."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from citycontext.ngsild.names import entity_urn, is_attribute_name, is_uri, to_camel, to_snake


@pytest.mark.parametrize("name", ["temperature", "PM25", "a1_b", "éclairage", "schema:name", "https://uri.etsi.org/x"])
def test_names_of_the_grammar_pass(name):
    """A letter first, then letters, digits and ``_``; with a prefix; or a whole IRI."""
    assert is_attribute_name(name)


@pytest.mark.parametrize("name", ["", "1a", "_a", "a b", "a$", "a<b>", "@type", "a:", ":a", "a;b", "a(b)"])
def test_others_do_not(name):
    """Blank, digit first, and the characters that could break a query are not names."""
    assert not is_attribute_name(name)


def test_uris():
    """A scheme, a colon, and no blank or bracket."""
    assert all(is_uri(one) for one in ("urn:ngsi-ld:A:1", "https://x.be/a#b", "a:b"))
    assert not any(is_uri(one) for one in ("", "abc", "urn:", "urn:a b", ":a", "1:a", 'urn:a"b'))


def test_urns_are_built_from_parts():
    """A URN names the type, then what tells the entity apart; bad parts are refused."""
    assert entity_urn("ParkingSpot", "gent", "1") == "urn:ngsi-ld:ParkingSpot:gent:1"
    for parts in (("ParkingSpot",), ("Parking Spot", "1"), ("ParkingSpot", ""), ("ParkingSpot", "a b")):
        with pytest.raises(ValueError, match="URN"):
            entity_urn(*parts)


@pytest.mark.parametrize(
    ("wire", "python"),
    [
        ("availableSpotNumber", "available_spot_number"),
        ("pm10", "pm10"),
        ("as", "as_"),
        ("LAeq", "l_aeq"),
        ("refDevice", "ref_device"),
        ("Cl-", "cl_"),
        ("3DPrinter", "_3_d_printer"),
        ("HTTPPort", "http_port"),
    ],
)
def test_wire_names_become_python_names(wire, python):
    """camelCase becomes snake_case; what Python does not allow is mended."""
    assert to_snake(wire) == python


@given(st.from_regex(r"[a-z]{2,6}(_[a-z]{2,5}){0,3}", fullmatch=True))
def test_python_names_go_to_the_wire_and_back(name):
    """For names of more than single letters the two spellings are each other's inverse."""
    assert to_snake(to_camel(name)).rstrip("_") == name
