"""Taking turns: long work pauses now and then, so that other requests are answered meanwhile."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Final

from starlette.requests import ClientDisconnect

__all__ = ["Turns"]

_TURN: Final = 0.02


class Turns:
    """The turns of one piece of work in the event loop.

    Args:
        is_gone: Tells whether the client went away, so that nobody waits for the work any more.
    """

    def __init__(self, is_gone: Callable[[], Awaitable[bool]] | None = None) -> None:
        self._is_gone = is_gone
        self._end = time.monotonic() + _TURN

    def is_over(self, longer: float = 0.0) -> bool:
        """Whether it is the turn of others.

        Args:
            longer: By how many seconds this turn is prolonged, where ending it costs something.
        """
        return time.monotonic() >= self._end + longer

    async def pass_on(self) -> None:
        """Let others have their turn, if this one is over; never inside a transaction.

        Raises:
            ClientDisconnect: The client went away.
        """
        if self.is_over():
            await asyncio.sleep(0)
            if self._is_gone is not None and await self._is_gone():
                raise ClientDisconnect
            self._end = time.monotonic() + _TURN
