"""The message of a command: text with places, or a table that becomes JSON."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

import orjson

from citycontext.bridge.mapping.paths import compile_path
from citycontext.bridge.mapping.templates import Template

__all__ = ["Payload", "compile_payload"]

Payload: TypeAlias = Callable[[Mapping[str, str], Any], bytes]
"""Takes captures and document, gives the payload; raises ``LookupError`` where a place has no value."""

_Maker: TypeAlias = Callable[[Mapping[str, str], Any], Any]


def compile_payload(given: Any, captures: tuple[str, ...]) -> Payload:
    """Make the function that writes the payload.

    Args:
        given: As in the configuration.
        captures: The names that the id captures.

    Returns:
        The function. Text is written as it is, all else as JSON.
    """
    make = _maker(given, captures)

    def write(captured: Mapping[str, str], document: Any) -> bytes:
        value = make(captured, document)
        return value.encode() if isinstance(value, str) else orjson.dumps(value)

    return write


def _maker(given: Any, captures: tuple[str, ...]) -> _Maker:
    if isinstance(given, str):
        return _text(given, captures)
    if isinstance(given, dict):
        members = {name: _maker(value, captures) for name, value in given.items()}
        return lambda captured, document: {name: make(captured, document) for name, make in members.items()}
    if isinstance(given, list):
        makers = [_maker(value, captures) for value in given]
        return lambda captured, document: [make(captured, document) for make in makers]
    return lambda captured, document: given


def _text(given: str, captures: tuple[str, ...]) -> _Maker:
    template = Template(given, captures)
    if len(template.paths) != 1 or given != f"{{{template.paths[0]}}}":
        return lambda captured, document: template.fill(captured, document)
    find = compile_path(template.paths[0])

    def typed(captured: Mapping[str, str], document: Any) -> Any:
        value = find(document)
        if value is None:
            raise LookupError(f"{given} has no value in this command")
        return value

    return typed
