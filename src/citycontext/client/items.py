"""Lists of what was read, which a notebook shows as tables."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

__all__ = ["Items", "items_html", "wire_of"]

T = TypeVar("T")


class Items(list[T]):
    """A list of what was read."""

    __slots__ = ()

    def _repr_html_(self) -> str:
        return items_html(self, f"{len(self):,} items")


def wire_of(item: Any) -> Mapping[str, Any]:
    """Return the JSON object of what was read, as which class ever.

    Args:
        item: An entity, another document, or the JSON object itself.
    """
    if isinstance(item, Mapping):
        return item
    wire: Mapping[str, Any] = item.wire if hasattr(item, "wire") else item.to_dict()
    return wire


def items_html(items: Sequence[Any], title: str) -> str:
    """Return what was read as a table.

    Args:
        items: Entities, other documents, or their JSON objects.
        title: What stands above.
    """
    from citycontext.ngsild.frames.html import entities_html  # for notebooks only

    return entities_html([wire_of(item) for item in items], title)
