"""Media types: the names that the standard's API speaks (CIM 009, 6.3.4), and the one that a header names."""

from __future__ import annotations

from typing import Final

__all__ = [
    "BODY_FORMS",
    "CONTEXT_ACCEPT",
    "CSV",
    "ENTITY_FORMS",
    "GEO_JSON",
    "JSON",
    "JSON_FORMS",
    "LD_JSON",
    "MAP_TILE",
    "MERGE_PATCH_JSON",
    "media_type_of",
]

JSON: Final = "application/json"
LD_JSON: Final = "application/ld+json"
GEO_JSON: Final = "application/geo+json"
MERGE_PATCH_JSON: Final = "application/merge-patch+json"
CSV: Final = "text/csv; charset=utf-8"
MAP_TILE: Final = "application/vnd.mapbox-vector-tile"

JSON_FORMS: Final = (JSON, LD_JSON)
"""What an answer without entities may be written in, best first."""

ENTITY_FORMS: Final = (*JSON_FORMS, GEO_JSON)
"""What an answer with entities, and a notification, may be written in, best first."""

BODY_FORMS: Final = frozenset(JSON_FORMS)
"""What a body may come in."""

CONTEXT_ACCEPT: Final = f"{LD_JSON}, {JSON};q=0.9"
"""The header Accept of a request for an @context."""


def media_type_of(header: str) -> str:
    """Return the media type that a Content-Type names, in small letters and without its parameters.

    Args:
        header: The header's value; empty if absent.
    """
    return header.partition(";")[0].strip().lower()
