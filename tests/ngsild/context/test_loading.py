"""Loaders that fetch."""

from __future__ import annotations

import pytest

from citycontext.errors import ContextNotAvailable, ContextTooLarge, InvalidContext
from citycontext.ngsild.context import AsyncFetchingLoader, Context, FetchingLoader, Limits, MemoryCache

URL = "https://example.org/c.jsonld"
BODY = b'{"@context": {"a": "urn:a:b"}}'


class Server:
    """Stands for the other side: counts fetches, and can be away."""

    def __init__(self, body: bytes = BODY) -> None:
        self.body = body
        self.fetched: list[str] = []
        self.away = False

    def __call__(self, url: str) -> bytes:
        self.fetched.append(url)
        if self.away:
            raise ContextNotAvailable("is away", url=url)
        return self.body

    async def fetch(self, url: str) -> bytes:
        """Fetch as a coroutine."""
        return self(url)


def test_a_document_is_fetched_once() -> None:
    """While it is fresh, a document comes from the cache."""
    server = Server()
    loader = FetchingLoader(server, MemoryCache())
    for _ in range(3):
        assert Context.parse(URL, loader).expand("a") == "urn:a:b"
    assert server.fetched == [URL]


def test_an_old_document_serves_while_the_server_is_away() -> None:
    """A document too old is fetched anew, but its server's absence does not take it away."""
    server = Server()
    loader = FetchingLoader(server, MemoryCache(max_age=0))
    loader.load(URL)
    server.away = True
    assert loader.load(URL) == {"@context": {"a": "urn:a:b"}}
    assert len(server.fetched) == 2


def test_a_document_never_seen_is_not_available_while_the_server_is_away() -> None:
    """Without an older copy the error goes up, and the next load tries again."""
    server = Server()
    server.away = True
    loader = FetchingLoader(server, MemoryCache())
    for _ in range(2):
        with pytest.raises(ContextNotAvailable, match="is away"):
            loader.load(URL)
    assert len(server.fetched) == 2


@pytest.mark.parametrize(("body", "error"), [(b"<html>", InvalidContext), (b" " * 100, ContextTooLarge)])
def test_what_is_no_document_is_not_kept(body: bytes, error: type[Exception]) -> None:
    """A page or an oversized answer raises its own error and leaves the cache as it was."""
    cache = MemoryCache()
    with pytest.raises(error):
        FetchingLoader(Server(body), cache, limits=Limits(size=50)).load(URL)
    assert cache.get(URL) is None


async def test_the_awaited_loader_behaves_alike() -> None:
    """Caching, service of old documents and errors are the same when the fetch is awaited."""
    server = Server()
    loader = AsyncFetchingLoader(server.fetch, MemoryCache(max_age=0))
    assert (await Context.parse_async(URL, loader.load)).expand("a") == "urn:a:b"
    server.away = True
    assert await loader.load(URL) == {"@context": {"a": "urn:a:b"}}
    with pytest.raises(ContextNotAvailable):
        await loader.load(URL + "?other")
    fresh = AsyncFetchingLoader(Server().fetch, MemoryCache())
    assert await fresh.load(URL) is await fresh.load(URL)
