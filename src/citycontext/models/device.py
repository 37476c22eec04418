"""Entities of the subject Device of Smart Data Models (facts from its schemas at 96e3883).

Written by scripts/compile_models.py; a change by hand is lost.
"""

# fmt: off

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from citycontext.models.commons import Commons, LocatedCommons
from citycontext.models.smart_data_model import Origin
from citycontext.ngsild.fields import Attr, OptAttr, OptRelAttr, optional

__all__ = [
    "Camera",
    "Device",
    "DeviceMeasurement",
    "DeviceModel",
    "DeviceOperation",
    "Modbus",
    "PolarH10",
    "PrivacyObject",
    "SenseHat",
    "SmartMeteringObservation",
    "UWBAnchor",
]


class Camera(LocatedCommons):
    """Camera 0.1.2.

    https://github.com/smart-data-models/dataModel.Device/blob/master/Camera/doc/spec.md
    """

    _origin = Origin("Device", "Camera")
    camera_name: OptAttr[str] = optional()
    camera_usage: OptAttr[str] = optional()
    stream_url: OptAttr[str] = optional("streamURL")
    camera_type: OptAttr[Literal["BULLET", "C-MOUNT", "DAY/NIGHT", "DOME", "FIXED", "PTZ"] | str] = optional()
    end_date_time: OptAttr[datetime] = optional()
    camera_orientation: OptAttr[dict[str, Any]] = optional()
    camera_num: OptAttr[float] = optional()
    media_url: OptAttr[str] = optional("mediaURL")
    stream_name: OptAttr[str] = optional()
    start_date_time: OptAttr[datetime] = optional()
    on: OptAttr[bool] = optional()
    image_snapshot: OptAttr[str] = optional()


class Device(LocatedCommons):
    """Device 0.0.9.

    https://github.com/smart-data-models/dataModel.Device/blob/master/Device/doc/spec.md
    """

    _origin = Origin("Device", "Device")
    controlled_property: Attr[
        list[Literal["airPollution", "atmosphericPressure", "averageVelocity", "batteryLife", "batterySupply", "cdom",
        "conductance", "conductivity", "depth", "eatingActivity", "electricityConsumption", "energy", "fillingLevel",
        "freeChlorine", "gasConsumption", "gateOpening", "heading", "humidity", "light", "location", "milking",
        "motion", "movementActivity", "noiseLevel", "occupancy", "orp", "pH", "power", "precipitation", "pressure",
        "refractiveIndex", "salinity", "smoke", "soilMoisture", "solarRadiation", "speed", "tds", "temperature",
        "trafficFlow", "tss", "turbidity", "uvLampIntensity", "uvOrganicLoad", "waterConsumption", "waterFlow",
        "waterLevel", "waterPollution", "weatherConditions", "weight", "windDirection", "windSpeed"] | str]
    ]
    category: OptAttr[
        list[Literal["HVAC", "actuator", "beacon", "endgun", "implement", "irrSection", "irrSystem", "meter",
        "multimedia", "network", "sensor"] | str]
    ] = optional()
    device_category: OptAttr[
        list[Literal["HVAC", "actuator", "beacon", "endgun", "implement", "irrSection", "irrSystem", "meter",
        "multimedia", "network", "sensor"] | str]
    ] = optional()
    supported_protocol: OptAttr[
        list[Literal["3g", "bluetooth", "bluetooth LE", "cat-m", "coap", "ec-gsm-iot", "gprs", "http", "lora", "lte-m",
        "lwm2m", "mqtt", "nb-iot", "onem2m", "sigfox", "ul20", "websocket"] | str]
    ] = optional()
    mac_address: OptAttr[str] = optional()
    controlled_asset: OptAttr[list[str]] = optional()
    mnc: OptAttr[str] = optional()
    mcc: OptAttr[str] = optional()
    ip_address: OptAttr[list[str]] = optional()
    configuration: OptAttr[list[dict[str, Any]]] = optional()
    date_installed: OptAttr[datetime] = optional()
    date_first_used: OptAttr[datetime] = optional()
    date_manufactured: OptAttr[datetime] = optional()
    hardware_version: OptAttr[str] = optional()
    software_version: OptAttr[str] = optional()
    firmware_version: OptAttr[str] = optional()
    os_version: OptAttr[str] = optional()
    distance: OptAttr[float] = optional()
    dst_aware: OptAttr[bool] = optional()
    depth: OptAttr[float] = optional()
    relative_position: OptAttr[str] = optional()
    direction: OptAttr[Literal["Entry", "Exit", "Inlet", "Outlet"] | str] = optional()
    date_last_calibration: OptAttr[datetime] = optional()
    serial_number: OptAttr[str] = optional()
    provider: OptAttr[str] = optional()
    ref_device_model: OptRelAttr = optional()
    battery_level: OptAttr[float] = optional()
    rssi: OptAttr[float] = optional()
    device_state: OptAttr[str] = optional()
    date_last_value_reported: OptAttr[datetime] = optional()
    value: OptAttr[str] = optional()
    date_observed: OptAttr[datetime] = optional()


