"""Shelly, second generation and later: notifications and component states, laid over what was known before."""

from __future__ import annotations

from typing import Any, Final

from citycontext.bridge.codecs.json import read_json
from citycontext.errors import PayloadError

__all__ = ["ShellyCodec"]

_METHODS: Final = frozenset({"NotifyStatus", "NotifyFullStatus"})
_KNOWN_DEVICES: Final = 10_000


class ShellyCodec:
    """Read states. The document has ``device``, ``time`` (seconds since 1970), and a member for each component.

    A message says only what changed; the document has the whole state as far as it was seen since the bridge started:
    ``"switch:0".apower``, ``"temperature:0".tC``. Messages: ``{prefix}/events/rpc``, ``{prefix}/status/{component}``
    and ``{prefix}/online``. Commands (``{prefix}/rpc``) are left alone.

    Args:
        overlay: Whether earlier values of the same device are kept in the document.
    """

    def __init__(self, *, overlay: bool = True) -> None:
        self._overlay = overlay
        self._states: dict[str, dict[str, Any]] = {}

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
            return (self._merge(prefix, None, {component: message}),)
        method = message.get("method")
        if not isinstance(method, str) or method not in _METHODS:
            return ()
        params = message.get("params")
        if not isinstance(params, dict) or not isinstance(message.get("src"), str):
            raise PayloadError("a notification of a Shelly has src and params")
        changes = {name: value for name, value in params.items() if isinstance(value, dict)}
        return (self._merge(message["src"], params.get("ts"), changes),)

    def _merge(self, device: str, time: Any, changes: dict[str, Any]) -> dict[str, Any]:
        if not self._overlay:
            return {**changes, "device": device, "time": time}
        if device not in self._states and len(self._states) >= _KNOWN_DEVICES:
            self._states.clear()
        state = self._states.setdefault(device, {})
        for component, values in changes.items():
            known = state.get(component)
            state[component] = {**known, **values} if isinstance(known, dict) else values
        return {**state, "device": device, "time": time}
