"""What became of the demo's messages."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

__all__ = ["DemoCounts", "DemoReport"]


@dataclass(frozen=True, slots=True)
class DemoCounts:
    """How far the messages are, while the demo runs.

    Args:
        published: Given to the MQTT broker.
        received: Taken over by the bridge.
        delivered: Confirmed by the context broker.
        dead_letters: Put aside, with a reason.
    """

    published: int
    received: int
    delivered: int
    dead_letters: int

    @property
    def under_way(self) -> int:
        """Messages that are neither delivered nor dead letters yet."""
        return max(0, self.published - self.delivered - self.dead_letters)


@dataclass(frozen=True, slots=True)
class DemoReport:
    """What became of the messages, when the demo has ended.

    Args:
        published: Messages given to the MQTT broker.
        received: Messages taken over by the bridge.
        delivered: Updates that the context broker holds, as it says itself; confirmed by it, where it keeps not all.
        dead_letters: Messages put aside, with a reason.
        entities: Entities that the context broker holds.
        entity_types: Their types.
        seconds: From the first message until the last was delivered.
    """

    published: int
    received: int
    delivered: int
    dead_letters: int
    entities: int
    entity_types: tuple[str, ...]
    seconds: float

    @property
    def lost(self) -> int:
        """Messages that are nowhere."""
        return self.published - self.delivered - self.dead_letters

    @property
    def updates_per_second(self) -> float:
        """Updates delivered in a second."""
        return round(self.delivered / self.seconds, 1)

    def to_dict(self) -> dict[str, Any]:
        """Return the report as ``citycontext demo -o json`` prints it."""
        report = asdict(self) | {"lost": self.lost, "updates_per_second": self.updates_per_second}
        names = ("published", "received", "delivered", "dead_letters", "lost", "entities", "entity_types")
        return {name: report[name] for name in (*names, "updates_per_second")}

    def sentence(self) -> str:
        """Return the report as a sentence."""
        return (
            f"{self.published:,} published, {self.received:,} received, {self.delivered:,} delivered, "
            f"{_count(self.dead_letters, 'dead letter')}, {self.lost} lost; "
            f"{_count(self.entities, 'entity', 'entities')} of {_count(len(self.entity_types), 'type')}, "
            f"{self.updates_per_second:g} updates a second."
        )


def _count(number: int, one: str, more: str = "") -> str:
    """Return a number of things, one of them in the singular."""
    return f"{number:,} {one if number == 1 else more or f'{one}s'}"
