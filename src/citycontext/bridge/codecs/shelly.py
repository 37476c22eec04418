"""Shelly, second generation and later: notifications and component states."""

from __future__ import annotations

from typing import Any, Final

from citycontext.bridge.codecs.json import read_json
from citycontext.errors import PayloadError

__all__ = ["ShellyCodec"]

_METHODS: Final = frozenset({"NotifyStatus", "NotifyFullStatus"})


class ShellyCodec:
    """Read states. The document has ``device``, ``time`` (seconds since 1970), and a member for each component.

    A message says only what changed: ``"switch:0".apower``, ``"temperature:0".tC``. A route with this codec has
    ``overlay`` of itself, so an attribute may take parts from several messages, and one that says nothing of it writes
    nothing. Messages: ``{prefix}/events/rpc``, ``{prefix}/status/{component}`` and ``{prefix}/online``. Commands
    (``{prefix}/rpc``) are left alone.
    """

    def decode(self, payload: bytes, topic: str) -> tuple[dict[str, Any], ...]:
        """Read a message.

        Args:
            payload: What the device publishes.
            topic: Names the device and what it is.

        Returns:
            One document, or none where the message says nothing of the state.

        Raises:
            PayloadError: It is no message of a Shelly.
        """
        if topic.endswith("/online"):
            return ({"device": topic.removesuffix("/online"), "online": payload.strip() == b"true"},)
        prefix, found, component = topic.rpartition("/status/")
        message = read_json(payload)
        if not isinstance(message, dict):
            raise PayloadError("a message of a Shelly is an object")
        if found:
            return ({component: message, "device": prefix, "time": None},)
        method = message.get("method")
        if not isinstance(method, str) or method not in _METHODS:
            return ()
        params = message.get("params")
        if not isinstance(params, dict) or not isinstance(message.get("src"), str):
            raise PayloadError("a notification of a Shelly has src and params")
        changes = {name: value for name, value in params.items() if isinstance(value, dict)}
        return ({**changes, "device": message["src"], "time": params.get("ts")},)
