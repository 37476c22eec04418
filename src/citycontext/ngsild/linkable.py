"""What a relationship may link to in place of an id."""

from __future__ import annotations

__all__ = ["Linkable"]


class Linkable:
    """Base of what has an id that a relationship can hold: entities."""

    __slots__ = ()
