"""Parquet, GeoParquet, GeoPackage and Excel: an entity a row, with types that tools for data and maps read."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Any, Final

import orjson

from citycontext.errors import DataError
from citycontext.extras import library
from citycontext.ngsild.time import instant_of
from citycontext.publish.config import Publication
from citycontext.publish.exports.provenance import Provenance
from citycontext.publish.exports.rows import Column, cells, is_instant, order_of
from citycontext.publish.policy import Cleared

__all__ = [
    "count_geopackage",
    "count_parquet",
    "count_xlsx",
    "write_geopackage",
    "write_geoparquet",
    "write_parquet",
    "write_xlsx",
]

_EXTRA: Final = "publish"
_MEMORY: Final = 8_000_000
_BATCH: Final = 20_000
_GEOMETRY: Final = "geometry"
_USUAL: Final = "location"
_LARGEST: Final = 2**63

Written = tuple[Path, ...]


class _Rows:
    """Rows on disk, and what kind each column is; what columns there are is known at the end."""

    def __init__(self, *, geometry: bool) -> None:
        self._file: Any = tempfile.SpooledTemporaryFile(max_size=_MEMORY)  # noqa: SIM115  (closed by close)
        self.has_geometry = geometry
        self.columns: dict[str, str] = {}

    def read(self, entities: Iterable[Cleared], publication: Publication) -> None:
        geometry, order = self.has_geometry, order_of(publication.allow)
        kinds: dict[Column, set[str]] = {}
        for one in entities:
            row: dict[str, Any] = {}
            shapes: dict[str, Any] = {}
            kinds_of = {name: all_[0].get("type") for name, all_ in one.attributes()}
            for column, value in cells(one, order, geometry=geometry):
                if geometry and kinds_of.get(column.name) == "GeoProperty":
                    shapes[column.name] = value
                    continue
                row[column.name] = value
                kinds.setdefault(column, set()).add(_kind(column, value))
            if shapes:
                row[f"{_GEOMETRY}!"] = shapes.get(_USUAL, next(iter(shapes.values())))
            self._file.write(orjson.dumps(row) + b"\n")
        self.columns = {column.name: _of(kinds[column]) for column in sorted(kinds)}

    def batches(self) -> Iterator[list[dict[str, Any]]]:
        self._file.seek(0)
        rows = map(orjson.loads, self._file)
        while batch := list(islice(rows, _BATCH)):
            yield batch

    def close(self) -> None:
        self._file.close()


def write_parquet(
    entities: Iterable[Cleared], target: Path, publication: Publication, provenance: Provenance
) -> Written:
    """Write Parquet; points are two columns.

    Args:
        entities: What may be published.
        target: The file.
        publication: Gives the order of the attributes.
        provenance: What the file says about itself, in its metadata.
    """
    return _parquet(entities, target, publication, provenance, geometry=False)


def write_geoparquet(
    entities: Iterable[Cleared], target: Path, publication: Publication, provenance: Provenance
) -> Written:
    """Write GeoParquet 1.1: the geometry is ``location`` or, where an entity has none, the first it has.

    Args:
        entities: What may be published.
        target: The file.
        publication: Gives the order of the attributes.
        provenance: What the file says about itself, in its metadata.
    """
    return _parquet(entities, target, publication, provenance, geometry=True)


def write_geopackage(
    entities: Iterable[Cleared], target: Path, publication: Publication, provenance: Provenance
) -> Written:
    """Write a GeoPackage with one layer.

    Args:
        entities: What may be published.
        target: The file.
        publication: Gives the order of the attributes.
        provenance: What the layer says about itself.
    """
    pyogrio = library("pyogrio", _EXTRA, "Writing a GeoPackage")
    pyarrow = library("pyarrow", _EXTRA, "Writing a GeoPackage")
    with _rows(entities, publication, geometry=True) as rows, _beside(target) as beside:
        said = {
            name: value if isinstance(value, str) else orjson.dumps(value).decode()
            for name, value in provenance.plain().items()
        }
        schema = _schema(pyarrow, rows, {})
        first = True
        for batch in rows.batches() if rows.columns else ():
            pyogrio.write_arrow(
                _table(pyarrow, rows, batch, schema),
                beside,
                layer=target.stem,
                driver="GPKG",
                geometry_name=_GEOMETRY,
                geometry_type="Unknown",
                crs="EPSG:4326",
                append=not first,
                **({"layer_metadata": said} if first else {}),
            )
            first = False
        if first:
            pyogrio.write_arrow(
                _table(pyarrow, rows, [], schema),
                beside,
                layer=target.stem,
                driver="GPKG",
                geometry_name=_GEOMETRY,
                geometry_type="Unknown",
                crs="EPSG:4326",
            )
    return (target,)


def write_xlsx(entities: Iterable[Cleared], target: Path, publication: Publication, provenance: Provenance) -> Written:
    """Write a workbook: a sheet with the data, and one that says what they are; no text is a formula.

    Args:
        entities: What may be published.
        target: The file.
        publication: Gives the order of the attributes.
        provenance: What the second sheet says.
    """
    openpyxl = library("openpyxl", _EXTRA, "Writing a workbook")
    illegal = library("openpyxl.cell.cell", _EXTRA, "Writing a workbook").ILLEGAL_CHARACTERS_RE
    make = library("openpyxl.cell", _EXTRA, "Writing a workbook").WriteOnlyCell
    book = openpyxl.Workbook(write_only=True)
    sheet, about = book.create_sheet("data"), book.create_sheet("about")

    def cell(at: Any, value: Any, kind: str = "string") -> Any:
        if kind == "time" and isinstance(value, str):
            instant = _instant(value)
            return value if instant is None else instant.replace(tzinfo=None)
        if isinstance(value, bool | int | float) or value is None:
            return value
        text = value if isinstance(value, str) else orjson.dumps(value).decode()
        written = make(at, illegal.sub("", text)[:32_767])
        written.data_type = "s"  # a text, be it one that a formula would begin with
        return written

    with _rows(entities, publication, geometry=False) as rows, _beside(target) as beside:
        names = list(rows.columns) or ["id", "type"]
        sheet.append([cell(sheet, name) for name in names])
        for batch in rows.batches():
            for row in batch:
                sheet.append([cell(sheet, row.get(name), rows.columns[name]) for name in names])
        for name, value in provenance.plain().items():
            about.append([name, cell(about, value)])
        book.save(beside)
    return (target,)


def count_parquet(path: Path) -> int:
    """Count the entities of a file that was written before; 0 if absent.

    Args:
        path: The file.
    """
    return _counted(path, lambda: library("pyarrow.parquet", _EXTRA, "Reading Parquet").read_metadata(path).num_rows)


def count_geopackage(path: Path) -> int:
    """Count the entities of a file that was written before; 0 if absent.

    Args:
        path: The file.
    """
    pyogrio = library("pyogrio", _EXTRA, "Reading a GeoPackage")
    return _counted(path, lambda: pyogrio.read_info(path, force_feature_count=True)["features"])


def count_xlsx(path: Path) -> int:
    """Count the entities of a file that was written before; 0 if absent.

    Args:
        path: The file.
    """
    openpyxl = library("openpyxl", _EXTRA, "Reading a workbook")

    def rows() -> int:
        book = openpyxl.load_workbook(path, read_only=True)
        try:
            return sum(1 for _ in book.worksheets[0].iter_rows(values_only=True)) - 1
        finally:
            book.close()

    return _counted(path, rows)


def _counted(path: Path, count: Callable[[], int]) -> int:
    if not path.exists():
        return 0
    try:
        return max(0, int(count()))
    except Exception:  # whatever a library says of a file that is none of ours: nothing of it is lost
        return 0


def _parquet(
    entities: Iterable[Cleared], target: Path, publication: Publication, provenance: Provenance, *, geometry: bool
) -> Written:
    pyarrow = library("pyarrow", _EXTRA, "Writing Parquet")
    parquet = library("pyarrow.parquet", _EXTRA, "Writing Parquet")
    metadata: dict[str, Any] = {"dataset": provenance.plain()}
    if geometry:
        column = {"encoding": "WKB", "geometry_types": []}  # in longitude and latitude, if nothing else is said
        metadata["geo"] = {"version": "1.1.0", "primary_column": _GEOMETRY, "columns": {_GEOMETRY: column}}
    with _rows(entities, publication, geometry=geometry) as rows, _beside(target) as beside:
        schema = _schema(pyarrow, rows, {name: orjson.dumps(value) for name, value in metadata.items()})
        with parquet.ParquetWriter(beside, schema, compression="zstd") as writer:
            for batch in rows.batches():
                writer.write_table(_table(pyarrow, rows, batch, schema))
    return (target,)


@contextmanager
def _rows(entities: Iterable[Cleared], publication: Publication, *, geometry: bool) -> Iterator[_Rows]:
    rows = _Rows(geometry=geometry)
    try:
        rows.read(entities, publication)
        yield rows
    finally:
        rows.close()


@contextmanager
def _beside(target: Path) -> Iterator[Path]:
    """Return a file of the same name elsewhere on the disk, which takes the other's place in the end."""
    with tempfile.TemporaryDirectory(dir=target.parent, prefix=".new-") as folder:
        beside = Path(folder) / target.name
        yield beside
        beside.chmod(0o644)
        beside.replace(target)


