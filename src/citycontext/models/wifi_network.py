"""Entities of the subject WifiNetwork of Smart Data Models (facts from its schemas at 2771ed6).

Written by scripts/compile_models.py; a change by hand is lost.
"""

# fmt: off

from __future__ import annotations

from datetime import datetime
from typing import Literal

from citycontext.models.commons import LocatedCommons
from citycontext.models.postal_address import PostalAddress
from citycontext.models.smart_data_model import Origin, SmartDataModel
from citycontext.ngsild.fields import Attr, OptAttr, OptGeoAttr, OptRelAttr, optional

__all__ = [
    "AccessPoint",
    "WifiPointOfInterest",
]


class AccessPoint(SmartDataModel):
    """AccessPoint 0.1.1.

    https://github.com/smart-data-models/dataModel.WifiNetwork/blob/master/AccessPoint/doc/spec.md
    """

    _origin = Origin("WifiNetwork", "AccessPoint")
    name: Attr[str]
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
    category: OptAttr[
        list[Literal["HVAC", "actuator", "beacon", "endgun", "implement", "irrSection", "irrSystem", "meter",
        "multimedia", "network", "sensor"] | str]
    ] = optional()
    device_category: OptAttr[
        list[Literal["HVAC", "actuator", "beacon", "endgun", "implement", "irrSection", "irrSystem", "meter",
        "multimedia", "network", "sensor"] | str]
    ] = optional()
    controlled_property: OptAttr[
        list[Literal["airPollution", "atmosphericPressure", "averageVelocity", "batteryLife", "batterySupply", "cdom",
        "conductance", "conductivity", "depth", "eatingActivity", "electricityConsumption", "energy", "fillingLevel",
        "freeChlorine", "gasConsumption", "gateOpening", "heading", "humidity", "light", "location", "milking",
        "motion", "movementActivity", "noiseLevel", "occupancy", "orp", "pH", "power", "precipitation", "pressure",
        "refractiveIndex", "salinity", "smoke", "soilMoisture", "solarRadiation", "speed", "tds", "temperature",
        "trafficFlow", "tss", "turbidity", "uvLampIntensity", "uvOrganicLoad", "waterConsumption", "waterFlow",
        "waterLevel", "waterPollution", "weatherConditions", "weight", "windDirection", "windSpeed"] | str]
    ] = optional()
    supported_protocol: OptAttr[
        list[Literal["3g", "bluetooth", "bluetooth LE", "cat-m", "coap", "ec-gsm-iot", "gprs", "http", "lora", "lte-m",
        "lwm2m", "mqtt", "nb-iot", "onem2m", "sigfox", "ul20", "websocket"] | str]
    ] = optional()
    mac_address: OptAttr[str] = optional()
    ap_state: OptAttr[Literal["down", "up"] | str] = optional()
    clients_connected: OptAttr[float] = optional(minimum=0)
    """Property, from 0."""
    ssid: OptAttr[list[str]] = optional()
    service: OptAttr[list[str]] = optional()
    ref_point_of_interest: OptRelAttr = optional()
    time_instant: OptAttr[datetime] = optional()
    email: OptAttr[str] = optional()
    date_installed: OptAttr[datetime] = optional()
    date_last_reboot: OptAttr[datetime] = optional()
    date_last_value_reported: OptAttr[datetime] = optional()
    firmware_version: OptAttr[str] = optional()
    hardware_version: OptAttr[str] = optional()
    ip_address: OptAttr[str] = optional()
    model_name: OptAttr[str] = optional()
    os_version: OptAttr[str] = optional()
    serial_number: OptAttr[str] = optional()
    software_version: OptAttr[str] = optional()


class WifiPointOfInterest(LocatedCommons):
    """WifiPointOfInterest 0.1.0.

    https://github.com/smart-data-models/dataModel.WifiNetwork/blob/master/WifiPointOfInterest/doc/spec.md
    """

    _origin = Origin("WifiNetwork", "WifiPointOfInterest")
    clients_connected: OptAttr[float] = optional(minimum=0)
    """Property, from 0."""
    wifi_status: OptAttr[Literal["noService", "totalFailure", "working", "workingPartially"] | str] = optional()
    service: OptAttr[list[str]] = optional()
    time_instant: OptAttr[datetime] = optional()
    category: OptAttr[list[str]] = optional()
    email: OptAttr[str] = optional()
