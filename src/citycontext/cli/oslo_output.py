"""What ``citycontext oslo convert`` writes: kept in a file until all is known that goes before it."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable, Iterable
from typing import IO, Any, Final, Protocol, Self

import orjson

from citycontext.cli.context_broker.output import Form, write_items
from citycontext.foreign_text import escaped, escaped_json
from citycontext.ngsild import Entity
from citycontext.oslo.compaction import Compactor
from citycontext.oslo.documents import context_document
from citycontext.oslo.graph import Graph
from citycontext.oslo.n_triples import write_n_triples
from citycontext.oslo.profiles import PROFILES

__all__ = ["EntityOutput", "NodeOutput", "Output", "RowOutput", "TripleOutput"]

_IN_MEMORY: Final = 1 << 22
_CHUNK: Final = 1 << 20


class Output(Protocol):
    """Something that is written piece by piece."""

    blanks: int
    """The number of the first blank node that no piece has."""

    def __enter__(self) -> Self: ...
    def __exit__(self, *_: object) -> None: ...
    def place(self) -> tuple[int, int]:
        """Return how far it is written."""
        ...

    def back_to(self, place: tuple[int, int]) -> None:
        """Take back what was written since.

        Args:
            place: What ``place`` returned.
        """

    def write(self, piece: Any, /) -> None:
        """Write a piece: the graph of an entity, or entities.

        Args:
            piece: The piece.
        """

    def copy_to(self, target: IO[str]) -> None:
        """Copy the whole.

        Args:
            target: Where it goes.
        """


class _Kept:
    """Pieces of text in a temporary file, and how many there are."""

    blanks = 0

    def __init__(self) -> None:
        self._file: IO[bytes] = tempfile.SpooledTemporaryFile(_IN_MEMORY)  # noqa: SIM115 - closed by __exit__
        self._count = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    def place(self) -> tuple[int, int]:
        """Return how far it is written, and how many pieces there are."""
        return self._file.tell(), self._count

    def back_to(self, place: tuple[int, int]) -> None:
        """Take back what was written since.

        Args:
            place: What ``place`` returned.
        """
        position, self._count = place
        self._file.seek(position)
        self._file.truncate()

    def _keep(self, document: Any, indent: str) -> None:
        """Keep a document of a list, indented as it will stand there."""
        text = _pretty(document).rstrip("\n").replace("\n", f"\n{indent}").encode()
        self._file.write((b",\n" if self._count else b"") + indent.encode() + text)
        self._count += 1

    def _copy(self, target: IO[str], printable: Callable[[str], str]) -> None:
        self._file.seek(0)
        rest = b""
        while chunk := self._file.read(_CHUNK):
            chunk = rest + chunk
            cut = chunk.rfind(b"\n") + 1 or len(chunk)  # no sign of several bytes is cut
            target.write(printable(chunk[:cut].decode()))
            rest = chunk[cut:]
        target.write(printable(rest.decode()))


class TripleOutput(_Kept):
    """N-Triples."""

    def write(self, graph: Graph) -> None:
        """Write a graph.

        Args:
            graph: The graph.
        """
        self._file.write(write_n_triples(graph).encode())
        self.blanks = graph.blanks

    def copy_to(self, target: IO[str]) -> None:
        """Copy the whole.

        Args:
            target: Where it goes.
        """
        self._copy(target, escaped)


class NodeOutput(_Kept):
    """JSON-LD with the terms of a profile; the @context has those alone that the nodes use.

    Args:
        profile: The profile's name.
    """

    def __init__(self, profile: str) -> None:
        super().__init__()
        self._compactor = Compactor(context_document(PROFILES[profile].context)["@context"])

    def write(self, graph: Graph) -> None:
        """Write the nodes of a graph.

        Args:
            graph: The graph.
        """
        for node in self._compactor.nodes(graph):
            self._keep(node, "    ")
        self.blanks = graph.blanks

    def copy_to(self, target: IO[str]) -> None:
        """Copy the whole: a node that is alone stands at the top, several in a list.

        Args:
            target: Where it goes.
        """
        context = self._compactor.context
        if self._count < 2:
            self._file.seek(0)
            node = json.loads(self._file.read()) if self._count else {}
            target.write(escaped_json(_pretty({"@context": context, **node})))
            return
        head = _pretty({"@context": context, "@graph": []})
        target.write(head[: head.rindex("]")] + "\n")
        self._copy(target, escaped_json)
        target.write("\n  ]\n}\n")


class RowOutput(_Kept):
    """Entities of NGSI-LD in a form for people and programs: a table, lines of JSON, CSV, GeoJSON or ids.

    Args:
        form: The form.
    """

    def __init__(self, form: Form) -> None:
        super().__init__()
        self.form: Form = form

    def write(self, entities: Iterable[Entity]) -> None:
        """Write entities.

        Args:
            entities: The entities.
        """
        for entity in entities:
            self._file.write(_line(entity.to_dict()))

    def copy_to(self, target: IO[str]) -> None:
        """Copy the whole.

        Args:
            target: Where it goes; stdout alone, but for lines of JSON.
        """
        if self.form is Form.NDJSON:
            self._copy(target, escaped_json)
            return
        self._file.seek(0)
        write_items((json.loads(line) for line in self._file), self.form)


class EntityOutput(_Kept):
    """Entities of NGSI-LD, in a list."""

    def write(self, entities: Iterable[Entity]) -> None:
        """Write entities.

        Args:
            entities: The entities.
        """
        for entity in entities:
            self._keep(entity.to_dict(), "  ")

    def copy_to(self, target: IO[str]) -> None:
        """Copy the whole.

        Args:
            target: Where it goes.
        """
        target.write("[\n" if self._count else "[")
        self._copy(target, escaped_json)
        target.write("\n]\n" if self._count else "]\n")


def _line(document: Any) -> bytes:
    try:
        return orjson.dumps(document) + b"\n"
    except TypeError:  # a number beyond 64 bits
        return json.dumps(document, ensure_ascii=False).encode() + b"\n"


def _pretty(document: Any) -> str:
    try:
        return orjson.dumps(document, option=orjson.OPT_INDENT_2).decode() + "\n"
    except TypeError:  # a number beyond 64 bits
        return json.dumps(document, ensure_ascii=False, indent=2) + "\n"
