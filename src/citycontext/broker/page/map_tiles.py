"""Map tiles out of one file (PMTiles, version 3), for a base map where no network is."""

from __future__ import annotations

import gzip
import struct
from bisect import bisect_right
from functools import lru_cache
from pathlib import Path
from typing import Any, Final, NamedTuple

import orjson
from starlette.responses import PlainTextResponse, Response

from citycontext.errors import ConfigurationError
from citycontext.web.media_types import MAP_TILE

__all__ = ["MapTiles"]

_MAGIC: Final = b"PMTiles"
_HEADER: Final = struct.Struct("<7sB11Q6B4iB2i")
_NONE, _GZIP = 1, 2
_KINDS: Final = {
    1: (MAP_TILE, "vector"),
    2: ("image/png", "image"),
    3: ("image/jpeg", "image"),
    4: ("image/webp", "image"),
}
_DEEPEST: Final = 4
"""Directories below directories; the format has two levels, a file that leads in circles has an end here."""


class _Entry(NamedTuple):
    tile: int
    run: int
    length: int
    offset: int


class MapTiles:
    """The tiles of a file.

    Args:
        path: The file.

    Raises:
        ConfigurationError: There is no such file, or it does not hold map tiles that can be shown.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        try:
            with path.open("rb") as file:
                head = file.read(_HEADER.size)
        except OSError as error:
            raise ConfigurationError(f"{path} cannot be read: {error.strerror}.", key="basemap") from None
        if len(head) < _HEADER.size or not head.startswith(_MAGIC) or head[7] != 3:
            raise ConfigurationError(
                f"{path} is not a file of map tiles (PMTiles, version 3).",
                key="basemap",
                cure="Cut one out of a map of the world: pmtiles extract … city.pmtiles --bbox=…",
            )
        (_, _, root, root_length, metadata, metadata_length, leaves, _, data, *_rest) = _HEADER.unpack(head)
        self._root, self._leaves, self._data = (root, root_length), leaves, data
        internal, tiles, kind, self._least, self._most = _rest[5:10]
        if kind not in _KINDS or internal not in (_NONE, _GZIP) or tiles not in (0, _NONE, _GZIP):
            raise ConfigurationError(
                f"{path} holds tiles of a kind or compression that the page cannot show.", key="basemap"
            )
        self._is_packed = internal == _GZIP
        self._tiles_packed = tiles == _GZIP
        self._media_type, self._kind = _KINDS[kind]
        self._directory = lru_cache(maxsize=64)(self._read_directory)
        try:
            self._credit = str(orjson.loads(self._read(metadata, metadata_length)).get("attribution", ""))
            self._directory(*self._root)
        except (ValueError, OSError, EOFError, IndexError, AttributeError):
            raise ConfigurationError(
                f"{path} is a file of map tiles that is cut short or damaged.", key="basemap"
            ) from None

    def description(self) -> dict[str, Any]:
        """Return what the page must know to show them."""
        return {"kind": self._kind, "least": self._least, "most": self._most, "credit": self._credit}

    def answer(self, place: str) -> Response:
        """Answer with a tile.

        Args:
            place: Zoom, column and row: ``z/x/y``.
        """
        parts = place.split("/")
        if len(parts) != 3 or not all(part.isascii() and part.isdigit() and len(part) < 9 for part in parts):
            return PlainTextResponse("A tile is z/x/y.", status_code=404)
        z, x, y = map(int, parts)
        tile = self.tile(z, x, y) if z <= self._most and max(x, y) < 1 << z else None
        headers = {"Cache-Control": "max-age=3600"}
        if tile is None:
            return Response(status_code=204, headers=headers)
        if self._tiles_packed:
            headers["Content-Encoding"] = "gzip"
        return Response(tile, headers=headers, media_type=self._media_type)

    def tile(self, z: int, x: int, y: int) -> bytes | None:
        """Return a tile as it is in the file, None where it has none.

        Args:
            z, x, y: Zoom, column and row.
        """
        wanted = _number(z, x, y)
        where = self._root
        for _ in range(_DEEPEST):
            entries = self._directory(*where)
            place = bisect_right(entries, wanted, key=lambda entry: entry.tile) - 1
            if place < 0:
                return None
            found = entries[place]
            if found.run:
                inside = wanted - found.tile < found.run
                return self._bytes(self._data + found.offset, found.length) if inside else None
            where = (self._leaves + found.offset, found.length)
        return None

    def _read_directory(self, offset: int, length: int) -> tuple[_Entry, ...]:
        numbers = _varints(self._read(offset, length))
        count = numbers[0]
        ids, runs, lengths, offsets = (numbers[1 + part * count : 1 + (part + 1) * count] for part in range(4))
        entries: list[_Entry] = []
        tile = end = 0
        for step, run, size, start in zip(ids, runs, lengths, offsets, strict=True):
            tile += step
            begin = start - 1 if start else end
            entries.append(_Entry(tile, run, size, begin))
            end = begin + size
        return tuple(entries)

    def _read(self, offset: int, length: int) -> bytes:
        content = self._bytes(offset, length)
        return gzip.decompress(content) if self._is_packed else content

    def _bytes(self, offset: int, length: int) -> bytes:
        with self._path.open("rb") as file:
            file.seek(offset)
            return file.read(length)


def _varints(content: bytes) -> list[int]:
    numbers, value, shift = [], 0, 0
    for byte in content:
        value |= (byte & 0x7F) << shift
        shift += 7
        if byte < 0x80:
            numbers.append(value)
            value = shift = 0
    return numbers


def _number(z: int, x: int, y: int) -> int:
    """Return the place of a tile on the curve of Hilbert, after all tiles of the zooms above it."""
    number = ((1 << (2 * z)) - 1) // 3
    size = 1 << z
    half = size >> 1
    while half:
        right, down = int(x & half > 0), int(y & half > 0)
        number += half * half * ((3 * right) ^ down)
        if not down:
            if right:
                x, y = size - 1 - x, size - 1 - y
            x, y = y, x
        half >>= 1
    return number
