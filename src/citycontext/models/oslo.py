"""Entities of the subject OSLO of Smart Data Models (facts from its schemas at afb751e).

Written by scripts/compile_models.py; a change by hand is lost.
"""

# fmt: off

from __future__ import annotations

from datetime import datetime
from typing import Any

from citycontext.models.commons import Commons, LocatedCommons
from citycontext.models.postal_address import PostalAddress
from citycontext.models.smart_data_model import Origin
from citycontext.ngsild.fields import Attr, GeoAttr, OptAttr, attribute, optional

__all__ = [
    "BicycleParkingStation",
    "BicycleParkingStationForecast",
    "ResourceReport",
    "ResourceReportForecast",
]


class BicycleParkingStation(Commons):
    """BicycleParkingStation 1.0.0.

    https://github.com/smart-data-models/dataModel.OSLO/blob/master/BicycleParkingStation/doc/spec.md
    """

    _origin = Origin("OSLO", "BicycleParkingStation")
    location: GeoAttr
    parking_facility_capacity: Attr[dict[str, Any]] = attribute("ParkingFacility.capacity")
    infrastructure_element_geometry: Attr[dict[str, Any]] = attribute("InfrastructureElement.geometry")
    address: OptAttr[PostalAddress] = optional()
    area_served: OptAttr[str] = optional()


class BicycleParkingStationForecast(LocatedCommons):
    """BicycleParkingStationForecast 1.0.0.

    https://github.com/smart-data-models/dataModel.OSLO/blob/master/BicycleParkingStationForecast/doc/spec.md
    """

    _origin = Origin("OSLO", "BicycleParkingStationForecast")
    parking_facility_capacity: OptAttr[dict[str, Any]] = optional("ParkingFacility.capacity")
    infrastructure_element_geometry: OptAttr[dict[str, Any]] = optional("InfrastructureElement.geometry")
    validity: OptAttr[str] = optional()
    valid_from: OptAttr[datetime] = optional()
    valid_to: OptAttr[datetime] = optional()


class ResourceReport(LocatedCommons):
    """ResourceReport 0.0.3.

    https://github.com/smart-data-models/dataModel.OSLO/blob/master/ResourceReport/doc/spec.md
    """

    _origin = Origin("OSLO", "ResourceReport")
    resource_report_number: Attr[int] = attribute("ResourceReport.number")
    resource_report_actuator: OptAttr[dict[str, Any]] = optional("ResourceReport.actuator")
    resource_report_location: OptAttr[dict[str, Any]] = optional("ResourceReport.location")
    resource_report_means_of_transport: OptAttr[dict[str, Any]] = optional("ResourceReport.meansOfTransport")
    resource_report_report_time: OptAttr[datetime] = optional("ResourceReport.reportTime")
    resource_report_service: OptAttr[dict[str, Any]] = optional("ResourceReport.service")
    resource_report_status: OptAttr[dict[str, Any]] = optional("ResourceReport.status")
    resource_report_type: OptAttr[dict[str, Any]] = optional("ResourceReport.type")


class ResourceReportForecast(LocatedCommons):
    """ResourceReportForecast 0.0.2.

    https://github.com/smart-data-models/dataModel.OSLO/blob/master/ResourceReportForecast/doc/spec.md
    """

    _origin = Origin("OSLO", "ResourceReportForecast")
    resource_report_number: Attr[int] = attribute("ResourceReport.number")
    resource_report_actuator: OptAttr[dict[str, Any]] = optional("ResourceReport.actuator")
    resource_report_location: OptAttr[dict[str, Any]] = optional("ResourceReport.location")
    resource_report_means_of_transport: OptAttr[dict[str, Any]] = optional("ResourceReport.meansOfTransport")
    resource_report_report_time: OptAttr[datetime] = optional("ResourceReport.reportTime")
    resource_report_service: OptAttr[dict[str, Any]] = optional("ResourceReport.service")
    resource_report_status: OptAttr[dict[str, Any]] = optional("ResourceReport.status")
    resource_report_type: OptAttr[dict[str, Any]] = optional("ResourceReport.type")
    validity: OptAttr[str] = optional()
    valid_from: OptAttr[datetime] = optional()
    valid_to: OptAttr[datetime] = optional()
