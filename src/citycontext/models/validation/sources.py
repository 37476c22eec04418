"""Sources of entities: files, folders and URLs, read with bounded memory and no surprise."""

from __future__ import annotations

import stat
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, Final

import orjson

from citycontext.models.validation.envelopes import entities_in
from citycontext.web.http import httpx

__all__ = [
    "LINE_SUFFIXES",
    "MAX_BYTES",
    "SUFFIXES",
    "Broken",
    "NoEntities",
    "Unreadable",
    "find_sources",
    "is_remote",
    "read_entities",
]

SUFFIXES: Final = frozenset({".json", ".jsonld", ".geojson", ".ndjson", ".jsonl"})
"""What a folder is searched for; a file that is named is read whatever it is called."""

LINE_SUFFIXES: Final = frozenset({".ndjson", ".jsonl"})
"""What files are called that hold one entity a line."""

MAX_BYTES: Final = 32_000_000  # parsed, a file takes several times its size
_MAX_LINE: Final = 5_000_000
_MARK: Final = b"\xef\xbb\xbf"  # the byte order mark that some programs begin a file with
_ZIP: Final = b"PK\x03\x04"
_NO_FILE: Final = "there is no such file"
_TIMEOUT: Final = 30.0
_REMOTE: Final = ("http://", "https://")


class Unreadable(Exception):
    """Why a source cannot be read, or not to its end."""


class Broken(str):
    """What stands in the place of an entity that is not JSON: why it is not."""

    __slots__ = ()


class NoEntities(Exception):
    """What a file is that by design holds no entities: a schema, an @context."""


def find_sources(names: Iterable[str | Path]) -> Iterator[tuple[str, str]]:
    """List what is to be checked: files as they are, folders searched with all folders in them, URLs.

    Args:
        names: Paths and URLs.

    Yields:
        A path or URL, and why it cannot be checked, if so.
    """
    for name in names:
        if str(name).startswith(_REMOTE):
            yield str(name), ""
            continue
        path = Path(name)
        if path.is_dir():
            found = sorted(
                one for one in path.rglob("*") if one.suffix in SUFFIXES and (one.is_file() or one.is_symlink())
            )
            if not found:
                yield str(path), f"the folder holds no file ending in {', '.join(sorted(SUFFIXES))}"
            inside = path.resolve()
            for one in found:
                leads_out = one.is_symlink() and not one.resolve().is_relative_to(inside)
                yield str(one), "is a link that leads out of the folder; name the file itself" if leads_out else ""
        else:
            yield str(path), _is_no_file(path)


def _is_no_file(path: Path) -> str:
    """Say why a path cannot be read as a file: a device never ends, and a pipe may never begin."""
    try:
        mode = path.stat().st_mode
    except OSError as wrong:
        return f"cannot be read: {_NO_FILE if isinstance(wrong, FileNotFoundError) else wrong.strerror}"
    return "" if stat.S_ISREG(mode) else "is not a regular file"


def is_remote(source: str) -> bool:
    """Return whether a source is a URL."""
    return source.startswith(_REMOTE)


def read_entities(source: str, max_bytes: int = MAX_BYTES) -> Iterator[tuple[str, Any]]:
    """Yield the entities of a file or URL, one after another.

    Args:
        source: Its path or URL.
        max_bytes: How large it may be where it is not read line by line.

    Yields:
        Where an entity stands (empty for the whole, ``[3]`` for the fourth of a list, ``line 7``), and its JSON object;
        what stands in the place of one is given as it is, and a line that is not JSON as ``Broken``.

    Raises:
        Unreadable: It cannot be read, or not further.
        NoEntities: It is a schema or an @context.
    """
    if is_remote(source):
        yield from _in_document(_fetch(source, max_bytes))
    elif Path(source).suffix in LINE_SUFFIXES:
        yield from _in_lines(Path(source))
    else:
        yield from _in_document(_read(Path(source), max_bytes))


def _read(path: Path, max_bytes: int) -> bytes:
    if problem := _is_no_file(path):
        raise Unreadable(problem)
    try:
        size = path.stat().st_size
        if size > max_bytes:
            raise Unreadable(f"{size:,} bytes are over the limit of {max_bytes:,}; write one entity a line (.ndjson)")
        return path.read_bytes()
    except OSError as wrong:
        raise Unreadable(f"cannot be read: {wrong.strerror}") from None


