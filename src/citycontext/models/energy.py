"""Entities of the subject Energy of Smart Data Models (facts from its schemas at 6e3d7dd).

Written by scripts/compile_models.py; a change by hand is lost.
"""

# fmt: off

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from citycontext.models.commons import Commons, LocatedCommons
from citycontext.models.postal_address import PostalAddress
from citycontext.models.smart_data_model import Origin
from citycontext.ngsild.fields import Attr, GeoAttr, OptAttr, OptRelAttr, optional

__all__ = [
    "ACMeasurement",
    "InverterDevice",
    "SolarEnergy",
    "TechnicalCabinetDevice",
    "ThreePhaseAcMeasurement",
]


class ACMeasurement(Commons):
    """ACMeasurement 0.0.1.

    https://github.com/smart-data-models/dataModel.Energy/blob/master/ACMeasurement/doc/spec.md

    Units: frequency HTZ, active_energy_import KWH, reactive_energy_import K3, apparent_energy_import C79,
    active_energy_export KWH, reactive_energy_export K3, apparent_energy_export C79, total_active_energy_import KWH,
    total_reactive_energy_import K3, total_apparent_energy_import C79, total_active_energy_export KWH,
    total_reactive_energy_export K3, total_apparent_energy_export C79, active_power WTT, reactive_power D44,
    apparent_power WTT, total_active_power WTT, total_reactive_power D44, total_apparent_power D46, current AMP,
    phase_voltage VLT, phase_to_phase_voltage VLT.
    """

    _origin = Origin("Energy", "ACMeasurement")
    location: GeoAttr
    date_observed: Attr[datetime]
    phase_type: Attr[Literal["singlePhase", "threePhase"] | str]
    address: OptAttr[PostalAddress] = optional()
    area_served: OptAttr[str] = optional()
    date_observed_from: OptAttr[datetime] = optional()
    date_observed_to: OptAttr[datetime] = optional()
    ref_device: OptAttr[list[str]] = optional()
    ref_target_device: OptRelAttr = optional()
    frequency: OptAttr[float] = optional(minimum=0, unit="HTZ")
    """Property in HTZ, from 0."""
    date_energy_metering_started: OptAttr[datetime] = optional()
    active_energy_import: OptAttr[dict[str, Any]] = optional()
    """Property in KWH."""
    reactive_energy_import: OptAttr[dict[str, Any]] = optional()
    """Property in K3."""
    apparent_energy_import: OptAttr[dict[str, Any]] = optional()
    """Property in C79."""
    active_energy_export: OptAttr[dict[str, Any]] = optional()
    """Property in KWH."""
    reactive_energy_export: OptAttr[dict[str, Any]] = optional()
    """Property in K3."""
    apparent_energy_export: OptAttr[dict[str, Any]] = optional()
    """Property in C79."""
    total_active_energy_import: OptAttr[float] = optional(minimum=0, unit="KWH")
    """Property in KWH, from 0."""
    total_reactive_energy_import: OptAttr[float] = optional(minimum=0, unit="K3")
    """Property in K3, from 0."""
    total_apparent_energy_import: OptAttr[float] = optional(minimum=0, unit="C79")
    """Property in C79, from 0."""
    total_active_energy_export: OptAttr[float] = optional(minimum=0, unit="KWH")
    """Property in KWH, from 0."""
    total_reactive_energy_export: OptAttr[float] = optional(minimum=0, unit="K3")
    """Property in K3, from 0."""
    total_apparent_energy_export: OptAttr[float] = optional(minimum=0, unit="C79")
    """Property in C79, from 0."""
    active_power: OptAttr[dict[str, Any]] = optional()
    """Property in WTT."""
    reactive_power: OptAttr[dict[str, Any]] = optional()
    """Property in D44."""
    apparent_power: OptAttr[dict[str, Any]] = optional()
    """Property in WTT."""
    total_active_power: OptAttr[float] = optional()
    """Property in WTT."""
    total_reactive_power: OptAttr[float] = optional()
    """Property in D44."""
    total_apparent_power: OptAttr[float] = optional(minimum=0, unit="D46")
    """Property in D46, from 0."""
    power_factor: OptAttr[dict[str, Any]] = optional()
    displacement_power_factor: OptAttr[dict[str, Any]] = optional()
    total_power_factor: OptAttr[float] = optional(minimum=-1, maximum=1)
    """Property, from -1 to 1."""
    total_displacement_power_factor: OptAttr[float] = optional(minimum=-1, maximum=1)
    """Property, from -1 to 1."""
    current: OptAttr[dict[str, Any]] = optional()
    """Property in AMP."""
    phase_voltage: OptAttr[dict[str, Any]] = optional()
    """Property in VLT."""
    thd_voltage: OptAttr[dict[str, Any]] = optional()
    thd_current: OptAttr[dict[str, Any]] = optional()
    phase_to_phase_voltage: OptAttr[dict[str, Any]] = optional()
    """Property in VLT."""


