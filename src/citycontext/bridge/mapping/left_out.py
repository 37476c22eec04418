"""Values that were wrong and left out (``wrong = "leave-out"``), so that the good ones of a message are written."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from citycontext.bridge.message import Message
from citycontext.foreign_text import printable

__all__ = ["LeftOut", "LeftOutCounts", "LeftOutValue"]

_SAMPLE_BYTES: Final = 2_000
_SAMPLE_LENGTH: Final = 300


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A value of one message that was left out.

    Args:
        attribute: The attribute that it was for.
        reason: What was wrong, in words for a person.
    """

    attribute: str
    reason: str


@dataclass(slots=True)
class LeftOutValue:
    """What was left out of one attribute since the start.

    Args:
        attribute: The attribute.
        count: How many values.
        reason: What was wrong with the newest.
        topic: The topic of the newest message.
        sample: The start of its payload.
        last: When it arrived, seconds since 1970.
    """

    attribute: str
    count: int = 0
    reason: str = ""
    topic: str = ""
    sample: str = ""
    last: float = 0.0


class LeftOutCounts:
    """Counts what a route leaves out, by attribute, and keeps the newest message of each as a sample."""

    def __init__(self) -> None:
        self._values: dict[str, LeftOutValue] = {}

    def add(self, message: Message, left_out: list[LeftOut]) -> None:
        """Count the values left out of a message.

        Args:
            message: The message.
            left_out: The values.
        """
        for one in left_out:
            value = self._values.setdefault(one.attribute, LeftOutValue(one.attribute))
            value.count += 1
            value.reason = one.reason
            value.topic = message.topic
            value.sample = printable(message.payload[:_SAMPLE_BYTES].decode(errors="replace"), _SAMPLE_LENGTH)
            value.last = message.arrived

    @property
    def total(self) -> int:
        """How many values were left out."""
        return sum(value.count for value in self._values.copy().values())

    def values(self) -> list[LeftOutValue]:
        """Return what was left out, by attribute, the most frequent first."""
        return sorted(self._values.copy().values(), key=lambda value: -value.count)
