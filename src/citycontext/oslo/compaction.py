"""Compaction of JSON-LD with contexts as ours are: terms with at most a type, and prefixes (JSON-LD 1.1 API, 6).

A processor looks through all terms for every name. Here each name is looked up once; what comes out is what a
processor gives, and the context holds only what was used.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Set
from typing import Any, Final

from citycontext.oslo.graph import Graph, Literal, Statements, Term
from citycontext.oslo.vocabulary import RDF_TYPE, XSD

__all__ = ["Compactor", "blanks_inside", "is_flat", "json_value"]

_PARTS: Final = frozenset({"@id", "@type", "@prefix"})
_PREFIX_ENDS: Final = tuple(":/?#[]@")
_MOST_KNOWN: Final = 4096
_SAFE_INTEGER: Final = 2**53
_INTEGER: Final = re.compile(r"0|-?[1-9]\d{0,15}")
_STRING: Final = XSD + "string"
_BOOLEAN: Final = XSD + "boolean"
_WHOLE: Final = XSD + "integer"


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
        self._terms_of: dict[tuple[str, str], tuple[str, str]] = {}  # what was asked for, with its answer
        self._names: dict[str, str] = {}
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

    def nodes(self, graph: Graph) -> list[dict[str, Any]]:
        """Write the nodes of a graph; a blank one stands where it is named, if that is one place only.

        Args:
            graph: The graph.
        """
        said = graph.statements
        inside = blanks_inside(graph)
        return [self._node(name, said, inside) for name in said if name not in inside]

    def _node(self, name: str, said: Statements, inside: Set[str]) -> dict[str, Any]:
        written: dict[str, Any] = {} if name in inside else {"@id": self._short(name)}
        predicates = said.get(name)
        if predicates is None:
            return written
        for predicate in sorted(predicates, key=_types_first):
            values = predicates[predicate]
            if predicate == RDF_TYPE:
                classes = [self._name(one) for one in values if type(one) is str]
                written["@type"] = classes[0] if len(classes) == 1 else classes
            elif ":" in predicate:
                for value in values:
                    self._add(written, predicate, value, said, inside)
        return written

    def _add(self, written: dict[str, Any], predicate: str, value: Term, said: Statements, inside: Set[str]) -> None:
        shown: Any
        if type(value) is str:
            term, kind = self._terms_of.get((predicate, "@id")) or self._term(predicate, "@id")
            if value in inside:
                shown = self._node(value, said, inside)
            else:
                shown = self._short(value)
                if kind != "@id":
                    shown = {"@id": shown}
        else:
            plain, datatype, language = json_value(value)  # type: ignore[arg-type]
            term, kind = self._terms_of.get((predicate, datatype)) or self._term(predicate, datatype)
            if language:
                shown = {"@language": language.lower(), "@value": plain}
            elif datatype and datatype != kind:
                shown = {"@type": self._name(datatype), "@value": plain}
            else:
                shown = plain
        if term not in written:
            written[term] = shown
        elif isinstance(written[term], list):
            written[term].append(shown)
        else:
            written[term] = [written[term], shown]

    def _term(self, predicate: str, wanted: str) -> tuple[str, str]:
        """Return the term for a predicate with values of a type, and the type that the term says itself."""
        known = self._terms.get(predicate, {})
        term = known.get(wanted) or known.get("")
        if term is None:
            term = self._short(predicate)
        else:
            self._used.add(term)
        found = self._terms_of[predicate, wanted] = (term, self._types.get(term, ""))
        if len(self._terms_of) > _MOST_KNOWN:
            self._terms_of = {}
        return found

    def _name(self, address: str) -> str:
        """Return the term or the short name of a class or datatype."""
        known = self._names.get(address)
        if known is None:
            known = self._names[address] = self._named(address)
            if len(self._names) > _MOST_KNOWN:
                self._names = {}
        return known

    def _named(self, address: str) -> str:
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


def json_value(literal: Literal) -> tuple[Any, str, str]:
    """Return a literal as JSON has it: the value, its datatype where that has to be said, its language.

    Args:
        literal: The literal.
    """
    text, datatype, language = literal
    if language:
        return text, "", language
    if datatype == _STRING:
        return text, "", ""
    if datatype == _BOOLEAN and text in ("true", "false"):
        return text == "true", "", ""
    if datatype == _WHOLE and _INTEGER.fullmatch(text) and abs(int(text)) < _SAFE_INTEGER:
        return int(text), "", ""
    return text, datatype, ""


def blanks_inside(graph: Graph) -> set[str]:
    """Return the blank nodes that are named in one place only, and are not in a ring of such.

    Args:
        graph: The graph.
    """
    owner: dict[str, str] = {}
    often: set[str] = set()
    for subject, predicates in graph.statements.items():
        for values in predicates.values():
            for value in values:
                if type(value) is str and value.startswith("_:"):
                    if value in owner:
                        often.add(value)
                    owner[value] = subject
    for node in often:
        del owner[node]
    return owner.keys() - _rings(owner)


def _rings(owner: Mapping[str, str]) -> set[str]:
    """Find blank nodes that only name each other, in a ring: of each ring those through which one comes into it."""
    rings: set[str] = set()
    safe: set[str] = set()
    for start in owner:
        seen: dict[str, None] = {}
        here = start
        while here in owner and here not in seen and here not in safe:
            seen[here] = None
            here = owner[here]
        if here in seen:
            rings.add(here)
        else:
            safe.update(seen)
    return rings


def _types_first(predicate: str) -> str:
    return "@type" if predicate == RDF_TYPE else predicate
