"""A message as it came from a source, and as the journal keeps it."""

from __future__ import annotations

from dataclasses import dataclass

from citycontext.bridge.claim import Claim, Mark

__all__ = ["Message"]


@dataclass(slots=True)
class Message:
    """One message.

    Args:
        topic: Topic it was published on.
        payload: Its bytes, untouched.
        arrived: Time of arrival, seconds since 1970.
        source: Name of the source it came from.
        qos: Quality of service it was delivered with.
        retained: Whether the broker had kept it from before.
        properties: User properties (MQTT 5) or headers, as they came.
        mark: By what its source acknowledges it; ``None`` where there is nothing to acknowledge, or nothing any more.
        id: Number in the journal; 0 until it is there.
        cut_from: Bytes of the payload before it was cut, if it was too large to be taken.
        intact: Whether it is what was written to the journal, as far as its checksum tells.
    """

    topic: str
    payload: bytes
    arrived: float
    source: str = ""
    qos: int = 0
    retained: bool = False
    properties: tuple[tuple[str, str], ...] = ()
    mark: Mark | None = None
    id: int = 0
    cut_from: int = 0
    intact: bool = True

    @property
    def claim(self) -> Claim | None:
        """The claim by which it is worked on; ``None`` for one that the journal holds: that is ours for good."""
        return None if self.mark is None else self.mark.claim
