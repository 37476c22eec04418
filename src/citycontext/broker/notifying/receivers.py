"""Where notifications go over HTTP: connections that are kept, some at a time to each receiver (6.3.8)."""

from __future__ import annotations

import asyncio
import ssl
from collections import OrderedDict
from collections.abc import Mapping
from functools import lru_cache
from typing import Final

from citycontext.foreign_text import printable
from citycontext.web.http import httpx

__all__ = ["DeliveryFailed", "Receivers"]

_KEPT: Final = 64
_AT_A_TIME: Final = 8
_SLOW: Final = 0.25
_LEFT_OVER: Final = 65_536


class DeliveryFailed(Exception):
    """The receiver did not take a notification.

    Args:
        reason: Why, in a few words.
        retryable: Whether it may take it later.
    """

    def __init__(self, reason: str, *, retryable: bool) -> None:
        super().__init__(reason)
        self.retryable = retryable


class _Receiver:
    """One origin that notifications go to, with its connections."""

    def __init__(self, inside: httpx.AsyncBaseTransport | None) -> None:
        self.http = httpx.AsyncClient(
            transport=inside,
            verify=True if inside is not None else _tls(),
            trust_env=False,
            limits=httpx.Limits(max_connections=None, max_keepalive_connections=_AT_A_TIME),
        )
        self.slots = asyncio.Semaphore(_AT_A_TIME)
        self.under_way = 0


class Receivers:
    """The receivers of an event loop; what is not used for long is closed.

    Args:
        transports: What reaches a receiver without the network, by its origin.
    """

    def __init__(self, transports: Mapping[str, httpx.AsyncBaseTransport] | None = None) -> None:
        self._transports = transports if transports is not None else {}
        self.keeps_idle = False
        """Whether connections stay while nothing is sent; only where ``close`` is sure to come, as behind a server."""
        self._loop: asyncio.AbstractEventLoop | None = None
        self._known: OrderedDict[tuple[str, str], _Receiver] = OrderedDict()

    async def post(self, uri: str, body: bytes, headers: Mapping[str, str], timeout: float) -> None:  # noqa: ASYNC109
        """Send a notification.

        Args:
            uri: Where to.
            body: What it says.
            headers: What it goes with.
            timeout: Seconds until the answer must be there, from when it is the notification's turn.

        Raises:
            DeliveryFailed: It was not taken.
        """
        try:
            url = httpx.URL(uri)
        except httpx.InvalidURL as error:
            raise DeliveryFailed(printable(str(error)), retryable=False) from error
        receiver = await self._find(url)
        receiver.under_way += 1
        try:
            await receiver.slots.acquire()
            # Who is slow gives the place back, so that others at the same receiver are not held up.
            place = _Place(receiver.slots)
            slow = asyncio.get_running_loop().call_later(_SLOW, place.free)
            try:
                await _post(receiver.http, url, body, headers, timeout)
            finally:
                slow.cancel()
                place.free()
        finally:
            receiver.under_way -= 1
            if not self.keeps_idle and not receiver.under_way and self._known.pop(_key(url), None) is not None:
                await receiver.http.aclose()

    async def close(self) -> None:
        """Close all connections."""
        known = list(self._known.values())
        self._known.clear()
        if self._loop is asyncio.get_running_loop():
            for receiver in known:
                await receiver.http.aclose()

    async def _find(self, url: httpx.URL) -> _Receiver:
        loop = asyncio.get_running_loop()
        if self._loop is not loop:
            # The connections of an earlier loop ended with it.
            self._known.clear()
            self._loop = loop
        key = _key(url)
        receiver = self._known.get(key)
        if receiver is None:
            receiver = self._known[key] = _Receiver(self._transports.get("://".join(key)))
            await self._forget()
        self._known.move_to_end(key)
        return receiver

    async def _forget(self) -> None:
        while len(self._known) > _KEPT:
            key = next((key for key, one in self._known.items() if not one.under_way), None)
            if key is None or key == next(reversed(self._known)):
                return
            await self._known.pop(key).http.aclose()


def _key(url: httpx.URL) -> tuple[str, str]:
    return url.scheme, url.netloc.decode("ascii", "replace")


class _Place:
    def __init__(self, slots: asyncio.Semaphore) -> None:
        self._slots: asyncio.Semaphore | None = slots

    def free(self) -> None:
        if self._slots is not None:
            self._slots.release()
            self._slots = None


async def _post(
    http: httpx.AsyncClient,
    url: httpx.URL,
    body: bytes,
    headers: Mapping[str, str],
    timeout: float,  # noqa: ASYNC109
) -> None:
    try:
        async with (
            asyncio.timeout(timeout),
            http.stream("POST", url, content=body, headers=headers, timeout=timeout) as answer,
        ):
            # The status says it all; but a short body is read, since only then the connection can be used again.
            left = _LEFT_OVER
            async for part in answer.aiter_raw():
                left -= len(part)
                if left < 0:
                    break
    except TimeoutError as error:
        raise DeliveryFailed(f"it did not answer within {timeout:g} s", retryable=True) from error
    except (httpx.HTTPError, httpx.InvalidURL, ValueError) as error:
        raise DeliveryFailed(printable(str(error)) or type(error).__name__, retryable=True) from error
    if not answer.is_success:
        retryable = answer.status_code >= 500 or answer.status_code in (408, 425, 429)
        raise DeliveryFailed(f"it answered {answer.status_code}", retryable=retryable)


@lru_cache(maxsize=1)
def _tls() -> ssl.SSLContext:
    return ssl.create_default_context()
