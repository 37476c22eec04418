"""The addresses that Relationships lead to, as a graph can have them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from citycontext.ngsild.names import is_uri

__all__ = ["comes_back_in_order", "is_iri", "targets_of"]

_FORBIDDEN: Final = frozenset('<>"{}|^`\\ \n\r\t')


def is_iri(text: str) -> bool:
    """Return whether a text can stand as an IRI in a graph.

    Args:
        text: The text.
    """
    return is_uri(text) and not _FORBIDDEN & set(text)


def targets_of(instance: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the addresses that a Relationship leads to; none where it is not a Relationship, or leads elsewhere too.

    Args:
        instance: The attribute instance in normalized form.
    """
    named = instance.get("object")
    targets = named if isinstance(named, list) else [named]
    addresses = tuple(one for one in targets if isinstance(one, str) and is_iri(one))
    return addresses if instance.get("type") == "Relationship" and len(addresses) == len(targets) else ()


def comes_back_in_order(instance: Mapping[str, Any]) -> bool:
    """Return whether triples keep the order of a Relationship's targets: triples have no order, and no list of one.

    Args:
        instance: The attribute instance in normalized form.
    """
    named = instance.get("object")
    return not isinstance(named, list) or (len(named) > 1 and named == sorted(set(named)))
