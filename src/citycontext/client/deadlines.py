"""A limit on the time of one attempt, for both kinds of client."""

from __future__ import annotations

import ssl
import time
from contextvars import Token
from types import TracebackType
from typing import TYPE_CHECKING, Self
from urllib.request import getproxies

from citycontext.client.attempt_clock import END

if TYPE_CHECKING:
    from citycontext.web.http import httpx

__all__ = ["AsyncDeadline", "Deadline"]


class AsyncDeadline:
    """Cancel what runs inside and raise ``TimeoutError`` once the time is up.

    Args:
        seconds: How long.
    """

    def __init__(self, seconds: float) -> None:
        from asyncio import timeout  # the synchronous client has no use for it

        self._timeout = timeout(seconds)

    async def __aenter__(self) -> Self:
        await self._timeout.__aenter__()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._timeout.__aexit__(kind, error, trace)

    def check(self) -> None:
        """Do nothing: the loop sees to it."""

    @staticmethod
    def transport(*, limits: httpx.Limits, verify: ssl.SSLContext | str | bool) -> httpx.AsyncBaseTransport | None:
        """Return the transport, of which any can be cancelled; None, for that of httpx, where a proxy is to be used.

        Args:
            limits: How many connections.
            verify: Certificates to trust.

        Raises:
            OSError: The certificates cannot be read.
        """
        if _has_proxy():
            return None
        from citycontext.client.async_network import AsyncFramedTransport

        return AsyncFramedTransport(limits=limits, verify=verify)


class Deadline:
    """Raise ``TimeoutError`` or a time-out of httpx once the time is up, in whatever waits on a connection.

    Args:
        seconds: How long.
    """

    def __init__(self, seconds: float) -> None:
        self._end = time.monotonic() + seconds
        self._before: Token[float] | None = None

    def __enter__(self) -> Self:
        self._before = END.set(self._end)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._before is not None, "it was entered"
        END.reset(self._before)

    def check(self) -> None:
        """Raise if the time is up, where the transport is not ours.

        Raises:
            TimeoutError: It is.
        """
        if time.monotonic() > self._end:
            raise TimeoutError

    @staticmethod
    def transport(*, limits: httpx.Limits, verify: ssl.SSLContext | str | bool) -> httpx.BaseTransport | None:
        """Return the transport whose waits end with the deadline; None, for that of httpx, where a proxy is to be used.

        Args:
            limits: How many connections.
            verify: Certificates to trust.

        Raises:
            OSError: The certificates cannot be read.
        """
        if _has_proxy():
            return None
        from citycontext.client.network import DeadlineTransport

        return DeadlineTransport(limits=limits, verify=verify)


def _has_proxy() -> bool:
    return not getproxies().keys().isdisjoint(("http", "https", "all"))
