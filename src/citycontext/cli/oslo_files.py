"""The files that ``citycontext oslo`` takes: linked data, entities, contexts."""

from __future__ import annotations

import json
from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from citycontext.errors import ConfigurationError, DataError, InvalidEntity
from citycontext.ngsild import Entity, load
from citycontext.ngsild.json_arrays import read_items
from citycontext.web.media_types import LD_JSON

if TYPE_CHECKING:
    from citycontext.oslo import Graph

__all__ = ["LINES", "ProfileName", "read_contexts", "read_entities", "read_graph"]

_ENDINGS: Final = {
    ".nt": "application/n-triples",
    ".nq": "application/n-quads",
    ".ttl": "text/turtle",
    ".trig": "application/trig",
}
LINES: Final = (".ndjson", ".jsonl")
"""The endings of files that have an entity a line."""


class ProfileName(StrEnum):
    """The words that OSLO is written in."""

    ISO = "observaties-en-metingen"
    SOSA = "sosa"
    ENERGY = "energie"


def read_graph(file: Path, contexts: dict[str, Any]) -> Graph:
    """Read linked data, of the form that the file's ending says.

    Args:
        file: The file.
        contexts: Contexts by their addresses.
    """
    from citycontext.oslo import read_text

    return read_text(_text(file), _ENDINGS.get(file.suffix, LD_JSON), contexts=contexts)


def read_entities(file: Path) -> Iterator[Entity]:
    """Read the entities of a file one by one; in an array each has its place.

    Args:
        file: The file.
    """
    try:
        with file.open("rb") as source:
            if file.suffix in LINES:
                payloads: Iterator[Any] = (json.loads(line) for line in source if line.strip())
            else:
                payloads = read_items(source)
            for index, payload in enumerate(payloads):
                try:
                    yield load(payload)
                except DataError as wrong:
                    wrong.path = f"[{index}].{wrong.path}".rstrip(".")
                    raise
    except OSError as wrong:
        raise ConfigurationError(f"the file cannot be read: {wrong.strerror}", file=str(file)) from None
    except DataError:
        raise
    except (ValueError, RecursionError) as wrong:
        raise InvalidEntity(f"the file is not JSON: {wrong}") from None


def read_contexts(given: list[str] | None) -> dict[str, Any]:
    """Read the contexts of a command line.

    Args:
        given: ``URL=FILE`` of each.
    """
    contexts = {}
    for one in given or ():
        url, _, name = one.rpartition("=")
        if not url:
            raise ConfigurationError(f"--context {one!r} names no file.", cure="Write it as URL=FILE.")
        contexts[url] = json.loads(_text(Path(name)))
    return contexts


def _text(file: Path) -> str:
    try:
        return file.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as wrong:
        raise ConfigurationError(f"the file cannot be read: {wrong}", file=str(file)) from None
