# Made by scripts/unasync.py from src/citycontext/client/_async/__init__.py; change that file, not this one.
"""The synchronous client, made by ``scripts/unasync.py``."""

from __future__ import annotations

__all__: list[str] = []
