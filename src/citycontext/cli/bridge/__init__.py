"""``citycontext bridge``: sensor messages in, updates out; a command a file."""

from __future__ import annotations

import citycontext.cli.door  # noqa: F401

__all__: list[str] = []
