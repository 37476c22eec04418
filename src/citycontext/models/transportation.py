"""Entities of the subject Transportation of Smart Data Models (facts from its schemas at 6aee14b).

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
    "APDSObservation",
    "AnonymousCommuterId",
    "AnprFlowObserved",
    "BikeHireDockingStation",
    "BikeLane",
    "CityWork",
    "CrowdFlowObserved",
    "EVChargingStation",
    "ElectricVehicleMobility",
    "FareCollectionSystem",
    "FleetVehicle",
    "FleetVehicleOperation",
    "FleetVehicleStatus",
    "ItemFlowObserved",
    "OriginDestinationFlow",
    "RestrictedTrafficArea",
    "RestrictionException",
    "Road",
    "RoadAccident",
    "RoadSegment",
    "SpecialRestriction",
    "TrafficFlowObserved",
    "TrafficViolation",
    "TransportStation",
    "Vehicle",
    "VehicleFault",
    "VehicleModel",
]


class APDSObservation(LocatedCommons):
    """APDSObservation 0.0.1.

    https://github.com/smart-data-models/dataModel.Transportation/blob/master/APDSObservation/doc/spec.md

    Units: observer_location_pdop MTR, observer_heading DD, observed_location_pdop MTR, observed_heading DD,
    observer_speed KMH, observed_speed KMH.
    """

    _origin = Origin("Transportation", "APDSObservation")
    observed_method: OptAttr[Literal["anpr", "chalk", "other", "rfTranspoder", "scanner", "visual"] | str] = optional()
    observed_credential_type: OptAttr[
        Literal["barcode", "bluetooth", "eticket", "hangtag", "licensePlate", "other", "permit", "qrCode", "rfid",
        "ticket"] | str
    ] = optional()
    observed_credential_id: OptAttr[str] = optional()
    observed_credential_country: OptAttr[str] = optional()
    observed_credential_confidence: OptAttr[float] = optional(minimum=0, maximum=1)
    """Property, from 0 to 1."""
    observed_credential_character_confidence: OptAttr[list[float]] = optional()
    observer: OptAttr[str] = optional()
    observer_description: OptAttr[str] = optional()
    creator: OptAttr[str] = optional()
    observer_cameras: OptAttr[list[str]] = optional()
    observation_date_time: OptAttr[datetime] = optional()
    observation_start_date_time: OptAttr[datetime] = optional()
    observation_end_date_time: OptAttr[datetime] = optional()
    observer_location: OptGeoAttr = optional()
    observer_location_pdop: OptAttr[float] = optional("observerLocationPDOP")
    """Property in MTR."""
    towards_observer: OptAttr[float] = optional()
    observer_heading: OptAttr[float] = optional()
    """Property in DD."""
    observed_location: OptGeoAttr = optional()
    observed_location_pdop: OptAttr[float] = optional("observedLocationPDOP")
    """Property in MTR."""
    observed_heading: OptAttr[float] = optional()
    """Property in DD."""
    observer_speed: OptAttr[float] = optional()
    """Property in KMH."""
    observed_speed: OptAttr[float] = optional()
    """Property in KMH."""
    images: OptAttr[list[list[dict[str, Any]]]] = optional()
    observed_vehicle_colour: OptAttr[str] = optional()
    observed_vehicle_make: OptAttr[str] = optional()
    observed_vehicle_type: OptAttr[
        Literal["BRT bus", "BRT mini busÂ·", "agriculturalVehicle", "ambulance", "anyVehicle", "articulatedVehicle",
        "autorickshaw", "bicycle", "binTrolley", "bus", "car", "carOrLightVehicle", "carWithCaravan", "carWithTrailer",
        "caravan", "cleaningTrolley", "compactor", "constructionOrMaintenanceVehicle", "dumper", "e-moped",
        "e-motorcycle", "e-scooter", "fireTender", "fourWheelDrive", "highSidedVehicle", "hopper", "lorry", "minibus",
        "moped", "motorcycle", "motorcycleWithSideCar", "motorscooter", "other", "policeVan", "publicMotor",
        "sweepingMachine", "tanker", "tempo", "threeWheeledVehicle", "tipper", "trailer", "tram", "trolley",
        "twoWheeledVehicle", "van", "vehicleWithCaravan", "vehicleWithTrailer", "vehicleWithoutCatalyticConverter",
        "withEvenNumberedRegistrationPlates", "withOddNumberedRegistrationPlates"] | str
    ] = optional()


class AnonymousCommuterId(LocatedCommons):
    """AnonymousCommuterId 0.0.3.

    https://github.com/smart-data-models/dataModel.Transportation/blob/master/AnonymousCommuterId/doc/spec.md
    """

    _origin = Origin("Transportation", "AnonymousCommuterId")
    anonymized_id: Attr[str]
    date: OptAttr[datetime] = optional()
    orig: OptAttr[str] = optional()
    dest: OptAttr[str] = optional()
    algorithm: OptAttr[str] = optional()


class AnprFlowObserved(Commons):
    """AnprFlowObserved 0.0.3.

    https://github.com/smart-data-models/dataModel.Transportation/blob/master/AnprFlowObserved/doc/spec.md
    """

    _origin = Origin("Transportation", "AnprFlowObserved")
    location: GeoAttr
    date_observed: Attr[datetime]
    address: OptAttr[PostalAddress] = optional()
    area_served: OptAttr[str] = optional()
    date_received: OptAttr[datetime] = optional()
    observed_by: OptRelAttr = optional()
    lane_id: OptAttr[str] = optional()
    zones_served: OptAttr[list[str]] = optional()
    vehicle_plate_not_read: OptAttr[bool] = optional()
    observed_vehicle: OptAttr[dict[str, Any]] = optional()
    ref_images: OptRelAttr = optional()


class BikeHireDockingStation(LocatedCommons):
    """BikeHireDockingStation 0.1.1.

    https://github.com/smart-data-models/dataModel.Transportation/blob/master/BikeHireDockingStation/doc/spec.md
    """

    _origin = Origin("Transportation", "BikeHireDockingStation")
    total_slot_number: OptAttr[int] = optional(minimum=0)
    """Property, from 0."""
    free_slot_number: OptAttr[int] = optional(minimum=0)
    """Property, from 0."""
    available_bike_number: OptAttr[int] = optional(minimum=0)
    """Property, from 0."""
    out_of_service_slot_number: OptAttr[int] = optional(minimum=0)
    """Property, from 0."""
    opening_hours: OptAttr[str] = optional()
    status: OptAttr[
        Literal["almostEmpty", "almostFull", "empty", "full", "outOfService", "withIncidence", "working"] | str
    ] = optional()
    provider: OptAttr[str] = optional()
    contact_point: OptAttr[dict[str, Any]] = optional()
    station_name: OptAttr[str] = optional()
    media_url: OptAttr[str] = optional("mediaURL")
    agency_url: OptAttr[str] = optional("agency_url")
    agency_name: OptAttr[str] = optional("agency_name")
    station_code: OptAttr[str] = optional()
    observation_date_time: OptAttr[datetime] = optional()
    agency_fare_url: OptAttr[str] = optional("agency_fare_url")


class BikeLane(LocatedCommons):
    """BikeLane 0.0.1.

    https://github.com/smart-data-models/dataModel.Transportation/blob/master/BikeLane/doc/spec.md
    """

    _origin = Origin("Transportation", "BikeLane")
    lane_occupancy: OptAttr[float] = optional()
    lane_length: OptAttr[float] = optional()
    lane_width: OptAttr[float] = optional()
    date_observed: OptAttr[datetime] = optional()


class CityWork(Commons):
    """CityWork 0.4.1.

    https://github.com/smart-data-models/dataModel.Transportation/blob/master/CityWork/doc/spec.md
    """

    _origin = Origin("Transportation", "CityWork")
    location: GeoAttr
    address: OptAttr[PostalAddress] = optional()
    area_served: OptAttr[str] = optional()
    territorial_area: OptAttr[str] = optional()
    date_last_reported: OptAttr[datetime] = optional()
    work_number: OptAttr[str] = optional()
    work_state: OptAttr[
        Literal["all", "approved", "authorized", "canceled", "completed", "decreeToBeSigned", "draft", "editedDecrees",
        "instructionInProgress", "investigated", "nonCompliantOccupation", "open", "other", "pendingAuthorization",
        "pendingCancellation", "pendingDocument", "pendingExtension", "pendingPlanning", "planned", "planningCompleted",
        "received", "reject", "supported", "validatedInPlanning"] | str
    ] = optional()
    work_date: OptAttr[str] = optional()
    start_date: OptAttr[datetime] = optional()
    end_date: OptAttr[datetime] = optional()
    opening_hours_specification: OptAttr[list[dict[str, Any]]] = optional()
    contracting_authority: OptAttr[str] = optional()
    contact_point: OptAttr[dict[str, Any]] = optional()
    decrees: OptAttr[list[str]] = optional()
    work_last_date_update: OptAttr[datetime] = optional()
    main_contracting_company: OptAttr[str] = optional()
    others_contracting_company: OptAttr[list[str]] = optional()
    work_level: OptAttr[
        list[Literal["aerial", "ground", "mixed", "other", "roofing", "surface", "underground", "wall"] | str]
    ] = optional()
    work_target: OptAttr[
        list[Literal["CoringPenetrometry", "bicyclePath", "busCorridor", "catainers", "cityBike", "cityCar",
        "cityMotorBike", "cityScooter", "coldAndAirCon", "coldGroup", "copperCable", "drinkingWater",
        "electricityNetworks", "exploratoryWork", "fireHydrants", "frameRoof", "gasNetworks", "generator",
        "historicalMonuments", "infrastructure", "landscapedArea", "movingHoistNacelleTruck", "networks",
        "offStreetParking", "opticalFibers", "other", "overheadLine", "papersCollection", "pavement",
        "publicDecorativeLighting", "publicDomain", "publicTransport", "rMTNetworks", "railway", "rainyWaters",
        "riprap", "roads", "roadsAndPublicDomain", "sanitation", "scaffolding", "sideWalk", "speedReductionDevices",
        "streetParking", "supportStructures", "surfaceOccupation", "tagsAndPosters", "telecom-RMT-VideoNetworks",
        "telecomNetworks", "trafficSignalingRegulation", "tramway", "urbanFurniture", "urbanHeating", "variousWorks",
        "videoNetworks", "vrd"] | str]
    ] = optional()
    work_nature: OptAttr[
        list[Literal["Installation-OR-layout", "ManholeOpeningToRestoreService", "additionalInvestigations",
        "brushCutting", "cleaning", "collection", "connection", "consolidation", "construction", "control", "counting",
        "craneLifting", "creation", "demolition", "drivingSwitch", "experimentation", "extension", "filmShooting",
        "investigation", "landFill", "maintenance", "manholeOpening", "miscellaneousInstallation", "miscellaneousWorks",
        "mowingDeburring", "other", "overheadLinesWorksIntervention", "pruning", "pulling", "refurbishment",
        "rehabilitation", "reinforcement", "renewal", "renovation", "repair", "replacement", "riprap", "roadSign",
        "safetyAndComplianceWork", "safetyRailsInstallation", "securingPerimeter", "siteInstallation", "staking",
        "supportImplantation", "surfaceOccupationAuthorization", "survey", "tarring", "tonnageExemption", "treeCutting",
        "trenchOpening", "upgrading"] | str]
    ] = optional()
    infrastructure_function: OptAttr[
        list[Literal["collection", "distribution", "other", "transportation"] | str]
    ] = optional()
    encroachment: OptAttr[list[Literal["other", "private", "public"] | str]] = optional()
    type_of_intervention_request: OptAttr[
        Literal["authorizationRequest", "interventionNotice", "other", "urgentWorks"] | str
    ] = optional()
    work_reason: OptAttr[
        list[Literal["collapse", "derailment", "fire", "flood", "gasLeak", "landslide", "other", "powerCut", "rockfall",
        "sagging", "waterLeak"] | str]
    ] = optional()
    work_zone: OptAttr[
        list[Literal["airport", "beach", "bicyclePath", "bridge", "busCorridor", "dock", "floodArea", "harbor",
        "heliport", "mountainousArea", "offRoad", "other", "parking", "parksGardens", "path", "protectArea",
        "railwayLine", "riskArea", "river", "road", "rockyArea", "sevesoArea", "sideWalk", "subwayLine", "tramwayLine",
        "tunnel"] | str]
    ] = optional()
    work_disposition: OptAttr[list[dict[str, Any]]] = optional()
    work_other_impact: OptAttr[list[str]] = optional()
    is_mobile: OptAttr[bool] = optional()
    count_of_derogation: OptAttr[float] = optional()
    derogation: OptAttr[list[dict[str, Any]]] = optional()
    is_main_road_impacted_htr: OptAttr[bool] = optional("isMainRoadImpactedHTR")
    count_of_road_impacted: OptAttr[float] = optional()
    road_impacted: OptAttr[list[dict[str, Any]]] = optional()
    road_impacted_mt: OptAttr[list[str]] = optional("roadImpactedMT")
    road_impacted_sa: OptAttr[list[str]] = optional("roadImpactedSA")
    allowed_vehicle: OptAttr[
        list[Literal["allVehicle", "bicycle", "bus", "car", "companiesTrucks", "emergencyVehicle", "firefighters",
        "lorry", "motorcycle", "police", "subway", "sweepingMachine", "trailer", "tramway", "trucks", "van"] | str]
    ] = optional()
    max_authorized_tonnage: OptAttr[list[dict[str, Any]]] = optional()
    count_of_bus_line_impacted: OptAttr[float] = optional()
    bus_impacted: OptAttr[list[dict[str, Any]]] = optional()
    count_of_school_bus_line_impacted: OptAttr[float] = optional()
    school_bus_impacted: OptAttr[list[dict[str, Any]]] = optional()
    count_of_tramway_line_impacted: OptAttr[float] = optional()
    tramway_impacted: OptAttr[list[dict[str, Any]]] = optional()
    count_of_subway_line_impacted: OptAttr[float] = optional()
    subway_impacted: OptAttr[list[dict[str, Any]]] = optional()
    count_of_railway_line_impacted: OptAttr[float] = optional()
    railway_impacted: OptAttr[list[dict[str, Any]]] = optional()
    count_of_school_impacted: OptAttr[float] = optional()
    school_impacted: OptAttr[list[str]] = optional()
    count_of_station_impacted: OptAttr[float] = optional()
    station_impacted: OptAttr[list[dict[str, Any]]] = optional()
    count_of_event_impacted: OptAttr[float] = optional()
    events_impacted: OptAttr[list[str]] = optional()


class CrowdFlowObserved(LocatedCommons):
    """CrowdFlowObserved 0.0.3.

    https://github.com/smart-data-models/dataModel.Transportation/blob/master/CrowdFlowObserved/doc/spec.md

    Units: average_crowd_speed KMH, average_headway_time SEC.
    """

    _origin = Origin("Transportation", "CrowdFlowObserved")
    date_observed: Attr[str]
    ref_road_segment: OptRelAttr = optional()
    date_observed_from: OptAttr[datetime] = optional()
    date_observed_to: OptAttr[datetime] = optional()
    people_count: OptAttr[int] = optional(minimum=0)
    """Property, from 0."""
    people_count_towards: OptAttr[int] = optional(minimum=0)
    """Property, from 0."""
    people_count_away: OptAttr[int] = optional(minimum=0)
    """Property, from 0."""
    occupancy: OptAttr[float] = optional(minimum=0, maximum=1)
    """Property, from 0 to 1."""
    average_crowd_speed: OptAttr[float] = optional(minimum=0, unit="KMH")
    """Property in KMH, from 0."""
    congested: OptAttr[bool] = optional()
    average_headway_time: OptAttr[float] = optional(minimum=0, unit="SEC")
    """Property in SEC, from 0."""
    direction: OptAttr[Literal["inbound", "outbound"] | str] = optional()


class EVChargingStation(LocatedCommons):
    """EVChargingStation 0.1.0.

    https://github.com/smart-data-models/dataModel.Transportation/blob/master/EVChargingStation/doc/spec.md

    Units: amperage AMP, voltage VLT.
    """

    _origin = Origin("Transportation", "EVChargingStation")
    capacity: Attr[int] = attribute(minimum=1)
    """Property, from 1."""
    allowed_vehicle_type: Attr[
        list[Literal["bicycle", "bus", "car", "caravan", "motorcycle", "motorscooter", "truck"] | str]
    ]
    socket_type: Attr[
        list[Literal["CCS/SAE", "CHAdeMO", "Caravan_Mains_Socket", "Dual_CHAdeMO", "Dual_J-1772", "Dual_Mennekes",
        "J-1772", "Mennekes", "Other", "Tesla", "Type2", "Type3", "Wall_Euro"] | str]
    ]
    socket_number: OptAttr[int] = optional(minimum=1)
    """Property, from 1."""
    available_capacity: OptAttr[int] = optional(minimum=0)
    """Property, from 0."""
    opening_hours: OptAttr[str] = optional()
    status: OptAttr[
        Literal["almostEmpty", "almostFull", "empty", "full", "outOfService", "withIncidence", "working"] | str
    ] = optional()
    network: OptAttr[str] = optional()
    operator: OptAttr[str] = optional()
    contact_point: OptAttr[dict[str, Any]] = optional()
    amperage: OptAttr[float] = optional(minimum=0, unit="AMP")
    """Property in AMP, from 0."""
    voltage: OptAttr[float] = optional(minimum=0, unit="VLT")
    """Property in VLT, from 0."""
    charge_type: OptAttr[list[Literal["annualPayment", "flat", "free", "monthlyPayment", "other"] | str]] = optional()
    accepted_payment_method: OptAttr[
        list[Literal["ByBankTransferInAdvance", "ByInvoice", "COD", "Cash", "CheckInAdvance", "DirectDebit",
        "GoogleCheckout", "PayPal", "PaySwarm"] | str]
    ] = optional()
    data_descriptor: OptRelAttr = optional()
    power_consumption: OptAttr[float] = optional()
    charging_unit_id: OptAttr[str] = optional()
    transaction_id: OptAttr[str] = optional()
    transaction_type: OptAttr[str] = optional()
    station_name: OptAttr[str] = optional()
    amount_collected: OptAttr[float] = optional()
    tax_amount_collected: OptAttr[float] = optional()
    end_date_time: OptAttr[datetime] = optional()
    start_date_time: OptAttr[datetime] = optional()
    vehicle_type: OptAttr[
        Literal["BRT bus", "BRT minibus", "agriculturalVehicle", "ambulance", "articulatedVehicle", "autorickshaw",
        "bicycle", "binTrolley", "bus", "car", "carOrLightVehicle", "carWithCaravan", "carWithTrailer", "caravan",
        "cleaningTrolley", "compactor", "constructionOrMaintenanceVehicle", "dumper", "e-moped", "e-motorcycle",
        "e-scooter", "fire tender", "fourWheelDrive", "highSidedVehicle", "hopper", "lorry", "minibus", "moped",
        "motorcycle", "motorcycleWithSideCar", "motorscooter", "police van", "sweepingMachine", "tanker", "tempo",
        "threeWheeledVehicle", "tipper", "trailer", "tram", "trolley", "twoWheeledVehicle", "van"] | str
    ] = optional()
    observation_date_time: OptAttr[datetime] = optional()


class ElectricVehicleMobility(LocatedCommons):
    """ElectricVehicleMobility 0.0.1.

    https://github.com/smart-data-models/dataModel.Transportation/blob/master/ElectricVehicleMobility/doc/spec.md

    Units: average_distance_km KMT.
    """

    _origin = Origin("Transportation", "ElectricVehicleMobility")
    date_observed: OptAttr[str] = optional()
    region: OptAttr[Literal["AÇORES", "CONTINENTE", "MADEIRA", "Outros - GDPR"] | str] = optional()
    district: OptAttr[str] = optional()
    municipality: OptAttr[str] = optional()
    location_code: OptAttr[str] = optional()
    device_brand: OptAttr[str] = optional()
    average_distance_km: OptAttr[float] = optional(minimum=0, unit="KMT")
    """Property in KMT, from 0."""
    n: OptAttr[int] = optional(minimum=1)
    """Property, from 1."""
    vehicle_type: OptAttr[Literal["BEV", "FCEV", "HEV", "PHEV", "unknown"] | str] = optional()


class FareCollectionSystem(LocatedCommons):
    """FareCollectionSystem 0.0.1.

    https://github.com/smart-data-models/dataModel.Transportation/blob/master/FareCollectionSystem/doc/spec.md
    """

    _origin = Origin("Transportation", "FareCollectionSystem")
    destination_stop_name: OptAttr[str] = optional()
    occupancy_level: OptAttr[Literal["Green", "Red", "Yellow"] | str] = optional()
    travel_distance: OptAttr[float] = optional()
    passenger_count: OptAttr[float] = optional()
    transaction_type: OptAttr[str] = optional()
    ticket_type_code: OptAttr[str] = optional()
    origin_stop_name: OptAttr[str] = optional()
    entry_area_code: OptAttr[str] = optional()
    card_id: OptAttr[str] = optional()
    stage: OptAttr[float] = optional()
    equipment_id: OptAttr[str] = optional()
    direction_id: OptAttr[float] = optional("direction_id")
    equipment_sequence_number: OptAttr[float] = optional()
    shift_of_operation: OptAttr[str] = optional()
    route_id: OptAttr[str] = optional("route_id")
    trip_id: OptAttr[str] = optional("trip_id")
    origin_stop_category: OptAttr[str] = optional()
    vehicle_label: OptAttr[str] = optional("vehicle_label")
    fare_for_child: OptAttr[float] = optional()
    transaction_date_time: OptAttr[datetime] = optional()
    destination_stop_id: OptAttr[str] = optional()
    origin_destination_code: OptAttr[str] = optional()
    current_trip_count: OptAttr[float] = optional()
    equipment_type_code: OptAttr[Literal["02", "08", "1B", "41", "42"] | str] = optional()
    destination_stop_category: OptAttr[str] = optional()
    transaction_vehicle_num: OptAttr[float] = optional()
    fare_for_adult: OptAttr[float] = optional()
    observation_date_time: OptAttr[datetime] = optional()
    equipment_company_code: OptAttr[str] = optional()
    transaction_type_description: OptAttr[str] = optional()
    exit_area_code: OptAttr[str] = optional()
    equipment_type: OptAttr[str] = optional()
    equipment_stop_id: OptAttr[str] = optional()
    origin_stop_id: OptAttr[str] = optional()


class FleetVehicle(LocatedCommons):
    """FleetVehicle 0.0.1.

    https://github.com/smart-data-models/dataModel.Transportation/blob/master/FleetVehicle/doc/spec.md
    """

    _origin = Origin("Transportation", "FleetVehicle")
    vehicle: OptRelAttr = optional()
    fleet_vehicle_type: OptAttr[str] = optional()
    operating_company: OptAttr[str] = optional()
    operator: OptRelAttr = optional()


class FleetVehicleOperation(LocatedCommons):
    """FleetVehicleOperation 0.0.2.

    https://github.com/smart-data-models/dataModel.Transportation/blob/master/FleetVehicleOperation/doc/spec.md

    Units: response_time SEC.
    """

    _origin = Origin("Transportation", "FleetVehicleOperation")
    fleet_vehicle: OptRelAttr = optional()
    fleet_vehicle_status: OptRelAttr = optional()
    initiating_location: OptGeoAttr = optional()
    started_at: OptAttr[datetime] = optional()
    ended_at: OptAttr[datetime] = optional()
    operation_type: OptAttr[str] = optional()
    result: OptAttr[str] = optional()
    response_time: OptAttr[float] = optional()
    """Property in SEC."""
    transport_time: OptAttr[float] = optional()


class FleetVehicleStatus(LocatedCommons):
    """FleetVehicleStatus 0.0.1.

    https://github.com/smart-data-models/dataModel.Transportation/blob/master/FleetVehicleStatus/doc/spec.md

    Units: last_fuelling_amount LTR, speed KMH.
    """

    _origin = Origin("Transportation", "FleetVehicleStatus")
    fleet_vehicle: OptRelAttr = optional()
    fleet_vehicle_operation: OptRelAttr = optional()
    rest_fuel_amount: OptAttr[float] = optional()
    last_fuelling_amount: OptAttr[float] = optional()
    """Property in LTR."""
    current_status: OptAttr[Literal["deployed", "finished", "servicing", "starting", "terminated"] | str] = optional()
    current_operative: OptAttr[dict[str, Any]] = optional()
    speed: OptAttr[float] = optional()
    """Property in KMH."""
    battery: OptAttr[float] = optional(minimum=0, maximum=1)
    """Property, from 0 to 1."""
    bearing: OptAttr[float] = optional()
    last_known_position: OptGeoAttr = optional()
    last_known_position_updated_at: OptAttr[datetime] = optional()
    in_restricted_area: OptAttr[bool] = optional()
    mileage_from_odometer: OptAttr[float] = optional()


class ItemFlowObserved(Commons):
    """ItemFlowObserved 0.0.2.

    https://github.com/smart-data-models/dataModel.Transportation/blob/master/ItemFlowObserved/doc/spec.md
    """

    _origin = Origin("Transportation", "ItemFlowObserved")
    location: GeoAttr
    date_observed: Attr[datetime]
    lane_id: Attr[int]
    address: OptAttr[PostalAddress] = optional()
    area_served: OptAttr[str] = optional()
    ref_device: OptRelAttr = optional()
    ref_road_segment: OptRelAttr = optional()
    date_observed_from: OptAttr[datetime] = optional()
    date_observed_to: OptAttr[datetime] = optional()
    item_type: OptAttr[Literal["people", "ship", "vehicle", "yacht"] | str] = optional()
    item_sub_type: OptAttr[str] = optional()
    lane_direction: OptAttr[Literal["backward", "forward", "inbound", "left", "outbound", "right"] | str] = optional()
    reverse_lane: OptAttr[bool] = optional()
    intensity: OptAttr[float] = optional(minimum=0)
    """Property, from 0."""
    occupancy: OptAttr[float] = optional(minimum=0, maximum=1)
    """Property, from 0 to 1."""
    congested: OptAttr[bool] = optional()
    average_speed: OptAttr[float] = optional(minimum=0)
    """Property, from 0."""
    average_length: OptAttr[float] = optional(minimum=0)
    """Property, from 0."""
    average_headway_time: OptAttr[float] = optional(minimum=0)
    """Property, from 0."""
    average_gap_distance: OptAttr[float] = optional(minimum=0)
    """Property, from 0."""
    min_speed: OptAttr[float] = optional(minimum=0)
    """Property, from 0."""
    max_speed: OptAttr[float] = optional(minimum=0)
    """Property, from 0."""


class OriginDestinationFlow(LocatedCommons):
    """OriginDestinationFlow 0.0.1.

    https://github.com/smart-data-models/dataModel.Transportation/blob/master/OriginDestinationFlow/doc/spec.md

    Units: flow_count movements.
    """

    _origin = Origin("Transportation", "OriginDestinationFlow")
    date_observed: OptAttr[datetime] = optional()
    aggregation_date_type: OptAttr[str] = optional()
    hour: OptAttr[int] = optional(minimum=0, maximum=23)
    """Property, from 0 to 23."""
    origin_location_code: OptAttr[str] = optional()
    origin_location_name: OptAttr[str] = optional()
    origin_location: OptGeoAttr = optional()
    destination_location_code: OptAttr[str] = optional()
    destination_location_name: OptAttr[str] = optional()
    destination_location: OptGeoAttr = optional()
    nationality: OptAttr[str] = optional()
    nationality_name: OptAttr[str] = optional()
    flow_count: OptAttr[int] = optional(minimum=0)
    """Property in movements, from 0."""
    flow_type: OptAttr[Literal["business", "commuting", "migration", "mixed", "tourism"] | str] = optional()
    country_code: OptAttr[str] = optional()


class RestrictedTrafficArea(LocatedCommons):
    """RestrictedTrafficArea 0.0.1.

    https://github.com/smart-data-models/dataModel.Transportation/blob/master/RestrictedTrafficArea/doc/spec.md
    """

    _origin = Origin("Transportation", "RestrictedTrafficArea")
    category: OptAttr[
        list[Literal["barrierAccess", "forBikes", "forCustomers", "forDisabled", "forElectricalVehicles",
        "forEmployees", "forMembers", "forPedestrian", "forResidents", "forStudents", "forVisitors", "gateAccess",
        "guarded", "onlyElectricalVehicles", "onlyPedestrian", "onlyResident", "onlyResidents", "onlyWithPermit",
        "private", "public", "publicPrivate"] | str]
    ] = optional()
    not_allowed_vehicle_type: OptAttr[
        list[Literal["agriculturalVehicle", "anyVehicle", "bicycle", "bus", "car", "carWithCaravan", "carWithTrailer",
        "caravan", "constructionOrMaintenanceVehicle", "dieselCarEuro0", "dieselCarEuro1", "dieselCarEuro2",
        "dieselCarEuro3", "dieselCarEuro4", "dieselCarEuro5a", "dieselCarEuro5b", "dieselCarEuro6",
        "freightTransportVehicle", "lorry", "moped", "motorcycle", "motorcycleWithSideCar", "motorscooter",
        "petrolCarEuro0", "petrolCarEuro1", "petrolCarEuro2", "petrolCarEuro3", "petrolCarEuro4", "petrolCarEuro5",
        "petrolCarEuro6", "tanker", "trailer", "van"] | str]
    ] = optional()
    special_restrictions: OptRelAttr = optional()
    restriction_exceptions: OptRelAttr = optional()
    restriction_validity_hours: OptAttr[str] = optional()
    regulation: OptAttr[str] = optional()
    validity_start_date: OptAttr[datetime] = optional()
    validity_end_date: OptAttr[datetime] = optional()
    security: OptAttr[
        list[Literal["bollard", "camera", "cctv", "dog", "externalSecurity", "fencesareaSeperatedFromSurroundings",
        "floodLight", "guard24hours", "lighting", "patrolled", "securityStaff"] | str]
    ] = optional()


class RestrictionException(LocatedCommons):
    """RestrictionException 0.1.0.

    https://github.com/smart-data-models/dataModel.Transportation/blob/master/RestrictionException/doc/spec.md
    """

    _origin = Origin("Transportation", "RestrictionException")
    allowed_vehicle_type: Attr[
        list[Literal["agriculturalVehicle", "anyVehicle", "bicycle", "bus", "car", "carWithCaravan", "carWithTrailer",
        "caravan", "constructionOrMaintenanceVehicle", "dieselCarEuro0", "dieselCarEuro1", "dieselCarEuro2",
        "dieselCarEuro3", "dieselCarEuro4", "dieselCarEuro5a", "dieselCarEuro5b", "dieselCarEuro6",
        "freightTransportVehicle", "lorry", "moped", "motorcycle", "motorcycleWithSideCar", "motorscooter",
        "petrolCarEuro0", "petrolCarEuro1", "petrolCarEuro2", "petrolCarEuro3", "petrolCarEuro4", "petrolCarEuro5",
        "petrolCarEuro6", "tanker", "trailer", "van"] | str]
    ]
    ref_restricted_traffic_area: RelAttr
    exception_validity_hours: OptAttr[str] = optional()
    ref_vehicle_model: OptAttr[list[str]] = optional()


class Road(SmartDataModel):
    """Road 0.0.1.

    https://github.com/smart-data-models/dataModel.Transportation/blob/master/Road/doc/spec.md

    Units: length KMT.
    """

    _origin = Origin("Transportation", "Road")
    name: Attr[str]
    road_class: Attr[
        Literal["motorway", "primary", "residential", "secondary", "service", "tertiary", "trunk", "unclassified"] | str
    ]
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
    color: OptAttr[str] = optional()
    image: OptAttr[str] = optional()
    annotations: OptAttr[list[str]] = optional()
    ref_road_segment: OptAttr[list[str]] = optional()
    length: OptAttr[float] = optional(minimum=0, unit="KMT")
    """Property in KMT, from 0."""
    responsible: OptAttr[str] = optional()


class RoadAccident(LocatedCommons):
    """RoadAccident 0.0.1.

    https://github.com/smart-data-models/dataModel.Transportation/blob/master/RoadAccident/doc/spec.md
    """

    _origin = Origin("Transportation", "RoadAccident")
    status: Attr[Literal["archived", "onGoing", "solved"] | str]
    local_id: OptAttr[str] = optional()
    accident_date: OptAttr[datetime] = optional()
    accident_statistical_date: OptAttr[dict[str, Any]] = optional()
    accident_type: OptAttr[
        list[Literal["1", "10", "11", "12", "2", "3", "4", "5", "6", "7", "8", "9"] | str]
    ] = optional()
    accident_description: OptAttr[list[str]] = optional()
    weather_conditions: OptAttr[
        list[Literal["0", "1", "10", "11", "12", "13", "14", "15", "16", "17", "18", "19", "2", "20", "21", "22", "23",
        "24", "25", "3", "4", "5", "6", "7", "8", "9"] | str]
    ] = optional()
    road_surface: OptAttr[Literal["1", "2", "3", "4", "5"] | str] = optional()
    road_paving: OptAttr[Literal["1", "2", "3"] | str] = optional()
    accident_location: OptAttr[Literal["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"] | str] = optional()
    road_class: OptAttr[str] = optional()
    road_intersection: OptAttr[
        Literal["1", "10", "11", "12", "2", "3", "4", "5", "6", "7", "8", "9"] | str
    ] = optional()
    road_trunk: OptAttr[Literal["1", "10", "11", "12", "15", "2", "3", "4", "5", "6", "7", "8", "9"] | str] = optional()
    road_sign: OptAttr[Literal["1", "2", "3", "4", "5"] | str] = optional()
    pedestrians_involved: OptAttr[bool] = optional()
    vehicles_involved: OptAttr[
        list[Literal["0", "1", "10", "11", "12", "13", "14", "15", "16", "17", "18", "19", "2", "20", "21", "22", "23",
        "24", "3", "4", "5", "6", "7", "8", "9"] | str]
    ] = optional()
    weakest_subject: OptAttr[
        Literal["0", "1", "10", "11", "12", "13", "14", "15", "16", "17", "18", "19", "2", "20", "21", "22", "23", "24",
        "3", "4", "5", "6", "7", "8", "9"] | str
    ] = optional()
    num_passengers_injured: OptAttr[int] = optional(minimum=0)
    """Property, from 0."""
    num_passengers_dead: OptAttr[int] = optional(minimum=0)
    """Property, from 0."""
    num_pedestrian_injured: OptAttr[int] = optional(minimum=0)
    """Property, from 0."""
    num_pedestrian_dead: OptAttr[int] = optional(minimum=0)
    """Property, from 0."""
    total_injured: OptAttr[int] = optional(minimum=0)
    """Property, from 0."""
    total_dead_people_within30_days: OptAttr[int] = optional(minimum=0)
    """Property, from 0."""
    total_dead_people_within24_hours: OptAttr[int] = optional(minimum=0)
    """Property, from 0."""


class RoadSegment(SmartDataModel):
    """RoadSegment 0.4.1.

    https://github.com/smart-data-models/dataModel.Transportation/blob/master/RoadSegment/doc/spec.md

    Units: length KMT, maximum_allowed_speed KMH, minimum_allowed_speed KMH, maximum_allowed_height MTR,
    maximum_allowed_weight KGM, width MTR.
    """

    _origin = Origin("Transportation", "RoadSegment")
    name: Attr[str]
    ref_road: RelAttr
    start_point: GeoAttr
    end_point: GeoAttr
    allowed_vehicle_type: Attr[
        list[Literal["agriculturalVehicle", "anyVehicle", "bicycle", "bus", "car", "carWithCaravan", "carWithTrailer",
        "caravan", "constructionOrMaintenanceVehicle", "lorry", "moped", "motorcycle", "motorcycleWithSideCar",
        "motorscooter", "tanker", "trailer", "van"] | str]
    ]
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
    color: OptAttr[str] = optional()
    image: OptAttr[str] = optional()
    annotations: OptAttr[list[str]] = optional()
    start_kilometer: OptAttr[float] = optional(minimum=0)
    """Property, from 0."""
    end_kilometer: OptAttr[float] = optional(minimum=0)
    """Property, from 0."""
    total_lane_number: OptAttr[float] = optional(minimum=1)
    """Property, from 1."""
    length: OptAttr[float] = optional(minimum=0, unit="KMT")
    """Property in KMT, from 0."""
    maximum_allowed_speed: OptAttr[float] = optional(minimum=0, unit="KMH")
    """Property in KMH, from 0."""
    minimum_allowed_speed: OptAttr[float] = optional(minimum=0, unit="KMH")
    """Property in KMH, from 0."""
    maximum_allowed_height: OptAttr[float] = optional(minimum=0, unit="MTR")
    """Property in MTR, from 0."""
    maximum_allowed_weight: OptAttr[float] = optional(minimum=0, unit="KGM")
    """Property in KGM, from 0."""
    width: OptAttr[float] = optional(minimum=0, unit="MTR")
    """Property in MTR, from 0."""
    lane_usage: OptAttr[list[Literal["backward", "forward"] | str]] = optional()
    category: OptAttr[list[Literal["link", "oneway", "toll"] | str]] = optional()
    status: OptAttr[str] = optional()
    status_description: OptAttr[str] = optional()
    data_descriptor: OptRelAttr = optional()
    cycle_path_material: OptAttr[str] = optional()
    carriageway_length: OptAttr[float] = optional()
    bridge_count: OptAttr[float] = optional()
    pedestrian_path_left_height: OptAttr[float] = optional()
    total_pedestrian_path_length: OptAttr[float] = optional()
    total_pedestrian_path_width: OptAttr[float] = optional()
    culvert_count: OptAttr[float] = optional()
    road_name: OptAttr[str] = optional()
    road_class: OptAttr[
        Literal["MAJOR_CITY_ROAD", "MAJOR_DISTRICT_ROAD", "MINOR_CITY_ROAD", "NATIONAL_HIGHWAY", "OTHER_DISTRICT_ROAD",
        "OTHER_PUBLIC_ROAD", "PORT_ROAD", "PRIVATE_ROAD", "SERVICE_ROAD", "STATE_HIGHWAY"] | str
    ] = optional()
    median_height: OptAttr[float] = optional()
    road_work: OptAttr[
        Literal["COLLAPSE", "DERAILMENT", "FIRE", "FLOOD", "GASLEAK", "LANDSLIDE", "OTHER", "POWERCUT", "ROCKFALL",
        "SAGGING", "WATERLEAK"] | str
    ] = optional()
    road_id: OptAttr[str] = optional()
    cycle_path_right_width: OptAttr[float] = optional()
    road_material: OptAttr[str] = optional()
    median_width: OptAttr[float] = optional()
    carriageway_width: OptAttr[float] = optional()
    cycle_path_right_height: OptAttr[float] = optional()
    road_direction: OptAttr[str] = optional()
    median_length: OptAttr[float] = optional()
    pedestrian_path_material: OptAttr[str] = optional()
    cycle_path_left_width: OptAttr[float] = optional()
    maximum_allowed_width: OptAttr[float] = optional()
    right_of_way_width: OptAttr[float] = optional()
    cycle_path_left_height: OptAttr[float] = optional()
    pedestrian_path_right_width: OptAttr[float] = optional()
    pedestrian_path_left_width: OptAttr[float] = optional()
    lane_info: OptAttr[dict[str, Any]] = optional()
    pedestrian_path_placement: OptAttr[str] = optional()
    pedestrian_path_right_height: OptAttr[float] = optional()
    cycle_path_placement: OptAttr[Literal["BOTH", "LEFT", "NOT_AVAILABLE", "RIGHT"] | str] = optional()
    total_cycle_path_width: OptAttr[float] = optional()
    agency_name: OptAttr[str] = optional("agency_name")
    municipality_info: OptAttr[dict[str, Any]] = optional()


class SpecialRestriction(LocatedCommons):
    """SpecialRestriction 0.0.1.

    https://github.com/smart-data-models/dataModel.Transportation/blob/master/SpecialRestriction/doc/spec.md
    """

    _origin = Origin("Transportation", "SpecialRestriction")
    not_allowed_vehicle_type: Attr[
        list[Literal["agriculturalVehicle", "anyVehicle", "bicycle", "bus", "car", "carWithCaravan", "carWithTrailer",
        "caravan", "constructionOrMaintenanceVehicle", "dieselCarEuro0", "dieselCarEuro1", "dieselCarEuro2",
        "dieselCarEuro3", "dieselCarEuro4", "dieselCarEuro5a", "dieselCarEuro5b", "dieselCarEuro6",
        "freightTransportVehicle", "lorry", "moped", "motorcycle", "motorcycleWithSideCar", "motorscooter",
        "petrolCarEuro0", "petrolCarEuro1", "petrolCarEuro2", "petrolCarEuro3", "petrolCarEuro4", "petrolCarEuro5",
        "petrolCarEuro6", "tanker", "trailer", "van"] | str]
    ]
    ref_restricted_traffic_area: Attr[str]
    restriction_validity_hours: OptAttr[str] = optional()
    ref_vehicle_model: OptAttr[list[str]] = optional()


class TrafficFlowObserved(LocatedCommons):
    """TrafficFlowObserved 0.0.1.

    https://github.com/smart-data-models/dataModel.Transportation/blob/master/TrafficFlowObserved/doc/spec.md

    Units: average_vehicle_speed KMH, average_vehicle_length MTR, average_gap_distance MTR, average_headway_time SEC.
    """

    _origin = Origin("Transportation", "TrafficFlowObserved")
    date_observed: Attr[str]
    lane_id: OptAttr[int] = optional(minimum=1)
    """Property, from 1."""
    ref_road_segment: OptRelAttr = optional()
    date_observed_from: OptAttr[datetime] = optional()
    date_observed_to: OptAttr[datetime] = optional()
    intensity: OptAttr[float] = optional(minimum=0)
    """Property, from 0."""
    occupancy: OptAttr[float] = optional(minimum=0, maximum=1)
    """Property, from 0 to 1."""
    average_vehicle_speed: OptAttr[float] = optional(minimum=0, unit="KMH")
    """Property in KMH, from 0."""
    average_vehicle_length: OptAttr[float] = optional(minimum=0, unit="MTR")
    """Property in MTR, from 0."""
    average_gap_distance: OptAttr[float] = optional(minimum=0, unit="MTR")
    """Property in MTR, from 0."""
    congested: OptAttr[bool] = optional()
    average_headway_time: OptAttr[float] = optional(minimum=0, unit="SEC")
    """Property in SEC, from 0."""
    lane_direction: OptAttr[Literal["backward", "forward"] | str] = optional()
    reversed_lane: OptAttr[bool] = optional()
    vehicle_type: OptAttr[
        Literal["agriculturalVehicle", "bicycle", "binTrolley", "bus", "car", "carWithCaravan", "carWithTrailer",
        "caravan", "cleaningTrolley", "constructionOrMaintenanceVehicle", "lorry", "minibus", "moped", "motorcycle",
        "motorcycleWithSideCar", "motorscooter", "sweepingMachine", "tanker", "trailer", "tram", "trolley", "van"] | str
    ] = optional()
    vehicle_sub_type: OptAttr[str] = optional()


class TrafficViolation(LocatedCommons):
    """TrafficViolation 0.0.1.

    https://github.com/smart-data-models/dataModel.Transportation/blob/master/TrafficViolation/doc/spec.md
    """

    _origin = Origin("Transportation", "TrafficViolation")
    amount_collected: OptAttr[float] = optional()
    media_url: OptAttr[str] = optional("mediaURL")
    equipment_id: OptAttr[str] = optional()
    equipment_type: OptAttr[str] = optional()
    title_code: OptAttr[str] = optional()
    report_id: OptAttr[str] = optional()
    observation_date_time: OptAttr[datetime] = optional()
    payment_status: OptAttr[Literal["Paid", "Unpaid"] | str] = optional()


class TransportStation(LocatedCommons):
    """TransportStation 0.1.5.

    https://github.com/smart-data-models/dataModel.Transportation/blob/master/TransportStation/doc/spec.md

    Units: dimension MTR.
    """

    _origin = Origin("Transportation", "TransportStation")
    date_last_reported: OptAttr[datetime] = optional()
    ref_point_of_interest: OptRelAttr = optional()
    station_type: OptAttr[
        list[Literal["aerialLift", "bus", "cableTram", "ferry", "funicular", "monorail", "rail", "subway", "tram",
        "trolleybus"] | str]
    ] = optional()
    location_type: OptAttr[float] = optional()
    parent_station: OptRelAttr = optional()
    level_id: OptAttr[float] = optional()
    platform_code: OptAttr[float] = optional()
    zone_id: OptAttr[str] = optional()
    wheel_chair_accessible: OptAttr[float] = optional()
    opening_hours_specification: OptAttr[list[dict[str, Any]]] = optional()
    contracting_authority: OptAttr[str] = optional()
    contracting_company: OptAttr[str] = optional()
    contact_point: OptAttr[dict[str, Any]] = optional()
    web_site: OptAttr[str] = optional()
    installation_mode: OptAttr[Literal["aerial", "ground", "underGround", "underSea"] | str] = optional()
    dimension: OptAttr[dict[str, Any]] = optional()
    """Property in MTR."""
    inventory: OptAttr[dict[str, Any]] = optional()
    station_connected: OptAttr[list[dict[str, Any]]] = optional()
    services: OptAttr[dict[str, Any]] = optional()
    payment_accepted: OptAttr[list[Literal["Cash", "CreditCard", "CryptoCurrency", "other"] | str]] = optional()
    currency_accepted: OptAttr[list[Literal["EUR", "USD"] | str]] = optional()
    construction_date: OptAttr[datetime] = optional()
    commissioning_date: OptAttr[datetime] = optional()
    architect: OptAttr[str] = optional()
    featured_artist: OptAttr[list[str]] = optional()


class Vehicle(Commons):
    """Vehicle 0.2.4.

    https://github.com/smart-data-models/dataModel.Transportation/blob/master/Vehicle/doc/spec.md

    Units: speed KMH, heading DD, cargo_weight KGM.
    """

    _origin = Origin("Transportation", "Vehicle")
    location: GeoAttr
    vehicle_type: Attr[
        Literal["BRT bus", "BRT mini bus", "agriculturalVehicle", "ambulance", "anyVehicle", "articulatedVehicle",
        "autorickshaw", "bicycle", "binTrolley", "bus", "car", "carOrLightVehicle", "carWithCaravan", "carWithTrailer",
        "caravan", "cargoVessel", "cleaningTrolley", "compactor", "constructionOrMaintenanceVehicle", "dumper",
        "e-bike", "e-moped", "e-motorcycle", "e-scooter", "fireTender", "fourWheelDrive", "highSidedVehicle", "hopper",
        "lorry", "militaryVessel", "minibus", "moped", "motorcycle", "motorcycleWithSideCar", "motorscooter", "other",
        "passengerVessel", "pilotVessel", "policeVan", "publicMotor", "sailingVessel", "sweepingMachine", "tanker",
        "tempo", "threeWheeledVehicle", "tipper", "trailer", "tram", "trolley", "tug", "twoWheeledVehicle", "van",
        "vehicleWithCaravan", "vehicleWithTrailer", "vehicleWithoutCatalyticConverter", "vessel",
        "withEvenNumberedRegistrationPlates", "withOddNumberedRegistrationPlates"] | str
    ]
    category: Attr[
        list[Literal["municipalServices", "nonTracked", "private", "public", "specialUsage", "tracked"] | str]
    ]
    address: OptAttr[PostalAddress] = optional()
    area_served: OptAttr[str] = optional()
    color: OptAttr[str] = optional()
    image: OptAttr[str] = optional()
    annotations: OptAttr[list[str]] = optional()
    battery: OptAttr[float] = optional(minimum=0, maximum=1)
    """Property, from 0 to 1."""
    previous_location: OptGeoAttr = optional()
    speed: OptAttr[float] = optional()
    """Property in KMH."""
    heading: OptAttr[float] = optional()
    """Property in DD."""
    cargo_weight: OptAttr[float] = optional(minimum=0, unit="KGM")
    """Property in KGM, from 0."""
    vehicle_identification_number: OptAttr[str] = optional()
    vehicle_plate_identifier: OptAttr[str] = optional()
    fleet_vehicle_id: OptAttr[str] = optional()
    date_vehicle_first_registered: OptAttr[str] = optional()
    date_first_used: OptAttr[str] = optional()
    purchase_date: OptAttr[datetime] = optional()
    mileage_from_odometer: OptAttr[float] = optional()
    vehicle_configuration: OptAttr[str] = optional()
    feature: OptAttr[
        list[Literal["abs", "airbag", "alarm", "backCamera", "disabledRamp", "gps", "internetConnection", "overspeed",
        "proximitySensor", "wifi"] | str]
    ] = optional()
    service_provided: OptAttr[
        list[Literal["auxiliaryServices", "cargoTransport", "construction", "fairground", "garbageCollection",
        "goodsSelling", "maintenance", "parksAndGardens", "roadSignalling", "specialTransport", "streetCleaning",
        "streetLighting", "urbanTransit", "wasteContainerCleaning"] | str]
    ] = optional()
    vehicle_special_usage: OptAttr[
        Literal["ambulance", "fireBrigade", "military", "police", "schoolTransportation", "taxi", "trashManagement"] |
        str
    ] = optional()
    ref_vehicle_model: OptRelAttr = optional()
    service_status: OptAttr[Literal["broken", "onRoute", "outOfService", "parked"] | str] = optional()
    bearing: OptAttr[float] = optional()
    ward_id: OptAttr[str] = optional()
    trip_net_weight_collected: OptAttr[float] = optional()
    license_plate: OptAttr[str] = optional("license_plate")
    device_battery_status: OptAttr[Literal["connected", "disconnected"] | str] = optional()
    ignition_status: OptAttr[bool] = optional()
    vehicle_running_status: OptAttr[Literal["running", "stopped", "waiting"] | str] = optional()
    current_trip_count: OptAttr[float] = optional()
    zone_name: OptAttr[str] = optional()
    vehicle_altitude: OptAttr[str] = optional()
    observation_date_time: OptAttr[datetime] = optional()
    device_sim_number: OptAttr[str] = optional()
    ward_name: OptAttr[str] = optional()
    report_id: OptAttr[str] = optional()
    vehicle_tracker_device: OptAttr[str] = optional()
    fuel_filled: OptAttr[float] = optional()
    fuel_efficiency: OptAttr[float] = optional()
    fuel_type: OptAttr[str] = optional()
    service_on_duty: OptAttr[bool] = optional()
    emergency_vehicle_type: OptAttr[
        Literal["airAmbulance", "ambulance", "fireEngine", "hazardousMaterialsApparatus", "motorcycleAmbulance",
        "policeCar", "policeMotorcycle", "policeSWAT", "policeVan", "rescueVehicle", "towTruck", "waterTender"] | str
    ] = optional()
    municipality_info: OptAttr[dict[str, Any]] = optional()
    leasing_info: OptAttr[dict[str, Any]] = optional()


class VehicleFault(LocatedCommons):
    """VehicleFault 0.0.1.

    https://github.com/smart-data-models/dataModel.Transportation/blob/master/VehicleFault/doc/spec.md
    """

    _origin = Origin("Transportation", "VehicleFault")
    model: OptAttr[str] = optional()
    vehicle_type: OptAttr[str] = optional()
    vehicle: OptAttr[str] = optional()
    observed_at: OptAttr[datetime] = optional()
    event_type: OptAttr[
        Literal["auxBatteryWarn", "collision", "emergency", "harshAccel", "harshDecel", "milWarn"] | str
    ] = optional()
    processing_type: OptAttr[str] = optional()
    resolved_at: OptAttr[datetime] = optional()
    dt_code: OptAttr[str] = optional()
    fault_log: OptAttr[str] = optional()


class VehicleModel(SmartDataModel):
    """VehicleModel 0.0.2.

    https://github.com/smart-data-models/dataModel.Transportation/blob/master/VehicleModel/doc/spec.md

    Units: cargo_volume LTR, fuel_consumption liters per 100 kilometer.
    """

    _origin = Origin("Transportation", "VehicleModel")
    name: Attr[str]
    vehicle_type: Attr[
        Literal["agriculturalVehicle", "bicycle", "binTrolley", "bus", "car", "carWithCaravan", "carWithTrailer",
        "caravan", "cleaningTrolley", "constructionOrMaintenanceVehicle", "lorry", "minibus", "moped", "motorcycle",
        "motorcycleWithSideCar", "motorscooter", "sweepingMachine", "tanker", "trailer", "tram", "trolley", "van"] | str
    ]
    brand_name: Attr[str]
    model_name: Attr[str]
    manufacturer_name: Attr[str]
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
    color: OptAttr[str] = optional()
    image: OptAttr[str] = optional()
    annotations: OptAttr[list[str]] = optional()
    vehicle_model_date: OptAttr[datetime] = optional()
    cargo_volume: OptAttr[float] = optional(minimum=0, unit="LTR")
    """Property in LTR, from 0."""
    fuel_type: OptAttr[
        Literal["autogas", "biodiesel", "cng", "diesel", "electric", "ethanol", "gasoline", "hybrid_electric_diesel",
        "hybrid_electric_petrol", "hydrogen", "lpg", "other", "petrol", "petrol(leaded)", "petrol(unleaded)"] | str
    ] = optional()
    fuel_consumption: OptAttr[float] = optional(minimum=0)
    """Property in liters per 100 kilometer, from 0."""
    height: OptAttr[float] = optional(minimum=0)
    """Property, from 0."""
    width: OptAttr[float] = optional(minimum=0)
    """Property, from 0."""
    depth: OptAttr[float] = optional(minimum=0)
    """Property, from 0."""
    weight: OptAttr[float] = optional(minimum=0)
    """Property, from 0."""
    vehicle_engine: OptAttr[str] = optional()
    url: OptAttr[str] = optional()
