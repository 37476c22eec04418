"""One client used by many at once, and given up half-way."""

from __future__ import annotations

import asyncio
import json
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest

from citycontext.client import GENERIC, AsyncClient, Client
from citycontext.client.concurrency import async_each
from citycontext.errors import BadRequestData

ENTITY = {"id": "urn:ngsi-ld:Parking:1", "type": "Parking"}
BODY = json.dumps(ENTITY).encode()
GOOD = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(BODY), BODY)


async def test_a_cancelled_request_leaves_nothing_behind(misbehaving: Any) -> None:
    """The connection it was reading from is not used again, and the next request gets its own answer."""
    misbehaving.answers(GOOD[:-5], hang=True).answers(GOOD)
    async with AsyncClient(misbehaving.url, timeout=5) as client:
        task = asyncio.create_task(client.entities.retrieve(ENTITY["id"], as_=dict))
        await asyncio.sleep(0.1)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert await client.entities.retrieve(ENTITY["id"], as_=dict) == ENTITY
    assert misbehaving.connections == 2


async def test_the_users_own_time_limit_is_the_users(misbehaving: Any) -> None:
    """A limit around a call ends in ``TimeoutError``, not in the client's exception."""
    misbehaving.answers(hang=True)
    async with AsyncClient(misbehaving.url, timeout=5) as client:
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.1):
                await client.entities.retrieve(ENTITY["id"])


def test_threads_share_a_client() -> None:
    """The first requests come at once from many threads: one pool of connections is made, and all are answered."""
    made = threading.Barrier(8)

    def answer(request: httpx.Request) -> httpx.Response:
        return httpx.Response(200, content=BODY)

    with Client("http://broker.test", transport=httpx.MockTransport(answer)) as client:

        def retrieve(_: int) -> Any:
            made.wait()
            return client.entities.retrieve(ENTITY["id"], as_=dict), id(client._session.connections.client)

        with ThreadPoolExecutor(8) as threads:
            results = list(threads.map(retrieve, range(8)))
    assert [result[0] for result in results] == [ENTITY] * 8
    assert len({result[1] for result in results}) == 1


async def test_parts_of_a_batch_go_side_by_side() -> None:
    """As many at a time as the profile says, and no more."""
    under_way, most = 0, 0

    async def answer(request: httpx.Request) -> httpx.Response:
        nonlocal under_way, most
        under_way += 1
        most = max(most, under_way)
        await asyncio.sleep(0.01)
        under_way -= 1
        return httpx.Response(204)

    profile = GENERIC.with_changes(max_batch_items=1, concurrency=3)
    async with AsyncClient("http://broker.test", transport=httpx.MockTransport(answer), profile=profile) as client:
        result = await client.batch.upsert([{"id": f"urn:a:{number}", "type": "A"} for number in range(12)])
    assert len(result.succeeded) == 12
    assert most == 3


async def test_one_of_many_that_fails_stops_the_others() -> None:
    """The first error comes out, alone or in a group, and what was not begun is not begun."""
    begun = 0

    async def work(number: int) -> None:
        nonlocal begun
        begun += 1
        await asyncio.sleep(0)
        raise BadRequestData(status=400)

    with pytest.raises(ExceptionGroup) as raised:
        await async_each(work, range(100), limit=2)
    assert raised.value.subgroup(BadRequestData) is not None
    assert begun < 10


async def test_a_slow_answer_holds_up_nobody_else(misbehaving: Any) -> None:
    """While one request hangs, others on the same client are answered."""
    misbehaving.answers(hang=True).answers(GOOD)
    async with AsyncClient(misbehaving.url, timeout=5) as client:
        hanging = asyncio.create_task(client.entities.retrieve(ENTITY["id"]))
        await asyncio.sleep(0.1)
        begun = time.monotonic()
        assert await client.entities.retrieve(ENTITY["id"], as_=dict) == ENTITY
        assert time.monotonic() - begun < 2
        hanging.cancel()
        with pytest.raises(asyncio.CancelledError):
            await hanging
