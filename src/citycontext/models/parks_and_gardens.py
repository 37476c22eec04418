"""Entities of the subject ParksAndGardens of Smart Data Models (facts from its schemas at dcaf0a4).

Written by scripts/compile_models.py; a change by hand is lost.
"""

# fmt: off

from __future__ import annotations

from datetime import datetime
from typing import Literal

from citycontext.models.commons import LocatedCommons
from citycontext.models.smart_data_model import Origin
from citycontext.ngsild.fields import OptAttr, OptRelAttr, optional

__all__ = [
    "FlowerBed",
    "Garden",
    "GreenspaceRecord",
]


class FlowerBed(LocatedCommons):
    """FlowerBed 0.0.2.

    https://github.com/smart-data-models/dataModel.ParksAndGardens/blob/master/FlowerBed/doc/spec.md
    """

    _origin = Origin("ParksAndGardens", "FlowerBed")
    color: OptAttr[str] = optional()
    image: OptAttr[str] = optional()
    annotations: OptAttr[list[str]] = optional()
    taxon: OptAttr[list[str]] = optional()
    depth: OptAttr[float] = optional(minimum=0)
    """Property, from 0."""
    width: OptAttr[float] = optional(minimum=0)
    """Property, from 0."""
    height: OptAttr[str] = optional(minimum=0)
    """Property, from 0."""
    category: OptAttr[list[Literal["hedge", "lawnArea", "portable", "urbanTreeSpot"] | str]] = optional()
    shape: OptAttr[list[Literal["circular", "elliptic", "polygon", "rectangular", "square"] | str]] = optional()
    date_last_watering: OptAttr[datetime] = optional()
    next_watering_deadline: OptAttr[datetime] = optional()
    ref_garden: OptRelAttr = optional()


class Garden(LocatedCommons):
    """Garden 0.0.4.

    https://github.com/smart-data-models/dataModel.ParksAndGardens/blob/master/Garden/doc/spec.md
    """

    _origin = Origin("ParksAndGardens", "Garden")
    color: OptAttr[str] = optional()
    image: OptAttr[str] = optional()
    annotations: OptAttr[list[str]] = optional()
    category: OptAttr[
        list[Literal["botanical", "castle", "community", "fencedOff", "monastery", "private", "public", "residential"] |
        str]
    ] = optional()
    style: OptAttr[
        Literal["chinese", "english", "french", "herb_garden", "japanese", "kitchen", "public", "rosarium", "zen"] | str
    ] = optional()
    opening_hours: OptAttr[str] = optional()
    date_last_watering: OptAttr[datetime] = optional()
    next_watering_deadline: OptAttr[datetime] = optional()
    ref_record: OptRelAttr = optional()


class GreenspaceRecord(LocatedCommons):
    """GreenspaceRecord 0.0.3.

    https://github.com/smart-data-models/dataModel.ParksAndGardens/blob/master/GreenspaceRecord/doc/spec.md

    Units: soil_temperature CEL, soil_moisture_ec D10, soil_moisture_pressure KPA.
    """

    _origin = Origin("ParksAndGardens", "GreenspaceRecord")
    color: OptAttr[str] = optional()
    image: OptAttr[str] = optional()
    annotations: OptAttr[list[str]] = optional()
    date_observed: OptAttr[datetime] = optional()
    soil_temperature: OptAttr[float] = optional()
    """Property in CEL."""
    soil_moisture_vwc: OptAttr[float] = optional(minimum=0, maximum=1)
    """Property, from 0 to 1."""
    soil_moisture_ec: OptAttr[float] = optional()
    """Property in D10."""
    soil_moisture_pressure: OptAttr[float] = optional()
    """Property in KPA."""
    ref_greenspace: OptRelAttr = optional()
    ref_device: OptRelAttr = optional()
    ref_weather_observed: OptRelAttr = optional()
    litter_coverage: OptAttr[float] = optional(minimum=0, maximum=1)
    """Property, from 0 to 1."""