class DeviceMeasurement(LocatedCommons):
    """DeviceMeasurement 0.1.0.

    https://github.com/smart-data-models/dataModel.Device/blob/master/DeviceMeasurement/doc/spec.md
    """

    _origin = Origin("Device", "DeviceMeasurement")
    num_value: OptAttr[float] = optional()
    text_value: OptAttr[str] = optional()
    controlled_property: OptAttr[str] = optional()
    ref_device: OptRelAttr = optional()
    device_type: OptAttr[str] = optional()
    measurement_type: OptAttr[str] = optional()
    date_observed: OptAttr[datetime] = optional()
    outlier: OptAttr[bool] = optional()
    unit: OptAttr[str] = optional()


class DeviceModel(Commons):
    """DeviceModel 0.0.3.

    https://github.com/smart-data-models/dataModel.Device/blob/master/DeviceModel/doc/spec.md
    """

    _origin = Origin("Device", "DeviceModel")
    category: Attr[
        list[Literal["HVAC", "actuator", "beacon", "endgun", "implement", "irrSection", "irrSystem", "meter",
        "multimedia", "network", "sensor"] | str]
    ]
    controlled_property: Attr[
        list[Literal["airPollution", "atmosphericPressure", "averageVelocity", "batteryLife", "batterySupply", "cdom",
        "conductance", "conductivity", "depth", "eatingActivity", "electricityConsumption", "energy", "fillingLevel",
        "freeChlorine", "gasConsumption", "gateOpening", "heading", "humidity", "light", "location", "milking",
        "motion", "movementActivity", "noiseLevel", "occupancy", "orp", "pH", "power", "precipitation", "pressure",
        "refractiveIndex", "salinity", "smoke", "soilMoisture", "solarRadiation", "speed", "tds", "temperature",
        "trafficFlow", "tss", "turbidity", "uvLampIntensity", "uvOrganicLoad", "waterConsumption", "waterFlow",
        "waterLevel", "waterPollution", "weatherConditions", "weight", "windDirection", "windSpeed"] | str]
    ]
    brand_name: Attr[str]
    model_name: Attr[str]
    manufacturer_name: Attr[str]
    color: OptAttr[str] = optional()
    image: OptAttr[str] = optional()
    annotations: OptAttr[list[str]] = optional()
    device_category: OptAttr[
        list[Literal["HVAC", "actuator", "beacon", "endgun", "implement", "irrSection", "irrSystem", "meter",
        "multimedia", "network", "sensor"] | str]
    ] = optional()
    supported_protocol: OptAttr[
        list[Literal["3g", "bluetooth", "bluetooth LE", "cat-m", "coap", "ec-gsm-iot", "gprs", "http", "lora", "lte-m",
        "lwm2m", "mqtt", "nb-iot", "onem2m", "sigfox", "ul20", "websocket"] | str]
    ] = optional()
    mac_address: OptAttr[str] = optional()
    device_class: OptAttr[Literal["C0", "C1", "C2"] | str] = optional()
    function: OptAttr[
        list[Literal["eventNotification", "levelControl", "metering", "onOff", "openClose", "sensing"] | str]
    ] = optional()
    supported_units: OptAttr[list[str]] = optional()
    energy_limitation_class: OptAttr[Literal["E0", "E1", "E2", "E9"] | str] = optional()
    documentation: OptAttr[str] = optional()


class DeviceOperation(LocatedCommons):
    """DeviceOperation 0.0.1.

    https://github.com/smart-data-models/dataModel.Device/blob/master/DeviceOperation/doc/spec.md
    """

    _origin = Origin("Device", "DeviceOperation")
    device: OptRelAttr = optional()
    operation_type: OptAttr[
        Literal["event", "fault", "installation", "maintenance", "other", "upgrade"] | str
    ] = optional()
    result: OptAttr[Literal["aborted", "failed", "ok"] | str] = optional()
    planned_start_at: OptAttr[datetime] = optional()
    planned_end_at: OptAttr[datetime] = optional()
    status: OptAttr[Literal["cancelled", "finished", "ongoing", "planned", "scheduled"] | str] = optional()
    operator: OptRelAttr = optional()
    started_at: OptAttr[datetime] = optional()
    ended_at: OptAttr[datetime] = optional()
    reported_at: OptAttr[datetime] = optional()
    addressed_at: OptAttr[datetime] = optional()


