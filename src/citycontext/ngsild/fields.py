"""Declaring an entity class: what stands behind ``available_spot_number: OptAttr[int] = optional()``.

A type checker sees descriptors: set a plain value or an attribute, read an attribute. At run time the annotation is
``Annotated[Property[int], Declared(...)]``, the attributes of an instance stand in its ``__dict__``, and a ``Field``
on the class answers where an instance has none.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any, Final, Generic, TypeVar, overload

from citycontext.errors import DataError, InvalidEntity, ModelError
from citycontext.foreign_text import shown
from citycontext.ngsild.attribute_base import Attribute, attribute_class, is_null, wrap
from citycontext.ngsild.attributes import (
    AnyValue,
    GeoProperty,
    JsonProperty,
    LanguageProperty,
    ListProperty,
    ListRelationship,
    Property,
    Relationship,
    VocabProperty,
)
from citycontext.ngsild.exact_numbers import exact_number
from citycontext.ngsild.geometry import Geometry
from citycontext.ngsild.limits import Limits, limits_of
from citycontext.ngsild.linkable import Linkable
from citycontext.ngsild.names import to_camel
from citycontext.ngsild.value_types import ValueType, value_type

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

__all__ = [
    "Attr",
    "Declared",
    "Field",
    "GeoAttr",
    "JsonAttr",
    "LanguageAttr",
    "ListAttr",
    "ListRelAttr",
    "OptAttr",
    "OptGeoAttr",
    "OptJsonAttr",
    "OptLanguageAttr",
    "OptListAttr",
    "OptListRelAttr",
    "OptRelAttr",
    "OptVocabAttr",
    "OtherName",
    "RelAttr",
    "VocabAttr",
    "attribute",
    "optional",
]

logger: logging.Logger = logging.getLogger(__name__)

_new: Final = object.__new__
_NUMBERS: Final = frozenset({int, float})
_VALUES: Final = frozenset({int, float, bool, str, dict})
_BUILT_IN: Final = frozenset({int, float, bool, str})

T = TypeVar("T")
R = TypeVar("R")
S = TypeVar("S")


class OtherName:
    """Base of what stands in a class for another name of an attribute, and so declares none."""

    __slots__ = ()


class _Default:
    """Carries what ``attribute()`` and ``optional()`` were told, until the class is made."""

    __slots__ = ("limits", "required", "wire_name")

    def __init__(self, wire_name: str | None, *limits: Any, required: bool) -> None:
        self.wire_name: str | None = wire_name
        self.limits: tuple[Any, ...] = limits
        self.required: bool = required


def attribute(
    wire_name: str | None = None, *, minimum: float | None = None, maximum: float | None = None, unit: str = ""
) -> Any:
    """Declare an attribute that an entity must have; needed only where the annotation does not say all.

    Args:
        wire_name: The attribute's name on the wire, where it is not the camelCase of the Python name.
        minimum: The least number that it is set to.
        maximum: The greatest number that it is set to.
        unit: The code of the unit that the two are in; numbers in another one are not held to them.
    """
    return _Default(wire_name, minimum, maximum, unit, required=True)


def optional(
    wire_name: str | None = None, *, minimum: float | None = None, maximum: float | None = None, unit: str = ""
) -> Any:
    """Declare an attribute that an entity may lack.

    Args:
        wire_name: The attribute's name on the wire, where it is not the camelCase of the Python name.
        minimum: The least number that it is set to.
        maximum: The greatest number that it is set to.
        unit: The code of the unit that the two are in; numbers in another one are not held to them.
    """
    return _Default(wire_name, minimum, maximum, unit, required=False)


@dataclass(frozen=True, slots=True)
class Declared:
    """What an annotation declares: the attribute class, whether it is required, and the type of its value."""

    attribute_class: type[Attribute]
    required: bool
    annotation: Any = Any


class Field:
    """A declared attribute, as found on the class: ``OffStreetParking.name``.

    Args:
        name: The Python name.
        wire_name: The name on the wire.
        declared: What the annotation says.
        default: What stands behind ``=`` in the class.
        of_model: Whether the class stands for a model: then a text that is a number is taken as one where a number is
            wanted, and what the model lists is all that may be set.
    """

    __slots__ = (
        *("_has_told", "_is_plain", "_unchecked", "accepted", "attribute_class", "kind", "limits", "name", "of_model"),
        *("required", "takes_texts", "usual", "value_type", "view", "wire_name"),
    )

    def __init__(
        self, name: str, wire_name: str, declared: Declared, default: _Default | None = None, *, of_model: bool = False
    ) -> None:
        self.name: str = name
        self.wire_name: str = wire_name
        self.required: bool = declared.required
        self.attribute_class: type[Attribute] = declared.attribute_class
        self.kind: str = declared.attribute_class.type
        """The declared attribute type, e.g. ``Property``."""
        is_property = issubclass(declared.attribute_class, Property)
        self.value_type: ValueType = value_type(declared.annotation if is_property else Any)
        self.accepted: frozenset[type] | None = self.value_type.accepted
        self.of_model: bool = of_model and is_property
        self.takes_texts: bool = of_model and bool(self.accepted) and self.accepted <= _NUMBERS  # type: ignore[operator]
        least, most, unit = (None, None, "") if default is None else default.limits
        limits = limits_of(declared.annotation, least, most, unit, of_model=of_model) if is_property else None
        self.limits: Limits | None = limits
        self._unchecked: frozenset[type] | None = self.accepted if self.limits is None else frozenset()
        self._has_told = False
        self.view: type[Attribute] = self.value_type.property_class if is_property else declared.attribute_class
        usual = _VALUES if self.accepted is None else self.accepted & _VALUES
        self._is_plain: bool = is_property and self.view is Property and self.kind == "Property"
        self.usual: frozenset[type] | str = usual if declared.attribute_class is Property else self.kind
        """The classes of a Property's value that need no closer look; else the attribute type."""

    def __get__(self, entity: Any, owner: type | None = None) -> Any:
        if entity is None:
            return self
        try:
            member = entity.wire[self.wire_name]
        except KeyError:
            pass
        else:
            if type(member) is dict and member.get("type") == self.kind:  # as most are: in one step
                view: Attribute = _new(self.view)
                view.wire = member
                entity.__dict__[self.name] = view
                return view
            return self.view_of(entity)
        if self.required:
            raise AttributeError(
                f"this {type(entity).__name__} has no {self.wire_name!r}, though the model requires it"
            )
        return None

    def view_of(self, entity: Any) -> Attribute:
        """Return the view of what stands on the wire, and keep it: a name is looked up here only the first time.

        Args:
            entity: The entity; its wire has the attribute.
        """
        member = entity.wire[self.wire_name]
        view = self.viewed(member if type(member) is dict else wrap(member).wire)
        entity.__dict__[self.name] = view
        return view

    def viewed(self, single: dict[str, Any]) -> Attribute:
        """Return a view of one instance, as the model has it where it is of the declared type.

        Args:
            single: The instance's wire form.
        """
        found = attribute_class(single)
        view: Attribute = _new(self.view if found is self.attribute_class else found)
        view.wire = single
        return view

    def take(self, given: Any) -> Attribute:
        """Turn what was given for the attribute into a checked attribute.

        Args:
            given: A plain value, or an attribute.

        Raises:
            InvalidEntity: It is of another type than declared; the error names attribute and value.
        """
        kind = type(given)
        if self._is_plain:  # as most are: what needs no look goes through in one step
            unchecked = self._unchecked
            if kind is Property:
                if unchecked is None or type(given.wire.get("value")) in unchecked:
                    return given  # type: ignore[no-any-return]
            elif kind in _BUILT_IN and (unchecked is None or kind in unchecked):
                plain: Attribute = _new(Property)
                plain.wire = {"type": "Property", "value": given}
                return plain
        try:
            if isinstance(given, Property):
                if self.kind == "Property":
                    unchecked, wire = self._unchecked, given.wire
                    if unchecked is not None and type(wire.get("value")) not in unchecked:
                        if type(given) is AnyValue:
                            return self.view.from_wire(wire)
                        wire["value"] = self._checked(wire.get("value"), wire.get("unitCode"))
                    found: Attribute = given if self.view is Property else self.view.from_wire(wire)
                    return found
            elif not isinstance(given, Attribute):
                if self.kind == "Property":
                    unchecked = self._unchecked
                    if unchecked is not None and type(given) not in unchecked:
                        given = self._checked(given)
                    made: Attribute = _new(self.view)
                    made.wire = {"type": "Property", "value": given}
                    return made
                return self.view(given)
        except DataError as wrong:
            path = f"{self.wire_name}.{wrong.path}" if wrong.path else self.wire_name
            cure = "; AnyValue(…) writes it all the same" if self.of_model else ""
            raise type(wrong)(f"{wrong.message}{cure}", path=path, clause=wrong.clause) from None
        taken: Attribute = given
        if taken.type == self.kind or taken.is_null:
            return taken
        if self.kind == "Property" and taken.type in ("LanguageProperty", "VocabProperty", "JsonProperty"):
            return taken  # a text in several languages, or a coded one, stands where the model has a plain text
        raise InvalidEntity(f"the model has a {self.kind} here, not a {taken.type}", path=self.wire_name)

    def _checked(self, value: Any, unit: Any = None) -> Any:
        """Return a value as it goes on the wire; of a model's class, a text that is a number is that number."""
        written = self._typed(value)
        if self.limits is not None and not is_null(written):
            self.limits.check(written, unit)
        return written

    def _typed(self, value: Any) -> Any:
        if self.takes_texts and type(value) is str:
            number = exact_number(value, whole=float not in (self.accepted or ()))
            if number is not None:
                if not self._has_told:
                    self._has_told = True
                    logger.info("%s: the text %s is taken as a number", self.wire_name, shown(value))
                return number
        return self.value_type.check(value)

    def __repr__(self) -> str:
        return f"Field({self.name!r}, {self.wire_name!r}, {self.kind}, required={self.required})"


