"""ASGI applications without a port: an event loop in a thread, and the transport that reaches into it."""

from __future__ import annotations

import asyncio
import concurrent.futures
import threading
from collections.abc import Coroutine
from typing import Any, Final, Self, TypeVar

from citycontext.web.http import httpx

__all__ = ["BackgroundLoop", "InProcessTransport"]

T = TypeVar("T")

_LONGEST: Final = 60.0


class BackgroundLoop:
    """An event loop in a thread of its own, for a ``with`` block; at the end all that still runs in it is cancelled."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="citycontext-testing", daemon=True)

    def submit(self, work: Coroutine[Any, Any, T]) -> concurrent.futures.Future[T]:
        """Start work in the loop.

        Args:
            work: What to do.

        Returns:
            What comes of it; cancel it to cancel the work.
        """
        return asyncio.run_coroutine_threadsafe(work, self._loop)

    def run(self, work: Coroutine[Any, Any, T], timeout: float = _LONGEST) -> T:
        """Do work in the loop, and wait for it.

        Args:
            work: What to do.
            timeout: Longest wait, in seconds.

        Raises:
            TimeoutError: It took longer; the work is cancelled.
        """
        future = self.submit(work)
        try:
            return future.result(timeout)
        finally:
            future.cancel()

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.run(_cancel_all())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()


class InProcessTransport(httpx.BaseTransport, httpx.AsyncBaseTransport):
    """Carries requests of httpx clients, synchronous and asynchronous ones, to an ASGI application in a loop.

    All of them meet in that one loop, so the application can be used from everywhere, and what it does in the
    background, such as sending notifications, goes on between requests. Closing a client leaves it as it is.

    Args:
        app: The application.
        loop: Where it runs.

    Examples:
        >>> with BackgroundLoop() as loop, Client("http://broker", transport=InProcessTransport(app, loop)) as client:
        ...     client.types.names()
    """

    def __init__(self, app: Any, loop: BackgroundLoop) -> None:
        self._inner = httpx.ASGITransport(app)
        self._loop = loop

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Send a request, and wait for the answer."""
        request.read()
        answering = self._loop.submit(self._answer(request))
        seconds = _timeout(request)
        try:
            return answering.result(seconds)
        except TimeoutError:
            raise _too_late(request, seconds) from None
        finally:
            answering.cancel()

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send a request, and await the answer."""
        await request.aread()
        seconds = _timeout(request)
        try:
            return await asyncio.wait_for(asyncio.wrap_future(self._loop.submit(self._answer(request))), seconds)
        except TimeoutError:
            raise _too_late(request, seconds) from None

    async def _answer(self, request: httpx.Request) -> httpx.Response:
        answer = await self._inner.handle_async_request(request)
        assert isinstance(answer.stream, httpx.AsyncByteStream)
        body = b"".join([part async for part in answer.stream])
        return httpx.Response(answer.status_code, headers=answer.headers, stream=httpx.ByteStream(body))


def _timeout(request: httpx.Request) -> float | None:
    """Return the seconds that reading an answer may take."""
    seconds: float | None = request.extensions.get("timeout", {}).get("read")
    return seconds


def _too_late(request: httpx.Request, seconds: float | None) -> httpx.ReadTimeout:
    return httpx.ReadTimeout(f"no answer within {seconds:g} s", request=request)


async def _cancel_all() -> None:
    others = asyncio.all_tasks() - {asyncio.current_task()}
    for task in others:
        task.cancel()
    await asyncio.gather(*others, return_exceptions=True)
