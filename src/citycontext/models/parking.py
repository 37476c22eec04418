"""Entities of the subject Parking of Smart Data Models (facts from its schemas at d49af3c).

Written by scripts/compile_models.py; a change by hand is lost.
"""

# fmt: off

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from citycontext.models.commons import Commons, LocatedCommons
from citycontext.models.postal_address import PostalAddress
from citycontext.models.smart_data_model import Origin
from citycontext.ngsild.fields import Attr, GeoAttr, OptAttr, OptRelAttr, RelAttr, optional

__all__ = [
    "OffStreetParking",
    "OnStreetParking",
    "ParkingAccess",
    "ParkingGroup",
    "ParkingSpot",
]


class OffStreetParking(Commons):
    """OffStreetParking 0.1.3.

    https://github.com/smart-data-models/dataModel.Parking/blob/master/OffStreetParking/doc/spec.md

    Units: average_spot_width MTR, average_spot_length MTR, maximum_allowed_height MTR, maximum_allowed_width MTR.
    """

    _origin = Origin("Parking", "OffStreetParking")
    location: GeoAttr
    address: OptAttr[PostalAddress] = optional()
    area_served: OptAttr[str] = optional()
    category: OptAttr[
        list[Literal["barrierAccess", "feeCharged", "forCustomers", "forDisabled", "forElectricalCharging",
        "forEmployees", "forMembers", "forResidents", "forStudents", "forVisitors", "free", "freeAccess", "gateAccess",
        "ground", "guarded", "longTerm", "mediumTerm", "onlyResidents", "onlyWithPermit", "other", "parkingGarage",
        "parkingLot", "private", "public", "publicPrivate", "shortTerm", "staffed", "underground",
        "urbanDeterrentParking"] | str]
    ] = optional()
    ext_category: OptAttr[list[str]] = optional()
    allowed_vehicle_type: OptAttr[
        list[Literal["agriculturalVehicle", "anyVehicle", "bicycle", "bus", "car", "carWithCaravan", "carWithTrailer",
        "caravan", "constructionOrMaintenanceVehicle", "lorry", "moped", "motorcycle", "motorcycleWithSideCar",
        "motorscooter", "tanker", "trailer", "van"] | str]
    ] = optional()
    charge_type: OptAttr[
        list[Literal["additionalIntervalPrice", "annualPayment", "firstIntervalPrice", "flat", "free", "maximum",
        "minimum", "monthlyPayment", "other", "seasonTicket", "temporaryPrice"] | str]
    ] = optional()
    required_permit: OptAttr[
        list[Literal["employeePermit", "fairPermit", "governmentPermit", "noPermitNeeded", "residentPermit",
        "specificIdentifiedVehiclePermit", "studentPermit", "visitorPermit"] | str]
    ] = optional()
    occupancy_detection_type: OptAttr[
        list[Literal["balancing", "manual", "modelBased", "none", "singleSpaceDetection"] | str]
    ] = optional()
    occupied_spot_number: OptAttr[int] = optional(minimum=0)
    """Property, from 0."""
    occupancy_modified: OptAttr[datetime] = optional()
    occupancy: OptAttr[float] = optional(minimum=0, maximum=1)
    """Property, from 0 to 1."""
    accepted_payment_method: OptAttr[
        list[Literal["ByBankTransferInAdvance", "ByInvoice", "COD", "Cash", "CheckInAdvance", "DirectDebit",
        "GoogleCheckout", "PayPal", "PaySwarm"] | str]
    ] = optional()
    price_rate_per_minute: OptAttr[float] = optional()
    price_currency: OptAttr[str] = optional()
    layout: OptAttr[
        list[Literal["automatedParkingGarage", "carports", "covered", "field", "garageBoxes", "multiLevel",
        "multiStorey", "nested", "openSpace", "other", "rooftop", "sheds", "singleLevel", "surface"] | str]
    ] = optional()
    usage_scenario: OptAttr[
        list[Literal["automaticParkingGuidance", "carSharing", "dropOff", "dropOffMechanical", "dropOffWithValet",
        "eventParking", "kissAndRide", "liftShare", "loadingBay", "other", "overnightParking", "parkAndCycle",
        "parkAndRide", "parkAndWalk", "restArea", "serviceArea", "staffGuidesToSpace", "truckParking", "vehicleLift"] |
        str]
    ] = optional()
    parking_mode: OptAttr[list[Literal["echelonParking", "parallelParking", "perpendicularParking"] | str]] = optional()
    facilities: OptAttr[
        list[Literal["bikeParking", "cashMachine", "copyMachineOrService", "defibrillator", "dumpingStation",
        "electricChargingStation", "elevator", "faxMachineOrService", "fireExtinguisher", "fireHose", "fireHydrant",
        "firstAidEquipment", "freshWater", "iceFreeScaffold", "informationPoint", "internetWireless", "luggageLocker",
        "payDesk", "paymentMachine", "playground", "publicPhone", "refuseBin", "safeDeposit", "shower", "toilet",
        "tollTerminal", "vendingMachine", "wasteDisposal"] | str]
    ] = optional()
    security: OptAttr[
        list[Literal["areaSeparatedFromSurroundings", "cctv", "dog", "externalSecurity", "fences", "floodLight",
        "guard24hours", "lighting", "patrolled", "securityStaff"] | str]
    ] = optional()
    highest_floor: OptAttr[int] = optional()
    lowest_floor: OptAttr[int] = optional()
    maximum_parking_duration: OptAttr[str] = optional()
    total_spot_number: OptAttr[int] = optional(minimum=1)
    """Property, from 1."""
    available_spot_number: OptAttr[int] = optional(minimum=0)
    """Property, from 0."""
    extra_spot_number: OptAttr[int] = optional(minimum=0)
    """Property, from 0."""
    opening_hours: OptAttr[str] = optional()
    first_available_floor: OptAttr[int] = optional()
    special_location: OptAttr[
        list[Literal["airportTerminal", "cableCarStation", "campground", "cinema", "coachStation", "conventionCentre",
        "exhibitionCentre", "ferryTerminal", "hotel", "market", "other", "publicTransportStation", "religiousCentre",
        "shoppingCentre", "skilift", "specificFacility", "themePark", "trainStation", "vehicleOnRailTerminal"] | str]
    ] = optional()
    status: OptAttr[
        list[Literal["almostFull", "closed", "closedAbnormal", "full", "fullAtEntrance", "open", "openingTimesInForce",
        "spacesAvailable"] | str]
    ] = optional()
    reservation_type: OptAttr[list[Literal["mandatory", "notAvailable", "optional", "partly"] | str]] = optional()
    provider: OptAttr[dict[str, Any]] = optional()
    measures_period: OptAttr[float] = optional()
    measures_period_unit: OptAttr[str] = optional()
    contact_point: OptAttr[dict[str, Any]] = optional()
    average_spot_width: OptAttr[float] = optional(minimum=0, unit="MTR")
    """Property in MTR, from 0."""
    average_spot_length: OptAttr[float] = optional(minimum=0, unit="MTR")
    """Property in MTR, from 0."""
    maximum_allowed_height: OptAttr[float] = optional(minimum=0, unit="MTR")
    """Property in MTR, from 0."""
    maximum_allowed_width: OptAttr[float] = optional(minimum=0, unit="MTR")
    """Property in MTR, from 0."""
    ref_parking_access: OptRelAttr = optional()
    ref_parking_group: OptRelAttr = optional()
    ref_parking_spot: OptRelAttr = optional()
    aggregate_rating: OptAttr[dict[str, Any]] = optional()
    vehicle_entrance_count: OptAttr[float] = optional(minimum=0)
    """Property, from 0."""
    vehicle_exit_count: OptAttr[float] = optional(minimum=0)
    """Property, from 0."""
    access_modified: OptAttr[str] = optional()
    images: OptAttr[list[str]] = optional()
    out_of_service_slot_number: OptAttr[float] = optional()
    parking_site_id: OptAttr[str] = optional()
    observation_date_time: OptAttr[datetime] = optional()
    four_wheeler_slots: OptAttr[dict[str, Any]] = optional()
    unclassified_slots: OptAttr[dict[str, Any]] = optional()
    two_wheeler_slots: OptAttr[dict[str, Any]] = optional()
    municipality_info: OptAttr[dict[str, Any]] = optional()


