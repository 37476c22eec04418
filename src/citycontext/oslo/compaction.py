"""Compaction of JSON-LD with contexts as ours are: terms with at most a type, and prefixes (JSON-LD 1.1 API, 6).

A processor looks through all terms for every name. Here each name is looked up once; what comes out is what a
processor gives, and the context holds only what was used.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

__all__ = ["Compactor", "is_flat"]

_PARTS: Final = frozenset({"@id", "@type", "@prefix"})
_PREFIX_ENDS: Final = tuple(":/?#[]@")


def is_flat(context: Any) -> bool:
    """Return whether a context is one of terms and prefixes alone, which ``Compactor`` takes.

    Args:
        context: What stands at ``@context``.
    """
    if not isinstance(context, Mapping):
        return False
    for term, definition in context.items():
        if term == "@version":
            continue
        parts = {"@id": definition} if isinstance(definition, str) else definition
        if term.startswith("@") or ":" in term or not isinstance(parts, Mapping) or not set(parts) <= _PARTS:
            return False
        kind = parts.get("@type", "@id")
        if "://" not in str(parts.get("@id")) or not isinstance(kind, str) or not (kind == "@id" or "://" in kind):
            return False
    return True


class Compactor:
    """Writes expanded nodes with the terms of a context.

    Args:
        context: A flat context.
    """

    def __init__(self, context: Mapping[str, Any]) -> None:
        self._given = context
        self._terms: dict[str, dict[str, str]] = {}  # IRI → type, or "" for none → term
        self._types: dict[str, str] = {}
        self._prefixes: list[tuple[str, str]] = []
        self._used: set[str] = set()
        self._beginnings: tuple[str, ...] = ()
        for term in sorted(context, key=lambda one: (len(one), one)):
            definition = context[term]
            if term == "@version":
                continue
            parts = {"@id": definition} if isinstance(definition, str) else definition
            address, kind = parts["@id"], parts.get("@type", "")
            self._terms.setdefault(address, {}).setdefault(kind, term)
            self._types[term] = kind
            simple = isinstance(definition, str) and address.endswith(_PREFIX_ENDS)
            if parts.get("@prefix", simple):
                self._prefixes.append((term, address))
        self._beginnings = tuple(beginning for _, beginning in self._prefixes)

    @property
    def context(self) -> dict[str, Any]:
        """The terms and prefixes that were used, in the order of the whole context."""
        return {term: said for term, said in self._given.items() if term in self._used or term == "@version"}

    def node(self, said: Mapping[str, Any]) -> dict[str, Any]:
        """Write a node.

        Args:
            said: The node, expanded; values are lists.
        """
        written: dict[str, Any] = {}
        for name in sorted(said):
            values = said[name]
            if name == "@id":
                written[name] = self._short(values)
            elif name == "@type":
                written[name] = [self._name(one) for one in values] if len(values) != 1 else self._name(values[0])
            elif ":" in name:
                for value in values:
                    self._add(written, name, value)
        return written

    def _add(self, written: dict[str, Any], name: str, value: Mapping[str, Any]) -> None:
        known = self._terms.get(name, {})
        wanted = value.get("@type", "") if "@value" in value else "@id"
        term = known.get(wanted) or known.get("")
        if term is None:
            term = self._short(name)
        else:
            self._used.add(term)
        shown = self._value(value, self._types.get(term, ""))
        if term not in written:
            written[term] = shown
        elif isinstance(written[term], list):
            written[term].append(shown)
        else:
            written[term] = [written[term], shown]

    def _value(self, value: Mapping[str, Any], kind: str) -> Any:
        if "@value" not in value:
            if len(value) == 1 and "@id" in value:
                address = self._short(value["@id"])
                return address if kind == "@id" else {"@id": address}
            return self.node(value)
        if "@language" in value:
            return {"@language": value["@language"].lower(), "@value": value["@value"]}
        if "@type" in value and value["@type"] != kind:
            return {"@type": self._name(value["@type"]), "@value": value["@value"]}
        return value["@value"]

    def _name(self, address: str) -> str:
        """Return the term or the short name of a class or datatype."""
        term = self._terms.get(address, {}).get("")
        if term is None:
            return self._short(address)
        self._used.add(term)
        return term

    def _short(self, address: str) -> str:
        """Return an address with a prefix, where there is one for it."""
        if not address.startswith(self._beginnings):
            return address
        best = ""
        through = ""
        for prefix, beginning in self._prefixes:
            if address.startswith(beginning) and len(address) > len(beginning):
                name = f"{prefix}:{address[len(beginning) :]}"
                if not best or (len(name), name) < (len(best), best):
                    best, through = name, prefix
        if not best:
            return address
        self._used.add(through)
        return best
