"""Entities of the subject WaterDistribution of Smart Data Models (facts from its schemas at 5031f42).

Written by scripts/compile_models.py; a change by hand is lost.
"""

# fmt: off

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from citycontext.models.commons import LocatedCommons
from citycontext.models.smart_data_model import Origin
from citycontext.ngsild.fields import OptAttr, optional

__all__ = [
    "WaterDistributionNetwork",
]


class WaterDistributionNetwork(LocatedCommons):
    """WaterDistributionNetwork 0.0.2.

    https://github.com/smart-data-models/dataModel.WaterDistribution/blob/master/WaterDistributionNetwork/doc/spec.md
    """

    _origin = Origin("WaterDistribution", "WaterDistributionNetwork")
    tank_diameter: OptAttr[float] = optional()
    total_ml: OptAttr[float] = optional("totalML")
    tank_capacity: OptAttr[float] = optional()
    water_flow: OptAttr[float] = optional()
    tank_breadth: OptAttr[float] = optional()
    tank_depth: OptAttr[float] = optional()
    flowrate: OptAttr[float] = optional()
    tank_length: OptAttr[float] = optional()
    water_temperature: OptAttr[float] = optional()
    water_pressure: OptAttr[float] = optional()
    turbidity_tsa: OptAttr[dict[str, Any]] = optional("turbidityTSA")
    cl_tsa: OptAttr[dict[str, Any]] = optional("clTSA")
    water_level: OptAttr[float] = optional()
    tank_name: OptAttr[str] = optional()
    observation_date_time: OptAttr[datetime] = optional()
    tank_shape: OptAttr[Literal["Conical", "Cuboid", "Cylindrical", "Spherical"] | str] = optional()
    p_htsa: OptAttr[dict[str, Any]] = optional("pHTSA")
    device_info: OptAttr[dict[str, Any]] = optional()
    compensated_tds: OptAttr[float] = optional("compensatedTDS")
    uncompensated_tds: OptAttr[float] = optional("uncompensatedTDS")
