"""The way back from a persistent address to the id of a thing, for who met the address in linked data."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable
from typing import TYPE_CHECKING, Final
from urllib.parse import quote, urlsplit

from citycontext.oslo.persistent_ids import PersistentIds
from citycontext.publish.features.api import FeatureService, problem

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response
    from starlette.routing import BaseRoute

__all__ = ["id_routes"]

_HEADERS: Final = {"access-control-allow-origin": "*", "cache-control": "public, max-age=60"}


def id_routes(bases: Iterable[str], features: FeatureService | None) -> list[BaseRoute]:
    """Return a route for each place under which ids stand as addresses.

    It answers with the id of the address, as ``urn:ngsi-ld:…``, and where the thing is published as a feature with that
    feature's address; an address that stands for no id is 404.

    Args:
        bases: The places, as ``base`` in ``[output]`` and ``[stream]`` names them.
        features: The service of features, where there is one.
    """
    from starlette.routing import Route

    return [
        Route(f"{urlsplit(one.base).path}{{rest:path}}", _answering(one, features))
        for one in map(PersistentIds, dict.fromkeys(bases))
    ]


def _answering(ids: PersistentIds, features: FeatureService | None) -> Callable[[Request], Awaitable[Response]]:
    from starlette.concurrency import run_in_threadpool
    from starlette.responses import JSONResponse

    def answer(request: Request) -> Response:
        # As the address was asked for: what it encodes is part of the id.
        path = request.scope.get("raw_path", request.url.path.encode()).decode("ascii", "replace").partition("?")[0]
        address = ids.base + path.removeprefix(quote(urlsplit(ids.base).path))
        urn = ids.urn(address)
        if urn == address:
            return problem(404, "Not found", "no id stands at this address")
        content = {"id": urn, "address": address}
        kind = urn.split(":")[2] if urn.startswith("urn:ngsi-ld:") else ""
        index = features.index() if features is not None else None
        if index is not None and kind and index.collection(kind) is not None:
            here = f"{request.url.scheme}://{request.url.netloc}/collections/{quote(kind, safe='')}/items"
            for name in (urn, address):  # in a stream with a base features are called by their addresses
                if "feature" not in content and index.feature(kind, name) is not None:
                    content["feature"] = f"{here}/{quote(name, safe='')}"
        return JSONResponse(content, headers=_HEADERS)

    async def beside(request: Request) -> Response:
        return await run_in_threadpool(answer, request)

    return beside
