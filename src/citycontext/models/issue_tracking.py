"""Entities of the subject IssueTracking of Smart Data Models (facts from its schemas at c260065).

Written by scripts/compile_models.py; a change by hand is lost.
"""

# fmt: off

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from citycontext.models.commons import LocatedCommons
from citycontext.models.smart_data_model import Origin
from citycontext.ngsild.fields import OptAttr, OptRelAttr, optional

__all__ = [
    "IssueReporting",
    "ServiceRequests",
    "Services",
]


class IssueReporting(LocatedCommons):
    """IssueReporting 0.0.1.

    https://github.com/smart-data-models/dataModel.IssueTracking/blob/master/IssueReporting/doc/spec.md
    """

    _origin = Origin("IssueTracking", "IssueReporting")
    comments: OptAttr[str] = optional()
    ward_id: OptAttr[str] = optional()
    department_id: OptAttr[str] = optional()
    title: OptAttr[str] = optional()
    sub_category_code: OptAttr[str] = optional()
    title_code: OptAttr[str] = optional()
    sub_category: OptAttr[str] = optional()
    report_id: OptAttr[str] = optional()
    category_code: OptAttr[str] = optional()
    category: OptAttr[str] = optional()
    landmark: OptAttr[str] = optional()
    observation_date_time: OptAttr[datetime] = optional()
    media_url: OptAttr[str] = optional("mediaURL")
    resolution_status: OptAttr[Literal["Assigned", "Closed.", "InProgress", "Open", "Unassigned"] | str] = optional()


class ServiceRequests(LocatedCommons, type="service_requests"):
    """service_requests 0.1.0.

    https://github.com/smart-data-models/dataModel.IssueTracking/blob/master/service_requests/doc/spec.md
    """

    _origin = Origin("IssueTracking", "service_requests")
    service_request_id: OptAttr[str] = optional("service_request_id")
    jurisdiction_id: OptAttr[str] = optional("jurisdiction_id")
    service_code: OptAttr[str] = optional("service_code")
    service_name: OptAttr[str] = optional("service_name")
    agency_responsible: OptAttr[str] = optional("agency_responsible")
    service_notice: OptAttr[str] = optional("service_notice")
    status: OptAttr[Literal["closed", "open"] | str] = optional()
    status_notes: OptAttr[str] = optional("status_notes")
    requested_datetime: OptAttr[str] = optional("requested_datetime")
    updated_datetime: OptAttr[str] = optional("updated_datetime")
    expected_datetime: OptAttr[str] = optional("expected_datetime")
    media_url: OptAttr[str] = optional("media_url")
    email: OptAttr[str] = optional()
    first_name: OptAttr[str] = optional("first_name")
    last_name: OptAttr[str] = optional("last_name")
    phone: OptAttr[str] = optional()
    device_id: OptRelAttr = optional("device_id")
    account_id: OptRelAttr = optional("account_id")
    address_string: OptAttr[str] = optional("address_string")
    attributes_: OptAttr[list[dict[str, Any]]] = optional()


class Services(LocatedCommons, type="services"):
    """services 0.1.0.

    https://github.com/smart-data-models/dataModel.IssueTracking/blob/master/services/doc/spec.md
    """

    _origin = Origin("IssueTracking", "services")
    jurisdiction_id: OptAttr[str] = optional("jurisdiction_id")
    open311_type: OptAttr[Literal["batch", "blackbox", "realtime"] | str] = optional("open311:type")
    service_code: OptAttr[str] = optional("service_code")
    service_name: OptAttr[str] = optional("service_name")
    keywords: OptAttr[str] = optional()
    group: OptAttr[str] = optional()
    open311_metadata: OptAttr[bool] = optional("open311:metadata")
    attributes_: OptAttr[list[str | dict[str, Any] | list[Any] | bool | float]] = optional()
    provider: OptAttr[str] = optional()
    effective_since: OptAttr[datetime] = optional()
