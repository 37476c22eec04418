"""The asynchronous client, written by hand; ``scripts/unasync.py`` makes the synchronous one from it."""

from __future__ import annotations

__all__: list[str] = []
