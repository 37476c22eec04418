"""Where the broker's @contexts come from: the package, its own hosted ones, and the web, with limits (4.4, 5.13).

A context is fetched once and kept. Addresses of private networks are refused unless the operator allows them:
a request could otherwise make the broker read what only its own machine may see.
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from typing import Any, Final

import orjson

from citycontext.errors import ContextNotAvailable, InvalidContext
from citycontext.ngsild.context import DEFAULT_LIMITS, Context, Limits, decode_document, shipped_context
from citycontext.ngsild.context.fetching import AsyncContextFetcher

__all__ = ["CORE", "ContextSource", "fetch_document"]

CORE: Final = Context.core()

_KEPT: Final = 512
_TIMEOUT: Final = 5.0
_REDIRECTS: Final = 3


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
        """Return the context a request names.

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
            shipped = shipped_context(url)
            if shipped is not None:
                return shipped
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
        InvalidContext: It is not JSON.
        ContextTooLarge: It has too many bytes.
    """
    fetch = AsyncContextFetcher(
        timeout=_TIMEOUT, redirects=_REDIRECTS, allow_private=allow_private, limits=limits, trust_env=False
    )
    try:
        body = await fetch(url)
    except InvalidContext as error:
        # Whoever names an address that is never fetched learns what one that is away would say (6.3.5).
        raise ContextNotAvailable(error.message, url=error.url) from error
    return decode_document(body, url, limits)
