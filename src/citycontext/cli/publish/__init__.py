"""``citycontext publish``: open data from a file or a context broker."""

from __future__ import annotations

import citycontext.cli.door  # noqa: F401

__all__: list[str] = []
