"""Requests on their way to context sources: headers, time-outs, loops, answers (4.3.6.5, 5.2.34, 6.3.17 to 6.3.19)."""

from __future__ import annotations

import asyncio
import ssl
import time
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any, Final, Literal
from urllib.parse import urlencode
from weakref import WeakKeyDictionary

import orjson

from citycontext.broker.distribution.reachable import Reachable, origin_of
from citycontext.broker.distribution.sources import Source
from citycontext.broker.responses.problems import Problem
from citycontext.broker.responses.versions import downgrade_body, version_of
from citycontext.broker.wire import PREFIX
from citycontext.errors import CityContextError
from citycontext.foreign_text import printable
from citycontext.ngsild.context import Context, compact_entity, expand_entity, link_header
from citycontext.ngsild.query.duration import parse_duration
from citycontext.web.answers import async_limit
from citycontext.web.http import httpx
from citycontext.web.media_types import JSON, LD_JSON, media_type_of

__all__ = ["Caller", "Forwarder", "Reply", "Target", "passed_through"]

_TIMEOUT: Final = 5.0
_LONGEST: Final = 120.0
_MOST: Final = 64 * 1024 * 1024
_KEPT: Final = 256
_OWN: Final = frozenset(
    {
        "ngsild-tenant", "via", "host", "content-length", "transfer-encoding", "connection", "accept", "contenttype",
        "content-type", "link", "jsonldcontext", "ngsildconformance", "keep-alive", "upgrade", "te", "trailer",
        "proxy-connection",
    }
)  # fmt: skip
"""What ``contextSourceInfo`` may not set: the broker's own headers, and the keys that have a meaning of their own."""

Failure = Literal["", "timeout", "loop", "status", "invalid"]


@dataclass(frozen=True, slots=True)
class Caller:
    """In whose name a source is asked: what of the request that is distributed goes along.

    Args:
        tenant: The number of the tenant here, for the counters of the registration.
        alias: The name by which this broker and that tenant stand in ``Via``.
        via: What stands in ``Via`` already.
        headers: The request's headers.
        context: What names in the request mean.
        link: The Link header that says so.
        body_type: Media type of the request's body; empty without one.
    """

    tenant: int
    alias: str
    via: str
    headers: Mapping[str, str]
    context: Context
    link: str
    body_type: str = ""

    @property
    def is_loop(self) -> bool:
        """Whether the request has been through this broker already (6.3.18)."""
        return self.alias in _pseudonyms(self.via)


@dataclass(frozen=True, slots=True)
class Target:
    """One request to a source.

    Args:
        method: The HTTP method.
        path: The path below the prefix, encoded.
        query: Names and values.
        body: What to send, compacted with the request's context, without @context; None without a body.
        headers: Further headers.
        tells_local: Whether a source that is to answer from its own data is told so in the query.
        rename: Writes the body with the names of another context; None for entities, and parts of them.
    """

    method: str
    path: str
    query: Sequence[tuple[str, str]] = ()
    body: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)
    tells_local: bool = True
    rename: Callable[[Any, Context, Context], Any] | None = None


@dataclass(frozen=True, slots=True)
class Reply:
    """What a source answered, or why there is no answer.

    Args:
        source: Who was asked.
        status: The HTTP status; 0 without an answer.
        document: The parsed body; None without one.
        context: What names in it are to be expanded with.
        headers: The headers of the answer.
        failure: Empty when an answer came and says that it went well.
        detail: Why it failed.
        stale: Whether it was kept from an earlier request.
    """

    source: Source
    status: int = 0
    document: Any = None
    context: Context | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    failure: Failure = ""
    detail: str = ""
    stale: bool = False

    def problem(self, *, alone: bool = True) -> Problem | None:
        """Return the refusal that a failed write becomes (6.3.17); None when it went well.

        Args:
            alone: Whether the source was the only one concerned: then the status is that of the answer.
        """
        if not self.failure:
            return None
        who = f"The context source of {self.source.id}"
        if self.failure == "loop" or self.status == 508:
            # What a source says of a loop it found further on is true of the whole way (6.3.17).
            return Problem("LoopDetected", f"{who} leads back to this broker.", status=508)
        if self.failure == "timeout":
            return Problem("GatewayTimeout", f"{who} did not answer: {self.detail}.", status=504)
        if self.status == 404:
            return Problem("ResourceNotFound", f"{who} has not found it: {self.detail}.")
        told = self.document.get("type") if isinstance(self.document, dict) else None
        if not alone and self.status == 409 and isinstance(told, str) and told.endswith("AlreadyExists"):
            return Problem("AlreadyExists", f"{who} has it already: {self.detail}.")
        return Problem("BadGateway", f"{who} answered {self.status}: {self.detail}.", status=502)

    def warning(self) -> str | None:
        """Return the NGSILD-Warning that a failed read becomes (6.3.17); None when it went well."""
        if self.stale:
            return f'110 {self.source.id} "Response is Stale"'
        if self.failure in ("timeout", "loop"):
            return f'199 {self.source.id} "Miscellaneous Warning"'
        if self.failure == "invalid":
            return f'111 {self.source.id} "Revalidation Failed"'
        if self.failure == "status" and self.status != 404:
            return f'299 {self.source.id} "Miscellaneous Persistent Warning"'
        return None


