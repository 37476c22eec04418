"""Fetch a document from an address that somebody else gave: within bytes, seconds and redirects, not from inside.

A name is resolved once and the connection made to the very address that was looked at, so that a second look-up cannot
lead elsewhere. Errors name no more of the other side's words than fits a line.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterable
from contextlib import AsyncExitStack, ExitStack
from dataclasses import dataclass
from typing import Final

from citycontext.foreign_text import printable, shown
from citycontext.web.addresses import is_public, resolve
from citycontext.web.answers import BodyTooLarge
from citycontext.web.http import httpx

__all__ = [
    "Answer",
    "DocumentTooLarge",
    "FetchRules",
    "Unavailable",
    "Unfetchable",
    "async_fetch",
    "fetch",
    "fetch_answer",
]

_NO_ELSEWHERE: Final[Callable[[httpx.Response], str | None]] = lambda response: None  # noqa: E731


class Unfetchable(Exception):
    """The address is of a kind that is never fetched: no http, no host, or with credentials."""


class Unavailable(Exception):
    """The document was not allowed, not reached, too slow, or answered with an error."""


class DocumentTooLarge(Exception):
    """The document has more bytes than allowed."""


@dataclass(frozen=True, slots=True)
class FetchRules:
    """What a fetch may do.

    Args:
        most: Bytes that the document may have.
        accept: Media types to ask for, as the header's value.
        timeout: Seconds after which no further redirect is followed and no further byte awaited.
        redirects: How many redirects to follow.
        allow_private: Whether addresses of private networks, loopback included, may be connected to.
        trust_env: Whether a proxy that the environment names is used.
        resolver: Returns the IP addresses of a host and port.
        elsewhere: Returns where the document really is, from the head of an answer that is not a redirect; mostly None.
        any_status: Whether an answer with an error is an answer too; otherwise only 200 is.
        headers: Further headers of the request; no secrets, since they go wherever a redirect leads.
    """

    most: int
    accept: str = "*/*"
    timeout: float = 10.0
    redirects: int = 3
    allow_private: bool = False
    trust_env: bool = True
    resolver: Callable[[str, int], Iterable[str]] = resolve
    elsewhere: Callable[[httpx.Response], str | None] = _NO_ELSEWHERE
    any_status: bool = False
    headers: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of a fetch.

    Args:
        url: Where it came from in the end.
        status: The status of the last answer.
        headers: Its headers.
        content: Its body.
        redirects: How many redirects led there.
    """

    url: str
    status: int
    headers: tuple[tuple[bytes, bytes], ...]
    content: bytes
    redirects: int


def fetch(url: str, rules: FetchRules, client: httpx.Client | None = None) -> bytes:
    """Fetch one document.

    Args:
        url: An http or https address.
        rules: What may be done.
        client: The client to send with, one that carries no credentials; by default a new one.

    Raises:
        Unfetchable: The address, or one it leads to, is never fetched.
        Unavailable: It could not be had.
        DocumentTooLarge: It has too many bytes.
    """
    return fetch_answer(url, rules, client).content


def fetch_answer(url: str, rules: FetchRules, client: httpx.Client | None = None) -> Answer:
    """Fetch one document with what was said of it; otherwise as `fetch`.

    Args:
        url: An http or https address.
        rules: What may be done.
        client: The client to send with, one that carries no credentials; by default a new one.

    Raises:
        Unfetchable: The address, or one it leads to, is never fetched.
        Unavailable: It could not be had.
        DocumentTooLarge: It has too many bytes.
    """
    visit = _Visit(url, rules)
    with ExitStack() as stack:
        client = client or stack.enter_context(httpx.Client(trust_env=rules.trust_env))
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
            return visit.answer(response)


async def async_fetch(url: str, rules: FetchRules, client: httpx.AsyncClient | None = None) -> bytes:
    """Fetch one document, awaited (see `fetch`); names are resolved in a thread.

    Args:
        url: An http or https address.
        rules: What may be done.
        client: The client to send with, one that carries no credentials; by default a new one.
    """
    visit = _Visit(url, rules)
    async with AsyncExitStack() as stack:
        if client is None:
            client = await stack.enter_async_context(httpx.AsyncClient(trust_env=rules.trust_env))
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


