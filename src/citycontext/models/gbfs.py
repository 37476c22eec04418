"""Entities of the subject GBFS of Smart Data Models (facts from its schemas at eca761e).

Written by scripts/compile_models.py; a change by hand is lost.
"""

# fmt: off

from __future__ import annotations

from typing import Any, Literal

from citycontext.models.smart_data_model import Origin, SmartDataModel
from citycontext.ngsild.fields import Attr, OptAttr, attribute, optional

__all__ = [
    "FreeBikeStatus",
    "Gbfs",
    "GbfsVersions",
    "GeofencingZones",
    "StationInformation",
    "StationStatus",
    "SystemAlerts",
    "SystemCalendar",
    "SystemHours",
    "SystemInformation",
    "SystemPricingPlans",
    "SystemRegions",
    "VehicleTypes",
]


class FreeBikeStatus(SmartDataModel, type="free_bike_status"):
    """free_bike_status 0.0.1.

    https://github.com/smart-data-models/dataModel.GBFS/blob/master/free_bike_status/doc/spec.md
    """

    _origin = Origin("GBFS", "free_bike_status")
    last_updated: Attr[int] = attribute("last_updated", minimum=1450155600)
    """Property, from 1.45016e+09."""
    ttl: OptAttr[int] = optional(minimum=0)
    """Property, from 0."""
    version: OptAttr[Literal["2.2", "3.0", "3.0-RC"] | str] = optional()
    data: OptAttr[dict[str, Any]] = optional()


class Gbfs(SmartDataModel, type="gbfs"):
    """gbfs 0.0.1.

    https://github.com/smart-data-models/dataModel.GBFS/blob/master/gbfs/doc/spec.md
    """

    _origin = Origin("GBFS", "gbfs")
    last_updated: Attr[int] = attribute("last_updated", minimum=1450155600)
    """Property, from 1.45016e+09."""
    ttl: Attr[int] = attribute(minimum=0)
    """Property, from 0."""
    version: Attr[Literal["2.1", "2.1-RC", "2.1-RC2", "2.2", "3.0", "3.0-RC"] | str]
    data: Attr[dict[str, Any]]


class GbfsVersions(SmartDataModel, type="gbfs_versions"):
    """gbfs_versions 0.0.1.

    https://github.com/smart-data-models/dataModel.GBFS/blob/master/gbfs_versions/doc/spec.md
    """

    _origin = Origin("GBFS", "gbfs_versions")
    last_updated: Attr[int] = attribute("last_updated", minimum=1450155600)
    """Property, from 1.45016e+09."""
    ttl: Attr[int] = attribute(minimum=0)
    """Property, from 0."""
    version: Attr[Literal["1.1", "1.1-RC", "2.0", "2.0-RC", "2.1", "2.1-RC", "2.2", "3.0", "3.0-RC"] | str]
    data: Attr[dict[str, Any]]


class GeofencingZones(SmartDataModel, type="geofencing_zones"):
    """geofencing_zones 0.0.1.

    https://github.com/smart-data-models/dataModel.GBFS/blob/master/geofencing_zones/doc/spec.md
    """

    _origin = Origin("GBFS", "geofencing_zones")
    last_updated: Attr[int] = attribute("last_updated", minimum=1450155600)
    """Property, from 1.45016e+09."""
    ttl: Attr[int] = attribute(minimum=0)
    """Property, from 0."""
    version: Attr[Literal["2.1", "2.1-RC", "2.1-RC2", "2.2", "3.0", "3.0-RC"] | str]
    data: Attr[dict[str, Any]]


class StationInformation(SmartDataModel, type="station_information"):
    """station_information 0.0.1.

    https://github.com/smart-data-models/dataModel.GBFS/blob/master/station_information/doc/spec.md
    """

    _origin = Origin("GBFS", "station_information")
    last_updated: Attr[int] = attribute("last_updated", minimum=1450155600)
    """Property, from 1.45016e+09."""
    ttl: Attr[int] = attribute(minimum=0)
    """Property, from 0."""
    version: Attr[Literal["2.1", "2.1-RC2", "2.2", "3.0"] | str]
    data: Attr[dict[str, Any]]


class StationStatus(SmartDataModel, type="station_status"):
    """station_status 0.0.1.

    https://github.com/smart-data-models/dataModel.GBFS/blob/master/station_status/doc/spec.md
    """

    _origin = Origin("GBFS", "station_status")
    last_updated: Attr[int] = attribute("last_updated", minimum=1450155600)
    """Property, from 1.45016e+09."""
    ttl: Attr[int] = attribute(minimum=0)
    """Property, from 0."""
    version: Attr[Literal["2.1", "2.1-RC2", "2.2", "3.0"] | str]
    data: Attr[dict[str, Any]]


