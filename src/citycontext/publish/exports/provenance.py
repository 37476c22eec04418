"""What a file says about itself: licence, publisher, origin, when it was made."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from citycontext.ngsild.time import format_datetime
from citycontext.publish.config import Dataset, Texts

__all__ = ["Provenance", "texts"]


def texts(by_language: Texts) -> list[dict[str, str]]:
    """Write texts as JSON-LD values with a language."""
    return [{"@value": text, "@language": language} for language, text in by_language.items()]


@dataclass(frozen=True, slots=True)
class Provenance:
    """Licence and provenance of a file.

    Args:
        dataset: What the data are.
        at: When they were taken.
    """

    dataset: Dataset
    at: datetime

    def json_ld(self) -> dict[str, Any]:
        """Write it with the prefixes ``dct`` and ``prov``; what is not known is left out."""
        known = self.dataset
        found: dict[str, Any] = {
            "dct:title": texts(known.title),
            "dct:license": {"@id": known.licence} if known.licence else None,
            "dct:publisher": {"@id": known.publisher} if known.publisher else None,
            "dct:isPartOf": {"@id": known.id} if known.id else None,
            "dct:provenance": [{"rdfs:label": one} for one in texts(known.provenance)],
            "prov:wasDerivedFrom": {"@id": known.source} if known.source else None,
            "prov:generatedAtTime": {"@value": format_datetime(self.at), "@type": "xsd:dateTime"},
        }
        return {name: value for name, value in found.items() if value}

    def plain(self) -> dict[str, Any]:
        """Write it as plain members, for formats that have no linked data."""
        known = self.dataset
        found: dict[str, Any] = {
            "title": dict(known.title),
            "license": known.licence,
            "publisher": known.publisher,
            "attribution": dict(known.publisher_name),
            "dataset": known.id,
            "provenance": dict(known.provenance),
            "source": known.source,
            "generatedAt": format_datetime(self.at),
        }
        return {name: value for name, value in found.items() if value}
