"""Where the API begins in an address, and the media types that it speaks (6.3.4, 6.3.16)."""

from __future__ import annotations

from typing import Final

__all__ = ["BODY_FORMS", "ENTITY_FORMS", "GEO_JSON", "JSON", "JSON_FORMS", "LD_JSON", "MERGE_PATCH_JSON", "PREFIX"]

PREFIX: Final = "/ngsi-ld/v1"

JSON: Final = "application/json"
LD_JSON: Final = "application/ld+json"
GEO_JSON: Final = "application/geo+json"
MERGE_PATCH_JSON: Final = "application/merge-patch+json"

JSON_FORMS: Final = (JSON, LD_JSON)
"""What an answer without entities may be written in, best first."""

ENTITY_FORMS: Final = (*JSON_FORMS, GEO_JSON)
"""What an answer with entities may be written in, best first."""

BODY_FORMS: Final = frozenset(JSON_FORMS)
"""What a body may come in."""
