"""An MQTT broker inside the process, on a free port, for a demo that needs nothing installed beside it."""

from __future__ import annotations

import asyncio
import threading
from typing import Final

from amqtt.adapters import StreamReaderAdapter, StreamWriterAdapter
from amqtt.broker import Broker

from citycontext.errors import ConfigurationError

__all__ = ["MqttBroker"]

_LISTENER: Final = "default"
_CONFIGURATION: Final = {
    "listeners": {_LISTENER: {"type": "external"}},
    "plugins": {"amqtt.plugins.authentication.AnonymousAuthPlugin": {"allow_anonymous": True}},
}
_PATIENCE: Final = 10.0


class MqttBroker:
    """amqtt, in an event loop and a thread of its own, for anyone on this machine.

    Args:
        host: Address to listen on.
    """

    def __init__(self, host: str = "127.0.0.1") -> None:
        self.host = host
        self.port: int = 0
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="citycontext-mqtt-broker", daemon=True)
        self._broker: Broker | None = None
        self._server: asyncio.Server | None = None

    @property
    def url(self) -> str:
        """The broker's address."""
        return f"mqtt://{self.host}:{self.port}"

    def start(self) -> None:
        """Listen on a free port, see ``port``.

        Raises:
            ConfigurationError: There is no port to be had.
        """
        self._thread.start()
        try:
            asyncio.run_coroutine_threadsafe(self._open(), self._loop).result(_PATIENCE)
        except OSError as error:
            raise ConfigurationError(
                f"the demo's MQTT broker cannot listen on {self.host}: {error.strerror}."
            ) from error

    def stop(self) -> None:
        """End all connections, and the thread."""
        asyncio.run_coroutine_threadsafe(self._close(), self._loop).result(_PATIENCE)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    async def _open(self) -> None:
        self._broker = Broker(_CONFIGURATION)
        await self._broker.start()
        self._server = await asyncio.start_server(self._welcome, self.host, 0)
        self.port = self._server.sockets[0].getsockname()[1]

    async def _welcome(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        assert self._broker is not None
        await self._broker.external_connected(StreamReaderAdapter(reader), StreamWriterAdapter(writer), _LISTENER)

    async def _close(self) -> None:
        if self._server is not None:
            self._server.close()
        if self._broker is not None:
            await self._broker.shutdown()