class Forwarder:
    """Sends requests to context sources.

    Args:
        reachable: Where requests may go.
        resolve: Returns the context that a source asks for by its address.
        note: Keeps in a registration how a request went.
        transports: What reaches a source without the network, by its origin; always allowed.
    """

    def __init__(
        self,
        reachable: Reachable,
        *,
        resolve: Callable[[Any], Any],
        note: Callable[[int, str, bool], None],
        transports: Mapping[str, httpx.AsyncBaseTransport],
    ) -> None:
        self._reachable = reachable
        self._resolve = resolve
        self._note = note
        self._transports = transports
        self._resting: dict[str, float] = {}
        self._kept: OrderedDict[tuple[str, str, str], tuple[float, Reply]] = OrderedDict()
        self._clients: WeakKeyDictionary[asyncio.AbstractEventLoop, dict[str, httpx.AsyncClient]] = WeakKeyDictionary()

    async def send(self, caller: Caller, source: Source, target: Target) -> Reply:
        """Send one request, in the caller's name.

        Args:
            caller: In whose name.
            source: Whom to ask.
            target: What to ask.
        """
        url = f"{source.endpoint}{PREFIX}{target.path}"
        query = list(target.query)
        if source.local_only and target.tells_local and all(name != "local" for name, _ in query):
            query.append(("local", "true"))
        if caller.is_loop:
            return Reply(source, failure="loop", detail="the request came from this broker")
        if self._resting.get(source.id, 0) > time.monotonic():
            return Reply(source, failure="timeout", detail="it failed a moment ago and is left alone")
        if not (origin_of(url) in self._transports or self._reachable.allows(url)):
            return Reply(
                source,
                failure="timeout",
                detail="this broker may not forward to it; start it with --allow-forwarding HOST",
            )
        try:
            context = await self._context(caller, source)
        except CityContextError as error:
            return Reply(source, failure="invalid", detail=printable(str(error)))
        headers, content, renamed = self._message(caller, source, target, context, query)
        if renamed:
            url += "?" + urlencode(renamed, safe=",:;()[]*/'\"")
        key = (source.id, url, headers.get("Link", ""))
        fresh = self._fresh(source, key) if target.method == "GET" else None
        if fresh is not None:
            return fresh
        reply = await self._exchange(source, target.method, url, headers, content, context)
        self._note(caller.tenant, source.id, not reply.failure or reply.status == 404)
        if reply.failure == "timeout" and (rest := source.management("cooldown")) is not None:
            self._resting[source.id] = time.monotonic() + rest
        if target.method == "GET" and not reply.failure:
            self._keep(source, key, reply)
        return reply

    async def stop(self) -> None:
        """Close the connections of the running event loop."""
        for client in self._clients.pop(asyncio.get_running_loop(), {}).values():
            await client.aclose()

    async def _context(self, caller: Caller, source: Source) -> Context:
        """Return what names are compacted with for a source: its own choice, or the caller's."""
        named = source.information("jsonldContext")
        found: Context = caller.context if named is None else await self._resolve(named)
        return found

    def _message(
        self, caller: Caller, source: Source, target: Target, context: Context, query: list[tuple[str, str]]
    ) -> tuple[dict[str, str], bytes | None, list[tuple[str, str]]]:
        headers = {
            "Accept": source.information("accept") or JSON,
            "Via": ", ".join(filter(None, (caller.via, f"1.1 {caller.alias}"))),
        }
        own = context is not caller.context
        if own:
            headers["Link"] = link_header(str(source.information("jsonldContext")))
        elif context.source not in (None, []):
            headers["Link"] = caller.link
        if source.tenant:
            headers["NGSILD-Tenant"] = source.tenant
        for pair in source.pairs():
            name, value = pair["key"], pair["value"]
            if name.lower() in _OWN or not _is_header(name, value):
                continue
            if value == "urn:ngsi-ld:request":
                copied = caller.headers.get(name)
                if copied is not None:
                    headers[name] = copied
            else:
                headers[name] = value
        headers |= target.headers
        body = target.body
        content = None
        if body is not None:
            if own:
                body = (target.rename or _renamed)(body, caller.context, context)
            spoken = source.information("ngsildConformance")
            if spoken is not None:
                body = downgrade_body(body, target.path, version_of(spoken))
            kind = JSON if own else source.information("contentType") or _body_form(caller)
            if kind == LD_JSON:
                headers.pop("Link", None)
                body = _with_context(body, context.wire)
            else:
                body = _without_context(body)
            headers["Content-Type"] = kind
            content = orjson.dumps(body)
        if own:
            query = [(name, _renamed_names(name, value, caller.context, context)) for name, value in query]
        return headers, content, query

    async def _exchange(
        self, source: Source, method: str, url: str, headers: Mapping[str, str], content: bytes | None, context: Context
    ) -> Reply:
        seconds = source.management("timeout") or _TIMEOUT
        try:
            async with asyncio.timeout(seconds):
                answer = await self._client(url).request(method, url, headers=headers, content=content)
        except TimeoutError:
            return Reply(source, failure="timeout", detail=f"nothing came within {seconds:g} s")
        except (httpx.HTTPError, httpx.InvalidURL, ValueError, OSError) as error:
            return Reply(source, failure="timeout", detail=printable(str(error)) or type(error).__name__)
        document: Any = None
        if answer.content:
            try:
                document = orjson.loads(answer.content)
            except orjson.JSONDecodeError:
                if answer.is_success:
                    return Reply(source, answer.status_code, failure="invalid", detail="what came is not JSON")
        if not answer.is_success:
            said = document.get("detail") or document.get("title") if isinstance(document, dict) else None
            detail = printable(str(said)).rstrip(".") if said else "without a reason"
            return Reply(source, answer.status_code, document, context, answer.headers, "status", detail)
        if media_type_of(answer.headers.get("content-type", "")) == LD_JSON:
            try:
                context = await self._own_context(document, context)
            except CityContextError as error:
                return Reply(source, answer.status_code, failure="invalid", detail=printable(str(error)))
        return Reply(source, answer.status_code, document, context, answer.headers)

    async def _own_context(self, document: Any, context: Context) -> Context:
        first = document[0] if isinstance(document, list) and document else document
        if isinstance(first, dict) and "@context" in first:
            found: Context = await self._resolve(first["@context"])
            return found
        return context

    def _client(self, url: str) -> httpx.AsyncClient:
        clients = self._clients.setdefault(asyncio.get_running_loop(), {})
        origin = origin_of(url)
        inside = self._transports.get(origin)
        key = origin if inside is not None else ""
        client = clients.get(key)
        if client is None:
            client = clients[key] = httpx.AsyncClient(
                transport=inside,
                verify=True if inside is not None else _tls(),
                trust_env=False,
                follow_redirects=False,
                timeout=_LONGEST,
                event_hooks={"response": [async_limit(_MOST)]},
            )
        return client

    def _fresh(self, source: Source, key: tuple[str, str, str]) -> Reply | None:
        kept = self._kept.get(key)
        if kept is None or kept[0] < time.monotonic():
            return None
        reply = kept[1]
        return Reply(source, reply.status, reply.document, reply.context, reply.headers, stale=True)

    def _keep(self, source: Source, key: tuple[str, str, str], reply: Reply) -> None:
        text = (source.wire.get("management") or {}).get("cacheDuration")
        if not isinstance(text, str):
            return
        now = datetime.now(UTC)
        lasts: timedelta = parse_duration(text).after(now) - now
        self._kept[key] = time.monotonic() + lasts.total_seconds(), reply
        if len(self._kept) > _KEPT:
            self._kept.popitem(last=False)