class InverterDevice(Commons):
    """InverterDevice 0.0.2.

    https://github.com/smart-data-models/dataModel.Energy/blob/master/InverterDevice/doc/spec.md

    Units: dimension CMT, weight KGM, nominal_power_dc WTT, nominal_voltage_dc VLT, nominal_ampere_dc AMP,
    nominal_frequency_dc HTZ, operating_voltage_dc VLT, operating_ampere_dc AMP, operating_frequency_dc HTZ,
    m_pptpv_voltage_dc VLT, starting_voltage_dc VLT, max_input_current_parallel_assembly AMP, nominal_power_ac WTT,
    max_output_power_ac D46, nominal_voltage_ac VLT, nominal_ampere_ac AMP, nominal_frequency_ac HTZ,
    operating_voltage_ac VLT, operating_ampere_ac AMP, operating_frequency_ac VLT, power_factor_ac VLT, noise_level 2N,
    self_consumption WTT.
    """

    _origin = Origin("Energy", "InverterDevice")
    location: GeoAttr
    date_last_reported: Attr[datetime]
    phase_type: Attr[Literal["singlePhase", "threePhase"] | str]
    address: OptAttr[PostalAddress] = optional()
    area_served: OptAttr[str] = optional()
    ref_device: OptRelAttr = optional()
    ref_point_of_interest: OptRelAttr = optional()
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
    documentation: OptAttr[str] = optional()
    supply_phase_nb: OptAttr[float] = optional(minimum=0)
    """Property, from 0."""
    dimension: OptAttr[dict[str, Any]] = optional()
    """Property in CMT."""
    weight: OptAttr[float] = optional(minimum=0, unit="KGM")
    """Property in KGM, from 0."""
    protection_ip: OptAttr[str] = optional("protectionIP")
    protection_ik: OptAttr[float] = optional("protectionIK")
    protection_class_slk: OptAttr[Literal["0", "1", "2", "3"] | str] = optional("protectionClassSLK")
    over_voltage_category: OptAttr[Literal["I", "II", "III", "IV"] | str] = optional()
    operating_temperature: OptAttr[dict[str, Any]] = optional()
    operating_air_humidity: OptAttr[dict[str, Any]] = optional()
    nominal_power_dc: OptAttr[float] = optional("nominalPowerDC")
    """Property in WTT."""
    nominal_voltage_dc: OptAttr[float] = optional("nominalVoltageDC")
    """Property in VLT."""
    nominal_ampere_dc: OptAttr[float] = optional("nominalAmpereDC")
    """Property in AMP."""
    nominal_frequency_dc: OptAttr[float] = optional("nominalFrequencyDC")
    """Property in HTZ."""
    operating_voltage_dc: OptAttr[dict[str, Any]] = optional("operatingVoltageDC")
    """Property in VLT."""
    operating_ampere_dc: OptAttr[dict[str, Any]] = optional("operatingAmpereDC")
    """Property in AMP."""
    operating_frequency_dc: OptAttr[dict[str, Any]] = optional("operatingFrequencyDC")
    """Property in HTZ."""
    m_pptpv_voltage_dc: OptAttr[dict[str, Any]] = optional("mPPTPVVoltageDC")
    """Property in VLT."""
    starting_voltage_dc: OptAttr[float] = optional("startingVoltageDC")
    """Property in VLT."""
    nb_mpp_trackers_dc: OptAttr[float] = optional("nbMPPTrackersDC")
    nb_input_parallel_dc: OptAttr[str] = optional("nbInputParallelDC")
    max_input_current_parallel_assembly: OptAttr[float] = optional()
    """Property in AMP."""
    nominal_power_ac: OptAttr[float] = optional("nominalPowerAC")
    """Property in WTT."""
    max_output_power_ac: OptAttr[float] = optional("maxOutputPowerAC")
    """Property in D46."""
    nominal_voltage_ac: OptAttr[float] = optional("nominalVoltageAC")
    """Property in VLT."""
    nominal_ampere_ac: OptAttr[float] = optional("nominalAmpereAC")
    """Property in AMP."""
    nominal_frequency_ac: OptAttr[float] = optional("nominalFrequencyAC")
    """Property in HTZ."""
    operating_voltage_ac: OptAttr[dict[str, Any]] = optional("operatingVoltageAC")
    """Property in VLT."""
    operating_ampere_ac: OptAttr[dict[str, Any]] = optional("operatingAmpereAC")
    """Property in AMP."""
    operating_frequency_ac: OptAttr[dict[str, Any]] = optional("operatingFrequencyAC")
    """Property in VLT."""
    power_factor_ac: OptAttr[float] = optional("powerFactorAC", minimum=0, maximum=1, unit="VLT")
    """Property in VLT, from 0 to 1."""
    module_yield_rate: OptAttr[dict[str, Any]] = optional()
    noise_level: OptAttr[float] = optional()
    """Property in 2N."""
    self_consumption: OptAttr[float] = optional("self-consumption")
    """Property in WTT."""
    topology: OptAttr[str] = optional()
    cooling_system: OptAttr[Literal["Convection", "OptiCool", "Other", "Regulated-fan"] | str] = optional()
    inverter_status: OptAttr[
        list[Literal["00-OnSector", "01-PowerFailure/OnBattery", "02-LossCommunication", "03-BatteryFault",
        "04-SystemShutDown", "05-TensionDip", "06-OverVoltage", "07-VoltageDrop", "08-VoltageIncrease", "09-LineNoise",
        "10-FrequencyVariation", "11-TransientDistortion", "12-HarmonicDistortion"] | str]
    ] = optional()