def make_field(name: str, declared: Declared, default: Any, *, of_model: bool = False) -> Field:
    """Build the field for an annotated name.

    Args:
        name: The Python name.
        declared: What the annotation says.
        default: What stands behind ``=`` in the class, if anything.
        of_model: Whether the class stands for a model.

    Raises:
        ModelError: A type checker would read the declaration otherwise than it is meant.
    """
    if default is None:
        given, required = None, True  # so a type checker reads a declaration without a default
    elif isinstance(default, _Default):
        given, required = default.wire_name, default.required
    else:
        raise ModelError(f"{name}: an attribute has no default value; write optional() if an entity may lack it")
    if required != declared.required:
        raise ModelError(
            f"{name}: the annotation says that an entity must have it; write attribute(), or Opt… in the annotation"
            if declared.required
            else f"{name}: the annotation says that an entity may lack it; write = optional()"
        )
    return Field(name, given or to_camel(name), declared, default, of_model=of_model)


if TYPE_CHECKING:

    class _Required(Generic[R, S]):
        """A required attribute: reads ``R``, takes ``S``."""

        @overload
        def __get__(self, entity: None, owner: Any) -> Field: ...
        @overload
        def __get__(self, entity: object, owner: Any) -> R: ...
        def __get__(self, entity: Any, owner: Any) -> Any: ...
        def __set__(self, entity: Any, value: S) -> None: ...

    class _Optional(Generic[R, S]):
        """An attribute that an entity may lack: reads ``R | None``, takes ``S``, or ``None`` to leave it out."""

        @overload
        def __get__(self, entity: None, owner: Any) -> Field: ...
        @overload
        def __get__(self, entity: object, owner: Any) -> R | None: ...
        def __get__(self, entity: Any, owner: Any) -> Any: ...
        def __set__(self, entity: Any, value: S | None) -> None: ...

    Attr = _Required[Property[T], T | Property[T]]
    OptAttr = _Optional[Property[T], T | Property[T]]
    GeoAttr = _Required[GeoProperty, Geometry | GeoProperty]
    OptGeoAttr = _Optional[GeoProperty, Geometry | GeoProperty]
    RelAttr = _Required[Relationship, str | Sequence[str] | Linkable | Relationship]
    OptRelAttr = _Optional[Relationship, str | Sequence[str] | Linkable | Relationship]
    LanguageAttr = _Required[LanguageProperty, Mapping[str, str | list[str]] | LanguageProperty]
    OptLanguageAttr = _Optional[LanguageProperty, Mapping[str, str | list[str]] | LanguageProperty]
    VocabAttr = _Required[VocabProperty, str | Sequence[str] | VocabProperty]
    OptVocabAttr = _Optional[VocabProperty, str | Sequence[str] | VocabProperty]
    JsonAttr = _Required[JsonProperty, Any]
    OptJsonAttr = _Optional[JsonProperty, Any]
    ListAttr = _Required[ListProperty, Sequence[Any] | ListProperty]
    OptListAttr = _Optional[ListProperty, Sequence[Any] | ListProperty]
    ListRelAttr = _Required[ListRelationship, Sequence[str | Linkable] | ListRelationship]
    OptListRelAttr = _Optional[ListRelationship, Sequence[str | Linkable] | ListRelationship]