class _Visit:
    """The way to one document, from its address over redirects to its last byte; does no I/O but resolving."""

    def __init__(self, url: str, rules: FetchRules) -> None:
        self._rules = rules
        self._deadline = time.monotonic() + rules.timeout
        self._hops = 0
        self._size = 0
        self._chunks: list[bytes] = []
        self._url = self._checked(url)

    def address(self) -> str | None:
        """Resolve the host; return the one address that may be connected to, or None where any may."""
        if self._rules.allow_private:
            return None
        host = self._url.host
        port = self._url.port or (443 if self._url.scheme == "https" else 80)
        try:
            addresses = list(self._rules.resolver(host, port))
        except (OSError, UnicodeError) as error:
            raise Unavailable(f"{printable(host)} does not resolve: {error}") from error
        for address in addresses:
            if not is_public(address):
                raise Unavailable(
                    f"{printable(host)} is at the private address {address}; allow_private=True permits that"
                )
        if not addresses:
            raise Unavailable(f"{printable(host)} has no address")
        return addresses[0]

    def request(self, build: Callable[..., httpx.Request], address: str | None) -> httpx.Request:
        """Build the request for where the visit stands, to the checked address where there is one."""
        headers = {"Accept": self._rules.accept, "Accept-Encoding": "identity", **dict(self._rules.headers)}
        extensions, url = {}, self._url
        if address is not None:
            headers["Host"] = self._url.netloc.decode("ascii")
            extensions = {"sni_hostname": self._url.raw_host.decode("ascii")}
            url = self._url.copy_with(host=address)
        return build("GET", url, headers=headers, extensions=extensions, timeout=self._remaining())

    def moves_on(self, response: httpx.Response) -> bool:
        """Look at the answer's head: return whether it points elsewhere, refuse what is not a document."""
        target = response.headers.get("location") if response.is_redirect else self._rules.elsewhere(response)
        if target is not None:
            self._hops += 1
            if self._hops > self._rules.redirects:
                raise Unavailable(f"redirects more than {self._rules.redirects} times")
            self._url = self._checked(target)
            return True
        if response.status_code != 200 and not self._rules.any_status:
            raise Unavailable(f"answered {response.status_code} {printable(response.reason_phrase)}".rstrip())
        if response.headers.get("content-encoding", "identity").lower() != "identity":
            raise Unavailable("came compressed, although asked not to")
        length = response.headers.get("content-length", "")
        if length.isdecimal() and int(length) > self._rules.most:
            raise self._too_large()
        return False

    def take(self, chunk: bytes) -> None:
        """Take in a part of the body."""
        self._size += len(chunk)
        if self._size > self._rules.most:
            raise self._too_large()
        self._remaining()
        self._chunks.append(chunk)

    def body(self) -> bytes:
        """Return the whole body."""
        return b"".join(self._chunks)

    def answer(self, response: httpx.Response) -> Answer:
        """Return the answer, its body taken in."""
        return Answer(str(self._url), response.status_code, tuple(response.headers.raw), self.body(), self._hops)

    def failure(self, error: httpx.HTTPError) -> Exception:
        """Say in our own error what httpx said in its."""
        if isinstance(error, httpx.TimeoutException):
            return self._too_slow()
        if isinstance(error, BodyTooLarge):
            return self._too_large()
        return Unavailable(f"cannot be fetched: {printable(str(error)) or type(error).__name__}")

    def _remaining(self) -> float:
        remaining = self._deadline - time.monotonic()
        if remaining <= 0:
            raise self._too_slow()
        return remaining

    def _checked(self, target: str) -> httpx.URL:
        try:
            url = self._url.join(target) if self._hops else httpx.URL(target)
        except (httpx.InvalidURL, ValueError) as error:
            raise Unfetchable(f"{shown(target, 200)} is not a URL: {printable(str(error))}") from None
        if url.scheme not in ("http", "https") or not url.host:
            raise Unfetchable(f"only http and https addresses are fetched, not {shown(str(url), 200)}")
        if url.userinfo:
            raise Unfetchable("an address with credentials is not fetched")
        return url

    def _too_slow(self) -> Unavailable:
        return Unavailable(f"took longer than {self._rules.timeout:g} s")

    def _too_large(self) -> DocumentTooLarge:
        return DocumentTooLarge(f"has more than the {self._rules.most} bytes allowed")
