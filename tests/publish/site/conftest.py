"""A browser for the page for people."""

from __future__ import annotations

from chromium import devtools, open_tab

__all__ = ["devtools", "open_tab"]
