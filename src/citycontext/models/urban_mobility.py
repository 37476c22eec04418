"""Entities of the subject UrbanMobility of Smart Data Models (facts from its schemas at 147e48c).

Written by scripts/compile_models.py; a change by hand is lost.
"""

# fmt: off

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from citycontext.models.commons import Commons, LocatedCommons
from citycontext.models.postal_address import PostalAddress
from citycontext.models.smart_data_model import Origin, SmartDataModel
from citycontext.ngsild.fields import Attr, GeoAttr, OptAttr, OptGeoAttr, OptRelAttr, RelAttr, attribute, optional

__all__ = [
    "ArrivalEstimation",
    "GtfsAccessPoint",
    "GtfsAgency",
    "GtfsCalendarDateRule",
    "GtfsCalendarRule",
    "GtfsFrequency",
    "GtfsRoute",
    "GtfsService",
    "GtfsShape",
    "GtfsStation",
    "GtfsStop",
    "GtfsStopTime",
    "GtfsTransferRule",
    "GtfsTrip",
    "PublicTransportRoute",
    "PublicTransportStop",
    "TransitManagement",
]


class ArrivalEstimation(Commons):
    """ArrivalEstimation 0.0.3.

    https://github.com/smart-data-models/dataModel.UrbanMobility/blob/master/ArrivalEstimation/doc/spec.md

    Units: remaining_distance MTR.
    """

    _origin = Origin("UrbanMobility", "ArrivalEstimation")
    has_trip: RelAttr
    remaining_time: Attr[str]
    head_sign: Attr[str]
    has_stop: RelAttr
    remaining_distance: OptAttr[float] = optional(minimum=0, unit="MTR")
    """Property in MTR, from 0."""


class GtfsAccessPoint(SmartDataModel):
    """GtfsAccessPoint 0.0.1.

    https://github.com/smart-data-models/dataModel.UrbanMobility/blob/master/GtfsAccessPoint/doc/spec.md
    """

    _origin = Origin("UrbanMobility", "GtfsAccessPoint")
    name: Attr[str]
    location: GeoAttr
    date_created: OptAttr[datetime] = optional()
    date_modified: OptAttr[datetime] = optional()
    source: OptAttr[str] = optional()
    alternate_name: OptAttr[str] = optional()
    description: OptAttr[str] = optional()
    data_provider: OptAttr[str] = optional()
    owner: OptAttr[list[str]] = optional()
    see_also: OptAttr[list[str] | str] = optional()
    address: OptAttr[PostalAddress] = optional()
    area_served: OptAttr[str] = optional()
    code: OptAttr[str] = optional()
    page: OptAttr[str] = optional()
    zone_code: OptAttr[str] = optional()
    wheel_chair_accessible: OptAttr[Literal["0", "1", "2"] | str] = optional()
    has_parent_station: OptRelAttr = optional()
    stop_desc: OptAttr[str] = optional("stop_desc")
    has_service: OptRelAttr = optional()
    has_trip: OptRelAttr = optional()
    has_stop: OptRelAttr = optional()


class GtfsAgency(SmartDataModel):
    """GtfsAgency 0.0.2.

    https://github.com/smart-data-models/dataModel.UrbanMobility/blob/master/GtfsAgency/doc/spec.md
    """

    _origin = Origin("UrbanMobility", "GtfsAgency")
    source: Attr[str]
    agency_name: Attr[str]
    date_created: OptAttr[datetime] = optional()
    date_modified: OptAttr[datetime] = optional()
    name: OptAttr[str] = optional()
    alternate_name: OptAttr[str] = optional()
    description: OptAttr[str] = optional()
    data_provider: OptAttr[str] = optional()
    owner: OptAttr[list[str]] = optional()
    see_also: OptAttr[list[str] | str] = optional()
    street_address: OptAttr[str] = optional()
    address_locality: OptAttr[str] = optional()
    address_region: OptAttr[str] = optional()
    address_country: OptAttr[str] = optional()
    postal_code: OptAttr[str] = optional()
    post_office_box_number: OptAttr[str] = optional()
    street_nr: OptAttr[str] = optional()
    district: OptAttr[str] = optional()
    entity_source: OptAttr[str] = optional()
    page: OptAttr[str] = optional()
    phone: OptAttr[str] = optional()
    timezone: OptAttr[str] = optional()
    language: OptAttr[str] = optional()


