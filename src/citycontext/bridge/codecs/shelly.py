"""Shelly, second generation and later: notifications and component states."""

from __future__ import annotations

import re
from typing import Any, Final, Literal

from citycontext.bridge.codecs.aside import Aside
from citycontext.bridge.codecs.json import read_json
from citycontext.bridge.codecs.other_kind import OtherKind
from citycontext.errors import PayloadError

__all__ = ["ShellyCodec"]

_OTHER: Final = re.compile(r"/(?:command|debug)(?:/|$)")
_METHODS: Final = frozenset({"NotifyStatus", "NotifyFullStatus", "NotifyEvent"})


class ShellyCodec:
    """Read states. The document has ``device``, ``time`` (seconds since 1970), and a member for each component.

    A message says only what changed: ``"switch:0".apower``, ``"temperature:0".tC``. A route with this codec has
    ``overlay`` of itself, so an attribute may take parts from several messages, and one that says nothing of it writes
    nothing. Messages: ``{prefix}/events/rpc``, ``{prefix}/status/{component}`` and ``{prefix}/online``. Commands
    (``{prefix}/rpc``, ``{prefix}/command``) and logs are left alone. ``{prefix}/online`` is a document with ``online``;
    an event, such as a button that was pushed, is one with ``event``: ``event.component`` is ``input:0``,
    ``event.event`` ``single_push``.

    Args:
        device: What a notification's ``device`` is: ``source`` is the name that the device gives itself, ``topic`` its
            topic prefix, which is that of its states too. They differ where the prefix was set.
    """

    def __init__(self, *, device: Literal["source", "topic"] = "source") -> None:
        if device not in ("source", "topic"):
            raise ValueError('device is "source" or "topic"')
        self._takes_topic = device == "topic"

    def decode(self, payload: bytes, topic: str) -> tuple[dict[str, Any], ...]:
        """Read a message.

        Args:
            payload: What the device publishes.
            topic: Names the device and what it is.

        Returns:
            One document, or none where the message says nothing of the state.

        Raises:
            PayloadError: It is not a message of a Shelly.
        """
        if topic.endswith("/online"):
            return (Aside({"device": topic.removesuffix("/online"), "online": payload.strip() == b"true"}),)
        prefix, found, component = topic.rpartition("/status/")
        if not found and _OTHER.search(topic):
            return ()
        message = read_json(payload)
        if not isinstance(message, dict):
            raise OtherKind("a message of a Shelly is an object")
        if found:
            return ({component: message, "device": prefix, "time": None},)
        method = message.get("method")
        if not isinstance(method, str) or method not in _METHODS:
            return ()
        if method == "NotifyEvent":
            return self._events(message, topic)
        params = message.get("params")
        if not isinstance(params, dict) or not isinstance(message.get("src"), str):
            raise PayloadError("a notification of a Shelly has src and params")
        changes = {name: value for name, value in params.items() if isinstance(value, dict)}
        return ({**changes, "device": self._device(message, topic), "time": params.get("ts")},)

    def _device(self, message: dict[str, Any], topic: str) -> Any:
        prefix, found, _ = topic.rpartition("/events/rpc")
        return prefix if found and self._takes_topic else message.get("src")

    def _events(self, message: dict[str, Any], topic: str) -> tuple[dict[str, Any], ...]:
        params = message.get("params")
        events = params.get("events") if isinstance(params, dict) else None
        if not isinstance(events, list):
            return ()
        device = self._device(message, topic)
        at = params.get("ts") if isinstance(params, dict) else None
        return tuple(
            Aside({"device": device, "time": one.get("ts", at), "event": one})
            for one in events
            if isinstance(one, dict)
        )
