"""The demo: recorded and simulated sensors of a city, bridge, context broker and map, in one process."""

from __future__ import annotations

from citycontext.demo.demo import Demo
from citycontext.demo.report import Counts, DemoReport

__all__ = ["Counts", "Demo", "DemoReport"]
