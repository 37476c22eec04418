"""When a route heard of whom: its flow by the minute, and the entities that fell silent."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Final

__all__ = ["Heard", "SilentEntity"]

MINUTES: Final = 60
_MOST: Final = 20_000
_ENOUGH: Final = 3
_TIMES: Final = 3.0
_LEAST: Final = 30.0


@dataclass(frozen=True, slots=True)
class SilentEntity:
    """An entity of which nothing came for three times as long as usual.

    Args:
        entity: Its id.
        last: When the last message came, seconds since 1970.
        usual: Seconds between two messages until then.
    """

    entity: str
    last: float
    usual: float


class Heard:
    """What a route heard since the start; written by one thread, read by others."""

    def __init__(self) -> None:
        self._minutes: dict[int, int] = {}
        self._entities: dict[str, tuple[float, float, int]] = {}

    def message(self, arrived: float) -> None:
        """Note a message.

        Args:
            arrived: When it came, seconds since 1970.
        """
        minute = int(arrived // 60)
        if minute not in self._minutes:
            for old in [one for one in self._minutes if one <= minute - MINUTES]:
                del self._minutes[old]
        self._minutes[minute] = self._minutes.get(minute, 0) + 1

    def entity(self, name: str, arrived: float) -> None:
        """Note an update of an entity; of the first twenty thousand, so that ids without end do not fill memory.

        Args:
            name: Its id.
            arrived: When its message came.
        """
        entities = self._entities
        known = entities.get(name)
        if known is not None:
            first, last, number = known
            entities[name] = (first if first < arrived else arrived, last if last > arrived else arrived, number + 1)
        elif len(entities) < _MOST:
            entities[name] = (arrived, arrived, 1)

    def flow(self, now: float | None = None) -> list[int]:
        """Return how many messages came in each minute of the last hour, the newest last.

        Args:
            now: The end of the hour; this moment by default.
        """
        minute = int((time.time() if now is None else now) // 60)
        minutes = self._minutes.copy()
        return [minutes.get(one, 0) for one in range(minute - MINUTES + 1, minute + 1)]

    def silent(self, now: float | None = None) -> list[SilentEntity]:
        """Return the entities that were heard of regularly and are not any more, the longest silent first.

        Args:
            now: This moment by default.
        """
        now = time.time() if now is None else now
        found = []
        for name, (first, last, number) in self._entities.copy().items():
            if number < _ENOUGH:
                continue
            usual = (last - first) / (number - 1)
            if now - last > max(_LEAST, _TIMES * usual):
                found.append(SilentEntity(name, last, usual))
        return sorted(found, key=lambda one: one.last)