class SystemAlerts(SmartDataModel, type="system_alerts"):
    """system_alerts 0.0.1.

    https://github.com/smart-data-models/dataModel.GBFS/blob/master/system_alerts/doc/spec.md
    """

    _origin = Origin("GBFS", "system_alerts")
    last_updated: Attr[int] = attribute("last_updated", minimum=1450155600)
    """Property, from 1.45016e+09."""
    ttl: Attr[int] = attribute(minimum=0)
    """Property, from 0."""
    version: Attr[Literal["1.1", "1.1-RC", "2.0", "2.0-RC", "2.1", "2.1-RC", "2.1-RC2", "2.2", "3.0", "3.0-RC"] | str]
    data: Attr[dict[str, Any]]


class SystemCalendar(SmartDataModel, type="system_calendar"):
    """system_calendar 0.0.1.

    https://github.com/smart-data-models/dataModel.GBFS/blob/master/system_calendar/doc/spec.md
    """

    _origin = Origin("GBFS", "system_calendar")
    last_updated: Attr[int] = attribute("last_updated", minimum=1450155600)
    """Property, from 1.45016e+09."""
    ttl: Attr[int] = attribute(minimum=0)
    """Property, from 0."""
    version: Attr[Literal["1.1", "1.1-RC", "2.0", "2.0-RC", "2.1", "2.1-RC", "2.1-RC2", "2.2", "3.0", "3.0-RC"] | str]
    data: Attr[dict[str, Any]]


class SystemHours(SmartDataModel, type="system_hours"):
    """system_hours 0.0.1.

    https://github.com/smart-data-models/dataModel.GBFS/blob/master/system_hours/doc/spec.md
    """

    _origin = Origin("GBFS", "system_hours")
    last_updated: Attr[int] = attribute("last_updated", minimum=1450155600)
    """Property, from 1.45016e+09."""
    ttl: Attr[int] = attribute(minimum=0)
    """Property, from 0."""
    version: Attr[Literal["1.1", "1.1-RC", "2.0", "2.0-RC", "2.1", "2.1-RC", "2.1-RC2", "2.2", "3.0", "3.0-RC"] | str]
    data: Attr[dict[str, Any]]


class SystemInformation(SmartDataModel, type="system_information"):
    """system_information 0.0.1.

    https://github.com/smart-data-models/dataModel.GBFS/blob/master/system_information/doc/spec.md
    """

    _origin = Origin("GBFS", "system_information")
    last_updated: Attr[int] = attribute("last_updated", minimum=1450155600)
    """Property, from 1.45016e+09."""
    ttl: Attr[int] = attribute(minimum=0)
    """Property, from 0."""
    version: Attr[Literal["1.1", "1.1-RC", "2.0", "2.1", "2.1-RC", "2.1-RC2", "2.2", "3.0"] | str]
    data: Attr[dict[str, Any]]


class SystemPricingPlans(SmartDataModel, type="system_pricing_plans"):
    """system_pricing_plans 0.0.1.

    https://github.com/smart-data-models/dataModel.GBFS/blob/master/system_pricing_plans/doc/spec.md
    """

    _origin = Origin("GBFS", "system_pricing_plans")
    last_updated: Attr[int] = attribute("last_updated", minimum=1450155600)
    """Property, from 1.45016e+09."""
    ttl: Attr[int] = attribute(minimum=0)
    """Property, from 0."""
    version: Attr[Literal["2.2", "3.0", "3.0-RC"] | str]
    data: Attr[dict[str, Any]]


class SystemRegions(SmartDataModel, type="system_regions"):
    """system_regions 0.0.1.

    https://github.com/smart-data-models/dataModel.GBFS/blob/master/system_regions/doc/spec.md
    """

    _origin = Origin("GBFS", "system_regions")
    last_updated: Attr[int] = attribute("last_updated", minimum=1450155600)
    """Property, from 1.45016e+09."""
    ttl: Attr[int] = attribute(minimum=0)
    """Property, from 0."""
    version: Attr[Literal["1.1", "1.1-RC", "2.0", "2.0-RC", "2.1", "2.1-RC", "2.1-RC2", "2.2", "3.0", "3.0-RC"] | str]
    data: Attr[dict[str, Any]]


class VehicleTypes(SmartDataModel, type="vehicle_types"):
    """vehicle_types 0.0.1.

    https://github.com/smart-data-models/dataModel.GBFS/blob/master/vehicle_types/doc/spec.md
    """

    _origin = Origin("GBFS", "vehicle_types")
    last_updated: Attr[int] = attribute("last_updated", minimum=1450155600)
    """Property, from 1.45016e+09."""
    ttl: Attr[int] = attribute(minimum=0)
    """Property, from 0."""
    version: Attr[Literal["2.1", "2.1-RC", "2.2", "3.0", "3.0-RC"] | str]
    data: Attr[dict[str, Any]]
