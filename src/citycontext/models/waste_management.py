"""Entities of the subject WasteManagement of Smart Data Models (facts from its schemas at 952dca8).

Written by scripts/compile_models.py; a change by hand is lost.
"""

# fmt: off

from __future__ import annotations

from datetime import datetime
from typing import Literal

from citycontext.models.commons import Commons, LocatedCommons
from citycontext.models.postal_address import PostalAddress
from citycontext.models.smart_data_model import Origin, SmartDataModel
from citycontext.ngsild.fields import Attr, GeoAttr, OptAttr, OptRelAttr, optional

__all__ = [
    "WasteContainer",
    "WasteContainerIsle",
    "WasteContainerModel",
    "WasteObserved",
]


class WasteContainer(Commons):
    """WasteContainer 0.3.0.

    https://github.com/smart-data-models/dataModel.WasteManagement/blob/master/WasteContainer/doc/spec.md
    """

    _origin = Origin("WasteManagement", "WasteContainer")
    location: GeoAttr
    address: OptAttr[PostalAddress] = optional()
    area_served: OptAttr[str] = optional()
    color: OptAttr[str] = optional()
    image: OptAttr[str] = optional()
    annotations: OptAttr[list[str]] = optional()
    filling_level: OptAttr[float] = optional(minimum=0, maximum=1)
    """Property, from 0 to 1."""
    category: OptAttr[list[Literal["fixed", "ground", "other", "portable", "underground"] | str]] = optional()
    cargo_weight: OptAttr[float] = optional(minimum=0)
    """Property, from 0."""
    temperature: OptAttr[float] = optional()
    methane_concentration: OptAttr[float] = optional(minimum=0)
    """Property, from 0."""
    stored_waste_kind: OptAttr[
        Literal["batteries", "electronics", "glass", "hazardous", "inorganic", "metal", "oil", "organic", "other",
        "paper", "plastic"] | str
    ] = optional()
    stored_waste_origin: OptAttr[
        Literal["agriculture", "construction", "hostelry", "household", "industrial", "municipal", "other"] | str
    ] = optional()
    stored_waste_code: OptAttr[str] = optional()
    serial_number: OptAttr[str] = optional()
    regulation: OptAttr[str] = optional()
    responsible: OptAttr[str] = optional()
    date_service_started: OptAttr[datetime] = optional()
    date_last_emptying: OptAttr[datetime] = optional()
    next_actuation_deadline: OptAttr[datetime] = optional()
    actuation_hours: OptAttr[str] = optional()
    date_last_cleaning: OptAttr[datetime] = optional()
    next_cleaning_deadline: OptAttr[datetime] = optional()
    isle_id: OptAttr[str] = optional()
    status: OptAttr[Literal["burning", "dropped", "lidOpen", "moved", "ok", "unknown", "vandalized"] | str] = optional()
    ref_waste_container_model: OptRelAttr = optional()
    ref_waste_container_isle: OptRelAttr = optional()
    ref_device: OptRelAttr = optional()
    time_instant: OptAttr[datetime] = optional()
    bin_capacity: OptAttr[float] = optional()
    bin_color: OptAttr[str] = optional()
    ward_id: OptAttr[str] = optional()
    license_plate: OptAttr[str] = optional("license_plate")
    rfid: OptAttr[str] = optional("RFID")
    bin_fullness_threshold: OptAttr[float] = optional()
    bin_recommended_load: OptAttr[float] = optional()
    bin_id: OptAttr[str] = optional()
    bin_max_load: OptAttr[float] = optional()
    bin_logged_time: OptAttr[datetime] = optional()


class WasteContainerIsle(Commons):
    """WasteContainerIsle 0.0.1.

    https://github.com/smart-data-models/dataModel.WasteManagement/blob/master/WasteContainerIsle/doc/spec.md
    """

    _origin = Origin("WasteManagement", "WasteContainerIsle")
    location: GeoAttr
    address: OptAttr[PostalAddress] = optional()
    area_served: OptAttr[str] = optional()
    features: OptAttr[list[Literal["containerFix", "fenced", "other", "underground"] | str]] = optional()
    insert_holes_number: OptAttr[float] = optional(minimum=0)
    """Property, from 0."""
    ref_waste_container: OptAttr[list[str]] = optional()


class WasteContainerModel(SmartDataModel):
    """WasteContainerModel 0.0.1.

    https://github.com/smart-data-models/dataModel.WasteManagement/blob/master/WasteContainerModel/doc/spec.md

    Units: width MTR, height MTR, depth MTR, weight KGM, maximum_load KGM, recommended_load KGM.
    """

    _origin = Origin("WasteManagement", "WasteContainerModel")
    name: Attr[str]
    date_created: OptAttr[datetime] = optional()
    date_modified: OptAttr[datetime] = optional()
    source: OptAttr[str] = optional()
    alternate_name: OptAttr[str] = optional()
    description: OptAttr[str] = optional()
    data_provider: OptAttr[str] = optional()
    owner: OptAttr[list[str]] = optional()
    see_also: OptAttr[list[str] | str] = optional()
    color: OptAttr[str] = optional()
    image: OptAttr[str] = optional()
    annotations: OptAttr[list[str]] = optional()
    width: OptAttr[float] = optional(minimum=0, unit="MTR")
    """Property in MTR, from 0."""
    height: OptAttr[float] = optional(minimum=0, unit="MTR")
    """Property in MTR, from 0."""
    depth: OptAttr[float] = optional(minimum=0, unit="MTR")
    """Property in MTR, from 0."""
    weight: OptAttr[float] = optional(minimum=0, unit="KGM")
    """Property in KGM, from 0."""
    cargo_volume: OptAttr[float] = optional(minimum=0)
    """Property, from 0."""
    maximum_load: OptAttr[float] = optional(minimum=0, unit="KGM")
    """Property in KGM, from 0."""
    recommended_load: OptAttr[float] = optional(minimum=0, unit="KGM")
    """Property in KGM, from 0."""
    category: OptAttr[list[Literal["dumpster", "other", "trashCan", "wheelieBin"] | str]] = optional()
    insert_holes_number: OptAttr[float] = optional(minimum=0)
    """Property, from 0."""
    made_of: OptAttr[Literal["metal", "other", "plastic", "wood"] | str] = optional()
    made_of_code: OptAttr[str] = optional()
    brand_name: OptAttr[str] = optional()
    model_name: OptAttr[str] = optional()
    manufacturer_name: OptAttr[str] = optional()
    compliant_with: OptAttr[list[str]] = optional()
    features: OptAttr[
        list[Literal["insertHoles", "lid", "lockable", "other", "roundedLid", "wheels"] | str]
    ] = optional()


class WasteObserved(LocatedCommons):
    """WasteObserved 0.0.1.

    https://github.com/smart-data-models/dataModel.WasteManagement/blob/master/WasteObserved/doc/spec.md

    Units: weight KGM, gross_weight KGM, tare_weight KGM.
    """

    _origin = Origin("WasteManagement", "WasteObserved")
    color: OptAttr[str] = optional()
    image: OptAttr[str] = optional()
    annotations: OptAttr[list[str]] = optional()
    date_observed: OptAttr[datetime] = optional()
    weight: OptAttr[float] = optional()
    """Property in KGM."""
    gross_weight: OptAttr[float] = optional()
    """Property in KGM."""
    tare_weight: OptAttr[float] = optional()
    """Property in KGM."""
    ref_garbage_truck: OptRelAttr = optional()
    ref_weighing_device: OptRelAttr = optional()
    ref_service_order_id: OptRelAttr = optional()
