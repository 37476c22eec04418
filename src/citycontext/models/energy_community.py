"""Entities of the subject EnergyCommunity of Smart Data Models (facts from its schemas at 375cc94).

Written by scripts/compile_models.py; a change by hand is lost.
"""

# fmt: off

from __future__ import annotations

from typing import Literal

from citycontext.models.commons import LocatedCommons
from citycontext.models.smart_data_model import Origin
from citycontext.ngsild.fields import OptAttr, OptRelAttr, optional

__all__ = [
    "EnergyCommunity",
    "EnergyProsumer",
]


class EnergyCommunity(LocatedCommons):
    """EnergyCommunity 0.0.1.

    https://github.com/smart-data-models/dataModel.EnergyCommunity/blob/master/EnergyCommunity/doc/spec.md
    """

    _origin = Origin("EnergyCommunity", "EnergyCommunity")
    community_type: OptAttr[str] = optional()
    regulatory_framework: OptAttr[str] = optional()
    has_member: OptRelAttr = optional()
    aggregates: OptRelAttr = optional()
    aggregates_consumption: OptRelAttr = optional()
    aggregates_production: OptRelAttr = optional()
    uses_weather_forecast: OptRelAttr = optional()


class EnergyProsumer(LocatedCommons):
    """EnergyProsumer 0.0.1.

    https://github.com/smart-data-models/dataModel.EnergyCommunity/blob/master/EnergyProsumer/doc/spec.md
    """

    _origin = Origin("EnergyCommunity", "EnergyProsumer")
    role_type: OptAttr[Literal["consumer", "producer", "prosumer"] | str] = optional()
    timezone: OptAttr[str] = optional()
    contracted_power: OptAttr[float] = optional()
    total_energy_imported: OptAttr[float] = optional()
    total_energy_exported: OptAttr[float] = optional()
    member_of: OptRelAttr = optional()
    represents: OptRelAttr = optional()
    controls: OptRelAttr = optional()
    consumes: OptRelAttr = optional()
    produces: OptRelAttr = optional()
