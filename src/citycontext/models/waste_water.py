"""Entities of the subject WasteWater of Smart Data Models (facts from its schemas at a554101).

Written by scripts/compile_models.py; a change by hand is lost.
"""

# fmt: off

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from citycontext.models.commons import LocatedCommons
from citycontext.models.postal_address import PostalAddress
from citycontext.models.smart_data_model import Origin, SmartDataModel
from citycontext.ngsild.fields import Attr, OptAttr, OptGeoAttr, OptRelAttr, optional

__all__ = [
    "Blower",
    "OffGasStack",
    "WasteWaterJunction",
    "WasteWaterPlant",
    "WasteWaterSimulationResult",
    "WasteWaterTank",
    "WaterProcess",
]


class Blower(SmartDataModel):
    """Blower 0.0.1.

    https://github.com/smart-data-models/dataModel.WasteWater/blob/master/Blower/doc/spec.md

    Units: airflow MTS, energy KWT, pressure KPA.
    """

    _origin = Origin("WasteWater", "Blower")
    description: Attr[str]
    location: OptGeoAttr = optional()
    address: OptAttr[PostalAddress] = optional()
    area_served: OptAttr[str] = optional()
    date_created: OptAttr[datetime] = optional()
    date_modified: OptAttr[datetime] = optional()
    source: OptAttr[str] = optional()
    name: OptAttr[str] = optional()
    alternate_name: OptAttr[str] = optional()
    data_provider: OptAttr[str] = optional()
    owner: OptAttr[list[str]] = optional()
    see_also: OptAttr[list[str] | str] = optional()
    airflow: OptAttr[float] = optional()
    """Property in MTS."""
    energy: OptAttr[float] = optional()
    """Property in KWT."""
    pressure: OptAttr[float] = optional()
    """Property in KPA."""
    airflow_estimation: OptAttr[float] = optional()
    starts_at: OptRelAttr = optional()
    ends_at: OptRelAttr = optional()


class OffGasStack(SmartDataModel):
    """OffGasStack 0.0.1.

    https://github.com/smart-data-models/dataModel.WasteWater/blob/master/OffGasStack/doc/spec.md

    Units: n2o 59, co2 59, ch4 59, o2 59.
    """

    _origin = Origin("WasteWater", "OffGasStack")
    description: Attr[str]
    location: OptGeoAttr = optional()
    address: OptAttr[PostalAddress] = optional()
    area_served: OptAttr[str] = optional()
    date_created: OptAttr[datetime] = optional()
    date_modified: OptAttr[datetime] = optional()
    source: OptAttr[str] = optional()
    name: OptAttr[str] = optional()
    alternate_name: OptAttr[str] = optional()
    data_provider: OptAttr[str] = optional()
    owner: OptAttr[list[str]] = optional()
    see_also: OptAttr[list[str] | str] = optional()
    n2o: OptAttr[float] = optional()
    """Property in 59."""
    co2: OptAttr[float] = optional()
    """Property in 59."""
    ch4: OptAttr[float] = optional()
    """Property in 59."""
    o2: OptAttr[float] = optional()
    """Property in 59."""
    starts_at: OptRelAttr = optional()
    ends_at: OptRelAttr = optional()


class WasteWaterJunction(SmartDataModel):
    """WasteWaterJunction 0.0.1.

    https://github.com/smart-data-models/dataModel.WasteWater/blob/master/WasteWaterJunction/doc/spec.md

    Units: tss M1, nh4 M1, no3 M1, do M1, redox 2Z, tn M1, toc M1, tic M1, po4 M1, bod M1, cod M1, flowrate MQH,
    temperature CEL, emission_flow MTQ.
    """

    _origin = Origin("WasteWater", "WasteWaterJunction")
    description: Attr[str]
    location: OptGeoAttr = optional()
    address: OptAttr[PostalAddress] = optional()
    area_served: OptAttr[str] = optional()
    date_created: OptAttr[datetime] = optional()
    date_modified: OptAttr[datetime] = optional()
    source: OptAttr[str] = optional()
    name: OptAttr[str] = optional()
    alternate_name: OptAttr[str] = optional()
    data_provider: OptAttr[str] = optional()
    owner: OptAttr[list[str]] = optional()
    see_also: OptAttr[list[str] | str] = optional()
    tss: OptAttr[float] = optional()
    """Property in M1."""
    nh4: OptAttr[float] = optional()
    """Property in M1."""
    no3: OptAttr[float] = optional()
    """Property in M1."""
    do: OptAttr[float] = optional()
    """Property in M1."""
    redox: OptAttr[float] = optional()
    """Property in 2Z."""
    tn: OptAttr[float] = optional()
    """Property in M1."""
    toc: OptAttr[float] = optional()
    """Property in M1."""
    tic: OptAttr[float] = optional()
    """Property in M1."""
    po4: OptAttr[float] = optional()
    """Property in M1."""
    bod: OptAttr[float] = optional()
    """Property in M1."""
    cod: OptAttr[float] = optional()
    """Property in M1."""
    flowrate: OptAttr[float] = optional()
    """Property in MQH."""
    temperature: OptAttr[float] = optional()
    """Property in CEL."""
    p_h: OptAttr[float] = optional()
    pressure: OptAttr[float] = optional()
    emission_flow: OptAttr[float] = optional()
    """Property in MTQ."""
    starts_at: OptRelAttr = optional()
    ends_at: OptRelAttr = optional()


