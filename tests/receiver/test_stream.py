"""Streams of notifications: bounded, read from threads and event loops, ended by closing."""

from __future__ import annotations

import asyncio
import threading
from typing import Any

import pytest

from citycontext.errors import BrokerTimeout, ConfigurationError
from citycontext.ngsild import Entity
from citycontext.receiver import Received, Stream
from citycontext.receiver.notifications import read_notification


@pytest.fixture
def received(notify: Any) -> Received[Entity]:
    return read_notification(notify(), {}, Entity)


def test_what_came_first_is_read_first(notify: Any) -> None:
    """Notifications keep their order, and a closed stream ends after the last."""
    stream: Stream[Entity] = Stream(capacity=3)
    for number in range(3):
        assert stream._offer(read_notification(notify(subscription=f"urn:s:{number}"), {}, Entity))
    stream.close()
    assert len(stream) == 3
    assert [one.subscription_id for one in stream] == ["urn:s:0", "urn:s:1", "urn:s:2"]
    assert list(stream) == []


def test_a_full_stream_takes_no_more(received: Received[Entity]) -> None:
    """Beyond its capacity nothing is taken until something is read, unless the sender bounds itself."""
    stream: Stream[Entity] = Stream(capacity=1)
    assert stream._offer(received)
    assert not stream._offer(received)
    assert stream._offer(received, over_capacity=True)
    stream.get()
    stream.get()
    assert stream._offer(received)


def test_a_closed_stream_takes_no_more(received: Received[Entity]) -> None:
    """After closing nothing is taken, and reading says that it is closed."""
    stream: Stream[Entity] = Stream(capacity=1)
    stream.close()
    assert not stream._offer(received)
    with pytest.raises(ConfigurationError, match="closed"):
        stream.get()


async def test_a_closed_stream_says_so_in_a_loop() -> None:
    """Awaiting the next of a closed stream raises; iterating over it ends."""
    stream: Stream[Entity] = Stream(capacity=1)
    stream.close()
    with pytest.raises(ConfigurationError, match="closed"):
        await stream.aget()
    assert [one async for one in stream] == []


def test_no_capacity_is_refused() -> None:
    """A stream that could hold nothing is an error of configuration."""
    with pytest.raises(ConfigurationError, match="capacity"):
        Stream(capacity=0)


def test_waiting_has_an_end() -> None:
    """With a time-out, a stream in which nothing comes raises."""
    with pytest.raises(BrokerTimeout, match=r"within 0\.01 s"):
        Stream(capacity=1).get(0.01)


async def test_awaiting_has_an_end() -> None:
    """The same in an event loop; nobody is left waiting behind."""
    stream: Stream[Entity] = Stream(capacity=1)
    with pytest.raises(BrokerTimeout, match=r"within 0\.01 s"):
        await stream.aget(0.01)
    assert stream._waiting == []


async def test_waiting_in_an_event_loop_is_refused(received: Received[Entity]) -> None:
    """A read that would stop the loop raises instead; one that need not wait does not."""
    stream: Stream[Entity] = Stream(capacity=1)
    with pytest.raises(ConfigurationError, match="async for"):
        stream.get()
    with pytest.raises(ConfigurationError, match="async for"):
        next(iter(stream))
    stream._offer(received)
    assert stream.get() is received


def test_a_reader_wakes_up(received: Received[Entity]) -> None:
    """A thread that waits gets what another thread puts there."""
    stream: Stream[Entity] = Stream(capacity=1)
    putting = threading.Timer(0.05, stream._offer, [received])
    putting.start()
    assert stream.get(5) is received
    putting.join()


async def test_readers_in_a_loop_wake_up(received: Received[Entity]) -> None:
    """Readers in an event loop share what a thread puts there, also after one of them gave up."""
    stream: Stream[Entity] = Stream(capacity=2)
    given_up, first, second = (asyncio.create_task(stream.aget(5)) for _ in range(3))
    await asyncio.sleep(0.01)
    given_up.cancel()
    await asyncio.to_thread(stream._offer, received)
    await asyncio.to_thread(stream._offer, received)
    assert await asyncio.gather(first, second) == [received, received]


async def test_closing_ends_those_who_wait() -> None:
    """An ``async for`` that waits ends when the stream is closed."""
    stream: Stream[Entity] = Stream(capacity=1)

    async def read() -> list[Received[Entity]]:
        return [one async for one in stream]

    reading = asyncio.create_task(read())
    await asyncio.sleep(0.01)
    stream.close()
    assert await reading == []


def test_a_loop_that_is_gone_does_not_harm(received: Received[Entity]) -> None:
    """A reader whose event loop was closed while it waited does not hinder the sender."""
    stream: Stream[Entity] = Stream(capacity=1)
    loop = asyncio.new_event_loop()
    stream._waiting.append((loop, loop.create_future()))
    loop.close()
    assert stream._offer(received)


def test_the_sender_is_told_who_took_it(received: Received[Entity]) -> None:
    """What goes with a notification is called when it is read, not before."""
    stream: Stream[Entity] = Stream(capacity=1)
    taken: list[bool] = []
    stream._offer(received, lambda: taken.append(True))
    assert taken == []
    stream.get()
    assert taken == [True]


def test_an_empty_stream_is_true() -> None:
    """``if stream`` asks whether there is one, not whether something waits."""
    assert Stream(capacity=1)
