"""From a description to an entity class, at run time."""

from __future__ import annotations

import copyreg
from collections.abc import Callable
from types import new_class
from typing import Any, Final
from weakref import WeakValueDictionary

import orjson

from citycontext.models.catalogue.declarations import annotation_name, base_name, declared_limits, own_attributes
from citycontext.models.catalogue.description import ModelDescription
from citycontext.models.catalogue.index import smart_data_models
from citycontext.models.catalogue.json_schema import json_schema
from citycontext.models.catalogue.python_names import class_name, needs_wire_name
from citycontext.models.commons import Commons, LocatedCommons
from citycontext.models.schema.reduction import Definitions, reduce_schema
from citycontext.models.schema.references import SchemaLibrary
from citycontext.models.smart_data_model import Origin, SmartDataModel
from citycontext.ngsild import fields
from citycontext.ngsild.entity import Entity

__all__ = ["RunTimeClass", "build_class", "registries"]

registries: Final[list[Callable[[tuple[str, str]], type[Entity] | None]]] = []
"""Functions that find a class by subject and type. The registry, which stands on this module, adds its own: a class of
the registry cannot have been made before it was imported."""

_BASES: Final[dict[str, type[SmartDataModel]]] = {
    base.__name__: base for base in (SmartDataModel, Commons, LocatedCommons)
}


class RunTimeClass(type):
    """The class of classes made at run time: they have no name in a module, and are pickled by what they stand for.

    One of the registry is asked for by subject and type where it is unpickled; any other takes its schema along.
    """


def _reduce(made: RunTimeClass) -> str | tuple[Any, ...]:
    model = vars(made).get("_description")
    if model is None:  # a subclass that is written out somewhere
        return made.__qualname__
    key = (model.subject, model.type)
    for registered_class in registries:
        if registered_class(key) is made:
            return registered_class, (key,)
    facts = {name: getattr(model, name) for name in ("version", "commit", "page", "context", "licence", "problems")}
    schema = orjson.dumps(json_schema(model))
    _unpickled.setdefault((key, schema), made)
    return _from_schema, (key, schema, facts)


copyreg.pickle(RunTimeClass, _reduce)

_unpickled: Final[WeakValueDictionary[tuple[tuple[str, str], bytes], Any]] = WeakValueDictionary()
"""Classes by what they are pickled as, so that what was one class before is one after."""


def _from_schema(key: tuple[str, str], schema: bytes, facts: dict[str, Any]) -> Any:
    known = _unpickled.get((key, schema))
    if known is None:
        reduction = reduce_schema(orjson.loads(schema), "", SchemaLibrary())
        subject, type_name = key
        model = ModelDescription(subject, type_name, reduction.schema, Definitions(reduction.definitions), **facts)
        known = _unpickled[key, schema] = build_class(model)
    return known


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
        default = fields.attribute if attribute.required else fields.optional
        namespace[attribute.name] = default(given, **declared_limits(attribute))
    name = class_name(model.type)
    keywords = {"metaclass": RunTimeClass, "type": model.type}
    made: type[SmartDataModel] = new_class(name, (_BASES[base],), keywords, lambda body: body.update(namespace))
    return made
