"""Doing a thing to each of many: side by side in the asynchronous client, in turn in the synchronous one."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import TypeVar

__all__ = ["async_each", "each"]

T = TypeVar("T")
R = TypeVar("R")


async def async_each(function: Callable[[T], Awaitable[R]], items: Sequence[T], *, limit: int) -> list[R]:
    """Call a function for each item, some at a time; if one call fails, the others are cancelled.

    Args:
        function: What to do.
        items: To what; started in their order.
        limit: How many at a time.

    Returns:
        The results, in the order of the items.
    """
    import asyncio  # the synchronous client has no use for it

    gate = asyncio.Semaphore(limit)

    async def call(item: T) -> R:
        async with gate:
            return await function(item)

    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(call(item)) for item in items]
    return [task.result() for task in tasks]


def each(function: Callable[[T], R], items: Sequence[T], *, limit: int) -> list[R]:
    """Call a function for each item, one after the other.

    Args:
        function: What to do.
        items: To what.
        limit: Not used; the twin of :func:`async_each` takes it.

    Returns:
        The results, in the order of the items.
    """
    return [function(item) for item in items]
