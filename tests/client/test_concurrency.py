"""Doing a thing to each of many: what shares a key waits, and nothing is held longer than needed."""

from __future__ import annotations

import asyncio
import gc
import weakref
from collections.abc import Iterator

import pytest

from citycontext.client.concurrency import async_each


class Item:
    """Something that can be seen to go."""

    def __init__(self, key: str) -> None:
        self.key = key


async def test_what_shares_a_key_waits() -> None:
    """The others go side by side, as many as the limit says."""
    running: list[str] = []
    most, together = 0, []

    async def work(key: str) -> str:
        nonlocal most
        together.append(key in running)
        running.append(key)
        most = max(most, len(running))
        await asyncio.sleep(0.001)
        running.remove(key)
        return key

    keys = ["a", "b", "a", "c", "a", "b"]
    assert await async_each(work, keys, limit=3, keys=lambda key: (key,)) == keys
    assert not any(together)
    assert most > 1


async def test_an_item_goes_when_it_is_done() -> None:
    """A long iterator is never in memory as a whole."""
    alive: list[weakref.ref[Item]] = []
    most = 0

    def items() -> Iterator[Item]:
        nonlocal most
        for number in range(50):
            item = Item(str(number))
            alive.append(weakref.ref(item))
            yield item
            del item
            gc.collect()
            most = max(most, sum(one() is not None for one in alive))

    async def work(item: Item) -> str:
        await asyncio.sleep(0)
        return item.key

    assert await async_each(work, items(), limit=4, keys=lambda item: (item.key,)) == [str(n) for n in range(50)]
    assert most <= 8


async def test_an_iterator_that_fails_lets_what_runs_end() -> None:
    """And its error comes out as it is, not in a group."""
    done: list[int] = []

    def items() -> Iterator[int]:
        yield from range(3)
        raise OSError("gone")

    async def work(number: int) -> None:
        await asyncio.sleep(0.001)
        done.append(number)

    with pytest.raises(OSError, match="gone"):
        await async_each(work, items(), limit=10)
    assert done == [0, 1, 2]
