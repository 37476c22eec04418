"""Following an event stream into a context broker."""

from __future__ import annotations

import heapq
import re
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import blake2b
from pathlib import Path
from typing import Any, Final, Literal

import orjson

from citycontext.client import Client
from citycontext.errors import CityContextError, ConfigurationError, ContextNotAvailable, DataError, TransportError
from citycontext.foreign_text import printable
from citycontext.ngsild.time import instant_of
from citycontext.oslo import Graph, from_oslo, standard_tables
from citycontext.oslo.persistent_ids import CONCEPTS, PersistentIds
from citycontext.oslo.reading.from_oslo import Models
from citycontext.transfer.event_streams.pages import Link, Member, StreamPage, read_page
from citycontext.transfer.event_streams.state import FollowState
from citycontext.web.fetch import DocumentTooLarge, FetchRules, Unavailable, Unfetchable, fetch
from citycontext.web.http import httpx
from citycontext.web.media_types import CONTEXT_ACCEPT

__all__ = ["Followed", "follow_stream"]

_ACCEPT: Final = "application/ld+json;q=1, text/turtle;q=0.8, application/trig;q=0.6, application/n-triples;q=0.5"
_IMMUTABLE: Final = re.compile(r"\bimmutable\b")
_MOST_WAITING: Final = 20_000
_BATCH: Final = 500
_LARGEST: Final = 64_000_000
_POLL: Final = 60.0
_MOST_CONTEXTS: Final = 20
_CONTEXTS: Final = FetchRules(most=5_000_000, accept=CONTEXT_ACCEPT)
_NEVER: Final = -(2**62)
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(slots=True)
class Followed:
    """What came of following a stream.

    Args:
        pages: Pages that were read.
        gone: Pages that are not kept any more.
        members: Members that were new.
        written: Entities that were written.
        deleted: Entities that were deleted.
        older: Members that were older than what was written of their thing.
        refused: Entities that the broker, or the mapping, refused: id and reason, the first hundred.
        refusals: How many there were.
    """

    pages: int = 0
    gone: int = 0
    members: int = 0
    written: int = 0
    deleted: int = 0
    older: int = 0
    refused: list[tuple[str, str]] = field(default_factory=list)
    refusals: int = 0

    def refuse(self, identifier: str, reason: str) -> None:
        """Count a refusal.

        Args:
            identifier: The entity, or the member.
            reason: Why.
        """
        self.refusals += 1
        if len(self.refused) < 100:
            self.refused.append((identifier, reason))


def follow_stream(
    url: str,
    client: Client,
    *,
    target: str = "",
    state: Path | None = None,
    follow: bool = False,
    poll: float | None = None,
    base: str = "",
    models: Models | Literal["smart-data-models", "oslo"] = Models.SMART_DATA_MODELS,
    http: httpx.Client | None = None,
    on_round: Callable[[Followed], object] | None = None,
    wait: Callable[[float], object] = time.sleep,
    fetch_context: Callable[[str], bytes] = lambda url: fetch(url, _CONTEXTS),
) -> Followed:
    """Read an event stream and write its members into a context broker, in the order of publication.

    A member that is NGSI-LD is written as it is; one in OSLO's words is read by the mapping tables. Of one thing an
    older version does not overwrite a newer one. A marker of deletion deletes. What was written is remembered, so a
    reader that was killed goes on; what it had not noted is written again, which changes nothing.

    Args:
        url: The stream's address, or that of one of its pages.
        client: Writes into the broker.
        target: The broker's name in the state, so that one state is not used for two.
        state: The file that remembers; without it everything is read.
        follow: Whether to go on when all has been read, and ask again.
        poll: Seconds between two rounds; what the stream says if not given.
        base: Where the stream's ids stand as addresses; they are written as the URNs that they stand for.
        models: Whose classes members in OSLO's words become entities of, as ``from_oslo`` has it.
        http: Asks for the pages; a new one if not given.
        on_round: Called after each page with what has been done so far.
        wait: Waits between two rounds.
        fetch_context: Fetches a context that a page in JSON-LD names; from public addresses alone if not given.

    Raises:
        TransportError: A page cannot be had.
        InvalidDocument: A page cannot be read.
        ContextBrokerError: The broker cannot be reached.
    """
    if not url.startswith(("http://", "https://")):
        raise ConfigurationError(
            f"{printable(url)} is not an address of a stream.", cure="Give an http or https address."
        )
    ids = PersistentIds(base) if base else None
    kept = FollowState(state, source=url, target=target)
    own = None if http is not None else httpx.Client(follow_redirects=True, timeout=60.0)
    reader = _Reader(url, client, kept, http or own or httpx.Client(), on_round, fetch_context, ids, Models(models))
    try:
        while True:
            try:
                reader.round()
            except (TransportError, httpx.HTTPError) as error:
                if not follow:
                    raise
                reader.done.refuse(url, str(error))
            if not follow:
                return reader.done
            wait(poll if poll is not None else reader.stream.poll or _POLL)
    finally:
        kept.close()
        if own is not None:
            own.close()


