"""Entities of the subject Streetlighting of Smart Data Models (facts from its schemas at 1df857d).

Written by scripts/compile_models.py; a change by hand is lost.
"""

# fmt: off

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from citycontext.models.commons import Commons, LocatedCommons
from citycontext.models.postal_address import PostalAddress
from citycontext.models.smart_data_model import Origin, SmartDataModel
from citycontext.ngsild.fields import Attr, GeoAttr, OptAttr, OptGeoAttr, OptRelAttr, RelAttr, optional

__all__ = [
    "Streetlight",
    "StreetlightControlCabinet",
    "StreetlightFeeder",
    "StreetlightGroup",
    "StreetlightModel",
]


class Streetlight(Commons):
    """Streetlight 0.2.1.

    https://github.com/smart-data-models/dataModel.Streetlighting/blob/master/Streetlight/doc/spec.md
    """

    _origin = Origin("Streetlighting", "Streetlight")
    location: GeoAttr
    status: Attr[Literal["brokenLantern", "columnIssue", "defectiveLamp", "ok"] | str]
    address: OptAttr[PostalAddress] = optional()
    area_served: OptAttr[str] = optional()
    color: OptAttr[str] = optional()
    image: OptAttr[str] = optional()
    annotations: OptAttr[list[str]] = optional()
    circuit: OptAttr[str] = optional()
    ref_streetlight_model: OptRelAttr = optional()
    ref_streetlight_control_cabinet: OptRelAttr = optional()
    power_state: OptAttr[Literal["bootingUp", "low", "off", "on"] | str] = optional()
    ref_device: OptRelAttr = optional()
    ref_streetlight_group: OptRelAttr = optional()
    date_last_lamp_change: OptAttr[datetime] = optional()
    date_last_switching_on: OptAttr[datetime] = optional()
    date_last_switching_off: OptAttr[datetime] = optional()
    controlling_method: OptAttr[Literal["group", "individual"] | str] = optional()
    date_service_started: OptAttr[datetime] = optional()
    location_category: OptAttr[
        Literal["bridge", "centralIsland", "facade", "garden", "park", "parking", "pedestrianPath", "playground",
        "road", "sidewalk", "tunnel"] | str
    ] = optional()
    lantern_height: OptAttr[float] = optional(minimum=0)
    """Property, from 0."""
    lifetime_motion_detected: OptAttr[float] = optional()
    lifetime_power_consumption: OptAttr[float] = optional()
    illuminance_level: OptAttr[float] = optional(minimum=0, maximum=1)
    """Property, from 0 to 1."""
    power_consumption: OptAttr[float] = optional()
    current: OptAttr[float] = optional()
    power_rating: OptAttr[float] = optional()
    power_factor: OptAttr[float] = optional()
    voltage: OptAttr[float] = optional()
    feeder_pillar_num: OptAttr[str] = optional()
    street_pole_num: OptAttr[str] = optional()
    observation_date_time: OptAttr[datetime] = optional()
    feeder_id: OptRelAttr = optional("feederID")
    municipality_info: OptAttr[dict[str, Any]] = optional()
    device_info: OptAttr[dict[str, Any]] = optional()


