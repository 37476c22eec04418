"""What the command line says of itself: its help, its codes, its manual."""

from __future__ import annotations

import citycontext.cli.door  # noqa: F401

__all__: list[str] = []
