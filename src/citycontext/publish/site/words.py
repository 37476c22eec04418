"""The words of the page for people, in Dutch and in English."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

__all__ = ["LANGUAGES", "WORDS", "best_of", "language_of"]

LANGUAGES: Final = ("nl", "en")
WORDS: Final[dict[str, dict[str, str]]] = {
    "nl": {
        "title": "Open data",
        "skip": "Naar de inhoud",
        "other": "English",
        "publisher": "Uitgever",
        "licence": "Licentie",
        "no licence": "Er is geen licentie genoemd.",
        "contact": "Contact",
        "map": "Kaart",
        "newest": "Nieuwste waarden",
        "files": "Bestanden",
        "file": "Bestand",
        "size": "Grootte",
        "changed": "Gewijzigd",
        "no files": "Er zijn geen bestanden.",
        "follow": "De stroom volgen",
        "follow text": "Alle versies staan in een Linked Data Event Stream (LDES). Begin hier en volg de links:",
        "follow broker": "In een context broker, en bijgehouden:",
        "follow client": "Met de client van anderen:",
        "service": "Webservice voor kaarten",
        "service text": "OGC API Features, voor QGIS, ArcGIS en GDAL. Geef dit adres:",
        "api": "De interface, als OpenAPI",
        "collections": "De collecties",
        "nothing": "Er is nog niets gepubliceerd.",
        "noscript": "De kaart en de waarden vragen JavaScript; bestanden en stroom niet.",
        "csv": "Tabel (CSV)",
        "metadata": "Beschrijving van de tabel (CSVW)",
        "geojson": "Kaart (GeoJSON)",
        "jsonld": "Linked data (JSON-LD)",
        "parquet": "Tabel (Parquet)",
        "geoparquet": "Kaart (GeoParquet)",
        "gpkg": "Kaart (GeoPackage)",
        "xlsx": "Werkboek (Excel)",
        "description": "Beschrijving (DCAT-AP)",
    },
    "en": {
        "title": "Open data",
        "skip": "Skip to the content",
        "other": "Nederlands",
        "publisher": "Publisher",
        "licence": "Licence",
        "no licence": "No licence is named.",
        "contact": "Contact",
        "map": "Map",
        "newest": "Newest values",
        "files": "Files",
        "file": "File",
        "size": "Size",
        "changed": "Changed",
        "no files": "There are no files.",
        "follow": "Follow the stream",
        "follow text": "All versions are in a Linked Data Event Stream (LDES). Begin here and follow the links:",
        "follow broker": "Into a context broker, and kept up to date:",
        "follow client": "With the client of others:",
        "service": "Web service for maps",
        "service text": "OGC API Features, for QGIS, ArcGIS and GDAL. Give this address:",
        "api": "The interface, as OpenAPI",
        "collections": "The collections",
        "nothing": "Nothing has been published yet.",
        "noscript": "The map and the values need JavaScript; files and stream do not.",
        "csv": "Table (CSV)",
        "metadata": "Description of the table (CSVW)",
        "geojson": "Map (GeoJSON)",
        "jsonld": "Linked data (JSON-LD)",
        "parquet": "Table (Parquet)",
        "geoparquet": "Map (GeoParquet)",
        "gpkg": "Map (GeoPackage)",
        "xlsx": "Workbook (Excel)",
        "description": "Description (DCAT-AP)",
    },
}


def language_of(wanted: str | None, accepted: str) -> str:
    """Return the language of the page: the one that is asked for, or the first of ours that a browser prefers.

    Args:
        wanted: What the address says.
        accepted: What the browser says, as in ``Accept-Language``.
    """
    if wanted in LANGUAGES:
        return wanted
    weighed = []
    for place, one in enumerate(accepted.split(",")):
        name, _, weight = one.strip().partition(";q=")
        try:
            weighed.append((-float(weight or 1), place, name.partition("-")[0].lower()))
        except ValueError:
            continue
    return next((name for weight, _, name in sorted(weighed) if name in LANGUAGES and weight < 0), LANGUAGES[0])


def best_of(texts: Mapping[str, str], language: str) -> tuple[str, str]:
    """Return a text and the language it is in: this one or, if absent, the first.

    Args:
        texts: The text by language.
        language: The language that is wanted.
    """
    if language in texts:
        return texts[language], language
    return next(((text, one) for one, text in texts.items()), ("", language))