class StreetlightControlCabinet(Commons):
    """StreetlightControlCabinet 0.1.0.

    https://github.com/smart-data-models/dataModel.Streetlighting/blob/master/StreetlightControlCabinet/doc/spec.md

    Units: maximum_power_available KWT, energy_consumed KWH, reactive_energy_consumed K3, last_meter_reading KWH,
    frequency HTZ, total_active_power KWT, total_reactive_power KiloVolts-Ampere-Reactive (kVArh), active_power_r KWT,
    active_power_s KWT, active_power_t KWT, reactive_power_r KiloVolts-Ampere-Reactive (kVArh), reactive_power_s
    KiloVolts-Ampere-Reactive (kVArh), reactive_power_t KiloVolts-Ampere-Reactive (kVArh), intensity_r AMP, intensity_s
    AMP, intensity_t AMP, voltage_r VLT, voltage_s VLT, voltage_t VLT.
    """

    _origin = Origin("Streetlighting", "StreetlightControlCabinet")
    location: GeoAttr
    ref_streetlight_group: RelAttr
    working_mode: Attr[Literal["automatic", "manual", "semiautomatic"] | str]
    address: OptAttr[PostalAddress] = optional()
    area_served: OptAttr[str] = optional()
    color: OptAttr[str] = optional()
    image: OptAttr[str] = optional()
    annotations: OptAttr[list[str]] = optional()
    serial_number: OptAttr[str] = optional()
    brand_name: OptAttr[str] = optional()
    model_name: OptAttr[str] = optional()
    manufacturer_name: OptAttr[str] = optional()
    cupboard_made_of: OptAttr[Literal["concrete", "metal", "other", "plastic"] | str] = optional()
    features: OptAttr[list[Literal["astronomicalClock", "individualControl"] | str]] = optional()
    compliant_with: OptAttr[list[str]] = optional()
    ref_device: OptRelAttr = optional()
    date_service_started: OptAttr[datetime] = optional()
    date_last_programming: OptAttr[datetime] = optional()
    next_actuation_deadline: OptAttr[datetime] = optional()
    responsible: OptAttr[str] = optional()
    maximum_power_available: OptAttr[float] = optional(minimum=0, unit="KWT")
    """Property in KWT, from 0."""
    energy_consumed: OptAttr[float] = optional(minimum=0, unit="KWH")
    """Property in KWH, from 0."""
    energy_cost: OptAttr[float] = optional(minimum=0)
    """Property, from 0."""
    reactive_energy_consumed: OptAttr[float] = optional(minimum=0, unit="K3")
    """Property in K3, from 0."""
    date_metering_started: OptAttr[datetime] = optional()
    last_meter_reading: OptAttr[float] = optional(minimum=0, unit="KWH")
    """Property in KWH, from 0."""
    meter_reading_period: OptAttr[float] = optional(minimum=0)
    """Property, from 0."""
    frequency: OptAttr[float] = optional(minimum=0, unit="HTZ")
    """Property in HTZ, from 0."""
    total_active_power: OptAttr[float] = optional(minimum=0, unit="KWT")
    """Property in KWT, from 0."""
    total_reactive_power: OptAttr[float] = optional(minimum=0)
    """Property in KiloVolts-Ampere-Reactive (kVArh), from 0."""
    active_power_r: OptAttr[float] = optional(minimum=0, unit="KWT")
    """Property in KWT, from 0."""
    active_power_s: OptAttr[float] = optional(minimum=0, unit="KWT")
    """Property in KWT, from 0."""
    active_power_t: OptAttr[float] = optional(minimum=0, unit="KWT")
    """Property in KWT, from 0."""
    reactive_power_r: OptAttr[float] = optional(minimum=0)
    """Property in KiloVolts-Ampere-Reactive (kVArh), from 0."""
    reactive_power_s: OptAttr[float] = optional(minimum=0)
    """Property in KiloVolts-Ampere-Reactive (kVArh), from 0."""
    reactive_power_t: OptAttr[float] = optional(minimum=0)
    """Property in KiloVolts-Ampere-Reactive (kVArh), from 0."""
    power_factor_r: OptAttr[float] = optional(minimum=-1, maximum=1)
    """Property, from -1 to 1."""
    power_factor_s: OptAttr[float] = optional(minimum=-1, maximum=1)
    """Property, from -1 to 1."""
    power_factor_t: OptAttr[float] = optional(minimum=-1, maximum=1)
    """Property, from -1 to 1."""
    cos_phi: OptAttr[float] = optional(minimum=-1, maximum=1)
    """Property, from -1 to 1."""
    intensity_r: OptAttr[float] = optional(minimum=0, unit="AMP")
    """Property in AMP, from 0."""
    intensity_s: OptAttr[float] = optional(minimum=0, unit="AMP")
    """Property in AMP, from 0."""
    intensity_t: OptAttr[float] = optional(minimum=0, unit="AMP")
    """Property in AMP, from 0."""
    voltage_r: OptAttr[float] = optional(minimum=0, unit="VLT")
    """Property in VLT, from 0."""
    voltage_s: OptAttr[float] = optional(minimum=0, unit="VLT")
    """Property in VLT, from 0."""
    voltage_t: OptAttr[float] = optional(minimum=0, unit="VLT")
    """Property in VLT, from 0."""
    thdr_voltage_r: OptAttr[float] = optional(minimum=0, maximum=1)
    """Property, from 0 to 1."""
    thdr_voltage_s: OptAttr[float] = optional(minimum=0, maximum=1)
    """Property, from 0 to 1."""
    thdr_voltage_t: OptAttr[float] = optional(minimum=0, maximum=1)
    """Property, from 0 to 1."""
    thdr_intensity_r: OptAttr[float] = optional(minimum=0, maximum=1)
    """Property, from 0 to 1."""
    thdr_intensity_s: OptAttr[float] = optional(minimum=0, maximum=1)
    """Property, from 0 to 1."""
    thdr_intensity_t: OptAttr[float] = optional(minimum=0, maximum=1)
    """Property, from 0 to 1."""


