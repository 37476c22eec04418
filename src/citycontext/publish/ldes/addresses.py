"""Ids of entities as they stand in a stream: as addresses of its own, where it has a place for them."""

from __future__ import annotations

from citycontext.oslo.persistent_ids import PersistentIds
from citycontext.publish.policy import Cleared

__all__ = ["Addresses"]


class Addresses:
    """Ids as a stream has them.

    Args:
        base: Where URNs stand as addresses; empty where they stay what they are.
    """

    def __init__(self, base: str) -> None:
        self._ids = PersistentIds(base) if base else None

    def of(self, cleared: Cleared | None) -> Cleared | None:
        """Return an entity as it stands in the stream.

        Args:
            cleared: What is published of it.
        """
        return cleared if self._ids is None or cleared is None else Cleared(self._ids.addressed_entity(cleared.wire))

    def of_id(self, entity: str) -> str:
        """Return the id of an entity as it stands in the stream.

        Args:
            entity: Its id.
        """
        return entity if self._ids is None else self._ids.address(entity)
