"""Data files that ship with the package: named blocks, each compressed, and read when one is asked for."""

from __future__ import annotations

import lzma
import re
import zlib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

import orjson

__all__ = ["Packed", "pack"]

_LEVEL: Final = 9
_LZMA: Final = 0x5D  # how LZMA's own header begins; that of zlib begins with 0x78
_FILTERS: Final = ({"id": lzma.FILTER_LZMA1, "preset": 9 | lzma.PRESET_EXTREME, "dict_size": 1 << 20},)
_SHARED: Final = 32_768  # as far as zlib looks back
_PIECE: Final = re.compile(rb"[^,\n]+[,\n]?")


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
        start = read["shared"]
        self._shared = zlib.decompress(self._content[:start])
        self._places: dict[str, tuple[int, int]] = {}
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
        content = self._content[start:end]
        if content[0] == _LZMA:
            return lzma.decompress(content, format=lzma.FORMAT_ALONE)
        return zlib.decompressobj(zdict=self._shared).decompress(content)


def pack(head: Mapping[str, Any], blocks: Mapping[str, bytes]) -> bytes:
    """Pack blocks, so that each can be read without the others.

    What several blocks say is kept once, beside them.

    Args:
        head: What is read at once.
        blocks: Name → content.
    """
    shared = _shared(blocks.values())
    packed = {name: _compressed(content, shared) for name, content in blocks.items()}
    beside = zlib.compress(shared, _LEVEL)
    line = {"head": head, "shared": len(beside), "blocks": [(name, len(content)) for name, content in packed.items()]}
    return b"".join((orjson.dumps(line, option=orjson.OPT_APPEND_NEWLINE), beside, *packed.values()))


def _compressed(content: bytes, shared: bytes) -> bytes:
    by_zlib = zlib.compressobj(_LEVEL, zdict=shared)
    short = by_zlib.compress(content) + by_zlib.flush()
    shorter = lzma.compress(content, format=lzma.FORMAT_ALONE, filters=_FILTERS)
    return min(short, shorter, key=len)


def _shared(contents: Iterable[bytes]) -> bytes:
    """Return what most blocks have in common, the commonest last, where zlib finds it nearest."""
    counted: Counter[bytes] = Counter()
    for content in contents:
        counted.update(sorted(set(_PIECE.findall(content))))
    common = sorted(
        (one for one, number in counted.items() if number > 2 and len(one) > 6),
        key=lambda one: (counted[one] * len(one), one),
    )
    return b"".join(common)[-_SHARED:]
