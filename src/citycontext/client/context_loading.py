"""Fetch @context documents over HTTP, within bounds: bytes, seconds, redirects, and no private addresses unasked.

The fetchers are callables for the loaders of `citycontext.ngsild.context`, which add the cache:
``FetchingLoader(ContextFetcher(), MemoryCache())``.
"""

from __future__ import annotations

import asyncio
import ipaddress
import socket
import time
from collections.abc import Callable, Iterable
from contextlib import AsyncExitStack, ExitStack
from dataclasses import dataclass
from typing import Final

import httpx

from citycontext.errors import ContextNotAvailable, ContextTooLarge, InvalidContext
from citycontext.ngsild.context import DEFAULT_LIMITS, Limits, parse_link_header

__all__ = ["AsyncContextFetcher", "ContextFetcher", "resolve"]

_HEADERS: Final = {"Accept": "application/ld+json, application/json;q=0.9", "Accept-Encoding": "identity"}
_JSON_TYPES: Final = ("application/json", "application/ld+json", "application/octet-stream", "text/plain", "")
_NAT64: Final = ipaddress.IPv6Network("64:ff9b::/96")


def resolve(host: str, port: int) -> list[str]:
    """Ask the system for the IP addresses of a host.

    Args:
        host: A name, or an address.
        port: The port to be connected to.
    """
    return [str(info[4][0]) for info in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]


class ContextFetcher:
    """Fetches documents with httpx.

    Args:
        client: The client to send with, one that carries no credentials; by default a new one for each document.
        timeout: Seconds after which no further redirect is followed and no further byte awaited.
        redirects: How many redirects to follow.
        allow_private: Whether addresses of private networks, loopback included, may be connected to. While they may
            not, each name is resolved once, and the connection made to the address that was checked.
        limits: Bounds of size.
        resolver: Gives the IP addresses of a host and port.
    """

    def __init__(
        self,
        client: httpx.Client | None = None,
        *,
        timeout: float = 10.0,
        redirects: int = 3,
        allow_private: bool = False,
        limits: Limits = DEFAULT_LIMITS,
        resolver: Callable[[str, int], Iterable[str]] = resolve,
    ) -> None:
        self._client = client
        self._rules = _Rules(timeout, redirects, allow_private, limits, resolver)

    def __call__(self, url: str) -> bytes:
        """Fetch one document.

        Args:
            url: An http or https address.

        Returns:
            Its bytes.

        Raises:
            InvalidContext: The address is none that can be fetched.
            ContextNotAvailable: It is not allowed, not reached, or answers with an error.
            ContextTooLarge: It has more bytes than allowed.
        """
        visit = _Visit(url, self._rules)
        with ExitStack() as stack:
            client = self._client or stack.enter_context(httpx.Client())
            while True:
                request = visit.request(client.build_request, visit.address())
                try:
                    response = client.send(request, stream=True, follow_redirects=False)
                    try:
                        if visit.moves_on(response):
                            continue
                        for chunk in response.iter_raw():
                            visit.take(chunk)
                    finally:
                        response.close()
                except httpx.HTTPError as error:
                    raise visit.failure(error) from error
                return visit.body()


class AsyncContextFetcher:
    """Fetches documents with httpx, awaited; otherwise as `ContextFetcher`.

    Args:
        client: The client to send with, one that carries no credentials; by default a new one for each document.
        timeout: Seconds after which no further redirect is followed and no further byte awaited.
        redirects: How many redirects to follow.
        allow_private: Whether addresses of private networks, loopback included, may be connected to.
        limits: Bounds of size.
        resolver: Gives the IP addresses of a host and port; called in a thread.
    """

    def __init__(
        self,
        client: httpx.AsyncClient | None = None,
        *,
        timeout: float = 10.0,
        redirects: int = 3,
        allow_private: bool = False,
        limits: Limits = DEFAULT_LIMITS,
        resolver: Callable[[str, int], Iterable[str]] = resolve,
    ) -> None:
        self._client = client
        self._rules = _Rules(timeout, redirects, allow_private, limits, resolver)

    async def __call__(self, url: str) -> bytes:
        """Fetch one document (see `ContextFetcher`).

        Args:
            url: An http or https address.
        """
        visit = _Visit(url, self._rules)
        async with AsyncExitStack() as stack:
            client = self._client
            if client is None:
                client = await stack.enter_async_context(httpx.AsyncClient())
            while True:
                request = visit.request(client.build_request, await asyncio.to_thread(visit.address))
                try:
                    response = await client.send(request, stream=True, follow_redirects=False)
                    try:
                        if visit.moves_on(response):
                            continue
                        async for chunk in response.aiter_raw():
                            visit.take(chunk)
                    finally:
                        await response.aclose()
                except httpx.HTTPError as error:
                    raise visit.failure(error) from error
                return visit.body()


@dataclass(frozen=True, slots=True)
class _Rules:
    timeout: float
    redirects: int
    allow_private: bool
    limits: Limits
    resolver: Callable[[str, int], Iterable[str]]


