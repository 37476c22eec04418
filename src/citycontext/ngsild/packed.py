"""Data files that ship with the package: named blocks, each compressed, and read when one is asked for."""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Mapping
from typing import Any, Final

import orjson

__all__ = ["Packed", "pack"]

_LEVEL: Final = 9


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
        self._places: dict[str, tuple[int, int]] = {}
        start = 0
        for name, size in read["blocks"]:
            self._places[name] = (start, start + size)
            start += size

    def __iter__(self) -> Iterator[str]:
        return iter(self._places)

    def __contains__(self, name: object) -> bool:
        return name in self._places

    def block(self, name: str) -> bytes:
        """Return the content of a block.

        Args:
            name: Its name.
        """
        start, end = self._places[name]
        return zlib.decompress(self._content[start:end])


def pack(head: Mapping[str, Any], blocks: Mapping[str, bytes]) -> bytes:
    """Pack blocks, so that each can be read without the others.

    Args:
        head: What is read at once.
        blocks: Name → content.
    """
    packed = {name: zlib.compress(content, _LEVEL) for name, content in blocks.items()}
    line = {"head": head, "blocks": [(name, len(content)) for name, content in packed.items()]}
    return b"".join((orjson.dumps(line, option=orjson.OPT_APPEND_NEWLINE), *packed.values()))
