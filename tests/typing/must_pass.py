"""What a user writes and a type checker must accept; also run as a program by the tests."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, assert_type

from citycontext.ngsild import (
    NULL,
    Attr,
    Attribute,
    Entity,
    GeoAttr,
    GeoProperty,
    LanguageProperty,
    OptAttr,
    OptGeoAttr,
    OptLanguageAttr,
    OptRelAttr,
    Property,
    Relationship,
    load,
    load_many,
    optional,
    point,
)


class Parking(Entity, type="OffStreetParking"):
    location: GeoAttr
    name: Attr[str]
    available_spot_number: OptAttr[int] = optional()
    occupancy: OptAttr[float] = optional()
    category: OptAttr[list[str]] = optional()
    observation_date_time: OptAttr[datetime] = optional()
    entrance: OptGeoAttr = optional()
    label: OptLanguageAttr = optional()
    ref_parking_site: OptRelAttr = optional("refParkingSite")


class GuardedParking(Parking):
    guard_count: OptAttr[int] = optional()


now = datetime.now(UTC)
parking = Parking(
    id="urn:ngsi-ld:OffStreetParking:1",
    name="Loop",
    location=point(3.7, 51.0),
    available_spot_number=Property(5, unit_code="C62", observed_at=now),
    scope="/Gent",
)
parking.available_spot_number = 6
parking.available_spot_number = Property(7)
parking.available_spot_number = None
parking.available_spot_number = 8
parking.occupancy = 1
parking.category = ["public"]
parking.observation_date_time = now
parking.location = GeoProperty(point(3.8, 51.0))
parking.label = {"nl": "Loop"}
parking.ref_parking_site = "urn:ngsi-ld:Site:1"
parking["anything"] = 3

assert_type(parking.id, str)
assert_type(parking.name, Property[str])
assert_type(parking.name.value, str)
assert_type(parking.available_spot_number, Property[int] | None)
spots = parking.available_spot_number
if spots is not None:
    assert_type(spots.value, int)
    assert_type(spots.observed_at, datetime | None)
    assert_type(spots.unit_code, str | None)
assert_type(parking.location, GeoProperty)
assert_type(parking.label, LanguageProperty | None)
assert_type(parking.ref_parking_site, Relationship | None)
moment = parking.observation_date_time
if moment is not None:
    assert_type(moment.value, datetime)
assert_type(parking["anything"], Attribute)
assert_type(parking.copy(), Parking)

payload: dict[str, Any] = parking.to_dict()
assert_type(load(payload, as_=Parking), Parking)
assert_type(load(payload), Entity)
assert_type(load_many([payload], as_=Parking), list[Parking])
assert_type(Parking.from_dict(payload), Parking)
assert_type(Property(5), Property[int])

guarded = GuardedParking(id="urn:ngsi-ld:OffStreetParking:2", name="Zuid", location=point(3.7, 51.0), guard_count=2)
assert_type(guarded.name.value, str)
generic = Entity(id="urn:ngsi-ld:Thing:1", type="Thing", temperature=5)
part = Parking.fragment(available_spot_number=NULL)
assert_type(part, Parking)
