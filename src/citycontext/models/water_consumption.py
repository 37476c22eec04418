"""Entities of the subject WaterConsumption of Smart Data Models (facts from its schemas at 6cf5643).

Written by scripts/compile_models.py; a change by hand is lost.
"""

# fmt: off

from __future__ import annotations

from typing import Literal

from citycontext.models.commons import LocatedCommons
from citycontext.models.smart_data_model import Origin
from citycontext.ngsild.fields import OptAttr, optional

__all__ = [
    "WaterConsumptionObserved",
]


class WaterConsumptionObserved(LocatedCommons):
    """WaterConsumptionObserved 0.0.2.

    https://github.com/smart-data-models/dataModel.WaterConsumption/blob/master/WaterConsumptionObserved/doc/spec.md

    Units: max_flow E32, min_flow E32, water_consumption MTQ.
    """

    _origin = Origin("WaterConsumption", "WaterConsumptionObserved")
    acquisition_stage_failure: OptAttr[int] = optional()
    alarm_flow_persistence: OptAttr[
        Literal["In progress impacting persistence", "In progress persistence", "No persistence", "Nothing to report",
        "Past Persistence during the period"] | str
    ] = optional()
    alarm_in_progress: OptAttr[int] = optional()
    alarm_stops_leaks: OptAttr[int] = optional()
    alarm_tamper: OptAttr[int] = optional()
    alarm_water_quality: OptAttr[int] = optional()
    max_flow: OptAttr[int] = optional()
    """Property in E32."""
    min_flow: OptAttr[int] = optional()
    """Property in E32."""
    module_tampered: OptAttr[int] = optional()
    persistence_flow_duration: OptAttr[
        Literal["12h < 24h", "15d < 30d", "15m < 60m", "24h < 2d", "2d < 4d", "30d < 90d", "3h < 6h", "4d < 8d",
        "60m < 3h", "6h < 12h", "8d < 15d", "90d < 180d", "> 180d"] | str
    ] = optional()
    water_consumption: OptAttr[int] = optional()
    """Property in MTQ."""
    water_type: OptAttr[Literal["hotWater", "serviceWater"] | str] = optional()
