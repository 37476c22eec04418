"""Commands for any context broker: entities and what goes with them, over a named connection."""

from __future__ import annotations

import citycontext.cli.door  # noqa: F401

__all__: list[str] = []
