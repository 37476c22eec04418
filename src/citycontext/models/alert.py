"""Entities of the subject Alert of Smart Data Models (facts from its schemas at 30e367c).

Written by scripts/compile_models.py; a change by hand is lost.
"""

# fmt: off

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from citycontext.models.commons import LocatedCommons
from citycontext.models.smart_data_model import Origin
from citycontext.ngsild.fields import Attr, OptAttr, OptRelAttr, RelAttr, optional

__all__ = [
    "Alert",
    "Anomaly",
]


class Alert(LocatedCommons):
    """Alert 0.0.3.

    https://github.com/smart-data-models/dataModel.Alert/blob/master/Alert/doc/spec.md
    """

    _origin = Origin("Alert", "Alert")
    date_issued: Attr[datetime]
    category: Attr[
        Literal["agriculture", "environment", "health", "naturalDisaster", "security", "traffic", "weather"] | str
    ]
    alert_source: RelAttr
    valid_from: OptAttr[datetime] = optional()
    valid_to: OptAttr[datetime] = optional()
    severity: OptAttr[Literal["critical", "high", "informational", "low", "medium"] | str] = optional()
    data: OptAttr[dict[str, Any]] = optional()
    sub_category: OptAttr[str] = optional()


class Anomaly(LocatedCommons):
    """Anomaly 0.0.2.

    https://github.com/smart-data-models/dataModel.Alert/blob/master/Anomaly/doc/spec.md
    """

    _origin = Origin("Alert", "Anomaly")
    anomalous_property: Attr[str]
    date_detected: Attr[str]
    detected_by: OptRelAttr = optional()
    threshold_breach: OptAttr[list[dict[str, Any]]] = optional()