def _fetch(url: str, max_bytes: int) -> bytes:
    content = bytearray()
    try:
        with httpx.stream("GET", url, timeout=_TIMEOUT, follow_redirects=True) as answer:
            answer.raise_for_status()
            for chunk in answer.iter_bytes():
                content += chunk
                if len(content) > max_bytes:
                    raise Unreadable(f"the answer is over the limit of {max_bytes:,} bytes")
    except (httpx.HTTPError, httpx.InvalidURL) as wrong:
        raise Unreadable(f"cannot be fetched: {wrong}") from None
    return bytes(content)


def _in_lines(path: Path) -> Iterator[tuple[str, Any]]:
    empty = True
    if problem := _is_no_file(path):
        raise Unreadable(problem)
    try:
        with path.open("rb") as lines:
            for number, line in enumerate(iter(lambda: lines.readline(_MAX_LINE + 1), b""), 1):
                line = line.removeprefix(_MARK) if number == 1 else line
                if number == 1 and _is_binary(line[:1024]):
                    raise Unreadable("is not text, let alone JSON")
                if len(line) > _MAX_LINE:
                    raise Unreadable(f"line {number} is over {_MAX_LINE:,} bytes")
                if line.strip():
                    empty = False
                    yield from _of_line(line, f"line {number}")
    except OSError as wrong:
        raise Unreadable(f"cannot be read: {wrong.strerror}") from None
    if empty:
        raise Unreadable("the file is empty")


def _of_line(line: bytes, place: str) -> Iterator[tuple[str, Any]]:
    try:
        content = _parse(line)
    except Unreadable as problem:
        yield place, Broken(problem)
    else:
        yield from entities_in(content, place)


def _in_document(text: bytes) -> Iterator[tuple[str, Any]]:
    if not text.removeprefix(_MARK).strip():
        raise Unreadable("the file is empty")
    content = _parse(text)
    del text
    if isinstance(content, dict):
        _refuse_other_documents(content)
    if not isinstance(content, list):
        held = [*entities_in(content)]
        if not any(_is_entity(one) for _, one in held):
            raise Unreadable("no entity: it has neither id nor type" if len(held) == 1 else "no entities in it")
        yield from held
    elif not content:
        raise Unreadable("the list is empty")
    elif not any(_is_entity(one) for one in content):
        raise Unreadable(f"no entities: none of the {len(content):,} in the list has an id or a type")
    else:
        for index, one in enumerate(content):
            yield from entities_in(one, f"[{index}]")


def _parse(text: bytes) -> Any:
    text = text.removeprefix(_MARK)
    if text.startswith(_ZIP):
        raise Unreadable("is a spreadsheet or another archive, no JSON; save it as CSV and make entities of its rows")
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError as wrong:
        if _is_binary(text[:1024]):
            raise Unreadable("is not text, let alone JSON") from None
        if _is_table(text[:4096]):
            raise Unreadable("is a table (CSV), no JSON; make entities of its rows first") from None
        raise Unreadable(f"is not JSON: {wrong}") from None


def _is_table(start: bytes) -> bool:
    """Return whether a text begins as a table does: several lines of the same number of cells."""
    lines = [line for line in start.splitlines()[:4] if line.strip()]
    if len(lines) < 2 or lines[0].lstrip()[:1] in (b"{", b"["):
        return False
    return any(
        lines[0].count(sign) > 0 and lines[0].count(sign) == lines[1].count(sign) for sign in (b";", b",", b"\t")
    )


def _is_binary(start: bytes) -> bool:
    if b"\0" in start:
        return True
    try:
        start.decode()
    except UnicodeDecodeError as wrong:
        return wrong.start < len(start) - 4  # a character may be cut in two at the end
    return False


def _refuse_other_documents(content: Mapping[str, Any]) -> None:
    if "$schema" in content and not content.keys().isdisjoint({"properties", "allOf", "definitions", "$defs"}):
        raise NoEntities("a JSON Schema")
    if content.keys() == {"@context"}:
        raise NoEntities("an @context")


def _is_entity(content: Any) -> bool:
    return isinstance(content, dict) and not content.keys().isdisjoint({"id", "@id", "type", "@type"})
