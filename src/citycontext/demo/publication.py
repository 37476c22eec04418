"""What a feeder publishes."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Publication"]


@dataclass(frozen=True, slots=True)
class Publication:
    """One MQTT message and when it is due.

    Args:
        due: Seconds after the feeders started.
        topic: Its topic.
        payload: Its payload.
    """

    due: float
    topic: str
    payload: bytes
