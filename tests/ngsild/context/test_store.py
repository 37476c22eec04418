"""Contexts kept ready for use."""

from __future__ import annotations

from typing import Any

import pytest

from citycontext.errors import ContextNotAvailable, InvalidContext
from citycontext.ngsild.context import AsyncContextStore, Context, ContextStore

URL = "https://example.org/c.jsonld"


class Loader:
    """Counts loads."""

    def __init__(self) -> None:
        self.loads = 0

    def load(self, url: str) -> Any:
        """Return the one document there is."""
        self.loads += 1
        return {"@context": {"a": f"urn:load:{self.loads}"}}


class AsyncLoader(Loader):
    """Counts loads, awaited."""

    async def load(self, url: str) -> Any:
        """Return the one document there is."""
        return Loader.load(self, url)


def test_equal_values_share_one_context() -> None:
    """The same @context value, however often it comes, is read once."""
    loader = Loader()
    store = ContextStore(loader)
    assert store.get([URL, {"b": "urn:b:b"}]) is store.get([URL, {"b": "urn:b:b"}])
    assert loader.loads == 1
    assert store.get(None) is Context.core()


def test_contexts_are_read_anew_after_their_time() -> None:
    """A context changes with its document, at the latest after `max_age`, at once after `clear`."""
    now = [0.0]
    store = ContextStore(Loader(), max_age=60, clock=lambda: now[0])
    assert store.get(URL).expand("a") == "urn:load:1"
    now[0] = 59
    assert store.get(URL).expand("a") == "urn:load:1"
    now[0] = 60
    assert store.get(URL).expand("a") == "urn:load:2"
    store.clear()
    assert store.get(URL).expand("a") == "urn:load:3"


def test_room_is_bounded_by_contexts_and_by_terms() -> None:
    """The context unused longest makes room, whether there are too many or they are too large."""
    for store in (ContextStore(entries=2), ContextStore(terms=3 * len(Context.core().terms))):
        first = store.get({"a": "urn:a:1"})
        store.get({"a": "urn:a:2"})
        assert store.get({"a": "urn:a:1"}) is first
        for number in range(3, 6):
            store.get({"a": f"urn:a:{number}"})
        assert store.get({"a": "urn:a:1"}) is not first


def test_what_fails_is_not_kept() -> None:
    """An error goes up each time, and a value that is not JSON is an InvalidContext."""
    store = ContextStore()
    for _ in range(2):
        with pytest.raises(ContextNotAvailable):
            store.get(URL)
    with pytest.raises(InvalidContext, match="not JSON"):
        store.get(object())


async def test_the_awaited_store_behaves_alike() -> None:
    """Reading once, the core alone and starting anew are the same when documents are awaited."""
    loader = AsyncLoader()
    store = AsyncContextStore(loader, core="1.8")
    assert await store.get(URL) is await store.get(URL)
    assert loader.loads == 1
    assert await store.get(None) is Context.core("1.8")
    store.clear()
    await store.get(URL)
    assert loader.loads == 2
