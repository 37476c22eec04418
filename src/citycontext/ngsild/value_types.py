"""What a Property's value may be in Python: checks for declared types, as cheap as they can be."""

from __future__ import annotations

import types
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from functools import lru_cache
from typing import Any, Final, Literal, TypeVar, Union, get_args, get_origin, is_typeddict

from citycontext.errors import DataError, InvalidEntity
from citycontext.foreign_text import shown
from citycontext.ngsild.attribute_base import is_null
from citycontext.ngsild.attributes import Property
from citycontext.ngsild.time import format_datetime, parse_datetime

__all__ = ["DateTimeProperty", "ValueType", "value_type"]

_MOST_NAMED: Final = 4
_MOST_CHOICES: Final = 8

T = TypeVar("T")

_ACCEPTED: Final[dict[Any, frozenset[type]]] = {
    str: frozenset({str}),
    int: frozenset({int}),
    float: frozenset({float, int}),
    bool: frozenset({bool}),
    dict: frozenset({dict}),
}
_NAMES: Final = {str: "a text", int: "a whole number", float: "a number", bool: "true or false", dict: "an object"}


class ValueType:
    """A declared value type, ready to check values.

    Args:
        annotation: The type as declared, e.g. ``int`` or ``list[str]``.
        accepted: Exact classes that pass without a further look; ``None`` when every value does.
        name: The type in words, for messages.
        check: The further look: returns the value as it goes on the wire, or raises ``InvalidEntity``.
        property_class: The Property that gives the value back in Python's terms.
    """

    __slots__ = ("_check", "accepted", "annotation", "name", "property_class")

    def __init__(
        self,
        annotation: Any,
        accepted: frozenset[type] | None,
        name: str,
        check: Callable[[Any], Any] | None = None,
        property_class: type[Property[Any]] = Property,
    ) -> None:
        self.annotation: Any = annotation
        self.accepted: frozenset[type] | None = accepted
        self.name: str = name
        self.property_class: type[Property[Any]] = property_class
        self._check = check

    def check(self, value: Any) -> Any:
        """Return a value as it goes on the wire.

        Args:
            value: What was given.

        Raises:
            InvalidEntity: It is not of the type.
        """
        if self.accepted is None or type(value) in self.accepted or is_null(value):
            return value
        if self._check is not None:
            return self._check(value)
        raise InvalidEntity(f"{shown(value)} is not {self.name}")

    def accepts(self, value: Any) -> bool:
        """Return whether a value on the wire is of the type."""
        if self.accepted is None or type(value) in self.accepted:
            return True
        try:
            self.check(value)
        except DataError:
            return False
        return True

    def __repr__(self) -> str:
        return f"ValueType({self.annotation!r})"


@lru_cache(maxsize=2048)
def value_type(annotation: Any) -> ValueType:
    """Make a declared type ready to check values.

    Args:
        annotation: ``Any``, a plain JSON type, ``list[…]``, ``Literal``, ``datetime``, a union, or anything that
            pydantic understands.
    """
    if annotation is Any or isinstance(annotation, TypeVar):
        return ValueType(annotation, None, "any value")
    if annotation in _ACCEPTED:
        return ValueType(annotation, _ACCEPTED[annotation], _NAMES[annotation])
    if annotation is datetime or annotation is date:
        return ValueType(annotation, frozenset(), "a timestamp", _check_datetime, DateTimeProperty)
    origin = get_origin(annotation)
    if origin is list or origin is Sequence:
        return _list_type(annotation, value_type(get_args(annotation)[0]))
    if origin is dict or origin is Mapping or is_typeddict(annotation):  # whose members are for type checkers
        return ValueType(annotation, frozenset({dict}), "an object")
    if origin is Literal:
        return _literal_type(annotation, get_args(annotation))
    if origin in (Union, types.UnionType):
        return _union_type(annotation, [value_type(part) for part in get_args(annotation)])
    return _pydantic_type(annotation)


def _bare(name: str) -> str:
    return name.removeprefix("a ").removeprefix("an ")