class SolarEnergy(LocatedCommons):
    """SolarEnergy 0.0.1.

    https://github.com/smart-data-models/dataModel.Energy/blob/master/SolarEnergy/doc/spec.md

    Units: reactive_power D44, power_factor -1 to +1, current AMP, phase_voltage VLT, active_power WTT.
    """

    _origin = Origin("Energy", "SolarEnergy")
    total_active_power: OptAttr[float] = optional()
    phase_current: OptAttr[dict[str, Any]] = optional()
    reactive_power: OptAttr[dict[str, Any]] = optional()
    """Property in D44."""
    voltage: OptAttr[float] = optional()
    power_factor: OptAttr[dict[str, Any]] = optional()
    """Property in -1 to +1."""
    current: OptAttr[dict[str, Any]] = optional()
    """Property in AMP."""
    total_reactive_power: OptAttr[float] = optional()
    phase_voltage: OptAttr[dict[str, Any]] = optional()
    """Property in VLT."""
    active_power: OptAttr[dict[str, Any]] = optional()
    """Property in WTT."""
    data_descriptor: OptRelAttr = optional()
    energy_generated: OptAttr[float] = optional()
    max_solar_power_measure: OptAttr[float] = optional()
    frequency: OptAttr[float] = optional()
    total_energy_generated: OptAttr[float] = optional()
    observation_date_time: OptAttr[datetime] = optional()


