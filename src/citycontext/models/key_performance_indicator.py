"""Entities of the subject KeyPerformanceIndicator of Smart Data Models (facts from its schemas at dc3b821).

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
    "KeyPerformanceIndicator",
]


class KeyPerformanceIndicator(LocatedCommons):
    """KeyPerformanceIndicator 0.2.1.

    https://github.com/smart-data-models/dataModel.KeyPerformanceIndicator/blob/master/KeyPerformanceIndicator/doc/spec.md
    """

    _origin = Origin("KeyPerformanceIndicator", "KeyPerformanceIndicator")
    category: OptAttr[
        list[Literal["actionable", "directional", "financial", "input", "lagging", "leading", "output", "practical",
        "process", "qualitative", "quantitative"] | str]
    ] = optional()
    organization: OptAttr[str] = optional()
    process: OptAttr[str] = optional()
    product: OptAttr[str] = optional()
    provider: OptAttr[str] = optional()
    business_target: OptAttr[str] = optional()
    calculation_frequency: OptAttr[
        Literal["bimonthly", "biweekly", "daily", "hourly", "monthly", "quarterly", "weekly", "yearly"] | str
    ] = optional()
    calculated_by: OptAttr[str] = optional()
    calculation_method: OptAttr[Literal["automatic", "manual", "semiautomatic"] | str] = optional()
    calculation_formula: OptAttr[str] = optional()
    aggregated_data: OptAttr[list[dict[str, Any]]] = optional()
    calculation_period: OptAttr[dict[str, Any]] = optional()
    current_standing: OptAttr[Literal["bad", "fair", "good", "veryBad", "veryGood"] | str] = optional()
    kpi_value: OptAttr[str | float | bool | dict[str, Any] | list[Any]] = optional()
    effective_since: OptAttr[datetime] = optional()
    date_next_calculation: OptAttr[str] = optional()
    date_expires: OptAttr[datetime] = optional()
    updated_at: OptAttr[datetime] = optional()
    area: OptAttr[str] = optional()
