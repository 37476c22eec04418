"""The bridge: a daemon that turns sensor messages into NGSI-LD updates without losing one."""

from __future__ import annotations

from citycontext.errors import MissingExtra

try:
    from citycontext.bridge.config.bridge import BridgeConfig
    from citycontext.bridge.service import Bridge, Counts
except ModuleNotFoundError as error:
    package = (error.name or "").partition(".")[0]
    if package in ("", "citycontext"):
        raise
    raise MissingExtra("bridge", package=package, purpose="The bridge") from None

__all__ = ["Bridge", "BridgeConfig", "Counts"]
