"""Entities from a file: JSON lines and arrays one by one, other JSON as a whole."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import orjson

from citycontext.errors import ConfigurationError, DataError
from citycontext.ngsild import Severity
from citycontext.ngsild.json_arrays import read_items
from citycontext.ngsild.representations import geojson, temporal
from citycontext.publish.history import states
from citycontext.publish.report import Report

__all__ = ["read_entities"]

_LINES: Final = frozenset({".ndjson", ".jsonl"})
_MAX_BYTES: Final = 256_000_000
_START: Final = 64
_SPACE: Final = b"\xef\xbb\xbf \t\r\n"


def read_entities(path: Path, report: Report) -> Iterator[dict[str, Any]]:
    """Read the entities of a file.

    Args:
        path: ``.ndjson`` or ``.jsonl`` has an entity a line, and may have any size as a list of entities may. Any
            other file is JSON: an entity, or a GeoJSON FeatureCollection.
        report: Takes what is not an entity; the rest is read.

    Yields:
        Entities as they stand there; the evolution of one is taken apart into its states.

    Raises:
        ConfigurationError: The file cannot be read, or is not JSON at all.
    """
    try:
        if path.suffix in _LINES:
            with path.open("rb") as lines:
                for number, line in enumerate(lines, 1):
                    if line.strip():
                        yield from _entities_of_line(line, f"line {number}", report)
            return
        with path.open("rb") as file:
            if file.read(_START).lstrip(_SPACE)[:1] == b"[":
                file.seek(0)
                for index, one in enumerate(read_items(file)):
                    yield from _entities_of(one, f"[{index}]", report)
                return
        if path.stat().st_size > _MAX_BYTES:
            raise ConfigurationError(
                f"the file is over {_MAX_BYTES:,} bytes.", file=str(path), cure="Write one entity a line (.ndjson)."
            )
        content = orjson.loads(path.read_bytes())
    except OSError as error:
        raise ConfigurationError(f"the file cannot be read: {error.strerror}.", file=str(path)) from None
    except (ValueError, RecursionError) as error:
        raise ConfigurationError(f"this is not JSON: {error}.", file=str(path)) from None
    if isinstance(content, dict) and isinstance(content.get("features"), list):
        content = content["features"]
    for index, one in enumerate(content if isinstance(content, list) else [content]):
        yield from _entities_of(one, f"[{index}]", report)


def _entities_of_line(line: bytes, place: str, report: Report) -> Iterator[dict[str, Any]]:
    try:
        payload = orjson.loads(line)
    except orjson.JSONDecodeError:
        report.note("not-an-entity", place, "is not JSON; it is not published", Severity.ERROR)
        return
    yield from _entities_of(payload, place, report)


def _entities_of(payload: Any, place: str, report: Report) -> Iterator[dict[str, Any]]:
    if not isinstance(payload, dict):
        report.note("not-an-entity", place, "is not an object; it is not published", Severity.ERROR)
        return
    try:
        if payload.get("type") == "Feature":
            payload = geojson.unwrap(payload)
        if temporal.is_temporal(payload):
            yield from states(payload)
            return
    except DataError:
        report.note("not-an-entity", place, "breaks the information model; it is not published", Severity.ERROR)
        return
    yield payload
