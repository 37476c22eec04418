"""``citycontext mims``: what a city can prove about its openness."""

from __future__ import annotations

import citycontext.cli.door  # noqa: F401

__all__: list[str] = []
