"""Names that hold signs of the query language: written percent-encoded, so that every type can be asked for.

The grammars of 4.9 and 4.17 end an IRI at their own signs, though an IRI may hold most of them. It is our rule that in
a query such a sign may stand as ``%28`` (in an address encoded once more, ``%2528``), and a percent sign as ``%25``.
"""

from __future__ import annotations

import re
from typing import Final

from citycontext.ngsild.names import is_attribute_name

__all__ = ["is_whole_name", "read_name"]

_SIGNS: Final = frozenset(";|,()[]{}=!<>~%.&")
_WRITTEN: Final = re.compile(r"%([0-9A-Fa-f]{2})")
_GRAMMAR: Final = re.compile(r"[;|,()\[\]{}=!<>~]")


def read_name(text: str) -> str:
    """Return the name that a text in a query stands for: an IRI's encoded signs of the grammar are decoded."""
    if ":" not in text or "%" not in text:
        return text
    return _WRITTEN.sub(lambda found: sign if (sign := chr(int(found[1], 16))) in _SIGNS else found[0], text)


def is_whole_name(text: str) -> bool:
    """Return whether a type selection may be one IRI that holds signs of the grammar, written as it is."""
    return ":" in text and _GRAMMAR.search(text) is not None and is_attribute_name(text)