class TechnicalCabinetDevice(Commons):
    """TechnicalCabinetDevice 0.0.1.

    https://github.com/smart-data-models/dataModel.Energy/blob/master/TechnicalCabinetDevice/doc/spec.md
    """

    _origin = Origin("Energy", "TechnicalCabinetDevice")
    location: GeoAttr
    date_last_reported: Attr[datetime]
    type_of_use: Attr[Literal["indoor", "mixed", "other", "outdoor"] | str]
    dimension: Attr[dict[str, Any]]
    address: OptAttr[PostalAddress] = optional()
    area_served: OptAttr[str] = optional()
    ref_device: OptRelAttr = optional()
    ref_device_list: OptRelAttr = optional()
    ref_point_of_interest: OptRelAttr = optional()
    brand_name: OptAttr[str] = optional()
    model_name: OptAttr[str] = optional()
    manufacturer_name: OptAttr[str] = optional()
    serial_number: OptAttr[str] = optional()
    application: OptAttr[
        list[Literal["commercial", "distributionService", "industrial", "other", "publicWorks", "road", "tertiary",
        "urbanService"] | str]
    ] = optional()
    installation_mode: OptAttr[
        Literal["aerial", "ground", "other", "pole", "roofing", "underground", "wall"] | str
    ] = optional()
    installation_condition: OptAttr[
        list[Literal["desert", "dust", "extremeClimate", "extremeCold", "extremeHeat", "extremeHumidity", "marine",
        "none", "other", "saline", "sand", "seismic"] | str]
    ] = optional()
    possibility_of_use: OptAttr[Literal["mixed", "mobile", "other", "stationary"] | str] = optional()
    documentation: OptAttr[str] = optional()
    weight: OptAttr[float] = optional(minimum=0)
    """Property, from 0."""
    internal_dimension: OptAttr[dict[str, Any]] = optional()
    protection_ip: OptAttr[str] = optional("protectionIP")
    protection_ik: OptAttr[float] = optional("protectionIK")
    maximum_system_voltage: OptAttr[float] = optional(minimum=0)
    """Property, from 0."""
    operating_temperature: OptAttr[dict[str, Any]] = optional()
    protection_others: OptAttr[
        list[Literal["abrasion", "basement", "dampProof", "display", "doorTearing", "dust", "forcedOpening", "graffiti",
        "insect", "other", "roofOverload", "saltSpray", "shielding", "solar", "vandalism", "water"] | str]
    ] = optional()
    door_count: OptAttr[float] = optional()
    door_type: OptAttr[Literal["mixed", "other", "solid", "transparent"] | str] = optional()
    door_opening_angle: OptAttr[float] = optional(minimum=0)
    """Property, from 0."""
    door_closing_mode: OptAttr[
        list[Literal["fixedHandle", "other", "revolvingHandle", "triangleHandle"] | str]
    ] = optional()
    design_materials: OptAttr[
        list[Literal["ABS-Plastic", "aluminum", "fiberGlass", "galvanizedSteel", "other", "polyester",
        "stainlessSteel"] | str]
    ] = optional()
    interior_coating: OptAttr[
        list[Literal["fiberGlass", "heatInsulating", "other", "plastic", "polyester", "polyesterResin", "steel"] | str]
    ] = optional()
    exterior_coating: OptAttr[
        list[Literal["fiberGlass", "other", "plastic", "polyester", "polyesterResin", "steel"] | str]
    ] = optional()
    exterior_finish: OptAttr[
        list[Literal["graffiti", "other", "raised", "roughcast", "smooth", "textured"] | str]
    ] = optional()
    ventilation_mode: OptAttr[
        list[Literal["airConditioners", "dehumidifier", "none", "other", "selfVentilatedGills"] | str]
    ] = optional()


