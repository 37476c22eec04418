"""The page at ``/``: a live map and table of whatever the broker holds, and Leaflet, which draws it."""

from __future__ import annotations

from functools import lru_cache
from hashlib import blake2b
from importlib.util import find_spec
from mimetypes import guess_type
from pathlib import Path
from typing import Final

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from citycontext.web.media_types import JSON

__all__ = ["file_response", "serve_page"]

_PAGE: Final = Path(__file__).parent
_LEAFLET: Final = "leaflet/"
_MEDIA_TYPES: Final = {
    ".js": "text/javascript",
    ".css": "text/css",
    ".html": "text/html",
    ".svg": "image/svg+xml",
    ".json": JSON,
    ".png": "image/png",
}


def serve_page(request: Request, path: str) -> Response:
    """Answer with a file of the page.

    Args:
        request: The request.
        path: The file's path, ``index.html`` for the page itself, ``leaflet/…`` for a file of Leaflet.
    """
    if request.method not in ("GET", "HEAD"):
        return PlainTextResponse("", status_code=405, headers={"Allow": "GET, HEAD"})
    folder = _PAGE
    if path.startswith(_LEAFLET):
        found, path = _leaflet(), path.removeprefix(_LEAFLET)
        if found is None:
            return _missing(path)
        folder = found
    return file_response(request, folder, path)


def file_response(request: Request, folder: Path, path: str) -> Response:
    """Answer with a file, or that it is not there.

    Args:
        request: The request.
        folder: Where the file is; nothing outside of it is answered.
        path: The file's path.
    """
    found = _find(folder, path)
    if found is None:
        return _missing(path)
    content = found.read_bytes()
    tag = f'"{blake2b(content, digest_size=12).hexdigest()}"'
    headers = {"ETag": tag, "Cache-Control": "max-age=3600" if folder == _leaflet() else "no-cache"}
    if request.headers.get("if-none-match") == tag:
        return Response(status_code=304, headers=headers)
    media_type = _MEDIA_TYPES.get(found.suffix) or guess_type(found.name)[0] or "application/octet-stream"
    return Response(content, headers=headers, media_type=media_type)


def _missing(path: str) -> Response:
    return PlainTextResponse(f"There is no {path!r} here.", status_code=404)


def _find(folder: Path, path: str) -> Path | None:
    if "\0" in path:
        return None
    found = (folder / path).resolve()
    return found if found.is_relative_to(folder.resolve()) and found.is_file() else None


@lru_cache(maxsize=1)
def _leaflet() -> Path | None:
    """Find the files of the package XStatic-Leaflet."""
    try:
        spec = find_spec("xstatic.pkg.leaflet")
    except ModuleNotFoundError:
        return None
    return Path(spec.origin).parent / "data" if spec and spec.origin else None
