"""URNs as addresses, and back."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from citycontext.errors import ConfigurationError
from citycontext.ngsild import Entity, Property, Relationship
from citycontext.oslo import from_oslo, to_oslo
from citycontext.oslo.persistent_ids import PersistentIds

IDS = PersistentIds("https://data.stad.example/id/")


@pytest.mark.parametrize(
    ("urn", "address"),
    [
        ("urn:ngsi-ld:Device:gent:1", "Device/gent:1"),
        ("urn:ngsi-ld:Device:gent:1/pm10/2026-05-01T00:00:00Z", "Device/gent:1/pm10/2026-05-01T00:00:00Z"),
        ("urn:ngsi-ld:Device:50%25", "Device/50%2525"),
        ("urn:ngsi-ld:concept:1", "urn/ngsi-ld:concept:1"),
        ("urn:uuid:6f3a", "urn/uuid:6f3a"),
    ],
)
def test_an_address_says_type_and_name(urn, address):
    """The address of a URN can be read by people, and is always the same."""
    assert IDS.address(urn) == f"https://data.stad.example/id/{address}"
    assert IDS.urn(IDS.address(urn)) == urn


@given(st.from_regex(r"urn:[a-z][a-z0-9-]{1,8}:[^\s<>\"{}|^`\\\\]{1,40}", fullmatch=True))
def test_every_urn_comes_back(urn):
    """Whatever a URN holds, its address leads back to it, and is an IRI."""
    assert IDS.urn(IDS.address(urn)) == urn
    assert not set(IDS.address(urn)) & set(' <>"{}|^`\\')


@pytest.mark.parametrize(
    "address",
    [
        "https://data.stad.example/id/concept/ObserveerbaarKenmerk/x",
        "https://data.stad.example/id/Device",
        "https://data.stad.example/id/Device/a%20b c",
        "https://elsewhere.example/id/Device/1",
    ],
)
def test_other_addresses_stay(address):
    """Concepts, and addresses that stand for no URN, are left alone."""
    assert IDS.urn(address) == address
    assert IDS.address(address) == address


@pytest.mark.parametrize("profile", ["observaties-en-metingen", "sosa", "energie"])
def test_entities_come_back(profile):
    """Written and read with one base, an entity is what it was without, and no URN is in between."""
    entity = Entity(
        id="urn:ngsi-ld:AirQualityObserved:gent:1",
        type="AirQualityObserved",
        dateObserved="2026-05-01T08:00:00Z",
        pm10=Property(21.5, unit_code="GQ", observed_at="2026-05-01T08:00:00Z"),
        refDevice=Relationship("urn:ngsi-ld:Device:gent:1"),
    )
    written = to_oslo(entity, profile=profile, base=IDS.base)
    assert "urn:" not in written.to_n_triples()
    plain = from_oslo(to_oslo(entity, profile=profile).graph)
    back = from_oslo(written.graph, base=IDS.base)
    assert [one.to_dict() for one in back] == [one.to_dict() for one in plain]


@pytest.mark.parametrize("base", ["gent", "https://data.stad.example/id", "https://data.stad.example/id/#", "urn:x:/"])
def test_a_base_is_an_address_with_a_slash(base):
    """Another base is refused with what one looks like."""
    with pytest.raises(ConfigurationError, match="base"):
        PersistentIds(base)