class _Reader:
    def __init__(
        self,
        url: str,
        client: Client,
        state: FollowState,
        http: httpx.Client,
        on_round: Callable[[Followed], object] | None,
        fetch_context: Callable[[str], bytes],
        ids: PersistentIds | None,
        models: Models,
    ) -> None:
        self._url = url
        self._client = client
        self._state = state
        self._http = http
        self._on_round = on_round
        self._tags: dict[str, str] = {}
        self._contexts: dict[str, Any] = {}
        self._fetch_context = fetch_context
        self._ids = ids
        self._models = models
        self.done = Followed()
        self.stream = StreamPage()

    def round(self) -> None:
        """Read what is new, once."""
        links: list[tuple[int, int, str, bool]] = [(_NEVER, 0, self._url, False)]
        waiting: list[tuple[int, int, bytes, Member, str]] = []
        seen = {self._url}
        number = 0
        finished: dict[str, int] = {}
        while links:
            _, _, url, is_complete = heapq.heappop(links)
            fetched = self._fetch(url)
            if fetched is not None:
                page, is_immutable = fetched
                self._know(page)
                fresh = [one for one in page.members if not self._state.is_known(_key(one.iri))]
                if (is_complete or is_immutable) and not page.links:
                    finished[url] = len(fresh)
                    if not fresh:
                        self._state.wrote((), (), done=url)
                for one in fresh:
                    number += 1
                    heapq.heappush(waiting, (_micros(one.time), number, _key(one.iri), one, url))
                for link in page.links:
                    if link.url not in seen and not self._state.is_done(link.url):
                        seen.add(link.url)
                        number += 1
                        heapq.heappush(links, (_micros(link.since), number, link.url, self._is_past(link)))
            bound = links[0][0] if links else None
            ready = []
            while waiting and (bound is None or waiting[0][0] < bound or len(waiting) > _MOST_WAITING):
                ready.append(heapq.heappop(waiting))
            self._write(ready, finished)
            if self._on_round is not None:
                self._on_round(self.done)

    def _is_past(self, link: Link) -> bool:
        return bool(link.until) and _micros(link.until) <= int(time.time() * 1e6)

    def _fetch(self, url: str) -> tuple[StreamPage, bool] | None:
        """Read a page; ``None`` where it has not changed, or is not kept any more."""
        headers = {"accept": _ACCEPT}
        if url in self._tags:
            headers["if-none-match"] = self._tags[url]
        try:
            with self._http.stream("GET", url, headers=headers) as answer:
                if answer.status_code == 304:
                    return None
                if answer.status_code == 410:
                    self.done.gone += 1
                    self._state.wrote((), (), done=url)
                    return None
                if answer.status_code != 200:
                    raise TransportError(f"{printable(url)} answered {answer.status_code}")
                content = bytearray()
                for chunk in answer.iter_bytes():
                    content += chunk
                    if len(content) > _LARGEST:
                        raise TransportError(f"{printable(url)} is over {_LARGEST:,} bytes")
        except httpx.HTTPError as error:
            what = printable(str(error)) or type(error).__name__
            raise TransportError(f"{printable(url)} cannot be had: {what}") from None
        self.done.pages += 1
        page = self._read(bytes(content), answer.headers.get("content-type", ""), str(answer.url))
        if "etag" in answer.headers and len(self._tags) < 10_000:
            self._tags[url] = answer.headers["etag"]
        return page, _IMMUTABLE.search(answer.headers.get("cache-control", "")) is not None

    def _read(self, content: bytes, media_type: str, url: str) -> StreamPage:
        """Read a page; contexts that it names are fetched once, from public addresses alone."""
        while True:
            try:
                return read_page(content, media_type, url, self.stream, contexts=self._contexts)
            except ContextNotAvailable as error:
                if error.url in self._contexts or len(self._contexts) >= _MOST_CONTEXTS:
                    raise
                try:
                    fetched = self._fetch_context(error.url)
                    self._contexts[error.url] = orjson.loads(fetched)
                except (Unfetchable, Unavailable, DocumentTooLarge, orjson.JSONDecodeError) as wrong:
                    raise TransportError(f"{printable(url)} needs {printable(error.url)}, which {wrong}") from None

    def _know(self, page: StreamPage) -> None:
        stream = self.stream
        stream.poll = page.poll if page.poll is not None else stream.poll
        stream.timestamp_path = page.timestamp_path or stream.timestamp_path
        stream.version_path = page.version_path or stream.version_path

    def _write(self, ready: list[tuple[int, int, bytes, Member, str]], finished: dict[str, int]) -> None:
        """Write members, in order: of one entity one at a time, of many at once."""
        for start in range(0, len(ready), _BATCH):
            part = ready[start : start + _BATCH]
            todo: list[tuple[int, Member]] = []
            newest: dict[bytes, int] = {}
            for at, _, _, member, _ in part:
                self.done.members += 1
                thing = _key(member.thing)
                known = max(newest.get(thing, _NEVER), self._state.newest(thing) or _NEVER)
                if at < known:
                    self.done.older += 1
                    continue
                newest[thing] = at
                todo.append((at, member))
            for group in _rounds(todo):
                self._send(group)
            self._state.wrote([key for _, _, key, _, _ in part], newest.items())
            for _, _, _, _, url in part:
                if url in finished:
                    finished[url] -= 1
                    if not finished[url]:
                        self._state.wrote((), (), done=url)

    def _send(self, members: list[Member]) -> None:
        ids = self._ids
        deleted = [one.thing if ids is None else ids.urn(one.thing) for one in members if one.is_deletion]
        entities = [entity for one in members if not one.is_deletion for entity in self._entities(one)]
        if entities:
            result = self._client.batch.upsert(entities)
            self.done.written += len(result.succeeded)
            for failure in result.failed:
                self.done.refuse(str(failure.entity_id), str(failure.error))
        if deleted:
            gone = self._client.batch.delete(deleted)
            self.done.deleted += len(gone.succeeded)

    def _entities(self, member: Member) -> Iterator[Any]:
        if not isinstance(member.content, Graph):
            yield member.content if self._ids is None else self._ids.named_entity(member.content)
            return
        base = "" if self._ids is None else self._ids.base
        tables = standard_tables().with_base(f"{base}{CONCEPTS}") if base else None
        try:
            reading = from_oslo(member.content, tables=tables, base=base, models=self._models)
        except CityContextError as error:
            self.done.refuse(member.iri, str(error))
            return
        if not reading.entities:
            self.done.refuse(member.iri, "no mapping table knows what it is")
        yield from reading.entities


def _rounds(members: list[tuple[int, Member]]) -> Iterator[list[Member]]:
    """Part members so that no thing is in one part twice, in order."""
    part: list[Member] = []
    things: set[str] = set()
    for _, member in members:
        if member.thing in things:
            yield part
            part, things = [], set()
        part.append(member)
        things.add(member.thing)
    if part:
        yield part


def _key(iri: str) -> bytes:
    return blake2b(iri.encode(), digest_size=12).digest()


def _micros(text: str) -> int:
    try:
        return int((instant_of(text, "") - _EPOCH).total_seconds() * 1e6) if text else _NEVER
    except DataError:
        return _NEVER