class _Visit:
    """The way to one document, from its address over redirects to its last byte; does no I/O but resolving."""

    def __init__(self, url: str, rules: _Rules) -> None:
        self._origin = url
        self._rules = rules
        self._deadline = time.monotonic() + rules.timeout
        self._hops = 0
        self._size = 0
        self._chunks: list[bytes] = []
        self._url = self._checked(url)

    def address(self) -> str | None:
        """Resolve the host; give the one address that may be connected to, or None where any may."""
        if self._rules.allow_private:
            return None
        port = self._url.port or (443 if self._url.scheme == "https" else 80)
        try:
            addresses = list(self._rules.resolver(self._url.host, port))
        except OSError as error:
            raise ContextNotAvailable(f"{self._url.host} does not resolve: {error}", url=self._origin) from error
        for address in addresses:
            if not _is_public(address):
                raise ContextNotAvailable(
                    f"{self._url.host} is at the private address {address}; allow_private=True permits that",
                    url=self._origin,
                )
        if not addresses:
            raise ContextNotAvailable(f"{self._url.host} has no address", url=self._origin)
        return addresses[0]

    def request(self, build: Callable[..., httpx.Request], address: str | None) -> httpx.Request:
        """Build the request for where the visit stands, to the checked address where there is one."""
        headers, extensions, url = dict(_HEADERS), {}, self._url
        if address is not None:
            headers["Host"] = self._url.netloc.decode("ascii")
            extensions = {"sni_hostname": self._url.raw_host.decode("ascii")}
            url = self._url.copy_with(host=address)
        return build("GET", url, headers=headers, extensions=extensions, timeout=self._remaining())

    def moves_on(self, response: httpx.Response) -> bool:
        """Look at the answer's head: tell whether it points elsewhere, refuse what is no document."""
        target = response.headers.get("location") if response.is_redirect else _alternate(response)
        if target is not None:
            self._hops += 1
            if self._hops > self._rules.redirects:
                raise ContextNotAvailable(f"redirects more than {self._rules.redirects} times", url=self._origin)
            self._url = self._checked(target)
            return True
        if response.status_code != 200:
            raise ContextNotAvailable(f"answered {response.status_code} {response.reason_phrase}", url=self._origin)
        if response.headers.get("content-encoding", "identity").lower() != "identity":
            raise ContextNotAvailable("came compressed, although asked not to", url=self._origin)
        length = response.headers.get("content-length", "")
        if length.isdecimal() and int(length) > self._rules.limits.size:
            raise self._too_large()
        return False

    def take(self, chunk: bytes) -> None:
        """Take in a part of the body."""
        self._size += len(chunk)
        if self._size > self._rules.limits.size:
            raise self._too_large()
        self._remaining()
        self._chunks.append(chunk)

    def body(self) -> bytes:
        """Give the whole body."""
        return b"".join(self._chunks)

    def failure(self, error: httpx.HTTPError) -> ContextNotAvailable:
        """Say in our own error what httpx said in its."""
        if isinstance(error, httpx.TimeoutException):
            return self._too_slow()
        return ContextNotAvailable(f"cannot be fetched: {str(error) or type(error).__name__}", url=self._origin)

    def _remaining(self) -> float:
        remaining = self._deadline - time.monotonic()
        if remaining <= 0:
            raise self._too_slow()
        return remaining

    def _checked(self, target: str) -> httpx.URL:
        try:
            url = self._url.join(target) if self._hops else httpx.URL(target)
        except (httpx.InvalidURL, ValueError) as error:
            raise InvalidContext(f"{target[:200]!r} is no URL: {error}", url=self._origin) from None
        if url.scheme not in ("http", "https") or not url.host:
            raise InvalidContext(f"only http and https addresses are fetched, not {str(url)[:200]!r}", url=self._origin)
        if url.userinfo:
            raise InvalidContext("an address with credentials is not fetched", url="")
        return url

    def _too_slow(self) -> ContextNotAvailable:
        return ContextNotAvailable(f"took longer than {self._rules.timeout:g} s", url=self._origin)

    def _too_large(self) -> ContextTooLarge:
        return ContextTooLarge(f"has more than the {self._rules.limits.size} bytes allowed", url=self._origin)


def _alternate(response: httpx.Response) -> str | None:
    """Find the JSON-LD document that a page points to (JSON-LD 1.1 API, 9.3: document location)."""
    media_type = response.headers.get("content-type", "").partition(";")[0].strip().lower()
    if response.status_code != 200 or media_type in _JSON_TYPES or media_type.endswith("+json"):
        return None
    for link in parse_link_header(response.headers.get("link", "")):
        if "alternate" in link.relations and link.parameters.get("type") == "application/ld+json":
            return link.target
    return None


def _is_public(text: str) -> bool:
    address = ipaddress.ip_address(text.partition("%")[0])
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped is not None:
            address = address.ipv4_mapped
        elif address in _NAT64:
            address = ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    return address.is_global and not address.is_multicast