class GtfsCalendarDateRule(Commons):
    """GtfsCalendarDateRule 0.0.2.

    https://github.com/smart-data-models/dataModel.UrbanMobility/blob/master/GtfsCalendarDateRule/doc/spec.md
    """

    _origin = Origin("UrbanMobility", "GtfsCalendarDateRule")
    applies_on: Attr[str]
    exception_type: Attr[Literal["1", "2"] | str]
    has_service: RelAttr


class GtfsCalendarRule(Commons):
    """GtfsCalendarRule 0.0.1.

    https://github.com/smart-data-models/dataModel.UrbanMobility/blob/master/GtfsCalendarRule/doc/spec.md
    """

    _origin = Origin("UrbanMobility", "GtfsCalendarRule")
    has_service: RelAttr
    monday: Attr[bool]
    tuesday: Attr[bool]
    wednesday: Attr[bool]
    thursday: Attr[bool]
    friday: Attr[bool]
    saturday: Attr[bool]
    sunday: Attr[bool]
    start_date: Attr[str]
    end_date: Attr[str]


class GtfsFrequency(Commons):
    """GtfsFrequency 0.0.2.

    https://github.com/smart-data-models/dataModel.UrbanMobility/blob/master/GtfsFrequency/doc/spec.md
    """

    _origin = Origin("UrbanMobility", "GtfsFrequency")
    start_time: Attr[str]
    end_time: Attr[str]
    headway_seconds: Attr[int] = attribute(minimum=1)
    """Property, from 1."""
    has_trip: RelAttr
    exact_times: OptAttr[bool] = optional()


class GtfsRoute(Commons):
    """GtfsRoute 0.0.1.

    https://github.com/smart-data-models/dataModel.UrbanMobility/blob/master/GtfsRoute/doc/spec.md
    """

    _origin = Origin("UrbanMobility", "GtfsRoute")
    page: OptAttr[str] = optional()
    route_color: OptAttr[str] = optional()
    route_text_color: OptAttr[str] = optional()
    route_type: OptAttr[Literal["0", "1", "2", "3", "4", "5", "6", "7"] | str] = optional()
    route_sort_order: OptAttr[int] = optional(minimum=0)
    """Property, from 0."""
    operated_by: OptRelAttr = optional()
    short_name: OptAttr[str] = optional()


class GtfsService(SmartDataModel):
    """GtfsService 0.0.1.

    https://github.com/smart-data-models/dataModel.UrbanMobility/blob/master/GtfsService/doc/spec.md
    """

    _origin = Origin("UrbanMobility", "GtfsService")
    name: Attr[str]
    operated_by: RelAttr
    date_created: OptAttr[datetime] = optional()
    date_modified: OptAttr[datetime] = optional()
    source: OptAttr[str] = optional()
    alternate_name: OptAttr[str] = optional()
    description: OptAttr[str] = optional()
    data_provider: OptAttr[str] = optional()
    owner: OptAttr[list[str]] = optional()
    see_also: OptAttr[list[str] | str] = optional()


class GtfsShape(Commons):
    """GtfsShape 0.0.2.

    https://github.com/smart-data-models/dataModel.UrbanMobility/blob/master/GtfsShape/doc/spec.md
    """

    _origin = Origin("UrbanMobility", "GtfsShape")
    location: GeoAttr
    address: OptAttr[PostalAddress] = optional()
    area_served: OptAttr[str] = optional()
    distance_travelled: OptAttr[list[float]] = optional()


class GtfsStation(SmartDataModel):
    """GtfsStation 0.0.1.

    https://github.com/smart-data-models/dataModel.UrbanMobility/blob/master/GtfsStation/doc/spec.md
    """

    _origin = Origin("UrbanMobility", "GtfsStation")
    name: Attr[str]
    location: GeoAttr
    has_stop: RelAttr
    date_created: OptAttr[datetime] = optional()
    date_modified: OptAttr[datetime] = optional()
    source: OptAttr[str] = optional()
    alternate_name: OptAttr[str] = optional()
    description: OptAttr[str] = optional()
    data_provider: OptAttr[str] = optional()
    owner: OptAttr[list[str]] = optional()
    see_also: OptAttr[list[str] | str] = optional()
    address: OptAttr[PostalAddress] = optional()
    area_served: OptAttr[str] = optional()
    code: OptAttr[str] = optional()
    page: OptAttr[str] = optional()
    zone_code: OptAttr[str] = optional()
    wheel_chair_accessible: OptAttr[Literal["0", "1", "2"] | str] = optional()
    has_parent_station: OptRelAttr = optional()
    stop_desc: OptAttr[str] = optional("stop_desc")
    has_service: OptRelAttr = optional()
    has_trip: OptRelAttr = optional()
    has_access_point: OptRelAttr = optional()


