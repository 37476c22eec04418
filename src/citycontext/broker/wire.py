"""Where the API begins in an address (6.1)."""

from __future__ import annotations

from typing import Final

__all__ = ["PREFIX"]

PREFIX: Final = "/ngsi-ld/v1"
