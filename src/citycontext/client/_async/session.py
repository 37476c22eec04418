"""Sending operations: one attempt, and the attempts after it."""

from __future__ import annotations

import ssl
import threading
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any, TypeVar

from citycontext.client.deadlines import AsyncDeadline
from citycontext.client.failures import unanswered
from citycontext.client.operations.exchange import Operation, Request, Response
from citycontext.client.operations.model_contexts import (
    body_addresses,
    hosted,
    inlined,
    is_missing,
    shipped_address,
)
from citycontext.client.operations.warnings import HEADER, Heard, warnings_in
from citycontext.client.retries import Outcome, Unanswered, may_repeat, pause, with_first
from citycontext.client.settings import Settings
from citycontext.errors import ConfigurationError
from citycontext.web.answers import ACCEPT_ENCODING, MAX_ANSWER, async_limit
from citycontext.web.http import httpx, ignore_cookies

if TYPE_CHECKING:
    import tenacity

__all__ = ["AsyncConnections", "AsyncSession"]

T = TypeVar("T")

_parsed = lru_cache(maxsize=256)(httpx.URL)  # many operations go to few addresses, and parsing one takes time


class AsyncConnections:
    """The pooled connections of one client, opened at the first request.

    Args:
        auth: Any httpx authentication.
        limits: How many connections.
        transport: Carries the requests in place of the network, such as ``httpx.ASGITransport``.
        verify: Certificates to trust: a folder or file, a context (mutual TLS), or False for any.
        max_answer: Bytes that an answer may have, decompressed.

    Raises:
        ConfigurationError: The number of bytes is not valid.
    """

    def __init__(
        self,
        *,
        auth: httpx.Auth | tuple[str, str] | None,
        limits: httpx.Limits,
        transport: httpx.AsyncBaseTransport | None,
        verify: ssl.SSLContext | str | bool,
        max_answer: int = MAX_ANSWER,
    ) -> None:
        if max_answer < 1:
            raise ConfigurationError("must be a whole number of bytes, 1 or more", key="max_answer")
        self._max_answer = max_answer
        self._auth = auth
        self._limits = limits
        self._transport = transport
        self._verify = verify
        self._client: httpx.AsyncClient | None = None
        self._closed = False
        self.hosted: dict[tuple[str, str], str] = {}
        """Where brokers host contexts: by the broker's root and the context's official address."""
        self.heard: Heard = Heard()
        """What brokers warned of."""
        self._lock = threading.Lock()

    @property
    def client(self) -> httpx.AsyncClient:
        """The httpx client, made when first asked for: reading certificates takes time.

        Raises:
            ConfigurationError: It was closed, or the certificates cannot be read.
        """
        if self._closed:
            raise ConfigurationError("this client is closed.", cure="Make another one.")
        if self._client is None:
            with self._lock:
                if self._client is None:
                    self._client = self._opened()
        return self._client

    def _opened(self) -> httpx.AsyncClient:
        try:
            transport = self._transport or AsyncDeadline.transport(limits=self._limits, verify=self._verify)
            client = httpx.AsyncClient(
                auth=self._auth,
                limits=self._limits,
                transport=transport,
                verify=self._verify,
                # It holds for what an authentication reads too.
                event_hooks={"response": [async_limit(self._max_answer)]},
            )
            ignore_cookies(client)
            return client
        except OSError as error:  # ssl.SSLError is one
            raise ConfigurationError(f"cannot be used: {error}", key="verify") from None

    @property
    def has_credentials(self) -> bool:
        """Whether requests carry credentials."""
        return self._auth is not None

    def open(self) -> None:
        """Make the httpx client now.

        Raises:
            ConfigurationError: It was closed, or the certificates cannot be read.
        """
        _ = self.client

    async def aclose(self) -> None:
        """Close all connections."""
        self._closed = True
        if self._client is not None:
            await self._client.aclose()