class GtfsStop(SmartDataModel):
    """GtfsStop 0.0.1.

    https://github.com/smart-data-models/dataModel.UrbanMobility/blob/master/GtfsStop/doc/spec.md
    """

    _origin = Origin("UrbanMobility", "GtfsStop")
    name: Attr[str]
    location: GeoAttr
    date_created: OptAttr[datetime] = optional()
    date_modified: OptAttr[datetime] = optional()
    source: OptAttr[str] = optional()
    alternate_name: OptAttr[str] = optional()
    description: OptAttr[str] = optional()
    data_provider: OptAttr[str] = optional()
    owner: OptAttr[list[str]] = optional()
    see_also: OptAttr[list[str] | str] = optional()
    address: OptAttr[PostalAddress] = optional()
    area_served: OptAttr[str] = optional()
    code: OptAttr[str] = optional()
    page: OptAttr[str] = optional()
    zone_code: OptAttr[str] = optional()
    wheel_chair_accessible: OptAttr[Literal["0", "1", "2"] | str] = optional()
    has_parent_station: OptRelAttr = optional()
    stop_desc: OptAttr[str] = optional("stop_desc")
    has_service: OptRelAttr = optional()
    has_trip: OptRelAttr = optional()
    has_stop: OptRelAttr = optional()
    operated_by: OptRelAttr = optional()


class GtfsStopTime(Commons):
    """GtfsStopTime 0.0.2.

    https://github.com/smart-data-models/dataModel.UrbanMobility/blob/master/GtfsStopTime/doc/spec.md
    """

    _origin = Origin("UrbanMobility", "GtfsStopTime")
    has_stop: RelAttr
    has_trip: RelAttr
    arrival_time: Attr[str]
    departure_time: Attr[str]
    stop_sequence: Attr[int] = attribute(minimum=1)
    """Property, from 1."""
    distance_travelled: OptAttr[float] = optional(minimum=0)
    """Property, from 0."""
    pickup_type: OptAttr[Literal["0", "1", "2", "3"] | str] = optional()
    stop_headsign: OptAttr[str] = optional()
    drop_off_type: OptAttr[Literal["0", "1", "2", "3"] | str] = optional()
    timepoint: OptAttr[Literal["0", "1"] | str] = optional()


class GtfsTransferRule(Commons):
    """GtfsTransferRule 0.0.3.

    https://github.com/smart-data-models/dataModel.UrbanMobility/blob/master/GtfsTransferRule/doc/spec.md

    Units: minimum_transfer_time SEC.
    """

    _origin = Origin("UrbanMobility", "GtfsTransferRule")
    has_origin: RelAttr
    has_destination: RelAttr
    transfer_type: Attr[Literal["0", "1", "2", "3"] | str]
    minimum_transfer_time: OptAttr[int] = optional(minimum=1, unit="SEC")
    """Property in SEC, from 1."""


class GtfsTrip(Commons):
    """GtfsTrip 0.0.1.

    https://github.com/smart-data-models/dataModel.UrbanMobility/blob/master/GtfsTrip/doc/spec.md
    """

    _origin = Origin("UrbanMobility", "GtfsTrip")
    has_route: RelAttr
    has_service: RelAttr
    short_name: OptAttr[str] = optional()
    head_sign: OptAttr[str] = optional()
    has_shape: OptRelAttr = optional()
    block: OptAttr[str] = optional()
    direction: OptAttr[float] = optional()
    wheel_chair_accessible: OptAttr[float] = optional()
    bikes_allowed: OptAttr[float] = optional()


