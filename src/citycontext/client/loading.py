"""From the wire form of an answer to the type the user asked for."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from citycontext.errors import DataError
from citycontext.ngsild import Entity, load

__all__ = ["InvalidItem", "entity_loader", "type_of"]

E = TypeVar("E", bound=Entity)


@dataclass(frozen=True, slots=True)
class InvalidItem:
    """An item of an answer that could not be read as what was asked for.

    Args:
        wire: The item as received.
        error: What is wrong with it.
    """

    wire: dict[str, Any]
    error: DataError


def entity_loader(
    as_: type[Any] | None, representation: str | None, *, strict: bool = False
) -> Callable[[dict[str, Any]], Any]:
    """Give the function that reads one entity.

    Args:
        as_: An entity class; ``dict`` for the wire form as it came; None for ``Entity``.
        representation: What the broker was asked for.
        strict: Whether an entity that breaks the standard or its class is refused.
    """
    if as_ is dict:
        return lambda wire: wire
    entity_class: type[Entity] = as_ or Entity
    simplified = representation if representation == "simplified" else None

    def read(wire: dict[str, Any]) -> Entity:
        try:
            return load(wire, entity_class, representation=simplified, strict=strict)
        except DataError as wrong:
            wrong.add_note(f"in entity {wire.get('id', 'without id')}, read as {entity_class.__name__}")
            raise

    return read


def type_of(as_: type[Any] | None) -> str | None:
    """Give the entity type that a class stands for, None if it stands for any.

    Args:
        as_: An entity class, ``dict`` or None.
    """
    if as_ is None or as_ is dict:
        return None
    return as_.entity_type or None
