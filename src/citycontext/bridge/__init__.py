"""The bridge: a daemon that turns sensor messages into NGSI-LD updates without losing one."""

from __future__ import annotations

from citycontext.bridge.config import BridgeConfig
from citycontext.bridge.service import Bridge, Counts

__all__ = ["Bridge", "BridgeConfig", "Counts"]
