"""Entities of the subject Battery of Smart Data Models (facts from its schemas at 78bc8f5).

Written by scripts/compile_models.py; a change by hand is lost.
"""

# fmt: off

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from citycontext.models.commons import Commons, LocatedCommons
from citycontext.models.postal_address import PostalAddress
from citycontext.models.smart_data_model import Origin
from citycontext.ngsild.fields import Attr, GeoAttr, OptAttr, OptRelAttr, RelAttr, attribute, optional

__all__ = [
    "Battery",
    "BatteryStatus",
    "StorageBatteryDevice",
    "StorageBatteryMeasurement",
]


class Battery(LocatedCommons):
    """Battery 0.0.2.

    https://github.com/smart-data-models/dataModel.Battery/blob/master/Battery/doc/spec.md

    Units: ac_power_input VLT, ac_power_output VLT, dc_power_input VLT, dc_power_output VLT.
    """

    _origin = Origin("Battery", "Battery")
    ref_device: OptRelAttr = optional()
    status: OptAttr[list[Literal["outOfService", "withIncidence", "working"] | str]] = optional()
    cycle_life: OptAttr[int] = optional()
    autonomy_time: OptAttr[str] = optional()
    recharge_time: OptAttr[str] = optional()
    ac_power_input: OptAttr[float] = optional()
    """Property in VLT."""
    ac_power_output: OptAttr[float] = optional()
    """Property in VLT."""
    dc_power_input: OptAttr[float] = optional()
    """Property in VLT."""
    dc_power_output: OptAttr[float] = optional()
    """Property in VLT."""


class BatteryStatus(LocatedCommons):
    """BatteryStatus 0.0.4.

    https://github.com/smart-data-models/dataModel.Battery/blob/master/BatteryStatus/doc/spec.md

    Units: ac_power_input VLT, ac_power_output VLT, dc_power_input VLT, dc_power_output VLT.
    """

    _origin = Origin("Battery", "BatteryStatus")
    ref_battery: RelAttr
    status_percent: Attr[float] = attribute(minimum=0, maximum=1)
    """Property, from 0 to 1."""
    date_observed: OptAttr[datetime] = optional()
    ac_power_input: OptAttr[float] = optional()
    """Property in VLT."""
    ac_power_output: OptAttr[float] = optional()
    """Property in VLT."""
    dc_power_input: OptAttr[float] = optional()
    """Property in VLT."""
    dc_power_output: OptAttr[float] = optional()
    """Property in VLT."""


