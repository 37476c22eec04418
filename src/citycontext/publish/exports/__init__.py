"""Files of entities as they are now: CSV, GeoJSON, JSON-LD, each with licence and provenance."""

from __future__ import annotations

from citycontext.publish.exports.export import Exported, Form, export

__all__ = ["Exported", "Form", "export"]
