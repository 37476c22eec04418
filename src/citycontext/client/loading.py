"""From the wire form of an answer to the type the user asked for."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final, Generic, Literal, Protocol, TypeAlias, TypeVar, cast

from citycontext.errors import DataError
from citycontext.ngsild import Entity, load, load_many
from citycontext.ngsild.representations import geojson
from citycontext.ngsild.terms import DEFAULT_CONTEXT

__all__ = [
    "EntityReader",
    "InvalidItem",
    "ItemReader",
    "OnInvalid",
    "OnInvalidDocument",
    "check_names",
    "check_on_invalid",
    "type_of",
]

T = TypeVar("T")

_DISTANCE: Final = "geoDistance"
_QUOTED: Final = re.compile(r'"[^"]*"')
_NOT_NAMES: Final = re.compile(r"\[[^]]*\]|[=<>~]=?[^;|()]*")  # members of values, and what is compared with
_WORD: Final = re.compile(r"\w+")
_PREFIXED: Final = "ngsi-ld:default-context/"
"""What JSON-LD makes of the default context's IRIs where a context, as most models', has the prefix ``ngsi-ld``."""

OnInvalid: TypeAlias = Literal["accept", "raise", "collect"]
"""What happens to an entity that breaks the standard or its class."""

OnInvalidDocument: TypeAlias = Literal["collect", "raise"]
"""What happens to a document that lacks what its class needs: half a subscription cannot be accepted as one."""


class ItemReader(Protocol[T]):
    """Reads the items of an answer, one or a page at a time."""

    def one(self, wire: dict[str, Any]) -> T:
        """Read one item."""
        ...

    def many(self, wires: list[dict[str, Any]]) -> list[T]:
        """Read a page of items."""
        ...


@dataclass(frozen=True, slots=True)
class InvalidItem:
    """An item of an answer that could not be read as what was asked for.

    .. versionadded:: 0.2

    Args:
        wire: The item as received.
        error: What is wrong with it.
    """

    wire: dict[str, Any]
    error: DataError


class EntityReader(Generic[T]):
    """Reads entities as what the user asked for.

    Args:
        as_: An entity class; ``dict`` for the wire form as it came; None for ``Entity``.
        representation: What the broker was asked for.
        strict: Whether an entity that breaks the standard or its class is refused.
        as_geojson: Whether entities come as Features; ``dict`` keeps them so.
        geometry_property: Which attribute is the geometry of a Feature.
        with_distance: Whether the broker may tell beside the attributes how far away an entity is. As an attribute
            it would be stored with the entity; ``dict`` keeps it.
        names: Gives an entity the short names of its model.

    Raises:
        DataError: The class is not one of entities.
    """

    def __init__(
        self,
        as_: type[Any] | None,
        representation: str | None,
        *,
        strict: bool = False,
        as_geojson: bool = False,
        geometry_property: str | None = None,
        with_distance: bool = False,
        names: Callable[[dict[str, Any]], dict[str, Any]] | None = None,
    ) -> None:
        given: object = as_
        if given not in (None, dict) and not (isinstance(given, type) and issubclass(given, Entity)):
            raise DataError(f"{as_!r} is not an entity class; give one, or dict for the wire form", path="as_")
        self._class: type[Any] = as_ or Entity
        self._as_wire = as_ is dict
        self._representation = representation if representation == "simplified" else None
        self._strict = strict
        self._as_geojson = as_geojson
        self._geometry_property = geometry_property or "location"
        self._with_distance = with_distance
        self._names = names

    def one(self, wire: dict[str, Any]) -> T:
        """Read one.

        Args:
            wire: The entity as received.

        Raises:
            DataError: It is invalid, and reading is strict.
        """
        if self._names is not None:
            wire = self._names(self._bare(wire) if not self._as_wire else wire)
        entity: Any = wire
        if not self._as_wire:
            try:
                entity = load(self._bare(wire), self._class, representation=self._representation, strict=self._strict)
            except DataError as wrong:
                wrong.add_note(f"in entity {wire.get('id', 'without id')}, read as {self._class.__name__}")
                raise
        return cast("T", entity)

    def many(self, wires: list[dict[str, Any]]) -> list[T]:
        """Read a page.

        Args:
            wires: The entities as received.

        Raises:
            DataError: One is invalid, and reading is strict.
        """
        if self._as_wire and self._names is None:
            return cast("list[T]", wires)
        if self._strict or self._names is not None:
            return [self.one(wire) for wire in wires]
        if self._as_geojson or self._with_distance or _has_prefixed(wires):
            wires = [self._bare(wire) for wire in wires]
        return cast("list[T]", load_many(wires, self._class, representation=self._representation))

    def _bare(self, wire: dict[str, Any]) -> dict[str, Any]:
        """Take an entity out of its Feature, and the distance from it."""
        if self._as_geojson and wire.get("type") == "Feature":
            wire = geojson.unwrap(wire, self._geometry_property, simplified=self._representation is not None)
        if _is_prefixed(wire.get("type")):
            wire = {_unprefixed(name): member for name, member in wire.items()}
            wire["type"] = _unprefixed(wire["type"])
        if self._with_distance and type(wire.get(_DISTANCE)) in {int, float}:
            wire = {name: member for name, member in wire.items() if name != _DISTANCE}
        return wire


def _has_prefixed(wires: list[dict[str, Any]]) -> bool:
    """Return whether a page has an entity with a prefixed type; of equal types in a row one is looked at."""
    known: object = None
    for wire in wires:
        named = wire.get("type")
        if named != known:
            if _is_prefixed(named):
                return True
            known = named
    return False


def _is_prefixed(type_name: object) -> bool:
    return isinstance(type_name, str) and type_name.startswith(_PREFIXED)


def _unprefixed(name: str) -> str:
    return DEFAULT_CONTEXT + name.removeprefix(_PREFIXED) if name.startswith(_PREFIXED) else name


def check_on_invalid(given: str, *choices: OnInvalid) -> None:
    """Refuse a word that says nothing about invalid items.

    Args:
        given: What the user gave.
        choices: What there is to choose from.

    Raises:
        DataError: It is not one of these.
    """
    if given not in choices:
        raise DataError(f"{given!r} is not one of {', '.join(choices)}", path="on_invalid")


def check_names(as_: type[Any] | None, selection: Mapping[str, Any]) -> None:
    """Refuse the Python names of a class where wire names are meant: no entity would ever match.

    Args:
        as_: The entity class asked for, ``dict`` or None.
        selection: What the user gave: ``q`` and names of members are looked at.

    Raises:
        DataError: A name is the Python name of an attribute that has another name on the wire.
    """
    if not isinstance(as_, type) or not issubclass(as_, Entity):
        return
    for key in ("q", "pick", "omit", "attrs", "order_by"):
        given = selection.get(key)
        if given is None:
            continue
        text = str(given) if key == "q" or isinstance(given, str) else ",".join(map(str, given))
        for name in _WORD.findall(_NOT_NAMES.sub("", _QUOTED.sub("", text))):
            field = as_.fields.get(name)
            if field is not None and name not in as_.fields_by_wire_name:
                raise DataError(
                    f"{name!r} is a Python name; in the data the attribute is called {field.wire_name!r}", path=key
                )


def type_of(as_: type[Any] | None) -> str | None:
    """Return the entity type that a class stands for, None if it stands for any.

    Args:
        as_: An entity class, ``dict`` or None.
    """
    if as_ is None or as_ is dict:
        return None
    return as_.entity_type or None
