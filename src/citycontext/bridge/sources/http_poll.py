"""Addresses that are asked now and then; what they answered, and how far it was read, is kept in one transaction."""

from __future__ import annotations

import email.utils
import logging
import random
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any, Final
from urllib.parse import parse_qsl, urlencode, urljoin, urlsplit, urlunsplit

import orjson

from citycontext.bridge.claim import Claim, Mark
from citycontext.bridge.config.sources import HttpPollConfig
from citycontext.bridge.mapping.paths import compile_path
from citycontext.bridge.message import Message
from citycontext.bridge.sources.source import Inbox, SourceState
from citycontext.foreign_text import printable
from citycontext.tables import FeedError, FeedReader, FeedRequest, Record
from citycontext.tables.ckan import read_ckan
from citycontext.tables.datex2 import read_datex2
from citycontext.tables.gbfs import read_gbfs
from citycontext.tables.opendatasoft import read_opendatasoft
from citycontext.tables.records import json_of
from citycontext.tables.rows import read_csv, read_json, read_xml
from citycontext.web.addresses import is_public, resolve
from citycontext.web.http import httpx

__all__ = ["HttpPollSource"]

logger: logging.Logger = logging.getLogger(__name__)

_LONGEST_SPREAD: Final = 30.0
_FIRST_BACKOFF: Final = 5.0
_LONGEST_BACKOFF: Final = 900.0
_LONGEST_RETRY_AFTER: Final = 86_400.0
_REDIRECTS: Final = 5
_REQUESTS: Final = 1_000
_KNOWN: Final = 100_000
_TICK: Final = 0.2
_MAY_PASS: Final = frozenset({408, 425, 429, 500, 502, 503, 504})


class _Failed(Exception):
    """A round that brought nothing.

    Args:
        why: In words for a person.
        wait: How long the other side asks us to wait, seconds.
    """

    def __init__(self, why: str, wait: float = 0.0) -> None:
        super().__init__(why)
        self.wait = wait


class _NotModified(Exception):
    """All there is has been read before."""


@dataclass(slots=True)
class _Seen:
    """What an address said of the version it gave.

    Args:
        etag: Its entity tag.
        modified: Its time of modification, as text.
        content: What it was, where a reader needs more than one document.
    """

    etag: str = ""
    modified: str = ""
    content: bytes | None = None


