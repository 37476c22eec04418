"""Fetching contexts over HTTP."""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import httpx
import pytest
import respx

from citycontext.errors import ContextError, ContextNotAvailable, ContextTooLarge, InvalidContext
from citycontext.ngsild.context import Context, FetchingLoader, Limits
from citycontext.ngsild.context.fetching import AsyncContextFetcher, ContextFetcher

BODY = b'{"@context": {"a": "urn:a:b"}}'


class Handler(BaseHTTPRequestHandler):
    """Serves one good document, and some that are not."""

    seen: list[dict[str, str]]

    def do_GET(self) -> None:
        self.seen.append({name.lower(): value for name, value in self.headers.items()})
        match self.path:
            case "/good":
                self.answer(200, BODY)
            case "/moved":
                self.answer(302, b"", Location="/good")
            case "/circle":
                self.answer(302, b"", Location="/circle")
            case "/file":
                self.answer(302, b"", Location="file:///etc/hostname")
            case "/page":
                alternate = '</good>; rel="alternate"; type="application/ld+json"'
                self.answer(200, b"<html>", **{"Content-Type": "text/html", "Link": alternate})
            case "/large":
                self.answer(200, b" " * 2_000)
            case "/endless":
                self.send_response(200)
                self.end_headers()
                self.dribble(b" " * 100, times=200)
            case "/slow":
                self.send_response(200)
                self.end_headers()
                self.dribble(b" ", times=30, pause=0.05)
            case "/zipped":
                self.answer(200, b"x", **{"Content-Encoding": "gzip"})
            case _:
                self.answer(404, b"")

    def dribble(self, part: bytes, *, times: int, pause: float = 0.0) -> None:
        # Whoever loads it goes away before the end.
        with contextlib.suppress(ConnectionError):
            for _ in range(times):
                self.wfile.write(part)
                time.sleep(pause)

    def answer(self, status: int, body: bytes, **headers: str) -> None:
        self.send_response(status)
        for name, value in {"Content-Type": "application/ld+json", "Content-Length": str(len(body)), **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing."""


@pytest.fixture
def server() -> Iterator[str]:
    """Return the address of a real HTTP server."""
    Handler.seen = []
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
    thread.join()


Fetch = Callable[..., Any]


@pytest.fixture(params=["sync", "async"])
def fetch(request: pytest.FixtureRequest) -> Fetch:
    """Return a coroutine that fetches one address, with the sync and with the async fetcher."""

    async def call(url: str, **options: Any) -> bytes:
        if request.param == "sync":
            return ContextFetcher(**options)(url)
        return await AsyncContextFetcher(**options)(url)

    return call


@pytest.mark.parametrize("path", ["/good", "/moved", "/page"])
async def test_a_document_is_fetched(server: str, fetch: Fetch, path: str) -> None:
    """A document comes directly, over a redirect, and by the alternate link of a page."""
    assert await fetch(server + path, allow_private=True) == BODY
    assert Handler.seen[0]["accept"].startswith("application/ld+json")


@pytest.mark.parametrize(
    ("path", "error", "message"),
    [
        ("/absent", ContextNotAvailable, "answered 404 Not Found"),
        ("/circle", ContextNotAvailable, "redirects more than 3 times"),
        ("/file", InvalidContext, "only http and https"),
        ("/large", ContextTooLarge, "more than the 1000 bytes"),
        ("/endless", ContextTooLarge, "more than the 1000 bytes"),
        ("/slow", ContextNotAvailable, "longer than 0.3 s"),
        ("/zipped", ContextNotAvailable, "came compressed"),
    ],
)
async def test_each_failure_has_its_error(
    server: str, fetch: Fetch, path: str, error: type[ContextError], message: str
) -> None:
    """Errors, circles, other schemes, and answers too large or too slow are told apart, with the address asked for."""
    with pytest.raises(error, match=message) as caught:
        await fetch(
            server + path, allow_private=True, limits=Limits(size=1_000), timeout=0.3 if path == "/slow" else 10
        )
    assert caught.value.url == server + path


async def test_a_server_that_is_not_there(fetch: Fetch) -> None:
    """A refused connection is a ContextNotAvailable."""
    with pytest.raises(ContextNotAvailable, match="cannot be fetched"):
        await fetch("http://127.0.0.1:1/c.jsonld", allow_private=True)


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "10.0.0.8",
        "169.254.169.254",
        "::1",
        "fe80::1%eth0",
        "::ffff:192.168.0.1",
        "64:ff9b::a00:1",
        "0.0.0.0",
    ],
)
async def test_private_addresses_are_refused_unless_allowed(fetch: Fetch, address: str) -> None:
    """A name that leads to this machine, its network or a cloud's metadata is not connected to."""
    with pytest.raises(ContextNotAvailable, match="private address"):
        await fetch("http://contexts.example/c.jsonld", resolver=lambda host, port: ["1.1.1.1", address])


async def test_the_connection_goes_to_the_address_that_was_checked(fetch: Fetch) -> None:
    """The name is resolved once: the request goes to the checked address, under the name's own Host and TLS name."""
    with respx.mock() as router:
        route = router.get("https://1.1.1.1/c.jsonld").mock(return_value=httpx.Response(200, content=BODY))
        assert await fetch("https://contexts.example/c.jsonld", resolver=lambda host, port: ["1.1.1.1"]) == BODY
    request = route.calls.last.request
    assert request.headers["host"] == "contexts.example"
    assert request.extensions["sni_hostname"] == "contexts.example"


async def test_a_redirect_to_a_private_address_is_refused(fetch: Fetch) -> None:
    """Every hop is checked, not the first alone."""
    addresses = {"contexts.example": ["1.1.1.1"], "inside.example": ["10.0.0.1"]}
    with respx.mock() as router:
        router.get("http://1.1.1.1/c").mock(
            return_value=httpx.Response(301, headers={"Location": "http://inside.example/"})
        )
        with pytest.raises(ContextNotAvailable, match=r"inside\.example is at the private address"):
            await fetch("http://contexts.example/c", resolver=lambda host, port: addresses[host])


@pytest.mark.parametrize(
    ("url", "message"),
    [("ftp://a.example/c", "only http and https"), ("http://", "only http"), ("https://u:p@a.example/", "credentials")],
)
async def test_addresses_that_are_not_fetched(fetch: Fetch, url: str, message: str) -> None:
    """Other schemes and credentials are refused before any connection, and no password shows in the error."""
    with pytest.raises(InvalidContext, match=message) as caught:
        await fetch(url)
    assert "u:p" not in str(caught.value)


async def test_a_name_that_does_not_resolve(fetch: Fetch) -> None:
    """An unknown name, or one without addresses, is not available."""

    def unknown(host: str, port: int) -> list[str]:
        raise OSError("no such name")

    with pytest.raises(ContextNotAvailable, match="does not resolve"):
        await fetch("http://contexts.example/", resolver=unknown)
    with pytest.raises(ContextNotAvailable, match="no address"):
        await fetch("http://contexts.example/", resolver=lambda host, port: [])


def test_the_whole_way_from_an_address_to_a_name(server: str) -> None:
    """Fetcher, loader and context together: an address becomes names."""
    loader = FetchingLoader(ContextFetcher(allow_private=True))
    assert Context.parse(f"{server}/good", loader).expand("a") == "urn:a:b"
    assert len(Handler.seen) == 1
