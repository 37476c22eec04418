"""Checking entities: by their model's schema, by the standard, and by good practice."""

from __future__ import annotations

from citycontext.models.validation.entity import Strictness, schema_findings, validate
from citycontext.models.validation.practice import Practice

__all__ = ["Practice", "Strictness", "schema_findings", "validate"]
