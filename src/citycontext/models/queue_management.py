"""Entities of the subject QueueManagement of Smart Data Models (facts from its schemas at 8438563).

Written by scripts/compile_models.py; a change by hand is lost.
"""

# fmt: off

from __future__ import annotations

from datetime import datetime
from typing import Literal

from citycontext.models.commons import LocatedCommons
from citycontext.models.smart_data_model import Origin
from citycontext.ngsild.fields import OptAttr, optional

__all__ = [
    "QueueMonitor",
]


class QueueMonitor(LocatedCommons):
    """QueueMonitor 0.0.1.

    https://github.com/smart-data-models/dataModel.QueueManagement/blob/master/QueueMonitor/doc/spec.md
    """

    _origin = Origin("QueueManagement", "QueueMonitor")
    local_id: OptAttr[str] = optional()
    office_name: OptAttr[str] = optional()
    service_name: OptAttr[str] = optional()
    service_id: OptAttr[str] = optional()
    service_status: OptAttr[Literal["Closed", "Open", "Suspended"] | str] = optional()
    service_status_note: OptAttr[str] = optional()
    schedule_time: OptAttr[datetime] = optional()
    queue_line: OptAttr[str] = optional()
    line_priority: OptAttr[int] = optional()
    last_ticket_issued: OptAttr[int] = optional()
    last_ticket_issued_label: OptAttr[str] = optional()
    ticket_served: OptAttr[int] = optional()
    ticket_served_label: OptAttr[str] = optional()
    tickets_to_serve: OptAttr[int] = optional()