class AsyncSession:
    """Runs operations with the settings of one client.

    Args:
        settings: Address, headers, limits.
        connections: What carries the requests; may be shared.
    """

    def __init__(self, settings: Settings, connections: AsyncConnections) -> None:
        self.settings = settings
        self.connections = connections
        own = [("Accept-Encoding", ACCEPT_ENCODING), ("User-Agent", "citycontext")]
        self._headers = {name.lower(): (name, value) for name, value in [*own, *settings.all_headers]}
        self._timeout = httpx.Timeout(settings.timeout).as_dict()

    async def run(self, operation: Operation[T]) -> T:
        """Send an operation's request and read the answer.

        Args:
            operation: What to do.

        Returns:
            What the operation's reader makes of the answer.

        Raises:
            ContextBrokerError: The broker refused or failed.
            UnreadableResponse: The answer is not what the API allows.
            TransportError: No usable answer came.
        """
        return operation.read(await self.send(operation.request))

    async def send(self, request: Request) -> Response:
        """Send a request, again where that is safe (see :mod:`citycontext.client.retries`).

        Args:
            request: What to send.

        Returns:
            The last answer, whatever its status.

        Raises:
            TransportError: No usable answer came.
        """
        if self.settings.context_as == "host":
            return await self._send_hosted(request)
        return await self._send(request if self.settings.context_as == "address" else inlined(request))

    async def _send(self, request: Request) -> Response:
        outcome = await self._attempt(request)
        if self.settings.retries and may_repeat(request, outcome):
            outcome = with_first(outcome, await self._repeat(request, outcome))
        if isinstance(outcome, Unanswered):
            try:
                raise outcome.error
            finally:
                # The error knows this frame: without the way back, what it holds is let go with the error.
                del outcome
        if outcome.header(HEADER):
            self.connections.heard.note(warnings_in(outcome), self.settings.root)
        return outcome

    async def _send_hosted(self, request: Request) -> Response:
        """Send a request with the addresses under which the broker hosts its contexts, uploading those it lacks."""
        addresses = [one for one in (shipped_address(request), *body_addresses(request)) if one]
        if not addresses:
            return await self._send(request)
        response = await self._send(hosted(request, await self._hosted_urls(addresses)))
        if is_missing(response.status, response.content):  # it lost what it hosted
            for address in addresses:
                self.connections.hosted.pop((self.settings.root, address), None)
            response = await self._send(hosted(request, await self._hosted_urls(addresses)))
        return response

    async def _hosted_urls(self, addresses: Sequence[str]) -> dict[str, str]:
        from citycontext.ngsild.context import shipped_context

        known = self.connections.hosted
        for address in addresses:
            if (self.settings.root, address) not in known:
                known[self.settings.root, address] = await self._hosted_url(shipped_context(address)["@context"])
        return {address: known[self.settings.root, address] for address in addresses}

    async def _hosted_url(self, terms: Mapping[str, Any]) -> str:
        """Find a context among those that the broker hosts by its content, and upload it if absent."""
        from citycontext.client.operations import contexts  # most programs never need it

        root = self.settings.root
        for url in contexts.urls("Hosted").read(await self._send(contexts.urls("Hosted").request)):
            operation = contexts.content(url.rpartition("/jsonldContexts/")[2] or url, root=root)
            response = await self._send(operation.request)
            if not response.is_error and operation.read(response).get("@context") == terms:
                return contexts.address(url, root=root)
        operation_of_upload = contexts.create(terms, root=root)
        return operation_of_upload.read(await self._send(operation_of_upload.request))

    async def _repeat(self, request: Request, first: Outcome) -> Outcome:
        done = [first]

        async def attempt() -> Outcome:
            return done.pop() if done else await self._attempt(request)

        import tenacity  # most programs never need it

        retrying: tenacity.AsyncRetrying = tenacity.AsyncRetrying(
            stop=tenacity.stop_after_attempt(self.settings.retries + 1),
            retry=tenacity.retry_if_result(lambda outcome: may_repeat(request, outcome)),
            wait=lambda state: pause(state.attempt_number, _outcome(state)),
            retry_error_callback=_outcome,
        )
        outcome: Outcome = await retrying(attempt)
        return outcome

    async def _attempt(self, request: Request) -> Outcome:
        url = self.settings.url(request.target)
        seconds = self.settings.timeout
        outgoing = httpx.Request(
            request.method,
            _parsed(url),
            headers=list(
                (self._headers | {name.lower(): (name, value) for name, value in request.headers.items()}).values()
            ),
            content=request.content,
            extensions={"timeout": self._timeout},
        )
        chunks: list[bytes] = []
        try:
            async with AsyncDeadline(seconds) as deadline:
                answer = await self.connections.client.send(outgoing, stream=True)
                try:
                    async for chunk in answer.aiter_bytes():
                        chunks.append(chunk)
                        deadline.check()
                finally:
                    await answer.aclose()
        except (httpx.HTTPError, TimeoutError) as cause:
            chunks.clear()  # whoever keeps the error keeps this frame, and need not keep half an answer
            return unanswered(cause, outgoing, seconds=seconds)
        return Response(answer.status_code, answer.headers.raw, b"".join(chunks), request.method, url)


def _outcome(state: tenacity.RetryCallState) -> Outcome:
    assert state.outcome is not None, "tenacity asks only after an attempt"
    outcome: Outcome = state.outcome.result()
    return outcome
