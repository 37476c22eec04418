"""The newest time of observation of each attribute, so that what comes late overwrites nothing newer."""

from __future__ import annotations

from collections.abc import Callable
from itertools import islice
from typing import Any, Final, TypeAlias

from citycontext.bridge.claim import Claim

__all__ = ["NewestTimes", "ReadTimes", "Times"]

Wire: TypeAlias = dict[str, Any]
Times: TypeAlias = dict[str, str]
"""Attribute → its newest time of observation, without the Z, so that texts sort as times do."""
ReadTimes: TypeAlias = Callable[[str, str], Times]
"""Called with tenant (empty for none) and entity, for one that is not in memory."""

_LIMIT: Final = 50_000
_NOTHING_OLD: Final[Wire] = {}


class NewestTimes:
    """Times by entity; in memory those heard of last, the others wherever they are read from.

    Args:
        read: Reads the times of an entity that is not in memory, as they were written when its updates were delivered.
        limit: Entities in memory.
    """

    def __init__(self, read: ReadTimes = lambda tenant, entity: {}, limit: int = _LIMIT) -> None:
        self._read = read
        self._limit: Final = limit
        self._times: dict[tuple[int, str, str], Times] = {}
        self.current: Times = {}
        """The times of the entity asked about last, as they are now; they do not change afterwards."""

    def take_out_old(self, tenant: str | None, wire: Wire, claim: Claim | None) -> Wire:
        """Take out the attributes that are older than those already seen, and return them.

        Args:
            tenant: The entity's tenant.
            wire: The entity.
            claim: The claim by which its message is worked on; ``None`` where the journal has it.
        """
        key = (0 if claim is None else claim.number, tenant or "", wire["id"])
        # A copy: what a message knows of them is kept with it, and must not grow younger.
        newest = self._of(key).copy()
        before = newest.get
        old = []
        last, time = None, ""
        for name, attribute in wire.items():
            if type(attribute) is not dict or (said := attribute.get("observedAt")) is None:
                continue
            if said is not last:
                # "…:00Z" and "…:00.5Z" sort rightly once the Z is gone; one text for all attributes takes less memory.
                last, time = said, said[:-1]
            if time < before(name, ""):
                old.append(name)
            else:
                newest[name] = time
        self._times[key] = self.current = newest
        return {name: wire.pop(name) for name in old} if old else _NOTHING_OLD

    def _of(self, key: tuple[int, str, str]) -> Times:
        # It is put in again behind all others: eviction takes who was not heard of for longest.
        newest = self._times.pop(key, None)
        if newest is not None:
            return newest
        if len(self._times) >= self._limit:
            # Several at once, for what was taken out before is passed over. What is on its way is far younger.
            for oldest in list(islice(self._times, 1 + self._limit // 20)):
                del self._times[oldest]
        # What came by a claim is not kept anywhere.
        return {} if key[0] else self._read(*key[1:])
