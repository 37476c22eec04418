"""Persistent identifiers: URNs as addresses under a place of the city's own, and back."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import quote, unquote

from citycontext.errors import ConfigurationError
from citycontext.oslo.graph import Graph, Literal, Term

__all__ = ["CONCEPTS", "PersistentIds"]

CONCEPTS: Final = "concept/"
"""Where under the place concepts are minted; what stands there is no id."""
_NGSI: Final = re.compile(r"urn:ngsi-ld:([A-Za-z][A-Za-z0-9_-]*):(.+)", re.DOTALL)
_OTHER: Final = "urn"
_KEPT: Final = "/#:@!$&'()*+,;=-._~"
_OWN: Final = frozenset(("id", "type", "scope", "@context"))
_TARGETS: Final = frozenset(("object", "objectList", "previousObject", "previousObjectList"))
_VALUES: Final = frozenset(("value", "json", "languageMap", "vocab", "valueList", "datasetId"))
_PLACE: Final = re.compile(r"https?://[^\s<>\"{}|\\^`?#]+[/]")


@dataclass(frozen=True, slots=True)
class PersistentIds:
    """Addresses in place of URNs: ``urn:ngsi-ld:Device:gent:1`` is ``<base>Device/gent:1``.

    The same URN always gets the same address, and the address leads back to it.

    Args:
        base: The place, which ends with a slash.

    Raises:
        ConfigurationError: It is not an address that ends with a slash.
    """

    base: str

    def __post_init__(self) -> None:
        if not _PLACE.fullmatch(self.base):
            raise ConfigurationError(
                f"{self.base!r} cannot be the base of ids.",
                cure="Give an address that ends with /, e.g. https://data.stad.example/id/.",
            )

    def address(self, urn: str) -> str:
        """Return the address of a URN; anything else stays what it is.

        Args:
            urn: An IRI.
        """
        if not urn.startswith("urn:"):
            return urn
        found = _NGSI.fullmatch(urn)
        if found is None or f"{found[1]}/" == CONCEPTS or found[1] == _OTHER:
            return f"{self.base}{_OTHER}/{quote(urn.removeprefix('urn:'), safe=_KEPT)}"
        return f"{self.base}{found[1]}/{quote(found[2], safe=_KEPT)}"

    def urn(self, address: str) -> str:
        """Return the URN of an address; anything else stays what it is.

        Args:
            address: An IRI.
        """
        path = address.removeprefix(self.base)
        if path == address or path.startswith(CONCEPTS):
            return address
        kind, slash, rest = path.partition("/")
        urn = f"urn:{unquote(rest)}" if kind == _OTHER else f"urn:ngsi-ld:{kind}:{unquote(rest)}"
        # An address that this would not have made, such as that of another system, is left alone.
        return urn if slash and rest and self.address(urn) == address else address

    def addressed_entity(self, wire: Mapping[str, Any]) -> dict[str, Any]:
        """Return an entity with addresses in place of the URNs that are its id and the targets of relationships.

        .. versionadded:: 0.2

        Args:
            wire: The entity, normalized or concise.
        """
        return _with_ids(wire, self.address)

    def named_entity(self, wire: Mapping[str, Any]) -> dict[str, Any]:
        """Return an entity with URNs in place of the addresses that stand for them.

        .. versionadded:: 0.2

        Args:
            wire: The entity, normalized or concise.
        """
        return _with_ids(wire, self.urn)

    def addressed(self, graph: Graph) -> Graph:
        """Return a graph with addresses in place of URNs.

        Args:
            graph: The graph.
        """
        made = Graph(blanks=graph.blanks)
        for subject, predicate, value in graph:
            made.add(self.address(subject), predicate, value if isinstance(value, Literal) else self.address(value))
        return made

    def named(self, graph: Graph) -> Graph:
        """Return a graph with URNs in place of the addresses that stand for them.

        Args:
            graph: The graph.
        """

        def here(term: Term) -> Term:
            return term if isinstance(term, Literal) else self.urn(term)

        made = Graph(blanks=graph.blanks)
        for subject, predicate, value in graph:
            made.add(self.urn(subject), predicate, here(value))
        return made


def _with_ids(wire: Mapping[str, Any], way: Callable[[str], str]) -> dict[str, Any]:
    made = {name: one if name in _OWN else _attribute(one, way) for name, one in wire.items()}
    made["id"] = way(wire["id"])
    return made


def _attribute(said: Any, way: Callable[[str], str]) -> Any:
    """Return an attribute, its instances or its parts with other targets; what is not a relationship stays as it is."""
    if isinstance(said, list):
        return [_attribute(one, way) for one in said]
    if not isinstance(said, dict):
        return said
    return {
        name: _targets(one, way) if name in _TARGETS else one if name in _VALUES else _attribute(one, way)
        for name, one in said.items()
    }


def _targets(said: Any, way: Callable[[str], str]) -> Any:
    if isinstance(said, list):
        return [_targets(one, way) for one in said]
    if isinstance(said, dict):  # of a list of relationships
        return {name: _targets(one, way) if name == "object" else one for name, one in said.items()}
    return way(said) if isinstance(said, str) else said