def _schema(pyarrow: Any, rows: _Rows, metadata: dict[str, bytes]) -> Any:
    types = {
        "string": pyarrow.string(),
        "boolean": pyarrow.bool_(),
        "integer": pyarrow.int64(),
        "double": pyarrow.float64(),
        "time": pyarrow.timestamp("us", tz="UTC"),
    }
    columns = rows.columns or {"id": "string", "type": "string"}
    fields = [pyarrow.field(name, types[kind]) for name, kind in columns.items()]
    if rows.has_geometry:
        fields.append(pyarrow.field(_GEOMETRY, pyarrow.binary()))
    return pyarrow.schema(fields, metadata=metadata or None)


def _table(pyarrow: Any, rows: _Rows, batch: list[dict[str, Any]], schema: Any) -> Any:
    arrays = []
    for field in schema:
        if field.name == _GEOMETRY and rows.has_geometry:
            values: list[Any] = [_wkb(row.get(f"{_GEOMETRY}!")) for row in batch]
        else:
            kind = rows.columns.get(field.name, "string")
            values = [_value(row.get(field.name), kind) for row in batch]
        arrays.append(pyarrow.array(values, type=field.type))
    return pyarrow.Table.from_arrays(arrays, schema=schema)


def _wkb(geometry: Any) -> bytes | None:
    if geometry is None:
        return None
    shapely = library("shapely", _EXTRA, "Writing geometries")
    return bytes(shapely.to_wkb(library("shapely.geometry", _EXTRA, "Writing geometries").shape(geometry)))


def _value(value: Any, kind: str) -> Any:
    if value is None:
        return None
    if kind == "time":
        return _instant(value)
    if kind == "double":
        return float(value)
    if kind == "string" and not isinstance(value, str):
        return orjson.dumps(value).decode()
    return value


def _instant(text: str) -> datetime | None:
    try:
        return instant_of(text, "")
    except DataError:
        return None


def _kind(column: Column, value: Any) -> str:
    if column.name.endswith(".observedAt") or is_instant(value):
        return "time"
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, int) and -_LARGEST <= value < _LARGEST:
        return "integer"
    return "double" if isinstance(value, int | float) else "string"


def _of(found: set[str]) -> str:
    if found <= {"integer", "double"}:
        return "integer" if found == {"integer"} else "double"
    return next(iter(found)) if len(found) == 1 else "string"
