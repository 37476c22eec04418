"""OSLO classes as NGSI-LD entities: Dutch terms on the wire, Dutch and English names in Python.

from citycontext.oslo.entities.traffic import Verkeerstelling

count = Verkeerstelling(id="urn:ngsi-ld:Verkeerstelling:1", tellingresultaat=11, vehicle_type="fiets")
count.count.value                                  # 11
count["voertuigType"].value                        # "fiets"
"""

from __future__ import annotations

from functools import cache
from importlib import import_module

from citycontext.oslo.entities.oslo_entity import CLASSES, OsloEntity, english

__all__ = ["AREAS", "OsloEntity", "class_for", "english"]

AREAS = (
    "observations",
    "sensors",
    "traffic",
    "parking",
    "air",
    "noise",
    "water",
    "public_domain",
    "waste",
    "charging",
    "addresses",
)
"""The modules, one for each area."""


@cache
def class_for(entity_type: str) -> type[OsloEntity] | None:
    """Return the class of an entity type, or ``None`` where OSLO has none of that name.

    Args:
        entity_type: The type, e.g. ``Verkeersmeting``.
    """
    for area in AREAS:
        import_module(f"{__name__}.{area}")
    return CLASSES.get(entity_type)
