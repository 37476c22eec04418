"""Doing a thing to each of many: side by side in the asynchronous client, in turn in the synchronous one."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Iterable
from typing import Any, TypeVar

__all__ = ["async_each", "each"]

T = TypeVar("T")
R = TypeVar("R")


async def async_each(
    function: Callable[[T], Awaitable[R]],
    items: Iterable[T],
    *,
    limit: int,
    keys: Callable[[T], Collection[str]] = lambda item: (),
) -> list[R]:
    """Call a function for each item, some at a time; if one call fails, the others are cancelled.

    An item is taken when its turn comes, and held only until its call is done. Should the items end in an error, the
    calls that run are finished first.

    Args:
        function: What to do.
        items: To what; started in their order.
        limit: How many at a time.
        keys: What an item is about: of two that share a key, the later waits for the earlier.

    Returns:
        The results, in the order of the items.
    """
    import asyncio  # the synchronous client has no use for it

    gate = asyncio.Semaphore(limit)
    running: dict[asyncio.Task[R], Collection[str]] = {}
    tasks: list[asyncio.Task[R]] = []
    iterator = iter(items)
    ended: Exception | None = None

    async def call(item: T) -> R:
        try:
            return await function(item)
        finally:
            gate.release()

    def done(task: asyncio.Task[Any]) -> None:
        running.pop(task, None)

    async with asyncio.TaskGroup() as group:
        while True:
            await gate.acquire()
            try:
                item = next(iterator)
            except StopIteration:
                break
            except Exception as error:  # in a group it would come out as a group
                ended = error
                break
            about = frozenset(keys(item))
            while before := [task for task, held in running.items() if not about.isdisjoint(held)]:
                await asyncio.wait(before)
                await asyncio.sleep(0)  # for the callbacks of what is done
            task = group.create_task(call(item))
            running[task] = about
            task.add_done_callback(done)
            tasks.append(task)
            del item
    if ended is not None:
        raise ended
    return [task.result() for task in tasks]


def each(
    function: Callable[[T], R],
    items: Iterable[T],
    *,
    limit: int,
    keys: Callable[[T], Collection[str]] = lambda item: (),
) -> list[R]:
    """Call a function for each item, one after the other; an item is taken when its turn comes.

    Args:
        function: What to do.
        items: To what.
        limit: Not used, nor are ``keys``; the twin of :func:`async_each` takes them.
        keys: Not used.

    Returns:
        The results, in the order of the items.
    """
    return [function(item) for item in items]
