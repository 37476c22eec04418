"""Attributes with a dot in their name can be addressed under another, and get their own back."""

from __future__ import annotations

import json

from citycontext.models import models
from citycontext.models.oslo import BicycleParkingStation
from citycontext.ngsild import Entity, point
from citycontext.ngsild.names import is_attribute_name
from citycontext.oslo.dotted_names import addressable, addressable_context, addressable_name, dotted


def test_there_and_back():
    """A bicycle parking station gets names without dots, and is itself again."""
    station = BicycleParkingStation(
        id="urn:ngsi-ld:BicycleParkingStation:1",
        location=point(3.72, 51.05),
        parking_facility_capacity={"total": 40},
        infrastructure_element_geometry={"wkt": "POINT (3.72 51.05)"},
    )
    plain = addressable(station)
    assert isinstance(plain, Entity)
    assert plain["parkingFacilityCapacity"].value == {"total": 40}
    assert all("." not in name for name in plain)
    back = dotted(plain)
    assert isinstance(back, BicycleParkingStation)
    assert back == station


def test_every_dotted_term_of_the_published_context_has_a_name(shared_dir):
    """The context maps each name without dot to the address that the published context gives the dotted one."""
    published = json.loads((shared_dir / "oslo" / "contexts" / "sdm-dataModel.OSLO_context.jsonld").read_text())
    terms = published["@context"] if isinstance(published["@context"], dict) else published["@context"][0]
    ours = addressable_context()["@context"]
    dotted_terms = {name for model in models("OSLO") for name in model.attributes if "." in name}
    assert len(dotted_terms) == len(ours) > 5
    for name in dotted_terms & terms.keys():
        plain = addressable_name(name)
        assert is_attribute_name(plain)
        meant = terms[name]["@id"] if isinstance(terms[name], dict) else terms[name]
        assert ours[plain] == meant
