"""OSLO classes are NGSI-LD entities with Dutch terms on the wire and two names in Python."""

from __future__ import annotations

import pytest

from citycontext.errors import InvalidEntity, InvalidName
from citycontext.ngsild import Entity
from citycontext.oslo.entities import AREAS, OsloEntity, class_for
from citycontext.oslo.entities.oslo_entity import CLASSES
from citycontext.oslo.entities.parking import Parkeerplaats
from citycontext.oslo.entities.traffic import Verkeerstelling
from citycontext.oslo.vocabulary import iri


def test_two_names_for_one_attribute():
    """English and Dutch names set and read the same attribute; the wire has the Dutch term."""
    count = Verkeerstelling(id="urn:ngsi-ld:Verkeerstelling:1", tellingresultaat=11, vehicle_type="fiets")
    assert count.count.value == count.tellingresultaat.value == 11
    assert count.to_dict("simplified") == {
        "id": count.id,
        "type": "Verkeerstelling",
        "tellingresultaat": 11,
        "voertuigType": "fiets",
    }
    count.vehicle_type = "auto"
    assert count.voertuig_type.value == "auto"
    assert Verkeerstelling.from_dict(count.wire) == count
    assert Verkeerstelling.count is Verkeerstelling.tellingresultaat


def test_what_is_wrong_is_refused():
    """A value of another type, a name of nothing, and one attribute under both names are errors."""
    with pytest.raises(InvalidEntity, match="tellingresultaat"):
        Verkeerstelling(id="urn:ngsi-ld:Verkeerstelling:1", count="eleven")
    with pytest.raises(InvalidName, match="vehicle"):
        Verkeerstelling(id="urn:ngsi-ld:Verkeerstelling:1", vehicle="fiets")
    with pytest.raises(TypeError, match="Dutch"):
        Verkeerstelling(id="urn:ngsi-ld:Verkeerstelling:1", count=1, tellingresultaat=2)


def test_classes_inherit():
    """A class has the terms of the one it specialises, in both languages."""
    spot = Parkeerplaats(id="urn:ngsi-ld:Parkeerplaats:1", availability="beschikbaar")
    assert spot.status.value == "beschikbaar"


def test_every_area_has_classes_with_an_iri():
    """Ten areas and addresses have classes; each names its class in OSLO and is found by its entity type."""
    assert class_for("Verkeersmeting") is not None
    assert class_for("Zeppelin") is None
    assert len(AREAS) == 11
    for area in AREAS:
        assert any(one.__module__.endswith(f".{area}") for one in CLASSES.values()), area
    for name, one in CLASSES.items():
        assert issubclass(one, OsloEntity)
        assert one.entity_type == name
        assert iri(one.iri)


def test_dutch_and_english_names_never_clash():
    """No English name hides a term, an attribute of every entity, or another English name."""
    for one in CLASSES.values():
        assert not set(one.english_names) & set(one.fields)
        assert not set(one.english_names) & set(dir(Entity))