class StreetlightFeeder(LocatedCommons):
    """StreetlightFeeder 0.0.2.

    https://github.com/smart-data-models/dataModel.Streetlighting/blob/master/StreetlightFeeder/doc/spec.md
    """

    _origin = Origin("Streetlighting", "StreetlightFeeder")
    total_active_power: OptAttr[float] = optional()
    phase_current: OptAttr[list[float]] = optional()
    reactive_power: OptAttr[list[float]] = optional()
    num_streetlight: OptAttr[float] = optional()
    phase_voltage: OptAttr[list[float]] = optional()
    total_reactive_power: OptAttr[float] = optional()
    active_power: OptAttr[list[float]] = optional()
    power_state: OptAttr[str] = optional()
    observation_date_time: OptAttr[datetime] = optional()
    device_info: OptAttr[dict[str, Any]] = optional()


class StreetlightGroup(Commons):
    """StreetlightGroup 0.1.1.

    https://github.com/smart-data-models/dataModel.Streetlighting/blob/master/StreetlightGroup/doc/spec.md
    """

    _origin = Origin("Streetlighting", "StreetlightGroup")
    location: GeoAttr
    address: OptAttr[PostalAddress] = optional()
    area_served: OptAttr[str] = optional()
    color: OptAttr[str] = optional()
    image: OptAttr[str] = optional()
    annotations: OptAttr[list[str]] = optional()
    power_state: OptAttr[Literal["bootingUp", "low", "off", "on"] | str] = optional()
    ref_streetlight_control_cabinet: OptRelAttr = optional()
    date_last_switching_on: OptAttr[datetime] = optional()
    date_last_switching_off: OptAttr[datetime] = optional()
    switching_on_hours: OptAttr[list[dict[str, Any]]] = optional()
    switching_mode: OptAttr[
        list[Literal["always-ON", "day-LOW", "day-OFF", "day-ON", "night-LOW", "night-OFF", "night-ON"] | str]
    ] = optional()
    illuminance_level: OptAttr[float] = optional(minimum=0, maximum=1)
    """Property, from 0 to 1."""
    active_program_id: OptAttr[str] = optional()
    ref_streetlight: OptRelAttr = optional()
    circuit_id: OptAttr[str] = optional()


class StreetlightModel(SmartDataModel):
    """StreetlightModel 0.0.1.

    https://github.com/smart-data-models/dataModel.Streetlighting/blob/master/StreetlightModel/doc/spec.md

    Units: max_power_consumption WTT, min_power_consumption WTT, lantern_weight KGM, lamp_weight KGM, working_life HUR,
    color_temperature KEL, luminous_flux LUM, power_consumption WTT.
    """

    _origin = Origin("Streetlighting", "StreetlightModel")
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
    color: OptAttr[str] = optional()
    image: OptAttr[str] = optional()
    annotations: OptAttr[list[str]] = optional()
    max_power_consumption: OptAttr[float] = optional(minimum=0, unit="WTT")
    """Property in WTT, from 0."""
    min_power_consumption: OptAttr[float] = optional(minimum=0, unit="WTT")
    """Property in WTT, from 0."""
    column_brand_name: OptAttr[str] = optional()
    column_model_name: OptAttr[str] = optional()
    column_manufacturer_name: OptAttr[str] = optional()
    column_made_of: OptAttr[Literal["aluminium", "other", "steel", "wood"] | str] = optional()
    column_color: OptAttr[str] = optional()
    lantern_model_name: OptAttr[str] = optional()
    lantern_brand_name: OptAttr[str] = optional()
    lantern_manufacturer_name: OptAttr[str] = optional()
    lantern_weight: OptAttr[float] = optional(minimum=0, unit="KGM")
    """Property in KGM, from 0."""
    lamp_model_name: OptAttr[str] = optional()
    lamp_brand_name: OptAttr[str] = optional()
    lamp_manufacturer_name: OptAttr[str] = optional()
    lamp_weight: OptAttr[str] = optional()
    """Property in KGM."""
    working_life: OptAttr[float] = optional(minimum=0, unit="HUR")
    """Property in HUR, from 0."""
    lamp_technology: OptAttr[Literal["HPS", "LED", "LPS"] | str] = optional()
    color_temperature: OptAttr[float] = optional(minimum=0, unit="KEL")
    """Property in KEL, from 0."""
    color_rendering_index: OptAttr[float] = optional()
    luminous_flux: OptAttr[float] = optional(minimum=0, unit="LUM")
    """Property in LUM, from 0."""
    power_consumption: OptAttr[float] = optional(minimum=0, unit="WTT")
    """Property in WTT, from 0."""
    compliant_with: OptAttr[list[str]] = optional()
    category: OptAttr[
        list[Literal["bollard", "flashingBeacon", "lamppost", "lightTower", "ornamentalLantern", "postTop", "sideEntry",
        "signLight"] | str]
    ] = optional()
