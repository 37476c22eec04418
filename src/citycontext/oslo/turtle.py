"""Turtle and TriG, read by rdflib: in the order of the document, and with its literals as they are written."""

from __future__ import annotations

import logging
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

from citycontext.errors import InvalidDocument, MissingExtra
from citycontext.oslo.graph import Graph, Literal
from citycontext.oslo.vocabulary import XSD

__all__ = ["TURTLE_FORMS", "parse_turtle"]

TURTLE_FORMS: Final = {"text/turtle": "turtle", "application/trig": "trig"}
"""Media type → what rdflib calls it."""
_LONGEST: Final = 200


def parse_turtle(text: str, media_type: str) -> Graph:
    """Read a graph.

    Args:
        text: The document.
        media_type: ``text/turtle`` or ``application/trig``; of named graphs the names are not kept.

    Raises:
        InvalidDocument: The text is not what its media type says.
        MissingExtra: rdflib is not installed.
    """
    try:
        import rdflib
        from rdflib.plugins.stores.memory import Memory
    except ModuleNotFoundError:
        raise MissingExtra("shacl", package="rdflib", purpose="Reading Turtle") from None
    name = "Turtle" if media_type == "text/turtle" else "TriG"
    read: list[Any] = []

    class InOrder(Memory):  # rdflib's own order is another one in every process
        def add(self, triple: Any, context: Any, quoted: bool = False) -> None:
            read.append(triple)
            super().add(triple, context, quoted)

    parsed = rdflib.Dataset(store=InOrder()) if media_type == "application/trig" else rdflib.Graph(store=InOrder())
    try:
        with _as_written(rdflib):
            parsed.parse(data=text, format=TURTLE_FORMS[media_type])
    except Exception as wrong:  # rdflib raises many kinds for a text that is not Turtle
        said = " ".join(str(wrong).split()) or type(wrong).__name__
        raise InvalidDocument(f"the text is not {name}: {said[:_LONGEST]}") from None
    labels: dict[Any, str] = {}

    def resource(node: Any) -> str:
        # A label that rdflib makes is another one in every process, too.
        return labels.setdefault(node, f"_:n{len(labels)}") if isinstance(node, rdflib.BNode) else str(node)

    graph = Graph()
    for subject, predicate, value in read:
        if isinstance(value, rdflib.Literal):
            literal = Literal(str(value), str(value.datatype or XSD + "string"), value.language or "")
            graph.add(resource(subject), str(predicate), literal)
        else:
            graph.add(resource(subject), str(predicate), resource(value))
    graph.reserve_blanks()
    return graph


@contextmanager
def _as_written(rdflib: Any) -> Iterator[None]:
    """Keep rdflib from writing literals in another way, and from logging a stack trace for each that is wrong."""
    before = rdflib.NORMALIZE_LITERALS
    loggers = [logging.getLogger(name) for name in ("rdflib.term", "rdflib.graph", "rdflib")]
    for logger in loggers:
        logger.addFilter(_silent)
    rdflib.NORMALIZE_LITERALS = False
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)  # rdflib's TriG reader uses what rdflib calls old
            yield
    finally:
        rdflib.NORMALIZE_LITERALS = before
        for logger in loggers:
            logger.removeFilter(_silent)


def _silent(_: logging.LogRecord) -> bool:
    return False
