"""OGC API - Features, Part 1: Core, with GeoJSON, over what is published (OGC 17-069r4)."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote, urlencode

import orjson

from citycontext.extras import require
from citycontext.publish.config import Dataset
from citycontext.publish.features.index import Collection, FeatureIndex
from citycontext.publish.features.openapi import openapi
from citycontext.publish.features.parameters import WrongParameter, check_names, selection_of
from citycontext.publish.features.sources import FeatureSource
from citycontext.web.media_types import GEO_JSON, JSON

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response
    from starlette.routing import BaseRoute

__all__ = ["FeatureService", "problem"]

_OPEN_API: Final = "application/vnd.oai.openapi+json;version=3.1"
_CRS84: Final = "http://www.opengis.net/def/crs/OGC/1.3/CRS84"
_SPECIFICATION: Final = "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf"
_CONFORMANCE: Final = (f"{_SPECIFICATION}/core", f"{_SPECIFICATION}/geojson")
_FORMAT: Final = "f"
_OF_ITEMS: Final = ("bbox", "bbox-crs", "datetime", "limit", "offset", _FORMAT)
_PAUSE: Final = 1.0


class FeatureService:
    """A web service of features, one collection a type.

    Args:
        sources: What the features are read from; they are read again once they have changed.
        dataset: What the data are.
        root: Where the service is, as a path without a slash at the end.
        every: Seconds between two looks at whether they have changed.
    """

    def __init__(
        self, sources: Sequence[FeatureSource], dataset: Dataset, *, root: str = "", every: float = _PAUSE
    ) -> None:
        require("broker", "starlette", purpose="Serving features")
        self._sources = sources
        self._dataset = dataset
        self._root = root
        self._every = every
        self._index = FeatureIndex()
        self._stamp: object = None
        self._looked = float("-inf")
        self._lock = threading.Lock()

    def index(self) -> FeatureIndex:
        """Return the features as they are now."""
        with self._lock:
            if time.monotonic() - self._looked >= self._every:
                stamp = [one.stamp() for one in self._sources]
                if stamp != self._stamp:
                    self._index.fill(feature for one in self._sources for feature in one.features())
                    self._stamp = stamp
                self._looked = time.monotonic()
        return self._index

    def routes(self) -> list[BaseRoute]:
        """Return the routes of the service, apart from its landing page at ``/``."""
        from starlette.routing import Route

        return [
            Route("/conformance", self._answering(self._conformance, (_FORMAT,))),
            Route("/api", self._answering(self._api, (_FORMAT,))),
            Route("/collections", self._answering(self._collections, (_FORMAT,))),
            Route("/collections/{collection}", self._answering(self._collection, (_FORMAT,))),
            Route("/collections/{collection}/items", self._answering(self._items, _OF_ITEMS)),
            Route("/collections/{collection}/items/{item:path}", self._answering(self._item, (_FORMAT,))),
        ]

    def landing(self, request: Request) -> Response:
        """Answer with the landing page, as JSON.

        Args:
            request: The request.
        """
        base = self._base(request)
        title, description = _text(self._dataset.title), _text(self._dataset.description)
        links = [
            _link(f"{base}/?f=json", "self", JSON, "This document"),
            _link(f"{base}/?f=html", "alternate", "text/html", "The page for people"),
            _link(f"{base}/api", "service-desc", _OPEN_API, "The interface, as OpenAPI 3.1"),
            _link(f"{base}/?f=html", "service-doc", "text/html", "How to use the data"),
            _link(f"{base}/conformance", "conformance", JSON, "What the service conforms to"),
            _link(f"{base}/collections", "data", JSON, "The collections"),
            *self._licence(),
        ]
        return _answer({"title": title or "Open data", "description": description, "links": links}, JSON)

    def _conformance(self, request: Request) -> Response:
        return _answer({"conformsTo": list(_CONFORMANCE)}, JSON)

    def _api(self, request: Request) -> Response:
        names = [one.id for one in self.index().collections()]
        title = _text(self._dataset.title) or "Open data"
        document = openapi(self._base(request), title, _text(self._dataset.description), names, self._dataset.licence)
        return _answer(document, _OPEN_API)

    def _collections(self, request: Request) -> Response:
        base = self._base(request)
        listed = [self._described(one, base) for one in self.index().collections()]
        links = [_link(f"{base}/collections", "self", JSON, "This document")]
        return _answer({"links": links, "collections": listed}, JSON)

    def _collection(self, request: Request) -> Response:
        return _answer(self._described(self._known(request), self._base(request)), JSON)

    def _items(self, request: Request) -> Response:
        selection = selection_of(request.query_params)
        collection = self._known(request)
        found = self._index.select(collection.id, selection)
        address = f"{self._base(request)}/collections/{quote(collection.id, safe='')}/items"
        asked = dict(request.query_params)

        def page(offset: int) -> str:
            return f"{address}?{urlencode({**asked, 'limit': selection.limit, 'offset': offset})}"

        links = [_link(f"{address}{'?' + urlencode(asked) if asked else ''}", "self", GEO_JSON, "This document")]
        if selection.offset + len(found.bodies) < found.matched and found.bodies:
            links.append(_link(page(selection.offset + selection.limit), "next", GEO_JSON, "The next page"))
        if selection.offset:
            links.append(_link(page(max(0, selection.offset - selection.limit)), "prev", GEO_JSON, "The page before"))
        head = {
            "type": "FeatureCollection",
            "timeStamp": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
            "numberMatched": found.matched,
            "numberReturned": len(found.bodies),
            "links": links,
        }
        content = orjson.dumps(head)[:-1] + b',"features":[' + b",\n".join(found.bodies) + b"]}"
        return _answer(content, GEO_JSON)

    def _item(self, request: Request) -> Response:
        collection = self._known(request)
        body = self._index.feature(collection.id, request.path_params["item"])
        if body is None:
            raise LookupError(f"there is no feature {request.path_params['item'][:200]!r} in {collection.id}")
        address = f"{self._base(request)}/collections/{quote(collection.id, safe='')}"
        here = f"{address}/items/{quote(request.path_params['item'], safe='')}"
        links = [
            _link(here, "self", GEO_JSON, "This document"),
            _link(address, "collection", JSON, "Its collection"),
        ]
        return _answer(body[:-1] + b',"links":' + orjson.dumps(links) + b"}", GEO_JSON)

    def _known(self, request: Request) -> Collection:
        name = request.path_params["collection"]
        found = self.index().collection(name)
        if found is None:
            raise LookupError(f"there is no collection {name[:200]!r}; see {self._root}/collections")
        return found

    def _described(self, collection: Collection, base: str) -> dict[str, Any]:
        address = f"{base}/collections/{quote(collection.id, safe='')}"
        extent: dict[str, Any] = {}
        if collection.bbox is not None:
            extent["spatial"] = {"bbox": [list(collection.bbox)], "crs": _CRS84}
        if collection.interval is not None:
            trs = "http://www.opengis.net/def/uom/ISO-8601/0/Gregorian"
            extent["temporal"] = {"interval": [list(collection.interval)], "trs": trs}
        return {
            "id": collection.id,
            "title": collection.id,
            "description": _text(self._dataset.description),
            **({"extent": extent} if extent else {}),
            "itemType": "feature",
            "crs": [_CRS84],
            "links": [
                _link(address, "self", JSON, "This document"),
                _link(f"{address}/items", "items", GEO_JSON, f"The {collection.features:,} features"),
                *self._licence(),
            ],
        }

    def _licence(self) -> list[dict[str, str]]:
        licence = self._dataset.licence
        return [] if licence is None else [_link(licence, "license", "text/html", "The licence")]

    def _base(self, request: Request) -> str:
        address = request.url
        return f"{address.scheme}://{address.netloc}{self._root}"

    def _answering(self, handle: Callable[[Request], Response], names: Sequence[str]) -> Callable[[Request], Any]:
        """Run a handler beside the loop, and answer what it refuses as the standard wants it."""
        from starlette.concurrency import run_in_threadpool

        def checked(request: Request) -> Response:
            try:
                check_names(request.query_params.keys(), names)
                if request.query_params.get(_FORMAT, "json") not in ("json", "geojson"):
                    return problem(406, "Not acceptable", "f: json")
                return handle(request)
            except WrongParameter as error:
                return problem(400, "A parameter cannot be read", str(error))
            except LookupError as error:
                return problem(404, "Not found", str(error.args[0]))

        async def answer(request: Request) -> Response:
            return await run_in_threadpool(checked, request)

        return answer


def _text(texts: Mapping[str, str]) -> str:
    """Return a text in English or, if absent, in the first language."""
    return texts.get("en") or next(iter(texts.values()), "")


def _link(href: str, rel: str, media_type: str, title: str) -> dict[str, str]:
    return {"href": href, "rel": rel, "type": media_type, "title": title}


def problem(status: int, title: str, detail: str) -> Response:
    """Return an answer that says what is wrong, in the form of RFC 7807.

    Args:
        status: The status.
        title: What it is.
        detail: What it is here.
    """
    document = {"status": status, "title": title, "detail": detail}
    return _answer(document, "application/problem+json", status)


def _answer(content: Any, media_type: str, status: int = 200) -> Response:
    from starlette.responses import Response

    body = content if isinstance(content, bytes) else orjson.dumps(content)
    headers = {"access-control-allow-origin": "*", "cache-control": "no-cache"}
    return Response(body, status, headers, media_type)