class PublicTransportRoute(LocatedCommons):
    """PublicTransportRoute 0.0.2.

    https://github.com/smart-data-models/dataModel.UrbanMobility/blob/master/PublicTransportRoute/doc/spec.md
    """

    _origin = Origin("UrbanMobility", "PublicTransportRoute")
    transportation_type: Attr[int]
    route_code: OptAttr[str] = optional()
    short_route_code: OptAttr[str] = optional()
    route_color: OptAttr[str] = optional()
    route_text_color: OptAttr[str] = optional()
    route_segments: OptAttr[list[dict[str, Any]]] = optional()
    schedule: OptAttr[list[dict[str, Any]]] = optional()


class PublicTransportStop(SmartDataModel):
    """PublicTransportStop 0.0.2.

    https://github.com/smart-data-models/dataModel.UrbanMobility/blob/master/PublicTransportStop/doc/spec.md
    """

    _origin = Origin("UrbanMobility", "PublicTransportStop")
    name: Attr[str]
    transportation_type: Attr[list[int]]
    date_created: OptAttr[datetime] = optional()
    date_modified: OptAttr[datetime] = optional()
    source: OptAttr[str] = optional()
    alternate_name: OptAttr[str] = optional()
    description: OptAttr[str] = optional()
    data_provider: OptAttr[str] = optional()
    owner: OptAttr[list[str]] = optional()
    see_also: OptAttr[list[str] | str] = optional()
    location: OptGeoAttr = optional()
    address: OptAttr[PostalAddress] = optional()
    area_served: OptAttr[str] = optional()
    stop_code: OptAttr[str] = optional()
    short_stop_code: OptAttr[str] = optional()
    wheel_chair_accessible: OptAttr[Literal["0", "1", "2"] | str] = optional()
    ref_public_transport_route: OptRelAttr = optional()
    people_count: OptAttr[int] = optional(minimum=0)
    """Property, from 0."""
    ref_people_count_device: OptAttr[str] = optional()
    opening_hours_specification: OptAttr[list[dict[str, Any]]] = optional()