def _list_type(annotation: Any, item: ValueType) -> ValueType:
    several = " or " in item.name
    name = f"a list of items that are each {item.name}" if several else f"a list of {_bare(item.name)} values"
    if item.accepted is None:
        return ValueType(annotation, frozenset({list}), "a list")

    def check(value: Any) -> Any:
        if not isinstance(value, (list, tuple)):
            alone = f"; write [{shown(value)}]" if item.accepts(value) else ""
            raise InvalidEntity(f"{shown(value)} is not {name}{alone}")
        return [item.check(one) for one in value]

    return ValueType(annotation, frozenset(), name, check)


def _literal_type(annotation: Any, choices: tuple[Any, ...]) -> ValueType:
    more = ", …" if len(choices) > _MOST_CHOICES else ""
    name = f"one of {', '.join(map(repr, choices[:_MOST_CHOICES]))}{more}"
    allowed = {(type(choice), choice) for choice in choices}

    def check(value: Any) -> Any:
        if value.__hash__ is None or (type(value), value) not in allowed:
            raise InvalidEntity(f"{shown(value)} is not {name}")
        return value

    return ValueType(annotation, frozenset(), name, check)


def _union_type(annotation: Any, parts: list[ValueType]) -> ValueType:
    names = list(dict.fromkeys(part.name for part in parts))
    name = " or ".join([*names[:_MOST_NAMED], *(["another type"] if len(names) > _MOST_NAMED else [])])
    if any(part.accepted is None for part in parts):
        return ValueType(annotation, None, name)
    accepted = frozenset().union(*(part.accepted or () for part in parts))
    checks = [part._check for part in parts if part._check is not None]

    def check(value: Any) -> Any:
        for one in checks:
            try:
                return one(value)
            except DataError:
                continue
        raise InvalidEntity(f"{shown(value)} is not {name}")

    return ValueType(annotation, accepted, name, check if checks else None)


def _pydantic_type(annotation: Any) -> ValueType:
    from pydantic import TypeAdapter, ValidationError  # importing it takes longer than all of this package

    adapter: TypeAdapter[Any] = TypeAdapter(annotation)
    name = getattr(annotation, "__name__", str(annotation))

    def check(value: Any) -> Any:
        try:
            return adapter.dump_python(adapter.validate_python(value), mode="json", by_alias=True, exclude_unset=True)
        except ValidationError as wrong:
            first = wrong.errors()[0]
            where = ".".join(str(part) for part in first["loc"])
            raise InvalidEntity(f"{shown(value)} is not a {name}: {first['msg']}", path=where) from None

    class AdaptedProperty(Property[Any]):
        """A Property whose value pydantic reads."""

        __slots__ = ()

        @property
        def value(self) -> Any:
            raw = super().value
            return raw if is_null(raw) else adapter.validate_python(raw)

        @value.setter
        def value(self, value: Any) -> None:
            self.wire["value"] = check(value)

    return ValueType(annotation, frozenset(), f"a {name}", check, AdaptedProperty)


def _check_datetime(value: Any) -> Any:
    if isinstance(value, datetime):
        return format_datetime(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Mapping):
        _check_datetime(value.get("@value"))
        return value
    if not isinstance(value, str):
        raise InvalidEntity(f"{shown(value)} is not a timestamp")
    parse_datetime(value)
    return value


class DateTimeProperty(Property[Any]):
    """A Property whose value is a timestamp: text, or ``{"@type": "DateTime", "@value": …}``, on the wire."""

    __slots__ = ()

    @property
    def value(self) -> datetime:
        """The instant.

        Raises:
            InvalidTime: The text on the wire is not a timestamp, or has no zone.
        """
        raw: Any = super().value
        if isinstance(raw, Mapping):
            raw = raw.get("@value")
        return raw if is_null(raw) else parse_datetime(raw, path="value")

    @value.setter
    def value(self, value: Any) -> None:
        self.wire["value"] = _check_datetime(value)
