"""The present state of what is published, on disk and ready to be asked by collection, place and time."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any, Final, NamedTuple

import orjson

from citycontext.errors import DataError
from citycontext.ngsild.time import instant_of
from citycontext.publish.ldes.versions import instant_text, micros_of

__all__ = ["Collection", "FeatureIndex", "Found", "Selection"]

_SCHEMA: Final = """
CREATE TABLE feature (number INTEGER PRIMARY KEY, collection TEXT NOT NULL, id TEXT NOT NULL, west REAL, south REAL,
    east REAL, north REAL, at INTEGER, body BLOB NOT NULL);
CREATE INDEX by_collection ON feature (collection, number);
CREATE INDEX by_id ON feature (collection, id);
"""
_OBSERVED: Final = ".observedAt"


class Collection(NamedTuple):
    """Features of one type.

    Args:
        id: Its name in addresses, which is the type.
        features: How many there are.
        bbox: West, south, east and north; ``None`` where no feature has a place.
        interval: The earliest and the latest time; ``None`` where no feature has one.
    """

    id: str
    features: int
    bbox: tuple[float, float, float, float] | None
    interval: tuple[str, str] | None


class Selection(NamedTuple):
    """Which features are asked for.

    Args:
        bbox: West, south, east and north; west is greater than east where it spans the antimeridian.
        since: The earliest time, in microseconds since 1970.
        until: The latest.
        offset: How many to leave out.
        limit: How many at most.
    """

    bbox: tuple[float, float, float, float] | None = None
    since: int | None = None
    until: int | None = None
    offset: int = 0
    limit: int = 100


class Found(NamedTuple):
    """Features that were asked for.

    Args:
        matched: How many there are in all.
        bodies: Those of the page, as JSON texts.
    """

    matched: int
    bodies: list[bytes]


class FeatureIndex:
    """Features in a temporary file; it is filled anew as a whole."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._db = _empty()

    def fill(self, features: Iterable[dict[str, Any]]) -> None:
        """Take features in place of those that were there.

        Args:
            features: GeoJSON Features; the types of each stand in its property ``type``.
        """
        db = _empty()
        with db:
            db.executemany(
                "INSERT INTO feature (collection, id, west, south, east, north, at, body) VALUES (?,?,?,?,?,?,?,?)",
                _rows(features),
            )
        with self._lock:
            self._db, old = db, self._db
        old.close()

    def collections(self) -> list[Collection]:
        """Return the collections, by name."""
        query = """SELECT collection, count(*), min(west), min(south), max(east), max(north), min(at), max(at)
            FROM feature GROUP BY collection ORDER BY collection"""
        with self._lock:
            rows = self._db.execute(query).fetchall()
        return [
            Collection(
                name,
                count,
                None if west is None else (west, south, east, north),
                None if first is None else (instant_text(first), instant_text(last)),
            )
            for name, count, west, south, east, north, first, last in rows
        ]

    def collection(self, name: str) -> Collection | None:
        """Return a collection; ``None`` if none has this name.

        Args:
            name: Its name.
        """
        return next((one for one in self.collections() if one.id == name), None)

    def select(self, collection: str, selection: Selection) -> Found:
        """Return the features of a collection that are asked for, in the order in which they came.

        Args:
            collection: Its name.
            selection: Which ones.
        """
        where, values = ["collection = ?"], [collection]
        if selection.bbox is not None:
            west, south, east, north = selection.bbox
            inside = "(west <= ? AND east >= ?)" if west <= east else "(west <= ? OR east >= ?)"
            where += [inside, "south <= ? AND north >= ?"]
            values += [east, west, north, south]  # type: ignore[list-item]
        if selection.since is not None:
            where.append("(at IS NULL OR at >= ?)")
            values.append(selection.since)  # type: ignore[arg-type]
        if selection.until is not None:
            where.append("(at IS NULL OR at <= ?)")
            values.append(selection.until)  # type: ignore[arg-type]
        condition = " AND ".join(where)
        with self._lock:
            (matched,) = self._db.execute(f"SELECT count(*) FROM feature WHERE {condition}", values).fetchone()  # noqa: S608
            rows = self._db.execute(
                f"SELECT body FROM feature WHERE {condition} ORDER BY number LIMIT ? OFFSET ?",  # noqa: S608
                [*values, selection.limit, selection.offset],
            ).fetchall()
        return Found(matched, [body for (body,) in rows])

    def feature(self, collection: str, identifier: str) -> bytes | None:
        """Return a feature as JSON text; ``None`` if absent.

        Args:
            collection: The name of its collection.
            identifier: Its id.
        """
        query = "SELECT body FROM feature WHERE collection = ? AND id = ?"
        with self._lock:
            row = self._db.execute(query, (collection, identifier)).fetchone()
        return None if row is None else bytes(row[0])


def _empty() -> sqlite3.Connection:
    db = sqlite3.connect("", check_same_thread=False)  # a file of its own, which goes with the connection
    db.executescript(_SCHEMA)
    return db


def _rows(features: Iterable[dict[str, Any]]) -> Iterator[tuple[Any, ...]]:
    for one in features:
        box = _box(one.get("geometry"))
        properties = one.get("properties") or {}
        body = orjson.dumps(one)
        for collection in str(properties.get("type", "features")).split():
            yield (collection, str(one.get("id", "")), *(box or (None,) * 4), _time_of(properties), body)


def _time_of(properties: dict[str, Any]) -> int | None:
    """Return the latest time of observation of a feature."""
    times: list[datetime] = []
    for name, value in properties.items():
        if name.endswith(_OBSERVED) and isinstance(value, str):
            try:
                times.append(instant_of(value, name))
            except DataError:
                continue
    return micros_of(max(times)) if times else None


def _box(geometry: Any) -> tuple[float, float, float, float] | None:
    points = list(_points(geometry)) if isinstance(geometry, dict) else []
    if not points:
        return None
    xs, ys = [x for x, _ in points], [y for _, y in points]
    return min(xs), min(ys), max(xs), max(ys)


def _points(geometry: dict[str, Any]) -> Iterator[tuple[float, float]]:
    for one in geometry.get("geometries", ()):
        yield from _points(one)
    todo = [geometry.get("coordinates", [])]
    while todo:
        one = todo.pop()
        if isinstance(one, list) and one and isinstance(one[0], int | float):
            yield float(one[0]), float(one[1])
        elif isinstance(one, list):
            todo += one