class TransitManagement(LocatedCommons):
    """TransitManagement 0.1.0.

    https://github.com/smart-data-models/dataModel.UrbanMobility/blob/master/TransitManagement/doc/spec.md
    """

    _origin = Origin("UrbanMobility", "TransitManagement")
    data_descriptor: OptRelAttr = optional()
    vehicle_type: OptAttr[
        Literal["BRT bus", "BRT mini bus·", "agriculturalVehicle", "ambulance", "anyVehicle", "articulatedVehicle",
        "autorickshaw", "bicycle", "binTrolley", "bus", "car", "carOrLightVehicle", "carWithCaravan", "carWithTrailer",
        "caravan", "cleaningTrolley", "compactor", "constructionOrMaintenanceVehicle", "dumper", "e-moped",
        "e-motorcycle", "e-scooter", "fireTender", "fourWheelDrive", "highSidedVehicle", "hopper", "lorry", "minibus",
        "moped", "motorcycle", "motorcycleWithSideCar", "motorscooter", "other", "policeVan", "publicMotor",
        "sweepingMachine", "tanker", "tempo", "threeWheeledVehicle", "tipper", "trailer", "tram", "trolley",
        "twoWheeledVehicle", "van", "vehicleWithCaravan", "vehicleWithTrailer", "vehicleWithoutCatalyticConverter",
        "withEvenNumberedRegistrationPlates", "withOddNumberedRegistrationPlates"] | str
    ] = optional()
    trip_details: OptAttr[dict[str, Any]] = optional("trip_details")
    position: OptAttr[dict[str, Any]] = optional()
    trip_delay: OptAttr[float] = optional("trip_delay")
    route_url: OptAttr[str] = optional("route_url")
    agency_lang: OptAttr[str] = optional("agency_lang")
    depot_name: OptAttr[str] = optional("depot_name")
    travel_time: OptAttr[str] = optional()
    direction_id: OptAttr[float] = optional("direction_id")
    schedule_relationship: OptAttr[str] = optional("schedule_relationship")
    stop_sequence_detail: OptAttr[dict[str, Any]] = optional("stop_sequence_detail")
    stop_time_update: OptAttr[dict[str, Any]] = optional("stop_time_update")
    trip_update: OptAttr[dict[str, Any]] = optional("trip_update")
    vehicle_id: OptAttr[str] = optional("vehicle_id")
    agency_fare_url: OptAttr[str] = optional("agency_fare_url")
    actual_trip_end_time: OptAttr[datetime] = optional("actual_trip_end_time")
    last_tracked_time: OptAttr[datetime] = optional("last_tracked_time")
    standing_capacity: OptAttr[float] = optional("standing_capacity")
    last_stop_arrival_time: OptAttr[str] = optional("last_stop_arrival_time")
    agency_id: OptAttr[str] = optional("agency_id")
    arrival: OptAttr[dict[str, Any]] = optional()
    current_status: OptAttr[str] = optional("current_status")
    route_type: OptAttr[str] = optional("route_type")
    speed: OptAttr[float] = optional()
    route_id: OptAttr[str] = optional("route_id")
    seating_capacity: OptAttr[float] = optional("seating_capacity")
    stop_headsign: OptAttr[str] = optional("stop_headsign")
    vehicle_label: OptAttr[str] = optional("vehicle_label")
    entity_id: OptAttr[str] = optional("entity_id")
    timestamp: OptAttr[datetime] = optional()
    arrival_time: OptAttr[str] = optional("arrival_time")
    stop_desc: OptAttr[str] = optional("stop_desc")
    vehicle_desc: OptAttr[dict[str, Any]] = optional()
    route_long_name: OptAttr[str] = optional("route_long_name")
    agency_timezone: OptAttr[str] = optional("agency_timezone")
    stop_code: OptAttr[str] = optional("stop_code")
    trip_details_: OptAttr[dict[str, Any]] = optional()
    agency_name: OptAttr[str] = optional("agency_name")
    route_desc: OptAttr[str] = optional("route_desc")
    vehicle_position: OptAttr[dict[str, Any]] = optional("vehicle_position")
    license_plate: OptAttr[str] = optional("license_plate")
    stop_id: OptAttr[str] = optional("stop_id")
    uncertainty: OptAttr[float] = optional()
    route_color: OptAttr[str] = optional("route_color")
    travel_distance: OptAttr[float] = optional()
    actual_trip_start_time: OptAttr[datetime] = optional("actual_trip_start_time")
    bearing: OptAttr[float] = optional()
    stop_sequence: OptAttr[float] = optional("stop_sequence")
    start_date: OptAttr[str] = optional("start_date")
    current_stop_sequence: OptAttr[float] = optional("current_stop_sequence")
    start_time: OptAttr[str] = optional("start_time")
    trip_id: OptAttr[str] = optional("trip_id")
    route_text_color: OptAttr[str] = optional("route_text_color")
    stop_url: OptAttr[str] = optional("stop_url")
    departure: OptAttr[dict[str, Any]] = optional()
    ac_available: OptAttr[str] = optional("ac_available")
    trip_direction_: OptAttr[str] = optional()
    agency_url: OptAttr[str] = optional("agency_url")
    route_stop_sequence: OptAttr[list[str]] = optional()
    trip_direction: OptAttr[str] = optional("trip_direction")
    departure_time: OptAttr[str] = optional("departure_time")
    trip: OptAttr[dict[str, Any]] = optional()
    last_stop_id: OptAttr[str] = optional("last_stop_id")
    standing_capacity_: OptAttr[float] = optional()
    route_short_name: OptAttr[str] = optional("route_short_name")
    stop_name: OptAttr[str] = optional("stop_name")
    depot_id: OptAttr[str] = optional("depot_id")
    device_info: OptAttr[dict[str, Any]] = optional()
    observation_date_time: OptAttr[datetime] = optional()
    vehicle_position_info: OptAttr[dict[str, Any]] = optional()
    shape_info: OptAttr[dict[str, Any]] = optional()
    ac_available_: OptAttr[str] = optional()
    stop_times_info: OptAttr[dict[str, Any]] = optional()
    arrival_uncertainty: OptAttr[float] = optional()
    agency_info: OptAttr[dict[str, Any]] = optional()
    departure_uncertainty: OptAttr[float] = optional()
    vehicle_info: OptAttr[dict[str, Any]] = optional()
    trip_info: OptAttr[dict[str, Any]] = optional()
    position_info: OptAttr[dict[str, Any]] = optional()
    depot_name_: OptAttr[str] = optional()
    depot_id_: OptAttr[str] = optional("depotID")
    stop_info: OptAttr[dict[str, Any]] = optional()
    stop_time_update_info: OptAttr[dict[str, Any]] = optional()
    route_info: OptAttr[dict[str, Any]] = optional()
