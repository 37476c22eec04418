"""Where the features of a service come from: a file of GeoJSON, or the newest versions of a stream."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import unquote, urlsplit

import orjson

from citycontext.ngsild.time import instant_of
from citycontext.publish.config import Publication
from citycontext.publish.exports.geojson_file import feature_of
from citycontext.publish.exports.rows import order_of, present
from citycontext.publish.ldes.nodes import ROOT
from citycontext.publish.ldes.versions import DELETE, WAS_REVISION_OF, micros_of, time_of
from citycontext.publish.linked_data import DCT_IS_VERSION_OF
from citycontext.publish.policy import Cleared

__all__ = ["FeatureSource", "GeoJsonFile", "StreamFolder"]


class FeatureSource(Protocol):
    """What features are read from."""

    def stamp(self) -> object:
        """Return what is another one once the features have changed."""
        ...

    def features(self) -> Iterator[dict[str, Any]]:
        """Yield the features as they are now."""
        ...


class GeoJsonFile:
    """A file that ``publish geojson`` wrote.

    Args:
        path: The file.
    """

    def __init__(self, path: Path) -> None:
        self._path = path

    def stamp(self) -> object:
        """Return what is another one once the file has changed."""
        return _stamp(self._path)

    def features(self) -> Iterator[dict[str, Any]]:
        """Yield the features, which are a line each."""
        try:
            with self._path.open("rb") as lines:
                for line in lines:
                    if line.startswith(b'{"') and b'"Feature"' in line:
                        yield orjson.loads(line.rstrip().removesuffix(b","))
        except FileNotFoundError:
            return


class StreamFolder:
    """The folder of a stream whose members are NGSI-LD; all of its views count.

    Args:
        folder: The folder.
        publication: What is published.
    """

    def __init__(self, folder: Path, publication: Publication) -> None:
        self._folder = folder
        self._publication = publication

    def stamp(self) -> object:
        """Return what is another one once the stream has changed."""
        return tuple(_stamp(root) for root in self._roots())

    def features(self) -> Iterator[dict[str, Any]]:
        """Yield each entity as it was last observed."""
        order = order_of(self._publication.allow)
        deleted: dict[str, int] = {}
        for one in present(self._entities(deleted)):
            at = time_of(one.wire, one, ("observedAt",))
            if one.id not in deleted or (at is not None and at > deleted[one.id]):
                yield feature_of(one, order)

    def versions(self) -> Iterator[tuple[str, Cleared]]:
        """Yield day and content of all versions that are linked to."""
        stream = self._publication.stream
        path = stream.timestamp_path if stream is not None else ""
        for member in self._members():
            stamp = member.get(path)
            if isinstance(stamp, dict) and DELETE not in member["type"]:
                yield str(stamp["@value"])[:10], self._entity_of(member)

    def _roots(self) -> list[Path]:
        views = sorted((path for path in self._folder.glob(f"*/{ROOT}") if path.parent.name.isdecimal()), key=_number)
        return [self._folder / ROOT, *views]

    def _members(self) -> Iterator[dict[str, Any]]:
        for root in self._roots():
            for members in _linked(root):
                yield from (one for one in members if isinstance(one.get(DCT_IS_VERSION_OF), dict) and "type" in one)

    def _entity_of(self, member: dict[str, Any]) -> Cleared:
        stream = self._publication.stream
        paths = (stream.timestamp_path, stream.published_path) if stream is not None else ()
        bookkeeping = {WAS_REVISION_OF, DCT_IS_VERSION_OF, *paths}
        wire = {name: one for name, one in member.items() if name not in bookkeeping}
        return Cleared({**wire, "id": member[DCT_IS_VERSION_OF]["@id"]})

    def _entities(self, deleted: dict[str, int]) -> Iterator[Cleared]:
        """Yield all versions, and note when entities were deleted."""
        stream = self._publication.stream
        for member in self._members():
            if DELETE in member["type"]:
                stamp = member.get(stream.timestamp_path if stream is not None else "")
                at = micros_of(instant_of(stamp["@value"], "")) if stamp else 2**62
                deleted[member[DCT_IS_VERSION_OF]["@id"]] = at
            else:
                yield self._entity_of(member)


def _linked(root: Path) -> Iterator[list[dict[str, Any]]]:
    """Yield the members of each node that links lead to, the root's last, since they are the newest."""
    node, stream = _read(root)
    base = unquote(urlsplit(str(node.get("@id", ""))).path).removesuffix(ROOT)
    todo = _children(node)
    seen = set(todo)
    while todo:
        address = todo.pop(0)
        below, held = _read(root.parent / unquote(urlsplit(address).path).removeprefix(base))
        fresh = [one for one in _children(below) if one not in seen]
        seen.update(fresh)
        todo[:0] = fresh
        if held.get("tree:member"):
            yield held["tree:member"]
    yield stream.get("tree:member", [])


def _children(node: dict[str, Any]) -> list[str]:
    return list(dict.fromkeys(one["tree:node"]["@id"] for one in node.get("tree:relation", ())))


def _read(path: Path) -> tuple[dict[str, Any], dict[str, Any]]:
    try:
        node, stream = orjson.loads(path.read_bytes())["@graph"]
    except (FileNotFoundError, NotADirectoryError):
        return {}, {}
    return (node, stream) if "tree:view" not in node and "tree:member" in stream else (stream, node)


def _stamp(path: Path) -> object:
    try:
        status = path.stat()
    except FileNotFoundError:
        return None
    return status.st_mtime_ns, status.st_size


def _number(path: Path) -> int:
    return int(path.parent.name)
