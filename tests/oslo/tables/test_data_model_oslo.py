"""The subject OSLO of Smart Data Models goes to OSLO and back."""

from __future__ import annotations

import pytest

from citycontext.models import models
from citycontext.ngsild import Entity
from citycontext.oslo import LossKind, from_oslo, standard_tables, to_oslo

ATTRIBUTES = {
    "BicycleParkingStation": {"name": "Korenmarkt"},
    "BicycleParkingStationForecast": {"validFrom": "2026-05-01T08:00:00Z", "validTo": "2026-05-01T09:00:00Z"},
    "ResourceReport": {"ResourceReport.number": 7, "ResourceReport.reportTime": "2026-05-01T08:00:00Z"},
    "ResourceReportForecast": {"ResourceReport.number": 9, "validity": "PT1H"},
}


def test_every_type_of_the_subject_has_a_table():
    """No model of the subject is refused."""
    assert {model.type for model in models("OSLO")} == ATTRIBUTES.keys()
    assert all(one in standard_tables() for one in ATTRIBUTES)


@pytest.mark.parametrize("profile", ["observaties-en-metingen", "sosa", "energie"])
@pytest.mark.parametrize("entity_type", ATTRIBUTES)
def test_an_entity_comes_back(entity_type, profile):
    """Its numbers, times and place are in the triples, and an entity of the same type comes back."""
    entity = Entity.from_dict(
        {
            "id": f"urn:ngsi-ld:{entity_type}:1",
            "type": entity_type,
            "location": {"type": "GeoProperty", "value": {"type": "Point", "coordinates": [3.72, 51.05]}},
            **{name: {"type": "Property", "value": value} for name, value in ATTRIBUTES[entity_type].items()},
        }
    )
    written = to_oslo(entity, profile=profile)
    assert not written.report.of(LossKind.LOST, LossKind.CHANGED, LossKind.REFUSED), written.report
    (back,) = from_oslo(written.graph)
    assert back.to_dict() == entity.to_dict()


def test_objects_are_reported():
    """A capacity is an object in the model, which has no triple, and the report says so."""
    capacity = {"type": "Property", "value": {"Capacity.total": 40}}
    entity = Entity.from_dict({"id": "urn:x:1", "type": "BicycleParkingStation", "ParkingFacility.capacity": capacity})
    (lost,) = to_oslo(entity).report.of(LossKind.LOST)
    assert lost.term == "ParkingFacility.capacity"
