"""An ASGI application behind a port of its own, with uvicorn: in a thread, or in the running event loop."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from typing import TYPE_CHECKING, Any, Final

from citycontext.errors import ConfigurationError, MissingExtra
from citycontext.web.listening import listen

if TYPE_CHECKING:
    import uvicorn

__all__ = ["Server"]

_TICK: Final = 0.002


class Server:
    """A port, and what answers there.

    Args:
        app: The application.
        host: Address to listen on.
        port: Port to listen on; 0 takes a free one.

    Raises:
        ConfigurationError: The port is taken, or the address is not of this machine.
        MissingExtra: uvicorn is not installed.
    """

    def __init__(self, app: Any, host: str, port: int) -> None:
        self._uvicorn = _server(app)
        self._socket = listen(host, port, who="the receiver")
        self._thread: threading.Thread | None = None
        self._task: asyncio.Task[None] | None = None

    @property
    def port(self) -> int:
        """The port that is listened on."""
        return int(self._socket.getsockname()[1])

    def start(self) -> None:
        """Answer from a thread; return when requests are answered."""
        self._thread = threading.Thread(target=self._run, name="citycontext-receiver", daemon=True)
        self._thread.start()
        pause = threading.Event()
        while not self._uvicorn.started:
            if not self._thread.is_alive():
                raise ConfigurationError("the receiver's server ended while it started.", cure="See its log.")
            pause.wait(_TICK)

    async def astart(self) -> None:
        """Answer in the running event loop; return when requests are answered."""
        self._task = asyncio.create_task(self._serve())
        while not self._uvicorn.started:
            if self._task.done():
                await self._task
                raise ConfigurationError("the receiver's server ended while it started.", cure="See its log.")
            await asyncio.sleep(_TICK)

    def stop(self) -> None:
        """Finish the requests under way, and close the port."""
        self._uvicorn.should_exit = True
        if self._thread is not None:
            self._thread.join()

    async def astop(self) -> None:
        """Finish the requests under way, and close the port."""
        self._uvicorn.should_exit = True
        if self._task is not None:
            await self._task

    def _run(self) -> None:
        asyncio.run(self._serve())

    async def _serve(self) -> None:
        try:
            await self._uvicorn.serve(sockets=[self._socket])
        finally:
            self._socket.close()


def _server(app: Any) -> uvicorn.Server:
    try:
        import uvicorn
    except ModuleNotFoundError:
        raise MissingExtra("receiver", package="uvicorn", purpose="A receiver with a port of its own") from None

    class Embedded(uvicorn.Server):
        """Signals belong to the program that started us, not to a server inside it."""

        def capture_signals(self) -> contextlib.AbstractContextManager[None]:  # type: ignore[override]
            return contextlib.nullcontext()

    return Embedded(uvicorn.Config(app, log_config=None, access_log=False, lifespan="off", server_header=False))
