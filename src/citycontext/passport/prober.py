"""Asks a city's broker and what it names: GET, at most two requests at once, and an end when nothing answers."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final
from urllib.parse import urljoin, urlsplit

from citycontext.client.operations.exchange import Request
from citycontext.errors import CityContextError
from citycontext.foreign_text import printable
from citycontext.passport.evidence import Exchange, shielded_url, shown_answer, shown_request
from citycontext.passport.verdicts import NotReached
from citycontext.web.fetch import DocumentTooLarge, FetchRules, Unavailable, Unfetchable, fetch_answer
from citycontext.web.http import httpx
from citycontext.web.media_types import JSON

if TYPE_CHECKING:
    from citycontext.client import Client

__all__ = ["AT_ONCE", "Prober", "absolute", "answered", "origin_of"]

AT_ONCE: Final = 2
"""Requests that are under way at the same time, at most."""

_SILENT: Final = 3
_LARGEST: Final = 32 * 1024 * 1024


class Prober:
    """Sends requests and keeps what came of them.

    Args:
        client: A client of the broker; it carries tenant, credentials and time-outs.
        web: A client without credentials, for what is not the broker; by default a new one.
        own_hosts: Hosts that the user named: they may be in a private network, all others may not.
        links: Headers of requests to the API, such as a Link to the @context.
        beside: A prober of the same run, whose exchanges and turns are shared.
    """

    def __init__(
        self,
        client: Client,
        *,
        web: httpx.Client | None = None,
        own_hosts: Iterable[str] = (),
        links: Mapping[str, str] | None = None,
        beside: Prober | None = None,
    ) -> None:
        self._client = client.with_options(retries=0)
        self._web = web or httpx.Client(trust_env=False)
        self._in_process = web is not None
        self._own_hosts = {one.casefold() for one in own_hosts}
        self._links = dict(links or {})
        self._gate: threading.BoundedSemaphore = threading.BoundedSemaphore(AT_ONCE) if beside is None else beside._gate
        self._lock: threading.Lock = threading.Lock() if beside is None else beside._lock
        self._silence: dict[str, int] = {} if beside is None else beside._silence
        self._known: dict[tuple[str, str], Exchange] = {}
        self.exchanges: list[Exchange] = [] if beside is None else beside.exchanges
        """All requests so far, in the order in which they were answered."""

    @property
    def root(self) -> str:
        """Where the API begins."""
        return self._client.settings.root

    @property
    def origin(self) -> str:
        """Scheme, host and port of the broker."""
        return origin_of(self.root)

    def ask(
        self,
        path: str,
        params: Sequence[tuple[str, str]] = (),
        *,
        accept: str = JSON,
        with_context: bool = True,
        method: str = "GET",
        content: bytes | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Exchange:
        """Send a request to the broker.

        Args:
            path: Below the API, or with a leading slash below the server.
            params: Query parameters.
            accept: The media type that is asked for.
            with_context: Whether names are those of the configured @context.
            method: The HTTP method; anything but GET only where the user asked for it.
            content: The body.
            headers: Further headers.
        """
        sent = {
            "Accept": accept,
            **(self._links if with_context and not path.startswith("/") else {}),
            **(headers or {}),
        }
        request = Request(method, path, list(params), sent, content)
        url = self._client.settings.url(request.target)
        with self._turn(url) as refused:
            if refused:
                return self._keep(url, method, sent, None, {}, b"", 0.0, refused)
            begun = time.monotonic()
            try:
                answer = self._client.request(method, path, params=params, headers=sent, content=content)
            except CityContextError as error:
                problem = printable(str(error).partition(": ")[2] or str(error), 200)
                return self._keep(url, method, self._sent(sent), None, {}, b"", time.monotonic() - begun, problem)
            seen, lasted = shown_answer(answer.headers), time.monotonic() - begun
            return self._keep(url, method, self._sent(sent), answer.status, seen, answer.content, lasted)

    def fetch(self, url: str, accept: str = "*/*", headers: tuple[tuple[str, str], ...] = ()) -> Exchange:
        """Fetch a document that is not the broker's API, once, without credentials.

        Args:
            url: Its address.
            accept: Media types to ask for.
            headers: Further headers.
        """
        known = self._known.get((url, f"{accept} {headers}"))
        if known is not None:
            return known
        host = (urlsplit(url).hostname or "").casefold()
        private = self._in_process or host in self._own_hosts
        rules = FetchRules(_LARGEST, accept, allow_private=private, trust_env=False, any_status=True, headers=headers)
        sent = {"Accept": accept, **dict(headers)}
        with self._turn(url) as refused:
            if refused:
                return self._keep(url, "GET", sent, None, {}, b"", 0.0, refused)
            begun = time.monotonic()
            try:
                answer = fetch_answer(url, rules, self._web)
            except (Unavailable, Unfetchable, DocumentTooLarge) as error:
                kept = self._keep(url, "GET", sent, None, {}, b"", time.monotonic() - begun, printable(str(error), 200))
            else:
                seen, lasted = shown_answer(answer.headers), time.monotonic() - begun
                if answer.redirects:
                    seen["location"] = shielded_url(answer.url)
                kept = self._keep(url, "GET", sent, answer.status, seen, answer.content, lasted)
        self._known[url, f"{accept} {headers}"] = kept
        return kept

    def ask_all(self, paths: Sequence[str], *, accept: str = JSON) -> list[Exchange]:
        """Send several requests to the broker, two at once; the answers come in the order of the paths."""
        with ThreadPoolExecutor(AT_ONCE) as pool:
            return list(pool.map(lambda path: self.ask(path, accept=accept), paths))

    def close(self) -> None:
        """Close what was opened for what is not the broker."""
        if not self._in_process:
            self._web.close()

    @contextmanager
    def _turn(self, url: str) -> Iterator[str]:
        """Wait for a turn; give the reason where the server has stopped to answer and is not asked again."""
        origin = origin_of(url)
        with self._gate:
            yield "it did not answer before" if self._silence.get(origin, 0) >= _SILENT else ""

    def _sent(self, sent: Mapping[str, str]) -> dict[str, str]:
        settings = self._client.settings
        hidden = {"Authorization": ""} if self._client.has_credentials else {}
        return {**hidden, **dict(settings.all_headers), **sent}

    def _keep(
        self,
        url: str,
        method: str,
        sent: Mapping[str, str],
        status: int | None,
        headers: Mapping[str, str],
        content: bytes,
        seconds: float,
        problem: str = "",
    ) -> Exchange:
        with self._lock:
            origin = origin_of(url)
            self._silence[origin] = self._silence.get(origin, 0) + 1 if status is None else 0
            kept = Exchange(
                number=len(self.exchanges) + 1,
                at=datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
                method=method,
                url=shielded_url(url),
                request_headers=shown_request(sent.items()),
                status=status,
                headers=headers,
                content=content,
                seconds=seconds,
                problem=problem,
            )
            self.exchanges.append(kept)
            return kept


def answered(exchange: Exchange) -> Exchange:
    """Return an exchange that was answered, whatever the answer.

    Raises:
        NotReached: No answer came, it wants credentials, or the server failed.
    """
    if exchange.obstacle.en:
        raise NotReached(exchange)
    return exchange


def origin_of(url: str) -> str:
    """Return scheme, host and port of an address."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}"


def absolute(base: str, target: str) -> str:
    """Return the address that a link means on a page."""
    return urljoin(base, target)
