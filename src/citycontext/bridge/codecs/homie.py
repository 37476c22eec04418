"""Homie, versions 3 and 4: ``homie/{device}/{node}/{property}``, described by retained messages beside it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from citycontext.bridge.codecs.text import read_value
from citycontext.errors import PayloadError

__all__ = ["HomieCodec"]

_KNOWN: Final = 50_000
_READERS: Final[dict[str | None, Callable[[str], Any]]] = {
    "integer": int,
    "float": float,
    "boolean": lambda text: {"true": True, "false": False}[text],
    "percent": float,
}


class HomieCodec:
    """Read values of properties. The document has ``device``, ``node``, ``property``, ``value``, ``unit``, ``name``.

    Descriptions (``$datatype``, ``$unit``, ``$name``) are remembered and give nothing themselves; a device's ``$state``
    is a document with ``state``. Commands (``…/set``) are left alone.

    Args:
        base: The base topic.
    """

    def __init__(self, *, base: str = "homie") -> None:
        self._base = base.rstrip("/") + "/"
        self._known: dict[str, dict[str, str]] = {}

    def decode(self, payload: bytes, topic: str) -> tuple[dict[str, Any], ...]:
        """Read a message.

        Args:
            payload: The value, as text.
            topic: Names the property.

        Returns:
            One document, or none.

        Raises:
            PayloadError: The value is not of its type.
        """
        if not topic.startswith(self._base):
            raise PayloadError(f'the topic is not below "{self._base}"; set the codec\'s option base')
        levels = topic[len(self._base) :].split("/")
        text = payload.decode(errors="replace")
        if levels[-1].startswith("$"):
            if levels[1:] == ["$state"]:
                return ({"device": levels[0], "state": text},)
            if len(levels) == 4:
                if len(self._known) >= _KNOWN:
                    self._known.clear()
                self._known.setdefault("/".join(levels[:3]), {})[levels[3][1:]] = text
            return ()
        if len(levels) != 3 or not text:
            return ()
        device, node, name = levels
        about = self._known.get("/".join(levels), {})
        datatype = about.get("datatype")
        try:
            value = _READERS[datatype](text) if datatype in _READERS else read_value(text)
        except (ValueError, KeyError):
            raise PayloadError(f"{text!r:.60} is no {datatype}, as {topic}/$datatype says") from None
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
