"""Entities of the subject Building of Smart Data Models (facts from its schemas at 62f85ee).

Written by scripts/compile_models.py; a change by hand is lost.
"""

# fmt: off

from __future__ import annotations

from datetime import datetime
from typing import Literal

from citycontext.models.commons import Commons, LocatedCommons
from citycontext.models.postal_address import PostalAddress
from citycontext.models.smart_data_model import Origin
from citycontext.ngsild.fields import Attr, OptAttr, OptGeoAttr, OptRelAttr, RelAttr, optional

__all__ = [
    "Building",
    "BuildingOperation",
    "BuildingType",
    "VibrationsObserved",
]


class Building(Commons):
    """Building 0.0.3.

    https://github.com/smart-data-models/dataModel.Building/blob/master/Building/doc/spec.md
    """

    _origin = Origin("Building", "Building")
    address: Attr[PostalAddress]
    category: Attr[
        list[Literal["apartments", "bakehouse", "barn", "bridge", "bungalow", "bunker", "cabin", "carport", "cathedral",
        "cemetery", "chapel", "church", "civic", "commercial", "conservatory", "construction", "cowshed", "detached",
        "digester", "dormitory", "farm", "farm_auxiliary", "garage", "garages", "garbage_shed", "grandstand",
        "greenhouse", "hangar", "hospital", "hotel", "house", "houseboat", "hut", "industrial", "kindergarten", "kiosk",
        "mosque", "office", "parking", "pavilion", "public", "residential", "retail", "riding_hall", "roof", "ruins",
        "school", "service", "shed", "shrine", "stable", "stadium", "static_caravan", "sty", "synagogue", "temple",
        "terrace", "train_station", "transformer_tower", "transportation", "university", "warehouse", "water_tower"] |
        str]
    ]
    location: OptGeoAttr = optional()
    area_served: OptAttr[str] = optional()
    contained_in_place: OptGeoAttr = optional()
    occupier: OptRelAttr = optional()
    floors_above_ground: OptAttr[int] = optional()
    floors_below_ground: OptAttr[int] = optional()
    map_url: OptRelAttr = optional()
    opening_hours: OptAttr[list[str]] = optional()
    collapse_risk: OptAttr[float] = optional(minimum=0, maximum=1)
    """Property, from 0 to 1."""
    people_capacity: OptAttr[float] = optional(minimum=0)
    """Property, from 0."""
    people_occupancy: OptAttr[float] = optional(minimum=0)
    """Property, from 0."""


class BuildingOperation(Commons):
    """BuildingOperation 0.0.1.

    https://github.com/smart-data-models/dataModel.Building/blob/master/BuildingOperation/doc/spec.md
    """

    _origin = Origin("Building", "BuildingOperation")
    ref_building: RelAttr
    start_date: Attr[datetime]
    end_date: Attr[datetime]
    ref_operator: OptRelAttr = optional()
    operation_type: OptAttr[str] = optional()
    result: OptAttr[Literal["aborted", "ok"] | str] = optional()
    date_started: OptAttr[datetime] = optional()
    date_finished: OptAttr[datetime] = optional()
    status: OptAttr[Literal["cancelled", "finished", "ongoing", "planned", "scheduled"] | str] = optional()
    operation_sequence: OptAttr[list[str]] = optional()
    ref_related_building_operation: OptRelAttr = optional()
    ref_related_device_operation: OptRelAttr = optional()


class BuildingType(LocatedCommons):
    """BuildingType 0.0.3.

    https://github.com/smart-data-models/dataModel.Building/blob/master/BuildingType/doc/spec.md
    """

    _origin = Origin("Building", "BuildingType")
    root: OptAttr[bool] = optional()
    building_type_parent: OptRelAttr = optional()
    building_type_children: OptRelAttr = optional()


class VibrationsObserved(LocatedCommons):
    """VibrationsObserved 0.0.1.

    https://github.com/smart-data-models/dataModel.Building/blob/master/VibrationsObserved/doc/spec.md

    Units: acceleration_measured MSK.
    """

    _origin = Origin("Building", "VibrationsObserved")
    date_observed: Attr[datetime]
    acceleration_measured: Attr[float]
    """Property in MSK."""