class WasteWaterPlant(LocatedCommons):
    """WasteWaterPlant 0.0.2.

    https://github.com/smart-data-models/dataModel.WasteWater/blob/master/WasteWaterPlant/doc/spec.md
    """

    _origin = Origin("WasteWater", "WasteWaterPlant")
    no3: OptAttr[float] = optional()
    bod: OptAttr[float] = optional()
    in_flow: OptAttr[float] = optional()
    toc: OptAttr[float] = optional()
    nh4: OptAttr[float] = optional()
    redox: OptAttr[float] = optional()
    do: OptAttr[float] = optional()
    treatment_plant_id: OptAttr[float] = optional()
    out_flow: OptAttr[float] = optional()
    tss: OptAttr[float] = optional()
    treatment_plant_capacity: OptAttr[float] = optional()
    tic: OptAttr[float] = optional()
    tn: OptAttr[float] = optional()
    po4: OptAttr[float] = optional()
    cod: OptAttr[float] = optional()
    treatment_plant_name: OptAttr[str] = optional()
    treatment_plant_code: OptAttr[str] = optional()
    observation_date_time: OptAttr[datetime] = optional()
    p_htsa: OptAttr[dict[str, Any]] = optional("pHTSA")
    municipality_info: OptAttr[dict[str, Any]] = optional()


class WasteWaterSimulationResult(LocatedCommons):
    """WasteWaterSimulationResult 0.0.1.

    https://github.com/smart-data-models/dataModel.WasteWater/blob/master/WasteWaterSimulationResult/doc/spec.md

    Units: airflow MTS, power KWT, nh4 M1, no3 M1.
    """

    _origin = Origin("WasteWater", "WasteWaterSimulationResult")
    airflow: OptAttr[float] = optional()
    """Property in MTS."""
    power: OptAttr[float] = optional()
    """Property in KWT."""
    nh4: OptAttr[float] = optional()
    """Property in M1."""
    no3: OptAttr[float] = optional()
    """Property in M1."""


class WasteWaterTank(SmartDataModel):
    """WasteWaterTank 0.1.0.

    https://github.com/smart-data-models/dataModel.WasteWater/blob/master/WasteWaterTank/doc/spec.md

    Units: tss M1, nh4 M1, no3 M1, do M1, redox 2Z, sludge_level MTR, tn M1, temperature CEL.
    """

    _origin = Origin("WasteWater", "WasteWaterTank")
    name: Attr[str]
    description: Attr[str]
    location: OptGeoAttr = optional()
    address: OptAttr[PostalAddress] = optional()
    area_served: OptAttr[str] = optional()
    date_created: OptAttr[datetime] = optional()
    date_modified: OptAttr[datetime] = optional()
    source: OptAttr[str] = optional()
    alternate_name: OptAttr[str] = optional()
    data_provider: OptAttr[str] = optional()
    owner: OptAttr[list[str]] = optional()
    see_also: OptAttr[list[str] | str] = optional()
    tss: OptAttr[float] = optional()
    """Property in M1."""
    nh4: OptAttr[float] = optional()
    """Property in M1."""
    no3: OptAttr[float] = optional()
    """Property in M1."""
    do: OptAttr[float] = optional()
    """Property in M1."""
    redox: OptAttr[float] = optional()
    """Property in 2Z."""
    sludge_level: OptAttr[float] = optional()
    """Property in MTR."""
    tn: OptAttr[float] = optional()
    """Property in M1."""
    temperature: OptAttr[float] = optional()
    """Property in CEL."""
    p_h: OptAttr[float] = optional()
    power: OptAttr[dict[str, Any]] = optional()
    airflow: OptAttr[dict[str, Any]] = optional()
    starts_at: OptRelAttr = optional()
    ends_at: OptRelAttr = optional()


class WaterProcess(LocatedCommons):
    """WaterProcess 0.0.1.

    https://github.com/smart-data-models/dataModel.WasteWater/blob/master/WaterProcess/doc/spec.md

    Units: temperature CEL, chromaticity C62, alkalinity MQS, residual_chlorine MQS, bod M1, cod M1, tn M1, tp M1, tss
    M1.
    """

    _origin = Origin("WasteWater", "WaterProcess")
    contact_point: OptAttr[dict[str, Any]] = optional()
    water_process_type: OptAttr[
        Literal["bioreactor", "disinfection", "effluent", "filtration", "inflow", "primarySedimentation",
        "sedimentation", "waterTreatment"] | str
    ] = optional()
    operation_status: OptAttr[Literal["normal", "warning", "watch"] | str] = optional()
    temperature: OptAttr[float] = optional()
    """Property in CEL."""
    chromaticity: OptAttr[float] = optional()
    """Property in C62."""
    p_h: OptAttr[float] = optional(minimum=0, maximum=14)
    """Property, from 0 to 14."""
    alkalinity: OptAttr[float] = optional()
    """Property in MQS."""
    residual_chlorine: OptAttr[float] = optional()
    """Property in MQS."""
    turbidity: OptAttr[float] = optional(minimum=0)
    """Property, from 0."""
    bod: OptAttr[float] = optional(minimum=0, unit="M1")
    """Property in M1, from 0."""
    cod: OptAttr[float] = optional(minimum=0, unit="M1")
    """Property in M1, from 0."""
    tn: OptAttr[float] = optional()
    """Property in M1."""
    tp: OptAttr[float] = optional()
    """Property in M1."""
    tss: OptAttr[float] = optional(minimum=0, unit="M1")
    """Property in M1, from 0."""
