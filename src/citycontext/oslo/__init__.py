"""OSLO, the linked data of Flanders: observations, places, and the way from NGSI-LD and back."""

from __future__ import annotations

__all__: list[str] = []
