"""Names and identifiers: what the grammar allows, and camelCase ↔ snake_case."""

from __future__ import annotations

import keyword
import re
from functools import lru_cache
from typing import Final

__all__ = ["entity_urn", "is_attribute_name", "is_uri", "to_camel", "to_snake"]

_NAME: Final = re.compile(r"(?:[^\W_][\w.\-]*:)?[^\W\d_]\w*")
# What no URI and no IRI may hold (RFC 3987, 2.2): blanks, controls, delimiters, halves of pairs, specials.
_NEVER: Final = r"\s\x00-\x20\x7f-\x9f<>\"{}|\\^`\ud800-\udfff\ufff0-\uffff"
_URI: Final = re.compile(rf"[A-Za-z][A-Za-z0-9+.\-]*:[^{_NEVER}]+")
_ABSOLUTE_NAME: Final = re.compile(r"(?:https?://|urn:|ngsi-ld:default-context/)[^\s<>\"{}|\\^`]+")
_URN_PART: Final = re.compile(r"[^\s<>\"{}|\\^`:]+")
_HUMP: Final = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")


@lru_cache(maxsize=8192)
def is_attribute_name(text: str) -> bool:
    """Return whether a text may name an attribute or entity type (CIM 009, 4.6.2).

    Args:
        text: A short name (a letter, then letters, digits and ``_``), ``prefix:name``, or a full IRI.
    """
    return _NAME.fullmatch(text) is not None or _ABSOLUTE_NAME.fullmatch(text) is not None


def is_uri(text: str) -> bool:
    """Return whether a text is an absolute URI: a scheme, a colon, and no blank (RFC 3986).

    Args:
        text: The text to look at.
    """
    return _URI.fullmatch(text) is not None


def entity_urn(type_name: str, *local: str) -> str:
    """Build ``urn:ngsi-ld:<Type>:<local>``, the form of identifier that CIM 009 recommends (A.3).

    Args:
        type_name: The entity type's short name.
        local: One or more parts that tell the entity apart, e.g. ``"gent", "loop"``.

    Returns:
        The URN.

    Raises:
        ValueError: A part is empty or has a character that no URI may carry.
    """
    for part in (type_name, *local):
        if _URN_PART.fullmatch(part) is None:
            raise ValueError(f"{part!r} cannot be a part of a URN: use letters, digits, '-', '.' or '_'")
    if not local:
        raise ValueError("a URN needs at least one part after the type")
    return ":".join(("urn:ngsi-ld", type_name, *local))


@lru_cache(maxsize=8192)
def to_camel(name: str) -> str:
    """Turn a Python name into the wire name it stands for: ``available_spot_number`` → ``availableSpotNumber``.

    Args:
        name: A snake_case name; a trailing ``_`` (put there for a Python keyword) is dropped.
    """
    head, *rest = name.rstrip("_").split("_")
    return head + "".join(part[:1].upper() + part[1:] for part in rest)


@lru_cache(maxsize=8192)
def to_snake(name: str) -> str:
    """Turn a wire name into a Python name: ``availableSpotNumber`` → ``available_spot_number``, ``as`` → ``as_``.

    Args:
        name: A wire name; characters that no Python name may have become ``_``.
    """
    snake = re.sub(r"\W", "_", _HUMP.sub("_", name)).lower()
    if not snake or snake[0].isdigit():
        snake = f"_{snake}"
    return f"{snake}_" if keyword.iskeyword(snake) else snake
