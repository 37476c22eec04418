"""The network under the synchronous client: every wait on it ends when the attempt's time is up.

httpx bounds each single wait. A server that sends a byte now and then would hold a thread for as long as it likes, and
a blocked thread cannot be cancelled from outside; so the connections themselves look at the clock before each wait.
"""

from __future__ import annotations

import ssl
from collections.abc import Iterable, Iterator
from typing import Any, Final

from citycontext.client.attempt_clock import time_left
from citycontext.web.framing import Framing
from citycontext.web.http import httpcore, httpx

__all__ = ["FAILURES", "DeadlineTransport", "translated"]

FAILURES: Final[tuple[type[Exception], ...]] = (
    httpcore.TimeoutException,
    httpcore.NetworkError,
    httpcore.ProtocolError,
    httpcore.UnsupportedProtocol,
)
_SLICE: Final = 65_536  # bytes given to the system in one go; each has a wait of its own


class DeadlineTransport(httpx.BaseTransport):
    """As ``httpx.HTTPTransport``, with waits that end when a :class:`~citycontext.client.deadlines.Deadline` says.

    Args:
        limits: How many connections.
        verify: Certificates to trust, as in ``httpx.Client``.

    Raises:
        OSError: The certificates cannot be read.
    """

    def __init__(self, *, limits: httpx.Limits, verify: ssl.SSLContext | str | bool) -> None:
        self._pool = httpcore.ConnectionPool(
            ssl_context=httpx.create_ssl_context(verify=verify),
            max_connections=limits.max_connections,
            max_keepalive_connections=limits.max_keepalive_connections,
            keepalive_expiry=limits.keepalive_expiry,
            network_backend=_Backend(),
        )

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Send a request, and wait for the head of the answer."""
        assert isinstance(request.stream, httpx.SyncByteStream)
        url = request.url
        outgoing = httpcore.Request(
            request.method,
            httpcore.URL(scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path),
            headers=request.headers.raw,
            content=request.stream,
            extensions=request.extensions,
        )
        try:
            answer = self._pool.handle_request(outgoing)
        except FAILURES as error:
            raise translated(error) from error
        return httpx.Response(answer.status, headers=answer.headers, stream=_Body(answer), extensions=answer.extensions)

    def close(self) -> None:
        """Close all connections."""
        self._pool.close()


class _Body(httpx.SyncByteStream):
    def __init__(self, answer: httpcore.Response) -> None:
        self._answer = answer

    def __iter__(self) -> Iterator[bytes]:
        try:
            yield from self._answer.iter_stream()
        except FAILURES as error:
            raise translated(error) from error

    def close(self) -> None:
        self._answer.close()


def translated(error: Exception) -> Exception:
    """Return what httpx calls by the same name: its exceptions mirror those of httpcore.

    Args:
        error: One of ``FAILURES``.
    """
    exception: Exception = getattr(httpx, type(error).__name__)(str(error))
    return exception


class _Backend(httpcore.NetworkBackend):
    def __init__(self) -> None:
        self._sockets = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        left = time_left(timeout, httpcore.ConnectTimeout)
        return _Stream(self._sockets.connect_tcp(host, port, left, local_address, socket_options))


class _Stream(httpcore.NetworkStream):
    def __init__(self, stream: httpcore.NetworkStream) -> None:
        self._stream = stream
        self._framing = Framing()

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._framing.received(self._stream.read(max_bytes, time_left(timeout, httpcore.ReadTimeout)))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._framing.sent(buffer)
        for start in range(0, len(buffer), _SLICE):
            self._stream.write(buffer[start : start + _SLICE], time_left(timeout, httpcore.WriteTimeout))

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        left = time_left(timeout, httpcore.ConnectTimeout)
        return _Stream(self._stream.start_tls(ssl_context, server_hostname, left))

    def get_extra_info(self, info: str) -> Any:
        # An idle connection that can be read is closed by the pool: it has ended, or somebody speaks unasked.
        return (info == "is_readable" and self._framing.is_spent) or self._stream.get_extra_info(info)
