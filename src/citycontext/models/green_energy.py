"""Entities of the subject GreenEnergy of Smart Data Models (facts from its schemas at b19350d).

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
    "GreenEnergyGenerator",
    "GreenEnergyMeasurement",
    "PhotovoltaicDevice",
    "PhotovoltaicMeasurement",
]


class GreenEnergyGenerator(LocatedCommons):
    """GreenEnergyGenerator 0.0.3.

    https://github.com/smart-data-models/dataModel.GreenEnergy/blob/master/GreenEnergyGenerator/doc/spec.md

    Units: max_solar_power_generated KWT, max_eolic_power_generated KWT, max_hydro_power_generated KWT,
    max_biomass_power_generated KWT, max_geothermal_power_generated KWT.
    """

    _origin = Origin("GreenEnergy", "GreenEnergyGenerator")
    status: OptAttr[Literal["outOfService", "withIncidence", "working"] | str] = optional()
    generation_sources: OptAttr[
        list[Literal["biomass", "eolic", "geothermal", "hydropower", "solar"] | str]
    ] = optional()
    self_consumption: OptAttr[bool] = optional()
    redistribution: OptAttr[bool] = optional()
    max_solar_power_generated: OptAttr[float] = optional()
    """Property in KWT."""
    max_eolic_power_generated: OptAttr[float] = optional()
    """Property in KWT."""
    max_hydro_power_generated: OptAttr[float] = optional()
    """Property in KWT."""
    max_biomass_power_generated: OptAttr[float] = optional()
    """Property in KWT."""
    max_geothermal_power_generated: OptAttr[float] = optional()
    """Property in KWT."""


class GreenEnergyMeasurement(LocatedCommons):
    """GreenEnergyMeasurement 0.0.2.

    https://github.com/smart-data-models/dataModel.GreenEnergy/blob/master/GreenEnergyMeasurement/doc/spec.md

    Units: solar_power_generated KWT, eolic_power_generated KWT, hydro_power_generated KWT, biomass_power_generated KWT,
    geothermal_power_generated KWT.
    """

    _origin = Origin("GreenEnergy", "GreenEnergyMeasurement")
    solar_power_generated: OptAttr[float] = optional(minimum=0, unit="KWT")
    """Property in KWT, from 0."""
    eolic_power_generated: OptAttr[float] = optional(minimum=0, unit="KWT")
    """Property in KWT, from 0."""
    hydro_power_generated: OptAttr[float] = optional(minimum=0, unit="KWT")
    """Property in KWT, from 0."""
    biomass_power_generated: OptAttr[float] = optional(minimum=0, unit="KWT")
    """Property in KWT, from 0."""
    geothermal_power_generated: OptAttr[float] = optional(minimum=0, unit="KWT")
    """Property in KWT, from 0."""
    ref_green_energy_generator: OptRelAttr = optional()


class PhotovoltaicDevice(Commons):
    """PhotovoltaicDevice 0.0.2.

    https://github.com/smart-data-models/dataModel.GreenEnergy/blob/master/PhotovoltaicDevice/doc/spec.md

    Units: module_dimension MMT, panel_weight KGM, area_weight 28, max_pressure_load PAL, nominal_power WTT,
    maximum_system_voltage VLT, panel_operating_temperature CEL, cell_operating_temperature CEL, panel_lifetime ANN.
    """

    _origin = Origin("GreenEnergy", "PhotovoltaicDevice")
    location: GeoAttr
    date_last_reported: Attr[datetime]
    address: OptAttr[PostalAddress] = optional()
    area_served: OptAttr[str] = optional()
    ref_device: OptAttr[str] = optional()
    ref_point_of_interest: OptRelAttr = optional()
    brand_name: OptAttr[str] = optional()
    model_name: OptAttr[str] = optional()
    manufacturer_name: OptAttr[str] = optional()
    serial_number: OptAttr[list[str]] = optional()
    application: OptAttr[list[Literal["electric", "other", "thermal"] | str]] = optional()
    cell_type: OptAttr[
        list[Literal["CIS", "CfTe", "amorphousSilicon", "monocrystalline", "other", "polycrystalline"] | str]
    ] = optional()
    type_of_use: OptAttr[list[Literal["indoor", "mixed", "other", "outdoor"] | str]] = optional()
    installation_mode: OptAttr[list[Literal["ground", "other", "pole", "roofing", "wall"] | str]] = optional()
    installation_condition: OptAttr[
        list[Literal["desert", "dust", "extremeClimate", "extremeCold", "extremeHeat", "extremeHumidity", "marine",
        "none", "other", "saline", "sand", "seismic"] | str]
    ] = optional()
    possibility_of_use: OptAttr[list[Literal["mixed", "mobile", "other", "stationary"] | str]] = optional()
    documentation: OptAttr[str] = optional()
    cell_dimension: OptAttr[dict[str, Any]] = optional()
    module_nb_cells: OptAttr[float] = optional()
    module_dimension: OptAttr[dict[str, Any]] = optional()
    """Property in MMT."""
    panel_nb_modules: OptAttr[float] = optional("PanelNbModules")
    panel_dimension: OptAttr[dict[str, Any]] = optional()
    panel_weight: OptAttr[float] = optional(minimum=0, unit="KGM")
    """Property in KGM, from 0."""
    area_weight: OptAttr[float] = optional()
    """Property in 28."""
    max_pressure_load: OptAttr[dict[str, Any]] = optional("MaxPressureLoad")
    """Property in PAL."""
    nominal_power: OptAttr[float] = optional("NominalPower", minimum=0, unit="WTT")
    """Property in WTT, from 0."""
    maximum_system_voltage: OptAttr[float] = optional("MaximumSystemVoltage", minimum=0, unit="VLT")
    """Property in VLT, from 0."""
    application_class: OptAttr[list[Literal["A", "B", "C"] | str]] = optional()
    fire_class: OptAttr[list[Literal["A", "B", "C"] | str]] = optional()
    protection_ip: OptAttr[str] = optional("protectionIP")
    p_tc_class: OptAttr[float] = optional("pTCClass", minimum=0)
    """Property, from 0."""
    n_tc_class: OptAttr[float] = optional("nTCClass", minimum=0)
    """Property, from 0."""
    module_stc: OptAttr[dict[str, Any]] = optional("moduleSTC")
    module_noct: OptAttr[dict[str, Any]] = optional("moduleNOCT")
    module_yield_rate: OptAttr[float] = optional(minimum=0)
    """Property, from 0."""
    panel_operating_temperature: OptAttr[dict[str, Any]] = optional()
    """Property in CEL."""
    cell_operating_temperature: OptAttr[dict[str, Any]] = optional()
    """Property in CEL."""
    temperature_coefficient: OptAttr[dict[str, Any]] = optional()
    performance_low_irradiance: OptAttr[float] = optional(minimum=0)
    """Property, from 0."""
    panel_lifetime: OptAttr[float] = optional(minimum=0, unit="ANN")
    """Property in ANN, from 0."""
    panel_yield_curve: OptAttr[list[str]] = optional()


class PhotovoltaicMeasurement(Commons):
    """PhotovoltaicMeasurement 0.0.3.

    https://github.com/smart-data-models/dataModel.GreenEnergy/blob/master/PhotovoltaicMeasurement/doc/spec.md

    Units: temperature CEL, nominal_peak_power_generation KWT, active_power KWT, current AMP.
    """

    _origin = Origin("GreenEnergy", "PhotovoltaicMeasurement")
    location: GeoAttr
    date_observed: Attr[datetime]
    ref_photovoltaic_device: RelAttr
    temperature: Attr[float] = attribute(minimum=0, unit="CEL")
    """Property in CEL, from 0."""
    date_energy_metering_started: Attr[datetime]
    address: OptAttr[PostalAddress] = optional()
    area_served: OptAttr[str] = optional()
    ref_point_of_interest: OptRelAttr = optional()
    date_observed_from: OptAttr[datetime] = optional()
    date_observed_to: OptAttr[datetime] = optional()
    nominal_peak_power_generation: OptAttr[float] = optional()
    """Property in KWT."""
    active_power: OptAttr[float] = optional()
    """Property in KWT."""
    reactive_power: OptAttr[float] = optional(minimum=0)
    """Property, from 0."""
    current: OptAttr[float] = optional()
    """Property in AMP."""
    inverter_status: OptAttr[
        list[Literal["00-On sector", "01-Power failure / On battery", "02-Loss of communication", "03-Battery fault",
        "04-System shutdown", "05-Tension dip", "06-Overvoltage", "07-Voltage drop", "08-Voltage increase",
        "09-Line noise", "10-Frequency variation", "11-Transient distortion", "12-Harmonic distortion"] | str]
    ] = optional()
