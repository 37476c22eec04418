"""Contexts that are ready for use, kept by the @context value they were read from."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from typing import TYPE_CHECKING, Final

import orjson

from citycontext.errors import InvalidContext
from citycontext.ngsild.context.context import Context
from citycontext.ngsild.context.core_terms import LATEST_CORE
from citycontext.ngsild.context.loading import OFFLINE
from citycontext.ngsild.context.terms import DEFAULT_LIMITS, Limits

if TYPE_CHECKING:
    from collections.abc import Callable

    from citycontext.ngsild.context.loading import AsyncContextLoader, ContextLoader

__all__ = ["AsyncContextStore", "ContextStore"]

_HOUR: Final = 3600.0


class _Kept:
    """The contexts used last, each for a limited time; safe to share between threads."""

    def __init__(self, entries: int, terms: int, max_age: float, clock: Callable[[], float]) -> None:
        self._entries = entries
        self._terms = terms
        self._max_age = max_age
        self._clock = clock
        self._kept_terms = 0
        self._contexts: OrderedDict[bytes, tuple[float, Context]] = OrderedDict()
        self._lock = threading.Lock()

    def find(self, key: bytes) -> Context | None:
        with self._lock:
            kept = self._contexts.get(key)
            if kept is None:
                return None
            if self._clock() - kept[0] >= self._max_age:
                self._drop(key)
                return None
            self._contexts.move_to_end(key)
            return kept[1]

    def keep(self, key: bytes, context: Context) -> None:
        with self._lock:
            if key in self._contexts:
                self._drop(key)
            self._contexts[key] = (self._clock(), context)
            self._kept_terms += len(context.terms)
            while len(self._contexts) > self._entries or self._kept_terms > self._terms:
                self._drop(next(iter(self._contexts)))

    def _drop(self, key: bytes) -> None:
        _, context = self._contexts.pop(key)
        self._kept_terms -= len(context.terms)

    def clear(self) -> None:
        with self._lock:
            self._contexts.clear()
            self._kept_terms = 0


class ContextStore:
    """Return the context for an @context value, read once and kept.

    Args:
        loader: Gives the document behind an address.
        core: The version of the core @context to put above the user's terms.
        limits: Bounds of size.
        entries: How many contexts to keep.
        terms: How many terms to keep in all of them.
        max_age: Seconds until a context is read anew, its documents through the loader.
        clock: Tells the time in seconds.
    """

    def __init__(
        self,
        loader: ContextLoader = OFFLINE,
        *,
        core: str = LATEST_CORE,
        limits: Limits = DEFAULT_LIMITS,
        entries: int = 256,
        terms: int = 200_000,
        max_age: float = _HOUR,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._loader = loader
        self._core = core
        self._limits = limits
        self._kept = _Kept(entries, terms, max_age, clock)

    def get(self, value: object) -> Context:
        """Return the context for an @context value.

        Args:
            value: A dict of terms, an address, or a list of them; ``None`` for the core alone.

        Raises:
            ContextError: It cannot be used (see `Context.parse`).
        """
        if value is None:
            return Context.core(self._core)
        key = _key(value)
        context = self._kept.find(key)
        if context is None:
            context = Context.parse(value, self._loader, core=self._core, limits=self._limits)
            self._kept.keep(key, context)
        return context

    def clear(self) -> None:
        """Read every context anew when it is next asked for."""
        self._kept.clear()


class AsyncContextStore:
    """Return the context for an @context value, awaiting its documents; otherwise as `ContextStore`.

    Args:
        loader: Gives the document behind an address.
        core: The version of the core @context to put above the user's terms.
        limits: Bounds of size.
        entries: How many contexts to keep.
        terms: How many terms to keep in all of them.
        max_age: Seconds until a context is read anew, its documents through the loader.
        clock: Tells the time in seconds.
    """

    def __init__(
        self,
        loader: AsyncContextLoader,
        *,
        core: str = LATEST_CORE,
        limits: Limits = DEFAULT_LIMITS,
        entries: int = 256,
        terms: int = 200_000,
        max_age: float = _HOUR,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._loader = loader
        self._core = core
        self._limits = limits
        self._kept = _Kept(entries, terms, max_age, clock)

    async def get(self, value: object) -> Context:
        """Return the context for an @context value (see `ContextStore.get`).

        Args:
            value: A dict of terms, an address, or a list of them; ``None`` for the core alone.
        """
        if value is None:
            return Context.core(self._core)
        key = _key(value)
        context = self._kept.find(key)
        if context is None:
            context = await Context.parse_async(value, self._loader.load, core=self._core, limits=self._limits)
            self._kept.keep(key, context)
        return context

    def clear(self) -> None:
        """Read every context anew when it is next asked for."""
        self._kept.clear()


def _key(value: object) -> bytes:
    try:
        return orjson.dumps(value)
    except TypeError as error:
        raise InvalidContext(f"is not JSON: {error}") from None