class OnStreetParking(Commons):
    """OnStreetParking 0.1.4.

    https://github.com/smart-data-models/dataModel.Parking/blob/master/OnStreetParking/doc/spec.md
    """

    _origin = Origin("Parking", "OnStreetParking")
    location: GeoAttr
    address: OptAttr[PostalAddress] = optional()
    area_served: OptAttr[str] = optional()
    category: OptAttr[
        list[Literal["barrierAccess", "blueZone", "feeCharged", "forDisabled", "forElectricalCharging", "forLoadUnload",
        "forResidents", "free", "greenZone", "mediumTerm", "onlyWithPermit", "public", "shortTerm", "taxiStop",
        "underground"] | str]
    ] = optional()
    allowed_vehicle_type: OptAttr[
        list[Literal["agriculturalVehicle", "anyVehicle", "articulatedVehicle", "bicycle", "bus", "car",
        "carOrLightVehicle", "carWithCaravan", "carWithTrailer", "caravan", "constructionOrMaintenanceVehicle",
        "fourWheelDrive", "highSidedVehicle", "lorry", "moped", "motorcycle", "motorcycleWithSideCar", "motorscooter",
        "other", "tanker", "threeWheeledVehicle", "trailer", "tram", "twoWheeledVehicle", "van", "vehicleWithCaravan",
        "vehicleWithCatalyticConverter", "vehicleWithTrailer", "vehicleWithoutCatalyticConverter",
        "withEvenNumberedRegistrationPlates", "withOddNumberedRegistrationPlates"] | str]
    ] = optional()
    required_permit: OptAttr[list[str]] = optional()
    permit_active_hours: OptAttr[dict[str, Any]] = optional()
    maximum_parking_duration: OptAttr[str] = optional()
    occupied_spot_number: OptAttr[float] = optional()
    occupancy_modified: OptAttr[datetime] = optional()
    layout: OptAttr[list[str]] = optional()
    charge_type: OptAttr[
        list[Literal["additionalIntervalPrice", "annualPayment", "firstIntervalPrice", "flat", "free", "maximum",
        "minimum", "monthlyPayment", "other", "seasonTicket", "temporaryFee", "temporaryPrice", "unknown"] | str]
    ] = optional()
    accepted_payment_method: OptAttr[
        Literal["ByBankTransferInAdvance", "ByInvoice", "COD", "Cash", "CheckInAdvance", "DirectDebit",
        "GoogleCheckout", "PayPal", "PaySwarm"] | str
    ] = optional()
    usage_scenario: OptAttr[
        Literal["carSharing", "dropOff", "kissAndRide", "liftShare", "loadingBay", "other", "overnightParking",
        "parkAndCycle", "parkAndRide", "parkAndWalk", "vehicleLift"] | str
    ] = optional()
    total_spot_number: OptAttr[int] = optional(minimum=0)
    """Property, from 0."""
    available_spot_number: OptAttr[int] = optional(minimum=0)
    """Property, from 0."""
    extra_spot_number: OptAttr[int] = optional(minimum=0)
    """Property, from 0."""
    occupancy_detection_type: OptAttr[
        list[Literal["balancing", "manual", "modelBased", "none", "singleSpaceDetection"] | str]
    ] = optional()
    parking_mode: OptAttr[Literal["echelonParking", "parallelParking", "perpendicularParking"] | str] = optional()
    are_borders_marked: OptAttr[bool] = optional()
    average_spot_width: OptAttr[float] = optional(minimum=0)
    """Property, from 0."""
    average_spot_length: OptAttr[float] = optional(minimum=0)
    """Property, from 0."""
    ref_parking_spot: OptRelAttr = optional()
    ref_parking_group: OptRelAttr = optional()
    out_of_service_slot_number: OptAttr[float] = optional()
    parking_site_id: OptAttr[str] = optional()
    observation_date_time: OptAttr[datetime] = optional()
    four_wheeler_slots: OptAttr[dict[str, Any]] = optional()
    unclassified_slots: OptAttr[dict[str, Any]] = optional()
    two_wheeler_slots: OptAttr[dict[str, Any]] = optional()
    municipality_info: OptAttr[dict[str, Any]] = optional()


