"""An ASGI application behind a port, with uvicorn: in a thread, in the running event loop, or until interrupted.

Whoever serves an application serves it from here: the local broker, a receiver of notifications, a published stream.
What answers plain HTTP without an application is `citycontext.web.request_server` (decision 0121).
"""

from __future__ import annotations

import asyncio
import contextlib
import socket
import threading
from types import TracebackType
from typing import TYPE_CHECKING, Any, Final, Self

from citycontext.errors import ConfigurationError
from citycontext.extras import library
from citycontext.web.listening import listen, url_of

if TYPE_CHECKING:
    import uvicorn

__all__ = ["AppServer"]

_TICK: Final = 0.002


class AppServer:
    """A port, and the application that answers there. Once stopped, it can be started again.

    As a context manager it serves from a thread of its own; ``async with`` serves in the running event loop.

    Args:
        app: The application.
        host: Address to listen on.
        port: Port to listen on; 0 takes a free one, see ``port``.
        who: What listens, for errors, e.g. ``the broker``.
        extra: The extra that brings uvicorn to whoever uses this.
        has_lifespan: Whether the application is told of start and end.
        handles_signals: Whether an interrupt stops it; for a program that does nothing but serve.

    Raises:
        MissingExtra: uvicorn is not installed.
    """

    def __init__(
        self,
        app: Any,
        host: str,
        port: int,
        *,
        who: str,
        extra: str,
        has_lifespan: bool = False,
        handles_signals: bool = False,
    ) -> None:
        self._library: Final = library("uvicorn", extra, f"A port for {who}")
        self._app: Final = app
        self.host: Final = host
        self._wanted: Final = port
        self._who: Final = who
        self._has_lifespan: Final = has_lifespan
        self._handles_signals: Final = handles_signals
        self._socket: socket.socket | None = None
        self._uvicorn: uvicorn.Server | None = None
        self._thread: threading.Thread | None = None
        self._task: asyncio.Task[None] | None = None
        self._failure: BaseException | None = None

    @property
    def port(self) -> int:
        """The port that is listened on.

        Raises:
            ConfigurationError: The server is not started.
        """
        return int(self._bound().getsockname()[1])

    @property
    def url(self) -> str:
        """The address that is listened on, without a path.

        Raises:
            ConfigurationError: The server is not started.
        """
        return url_of(self.host, self._bound())

    def bind(self) -> None:
        """Take the port, unless it is taken already: clients may connect, and wait until requests are answered.

        Raises:
            ConfigurationError: Another program has it, or the address is not of this machine.
        """
        if self._socket is None:
            self._socket = listen(self.host, self._wanted, who=self._who)

    def start(self) -> Self:
        """Serve from a thread; return when requests are answered.

        Raises:
            ConfigurationError: The port is taken, the server runs already, or the application does not start.
        """
        server = self._prepare()
        self._thread = threading.Thread(
            target=self._run, name=f"citycontext-{self._who.removeprefix('the ')}", daemon=True
        )
        self._thread.start()
        pause = threading.Event()
        while not server.started and self._thread.is_alive():
            pause.wait(_TICK)
        if not server.started:
            self._thread.join()
            self._thread = None
            raise self._not_started() from self._failure
        return self

    async def astart(self) -> Self:
        """Serve in the running event loop; return when requests are answered.

        Raises:
            ConfigurationError: The port is taken, the server runs already, or the application does not start.
        """
        server = self._prepare()
        self._task = asyncio.create_task(self._serve())
        while not server.started and not self._task.done():  # noqa: ASYNC110
            await asyncio.sleep(_TICK)
        if not server.started:
            raise self._not_started() from self._task.exception()
        return self

    def stop(self) -> None:
        """Finish the requests under way, and free the port."""
        self._end()
        if self._thread is not None:
            self._thread.join()
            self._thread = None

    async def astop(self) -> None:
        """Finish the requests under way, and free the port."""
        self._end()
        if self._task is not None:
            task, self._task = self._task, None
            await task

    async def serve(self) -> None:
        """Serve in the running event loop until cancelled or stopped.

        Raises:
            ConfigurationError: The port is taken, the server runs already, or the application does not start.
        """
        server = self._prepare()
        await self._serve()
        if not server.started:
            raise self._not_started()

    def run(self) -> None:
        """Serve until the program is interrupted.

        Raises:
            ConfigurationError: The port is taken, the server runs already, or the application does not start.
        """
        with contextlib.suppress(KeyboardInterrupt):
            asyncio.run(self.serve())

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.stop()

    async def __aenter__(self) -> Self:
        return await self.astart()

    async def __aexit__(self, *_: object) -> None:
        await self.astop()

    def _prepare(self) -> uvicorn.Server:
        if self._uvicorn is not None:
            raise ConfigurationError(f"{self._who}'s server runs already.", cure="Stop it first, or make another one.")
        self.bind()
        self._failure = None
        config = self._library.Config(
            self._app,
            log_config=None,
            access_log=False,
            lifespan="on" if self._has_lifespan else "off",
            server_header=False,
            ws="none",  # nobody here speaks it, and its libraries take longer to import than uvicorn itself
        )
        server: uvicorn.Server = self._library.Server(config)
        if not self._handles_signals:
            # Signals belong to the program that started us, not to a server inside it.
            server.capture_signals = contextlib.nullcontext  # type: ignore[method-assign, assignment]
        self._uvicorn = server
        return server

    def _run(self) -> None:
        server = self._uvicorn
        assert server is not None
        try:
            asyncio.run(self._serve())
        except BaseException as error:
            if server.started:
                raise
            self._failure = error

    async def _serve(self) -> None:
        server = self._uvicorn
        assert server is not None
        try:
            await server.serve(sockets=[self._bound()])
        except SystemExit:
            # So uvicorn, by release, says that the application did not start; whoever started us raises the error.
            if server.started:
                raise
        finally:
            self._uvicorn = None
            self._close()

    def _end(self) -> None:
        if self._uvicorn is None:
            self._close()
        else:
            self._uvicorn.should_exit = True

    def _close(self) -> None:
        if self._socket is not None:
            self._socket.close()
            self._socket = None

    def _bound(self) -> socket.socket:
        if self._socket is None:
            raise ConfigurationError(f"{self._who}'s server is not started, so it has no port.", cure="Call start().")
        return self._socket

    def _not_started(self) -> ConfigurationError:
        return ConfigurationError(f"{self._who}'s server ended while it started.", cure="See its log.")
