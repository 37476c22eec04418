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

__all__ = ["serve_page"]

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
    found = _find(path)
    if found is None:
        return PlainTextResponse(f"There is no {path!r} here.", status_code=404)
    content = found.read_bytes()
    tag = f'"{blake2b(content, digest_size=12).hexdigest()}"'
    headers = {"ETag": tag, "Cache-Control": "max-age=3600" if path.startswith(_LEAFLET) else "no-cache"}
    if request.headers.get("if-none-match") == tag:
        return Response(status_code=304, headers=headers)
    media_type = _MEDIA_TYPES.get(found.suffix) or guess_type(found.name)[0] or "application/octet-stream"
    return Response(content, headers=headers, media_type=media_type)


def _find(path: str) -> Path | None:
    if path.startswith(_LEAFLET):
        folder, path = _leaflet(), path.removeprefix(_LEAFLET)
    else:
        folder = _PAGE
    if folder is None or "\0" in path:
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