class ParkingAccess(Commons):
    """ParkingAccess 0.0.1.

    https://github.com/smart-data-models/dataModel.Parking/blob/master/ParkingAccess/doc/spec.md
    """

    _origin = Origin("Parking", "ParkingAccess")
    location: GeoAttr
    address: OptAttr[PostalAddress] = optional()
    area_served: OptAttr[str] = optional()
    category: OptAttr[list[str]] = optional()
    ref_off_street_parking: OptRelAttr = optional()
    features: OptAttr[list[str]] = optional()
    width: OptAttr[float] = optional()
    height: OptAttr[float] = optional()
    slope: OptAttr[float] = optional()


class ParkingGroup(LocatedCommons):
    """ParkingGroup 0.1.2.

    https://github.com/smart-data-models/dataModel.Parking/blob/master/ParkingGroup/doc/spec.md

    Units: average_spot_width MTR, average_spot_length MTR, maximum_allowed_height MTR, maximum_allowed_width MTR.
    """

    _origin = Origin("Parking", "ParkingGroup")
    ref_parking_site: RelAttr
    category: OptAttr[
        list[Literal["adjacentSpaces", "blueZone", "completeFloor", "feeCharged", "free", "greenZone", "loadUnloadZone",
        "nonAdjacentSpaces", "offStreet", "onStreet", "onlyDisabled", "onlyElectricalCharging", "onlyResidents",
        "onlyWithPermit", "particularConditionsSpaces", "shortTermMediumTermLongTerm", "statisticsOnly",
        "vehicleTypeSpaces"] | str]
    ] = optional()
    allowed_vehicle_type: OptAttr[
        Literal["bicycle", "bus", "car", "caravan", "motorcycle", "motorscooter", "truck"] | str
    ] = optional()
    maximum_parking_duration: OptAttr[datetime] = optional()
    charge_type: OptAttr[
        list[Literal["additionalIntervalPrice", "annualPayment", "firstIntervalPrice", "flat", "free", "maximum",
        "minimum", "monthlyPayment", "other", "seasonTicket", "temporaryFee", "temporaryPrice", "unknown"] | str]
    ] = optional()
    required_permit: OptAttr[
        list[Literal["blueZonePermit", "carSharingPermit", "careTakingPermit", "carpoolingPermit", "disabledPermit",
        "emergencyVehiclePermit", "employeePermit", "fairPermit", "governmentPermit", "maintenanceVehiclePermit",
        "noPermitNeeded", "residentPermit", "roadWorksPermit", "specificIdentifiedVehiclePermit", "studentPermit",
        "taxiPermit", "transportationPermit", "visitorPermit"] | str]
    ] = optional()
    permit_active_hours: OptAttr[dict[str, Any]] = optional()
    reservation_type: OptAttr[Literal["mandatory", "notAvailable", "optional", "partly"] | str] = optional()
    are_borders_marked: OptAttr[bool] = optional()
    total_spot_number: OptAttr[int] = optional(minimum=1)
    """Property, from 1."""
    available_spot_number: OptAttr[int] = optional(minimum=0)
    """Property, from 0."""
    occupancy_detection_type: OptAttr[
        list[Literal["balancing", "manual", "modelBased", "none", "singleSpaceDetection"] | str]
    ] = optional()
    parking_mode: OptAttr[list[Literal["echelonParking", "parallelParking", "perpendicularParking"] | str]] = optional()
    average_spot_width: OptAttr[float] = optional(minimum=0, unit="MTR")
    """Property in MTR, from 0."""
    average_spot_length: OptAttr[float] = optional(minimum=0, unit="MTR")
    """Property in MTR, from 0."""
    maximum_allowed_height: OptAttr[float] = optional(minimum=0, unit="MTR")
    """Property in MTR, from 0."""
    maximum_allowed_width: OptAttr[float] = optional(minimum=0, unit="MTR")
    """Property in MTR, from 0."""
    ref_parking_spot: OptRelAttr = optional()


class ParkingSpot(Commons):
    """ParkingSpot 0.1.0.

    https://github.com/smart-data-models/dataModel.Parking/blob/master/ParkingSpot/doc/spec.md
    """

    _origin = Origin("Parking", "ParkingSpot")
    location: GeoAttr
    status: Attr[Literal["closed", "free", "occupied", "unknown"] | str]
    ref_parking_site: RelAttr
    category: Attr[list[Literal["offStreet", "onStreet"] | str]]
    address: OptAttr[PostalAddress] = optional()
    area_served: OptAttr[str] = optional()
    color: OptAttr[str] = optional()
    image: OptAttr[str] = optional()
    annotations: OptAttr[list[str]] = optional()
    width: OptAttr[float] = optional(minimum=0)
    """Property, from 0."""
    length: OptAttr[float] = optional(minimum=0)
    """Property, from 0."""
    ref_parking_group: OptRelAttr = optional()
    ref_device: OptRelAttr = optional()
    time_instant: OptAttr[datetime] = optional()