class StorageBatteryDevice(Commons):
    """StorageBatteryDevice 0.0.2.

    https://github.com/smart-data-models/dataModel.Battery/blob/master/StorageBatteryDevice/doc/spec.md

    Units: dimension CMT, weight KGM, operating_temperature CEL, nominal_voltage VLT, nominal_ampere AMP,
    nominal_frequency HTZ, nominal_capacity AMH, storable_energy KWH, usable_energy KWH, operating_voltage VLT,
    operating_ampere AMP, operating_frequency HTZ, mass_energy_density W hour / Kg, vol_energy_density Wh/L,
    max_output_power KWT, peak_power KWT, duration_peak_power SEC, operating_altitude MTR, average_life ANN,
    charge_discharge_reactivity SEC, charge_power VLT, maximum_voltage_eoc VLT, discharge_power VLT, minimum_voltage_eod
    VLT.
    """

    _origin = Origin("Battery", "StorageBatteryDevice")
    location: GeoAttr
    date_last_reported: Attr[datetime]
    battery_type: Attr[
        Literal["LMP", "Li-Air", "Li-Ion", "Li-Po", "Li-Po4", "Na-NiCl2(Zebra)", "Ni-Cd", "Ni-MH", "Ni-Zn", "alkaline",
        "gel", "lead", "lead-AGM", "other"] | str
    ]
    recharge_energy_source: Attr[Literal["electric", "hydraulic", "other", "windTurbine"] | str]
    address: OptAttr[PostalAddress] = optional()
    area_served: OptAttr[str] = optional()
    ref_device: OptRelAttr = optional()
    ref_point_of_interest: OptAttr[str] = optional()
    battery_assessment_methods: OptAttr[
        Literal["ampereHourMeter", "dischargeTest", "electrolyteDensity", "highFrequencyImpedance",
        "lowFrequencyImpedance", "mathematicalModel", "operatingVoltageWithClosedCircuit",
        "quiescentVoltageWithOpenCircuit"] | str
    ] = optional()
    brand_name: OptAttr[str] = optional()
    model_name: OptAttr[str] = optional()
    manufacturer_name: OptAttr[str] = optional()
    serial_number: OptAttr[str] = optional()
    application: OptAttr[
        list[Literal["electricMobility", "emergencyStorage", "energyStorage", "houseHoldStorage", "industrialStorage",
        "lighting", "other", "production", "robotics"] | str]
    ] = optional()
    type_of_use: OptAttr[Literal["indoor", "mixed", "other", "outdoor"] | str] = optional()
    installation_mode: OptAttr[
        Literal["aerial", "ground", "other", "pole", "roofing", "underGround", "wall"] | str
    ] = optional()
    installation_condition: OptAttr[
        list[Literal["desert", "dust", "extremeClimate", "extremeCold", "extremeHeat", "extremeHumidity", "marine",
        "other", "saline", "sand", "seismic"] | str]
    ] = optional()
    possibility_of_use: OptAttr[Literal["mixed", "mobile", "other", "stationary"] | str] = optional()
    type_energy_source: OptAttr[
        list[Literal["dam", "fall", "generator", "network", "other", "photovoltaic", "river", "sea", "waterTurbine",
        "wind"] | str]
    ] = optional()
    documentation: OptAttr[str] = optional()
    dimension: OptAttr[dict[str, Any]] = optional()
    """Property in CMT."""
    weight: OptAttr[float] = optional(minimum=0, unit="KGM")
    """Property in KGM, from 0."""
    protection_ip: OptAttr[str] = optional("protectionIP")
    protection_ik: OptAttr[float] = optional("protectionIK")
    operating_temperature: OptAttr[dict[str, Any]] = optional()
    """Property in CEL."""
    nominal_voltage: OptAttr[float] = optional()
    """Property in VLT."""
    nominal_ampere: OptAttr[float] = optional()
    """Property in AMP."""
    nominal_frequency: OptAttr[float] = optional()
    """Property in HTZ."""
    nominal_capacity: OptAttr[float] = optional()
    """Property in AMH."""
    storable_energy: OptAttr[float] = optional()
    """Property in KWH."""
    usable_energy: OptAttr[float] = optional()
    """Property in KWH."""
    operating_voltage: OptAttr[dict[str, Any]] = optional()
    """Property in VLT."""
    operating_ampere: OptAttr[dict[str, Any]] = optional()
    """Property in AMP."""
    operating_frequency: OptAttr[dict[str, Any]] = optional()
    """Property in HTZ."""
    mass_energy_density: OptAttr[dict[str, Any]] = optional()
    """Property in W hour / Kg."""
    vol_energy_density: OptAttr[dict[str, Any]] = optional()
    """Property in Wh/L."""
    max_output_power: OptAttr[float] = optional()
    """Property in KWT."""
    peak_power: OptAttr[float] = optional()
    """Property in KWT."""
    duration_peak_power: OptAttr[float] = optional()
    """Property in SEC."""
    communication: OptAttr[
        list[Literal["CAN 2.0 B", "RS485", "RS485BMS", "RS485Inverter", "dryContactTerminal", "maintenanceInterface",
        "other"] | str]
    ] = optional()
    operating_altitude: OptAttr[dict[str, Any]] = optional()
    """Property in MTR."""
    average_life: OptAttr[float] = optional()
    """Property in ANN."""
    life_cycle_number: OptAttr[dict[str, Any]] = optional()
    tool_bms: OptAttr[bool] = optional("toolBMS")
    charging_mode_allowed: OptAttr[list[Literal["fast", "normal", "quick"] | str]] = optional()
    overload_accepted: OptAttr[bool] = optional()
    overload_accepted_time: OptAttr[str] = optional()
    self_discharge_rate: OptAttr[float] = optional(minimum=0, maximum=1)
    """Property, from 0 to 1."""
    capacity_cnnn: OptAttr[dict[str, Any]] = optional()
    round_trip_efficiency: OptAttr[float] = optional(minimum=0, maximum=1)
    """Property, from 0 to 1."""
    charge_discharge_reactivity: OptAttr[float] = optional()
    """Property in SEC."""
    charge_power: OptAttr[float] = optional()
    """Property in VLT."""
    charge_efficiency: OptAttr[float] = optional(minimum=0, maximum=1)
    """Property, from 0 to 1."""
    maximum_voltage_eoc: OptAttr[float] = optional("maximumVoltageEOC")
    """Property in VLT."""
    discharge_power: OptAttr[float] = optional()
    """Property in VLT."""
    discharge_efficiency: OptAttr[float] = optional(minimum=0, maximum=1)
    """Property, from 0 to 1."""
    minimum_voltage_eod: OptAttr[float] = optional("minimumVoltageEOD")
    """Property in VLT."""