class Modbus(LocatedCommons):
    """Modbus 0.0.1.

    https://github.com/smart-data-models/dataModel.Device/blob/master/Modbus/doc/spec.md
    """

    _origin = Origin("Device", "Modbus")
    unit_id: OptAttr[str] = optional()
    transaction_id: OptAttr[str] = optional()
    protocol_id: OptAttr[str] = optional()
    primary_table: OptAttr[Literal["coil", "discreteInput", "holdingRegister", "inputRegister"] | str] = optional()
    memory_address: OptAttr[str] = optional()
    value: OptAttr[str] = optional()


class PolarH10(LocatedCommons):
    """PolarH10 0.1.0.

    https://github.com/smart-data-models/dataModel.Device/blob/master/PolarH10/doc/spec.md
    """

    _origin = Origin("Device", "PolarH10")
    client_id: OptAttr[str] = optional()
    device_id: OptAttr[str] = optional()
    session_id: OptAttr[int] = optional()
    sample_rate: OptAttr[int] = optional()
    time_stamp: OptAttr[int] = optional()
    sensor_time_stamp: OptAttr[int] = optional()
    acc: OptAttr[list[list[int]]] = optional()
    ecg: OptAttr[list[int]] = optional()
    hr: OptAttr[int] = optional()
    hrv: OptAttr[float] = optional()
    rr: OptAttr[list[int]] = optional()


class PrivacyObject(LocatedCommons):
    """PrivacyObject 0.0.1.

    https://github.com/smart-data-models/dataModel.Device/blob/master/PrivacyObject/doc/spec.md
    """

    _origin = Origin("Device", "PrivacyObject")
    ref_device: OptAttr[str] = optional()
    is_indoor: OptAttr[bool] = optional()
    floor: OptAttr[float] = optional()
    user: OptAttr[str] = optional()
    purpose: OptAttr[str] = optional()
    category: OptAttr[
        list[Literal["HVAC", "actuator", "beacon", "endgun", "implement", "irrSection", "irrSystem", "meter",
        "multimedia", "network", "sensor"] | str]
    ] = optional()
    recipient_list: OptAttr[list[str]] = optional()
    is_personal_data: OptAttr[bool] = optional()
    retention_period: OptAttr[str] = optional()
    legitimate_interest: OptAttr[str] = optional()
    crossborder_transfer: OptAttr[str] = optional()
    image: OptAttr[str] = optional()


class SenseHat(LocatedCommons):
    """SenseHat 0.0.1.

    https://github.com/smart-data-models/dataModel.Device/blob/master/SenseHat/doc/spec.md
    """

    _origin = Origin("Device", "SenseHat")
    accelerometer: OptAttr[dict[str, Any]] = optional()
    humidity: OptAttr[float] = optional()
    temperature: OptAttr[float] = optional()
    pressure: OptAttr[float] = optional()
    rasp_sn: OptAttr[str] = optional()


class SmartMeteringObservation(LocatedCommons):
    """SmartMeteringObservation 0.0.2.

    https://github.com/smart-data-models/dataModel.Device/blob/master/SmartMeteringObservation/doc/spec.md
    """

    _origin = Origin("Device", "SmartMeteringObservation")
    entity_version: OptAttr[Literal["2.0", "LD"] | str] = optional()
    meter_type: OptAttr[str] = optional()
    ref_device: OptRelAttr = optional()
    image: OptAttr[str] = optional()
    total_consumption: OptAttr[float] = optional()
    peak_consumption: OptAttr[float] = optional()
    off_peak_consumption: OptAttr[float] = optional()
    power_factor: OptAttr[float] = optional()


class UWBAnchor(LocatedCommons):
    """UWBAnchor 0.0.1.

    https://github.com/smart-data-models/dataModel.Device/blob/master/UWBAnchor/doc/spec.md
    """

    _origin = Origin("Device", "UWBAnchor")
    tag_id: Attr[str]
    version: OptAttr[str] = optional()
    timestamp: OptAttr[float] = optional()
    success: OptAttr[bool] = optional()
    data: OptAttr[dict[str, Any]] = optional()
