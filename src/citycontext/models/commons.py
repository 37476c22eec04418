"""What the classes of most models share.

Written by scripts/compile_models.py; a change by hand is lost.
"""

# fmt: off

from __future__ import annotations

from datetime import datetime

from citycontext.models.postal_address import PostalAddress
from citycontext.models.smart_data_model import SmartDataModel
from citycontext.ngsild.fields import OptAttr, OptGeoAttr, optional

__all__ = [
    "Commons",
    "LocatedCommons",
]


class Commons(SmartDataModel):
    """What entities of most models share."""

    date_created: OptAttr[datetime] = optional()
    date_modified: OptAttr[datetime] = optional()
    source: OptAttr[str] = optional()
    name: OptAttr[str] = optional()
    alternate_name: OptAttr[str] = optional()
    description: OptAttr[str] = optional()
    data_provider: OptAttr[str] = optional()
    owner: OptAttr[list[str]] = optional()
    see_also: OptAttr[list[str] | str] = optional()


class LocatedCommons(Commons):
    """What located entities of most models share."""

    location: OptGeoAttr = optional()
    address: OptAttr[PostalAddress] = optional()
    area_served: OptAttr[str] = optional()
