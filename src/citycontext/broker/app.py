"""The broker as an ASGI application: what all requests go through, and the start and end of it."""

from __future__ import annotations

import asyncio
import hmac
import logging
from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final
from urllib.parse import unquote

from starlette.applications import Starlette
from starlette.datastructures import Headers
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import ClientDisconnect
from starlette.requests import Request as HttpRequest
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from citycontext.broker.description import (
    API_CATALOG_PATH,
    LINKSET,
    OPENAPI,
    OPENAPI_PATH,
    SERVICE_DESCRIPTION,
    api_catalog,
    describe_api,
)
from citycontext.broker.distribution.split_entities import entity_over_sources
from citycontext.broker.distribution.subscriptions import NOTIFICATIONS_PATH
from citycontext.broker.page import serve_page
from citycontext.broker.page.map_tiles import MapTiles
from citycontext.broker.request.bounds import Bounds
from citycontext.broker.request.negotiation import choose_answer
from citycontext.broker.request.parameters import Parameters
from citycontext.broker.request.request import Request, is_body_type
from citycontext.broker.request.turns import Turns
from citycontext.broker.resources import OPERATIONS
from citycontext.broker.resources.next_version import OPERATIONS as NEXT_OPERATIONS
from citycontext.broker.responses.answers import empty_answer, json_answer, problem_answer
from citycontext.broker.responses.flat_rows import ROWS_PATH, answer_rows
from citycontext.broker.responses.problems import Problem, bad_request_data, from_error
from citycontext.broker.responses.versions import read_version, version_text
from citycontext.broker.routing import Operation, Router
from citycontext.broker.selection.snapshots import HEADER as SNAPSHOT_HEADER
from citycontext.broker.selection.snapshots import clear_unfinished, snapshot_tenant, use_snapshot
from citycontext.broker.state import State
from citycontext.broker.wire import PREFIX
from citycontext.errors import CityContextError, ConfigurationError
from citycontext.ngsild.context import context_url, is_link_header
from citycontext.ngsild.json_text import has_more_values
from citycontext.web.http import httpx
from citycontext.web.media_types import JSON, MERGE_PATCH_JSON, media_type_of

__all__ = ["LocalBroker"]

_log = logging.getLogger(__name__)

_ROUTERS: Final = {"1.9": Router(OPERATIONS), "2.0": Router((*OPERATIONS, *NEXT_OPERATIONS))}
_LONG: Final = 65_536
_EXPOSED: Final = (
    "Link",
    "Location",
    "NGSILD-Results-Count",
    "NGSILD-Tenant",
    "NGSILD-EntityMap",
    "NGSILD-Warning",
    "Content-Range",
)


