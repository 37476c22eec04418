"""A stream's files over HTTP, with the caching that each of them allows."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Final

from citycontext.extras import require
from citycontext.publish.config import Retention, StreamSettings
from citycontext.publish.ldes.nodes import ROOT
from citycontext.publish.ldes.withdrawal import WITHDRAWN
from citycontext.web.media_types import JSON, LD_JSON

if TYPE_CHECKING:
    from starlette.applications import Starlette
    from starlette.requests import Request
    from starlette.responses import Response

__all__ = ["ldes_app"]

_NAME: Final = re.compile(
    r"(?:\d+/)?(?:ldes\.jsonld|withdrawn\.json|pages/\d{8,}(?:-\d+)?\.jsonld|index/\d-\d{8,}\.jsonld)"
)
_DAY: Final = "public, max-age=86400"


def ldes_app(folder: Path | str, settings: StreamSettings) -> Starlette:
    """Make an ASGI app that serves a stream; mount it at the path of the stream's address.

    Full pages may be cached for a day, so that what is withdrawn is soon forgotten; with a policy that strikes single
    versions, and for the root and index nodes, for as long as ``settings.refresh`` says. A page that was there and is
    not any more is answered with 410.

    Args:
        folder: The stream's folder.
        settings: The stream.

    Raises:
        MissingExtra: Starlette is not installed.
    """
    require("broker", "starlette", purpose="Serving an event stream")
    from starlette.applications import Starlette
    from starlette.concurrency import run_in_threadpool
    from starlette.responses import PlainTextResponse, RedirectResponse, Response
    from starlette.routing import Route

    fleeting = f"public, max-age={settings.refresh}"
    of_pages = fleeting if settings.retention.latest_versions is not None else _DAY

    async def document(request: Request) -> Response:
        name = request.path_params["name"]
        if _NAME.fullmatch(name) is None:
            return PlainTextResponse("there is no such document", 404)
        try:
            content, etag = await run_in_threadpool(_read, Path(folder) / name)
        except FileNotFoundError:
            is_page = "pages/" in name
            gone = is_page and (settings.retention != Retention() or await run_in_threadpool(_was, folder, name))
            headers = {"access-control-allow-origin": "*", "cache-control": "no-cache"}
            if gone:
                return PlainTextResponse("this page is not kept any more", 410, headers)
            return PlainTextResponse("not found", 404, headers)
        headers = {
            "cache-control": of_pages if "pages/" in name else fleeting,
            "etag": etag,
            "access-control-allow-origin": "*",
        }
        if etag in request.headers.get("if-none-match", ""):
            return Response(status_code=304, headers=headers)
        return Response(content, media_type=_media_type(name), headers=headers)

    async def start(request: Request) -> Response:
        return RedirectResponse(f"{settings.url}/{ROOT}", 303)

    return Starlette(routes=[Route("/", start), Route("/{name:path}", document)])


def _media_type(name: str) -> str:
    return LD_JSON if name.endswith(".jsonld") else JSON


def _was(folder: Path | str, name: str) -> bool:
    """Return whether a page went since something was withdrawn from it."""
    view, slash, page = name.rpartition("pages/")
    try:
        return f'"{slash}{page}"'.encode() in (Path(folder) / view / WITHDRAWN).read_bytes()
    except FileNotFoundError:
        return False


def _read(path: Path) -> tuple[bytes, str]:
    with path.open("rb") as file:
        content = file.read()
        status = path.stat()
    return content, f'"{status.st_mtime_ns:x}-{len(content):x}"'
