"""Whether two wire forms say the same of an entity, and what two places differ in."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from citycontext.ngsild.terms import SYSTEM_MEMBERS

if TYPE_CHECKING:
    from citycontext.transfer.places import Place

__all__ = ["Difference", "difference", "same_entity"]

_UNSAID = SYSTEM_MEMBERS | {"@context", "instanceId"}


@dataclass(frozen=True, slots=True)
class Difference:
    """One entity that two places do not hold alike.

    .. versionadded:: 0.2

    Args:
        kind: ``missing`` in the second place, ``extra`` there, or ``changed``.
        id: The entity.
        attributes: For ``changed``: the members that differ, by their names in the first place.
    """

    kind: Literal["missing", "extra", "changed"]
    id: str
    attributes: tuple[str, ...] = ()


def same_entity(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    """Return whether two entities say the same; times of the broker, @context and order do not count.

    .. versionadded:: 0.2
    """
    return not changed_members(one, other)


def changed_members(one: Mapping[str, Any], other: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the members that two entities do not have alike."""
    names = dict.fromkeys((*one, *other))
    return tuple(
        name for name in names if name not in _UNSAID and _said(one.get(name), name) != _said(other.get(name), name)
    )


def difference(one: Place, other: Place, *, chunk: int = 500) -> Iterator[Difference]:
    """Yield what two places do not hold alike: first by the entities of the first one, then what only the second has.

    .. versionadded:: 0.2

    Args:
        one: The first place.
        other: The second place.
        chunk: How many entities are looked up at a time.
    """
    seen: set[str] = set()
    for entities in _chunks(one, chunk):
        seen.update(entity["id"] for entity in entities)
        found = other.find(entities)
        for entity in entities:
            counterpart = found.get(entity["id"])
            if counterpart is None:
                yield Difference("missing", entity["id"])
            elif changed := changed_members(entity, counterpart):
                yield Difference("changed", entity["id"], changed)
    for entities in _chunks(other, chunk):
        for entity in entities:
            if entity["id"] not in seen:
                yield Difference("extra", entity["id"])


def _chunks(place: Place, size: int) -> Iterator[list[dict[str, Any]]]:
    waiting: list[dict[str, Any]] = []
    for entity, _ in place.read(None):
        waiting.append(entity)
        if len(waiting) == size:
            yield waiting
            waiting = []
    if waiting:
        yield waiting


def _said(value: Any, name: str) -> Any:
    """Return what a member says, in a form that can be compared."""
    if name in ("type", "scope"):
        return sorted(value) if isinstance(value, list) else [value] if value is not None else None
    if isinstance(value, list) and all(isinstance(one, Mapping) and "type" in one for one in value):
        # Instances of an attribute have no order; one alone stands without a list.
        return sorted((_plain(one) for one in value), key=repr)
    if isinstance(value, Mapping) and isinstance(value.get("type"), str):
        return [_plain(value)]
    return value


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return sorted(
            ((name, _plain(one)) for name, one in value.items() if name not in _UNSAID), key=lambda one: one[0]
        )
    if isinstance(value, list):
        return [_plain(one) for one in value]
    if isinstance(value, bool):
        return repr(value)  # true is not 1
    return float(value) if isinstance(value, int) else value
