"""What the profiles oblige measurements of traffic, and what they are of, to say."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from citycontext.oslo.graph import Graph
from citycontext.oslo.vocabulary import iri

__all__ = ["unsaid"]

_OBLIGED: Final = {
    **dict.fromkeys(
        map(iri, ("vm:Verkeersmeting", "im:Verkeerstelling", "im:Verkeerssnelheidsmeting")), iri("sosa:madeBySensor")
    ),
    **dict.fromkeys(map(iri, ("vm:Verkeersmeetpunt", "vm:Verkeersmeettraject")), iri("vm:bemonsterdObject")),
    iri("vm:Verkeersmetingverzameling"): iri("vm:heeftLid"),
    iri("sosa:Sample"): iri("sosa:isSampleOf"),
}
"""Class → a predicate that its application profile obliges, and that an entity may lack."""


def unsaid(graph: Graph, node: str) -> Iterator[tuple[str, str]]:
    """Return what a node does not say though its classes oblige it to.

    Args:
        graph: The graph.
        node: The node.

    Yields:
        The class, and the predicate.
    """
    for kind in graph.types(node):
        predicate = _OBLIGED.get(kind)
        if predicate is not None and not graph.values(node, predicate):
            yield kind, predicate
