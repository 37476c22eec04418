"""The subject OSLO of Smart Data Models names attributes ``ParkingFacility.capacity``; NGSI-LD cannot address a dot.

In a query, a dot leads into a sub-attribute, so such an attribute can be neither asked for nor changed on its own. Here
each gets a name without dot and keeps its meaning: the @context says that both are one term.
"""

from __future__ import annotations

import re
from functools import cache
from typing import Any, Final

from citycontext.models import model_for, models
from citycontext.ngsild.entity import Entity

__all__ = ["addressable", "addressable_context", "addressable_name", "dotted"]

_DOTTED: Final = re.compile(r"([A-Z]\w*)\.(\w+)", re.ASCII)
_VOCABULARY: Final = "https://smartdatamodels.org/dataModel.OSLO/"


@cache
def _terms() -> dict[str, str]:
    """Return the dotted names of the subject's models, by their names without dot."""
    names = {name for model in models("OSLO") for name in model.attributes if "." in name}
    return {addressable_name(name): name for name in sorted(names)}


def addressable_name(name: str) -> str:
    """Return the name without dot: ``ParkingFacility.capacity`` is ``parkingFacilityCapacity``.

    Args:
        name: An attribute's wire name; one without dot stays as it is.
    """
    found = _DOTTED.fullmatch(name)
    if found is None:
        return name
    thing, term = found.groups()
    return f"{thing[0].lower()}{thing[1:]}{term[0].upper()}{term[1:]}"


def addressable(entity: Entity) -> Entity:
    """Return a copy of an entity whose attributes can all be addressed.

    Args:
        entity: The entity, e.g. a BicycleParkingStation.
    """
    return _renamed(entity, {name: addressable_name(name) for name in entity.wire}, Entity)


def dotted(entity: Entity) -> Entity:
    """Return a copy of an entity with the names of the subject OSLO again.

    Args:
        entity: What ``addressable`` gave.

    Returns:
        The entity, of the class of its model.
    """
    names = _terms()
    return _renamed(entity, {name: names.get(name, name) for name in entity.wire}, model_for(entity.type, "OSLO"))


def addressable_context() -> dict[str, Any]:
    """Return the @context that says what the names without dot mean: what the dotted ones do."""
    return {"@context": {plain: _VOCABULARY + name for plain, name in _terms().items()}}


def _renamed(entity: Entity, names: dict[str, str], model: type[Entity]) -> Entity:
    copy = entity.copy()
    return model.from_dict({names[name]: said for name, said in copy.wire.items()})
