"""What type checkers, and so editors, know about ten models; a line that ends in "# refused" is a mistake."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import assert_type

from citycontext.models.alert import Alert
from citycontext.models.building import Building
from citycontext.models.device import Device
from citycontext.models.environment import AirQualityObserved, NoiseLevelObserved
from citycontext.models.parking import OffStreetParking, ParkingSpot
from citycontext.models.postal_address import PostalAddress
from citycontext.models.transportation import TrafficFlowObserved
from citycontext.models.urban_mobility import GtfsStop
from citycontext.models.waste_management import WasteContainer
from citycontext.models.weather import WeatherObserved
from citycontext.ngsild import GeoProperty, Property, Relationship, point


def read(
    parking: OffStreetParking,
    spot: ParkingSpot,
    air: AirQualityObserved,
    noise: NoiseLevelObserved,
    waste: WasteContainer,
    traffic: TrafficFlowObserved,
    weather: WeatherObserved,
    device: Device,
    building: Building,
    alert: Alert,
    stop: GtfsStop,
) -> None:
    assert_type(parking.available_spot_number, Property[int] | None)
    assert_type(parking.location, GeoProperty)
    assert_type(parking.address, Property[PostalAddress] | None)
    assert_type(spot.ref_parking_site, Relationship)
    assert_type(spot.time_instant, Property[datetime] | None)
    assert_type(air.date_observed.value, datetime)
    assert_type(air.as_, Property[float] | None)
    assert_type(noise.l_aeq, Property[float] | None)
    assert_type(waste.filling_level, Property[float] | None)
    assert_type(waste.ref_device, Relationship | None)
    assert_type(traffic.congested, Property[bool] | None)
    assert_type(traffic.lane_id, Property[int] | None)
    assert_type(weather.temperature, Property[float] | None)
    assert_type(device.controlled_asset, Property[list[str]] | None)
    assert_type(building.floors_above_ground, Property[int] | None)
    assert_type(alert.date_issued.value, datetime)
    assert_type(stop.name.value, str)


parking = OffStreetParking(
    id="urn:ngsi-ld:OffStreetParking:gent:loop",
    location=point(3.7, 51.0),
    available_spot_number=5,
    occupancy_modified=datetime.now(UTC),
    usage_scenario=["parkAndRide", "of our own"],
)
parking.available_spot_number = Property(6, unit_code="C62")
kinds: list[str] = ["free", "of our own"]
parking.category = kinds
parking.available_spot_number = "five"  # refused
parking.available_spot_numbr = 5  # refused
OffStreetParking(id="urn:ngsi-ld:OffStreetParking:gent:loop")  # refused
OffStreetParking(id="urn:ngsi-ld:OffStreetParking:1", location=point(3.7, 51.0), category="free")  # refused
