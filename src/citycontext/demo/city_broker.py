"""The demo's context broker: its page tells what is shown, and it can be stopped for a moment."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request as HttpRequest
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.types import Receive, Scope, Send

from citycontext.broker import LocalBroker
from citycontext.broker.page import file_response

__all__ = ["OUTAGE", "CityBroker"]

OUTAGE: Final = 10.0
"""Seconds that an outage lasts."""

_PAGE: Final = Path(__file__).parent / "page"
_PREFIX: Final = "/page/demo/"


class CityBroker(LocalBroker):
    """A local broker with the demo's page.

    Args:
        history_limit: Instances of each attribute that are kept.
        settings: What the page is told when it opens.
        state: What the page asks every second.
        basemap: A file of map tiles (PMTiles).
    """

    def __init__(
        self,
        *,
        history_limit: int,
        settings: Mapping[str, Any],
        state: Callable[[], dict[str, Any]],
        basemap: Path | None = None,
    ) -> None:
        super().__init__(history_limit=history_limit, basemap=basemap)
        self.page_settings |= settings
        self._told = state
        self._down_until = 0.0

    @property
    def outage(self) -> float:
        """Seconds until it answers again; 0 while it answers."""
        return max(0.0, self._down_until - time.monotonic())

    def stop_for(self, seconds: float) -> None:
        """Answer no request to the API for some seconds.

        Args:
            seconds: How long; 0 ends an outage.
        """
        self._down_until = time.monotonic() + seconds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, or say that nothing can be answered now."""
        response = await self._own(HttpRequest(scope)) if scope["type"] == "http" else None
        await (super().__call__(scope, receive, send) if response is None else response(scope, receive, send))

    async def _own(self, request: HttpRequest) -> Response | None:
        path = request.url.path
        if not path.startswith(_PREFIX):
            is_down = self.outage > 0 and path.startswith("/ngsi-ld/")
            return PlainTextResponse("stopped by the demo", status_code=503) if is_down else None
        name = path.removeprefix(_PREFIX)
        if name == "break":
            if request.method != "POST":
                return PlainTextResponse("", status_code=405, headers={"Allow": "POST"})
            self.stop_for(OUTAGE)
        if name in ("break", "state.json"):
            told = await run_in_threadpool(self._told) | {"outage": round(self.outage, 1)}
            return JSONResponse(told, headers={"Cache-Control": "no-store"})
        return file_response(request, _PAGE, name)
