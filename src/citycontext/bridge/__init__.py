"""The bridge: a daemon that turns sensor messages into NGSI-LD updates without losing one."""

from __future__ import annotations

from citycontext.extras import require

require("bridge", "paho", "jmespath", "prometheus_client", purpose="The bridge")

from citycontext.bridge.config.bridge import BridgeConfig  # noqa: E402
from citycontext.bridge.service import Bridge, Counts  # noqa: E402

__all__ = ["Bridge", "BridgeConfig", "Counts"]
