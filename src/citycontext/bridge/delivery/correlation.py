"""Which messages a request to the context broker comes from, as the value of a header."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Final, TypeAlias

from citycontext.bridge.delivery.entity_queues import Update
from citycontext.bridge.message import Message

__all__ = ["Correlate", "correlation_of", "message_id"]

Correlate: TypeAlias = Callable[[Sequence[Update]], str]
"""Takes the updates of a request, gives the value of the header."""

_SAFE: Final = re.compile(r"[A-Za-z0-9._:/+=@-]{1,128}")
_MOST: Final = 20


def correlation_of(place: str, properties: dict[str, str]) -> Correlate:
    """Make the function that names the messages of a request.

    Args:
        place: Tells this bridge from others.
        properties: For each MQTT broker the user property that holds a message's id.

    Returns:
        The function. A request of many messages names the first ones and how many more there are.
    """

    def correlate(updates: Sequence[Update]) -> str:
        messages = [ticket.message for update in updates for ticket in update.tickets]
        names = list(dict.fromkeys(message_id(one, place, properties.get(one.source)) for one in messages[:_MOST]))
        rest = len(messages) - _MOST
        return ", ".join([*names, f"+{rest}"] if rest > 0 else names)

    return correlate


def message_id(message: Message, place: str, name: str | None) -> str:
    """Return the id of a message.

    Args:
        message: The message.
        place: Tells this bridge from others.
        name: The user property that holds it.

    Returns:
        What the property says, where that can stand in a header; else one made of the message's number in the
        journal, which stays the same when it is sent again.
    """
    for key, value in message.properties:
        if key == name and _SAFE.fullmatch(value):
            return value
    return f"{place}:{message.id}"
