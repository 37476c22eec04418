"""A local NGSI-LD context broker: for demos, tests and development, not for production.

It keeps everything in one SQLite database, in memory or in a file, and answers over HTTP or in process.

    broker = LocalBroker()
    async with httpx.AsyncClient(transport=broker.transport(), base_url="http://broker") as http:
        await http.get("/ngsi-ld/v1/types")
"""

from __future__ import annotations

from citycontext.extras import require

require("broker", "starlette", "uvicorn", "shapely", purpose="The local context broker")

from citycontext.broker.app import LocalBroker  # noqa: E402
from citycontext.broker.request.bounds import Bounds  # noqa: E402
from citycontext.broker.server import Server, serve  # noqa: E402

__all__ = ["Bounds", "LocalBroker", "Server", "serve"]
