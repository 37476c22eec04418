"""Taking turns: long work pauses now and then, so that other requests are answered meanwhile."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterable
from contextlib import AbstractContextManager
from typing import Final, TypeVar

from starlette.requests import ClientDisconnect

__all__ = ["Turns"]

T = TypeVar("T")
W = TypeVar("W")

_TURN: Final = 0.02
_TRANSACTION: Final = 0.1


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

    async def write(
        self, items: Iterable[T], transaction: Callable[[], AbstractContextManager[W]], do: Callable[[W, T], object]
    ) -> None:
        """Write many items: in one transaction if they are few, else in several, between which others are answered.

        Args:
            items: What is written; nothing that reads the store as it goes.
            transaction: Begins one.
            do: Writes an item in it.

        Raises:
            ClientDisconnect: The client went away; what was written stays.
        """
        waiting = iter(items)
        is_last = False
        while not is_last:
            await self.pass_on()
            with transaction() as writer:
                is_last = True
                for item in waiting:
                    do(writer, item)
                    if self.is_over(_TRANSACTION):
                        is_last = False
                        break
