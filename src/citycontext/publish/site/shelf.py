"""What there is of one dataset: its stream, its files, its description."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from urllib.parse import unquote, urlsplit

from citycontext.publish.config import Publication, StreamSettings
from citycontext.publish.features.sources import FeatureSource, GeoJsonFile, StreamFolder
from citycontext.publish.ldes.nodes import ROOT
from citycontext.web.media_types import CSV, GEO_JSON, LD_JSON

__all__ = ["MEDIA_TYPES", "Shelf", "ShelfFile"]

MEDIA_TYPES: Final = {
    "csv": CSV,
    "metadata": "application/csvm+json",
    "geojson": GEO_JSON,
    "jsonld": LD_JSON,
    "parquet": "application/vnd.apache.parquet",
    "geoparquet": "application/vnd.apache.parquet",
    "gpkg": "application/geopackage+sqlite3",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "description": LD_JSON,
}


@dataclass(frozen=True, slots=True)
class ShelfFile:
    """A file of a dataset.

    Args:
        form: What it is, e.g. ``csv``.
        path: Where it is on the disk.
        address: Its path in addresses.
    """

    form: str
    path: Path
    address: str


@dataclass(frozen=True, slots=True)
class Shelf:
    """A dataset, and where what there is of it is on the disk.

    Args:
        publication: The publication.
        stream: The stream's folder; what the publication's ``[output]`` names if not given.
    """

    publication: Publication
    stream: Path | None = None

    @property
    def stream_folder(self) -> Path | None:
        """The stream's folder, if a stream is in it."""
        named = self.publication.output.stream
        folder = self.stream if self.stream is not None else Path(named) if named else None
        return folder if folder is not None and (folder / ROOT).is_file() else None

    @property
    def stream_settings(self) -> StreamSettings | None:
        """The stream, where there is one."""
        return self.publication.stream if self.stream_folder is not None else None

    def files(self) -> Iterator[ShelfFile]:
        """Yield the files that are there."""
        output = self.publication.output
        base = unquote(urlsplit(output.url).path) if output.url else ""
        named = {**output.files(), **({"description": output.description} if output.description else {})}
        for form, name in named.items():
            path = Path(name)
            if path.is_file():
                yield ShelfFile(form, path, f"{base}/{path.name}")
            described = path.with_name(f"{path.name}-metadata.json")
            if form == "csv" and described.is_file():
                yield ShelfFile("metadata", described, f"{base}/{described.name}")

    def features(self) -> FeatureSource | None:
        """Return what the features of the dataset are read from; ``None`` where there is nothing."""
        named, folder = self.publication.output.geojson, self.stream_folder
        if named and Path(named).is_file():
            return GeoJsonFile(Path(named))
        if folder is not None and self.publication.stream is not None and self.publication.stream.members == "ngsi-ld":
            return StreamFolder(folder, self.publication)
        return None
