"""Data files that ship with the package: named blocks, small ones compressed together, read when one is asked for."""

from __future__ import annotations

import lzma
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

import orjson

__all__ = ["Packed", "pack"]

_FILTERS: Final = ({"id": lzma.FILTER_LZMA1, "preset": 9 | lzma.PRESET_EXTREME, "dict_size": 1 << 22, "pb": 0},)
_TOGETHER: Final = 262_144
"""Bytes that are compressed together: more needs less room, and longer to read one block."""


class Packed:
    """The blocks of a packed file.

    Args:
        content: What ``pack`` made.
    """

    def __init__(self, content: bytes) -> None:
        line, _, rest = content.partition(b"\n")
        read = orjson.loads(line)
        self.head: dict[str, Any] = read["head"]
        self._content = memoryview(rest)
        self._groups: list[tuple[int, int]] = []
        self._places: dict[str, tuple[int, int, int]] = {}
        self._latest: tuple[int, bytes] = (-1, b"")
        start = 0
        for number, (size, blocks) in enumerate(read["groups"]):
            self._groups.append((start, start + size))
            start += size
            place = 0
            for name, length in blocks:
                self._places[name] = (number, place, place + length)
                place += length

    def __iter__(self) -> Iterator[str]:
        return iter(self._places)

    def __contains__(self, name: object) -> bool:
        return name in self._places

    def block(self, name: str) -> bytes:
        """Return the content of a block.

        Args:
            name: Its name.
        """
        number, start, end = self._places[name]
        latest, content = self._latest
        if latest != number:
            first, last = self._groups[number]
            content = lzma.decompress(self._content[first:last], format=lzma.FORMAT_ALONE)
            if len(content) <= _TOGETHER:  # the next block asked for is often its neighbour
                self._latest = (number, content)
        return content[start:end]


def pack(head: Mapping[str, Any], blocks: Mapping[str, bytes]) -> bytes:
    """Pack blocks, so that each can be read without most of the others.

    Args:
        head: What is read at once.
        blocks: Name → content; neighbours that resemble each other need the least room.
    """
    groups = list(_groups(blocks))
    packed = [_compressed(b"".join(blocks[name] for name in names)) for names in groups]
    line = {
        "head": head,
        "groups": [
            (len(content), [(name, len(blocks[name])) for name in names])
            for names, content in zip(groups, packed, strict=True)
        ],
    }
    return b"".join((orjson.dumps(line, option=orjson.OPT_APPEND_NEWLINE), *packed))


def _groups(blocks: Mapping[str, bytes]) -> Iterable[list[str]]:
    names: list[str] = []
    size = 0
    for name, content in blocks.items():
        if names and size + len(content) > _TOGETHER:
            yield names
            names, size = [], 0
        names.append(name)
        size += len(content)
    if names:
        yield names


def _compressed(content: bytes) -> bytes:
    return lzma.compress(content, format=lzma.FORMAT_ALONE, filters=_FILTERS)