else:

    class Attr:
        def __class_getitem__(cls, annotation: Any) -> Any:
            return Annotated[Property[annotation], Declared(Property, True, annotation)]

    class OptAttr:
        def __class_getitem__(cls, annotation: Any) -> Any:
            return Annotated[Property[annotation], Declared(Property, False, annotation)]

    GeoAttr = Annotated[GeoProperty, Declared(GeoProperty, True)]
    OptGeoAttr = Annotated[GeoProperty, Declared(GeoProperty, False)]
    RelAttr = Annotated[Relationship, Declared(Relationship, True)]
    OptRelAttr = Annotated[Relationship, Declared(Relationship, False)]
    LanguageAttr = Annotated[LanguageProperty, Declared(LanguageProperty, True)]
    OptLanguageAttr = Annotated[LanguageProperty, Declared(LanguageProperty, False)]
    VocabAttr = Annotated[VocabProperty, Declared(VocabProperty, True)]
    OptVocabAttr = Annotated[VocabProperty, Declared(VocabProperty, False)]
    JsonAttr = Annotated[JsonProperty, Declared(JsonProperty, True)]
    OptJsonAttr = Annotated[JsonProperty, Declared(JsonProperty, False)]
    ListAttr = Annotated[ListProperty, Declared(ListProperty, True)]
    OptListAttr = Annotated[ListProperty, Declared(ListProperty, False)]
    ListRelAttr = Annotated[ListRelationship, Declared(ListRelationship, True)]
    OptListRelAttr = Annotated[ListRelationship, Declared(ListRelationship, False)]
