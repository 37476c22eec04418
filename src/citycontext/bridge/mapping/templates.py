"""Text with places to fill: ``urn:ngsi-ld:Bin:{device}`` takes a capture of the topic or a path into the message."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any, Final
from urllib.parse import quote

from citycontext.bridge.mapping.euis import read_eui_64
from citycontext.bridge.mapping.paths import Getter, compile_path

__all__ = ["Template"]

_PLACE: Final = re.compile(r"\{([^{}]*)\}")
_PLAIN: Final = re.compile(r"[A-Za-z0-9._~:/@!$&'()*+,;=?#%-]*")


class Template:
    """A text with ``{places}``.

    Args:
        text: The template. ``{name}`` is the topic's capture of that name; anything else in braces is a JMESPath
            expression on the message.
        captures: The names the route's topic captures.
        uri: Whether the result is to be a URI: characters no URI may hold are percent-encoded.
        ids: How names become parts of a URI: 1 as version 0.1 did, which leaves ``%``, ``#`` and ``?`` as they are; 2
            so that each name has a URI of its own that leads back to it, and an EUI-64 one spelling.

    Raises:
        ValueError: A place is empty, a brace is alone, or an expression does not parse.
    """

    def __init__(self, text: str, captures: tuple[str, ...], *, uri: bool = False, ids: int = 1) -> None:
        self.text = text
        self._encode = (_encode if ids == 1 else _encode_reversibly) if uri else None
        self._parts: list[str | tuple[str, Getter | None]] = []
        end = 0
        for place in _PLACE.finditer(text):
            self._add_text(text[end : place.start()])
            name = place[1].strip()
            if not name:
                raise ValueError(f"{text!r} has an empty place {{}}; name a capture of the topic or a path in it")
            self._parts.append((name, None if name in captures else compile_path(name)))
            end = place.end()
        self._add_text(text[end:])
        self.paths: Final = tuple(part[0] for part in self._parts if isinstance(part, tuple) and part[1] is not None)
        self.is_topic_only: Final = not self.paths

    def _add_text(self, text: str) -> None:
        if "{" in text or "}" in text:
            raise ValueError(f"{self.text!r} has a brace without its partner")
        if text:
            self._parts.append(text)

    def fill(self, captures: Mapping[str, str], document: Any) -> str:
        """Fill the places.

        Args:
            captures: What the topic's pattern captured.
            document: The message, decoded.

        Returns:
            The text.

        Raises:
            LookupError: A place has no value, or one that is not text or number; says which place.
        """
        filled = []
        for part in self._parts:
            if isinstance(part, str):
                filled.append(part)
                continue
            name, getter = part
            value = captures[name] if getter is None else getter(document)
            if type(value) is not str:
                if value is None:
                    raise LookupError(f"{{{name}}} in {self.text!r} has no value in this message")
                if type(value) not in (int, float):
                    raise LookupError(f"{{{name}}} in {self.text!r} is {value!r:.60}, which is not text or number")
                value = str(value)
            if not value:
                raise LookupError(f"{{{name}}} in {self.text!r} is empty in this message")
            filled.append(value if self._encode is None else self._encode(value))
        return "".join(filled)

    def __repr__(self) -> str:
        return f"Template({self.text!r})"


@lru_cache(maxsize=10_000)
def _encode(value: str) -> str:
    return value if _PLAIN.fullmatch(value) else quote(value, safe="._~:/@!$&'()*+,;=?#%-")


@lru_cache(maxsize=10_000)
def _encode_reversibly(value: str) -> str:
    return read_eui_64(value) or quote(value, safe="._~:/@!$&'()*+,;=-")
