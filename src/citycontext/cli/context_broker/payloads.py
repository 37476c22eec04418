"""What a command is given to write: files, stdin, and pairs of a name and a value."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import orjson

from citycontext.errors import ConfigurationError
from citycontext.foreign_text import printable, shown
from citycontext.models.validation.sources import Unreadable
from citycontext.models.validation.sources import read_entities as read_source
from citycontext.ngsild.terms import ATTRIBUTE_TYPES, ENTITY_MEMBERS

__all__ = ["read_document_file", "read_entities", "read_pairs"]


def read_entities(files: Sequence[Path] | None) -> Iterator[Any]:
    """Yield the entities of files, or of stdin.

    Args:
        files: JSON, NDJSON or JSON-LD; ``-`` or none for stdin.

    Raises:
        ConfigurationError: One cannot be read, or holds something else.
    """
    for path in files or [Path("-")]:
        if str(path) == "-":
            yield from _from_stdin()
        else:
            if not path.exists():
                raise ConfigurationError("there is no such file.", file=str(path), cure="Check the path.")
            try:
                for place, entity in read_source(str(path)):
                    yield _checked(entity, f"{path}{place and f': {place}'}")
            except Unreadable as error:
                raise ConfigurationError(f"{error}.", file=str(path)) from None


def read_document_file(path: Path) -> Any:
    """Return the JSON document in a file, or from stdin with ``-``.

    Raises:
        ConfigurationError: It cannot be read.
    """
    try:
        content = sys.stdin.buffer.read() if str(path) == "-" else path.read_bytes()
        return orjson.loads(content.removeprefix(b"\xef\xbb\xbf"))
    except OSError as error:
        raise ConfigurationError(f"cannot be read: {error.strerror}.", file=str(path)) from None
    except orjson.JSONDecodeError as error:
        raise ConfigurationError(f"is not JSON: {error}.", file=str(path)) from None


def read_pairs(pairs: Sequence[str], stored: Mapping[str, Any]) -> dict[str, Any]:
    """Return a fragment of an entity from ``NAME=VALUE``: JSON where it is JSON, else a text.

    Args:
        pairs: What was given.
        stored: The entity as it is: its attributes keep their types.

    Raises:
        ConfigurationError: One is not a pair.
    """
    fragment: dict[str, Any] = {}
    for pair in pairs:
        name, equals, text = pair.partition("=")
        if not equals or not name or name in ENTITY_MEMBERS - {"scope"}:
            raise ConfigurationError(
                f"{shown(pair)} is not a name and a value.", key="NAME=VALUE", cure="Write temperature=21.5."
            )
        try:
            value = orjson.loads(text)
        except orjson.JSONDecodeError:
            value = text
        if name == "scope":
            fragment[name] = value
            continue
        known = stored.get(name)
        first = known[0] if isinstance(known, list) and known else known
        kind = first.get("type", "Property") if isinstance(first, Mapping) else "Property"
        if isinstance(value, Mapping) and "coordinates" in value and kind == "Property":
            kind = "GeoProperty"
        if kind == "LanguageProperty" and isinstance(value, str):
            value = {"@none": value}
        fragment[name] = {"type": kind, ATTRIBUTE_TYPES.get(kind, "value"): value}
    return fragment


def _from_stdin() -> Iterator[Any]:
    """Yield entities line by line where the first line is a whole one, else those of one document."""
    if sys.stdin.isatty():
        raise ConfigurationError("no file is named.", key="FILE", cure="Name one, or pipe entities in.")
    stream = sys.stdin.buffer
    first = stream.readline()
    try:
        begun = orjson.loads(first)
    except orjson.JSONDecodeError:
        begun = None
    if isinstance(begun, dict):
        yield _checked(begun, "stdin, line 1")
        for number, line in enumerate(stream, 2):
            if line.strip():
                yield _checked(_parsed(line, f"stdin, line {number}"), f"stdin, line {number}")
        return
    document = begun if begun is not None else _parsed(first + stream.read(), "stdin")
    for item in document if isinstance(document, list) else [document]:
        yield _checked(item, "stdin")


def _parsed(text: bytes, where: str) -> Any:
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError as error:
        raise ConfigurationError(f"is not JSON: {error}.", file=where) from None


def _checked(entity: Any, where: str) -> Any:
    if not isinstance(entity, dict) or not isinstance(entity.get("id", entity.get("@id")), str):
        raise ConfigurationError("is not an entity: it has no id.", file=printable(where, 200))
    return entity
