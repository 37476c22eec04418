"""How much one request may ask of the broker: beyond it is refused, before the work is done (5.5.2)."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Bounds"]


@dataclass(frozen=True, slots=True)
class Bounds:
    """What one request may bring, and what may be made for it.

    .. versionadded:: 0.2

    Args:
        body: Bytes of a body.
        body_seconds: How long a body may take to arrive.
        nodes: JSON values in a body: objects, arrays, and what stands in them.
        batch: Entities in a batch.
        attributes: Attribute instances of an entity.
        names: Types of an entity, and scopes of it.
        linked: Linked entities in an answer or a notification (``join``).
        linked_bytes: Bytes of them, as they are stored.
        copied: Entities and evolutions in a snapshot.
    """

    body: int = 32 * 1024 * 1024
    body_seconds: float = 30.0
    nodes: int = 500_000
    batch: int = 10_000
    attributes: int = 10_000
    names: int = 1_000
    linked: int = 10_000
    linked_bytes: int = 8 * 1024 * 1024
    copied: int = 100_000
