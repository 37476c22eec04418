"""Values of environment variables in configuration files: where they would be shown, the variable's name is."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

__all__ = ["masked", "remember"]

_LEAST: Final = 6
"""Shorter values are not secrets, and stand in too many words."""
_ADDRESSES: Final = frozenset({"url", "host", "notify", "path", "file", "ca_file", "name", "client_id"})
"""Keys whose values a person who looks for a fault has to see; tokens in addresses are left out otherwise."""

_known: dict[str, str] = {}


def remember(name: str, value: str, key: str) -> None:
    """Take note of a value that a file has from a variable.

    Args:
        name: The variable.
        value: Its value.
        key: The key it stands at.
    """
    if key not in _ADDRESSES:
        _known[value] = f"${{{name}}}"


def masked(text: str, values: Mapping[str, str] | None = None) -> str:
    """Return a text with each value of a variable replaced by the variable's name, as the file has it.

    Args:
        text: A text that people will see.
        values: Value → what stands in its place; without it all that files of this process have from variables, but
            for addresses.
    """
    found = _known if values is None else values
    for value in sorted(found, key=len, reverse=True):
        if len(value) >= _LEAST and value in text:
            text = text.replace(value, found[value])
    return text
