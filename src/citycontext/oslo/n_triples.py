"""N-Triples and N-Quads, a triple a line (RDF 1.1 N-Triples, RDF 1.1 N-Quads)."""

from __future__ import annotations

import re
from typing import Final

from citycontext.errors import InvalidDocument
from citycontext.oslo.graph import Graph, Literal, Term
from citycontext.oslo.vocabulary import XSD, is_blank

__all__ = ["parse_n_triples", "write_n_triples"]

_NODE: Final = r"<([^\x00-\x20<>\"{}|^`]*)>|(_:[\w.\-·:]+)"
_LITERAL: Final = r'"((?:[^"\\\n\r]|\\.)*)"(?:@([A-Za-z]+(?:-[A-Za-z0-9]+)*)|\^\^<([^\x00-\x20<>\"{}|^`]*)>)?'
_START: Final = rf"[ \t]*(?:{_NODE})[ \t]*<([^\x00-\x20<>\"{{}}|^`]*)>[ \t]*(?:{_NODE}|{_LITERAL})[ \t]*"
_END: Final = r"\.[ \t]*(?:#.*)?"
_TRIPLE: Final = re.compile(_START + _END)
_QUAD: Final = re.compile(rf"{_START}(?:(?:{_NODE})[ \t]*)?{_END}")
_SILENT: Final = re.compile(r"[ \t]*(?:#.*)?")
_ESCAPE: Final = re.compile(r"\\(?:u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8})|(.))")
_SIGNS: Final = {"t": "\t", "b": "\b", "n": "\n", "r": "\r", "f": "\f", '"': '"', "'": "'", "\\": "\\"}
_UNSAFE: Final = re.compile(r'[\x00-\x1f\x7f-\x9f\u2028\u2029"\\]')


def parse_n_triples(text: str, *, quads: bool = False) -> Graph:
    """Read a graph.

    Args:
        text: The triples; empty lines and comments are passed over.
        quads: Whether a line may name the graph of its triple, as N-Quads have it; the names are not kept.

    Raises:
        InvalidDocument: A line is not a triple; names the line.
    """
    graph = Graph()
    for number, line in enumerate(re.split(r"\r\n|\n|\r", text), start=1):
        found = (_QUAD if quads else _TRIPLE).fullmatch(line)
        if found is None:
            if _SILENT.fullmatch(line):
                continue
            form = "N-Quads is not a quad" if quads else "N-Triples is not a triple"
            raise InvalidDocument(f"line {number} of the {form}: {line[:80]!r}")
        subject, blank, predicate, address, label, literal, language, datatype = found.groups()[:8]
        try:
            value: Term
            if literal is None:
                value = label or _read(address)
            elif language:
                value = Literal(_read(literal), language=language)
            else:
                value = Literal(_read(literal), _read(datatype) if datatype else XSD + "string")
            graph.add(blank or _read(subject), _read(predicate), value)
        except ValueError as wrong:
            raise InvalidDocument(f"line {number} of the N-Triples: {wrong}") from None
    graph.reserve_blanks()
    return graph


def write_n_triples(graph: Graph) -> str:
    """Write a graph, a line for each triple.

    Args:
        graph: The graph.
    """
    return "".join(f"{_written(s)} <{p}> {_written(o)} .\n" for s, p, o in graph)


def _read(text: str) -> str:
    return _ESCAPE.sub(_sign, text) if "\\" in text else text


def _sign(found: re.Match[str]) -> str:
    short, long, letter = found.groups()
    if letter is not None:
        if letter not in _SIGNS:
            raise ValueError(f"there is no escape \\{letter}")
        return _SIGNS[letter]
    return chr(int(short or long, 16))


def _written(term: Term) -> str:
    if isinstance(term, str):
        return term if is_blank(term) else f"<{term}>"
    text = f'"{_UNSAFE.sub(_escaped, term.text)}"'
    if term.language:
        return f"{text}@{term.language}"
    return text if term.datatype == XSD + "string" else f"{text}^^<{term.datatype}>"


def _escaped(found: re.Match[str]) -> str:
    sign = found[0]
    if sign in '"\\':
        return "\\" + sign
    return {"\n": "\\n", "\r": "\\r", "\t": "\\t"}.get(sign, f"\\u{ord(sign):04X}")