class HttpPollSource:
    """Asks one address, or the several that belong to a feed, one request at a time.

    Args:
        config: What to ask.
        inbox: Who takes the messages.
        cursor: What the journal knows of how far was read before.
    """

    def __init__(self, config: HttpPollConfig, inbox: Inbox, cursor: str | None = None) -> None:
        self.config: Final = config
        self._inbox = inbox
        self._claim: Final = Claim(config.name)
        self._seen: dict[str, _Seen] = {}
        self._since: str | float | None = None if config.since is None else config.since.first
        self._is_single: Final = config.preset in ("raw", "json", "csv", "xml")
        self._digests: dict[str, bytes] = {}
        self._open = 0
        self._lock = threading.Lock()
        self._paused = False
        self._stopping = threading.Event()
        self._first_round = threading.Event()
        self._succeeded = threading.Event()
        self._trouble: str | None = "not asked yet"
        self._rounds = self._unchanged = self._failures = 0
        self._trusted: Final = frozenset(_host_of(url) for url in config.url)
        self._records_path = None if config.records is None else compile_path(config.records)
        is_path = config.key is not None and config.preset in ("json", "xml")
        self._key_path = compile_path(config.key) if is_path and config.key is not None else None
        self._since_path = None if config.since is None else compile_path(config.since.from_)
        self._restore(cursor)
        headers = {name: value.get_secret_value() for name, value in config.headers.items()}
        if config.token is not None:
            headers["Authorization"] = f"Bearer {config.token.get_secret_value()}"
        self._secret_headers = headers
        self._thread = threading.Thread(target=self._run, name=f"citycontext-{config.name}", daemon=True)

    # -- for the other threads ----------------------------------------------------------------------------------------

    @property
    def name(self) -> str:
        """What routes and messages call it."""
        return self.config.name

    @property
    def keeps(self) -> bool:
        """Whether the origin keeps what is not acknowledged: an address shows only what is so now."""
        return False

    @property
    def address(self) -> str:
        """The address, without its query: that may hold a key."""
        return ", ".join(url.partition("?")[0] for url in self.config.url)

    @property
    def is_alive(self) -> bool:
        """Whether the thread runs."""
        return self._thread.is_alive()

    def start(self) -> None:
        """Start the thread; it asks, and goes on asking."""
        self._thread.start()

    def pause(self) -> None:
        """Ask no more."""
        self._paused = True

    def stop(self, grace: float = 0.0) -> None:
        """End the thread; a request under way is waited for, as long as it may take.

        Args:
            grace: Makes no difference.
        """
        self._stopping.set()
        if self._thread.is_alive():
            self._thread.join()

    def acknowledge(self, marks: Sequence[Mark]) -> None:
        """Take note that messages are kept: the next round may begin when all are.

        Args:
            marks: Theirs.
        """
        with self._lock:
            self._open -= len(marks)

    def wait_connected(self, timeout: float) -> bool:
        """Wait for a round that succeeded.

        Args:
            timeout: Longest wait, seconds.
        """
        return self._succeeded.wait(timeout)

    def wait_first_attempt(self) -> bool:
        """Wait for the first round to end, well or not.

        Returns:
            Whether it succeeded.
        """
        self._first_round.wait(self._spread + self.config.timeout + 5.0)
        return self._succeeded.is_set()

    def state(self) -> SourceState:
        """Return how it stands."""
        counts = (("failed", self._failures), ("unchanged", self._unchanged))
        return SourceState(
            self._trouble is None, self._rounds, self._trouble, counts=tuple(one for one in counts if one[1])
        )

    # -- the thread ---------------------------------------------------------------------------------------------------

    @property
    def _spread(self) -> float:
        spread = self.config.spread
        return min(self.config.interval, _LONGEST_SPREAD) if spread is None else spread

    def _run(self) -> None:
        # Bridges that were started together, by a machine that came back, shall not ask together.
        pause = random.uniform(0.0, self._spread)  # noqa: S311
        failures = 0
        with httpx.Client(timeout=self.config.timeout, follow_redirects=False) as client:
            while not self._stopping.wait(pause):
                if self._paused or self._open > 0 or self._inbox.is_full(self._claim):
                    pause = _TICK
                    continue
                try:
                    self._round(client)
                except _Failed as error:
                    failures += 1
                    self._failures += 1
                    self._failed(str(error))
                    longest = max(self.config.interval, _LONGEST_BACKOFF)
                    first = min(self.config.interval, _FIRST_BACKOFF)
                    pause = max(error.wait, min(first * 2 ** min(failures - 1, 20), longest))
                else:
                    failures = 0
                    self._rounds += 1
                    self._recovered()
                    pause = self.config.interval
                pause *= random.uniform(1.0, 1.1)  # noqa: S311
                self._first_round.set()

    def _failed(self, why: str) -> None:
        if self._trouble is None or not self._first_round.is_set():
            logger.warning("%s: %s; it is asked again.", self.name, why)
        self._trouble = f"{self.address}: {why}"

    def _recovered(self) -> None:
        if self._trouble is not None and self._first_round.is_set():
            logger.info("%s answers again.", self.name)
        self._trouble = None
        self._succeeded.set()

    def _round(self, client: httpx.Client) -> None:
        deadline = time.monotonic() + max(self.config.timeout, 1.0) * 4
        before = {url: _Seen(one.etag, one.modified, one.content) for url, one in self._seen.items()}
        known = dict(self._digests)
        try:
            messages = self._read(client, deadline)
        except _NotModified:
            self._unchanged += 1
            return
        except BaseException:
            # What was not handed over must not count as read.
            self._seen, self._digests = before, known
            raise
        if not messages:
            self._unchanged += 1
            return
        with self._lock:
            self._open += len(messages)
        last = messages[-1]
        assert last.mark is not None, "each has one"
        last.mark.cursor = self._cursor()
        self._inbox.offer(messages)

    def _read(self, client: httpx.Client, deadline: float) -> list[Message]:
        config = self.config
        if config.preset == "raw":
            content = self._fetch(client, FeedRequest(self._asked(config.url[0]), "*/*"), deadline)
            if not content.strip():
                # Some answer so, and some 204, where nothing is new.
                raise _NotModified
            self._note_since([self._json_or_none(content)])
            return [self._message(config.name, content)]
        reader = self._reader()
        try:
            request = next(reader)
            for _ in range(_REQUESTS):
                request = reader.send(self._fetch(client, request, deadline))
        except StopIteration as end:
            records: list[Record] = end.value
        except FeedError as error:
            raise _Failed(printable(str(error), 300)) from None
        else:
            raise _Failed(f"the feed has more than {_REQUESTS} parts")
        changed = [record for record in records if self._is_new(record)]
        self._note_since([record.document for record in records])
        return [self._message(f"{config.name}/{_topic(record)}", orjson.dumps(record.document)) for record in changed]

    def _reader(self) -> FeedReader:
        config = self.config
        url = self._asked(config.url[0])
        readers: dict[str, Callable[[], FeedReader]] = {
            "gbfs": lambda: read_gbfs(url, config.language, config.feeds),
            "datex2": lambda: read_datex2(config.url, config.language),
            "opendatasoft": lambda: read_opendatasoft(url, config.key),
            "ckan": lambda: read_ckan(url, config.key),
            "csv": lambda: read_csv(url, config.key, config.encoding),
        }
        if config.preset in readers:
            return readers[config.preset]()
        assert self._records_path is not None, "checked with the configuration"
        read = read_json if config.preset == "json" else read_xml
        return read(url, self._records_path, self._key_path)

    def _message(self, topic: str, payload: bytes) -> Message:
        return Message(topic, payload, time.time(), self.name, 1, mark=Mark(self._claim, None))

    def _is_new(self, record: Record) -> bool:
        digest = blake2b(orjson.dumps(record.document, option=orjson.OPT_SORT_KEYS), digest_size=8).digest()
        name = _topic(record)
        if self._digests.get(name) == digest:
            return False
        if len(self._digests) >= _KNOWN:
            # They come once more, which does no harm.
            self._digests.clear()
        self._digests[name] = digest
        return True

    # -- asking -------------------------------------------------------------------------------------------------------

    def _asked(self, url: str) -> str:
        """Return the address with ``since``, where there is one."""
        if self.config.since is None or self._since is None:
            return url
        parts = urlsplit(url)
        query = [one for one in parse_qsl(parts.query, keep_blank_values=True) if one[0] != self.config.since.parameter]
        return urlunsplit(parts._replace(query=urlencode([*query, (self.config.since.parameter, str(self._since))])))

    def _fetch(self, client: httpx.Client, request: FeedRequest, deadline: float) -> bytes:
        # By the address without ``since``: it is the same document.
        seen = self._seen.get(request.url)
        headers = {"Accept": request.accept}
        if seen is not None and (self._is_single or seen.content is not None):
            if seen.etag:
                headers["If-None-Match"] = seen.etag
            if seen.modified:
                headers["If-Modified-Since"] = seen.modified
        url = request.url
        for _ in range(_REDIRECTS + 1):
            response, content = self._send(client, url, headers, deadline)
            if response.status_code == 304 and seen is not None:
                if seen.content is not None:
                    return seen.content
                raise _NotModified
            if response.is_redirect:
                url = urljoin(url, response.headers.get("location", ""))
                continue
            if response.status_code == 204:
                raise _NotModified
            if response.status_code != 200:
                raise _refusal(response)
            self._note(request.url, response, content)
            return content
        raise _Failed(f"more than {_REDIRECTS} redirects")

    def _send(
        self, client: httpx.Client, url: str, headers: dict[str, str], deadline: float
    ) -> tuple[httpx.Response, bytes]:
        trusted = _host_of(url) in self._trusted
        if not trusted:
            self._look_at(url)
        sent = headers | (self._secret_headers if trusted else {})
        size, chunks = 0, []
        try:
            with client.stream("GET", url, headers=sent) as response:
                if response.status_code == 200:
                    for chunk in response.iter_bytes():
                        size += len(chunk)
                        if size > self.config.max_size:
                            raise _Failed(f"the answer has more than {self.config.max_size} bytes")
                        if time.monotonic() > deadline or self._stopping.is_set():
                            raise _Failed("the answer took too long")
                        chunks.append(chunk)
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise _Failed(printable(str(error), 200) or type(error).__name__) from None
        return response, b"".join(chunks)

    def _look_at(self, url: str) -> None:
        """Refuse an address that a feed or a redirect leads to, where it is not one to be asked."""
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise _Failed(f"it leads to {printable(url, 100)}, which is not an address to be asked")
        if self.config.allow_private:
            return
        try:
            found = list(resolve(parts.hostname, parts.port or (443 if parts.scheme == "https" else 80)))
        except (OSError, UnicodeError) as error:
            raise _Failed(f"{printable(parts.hostname, 100)} does not resolve: {error}") from None
        if not all(is_public(one) for one in found):
            raise _Failed(
                f"it leads to {printable(parts.hostname, 100)}, in a private network; source.allow_private = true "
                "permits that"
            )

    def _note(self, url: str, response: httpx.Response, content: bytes) -> None:
        etag = response.headers.get("etag", "")
        modified = response.headers.get("last-modified", "")
        if etag or modified:
            if len(self._seen) >= _REQUESTS:
                self._seen.clear()
            self._seen[url] = _Seen(etag, modified, None if self._is_single else content)
        else:
            self._seen.pop(url, None)

    # -- how far was read ---------------------------------------------------------------------------------------------

    def _note_since(self, documents: list[Any]) -> None:
        if self._since_path is None:
            return
        found: list[Any] = []
        for document in documents:
            value = self._since_path(document)
            found += value if isinstance(value, list) else [value]
        known = [one for one in found if isinstance(one, str | int | float) and not isinstance(one, bool)]
        if self._since is not None:
            known.append(self._since)
        texts = [one for one in known if isinstance(one, str)]
        numbers = [one for one in known if not isinstance(one, str)]
        if texts or numbers:
            self._since = max(texts) if texts else max(numbers)

    @staticmethod
    def _json_or_none(content: bytes) -> Any:
        try:
            return json_of(content, "the answer")
        except FeedError:
            return None

    def _cursor(self) -> str:
        seen = {url: [one.etag, one.modified] for url, one in self._seen.items()} if self._is_single else {}
        # Without ``since`` in it the address would be another each time, and the list would grow.
        latest = dict(list(seen.items())[-1:])
        return orjson.dumps({"seen": latest, "since": self._since}).decode()

    def _restore(self, cursor: str | None) -> None:
        if cursor is None:
            return
        try:
            known = orjson.loads(cursor)
            if self._is_single:
                self._seen = {url: _Seen(etag, modified) for url, (etag, modified) in known["seen"].items()}
            if known["since"] is not None and self.config.since is not None:
                self._since = known["since"]
        except (orjson.JSONDecodeError, AttributeError, KeyError, TypeError, ValueError):
            logger.warning("%s: what was noted of an earlier run cannot be read; all is read anew.", self.name)


def _host_of(url: str) -> tuple[str, int | None, str]:
    parts = urlsplit(url)
    return parts.scheme, parts.port, parts.hostname or ""


def _level(key: str) -> str:
    """Return a key as one level of a topic."""
    return "".join("_" if one in "/+#\0" else one for one in key)[:200] or "-"


def _topic(record: Record) -> str:
    return f"{record.kind}/{_level(record.key)}" if record.kind else _level(record.key)


def _refusal(response: httpx.Response) -> _Failed:
    status = response.status_code
    wait = _retry_after(response.headers.get("retry-after", "")) if status in _MAY_PASS else 0.0
    return _Failed(f"it answered {status} {printable(response.reason_phrase, 60)}".rstrip(), wait)


def _retry_after(said: str) -> float:
    """Return how long we are asked to wait: a number of seconds, or a date (RFC 9110, 10.2.3)."""
    if said.strip().isdigit():
        return min(float(said), _LONGEST_RETRY_AFTER)
    try:
        until = email.utils.parsedate_to_datetime(said).timestamp()
    except (TypeError, ValueError, OverflowError):
        return 0.0
    return min(max(0.0, until - time.time()), _LONGEST_RETRY_AFTER)