class ThreePhaseAcMeasurement(LocatedCommons):
    """ThreePhaseAcMeasurement 0.0.4.

    https://github.com/smart-data-models/dataModel.Energy/blob/master/ThreePhaseAcMeasurement/doc/spec.md

    Units: total_active_energy_import KWH, total_reactive_energy_import K3, total_apparent_energy_import C79,
    total_active_energy_export KWH, total_reactive_energy_export K3, total_apparent_energy_export K3, frequency HTZ,
    total_active_power WTT, total_reactive_power D44, total_apparent_power D46, active_energy_import KWH,
    reactive_energy_import K3, apparent_energy_import C79, active_energy_export KWH, reactive_energy_export K3,
    apparent_energy_export C79, active_power WTT, reactive_power D44, apparent_power D46, total_power_factor -1 to +1,
    power_factor -1 to +1, total_displacement_power_factor -1 to +1, displacement_power_factor -1 to +1, current AMP,
    phase_voltage VLT, phase_to_phase_voltage VLT, thd_voltage 0 to 1, thd_current 0 to 1.
    """

    _origin = Origin("Energy", "ThreePhaseAcMeasurement")
    ref_device: OptRelAttr = optional()
    ref_target_device: OptRelAttr = optional()
    date_energy_metering_started: OptAttr[datetime] = optional()
    total_active_energy_import: OptAttr[float] = optional(minimum=0, unit="KWH")
    """Property in KWH, from 0."""
    total_reactive_energy_import: OptAttr[float] = optional(minimum=0, unit="K3")
    """Property in K3, from 0."""
    total_apparent_energy_import: OptAttr[float] = optional(minimum=0, unit="C79")
    """Property in C79, from 0."""
    total_active_energy_export: OptAttr[float] = optional(minimum=0, unit="KWH")
    """Property in KWH, from 0."""
    total_reactive_energy_export: OptAttr[float] = optional(minimum=0, unit="K3")
    """Property in K3, from 0."""
    total_apparent_energy_export: OptAttr[float] = optional(minimum=0, unit="K3")
    """Property in K3, from 0."""
    frequency: OptAttr[float] = optional(minimum=0, unit="HTZ")
    """Property in HTZ, from 0."""
    total_active_power: OptAttr[float] = optional()
    """Property in WTT."""
    total_reactive_power: OptAttr[float] = optional()
    """Property in D44."""
    total_apparent_power: OptAttr[float] = optional(minimum=0, unit="D46")
    """Property in D46, from 0."""
    active_energy_import: OptAttr[dict[str, Any]] = optional()
    """Property in KWH."""
    reactive_energy_import: OptAttr[dict[str, Any]] = optional()
    """Property in K3."""
    apparent_energy_import: OptAttr[dict[str, Any]] = optional()
    """Property in C79."""
    active_energy_export: OptAttr[dict[str, Any]] = optional()
    """Property in KWH."""
    reactive_energy_export: OptAttr[dict[str, Any]] = optional()
    """Property in K3."""
    apparent_energy_export: OptAttr[dict[str, Any]] = optional()
    """Property in C79."""
    active_power: OptAttr[dict[str, Any]] = optional()
    """Property in WTT."""
    reactive_power: OptAttr[dict[str, Any]] = optional()
    """Property in D44."""
    apparent_power: OptAttr[dict[str, Any]] = optional()
    """Property in D46."""
    total_power_factor: OptAttr[float] = optional(minimum=-1, maximum=1)
    """Property in -1 to +1, from -1 to 1."""
    power_factor: OptAttr[dict[str, Any]] = optional()
    """Property in -1 to +1."""
    total_displacement_power_factor: OptAttr[float] = optional(minimum=-1, maximum=1)
    """Property in -1 to +1, from -1 to 1."""
    displacement_power_factor: OptAttr[dict[str, Any]] = optional()
    """Property in -1 to +1."""
    current: OptAttr[dict[str, Any]] = optional()
    """Property in AMP."""
    phase_voltage: OptAttr[dict[str, Any]] = optional()
    """Property in VLT."""
    phase_to_phase_voltage: OptAttr[dict[str, Any]] = optional()
    """Property in VLT."""
    thd_voltage: OptAttr[dict[str, Any]] = optional()
    """Property in 0 to 1."""
    thd_current: OptAttr[dict[str, Any]] = optional()
    """Property in 0 to 1."""
