"""A graph of triples that keeps what literals say, character by character (RDF 1.1 Concepts)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import NamedTuple

from citycontext.oslo.vocabulary import NAMESPACES, RDF_TYPE, XSD, iri, is_blank

__all__ = ["Graph", "Literal", "Statements", "Term", "Triple"]


class Literal(NamedTuple):
    """A value as it is written.

    Args:
        text: Its lexical form.
        datatype: The IRI of its datatype.
        language: Its language tag; then the datatype does not matter.
    """

    text: str
    datatype: str = XSD + "string"
    language: str = ""


Term = str | Literal
"""An object: an IRI or a blank node (``_:…``) as text, or a literal."""
Triple = tuple[str, str, Term]
Statements = Mapping[str, Mapping[str, Mapping[Term, None]]]
"""What is said: by node, by predicate, the values in order."""


class Graph:
    """Triples in the order they were added, each once.

    Args:
        blanks: The number of the first blank node that is made, where graphs shall share no labels.
    """

    def __init__(self, *, blanks: int = 0) -> None:
        self._nodes: dict[str, dict[str, dict[Term, None]]] = {}
        self._subjects: dict[str, dict[Term, list[str]]] = {}  # by predicate and value; made when asked for
        self._blanks = blanks

    def add(self, subject: str, predicate: str, value: Term | None) -> None:
        """Add a triple.

        Args:
            subject: An IRI or a blank node.
            predicate: An IRI, or a short name such as ``mv:capacity``.
            value: A term; nothing is added for ``None``.
        """
        if value is None:
            return
        name = _name(predicate)
        self._nodes.setdefault(subject, {}).setdefault(name, {})[value] = None
        self._subjects.pop(name, None)

    def blank(self, *classes: str) -> str:
        """Make a blank node.

        Args:
            classes: The classes it is of, as IRIs or short names.
        """
        node = f"_:b{self._blanks}"
        self._blanks += 1
        self.type(node, *classes)
        return node

    def type(self, node: str, *classes: str) -> None:
        """Say what a node is.

        Args:
            node: The node.
            classes: IRIs or short names.
        """
        for one in classes:
            self.add(node, RDF_TYPE, iri(one))

    def values(self, subject: Term | None, predicate: str) -> list[Term]:
        """Return what a predicate says of a node.

        Args:
            subject: The node; a literal has no predicates.
            predicate: An IRI, or a short name.
        """
        if not isinstance(subject, str):
            return []
        return list(self._nodes.get(subject, {}).get(_name(predicate), ()))

    def value(self, subject: Term | None, predicate: str) -> Term | None:
        """Return the first of what a predicate says of a node, or ``None``.

        Args:
            subject: The node.
            predicate: An IRI, or a short name.
        """
        return next(iter(self.values(subject, predicate)), None)

    def subjects(self, predicate: str, value: Term) -> list[str]:
        """Return the nodes of which a predicate says something.

        Args:
            predicate: An IRI, or a short name.
            value: What it says.
        """
        name = _name(predicate)
        index = self._subjects.get(name)
        if index is None:
            index = self._subjects[name] = {}
            for node, said in self._nodes.items():
                for one in said.get(name, ()):
                    index.setdefault(one, []).append(node)
        return index.get(value, [])

    def types(self, node: str) -> list[str]:
        """Return the classes of a node.

        Args:
            node: The node.
        """
        return [one for one in self.values(node, RDF_TYPE) if isinstance(one, str)]

    def predicates(self, node: str) -> list[str]:
        """Return the predicates that say something of a node.

        Args:
            node: The node.
        """
        return list(self._nodes.get(node, ()))

    def __iter__(self) -> Iterator[Triple]:
        for subject, said in self._nodes.items():
            for predicate, values in said.items():
                for value in values:
                    yield subject, predicate, value

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def __contains__(self, node: object) -> bool:
        return node in self._nodes

    @property
    def blanks(self) -> int:
        """The number of the next blank node.

        .. versionadded:: 0.2
        """
        return self._blanks

    @property
    def statements(self) -> Statements:
        """All that is said, to look at.

        .. versionadded:: 0.2
        """
        return self._nodes

    @property
    def nodes(self) -> list[str]:
        """The nodes of which something is said."""
        return list(self._nodes)

    def reserve_blanks(self) -> None:
        """Keep new blank nodes clear of the labels that are taken."""
        taken = {term for triple in self for term in triple if isinstance(term, str) and is_blank(term)}
        while f"_:b{self._blanks}" in taken:
            self._blanks += len(taken)

    def merge(self, other: Graph) -> None:
        """Add the triples of another graph; its blank nodes get labels that are free here.

        Args:
            other: The other graph.
        """
        labels: dict[str, str] = {}

        def here(term: Term) -> Term:
            if not isinstance(term, str) or not is_blank(term):
                return term
            if term not in labels:
                labels[term] = self.blank()
            return labels[term]

        for subject, predicate, value in other:
            self.add(str(here(subject)), predicate, here(value))


@lru_cache(maxsize=4096)
def _name(predicate: str) -> str:
    """Return the IRI of a short name; what has no known prefix is taken as published."""
    return iri(predicate) if predicate.partition(":")[0] in NAMESPACES else predicate
