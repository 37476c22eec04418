"""From a description to an entity class, at run time."""

from __future__ import annotations

from types import new_class
from typing import Any, Final

from citycontext.models.catalogue.declarations import annotation_name, base_name, own_attributes
from citycontext.models.catalogue.description import ModelDescription
from citycontext.models.catalogue.index import smart_data_models
from citycontext.models.catalogue.python_names import class_name, needs_wire_name
from citycontext.models.commons import Commons, LocatedCommons
from citycontext.models.smart_data_model import Origin, SmartDataModel
from citycontext.ngsild import fields

__all__ = ["build_class"]

_BASES: Final[dict[str, type[SmartDataModel]]] = {
    base.__name__: base for base in (SmartDataModel, Commons, LocatedCommons)
}


def build_class(model: ModelDescription) -> type[SmartDataModel]:
    """Make the entity class of a model.

    Args:
        model: The model.

    Returns:
        A class that behaves as if it had been written out.
    """
    definitions = smart_data_models().definitions
    base = base_name(model, definitions)
    annotations: dict[str, Any] = {}
    namespace: dict[str, Any] = {
        "__annotations__": annotations,
        "__module__": __name__,
        "__doc__": f"{model.type} {model.version} of {model.subject or 'a schema of your own'}. {model.page}".rstrip(),
        "_origin": Origin(model.subject, model.type),
        "_description": model,
    }
    for attribute in own_attributes(model, base, definitions):
        declaration = getattr(fields, annotation_name(attribute))
        annotations[attribute.name] = declaration[attribute.annotation] if attribute.kind == "Property" else declaration
        given = attribute.wire_name if needs_wire_name(attribute.name, attribute.wire_name) else None
        namespace[attribute.name] = fields.optional(given)
    name = class_name(model.type)
    return new_class(name, (_BASES[base],), {"type": model.type}, lambda body: body.update(namespace))
