"""Telling from an entity's JSON object which form it has, and which model it is of."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from citycontext.errors import AmbiguousModel, DataError, UnknownModel
from citycontext.models.catalogue.description import ModelDescription
from citycontext.models.catalogue.registry import describe
from citycontext.models.schema.evaluation import is_valid
from citycontext.models.smart_data_model import context_address
from citycontext.ngsild.attribute_base import attribute_type
from citycontext.ngsild.context import shipped_context
from citycontext.ngsild.entity import Entity
from citycontext.ngsild.findings import Finding, Severity
from citycontext.ngsild.representations import Representation, geojson
from citycontext.ngsild.representations.reading import is_instance_list
from citycontext.ngsild.terms import ENTITY_MEMBERS, VALUE_MEMBERS

__all__ = ["is_plain_value", "model_of", "of_feature", "representation_of", "subject_of"]


def representation_of(payload: Mapping[str, Any], model: ModelDescription | None = None) -> Representation:
    """Return a payload's representation, judged by its attributes.

    Args:
        payload: The JSON object of an entity.
        model: Its model, which tells an object that is a value (``{"value": 1.5, "pattern": "…"}``) from an attribute
            in concise form.

    Returns:
        ``simplified`` where no attribute has a type or a value member, ``normalized`` where all have, else ``concise``.
    """
    attributes = [(name, member) for name, member in payload.items() if name not in ENTITY_MEMBERS]
    spelt_out = sum(_is_spelt_out(member) and not is_plain_value(name, member, model) for name, member in attributes)
    if not spelt_out:
        return Representation.SIMPLIFIED
    return Representation.NORMALIZED if spelt_out == len(attributes) else Representation.CONCISE


def of_feature(payload: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the entity that a GeoJSON Feature holds (CIM 009, 4.5.16); what is not one as it is.

    Args:
        payload: A JSON object.
    """
    properties = payload.get("properties")
    if payload.get("type") != "Feature" or not isinstance(properties, dict) or not isinstance(payload, dict):
        return payload
    attributes = {name: one for name, one in properties.items() if name not in ENTITY_MEMBERS}
    simple = bool(attributes) and representation_of(attributes) is Representation.SIMPLIFIED
    try:
        return geojson.unwrap(payload, simplified=simple)
    except DataError:
        return payload


def _is_spelt_out(member: Any) -> bool:
    if isinstance(member, list):
        return is_instance_list(member)
    if not isinstance(member, dict):
        return False
    if attribute_type(member) is not None:
        return True
    return not VALUE_MEMBERS.keys().isdisjoint(member) and "coordinates" not in member


def is_plain_value(name: str, member: Any, model: ModelDescription | None) -> bool:
    """Return whether an object that looks like an attribute is, by its model, the attribute's value.

    Args:
        name: The attribute's wire name.
        member: What stands under it.
        model: The entity's model.
    """
    if model is None or not isinstance(member, dict) or attribute_type(member) is not None:
        return False
    attribute, value_member = model.attributes.get(name), next((one for one in VALUE_MEMBERS if one in member), None)
    if attribute is None or value_member is None:
        return False
    return is_valid(member, attribute.schema, attribute.definitions) and not is_valid(
        member[value_member], attribute.schema, attribute.definitions
    )


def model_of(
    payload: Mapping[str, Any], model: type[Entity] | ModelDescription | str | None = None
) -> tuple[ModelDescription | None, Finding | None]:
    """Find the model that an entity is to be measured by.

    Args:
        payload: The JSON object of the entity.
        model: The model, where it is known; ``None`` is the model of the entity's type.

    Returns:
        Its description, or ``None`` and the reason.

    Raises:
        UnknownModel: The model that is named is not known.
        AmbiguousModel: Several subjects have the model that is named.
    """
    if isinstance(model, ModelDescription):
        return model, None
    if model is not None:
        return describe(model), None
    named = payload.get("type", payload.get("@type"))
    types = [one for one in (named if isinstance(named, list) else [named]) if isinstance(one, str)]
    given = _subjects_of(payload)
    first: Finding | None = None
    for type_name in types:  # of several, the first that is of a model
        found, unknown = _model_of_type(type_name, given)
        if found is not None:
            return found, None
        first = first or unknown
    return None, first


def _model_of_type(type_name: str, given: list[str]) -> tuple[ModelDescription | None, Finding | None]:
    unknown: Finding | None = None
    for subject in (*given, None):
        if subject is None and any(_means_another(type_name, one) for one in given):
            break
        try:
            return describe(type_name, subject), None
        except AmbiguousModel as wrong:
            return None, Finding("type", "schema/ambiguous", wrong.message, Severity.WARNING, found=type_name)
        except UnknownModel as wrong:
            severity = Severity.WARNING if wrong.near and not given else Severity.NOTE
            unknown = Finding("type", "schema/unknown", wrong.message, severity, found=type_name)
    return None, unknown


def _means_another(type_name: str, subject: str) -> bool:
    """Return whether a subject's @context has the type, though the subject has no such model: others' are not meant."""
    document = shipped_context(context_address(subject))
    return document is not None and type_name in document["@context"]


def subject_of(wire: Mapping[str, Any]) -> str | None:
    """Return, by an entity's @context, which subject of Smart Data Models it belongs to.

    Args:
        wire: The entity's JSON object.
    """
    return next(iter(_subjects_of(wire)), None)


def _subjects_of(wire: Mapping[str, Any]) -> list[str]:
    context = wire.get("@context")
    named = [one for one in (context if isinstance(context, list) else [context]) if isinstance(one, str)]
    return [one.partition("dataModel.")[2].partition("/")[0] for one in named if "dataModel." in one]
