"""A message as it came from MQTT, and as the journal keeps it."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Message"]


@dataclass(slots=True)
class Message:
    """One message.

    Args:
        topic: Topic it was published on.
        payload: Its bytes, untouched.
        arrived: Time of arrival, seconds since 1970.
        source: Name of the MQTT broker it came from.
        qos: Quality of service it was delivered with.
        retained: Whether the broker had kept it from before.
        properties: User properties (MQTT 5), as they came.
        mid: Packet identifier, to acknowledge it; 0 where there is nothing to acknowledge.
        session: Which connection it came by: an acknowledgement is good only on that one.
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
    mid: int = 0
    session: int = 0
    id: int = 0
    cut_from: int = 0
    intact: bool = True
