"""What a type checker must refuse: one error on each line that ends in ``# refused``, and nowhere else."""

from __future__ import annotations

from citycontext.ngsild import Attr, Entity, GeoAttr, OptAttr, OptRelAttr, Property, load, optional, point


class Parking(Entity):
    location: GeoAttr
    name: Attr[str]
    available_spot_number: OptAttr[int] = optional()
    ref_parking_site: OptRelAttr = optional()


parking = Parking(id="urn:ngsi-ld:Parking:1", name="Loop", location=point(3.7, 51.0))
Parking(id="urn:ngsi-ld:Parking:1", name="Loop")  # refused
Parking(id="urn:ngsi-ld:Parking:1", name=5, location=point(3.7, 51.0))  # refused
Parking(id="urn:ngsi-ld:Parking:1", nam="Loop", name="Loop", location=point(3.7, 51.0))  # refused
parking.available_spot_number = "five"  # refused
parking.available_spot_number = Property("five")  # refused
parking.available_spot_numbr = 5  # refused
print(parking.available_spot_numbr)  # refused
parking.name = None  # refused
parking.location = "Gent"  # refused
parking.ref_parking_site = 7  # refused
fresh = Parking(id="urn:ngsi-ld:Parking:2", name="Loop", location=point(3.7, 51.0))
fresh.available_spot_number.value  # refused
spots: str = load({}, as_=Parking).name.value + 5  # refused
