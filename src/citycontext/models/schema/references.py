"""Following ``$ref`` without a network: one name for all spellings of a document's address, and where to find it."""

from __future__ import annotations

import re
import stat
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final
from urllib.parse import unquote, urljoin

import orjson

from citycontext.errors import InvalidSchema

__all__ = [
    "COMMON_SCHEMA",
    "MAX_BYTES",
    "SchemaLibrary",
    "document_name",
    "find_anchor",
    "find_identifier",
    "look_up",
    "read_file",
    "split_reference",
]

MAX_BYTES: Final = 5_000_000
"""How large a schema is at most."""

COMMON_SCHEMA: Final = "data-models/common-schema.json"
"""The document of definitions that most Smart Data Models share."""

_ADDRESSES: Final = (
    re.compile(r"https?://smart-data-models\.github\.io/(?P<repo>[^/]+)/(?P<path>.+)"),
    re.compile(
        r"https?://raw\.githubusercontent\.com/smart-data-models/(?P<repo>[^/]+)/(?:refs/heads/)?[^/]+/(?P<path>.+)"
    ),
    re.compile(
        r"https?://github\.com/smart-data-models/(?P<repo>[^/]+)/(?:raw|blob)/(?:refs/heads/)?[^/]+/(?P<path>.+)"
    ),
    re.compile(r"https?://(?:www\.)?(?P<repo>geojson\.org)/schema/(?P<path>.+)"),
)

_POSITION: Final[dict[str, Any]] = {"type": "array", "minItems": 2, "items": {"type": "number"}}
_LINE: Final[dict[str, Any]] = {"type": "array", "minItems": 2, "items": _POSITION}
_RINGS: Final[dict[str, Any]] = {"type": "array", "items": {"type": "array", "minItems": 4, "items": _POSITION}}
_COORDINATES: Final[dict[str, dict[str, Any]]] = {
    "Point": _POSITION,
    "MultiPoint": {"type": "array", "items": _POSITION},
    "LineString": _LINE,
    "MultiLineString": {"type": "array", "items": _LINE},
    "Polygon": _RINGS,
    "MultiPolygon": {"type": "array", "items": _RINGS},
}


def document_name(address: str) -> str:
    """Return the one name of a schema document, however its address is spelt.

    Args:
        address: A URL without fragment, e.g. of ``raw.githubusercontent.com`` or ``smart-data-models.github.io``.

    Returns:
        ``<repository>/<path>`` for documents of Smart Data Models and geojson.org; any other address as it is.
    """
    for pattern in _ADDRESSES:
        found = pattern.fullmatch(address)
        if found is not None:
            return f"{found['repo']}/{found['path']}"
    return address


def split_reference(reference: str, base: str) -> tuple[str, str]:
    """Split a ``$ref`` into the document it names and the pointer into it.

    Args:
        reference: The text of the ``$ref``.
        base: Name of the document it stands in.

    Returns:
        The document's name (``base`` for a reference into itself) and a JSON pointer, e.g. ``/definitions/tag``.
    """
    address, _, pointer = reference.partition("#")
    pointer = unquote(pointer)
    if not address:
        return base, pointer
    if "://" not in address and "://" in base:
        address = urljoin(base, address)
    if "://" not in address and "/" in base and "://" not in base:
        folder = base.rpartition("/")[0]
        while address.startswith(("./", "../")):
            if address.startswith("../"):
                folder = folder.rpartition("/")[0]
            address = address.partition("/")[2]
        return f"{folder}/{address}" if folder else address, pointer
    return document_name(address), pointer


def find_anchor(document: Any, anchor: str) -> str | None:
    """Return the JSON pointer of what an ``$anchor`` names.

    Args:
        document: The document it is in.
        anchor: Its name.
    """
    for pointer, schema in _schemas(document):
        if schema.get("$anchor") == anchor or schema.get("$id", schema.get("id")) == f"#{anchor}":
            return pointer
    return None


