"""Arrays of JSON read item by item, so that a file of any size needs the memory of its largest item."""

from __future__ import annotations

import codecs
import json
from collections.abc import Iterator
from typing import IO, Any, Final, NoReturn

__all__ = ["read_items"]

_CHUNK: Final = 1 << 18
_SPACE: Final = " \t\n\r"


def read_items(file: IO[bytes]) -> Iterator[Any]:
    """Read the items of an array; a document that is not an array is the only item.

    Args:
        file: The file, UTF-8, with or without byte order mark.

    Yields:
        The items, in their order.

    Raises:
        ValueError: it is not JSON, or no UTF-8; what stands before the fault has been yielded.
        RecursionError: An item is nested too deep.
    """
    text = _Text(file)
    if text.sign() != "[":
        yield json.loads(text.rest(), parse_constant=_refuse)
        return
    text.skip()
    first = True
    while True:
        sign = text.sign()
        if sign == "]" and first:
            break
        if not first:
            if sign == "]":
                break
            if sign != ",":
                text.refuse("',' or ']' is expected")
            text.skip()
        yield text.item()
        first = False
    text.skip()
    if text.sign():
        text.refuse("something stands behind the array")


class _Text:
    """A text that is read as far as is needed."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self._decode = codecs.getincrementaldecoder("utf-8-sig")().decode
        self._decoder = json.JSONDecoder(parse_constant=_refuse)
        self._held = ""
        self._at = 0
        self._gone = 0
        self._ended = False

    def sign(self) -> str:
        """Return the next sign that is not a space; empty at the end."""
        while True:
            while self._at < len(self._held) and self._held[self._at] in _SPACE:
                self._at += 1
            if self._at < len(self._held):
                return self._held[self._at]
            if self._ended:
                return ""
            self._more(_CHUNK)

    def skip(self) -> None:
        """Pass over one sign."""
        self._at += 1

    def item(self) -> Any:
        """Read a value."""
        self.sign()
        size = _CHUNK
        while True:
            try:
                found, end = self._decoder.raw_decode(self._held, self._at)
            except json.JSONDecodeError as wrong:
                if self._ended:
                    self._at = wrong.pos
                    self.refuse(wrong.msg)
            else:
                # A number may go on, also where what is held ends within its exponent: 1e, 1e+.
                if self._ended or self._held[end:].lstrip("+-.eE"):
                    self._at = end
                    return found
            self._more(size)
            size *= 2  # a long item is not tried again for each chunk

    def rest(self) -> str:
        """Return all that is left."""
        while not self._ended:
            self._more(_CHUNK * 16)
        return self._held[self._at :]

    def refuse(self, why: str) -> NoReturn:
        """Raise that the text is not JSON.

        Args:
            why: Why.
        """
        raise ValueError(f"{why} at character {self._gone + self._at}")

    def _more(self, size: int) -> None:
        chunk = self._file.read(size)
        self._ended = not chunk
        self._gone += self._at
        self._held = self._held[self._at :] + self._decode(chunk, final=not chunk)
        self._at = 0


def _refuse(name: str) -> NoReturn:
    raise ValueError(f"{name} is not a number of JSON")
