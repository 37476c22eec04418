"""Entities are linked to what the registers of Flanders call the same thing."""

from __future__ import annotations

from typing import Any

import pytest

from citycontext.oslo import same_as, with_same_as
from citycontext.oslo.register_links import SAME_AS

PLACE = "https://data.vlaanderen.be/id/gemeente/44021"
BODY = "https://data.vlaanderen.be/id/organisatie/OVO002949"
ADDRESS = "https://data.vlaanderen.be/id/adres/60"


@pytest.mark.parametrize(
    ("entity", "links"),
    [
        ({"id": "urn:ngsi-ld:AdministrativeArea:44021", "type": "AdministrativeArea"}, (PLACE,)),
        ({"id": "urn:ngsi-ld:Organization:OVO002949", "type": ["Organization", "X"]}, (BODY,)),
        ({"id": "urn:x:1", "type": "Municipality", "nisCode": {"type": "Property", "value": "44021"}}, (PLACE,)),
        ({"id": "urn:x:1", "type": "Organization", "identifier": "OVO002949"}, (BODY,)),
        ({"id": "urn:x:1", "type": "Address", "identifier": {"type": "Relationship", "object": ADDRESS}}, (ADDRESS,)),
        ({"id": "urn:x:1", "type": "Address", "http://purl.org/dc/terms/identifier": {"value": [ADDRESS]}}, (ADDRESS,)),
        ({"id": ADDRESS, "type": "Address", "identifier": ADDRESS}, ()),
        ({"id": "urn:ngsi-ld:OffStreetParking:44021", "type": "OffStreetParking"}, ()),
        ({"id": "urn:x:1", "type": "OffStreetParking", "nisCode": {"value": "44021"}}, ()),
        ({"id": "urn:x:1", "type": "OffStreetParking", "owner": {"type": "Relationship", "object": BODY}}, ()),
        ({"id": "urn:x:1", "type": "Municipality", "nisCode": {"value": 44021.5}, "identifier": None}, ()),
        ({"id": "urn:x:1", "type": "Municipality", "nisCode": {"value": "99999"}}, ()),
    ],
)
def test_a_register_is_linked_where_the_thing_itself_is_meant(entity: dict[str, Any], links: tuple[str, ...]) -> None:
    """Addresses of registers and codes of the thing's own kind become links; what names another thing does not."""
    assert same_as(entity) == links


def test_the_link_is_one_relationship() -> None:
    """An entity gets one link, with several targets where there are; a link of its own stays."""
    entity = {"id": "urn:x:OVO002949", "type": "Organization"}
    linked = with_same_as(entity)
    assert linked[SAME_AS] == {"type": "Relationship", "object": BODY}
    assert SAME_AS not in entity
    assert with_same_as(linked) == linked
    own = {**entity, "sameAs": {"type": "Relationship", "object": "urn:y:1"}}
    assert with_same_as(own) == own
    both = {**entity, "identifier": {"type": "Property", "value": ADDRESS}}
    assert with_same_as(both)[SAME_AS]["object"] == [BODY, ADDRESS]
