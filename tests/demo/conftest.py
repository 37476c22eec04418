"""A headless Chromium for the demo's tests."""

from __future__ import annotations

from chromium import devtools, open_tab

__all__ = ["devtools", "open_tab"]
