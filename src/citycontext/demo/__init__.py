"""The demo: recorded and simulated sensors of a city, bridge, context broker and map, in one process."""

from __future__ import annotations

from citycontext.extras import require

require("demo", "amqtt", "paho", "jmespath", "prometheus_client", "starlette", "uvicorn", "shapely", purpose="The demo")

from citycontext.demo.demo import Demo  # noqa: E402
from citycontext.demo.report import DemoCounts, DemoReport  # noqa: E402

__all__ = ["Demo", "DemoCounts", "DemoReport"]
