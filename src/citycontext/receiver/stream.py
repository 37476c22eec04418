"""A bounded queue of notifications, filled from any thread and read from any thread or event loop."""

from __future__ import annotations

import asyncio
import contextlib
import threading
import time
from collections import deque
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Final, Generic, TypeAlias, TypeVar

from citycontext.errors import BrokerTimeout, ConfigurationError
from citycontext.ngsild.entity import Entity
from citycontext.receiver.received import Received

__all__ = ["Stream"]

E = TypeVar("E", bound=Entity)

_Waiting: TypeAlias = tuple[asyncio.AbstractEventLoop, "asyncio.Future[None]"]
_Item: TypeAlias = tuple[Received[E], Callable[[], None] | None]
_CLOSED: Final = "this receiver is closed, and no notification waits."


class Stream(Generic[E]):
    """Notifications in the order of their arrival: iterate over them with ``for`` or ``async for``.

    The iteration ends when the stream is closed and nothing waits any more. Several may read; each notification goes
    to one of them.

    Args:
        capacity: How many notifications wait at most.

    Raises:
        ConfigurationError: The capacity is below 1.
    """

    def __init__(self, *, capacity: int) -> None:
        if capacity < 1:
            raise ConfigurationError("must be 1 or more", key="capacity")
        self.capacity = capacity
        self._items: deque[_Item[E]] = deque()
        self._changed = threading.Condition()
        self._waiting: list[_Waiting] = []
        self._closed = False

    def __len__(self) -> int:
        """How many notifications wait."""
        return len(self._items)

    def __bool__(self) -> bool:
        """A stream is true, also while nothing waits."""
        return True

    def get(self, timeout: float | None = None) -> Received[E]:
        """Wait for the next notification.

        Args:
            timeout: Longest wait, in seconds; without it as long as it takes.

        Raises:
            BrokerTimeout: None came in time.
            ConfigurationError: The stream is closed; or this would stop the event loop, see ``aget``.
        """
        deadline = None if timeout is None else time.monotonic() + timeout
        with self._changed:
            while not self._items:
                if self._closed:
                    raise ConfigurationError(_CLOSED)
                _refuse_in_event_loop()
                left = None if deadline is None else deadline - time.monotonic()
                if left is not None and left <= 0:
                    raise _too_late(timeout)
                self._changed.wait(left)
            item = self._items.popleft()
        return _hand_out(item)

    async def aget(self, timeout: float | None = None) -> Received[E]:  # noqa: ASYNC109  (as get has it)
        """Wait for the next notification, in an event loop.

        Args:
            timeout: Longest wait, in seconds; without it as long as it takes.

        Raises:
            BrokerTimeout: None came in time.
            ConfigurationError: The stream is closed.
        """
        try:
            async with asyncio.timeout(timeout):
                return await self._next()
        except TimeoutError:
            raise _too_late(timeout) from None

    def close(self) -> None:
        """Take no more; what waits can still be read."""
        with self._changed:
            self._closed = True
            self._wake()

    def __iter__(self) -> Iterator[Received[E]]:
        while True:
            try:
                received = self.get()
            except ConfigurationError:
                if self._closed:
                    return
                raise
            yield received

    async def __aiter__(self) -> AsyncIterator[Received[E]]:
        while True:
            try:
                received = await self._next()
            except ConfigurationError:
                return
            yield received

    def _offer(
        self, received: Received[E], taken: Callable[[], None] | None = None, *, over_capacity: bool = False
    ) -> bool:
        """Put a notification at the end, unless the stream is full or closed.

        Args:
            received: The notification.
            taken: What to call when somebody takes it.
            over_capacity: Whether it is put there even if the stream is full, since the sender bounds itself.
        """
        with self._changed:
            if self._closed or (len(self._items) >= self.capacity and not over_capacity):
                return False
            self._items.append((received, taken))
            self._wake()
            return True

    async def _next(self) -> Received[E]:
        loop = asyncio.get_running_loop()
        while True:
            with self._changed:
                if self._items:
                    item = self._items.popleft()
                    break
                if self._closed:
                    raise ConfigurationError(_CLOSED)
                waiting: _Waiting = (loop, loop.create_future())
                self._waiting.append(waiting)
            try:
                await waiting[1]
            finally:
                with self._changed:
                    if waiting in self._waiting:
                        self._waiting.remove(waiting)
        return _hand_out(item)

    def _wake(self) -> None:
        """Let everyone who waits look again: a wake-up that a cancelled reader gets must not be lost on the others."""
        self._changed.notify_all()
        for loop, future in self._waiting:
            with contextlib.suppress(RuntimeError):  # its loop is closed, so nobody waits there
                loop.call_soon_threadsafe(_finish, future)
        self._waiting.clear()


def _hand_out(item: _Item[E]) -> Received[E]:
    received, taken = item
    if taken is not None:
        taken()
    return received


def _finish(future: asyncio.Future[None]) -> None:
    if not future.done():
        future.set_result(None)


def _too_late(timeout: float | None) -> BrokerTimeout:
    return BrokerTimeout(f"no notification came within {timeout:g} s")


def _refuse_in_event_loop() -> None:
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return
    raise ConfigurationError("waiting here would stop the event loop.", cure="Use `async for`, or `await …aget()`.")
