"""The one door that files of entities leave by."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Final

from citycontext.errors import PublicationError
from citycontext.oslo.register_links import with_same_as
from citycontext.publish.config import Publication
from citycontext.publish.exports import csv_file, geojson_file, jsonld_file, table_files
from citycontext.publish.exports.provenance import Provenance
from citycontext.publish.exports.rows import present
from citycontext.publish.ldes.disk import disk_errors
from citycontext.publish.matching import note_unmatched
from citycontext.publish.policy import Cleared, EntityLike
from citycontext.publish.report import Report

__all__ = ["Exported", "Form", "export"]


class Form(StrEnum):
    """What a file can be."""

    CSV = "csv"
    GEOJSON = "geojson"
    JSON_LD = "jsonld"
    PARQUET = "parquet"
    GEOPARQUET = "geoparquet"
    GEOPACKAGE = "gpkg"
    XLSX = "xlsx"


@dataclass(slots=True)
class Exported:
    """What became of entities.

    Args:
        read: How many came.
        published: How many are in the file.
        files: What was written.
    """

    read: int
    published: int
    files: tuple[Path, ...]


_WRITERS: Final[dict[Form, Callable[[Iterable[Cleared], Path, Publication, Provenance], tuple[Path, ...]]]] = {
    Form.CSV: csv_file.write,
    Form.GEOJSON: geojson_file.write,
    Form.JSON_LD: jsonld_file.write,
    Form.PARQUET: table_files.write_parquet,
    Form.GEOPARQUET: table_files.write_geoparquet,
    Form.GEOPACKAGE: table_files.write_geopackage,
    Form.XLSX: table_files.write_xlsx,
}


_COUNTS: Final[dict[Form, Callable[[Path], int]]] = {
    Form.CSV: csv_file.count,
    Form.GEOJSON: geojson_file.count,
    Form.JSON_LD: jsonld_file.count,
    Form.PARQUET: table_files.count_parquet,
    Form.GEOPARQUET: table_files.count_parquet,
    Form.GEOPACKAGE: table_files.count_geopackage,
    Form.XLSX: table_files.count_xlsx,
}


def export(
    entities: Iterable[EntityLike],
    target: Path | str,
    publication: Publication,
    *,
    form: Form | str,
    report: Report | None = None,
    at: datetime | None = None,
    allow_shrink: bool = False,
) -> Exported:
    """Write entities to a file that may be published; the file changes as a whole, at the end.

    Of several versions of an entity the file has the one that was observed last.

    A file that is there does not become an empty one, nor one with less than half of its entities, unless that is
    allowed: a slip of the pen in the list, or a source that is ill, does not take away what people rely on.

    Args:
        entities: Entities, or their normalized or concise JSON objects.
        target: The file. A CSV file gets a description beside it, ``<name>-metadata.json`` (CSV on the Web).
        publication: What may be published, and what the data are.
        form: ``csv``, ``geojson``, ``jsonld``, ``parquet``, ``geoparquet``, ``gpkg`` or ``xlsx``; the last four need
            the extra ``publish``.
        report: Takes what is noticed.
        at: When the data were taken; now if not given.
        allow_shrink: Whether the file may become less than half of what it was.

    Raises:
        PublicationError: The file cannot be written, or would shrink; it is left as it was.
    """
    report = Report() if report is None else report
    policy = publication.policy()
    publication.dataset.check_licence(report)
    counted = Exported(0, 0, ())

    def cleared() -> Iterator[Cleared]:
        for one in present(policy.clear_all(_counted(entities, counted), report)):
            counted.published += 1
            # After the policy: a link follows from what may be published, and from nothing else.
            yield replace(one, wire=with_same_as(one.wire)) if publication.output.same_as else one
        note_unmatched(policy, report)
        if 2 * counted.published < least:  # raised here, where the new file has not yet taken the old one's place
            raise PublicationError(
                f"{target}: has {least:,} entities and would have {counted.published:,}, so it is left as it was; see "
                "what was noticed, or allow it to shrink (--allow-shrink)"
            )

    target, form = Path(target), Form(form)
    if target.is_dir():
        raise PublicationError(f"{target}: is a folder; name the file to write, e.g. {target / f'data.{form}'}")
    with disk_errors(target):
        least = 0 if allow_shrink else _COUNTS[form](target)
        target.parent.mkdir(parents=True, exist_ok=True)
        provenance = Provenance(publication.dataset, at or datetime.now(UTC))
        counted.files = _WRITERS[form](cleared(), target, publication, provenance)
    if not counted.published:
        message = f"of {counted.read:,} entities that came none may be published: the file is empty"
        report.note("nothing-published", "allow", message)
    return counted


def _counted(entities: Iterable[EntityLike], counted: Exported) -> Iterator[EntityLike]:
    for entity in entities:
        counted.read += 1
        yield entity
