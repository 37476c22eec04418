"""Zigbee2MQTT: ``zigbee2mqtt/{friendly name}``, flat JSON; availability beside it."""

from __future__ import annotations

from typing import Any, Final, Literal

from citycontext.bridge.codecs.aside import Aside
from citycontext.bridge.codecs.json import read_json
from citycontext.bridge.codecs.other_kind import OtherKind
from citycontext.bridge.codecs.text import read_value

__all__ = ["Zigbee2MqttCodec"]

_COMMANDS: Final = frozenset({"set", "get"})


class Zigbee2MqttCodec:
    """Read states of devices. The document is the state, with ``device`` (the friendly name, which may hold slashes).

    Messages of the bridge itself and commands (``…/set``, ``…/set/{attribute}``) are left alone; availability is a
    document with ``available``.

    Args:
        base: The base topic.
        output: What Zigbee2MQTT publishes, as its own setting of this name: ``json`` leaves topics of single attributes
            alone, ``attribute`` reads each as a document of ``device`` and that attribute.
    """

    def __init__(self, *, base: str = "zigbee2mqtt", output: Literal["json", "attribute"] = "json") -> None:
        if output not in ("json", "attribute"):
            raise ValueError('output is "json" or "attribute"')
        self._output = output
        self._base = base.rstrip("/") + "/"

    def decode(self, payload: bytes, topic: str) -> tuple[dict[str, Any], ...]:
        """Read a message.

        Args:
            payload: The JSON that Zigbee2MQTT publishes.
            topic: Names the device.

        Returns:
            One document, or none.

        Raises:
            PayloadError: The state is not an object, or the topic is not below the base topic.
        """
        if not topic.startswith(self._base):
            raise OtherKind(f'the topic is not below "{self._base}"; set the codec\'s option base')
        name = topic[len(self._base) :]
        if name.startswith("bridge/") or not _COMMANDS.isdisjoint(name.split("/")[1:]) or not payload:
            return ()
        if name.endswith("/availability"):
            state = payload.decode(errors="replace").strip()
            if state.startswith("{"):
                document = read_json(payload)
                state = str(document.get("state", ""))
            return (Aside({"device": name.removesuffix("/availability"), "available": state == "online"}),)
        if payload.lstrip()[:1] != b"{" and "/" in name:
            return self._attribute(name, payload)
        document = read_json(payload)
        if not isinstance(document, dict):
            raise OtherKind("the state of a device is an object")
        return ({**document, "device": name},)

    def _attribute(self, name: str, payload: bytes) -> tuple[dict[str, Any], ...]:
        """Read the topic of a single attribute, which stands below that of its device."""
        if self._output == "json":
            return ()
        device, _, attribute = name.rpartition("/")
        return ({attribute: read_value(payload.decode(errors="replace")), "device": device},)