class LocalBroker:
    """A local NGSI-LD context broker (ETSI GS CIM 009 V1.9.1).

    It is an ASGI application: call it, mount it, give ``transport()`` to an httpx client, or hand it to ``Server``.

    Args:
        store: A file that keeps everything, or ``:memory:``.
        read_only: Refuse whatever would write (403).
        token: A bearer token that every request must carry; None asks for none.
        cors: Origins of web pages that may read the answers, e.g. ``["*"]``.
        allow_private_contexts: Whether an @context may be fetched from an address in a private network.
        temporal_page: Attribute instances that one answer of the temporal API holds at most; more come in pages (206).
        history_limit: Instances of each attribute that its history keeps, the last that came and up to a tenth more;
            None for all.
        alias: The name by which others know this broker (``contextSourceAlias``, 5.15.1); None for one of its own.
        allow_forwarding: Hosts of context sources that requests may be forwarded to, e.g. ``["broker.gent.example"]``,
            ``["localhost:1027"]`` or ``["10.1.0.0/16"]``; none without.
        sources: What reaches a context source without the network, by its origin, e.g.
            ``{"http://gent": other.transport()}``: a region of brokers in one process.
        bounds: How much one request may ask of the broker; by default what suits a small machine.
        profile: ``2.0`` adds what is known of NGSI-LD 2.0 (ETSI TS 104 175) and changes nothing else.
        basemap: A file of map tiles (PMTiles) that the page at ``/`` lays under the entities.

    Raises:
        ConfigurationError: The store cannot be opened, or the limit is less than one.
    """

    def __init__(
        self,
        store: str | Path = ":memory:",
        *,
        read_only: bool = False,
        token: str | None = None,
        cors: Sequence[str] = (),
        allow_private_contexts: bool = False,
        temporal_page: int = 10_000,
        history_limit: int | None = None,
        alias: str | None = None,
        allow_forwarding: Sequence[str] = (),
        sources: Mapping[str, httpx.AsyncBaseTransport] | None = None,
        bounds: Bounds | None = None,
        profile: str = "1.9",
        basemap: Path | None = None,
    ) -> None:
        if profile not in _ROUTERS:
            raise ConfigurationError(f"{profile!r} is not one of {', '.join(_ROUTERS)}", key="profile")
        if history_limit is not None and history_limit < 1:
            raise ConfigurationError("must be 1 or more, or None to keep all", key="history_limit")
        self._read_only = read_only
        self._restored = False
        self._token = token
        self._tiles = None if basemap is None else MapTiles(basemap)
        self.page_settings: dict[str, Any] = {} if self._tiles is None else {"basemap": self._tiles.description()}
        self.cors: tuple[str, ...] = tuple(cors)
        self.state: State = State(
            str(store),
            allow_private_contexts=allow_private_contexts,
            temporal_page=temporal_page,
            history_limit=history_limit,
            alias=alias,
            allow_forwarding=allow_forwarding,
            sources=sources,
            bounds=bounds,
            profile=profile,
        )
        self.state.forwarded_subscriptions.merge = partial(entity_over_sources, self.state)
        middleware: Iterable[Middleware] = ()
        if cors:
            middleware = [
                Middleware(
                    CORSMiddleware,
                    allow_origins=list(cors),
                    allow_methods=["*"],
                    allow_headers=["*"],
                    expose_headers=list(_EXPOSED),
                )
            ]
        self._app = Starlette(middleware=list(middleware))
        self._app.router.default = self._respond

    def transport(self) -> httpx.ASGITransport:
        """Return a transport that lets an httpx client talk to this broker without a port."""
        return httpx.ASGITransport(app=self)

    def close(self) -> None:
        """Close the store; what was answered is kept."""
        self.state.close()

    def __repr__(self) -> str:
        return f"LocalBroker({self.state.store.database.path!r})"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._live(receive, send)
        else:
            await self._app(scope, receive, send)

    async def _respond(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        if not self._restored:
            self._restored = True
            await self._restore()
        request = HttpRequest(scope, receive)
        self.state.busy += 1
        try:
            response = await self._answer(request)
        except Problem as problem:
            response = problem_answer(problem)
        except CityContextError as error:
            response = problem_answer(from_error(error))
        except ClientDisconnect:
            return
        except RecursionError:
            response = problem_answer(Problem("BadRequestData", "The body is nested too deeply."))
        except Exception:
            _log.exception("%s %s failed", request.method, request.url.path)
            response = problem_answer(Problem("InternalError", "The broker failed; its log has the reason."))
        finally:
            self.state.busy -= 1
        if request.method == "HEAD":
            response.body = b""  # its length is told all the same (RFC 9110, 9.3.2)
        for echoed in ("NGSILD-Tenant", SNAPSHOT_HEADER):
            value = request.headers.get(echoed)
            if value and value.isascii():
                response.headers[echoed] = value
        await response(scope, receive, send)

    async def _live(self, receive: Receive, send: Send) -> None:
        """Start and stop with the server; a broker that is called without one starts at the first request."""
        while True:
            message = await receive()
            if message["type"] == "lifespan.startup":
                self._restored = True
                self.state.notifier.keep_connections()
                self.state.registration_notifier.keep_connections()
                await self._restore()
                await send({"type": "lifespan.startup.complete"})
            else:
                await self.state.stop()
                await send({"type": "lifespan.shutdown.complete"})
                return

    async def _restore(self) -> None:
        await self.state.restore()
        await clear_unfinished(self.state.store)

    async def _answer(self, http: HttpRequest) -> Response:
        path, base = _split_path(http)
        self.state.base = self.state.base or base
        self.state.store.sweep()
        if path.startswith(NOTIFICATIONS_PATH) and http.method == "POST":
            return await self._take_notification(http, path.removeprefix(NOTIFICATIONS_PATH))
        if not path.startswith(PREFIX + "/"):
            return self._beside_the_api(http, path)
        self._authorize(http.headers)
        found = _ROUTERS[self.state.profile].match(path.removeprefix(PREFIX))
        if found is None:
            raise Problem("ResourceNotFound", f"There is nothing at {path}.")
        operations, values = found
        if self.state.profile == "2.0" and http.method == "OPTIONS":
            more = ("OPTIONS", "HEAD") if "GET" in operations else ("OPTIONS",)
            return empty_answer(204, {"Allow": ", ".join(sorted((*operations, *more)))})
        # The application answers HEAD as GET, and leaves the body out.
        asks_head = self.state.profile == "2.0" and http.method == "HEAD"
        operation = operations.get("GET" if asks_head else http.method)
        if operation is None:
            allowed = ", ".join(sorted(operations))
            raise Problem(
                "OperationNotSupported",
                f"{http.method} is not possible here; {allowed} is.",
                status=405,
                headers={"Allow": allowed},
            )
        if self._read_only and operation.writes:
            raise Problem("OperationNotSupported", "This broker is read-only.", status=403)
        request = Request(
            self.state, http.method, path, base, http.headers, values,
            Parameters.read(http.url.query, operation.parameters), turns=Turns(http.is_disconnected),
        )  # fmt: skip
        if operation.answers:
            request.answer_type = choose_answer(http.headers.get("accept", ""), operation.answers)
        if operation.reads_body:
            request.body_type = _body_type(http)
        request.tenant = self._tenant(http.headers.get("ngsild-tenant", ""), operation)
        snapshot = http.headers.get(SNAPSHOT_HEADER)
        if snapshot:
            await use_snapshot(self.state.store, request.tenant, snapshot)
            request.tenant = snapshot_tenant(self.state.store, request.tenant, snapshot)
        request.link = _context_link(http.headers.getlist("link"))
        if operation.reads_body:
            await request.read_body(await _read(http, self.state.bounds))
        if operation.uses_context:
            await request.use_context()
        try:
            response = await operation.handler(request)
        except CityContextError as error:
            response = problem_answer(from_error(error))
        except Problem as problem:
            response = problem_answer(problem)
        for warning in request.warnings:
            response.headers.append("NGSILD-Warning", warning)
        version = read_version(http.headers.getlist("prefer"))
        if version is not None and response.status_code < 400:
            response.headers["Preference-Applied"] = f"ngsi-ld={version_text(version)}"
        return response

    async def _take_notification(self, http: HttpRequest, key: str) -> Response:
        """Take what a context source notifies of; the address is known to it alone, and needs no token."""
        request = Request(self.state, http.method, "", "", http.headers, {}, Parameters())
        _body_type(http)
        await request.read_body(await _read(http, self.state.bounds))
        link = _context_link(http.headers.getlist("link"))
        await self.state.forwarded_subscriptions.receive(key, request.body, link)
        return empty_answer(200)

    def _authorize(self, headers: Headers) -> None:
        if self._token is None:
            return
        given = headers.get("authorization", "")
        if not hmac.compare_digest(given.encode(), f"Bearer {self._token}".encode()):
            raise Problem(
                "InvalidRequest",
                "This broker asks for a bearer token in the header Authorization.",
                status=401,
                headers={"WWW-Authenticate": "Bearer"},
            )

    def _tenant(self, name: str, operation: Operation) -> int:
        database = self.state.store.database
        if operation.creates and len(name) <= 256 and database.tenant(name) is None:
            return database.create_tenant(name)
        return self._known_tenant(name)

    def _known_tenant(self, name: str) -> int:
        number = self.state.store.database.tenant(name)
        if number is None:
            raise Problem("NonexistentTenant", f"There is no tenant {name!r}.")
        return number

    def _beside_the_api(self, request: HttpRequest, path: str) -> Response:
        if path == "/version":
            return json_answer(self._version(), headers={"Link": SERVICE_DESCRIPTION})
        if path == "/":
            page = serve_page(request, "index.html")
            page.headers["Link"] = SERVICE_DESCRIPTION
            return page
        if path == OPENAPI_PATH:
            return json_answer(self._description(request), media_type=OPENAPI)
        if path == API_CATALOG_PATH:
            return json_answer(api_catalog(prefix=PREFIX, base=_split_path(request)[1]), media_type=LINKSET)
        if path == ROWS_PATH:
            self._authorize(request.headers)
            return answer_rows(request, self.state.store, self._known_tenant(request.headers.get("ngsild-tenant", "")))
        if path == "/page/settings.json":
            return json_answer(self.page_settings)
        if path.startswith("/page/tiles/") and self._tiles is not None:
            return self._tiles.answer(path.removeprefix("/page/tiles/"))
        if path.startswith("/page/"):
            return serve_page(request, unquote(path.removeprefix("/page/")))
        raise Problem("ResourceNotFound", f"There is nothing at {path}; the API starts at {PREFIX}.")

    def _description(self, request: HttpRequest) -> dict[str, Any]:
        operations = OPERATIONS if self.state.profile == "1.9" else (*OPERATIONS, *NEXT_OPERATIONS)
        return describe_api(
            operations,
            prefix=PREFIX,
            base=_split_path(request)[1],
            version=version("citycontext"),
            asks_token=self._token is not None,
        )

    def _version(self) -> dict[str, Any]:
        return {
            "product": "citycontext local broker",
            "version": version("citycontext"),
            "api": "ETSI GS CIM 009 V1.9.1",
            "status": "up",
            "since": self.state.started_at.isoformat(),
        }


def _split_path(request: HttpRequest) -> tuple[str, str]:
    """Return the raw path below where the broker is mounted, and the address of that place."""
    root = request.scope.get("root_path", "")
    raw = request.scope.get("raw_path")
    path = raw.decode("ascii", "replace").partition("?")[0] if raw else request.scope["path"]
    if root and path.startswith(root):
        path = path[len(root) :]
    return path or "/", f"{request.url.scheme}://{request.url.netloc}{root}"


def _context_link(headers: Sequence[str]) -> str | None:
    """Find the address of the @context in the Link headers; one that cannot be read is an error, not none."""
    text = ", ".join(headers)
    if text.strip() and not is_link_header(text):
        raise bad_request_data('The Link header cannot be read; write <URL>; rel="…"; type="…".')
    return context_url(text)


def _body_type(request: HttpRequest) -> str:
    if "content-length" not in request.headers:
        raise Problem("InvalidRequest", "", status=411)
    kind = media_type_of(request.headers.get("content-type", ""))
    if not is_body_type(kind, request.method):
        raise Problem("InvalidRequest", "", status=415)
    return JSON if kind == MERGE_PATCH_JSON else kind


async def _read(request: HttpRequest, bounds: Bounds) -> bytes:
    body = bytearray()
    try:
        async with asyncio.timeout(bounds.body_seconds):
            async for chunk in request.stream():
                body += chunk
                if len(body) > bounds.body:
                    raise _refused(413, f"A body has at most {bounds.body:,} bytes.")
    except TimeoutError:
        raise _refused(408, f"The body was not there after {bounds.body_seconds:g} seconds.") from None
    if await asyncio.to_thread(has_more_values, bytes(body), bounds.nodes) if len(body) > _LONG else False:
        raise _refused(413, f"A body has at most {bounds.nodes:,} values.")
    return bytes(body)


def _refused(status: int, detail: str) -> Problem:
    # What is still to come of the body is not read.
    return Problem("InvalidRequest", detail, status=status, headers={"Connection": "close"})
