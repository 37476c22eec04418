"""What an @context says about one term."""

from __future__ import annotations

from typing import NamedTuple

__all__ = ["Term"]


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
