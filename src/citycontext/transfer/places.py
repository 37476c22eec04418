"""Where entities are read from and written to: a context broker, or a file of NDJSON."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import orjson

from citycontext.client import Client
from citycontext.errors import ConfigurationError
from citycontext.foreign_text import printable
from citycontext.ngsild.batch import BatchFailure, BatchResult

__all__ = ["BrokerPlace", "FilePlace", "Place"]

Position = dict[str, Any]
"""Where reading may go on; JSON."""

_IDS_PER_QUERY: Final = 50


class Place(ABC):
    """A place of entities.

    .. versionadded:: 0.2
    """

    @property
    @abstractmethod
    def name(self) -> str:
        """What the place is, for checkpoints and reports; without secrets."""

    @abstractmethod
    def read(self, position: Position | None) -> Iterator[tuple[dict[str, Any], Position]]:
        """Yield the entities, each with the position behind it.

        Args:
            position: Where to begin, as an earlier reading said; None for the beginning.
        """

    @abstractmethod
    def find(self, entities: Sequence[Mapping[str, Any]]) -> Mapping[str, dict[str, Any]]:
        """Return what is here of some entities, by id."""

    @abstractmethod
    def write(self, entities: Sequence[dict[str, Any]]) -> BatchResult:
        """Write entities, and replace those that are here."""

    def mark(self) -> Position:
        """Return what a resumed run must know of what was written so far."""
        return {}

    def rewind(self, mark: Position) -> None:  # noqa: B027 - a broker needs none: writing again does no harm
        """Forget what was written behind a mark."""

    def count(self) -> int | None:
        """Return how many entities there are; None where that is not known."""
        return None


class BrokerPlace(Place):
    """The entities of a context broker.

    .. versionadded:: 0.2

    Args:
        client: Of the broker.
        name: What it is called.
        types: Only these types; None for all that the broker has.
        selection: Further arguments of the query, such as ``q``.
    """

    def __init__(self, client: Client, name: str, *, types: Sequence[str] | None = None, **selection: Any) -> None:
        self._client = client
        self._name = name
        self._types = list(types) if types else None
        self._selection = selection

    @property
    def name(self) -> str:
        """What the place is."""
        return self._name

    def read(self, position: Position | None) -> Iterator[tuple[dict[str, Any], Position]]:
        """Yield the entities type by type; one that is found by several of their names comes once."""
        types = self._types or sorted(self._client.types.names())
        done = position or {}
        seen: set[str] = set()
        # By the models, a short name finds what is stored under the IRIs that it stands for as well.
        overlap = any("://" in kind for kind in types)
        for kind in types:
            if done.get("type") is not None and types.index(kind) < _index(types, done["type"]):
                continue
            skip = int(done.get("number", 0)) if kind == done.get("type") else 0
            number = 0
            for entity in self._client.entities.query(kind, as_=dict, **self._selection):
                number += 1
                if number <= skip or entity["id"] in seen:
                    continue
                if overlap or isinstance(entity.get("type"), list):
                    seen.add(entity["id"])
                yield entity, {"type": kind, "number": number}

    def find(self, entities: Sequence[Mapping[str, Any]]) -> Mapping[str, dict[str, Any]]:
        """Return what is here of some entities, by id."""
        by_type: dict[str, list[str]] = {}
        for one in entities:
            kind = one.get("type")
            by_type.setdefault(kind[0] if isinstance(kind, list) else str(kind), []).append(one["id"])
        found: dict[str, dict[str, Any]] = {}
        for kind, ids in by_type.items():
            for start in range(0, len(ids), _IDS_PER_QUERY):
                part = ids[start : start + _IDS_PER_QUERY]
                for entity in self._client.entities.query(kind, as_=dict, id=part, page_size=_IDS_PER_QUERY):
                    found[entity["id"]] = entity
        return found

    def write(self, entities: Sequence[dict[str, Any]]) -> BatchResult:
        """Write entities, and replace those that are here."""
        result: BatchResult = self._client.batch.upsert(list(entities))
        return result

    def count(self) -> int | None:
        """Return how many entities there are."""
        types = self._types or self._client.types.names()
        return sum(int(self._client.entities.query(kind, **self._selection).count()) for kind in types)


class FilePlace(Place):
    """A file of entities: read as JSON or NDJSON, written as NDJSON, a line each.

    .. versionadded:: 0.2

    Args:
        path: The file.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._found: dict[str, dict[str, Any]] | None = None

    @property
    def name(self) -> str:
        """The file's absolute path."""
        return str(self._path.resolve())

    def read(self, position: Position | None) -> Iterator[tuple[dict[str, Any], Position]]:
        """Yield the entities of the file; a line of refused ones gives the entity in it."""
        skip = int((position or {}).get("number", 0))
        for number, item in enumerate(self._items(), 1):
            if number <= skip:
                continue
            entity = item.get("entity", item) if isinstance(item, dict) and "reason" in item else item
            if not isinstance(entity, dict) or not isinstance(entity.get("id"), str):
                raise ConfigurationError(f"item {number} is not an entity: it has no id.", file=str(self._path))
            yield entity, {"number": number}

    def find(self, entities: Sequence[Mapping[str, Any]]) -> Mapping[str, dict[str, Any]]:
        """Return what is here of some entities, by id; the file is read into memory once."""
        if self._found is None:
            self._found = {entity["id"]: entity for entity, _ in self.read(None)}
        return {one["id"]: self._found[one["id"]] for one in entities if one["id"] in self._found}

    def write(self, entities: Sequence[dict[str, Any]]) -> BatchResult:
        """Append entities, on the disk when this returns."""
        result = BatchResult()
        lines = []
        for entity in entities:
            try:
                lines.append(orjson.dumps(entity))
                result.succeeded.append(entity["id"])
            except TypeError as error:
                result.failed.append(BatchFailure(entity["id"], ConfigurationError(printable(str(error)))))
        with self._path.open("ab") as file:
            file.write(b"".join(line + b"\n" for line in lines))
            file.flush()
        return result

    def mark(self) -> Position:
        """Return how long the file is."""
        return {"bytes": self._path.stat().st_size if self._path.exists() else 0}

    def rewind(self, mark: Position) -> None:
        """Cut the file to its length at the mark; to nothing without one."""
        length = int(mark.get("bytes", 0))
        with self._path.open("ab") as file:
            file.truncate(length)

    def _items(self) -> Iterator[Any]:
        try:
            with self._path.open("rb") as file:
                first = file.readline().removeprefix(b"\xef\xbb\xbf")
                begun = _parsed(first)
                if isinstance(begun, dict) and not isinstance(begun.get("@graph"), list):
                    yield begun
                    for number, line in enumerate(file, 2):
                        if line.strip():
                            item = _parsed(line)
                            if item is None:
                                raise ConfigurationError("is not JSON.", file=f"{self._path}:{number}")
                            yield item
                    return
                whole = begun if begun is not None else _parsed(first + file.read())
        except OSError as error:
            raise ConfigurationError(f"cannot be read: {error.strerror}.", file=str(self._path)) from None
        if whole is None and first.strip():
            raise ConfigurationError("is neither JSON nor NDJSON.", file=str(self._path))
        if isinstance(whole, dict):
            whole = whole.get("@graph", whole)
        yield from whole if isinstance(whole, list) else [whole] if whole is not None else []


def _parsed(text: bytes) -> Any:
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError:
        return None


def _index(types: Sequence[str], kind: str) -> int:
    return types.index(kind) if kind in types else -1
