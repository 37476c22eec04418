"""A limit on the time of one attempt, for both kinds of client."""

from __future__ import annotations

import time
from types import TracebackType
from typing import Self

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


class Deadline:
    """Raise ``TimeoutError`` from :meth:`check` once the time is up: a blocking read cannot be cancelled from outside.

    Args:
        seconds: How long.
    """

    def __init__(self, seconds: float) -> None:
        self._end = time.monotonic() + seconds

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        return None

    def check(self) -> None:
        """Raise if the time is up.

        Raises:
            TimeoutError: It is.
        """
        if time.monotonic() > self._end:
            raise TimeoutError
