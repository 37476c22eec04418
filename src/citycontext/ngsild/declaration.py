"""How an entity class learns what it declares."""

from __future__ import annotations

import inspect
import sys
from collections.abc import Mapping
from functools import lru_cache
from types import CodeType
from typing import Any, ClassVar, Final

from citycontext.errors import InvalidName
from citycontext.ngsild.fields import Declared, Field, OtherName, make_field
from citycontext.ngsild.lifetime import Lifetime
from citycontext.ngsild.linkable import Linkable
from citycontext.ngsild.names import is_attribute_name

__all__ = ["Declaration"]

_USUAL_KINDS: Final = frozenset({"Property", "Relationship", "GeoProperty"})


@lru_cache(maxsize=1024)  # a module of classes repeats few annotations many times, and compiling is most of its import
def _code(annotation: str) -> CodeType:
    return compile(annotation, "<annotation>", "eval")


class Declaration(Lifetime, Linkable):
    """Base of entity classes: collects the declared attributes of a subclass when the class is made.

    The class attributes tell what is declared; they are filled in for each subclass.

    Raises:
        InvalidName: Two declared attributes cannot be told apart by name.
    """

    __slots__ = ("__dict__", "__weakref__", "wire")

    wire: dict[str, Any]
    _of_model: ClassVar[bool] = False  # whether the class stands for a model
    entity_type: ClassVar[str] = ""
    """The entity type's short name on the wire."""
    fields: ClassVar[Mapping[str, Field]] = {}
    """Declared attributes by Python name."""
    fields_by_wire_name: ClassVar[Mapping[str, Field]] = {}
    """Declared attributes by wire name."""
    required_fields: ClassVar[tuple[Field, ...]] = ()
    """Declared attributes that an entity must have."""
    usual: ClassVar[Mapping[str, frozenset[type] | str]] = {}
    """What usually stands under the wire name of a declared attribute: a Property's value of one of these classes, or
    a Relationship or GeoProperty; what does needs no closer look."""
    reserved_names: ClassVar[frozenset[str]] = frozenset()
    """Names that mean something else on an instance, so that an undeclared attribute is read by ``entity[name]``."""

    def __init_subclass__(cls, *, type: str | None = None) -> None:
        fields = dict(cls.fields)
        annotations = inspect.get_annotations(cls)
        if annotations:
            # The frame that runs the class statement, so that a class inside a function finds its names too.
            outer, here = vars(sys.modules[cls.__module__]), dict(sys._getframe(1).f_locals)
            for name, annotation in annotations.items():
                if isinstance(annotation, str):
                    annotation = eval(_code(annotation), outer, here)  # noqa: S307 - the class's own source text
                metadata = getattr(annotation, "__metadata__", ())
                declared = next((one for one in metadata if isinstance(one, Declared)), None)
                if declared is not None and not isinstance(cls.__dict__.get(name), OtherName):
                    fields[name] = make_field(name, declared, cls.__dict__.get(name), of_model=cls._of_model)
                    setattr(cls, name, fields[name])
        cls.fields = fields
        cls.fields_by_wire_name = {field.wire_name: field for field in fields.values()}
        for name, field in fields.items():
            if cls.fields_by_wire_name.get(name, field) is not field:
                raise InvalidName(
                    f"{cls.__name__}.{name} stands for {field.wire_name!r}, but {name!r} is the wire name of "
                    f"{cls.fields_by_wire_name[name].name!r}; give the two other Python names"
                )
        cls.required_fields = tuple(field for field in fields.values() if field.required)
        cls.entity_type = type or (cls.__name__ if fields else "")
        cls.usual = {
            field.wire_name: field.usual
            for field in fields.values()
            if field.kind in _USUAL_KINDS and is_attribute_name(field.wire_name)
        }
        cls.reserved_names = frozenset(dir(cls))