class StorageBatteryMeasurement(Commons):
    """StorageBatteryMeasurement 0.0.4.

    https://github.com/smart-data-models/dataModel.Battery/blob/master/StorageBatteryMeasurement/doc/spec.md

    Units: temperature CEL, active_power KWT, reactive_power KVR, current AMP, open_circuit_voltage VLT.
    """

    _origin = Origin("Battery", "StorageBatteryMeasurement")
    location: GeoAttr
    date_observed: Attr[datetime]
    state_of_charge: Attr[float] = attribute(minimum=0, maximum=1)
    """Property, from 0 to 1."""
    address: OptAttr[PostalAddress] = optional()
    area_served: OptAttr[str] = optional()
    ref_storage_battery_device: OptRelAttr = optional()
    ref_point_of_interest: OptRelAttr = optional()
    date_observed_from: OptAttr[datetime] = optional()
    date_observed_to: OptAttr[datetime] = optional()
    battery_level: OptAttr[float] = optional()
    battery_status: OptAttr[Literal["consumingEnergy", "givingEnergy", "standby"] | str] = optional()
    battery_assessment_methods: OptAttr[
        Literal["ampereHourMetry", "dischargeTest", "electrolyteDensity", "highFrequencyImpedance",
        "lowFrequencyImpedance", "mathematicalModel", "operatingVoltageWithClosedCircuit",
        "quiescentVoltageWithOpenCircuit"] | str
    ] = optional()
    date_energy_metering_started: OptAttr[datetime] = optional()
    temperature: OptAttr[float] = optional(minimum=0, unit="CEL")
    """Property in CEL, from 0."""
    deep_of_discharge: OptAttr[float] = optional(minimum=0, maximum=1)
    """Property, from 0 to 1."""
    state_of_health: OptAttr[float] = optional(minimum=0, maximum=1)
    """Property, from 0 to 1."""
    active_power: OptAttr[float] = optional()
    """Property in KWT."""
    reactive_power: OptAttr[float] = optional(minimum=0, unit="KVR")
    """Property in KVR, from 0."""
    current: OptAttr[float] = optional()
    """Property in AMP."""
    open_circuit_voltage: OptAttr[float] = optional()
    """Property in VLT."""
    inverter_status: OptAttr[
        list[Literal["00-OnSector", "01-PowerFailure/OnBattery", "02-LossCommunication", "03-BatteryFault",
        "04-SystemShutDown", "05-TensionDip", "06-OverVoltage", "07-VoltageDrop", "08-VoltageIncrease", "09-LineNoise",
        "10-FrequencyVariation", "11-TransientDistortion", "12-HarmonicDistortion"] | str]
    ] = optional()
