"""Where the broker's @contexts come from: the core, its own hosted ones, and the web, with limits (4.4, 5.13).

A context is fetched once and kept. Addresses of private networks are refused unless the operator allows them:
a request could otherwise make the broker read what only its own machine may see.
"""

from __future__ import annotations

import asyncio
import ipaddress
import socket
from collections import OrderedDict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urljoin, urlsplit

import httpx
import orjson

from citycontext.errors import ContextNotAvailable, ContextTooLarge, InvalidContext
from citycontext.ngsild.context import DEFAULT_LIMITS, Context, Limits, decode_document

__all__ = ["CORE", "ContextSource", "fetch_document"]

CORE: Final = Context.core()

_KEPT: Final = 512
_TIMEOUT: Final = 5.0
_REDIRECTS: Final = 4
_ACCEPT: Final = "application/ld+json, application/json;q=0.9"


@dataclass(slots=True)
class CachedContext:
    """A document from the web, as the broker keeps it."""

    url: str
    document: Any
    created_at: str
    hits: int = 0
    last_usage: str = ""


class ContextSource:
    """Turns what a request says about its @context into a ``Context``.

    Args:
        hosted: Gives the document of a context this broker hosts, by its address; None when it hosts none there.
        allow_private: Whether documents may be fetched from addresses of private networks.
        now: The clock, as a timestamp.
        limits: How large a context may be.
    """

    def __init__(self, hosted: Any, *, allow_private: bool, now: Any, limits: Limits = DEFAULT_LIMITS) -> None:
        self._hosted = hosted
        self._allow_private = allow_private
        self._now = now
        self._limits = limits
        self._parsed: OrderedDict[bytes, tuple[Context, list[str]]] = OrderedDict()
        self.cached: dict[str, CachedContext] = {}

    async def resolve(self, value: Any) -> Context:
        """Give the context a request names.

        Args:
            value: An address, an object, or a list of them; None for the core alone.

        Raises:
            ContextError: It cannot be had, or used.
        """
        if value is None or value == []:
            return CORE
        try:
            key = orjson.dumps(value)
        except TypeError as error:
            raise InvalidContext(f"cannot be read: {error}") from None
        known = self._parsed.get(key)
        if known is not None:
            self._parsed.move_to_end(key)
            for url in known[1]:
                self._note_use(url)
            return known[0]
        used: list[str] = []

        async def load(url: str) -> Any:
            used.append(url)
            return await self._load(url)

        context = await Context.parse_async(value, load, limits=self._limits)
        self._parsed[key] = context, used
        if len(self._parsed) > _KEPT:
            self._parsed.popitem(last=False)
        return context

    def forget(self, url: str | None = None) -> None:
        """Forget what was parsed, and the document at an address, so that they are read again."""
        self._parsed.clear()
        if url is not None:
            self.cached.pop(url, None)

    async def reload(self, url: str) -> None:
        """Fetch a cached document again (5.13.5); the old one stays when that fails.

        Raises:
            ContextError: It cannot be had.
        """
        document = await fetch_document(url, self._limits, allow_private=self._allow_private)
        self._parsed.clear()
        self.cached[url] = CachedContext(url, document, self._now())

    def _note_use(self, url: str) -> None:
        cached = self.cached.get(url)
        if cached is not None:
            cached.hits += 1
            cached.last_usage = self._now()
        else:
            self._hosted(url)

    async def _load(self, url: str) -> Any:
        hosted = self._hosted(url)
        if hosted is not None:
            return hosted
        if url not in self.cached:
            document = await fetch_document(url, self._limits, allow_private=self._allow_private)
            if len(self.cached) >= _KEPT:
                self.cached.pop(next(iter(self.cached)))
            self.cached[url] = CachedContext(url, document, self._now())
        self._note_use(url)
        return self.cached[url].document


async def fetch_document(url: str, limits: Limits, *, allow_private: bool) -> Any:
    """Fetch the document of an @context.

    Args:
        url: Its address.
        limits: How large it may be.
        allow_private: Whether it may lie in a private network.

    Raises:
        ContextNotAvailable: It cannot be had.
        InvalidContext: It is no JSON.
        ContextTooLarge: It has too many bytes.
    """
    try:
        async with asyncio.timeout(_TIMEOUT), httpx.AsyncClient(timeout=_TIMEOUT, trust_env=False) as http:
            address = url
            for _ in range(_REDIRECTS):
                request = await _request(http, address, allow_private)
                async with _streamed(http, request) as response:
                    if response.is_redirect:
                        address = urljoin(address, response.headers.get("location", ""))
                        continue
                    if response.status_code != 200:
                        raise ContextNotAvailable(f"the server answered {response.status_code}", url=url)
                    return decode_document(await _body(response, url, limits), url, limits)
    except (httpx.HTTPError, httpx.InvalidURL, OSError, UnicodeError, ValueError) as error:
        reason = str(error) or type(error).__name__
        raise ContextNotAvailable(f"it cannot be fetched: {reason}", url=url) from error
    raise ContextNotAvailable(f"it redirects more than {_REDIRECTS} times", url=url)


@asynccontextmanager
async def _streamed(http: httpx.AsyncClient, request: httpx.Request) -> AsyncIterator[httpx.Response]:
    response = await http.send(request, stream=True)
    try:
        yield response
    finally:
        await response.aclose()


async def _body(response: httpx.Response, url: str, limits: Limits) -> bytes:
    body = bytearray()
    async for chunk in response.aiter_bytes():
        body += chunk
        if len(body) > limits.size:
            raise ContextTooLarge(f"has more than the {limits.size} bytes allowed", url=url)
    return bytes(body)


async def _request(http: httpx.AsyncClient, url: str, allow_private: bool) -> httpx.Request:
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ContextNotAvailable("its address is not http or https", url=url)
    headers = {"Accept": _ACCEPT}
    if allow_private:
        return http.build_request("GET", url, headers=headers)
    port = parts.port or (443 if parts.scheme == "https" else 80)
    found = await asyncio.get_running_loop().getaddrinfo(parts.hostname, port, type=socket.SOCK_STREAM)
    addresses = [ipaddress.ip_address(entry[4][0]) for entry in found]
    for address in addresses:
        if not address.is_global:
            raise ContextNotAvailable(
                "its address lies in a private network, and this broker may not fetch from there", url=url
            )
    # Connect to the very address that was looked at, so that a second look-up cannot lead elsewhere.
    pinned = httpx.URL(url).copy_with(host=str(addresses[0]))
    return http.build_request(
        "GET",
        pinned,
        headers={**headers, "Host": parts.netloc.rpartition("@")[2]},
        extensions={"sni_hostname": parts.hostname},
    )
