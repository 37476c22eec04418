"""How a class declares a model: which base it extends and which annotation each attribute has."""

from __future__ import annotations

from functools import cache
from typing import Any, Final

from citycontext.models.catalogue.description import AttributeDescription, ModelDescription
from citycontext.models.schema.reduction import Definitions
from citycontext.models.schema.references import COMMON_SCHEMA

__all__ = ["STEMS", "annotation_name", "base_name", "commons", "declared_limits", "own_attributes"]

STEMS: Final = {
    "Property": "Attr",
    "GeoProperty": "GeoAttr",
    "Relationship": "RelAttr",
    "LanguageProperty": "LanguageAttr",
    "VocabProperty": "VocabAttr",
    "JsonProperty": "JsonAttr",
    "ListProperty": "ListAttr",
    "ListRelationship": "ListRelAttr",
}
"""Attribute type → the annotation that declares a required one."""

_COMMONS: Final = {"Commons": ("GSMA-Commons",), "LocatedCommons": ("GSMA-Commons", "Location-Commons")}


def annotation_name(attribute: AttributeDescription) -> str:
    """Return the annotation that declares an attribute: ``Attr``, ``OptGeoAttr`` …

    Args:
        attribute: The attribute.
    """
    stem = STEMS[attribute.kind]
    return stem if attribute.required else f"Opt{stem}"


def declared_limits(attribute: AttributeDescription) -> dict[str, Any]:
    """Return the limits that a class declares of an attribute: ``minimum``, ``maximum`` and their ``unit``.

    Args:
        attribute: The attribute.
    """
    if attribute.kind != "Property":
        return {}
    limits = {name: _number(getattr(attribute, name)) for name in ("minimum", "maximum")}
    said = {name: limit for name, limit in limits.items() if limit is not None}
    return {**said, "unit": attribute.unit_code} if said and attribute.unit_code else said


def _number(limit: Any) -> int | float | None:
    if not isinstance(limit, int | float) or isinstance(limit, bool):
        return None
    return int(limit) if isinstance(limit, float) and limit.is_integer() and abs(limit) < 2**53 else limit


@cache
def commons(definitions: Definitions) -> dict[str, ModelDescription]:
    """Describe what most models share, by the name of the class that declares it.

    Args:
        definitions: The definitions of the index.
    """
    return {
        name: ModelDescription(
            subject="",
            type=name,
            schema={"allOf": [{"$ref": f"{COMMON_SCHEMA}#/definitions/{part}"} for part in parts]},
            definitions=definitions,
        )
        for name, parts in _COMMONS.items()
    }


def base_name(model: ModelDescription, definitions: Definitions) -> str:
    """Return the class that a model's class extends: the most of the commons that it declares just as they are.

    Args:
        model: The model.
        definitions: The definitions of the index.
    """
    own = {wire_name: _signature(attribute) for wire_name, attribute in model.attributes.items()}
    for name, shared in reversed(commons(definitions).items()):
        if all(own.get(wire_name) == _signature(one) for wire_name, one in shared.attributes.items()):
            return name
    return "SmartDataModel"


def own_attributes(model: ModelDescription, base: str, definitions: Definitions) -> list[AttributeDescription]:
    """Return the attributes that a model's class declares itself.

    Args:
        model: The model.
        base: The name of the class it extends.
        definitions: The definitions of the index.
    """
    shared = commons(definitions)[base].attributes if base in _COMMONS else {}
    return [attribute for wire_name, attribute in model.attributes.items() if wire_name not in shared]


def _signature(attribute: AttributeDescription) -> tuple[object, ...]:
    annotation = attribute.annotation if attribute.kind == "Property" else None
    return attribute.name, attribute.kind, attribute.required, annotation, tuple(declared_limits(attribute).items())
