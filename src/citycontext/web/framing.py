"""Where an answer of HTTP/1.1 ends on its connection, and whether more came than it announced.

What follows an answer in the same packet would be read as the answer to the next request: to a question of somebody
else, where a program serves several. The HTTP library keeps such bytes. Here they are cut off, and the connection is
said to be spent, so that it is closed and not used again.
"""

from __future__ import annotations

import re
from enum import Enum, auto
from typing import Final

__all__ = ["Framing"]

_END_OF_HEAD: Final = re.compile(rb"\r?\n\r?\n")
_LENGTH: Final = re.compile(rb"\ncontent-length:[ \t]*(\d+)", re.IGNORECASE)
_CHUNKED: Final = re.compile(rb"\ntransfer-encoding:[^\n]*chunked", re.IGNORECASE)
_LONGEST_LINE: Final = 131_072


class _State(Enum):
    IDLE = auto()
    HEAD = auto()
    LENGTH = auto()
    CHUNKS = auto()
    OPEN = auto()
    """The answer ends with the connection, or is not one that can be followed: the HTTP library sees to it."""


class Framing:
    """Follows the answers on one connection."""

    def __init__(self) -> None:
        self.is_spent: bool = False
        self._state = _State.IDLE
        self._has_no_body = False
        self._kept = b""
        self._left = 0
        self._is_trailer = False

    def sent(self, data: bytes) -> None:
        """Note what was sent.

        Args:
            data: A part of a request.
        """
        if self._state is _State.IDLE:
            self._state = _State.HEAD
            self._kept = b""
            self._has_no_body = data.startswith(b"HEAD ")

    def received(self, data: bytes) -> bytes:
        """Return what of the bytes received belongs to the answer.

        Args:
            data: What came; nothing where the other side closed the connection.
        """
        surplus = self._surplus(data)
        if not surplus:
            return data
        self.is_spent = True
        return data[:-surplus]

    def _surplus(self, data: bytes) -> int:
        """Count the bytes behind the answer's end."""
        if self._state is _State.IDLE:
            self.is_spent = self.is_spent or bool(data)
            return 0
        while self._state is _State.HEAD:
            self._kept += data
            end = _END_OF_HEAD.search(self._kept)
            if end is None:
                if len(self._kept) > _LONGEST_LINE:
                    self._state = _State.OPEN
                return 0
            head, data, self._kept = self._kept[: end.end()], self._kept[end.end() :], b""
            self._begin_body(head)
        if self._state is _State.LENGTH:
            surplus = len(data) - self._left
            self._left = max(0, -surplus)
            if surplus >= 0:
                self._state = _State.IDLE
            return max(0, surplus)
        return self._surplus_of_chunks(data) if self._state is _State.CHUNKS else 0

    def _begin_body(self, head: bytes) -> None:
        status = head[:64].split(None, 2)[1:2]
        code = int(status[0]) if status and status[0].isdigit() else 0
        if 100 <= code < 200 and code != 101:
            return  # the head of the real answer follows
        length = _LENGTH.search(head)
        if self._has_no_body or code in (204, 304):
            self._state, self._left = _State.LENGTH, 0
        elif code in (0, 101):
            self._state = _State.OPEN
        elif _CHUNKED.search(head):
            self._state, self._left, self._is_trailer = _State.CHUNKS, 0, False
        elif length is not None:
            self._state, self._left = _State.LENGTH, int(length[1])
        else:
            self._state = _State.OPEN

    def _surplus_of_chunks(self, data: bytes) -> int:
        at = 0
        while at < len(data):
            if self._left:
                step = min(self._left, len(data) - at)
                self._left -= step
                at += step
                continue
            end = data.find(b"\n", at)
            if end < 0:
                self._kept += data[at:]
                if len(self._kept) > _LONGEST_LINE:
                    self._state = _State.OPEN
                return 0
            line, self._kept, at = (self._kept + data[at:end]).strip(), b"", end + 1
            if self._is_trailer:
                if not line:
                    self._state = _State.IDLE
                    return len(data) - at
                continue
            try:
                size = int(line.partition(b";")[0], 16)
            except ValueError:
                self._state = _State.OPEN
                return 0
            self._is_trailer = size == 0
            self._left = size + 2 if size else 0  # and the line end behind it
        return 0
