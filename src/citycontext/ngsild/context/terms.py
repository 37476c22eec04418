"""What an @context says about one term, and how large a context may be before it is refused."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, NamedTuple

__all__ = ["DEFAULT_LIMITS", "Limits", "Term"]


class Term(NamedTuple):
    """A term's definition, fully expanded (JSON-LD 1.1, 4.2).

    Args:
        iri: What the term stands for; a keyword such as ``@type`` for an alias of one.
        type: Its type coercion: ``@id``, ``@vocab``, ``@json``, ``@none`` or a datatype's IRI.
        containers: Its ``@container`` keywords.
        language: Whether it fixes the language or direction of its strings.
        prefix: Whether it may stand before a colon.
    """

    iri: str
    type: str | None = None
    containers: frozenset[str] = frozenset()
    language: bool = False
    prefix: bool = False

    @property
    def is_keyword(self) -> bool:
        """Whether the term is another name of a JSON-LD keyword."""
        return self.iri.startswith("@")


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
