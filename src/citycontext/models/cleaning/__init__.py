"""Clean writing: an entity as any context broker takes it, and every change as a finding."""

from __future__ import annotations

from citycontext.models.cleaning.entity import Cleaned, clean
from citycontext.models.cleaning.links import Links

__all__ = ["Cleaned", "Links", "clean"]
