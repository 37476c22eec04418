"""Homie, versions 3 to 5: ``homie/{device}/{node}/{property}``, described by retained messages beside it."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from typing import Any, Final

from citycontext.bridge.codecs.aside import Aside
from citycontext.bridge.codecs.json import read_json
from citycontext.bridge.codecs.other_kind import OtherKind
from citycontext.bridge.codecs.text import read_value
from citycontext.errors import PayloadError

__all__ = ["HomieCodec"]

_KNOWN_DEVICES: Final = 10_000
_MOST_PROPERTIES: Final = 1_000
_VERSION_5: Final = "5"
_READERS: Final[dict[str | None, Callable[[str], Any]]] = {
    "integer": int,
    "float": float,
    "boolean": lambda text: {"true": True, "false": False}[text],
    "percent": float,
    "string": str,
    "enum": str,
    "json": lambda text: read_json(text.encode()),
}

_About = dict[str, str | None]


class HomieCodec:
    """Read values of properties. The document has ``device``, ``node``, ``property``, ``value``, ``unit``, ``name``.

    Descriptions are remembered and give no document: ``$datatype``, ``$unit`` and ``$name`` of Homie 3 and 4, and
    ``$description`` of Homie 5, whose topics have the level ``5`` below the base. A device's ``$state`` is a document
    with ``state``. Other levels that begin with ``$`` and commands (``…/set``) are left alone.

    Args:
        base: The base topic, with or without the level of Homie 5.
    """

    def __init__(self, *, base: str = "homie") -> None:
        self._base = base.rstrip("/") + "/"
        self._known: OrderedDict[str, dict[tuple[str, str], _About]] = OrderedDict()

    def decode(self, payload: bytes, topic: str) -> tuple[dict[str, Any], ...]:
        """Read a message.

        Args:
            payload: The value, as text.
            topic: The names of device, node and property.

        Returns:
            One document, or none.

        Raises:
            PayloadError: The value is not of its type, or a description is not JSON.
        """
        if not topic.startswith(self._base):
            raise OtherKind(f'the topic is not below "{self._base}"; set the codec\'s option base')
        levels = _levels(topic[len(self._base) :])
        # A byte of zero is Homie's empty text; nothing at all takes a topic away.
        is_empty_text = payload == b"\0"
        text = "" if is_empty_text else payload.decode(errors="replace")
        if any(level.startswith("$") for level in levels):
            return self._described(levels, text, payload)
        if len(levels) != 3 or not (text or is_empty_text):
            return ()
        device, node, name = levels
        about = self._known.get(device, {}).get((node, name), {})
        datatype = about.get("datatype")
        try:
            value = _READERS[datatype](text) if datatype in _READERS else read_value(text)
        except (ValueError, KeyError):
            raise PayloadError(
                f"{text!r:.60} is not of the type {datatype}, which {topic} is described to have"
            ) from None
        return (
            {
                "device": device,
                "node": node,
                "property": name,
                "value": value,
                "unit": about.get("unit"),
                "name": about.get("name"),
            },
        )

    def _described(self, levels: list[str], text: str, payload: bytes) -> tuple[dict[str, Any], ...]:
        if levels[1:] == ["$state"]:
            return (Aside({"device": levels[0], "state": text}),)
        if levels[1:] == ["$description"] and text:
            self._remember(levels[0], replace=True).update(_properties(read_json(payload)))
        elif len(levels) == 4 and levels[3].startswith("$") and not any(level.startswith("$") for level in levels[:3]):
            known = self._remember(levels[0], replace=False)
            if len(known) < _MOST_PROPERTIES or (levels[1], levels[2]) in known:
                known.setdefault((levels[1], levels[2]), {})[levels[3][1:]] = text
        return ()

    def _remember(self, device: str, *, replace: bool) -> dict[tuple[str, str], _About]:
        known = {} if replace else self._known.get(device, {})
        self._known[device] = known
        self._known.move_to_end(device)
        if len(self._known) > _KNOWN_DEVICES:
            self._known.popitem(last=False)
        return known


def _levels(path: str) -> list[str]:
    levels = path.split("/")
    if levels[0] != _VERSION_5:
        return levels
    # A device of Homie 4 may be called "5" too: its values have three levels, its descriptions other names.
    has_value = len(levels) >= 4 and not any(level.startswith("$") for level in levels[:4]) and levels[3] != "set"
    is_of_device = len(levels) == 3 and levels[2] in ("$state", "$description", "$log", "$alert")
    is_target = len(levels) == 5 and levels[4].startswith("$")
    return levels[1:] if has_value or is_of_device or is_target else levels


def _properties(description: Any) -> dict[tuple[str, str], _About]:
    found: dict[tuple[str, str], _About] = {}
    nodes = description.get("nodes") if isinstance(description, dict) else None
    for node, about_node in nodes.items() if isinstance(nodes, dict) else ():
        properties = about_node.get("properties") if isinstance(about_node, dict) else None
        for name, about in properties.items() if isinstance(properties, dict) else ():
            if isinstance(about, dict) and len(found) < _MOST_PROPERTIES:
                members = ((member, about.get(member)) for member in ("datatype", "unit", "name"))
                found[node, name] = {member: text for member, text in members if isinstance(text, str)}
    return found
