"""How large an @context may be before it is refused."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

__all__ = ["DEFAULT_LIMITS", "Limits"]


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds that keep the cost of a hostile @context small.

    Args:
        size: Bytes of one document.
        documents: Documents that one @context may bring in, each time counted.
        depth: How deep contexts may include each other.
        terms: Definitions read in all, repeated ones counted again.
        length: Characters of one IRI.
    """

    size: int = 4 * 1024 * 1024
    documents: int = 64
    depth: int = 8
    terms: int = 50_000
    length: int = 2_048


DEFAULT_LIMITS: Final = Limits()
"""Room for the largest contexts in public use, several times over."""
