"""The application that serves open data: a page for people at ``/``, where programs find the service of features."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final
from urllib.parse import unquote, urlsplit

from citycontext.errors import ConfigurationError, DataError
from citycontext.extras import require
from citycontext.ngsild.flat_rows import RowRequest
from citycontext.publish.config import Publication, StreamSettings
from citycontext.publish.features.api import FeatureService, problem
from citycontext.publish.ldes.app import ldes_app
from citycontext.publish.site.document import document
from citycontext.publish.site.ids import id_routes
from citycontext.publish.site.rows import ROWS_PATH, published_rows
from citycontext.publish.site.shelf import MEDIA_TYPES, Shelf, ShelfFile
from citycontext.publish.site.words import language_of
from citycontext.web.media_types import CSV, JSON

if TYPE_CHECKING:
    from starlette.applications import Starlette
    from starlette.requests import Request
    from starlette.responses import Response
    from starlette.routing import BaseRoute

__all__ = ["site_app"]

_PAGE: Final = Path(__file__).parent / "page"
_OWN: Final = {"site.js": "text/javascript", "site.css": "text/css"}
_OPEN: Final = {"access-control-allow-origin": "*"}


def site_app(shelves: Sequence[Shelf]) -> Starlette:
    """Make an ASGI app of all that there is of some datasets.

    A stream is at the path of its address, a file at the path of its own. ``/`` is a page for people, and for programs
    the landing page of a service of features (OGC API - Features), described at ``/api``. An address under the ``base``
    of ``[output]`` answers with the id that it stands for.

    Args:
        shelves: The datasets; the first one gives the service its title.

    Raises:
        ConfigurationError: Two streams, or two files, have one address.
        MissingExtra: Starlette is not installed.
    """
    require("broker", "starlette", purpose="Serving open data")
    from starlette.applications import Starlette
    from starlette.responses import FileResponse, HTMLResponse
    from starlette.routing import Mount, Route

    from citycontext.broker.page import serve_page

    sources = [source for one in shelves if (source := one.features()) is not None]
    service = FeatureService(sources, shelves[0].publication.dataset) if sources else None

    async def start(request: Request) -> Response:
        if service is not None and _wants_json(request):
            return service.landing(request)
        language = language_of(request.query_params.get("lang"), request.headers.get("accept-language", ""))
        address = f"{request.url.scheme}://{request.url.netloc}"
        content = document(shelves, language, address, features=service is not None)
        return HTMLResponse(content, headers={"content-language": language, "vary": "accept, accept-language"})

    async def page(request: Request) -> Response:
        name = request.path_params["name"]
        if name in _OWN:
            return FileResponse(_PAGE / name, media_type=_OWN[name], headers={"cache-control": "no-cache"})
        return serve_page(request, name)

    routes: list[BaseRoute] = [Route("/", start), Route("/page/{name:path}", page)]
    routes += service.routes() if service is not None else []
    routes += [Route(one.address, _file(one)) for one in _distinct(shelves)]
    routes += id_routes((base for one in shelves for base in _bases(one.publication)), service)
    routes += [Route(ROWS_PATH, _rows(shelves))]
    streams = [(unquote(urlsplit(one.url).path), ldes_app(folder, one)) for folder, one in _streams(shelves)]
    routes += [Mount(path, app) for path, app in streams if path]
    # At the root too, where there is one only: for a proxy that takes the path away.
    routes += [Mount("", streams[0][1])] if len(streams) == 1 else []
    return Starlette(routes=routes, exception_handlers={404: _nothing_here})


async def _nothing_here(request: Request, error: Exception) -> Response:
    """Answer a path that nothing has in the form that the interface describes."""
    return problem(404, "Not found", "there is nothing at this path")


def _bases(publication: Publication) -> list[str]:
    """Return where ids stand as addresses, in files and in the stream."""
    stream = publication.stream
    return [one for one in (publication.output.base, stream.base if stream is not None else "") if one]


def _wants_json(request: Request) -> bool:
    wanted = request.query_params.get("f")
    if wanted is not None:
        return wanted == "json"
    return "text/html" not in request.headers.get("accept", "")


def _file(file: ShelfFile) -> Callable[[Request], Awaitable[Response]]:
    from starlette.responses import FileResponse, PlainTextResponse

    async def answer(request: Request) -> Response:
        if not file.path.is_file():
            return PlainTextResponse("not found", 404, _OPEN)
        headers = {**_OPEN, "cache-control": "public, max-age=60"}
        return FileResponse(file.path, media_type=MEDIA_TYPES[file.form], headers=headers)

    return answer


def _rows(shelves: Sequence[Shelf]) -> Callable[[Request], Awaitable[Response]]:
    """Answer with the published history as flat rows, for dashboards."""
    from starlette.concurrency import run_in_threadpool
    from starlette.responses import Response

    async def answer(request: Request) -> Response:
        try:
            asked = RowRequest.read(request.query_params)
            content = await run_in_threadpool(published_rows, asked, shelves)
        except DataError as error:
            return problem(400, "Bad request", str(error))
        headers = {**_OPEN, "cache-control": "public, max-age=60"}
        return Response(content, media_type=CSV if asked.as_csv else JSON, headers=headers)

    return answer


def _distinct(shelves: Sequence[Shelf]) -> list[ShelfFile]:
    files = [file for one in shelves for file in one.files()]
    if len({one.address for one in files}) < len(files):
        raise ConfigurationError(
            "two files have one address.", key="output.url", cure="Give each dataset an output.url of its own."
        )
    return files


def _streams(shelves: Sequence[Shelf]) -> list[tuple[Path, StreamSettings]]:
    found = [
        (folder, one.publication.stream)
        for one in shelves
        if (folder := one.stream_folder) is not None and one.publication.stream is not None
    ]
    if len({settings.url for _, settings in found}) < len(found):
        raise ConfigurationError(
            "two streams have one address.", key="stream.url", cure="Give each stream an address of its own."
        )
    return found