def find_identifier(document: Any, name: str, base: str) -> Any:
    """Return the part of a document that has a given ``$id``; the whole may have one that is not its address.

    Args:
        document: The document.
        name: The document's name that the ``$id`` stands for.
        base: Name of the document it stands in.
    """
    for _, schema in _schemas(document):
        identifier = schema.get("$id")
        if isinstance(identifier, str) and split_reference(identifier, base)[0] == name:
            return schema
    return None


def _schemas(document: Any) -> Iterator[tuple[str, Mapping[str, Any]]]:
    stack: list[tuple[str, Any]] = [("", document)]
    while stack:
        pointer, part = stack.pop()
        if isinstance(part, Mapping):
            yield pointer, part
            stack += [(f"{pointer}/{_escaped(name)}", one) for name, one in part.items()]
        elif isinstance(part, list):
            stack += [(f"{pointer}/{index}", one) for index, one in enumerate(part)]


def _escaped(step: str) -> str:
    return step.replace("~", "~0").replace("/", "~1")


def look_up(document: Any, pointer: str) -> Any:
    """Return what a JSON pointer names (RFC 6901), or ``None`` where there is nothing.

    Args:
        document: The document.
        pointer: Empty for the whole, or ``/``-separated steps.
    """
    found = document
    for step in pointer.split("/")[1:]:
        step = step.replace("~1", "/").replace("~0", "~")
        if isinstance(found, dict):
            found = found.get(step)
        elif isinstance(found, list) and step.isdigit() and int(step) < len(found):
            found = found[int(step)]
        else:
            return None
    return found


def read_file(path: Path) -> bytes:
    """Read a file that can be a schema: no device, no pipe, and not too large.

    Args:
        path: The file.

    Raises:
        InvalidSchema: It cannot be read, or is not one of these.
    """
    try:
        found = path.stat()
        if not stat.S_ISREG(found.st_mode):
            raise InvalidSchema(f"{path} is not a regular file")
        if found.st_size > MAX_BYTES:
            raise InvalidSchema(f"{path} is over {MAX_BYTES:,} bytes; that is not a schema")
        return path.read_bytes()
    except OSError as wrong:
        raise InvalidSchema(f"{path} cannot be read: {wrong.strerror}") from None


class SchemaLibrary:
    """Finds schema documents by name: given ones first, then files below given folders.

    Args:
        documents: Documents by their address or name.
        folders: Folders that hold documents as ``<repository>/<path>`` or, for the repository's own folder, ``<path>``.
    """

    def __init__(self, documents: Mapping[str, Any] | None = None, folders: tuple[Path, ...] = ()) -> None:
        self._documents: dict[str, Any] = {document_name(name): one for name, one in (documents or {}).items()}
        self._folders = folders

    def document(self, name: str) -> Any:
        """Return a document, or ``None`` where it is neither given nor in one of the folders.

        Args:
            name: Its name, as ``document_name`` gives it.

        Raises:
            InvalidSchema: It is not JSON.
        """
        if name not in self._documents:
            self._documents[name] = self._geometry(name) or self._read(name)
        return self._documents[name]

    def _geometry(self, name: str) -> dict[str, Any] | None:
        repository, _, file = name.partition("/")
        kind = file.removesuffix(".json")
        if repository != "geojson.org" or kind not in _COORDINATES:
            return None
        return {
            "type": "object",
            "required": ["type", "coordinates"],
            "properties": {
                "type": {"type": "string", "enum": [kind]},
                "coordinates": _COORDINATES[kind],
                "bbox": {"type": "array", "minItems": 4, "items": {"type": "number"}},
            },
        }

    def _read(self, name: str) -> Any:
        for folder in self._folders:
            for candidate in (folder / name, folder / name.partition("/")[2], folder / name.rpartition("/")[2]):
                # A name may lead up ("../"), and a link may lead away: nothing is read but what is in the folder.
                if candidate.is_file() and candidate.resolve().is_relative_to(folder.resolve()):
                    try:
                        return orjson.loads(read_file(candidate))
                    except orjson.JSONDecodeError as wrong:
                        raise InvalidSchema(f"the schema {candidate} is not JSON: {wrong}") from None
        return None
