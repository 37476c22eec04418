"""Fetch @context documents over HTTP, within bounds: bytes, seconds, redirects, and no private addresses unasked.

The local broker awaits; ``bridge check --connect`` reads what a configuration names; a program of yours reads any
@context by ``Context.parse(url, FetchingLoader(ContextFetcher()))``. Whoever imports this module imports httpx.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Final

from citycontext.errors import ContextNotAvailable, ContextTooLarge, InvalidContext
from citycontext.ngsild.context.terms import DEFAULT_LIMITS, Limits
from citycontext.ngsild.links import parse_link_header
from citycontext.web.addresses import resolve
from citycontext.web.fetch import DocumentTooLarge, FetchRules, Unavailable, Unfetchable, async_fetch, fetch
from citycontext.web.http import httpx
from citycontext.web.media_types import CONTEXT_ACCEPT, JSON_FORMS, LD_JSON, media_type_of

__all__ = ["AsyncContextFetcher", "ContextFetcher"]

_JSON_TYPES: Final = (*JSON_FORMS, "application/octet-stream", "text/plain", "")


class ContextFetcher:
    """Fetches documents with httpx.

    Args:
        client: The client to send with, one that carries no credentials; by default a new one for each document.
        timeout: Seconds after which no further redirect is followed and no further byte awaited.
        redirects: How many redirects to follow.
        allow_private: Whether addresses of private networks, loopback included, may be connected to. While they may
            not, each name is resolved once, and the connection made to the address that was checked.
        limits: Bounds of size.
        trust_env: Whether a proxy that the environment names is used.
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
        trust_env: bool = True,
        resolver: Callable[[str, int], Iterable[str]] = resolve,
    ) -> None:
        self._client = client
        self._rules = _rules(timeout, redirects, allow_private, limits, trust_env, resolver)

    def __call__(self, url: str) -> bytes:
        """Fetch one document.

        Args:
            url: An http or https address.

        Returns:
            Its bytes.

        Raises:
            InvalidContext: The address is not one that can be fetched.
            ContextNotAvailable: It is not allowed, not reached, or answers with an error.
            ContextTooLarge: It has more bytes than allowed.
        """
        with _as_context_errors(url):
            return fetch(url, self._rules, self._client)


class AsyncContextFetcher:
    """Fetches documents with httpx, awaited; otherwise as `ContextFetcher`.

    Args:
        client: The client to send with, one that carries no credentials; by default a new one for each document.
        timeout: Seconds after which no further redirect is followed and no further byte awaited.
        redirects: How many redirects to follow.
        allow_private: Whether addresses of private networks, loopback included, may be connected to.
        limits: Bounds of size.
        trust_env: Whether a proxy that the environment names is used.
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
        trust_env: bool = True,
        resolver: Callable[[str, int], Iterable[str]] = resolve,
    ) -> None:
        self._client = client
        self._rules = _rules(timeout, redirects, allow_private, limits, trust_env, resolver)

    async def __call__(self, url: str) -> bytes:
        """Fetch one document (see `ContextFetcher`).

        Args:
            url: An http or https address.
        """
        with _as_context_errors(url):
            return await async_fetch(url, self._rules, self._client)


def _rules(
    timeout: float,
    redirects: int,
    allow_private: bool,
    limits: Limits,
    trust_env: bool,
    resolver: Callable[[str, int], Iterable[str]],
) -> FetchRules:
    return FetchRules(
        limits.size,
        accept=CONTEXT_ACCEPT,
        timeout=timeout,
        redirects=redirects,
        allow_private=allow_private,
        trust_env=trust_env,
        resolver=resolver,
        elsewhere=_alternate,
    )


@contextmanager
def _as_context_errors(url: str) -> Iterator[None]:
    try:
        yield
    except Unfetchable as error:
        # An address with credentials is not repeated.
        raise InvalidContext(str(error), url="" if "@" in url else url) from error
    except Unavailable as error:
        raise ContextNotAvailable(str(error), url=url) from error.__cause__
    except DocumentTooLarge as error:
        raise ContextTooLarge(str(error), url=url) from error


def _alternate(response: httpx.Response) -> str | None:
    """Find the JSON-LD document that a page points to (JSON-LD 1.1 API, 9.3: document location)."""
    media_type = media_type_of(response.headers.get("content-type", ""))
    if response.status_code != 200 or media_type in _JSON_TYPES or media_type.endswith("+json"):
        return None
    for link in parse_link_header(response.headers.get("link", "")):
        if "alternate" in link.relations and link.parameters.get("type") == LD_JSON:
            return link.target
    return None