def passed_through(via: str, source: Source) -> bool:
    """Return whether a request has been through a source already, so that it is not asked again (5.12)."""
    return source.alias is not None and source.alias in _pseudonyms(via)


def _pseudonyms(via: str) -> set[str]:
    return {words[1] for part in via.split(",") if len(words := part.split()) > 1}


def _is_header(name: str, value: str) -> bool:
    return name.isascii() and name.isprintable() and not set(name) & set(" \t:\r\n") and value.isprintable()


def _body_form(caller: Caller) -> str:
    """Return how a body is sent: with its @context where the caller did so, or where it has no address."""
    return LD_JSON if caller.body_type == LD_JSON else JSON


def _with_context(body: Any, wire: Any) -> Any:
    if isinstance(body, list):
        return [_with_context(one, wire) for one in body]
    return {"@context": wire, **body} if isinstance(body, dict) else body


def _without_context(body: Any) -> Any:
    if isinstance(body, list):
        return [_without_context(one) for one in body]
    return {name: value for name, value in body.items() if name != "@context"} if isinstance(body, dict) else body


def _renamed(body: Any, old: Context, new: Context) -> Any:
    """Write a body with the names of another context."""
    if isinstance(body, list):
        return [_renamed(one, old, new) for one in body]
    if not isinstance(body, dict):
        return body
    return compact_entity(expand_entity({name: value for name, value in body.items() if name != "@context"}, old), new)


def _renamed_names(name: str, value: str, old: Context, new: Context) -> str:
    if name == "type":
        return ",".join(new.compact_vocab(old.expand_vocab(one)) for one in value.split(","))
    if name in ("attrs", "pick", "omit"):
        names = value.split(",")
        return ",".join(one if one in ("id", "type", "scope") else new.compact(old.expand(one)) for one in names)
    return value


@lru_cache(maxsize=1)
def _tls() -> ssl.SSLContext:
    return ssl.create_default_context()
