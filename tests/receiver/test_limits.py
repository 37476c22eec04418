"""What a sender can make a receiver do: bounded in time, in memory and in depth, and others are answered meanwhile."""

from __future__ import annotations

import asyncio
import time

import httpx
import pytest

from citycontext.receiver import Receiver

HEAD = b'{"id":"urn:n:1","type":"Notification","subscriptionId":"urn:s:1","notifiedAt":"2026-05-01T12:00:00Z","data":'


def client(receiver: Receiver) -> httpx.AsyncClient:
    """Return a client that talks to a receiver in process."""
    return httpx.AsyncClient(transport=httpx.ASGITransport(receiver), base_url="http://receiver", timeout=30)


@pytest.mark.parametrize(
    "data",
    [
        b"[" + b",".join([b"{}"] * 4_000_000) + b"]",
        b"[" + b",".join([b"[]"] * 4_000_000) + b"]",
        b"[" * 100_000 + b"]" * 100_000,
        b'{"a":' * 100_000 + b"1" + b"}" * 100_000,
        b'[{"id":"urn:a:b","type":"T",' + b'"v":{"type":"Property","value":1,' * 5_000,
        b"[" + b",".join([b"{}"] * 10_001) + b"]",
    ],
    ids=["empty objects", "empty lists", "deep lists", "deep objects", "deep and cut off", "many entities"],
)
async def test_a_hostile_body_is_refused_at_once(data: bytes) -> None:
    """However many values or levels: 400 within two seconds."""
    receiver = Receiver()
    async with client(receiver) as http:
        begun = time.monotonic()
        answer = await http.post("/", content=HEAD + data + b"}")
        assert answer.status_code == 400
        assert time.monotonic() - begun < 2
        assert len(answer.content) < 2_000


async def test_others_are_answered_while_a_long_one_is_read() -> None:
    """An entity of 100,000 attributes takes its time; a small notification does not wait for it."""
    long = b'[{"id":"urn:a:b","type":"T",' + b",".join(b'"a%d":1' % number for number in range(100_000)) + b"}]"
    receiver = Receiver()
    async with client(receiver) as http:
        slow = asyncio.create_task(http.post("/", content=HEAD + long + b"}"))
        await asyncio.sleep(0.1)
        assert (await http.post("/", content=HEAD + b'[{"id":"urn:a:c","type":"T"}]}')).status_code == 204
        assert not slow.done(), "it is too quick to show anything"
        assert (await slow).status_code == 204


async def test_bodies_in_memory_are_bounded_together() -> None:
    """Of many senders with long bodies that are not all there, the last are told to come again."""
    receiver = Receiver(max_body=1_000_000)
    given_up = asyncio.Event()

    async def slowly() -> int:
        async def part():
            yield b"x" * 900_000
            await given_up.wait()

        status = 0

        async def send(message) -> None:
            nonlocal status
            status = message.get("status", status)

        parts = part()

        async def receive():
            return {"type": "http.request", "body": await anext(parts), "more_body": True}

        scope = {"type": "http", "method": "POST", "headers": []}
        task = asyncio.create_task(receiver(scope, receive, send))
        await asyncio.sleep(0.01)
        tasks.append(task)
        return status

    tasks: list[asyncio.Task[None]] = []
    statuses = [await slowly() for _ in range(10)]
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    assert statuses.count(503) == 6
    async with client(receiver) as http:
        assert (await http.post("/", content=HEAD + b'[{"id":"urn:a:c","type":"T"}]}')).status_code == 204
