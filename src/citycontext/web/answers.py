"""How much of an answer is taken: every body passes a limit, counted after it was decompressed.

httpx decompresses whatever one read brings, a thousandfold or, compressed twice, a millionfold. Here a body is
decompressed in small steps, and reading ends where the limit is passed. The limit is a hook of the httpx client, so
that it holds for everything the client reads: results, error bodies, and what an authentication asks for.
"""

from __future__ import annotations

import time
import zlib
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from typing import Final

from citycontext.web.http import httpx

__all__ = ["ACCEPT_ENCODING", "MAX_ANSWER", "BodyTooLarge", "async_limit", "limit"]

MAX_ANSWER: Final = 64 * 1024 * 1024
"""Bytes that an answer may have, decompressed, where nothing else is said."""

ACCEPT_ENCODING: Final = "gzip, deflate"
"""The content codings that are understood, as the header's value."""

_STEP: Final = 65_536


class BodyTooLarge(httpx.TransportError):
    """An answer has more bytes than are taken.

    Args:
        most: How many are.
    """

    def __init__(self, most: int) -> None:
        super().__init__(f"the answer has more than the {most:,} bytes allowed")
        self.most = most


def limit(most: int, seconds: float | None = None) -> Callable[[httpx.Response], None]:
    """Return a hook for the responses of an ``httpx.Client``: ``event_hooks={"response": [limit(1_000_000)]}``.

    Args:
        most: Bytes that a body may have, decompressed.
        seconds: How long reading it may take; None for as long as each part comes within the time-out of httpx.
    """

    def guard(response: httpx.Response) -> None:
        measure = _begin(response, most, seconds)
        if measure is not None:
            assert isinstance(response.stream, httpx.SyncByteStream)
            response.stream = _Body(response.stream, measure)

    return guard


def async_limit(most: int, seconds: float | None = None) -> Callable[[httpx.Response], Awaitable[None]]:
    """Return a hook for the responses of an ``httpx.AsyncClient``; otherwise as `limit`.

    Args:
        most: Bytes that a body may have, decompressed.
        seconds: How long reading it may take; None for as long as each part comes within the time-out of httpx.
    """

    async def guard(response: httpx.Response) -> None:
        measure = _begin(response, most, seconds)
        if measure is not None:
            assert isinstance(response.stream, httpx.AsyncByteStream)
            response.stream = _AsyncBody(response.stream, measure)

    return guard


def _begin(response: httpx.Response, most: int, seconds: float | None) -> _Measure | None:
    """Return what measures a body; None where it is in memory already, as from a transport of a test."""
    if response.is_stream_consumed:
        if len(response.content) > most:
            raise BodyTooLarge(most)
        return None
    codings = [one.strip().lower() for one in response.headers.get("content-encoding", "").split(",")]
    codings = [one for one in codings if one not in ("", "identity")]
    length = response.headers.get("content-length", "")
    if not codings and response.request.method != "HEAD" and length.isdecimal() and int(length) > most:
        raise BodyTooLarge(most)
    measure = _Measure(codings, most, seconds)
    # What comes out of the stream is decompressed: httpx must not try it again.
    response.headers.pop("content-encoding", None)
    return measure


class _Measure:
    """Decompresses and counts the parts of one body."""

    def __init__(self, codings: list[str], most: int, seconds: float | None) -> None:
        self._most = most
        self._left = most
        self._end = None if seconds is None else time.monotonic() + seconds
        self._decoder: _Decoder | None = None
        if codings in (["gzip"], ["x-gzip"]):
            self._decoder = _Decoder(zlib.MAX_WBITS | 16)
        elif codings == ["deflate"]:
            self._decoder = _Decoder(zlib.MAX_WBITS, otherwise=-zlib.MAX_WBITS)
        elif codings:
            # Twice compressed, a body of some kilobytes holds gigabytes: nobody does it who means well.
            raise httpx.DecodingError(f"the answer is compressed by {', '.join(codings)[:80]}, which was not asked for")

    def parts(self, chunk: bytes) -> Iterator[bytes]:
        """Yield what a chunk of the network holds."""
        for part in (chunk,) if self._decoder is None else self._decoder.decode(chunk):
            self._left -= len(part)
            if self._left < 0:
                raise BodyTooLarge(self._most)
            if self._end is not None and time.monotonic() > self._end:
                raise httpx.ReadTimeout("the answer took too long")
            yield part


class _Decoder:
    """Decompresses in steps, so that no step needs more than a little memory."""

    def __init__(self, bits: int, *, otherwise: int | None = None) -> None:
        self._inflater = zlib.decompressobj(bits)
        self._otherwise = otherwise

    def decode(self, chunk: bytes) -> Iterator[bytes]:
        while not self._inflater.eof:
            try:
                part = self._inflater.decompress(chunk, _STEP)
            except zlib.error as error:
                if self._otherwise is None:
                    raise httpx.DecodingError(f"the answer cannot be decompressed: {error}") from error
                # Some servers leave out the frame that the standard asks for.
                self._inflater, self._otherwise = zlib.decompressobj(self._otherwise), None
                continue
            self._otherwise = None
            if part:
                yield part
            chunk = self._inflater.unconsumed_tail
            if not chunk and len(part) < _STEP:
                return


class _Body(httpx.SyncByteStream):
    def __init__(self, stream: httpx.SyncByteStream, measure: _Measure) -> None:
        self._stream = stream
        self._measure = measure

    def __iter__(self) -> Iterator[bytes]:
        for chunk in self._stream:
            yield from self._measure.parts(chunk)

    def close(self) -> None:
        self._stream.close()


class _AsyncBody(httpx.AsyncByteStream):
    def __init__(self, stream: httpx.AsyncByteStream, measure: _Measure) -> None:
        self._stream = stream
        self._measure = measure

    async def __aiter__(self) -> AsyncIterator[bytes]:
        async for chunk in self._stream:
            for part in self._measure.parts(chunk):
                yield part

    async def aclose(self) -> None:
        await self._stream.aclose()
