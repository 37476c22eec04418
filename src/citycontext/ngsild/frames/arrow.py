"""Entities and histories as Arrow tables and as Parquet files, GeoParquet included.

A column's unit stands in the metadata of its field: ``unitCode``, and ``unit`` as it is written behind a number. What
Arrow has no type for is JSON text, and the metadata says so.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from datetime import UTC, datetime
from importlib import import_module
from itertools import islice
from pathlib import Path
from types import TracebackType
from typing import IO, TYPE_CHECKING, Any, Final, Self

import orjson

from citycontext.errors import DataError, UnitError
from citycontext.extras import library
from citycontext.ngsild.frames.data_frame import geometry_of
from citycontext.ngsild.frames.history import History, each, history_rows
from citycontext.ngsild.frames.rows import Columns, Kind
from citycontext.ngsild.time import parse_datetime
from citycontext.ngsild.units import Unit

if TYPE_CHECKING:
    import pyarrow  # type: ignore[import-untyped,import-not-found,unused-ignore]

__all__ = ["EntityTable", "history_table", "symbol_of", "write_batches"]

_MEMORY: Final = 8_000_000
_BATCH: Final = 10_000
_GEOMETRY: Final = "geometry"


class EntityTable:
    """An Arrow table, or a Parquet file, of entities; its memory is bounded while they come.

    Which columns there are, and of which type, is known at the end: until then the rows wait in a temporary file.

    Args:
        geometry: The attribute that becomes the geometry, as GeoParquet has it; None for a table without.
    """

    def __init__(self, geometry: str | None = None) -> None:
        library("pyarrow", "parquet", "An Arrow table")
        if geometry is not None:
            library("shapely", "geo", "GeoParquet")
        self._geometry = geometry
        self._geometry_types: set[str] = set()
        self._bounds: list[float] = []
        self._columns = Columns()
        self._rows: IO[bytes] = tempfile.SpooledTemporaryFile(max_size=_MEMORY)  # noqa: SIM115  closed by close()
        self.count: int = 0
        """How many entities it has."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """Remove the temporary file."""
        self._rows.close()

    def add(self, wire: Mapping[str, Any]) -> None:
        """Add an entity.

        Args:
            wire: The entity, in any form.

        Raises:
            DataError: Its geometry cannot be read.
        """
        name, geometry = (None, None) if self._geometry is None else geometry_of(wire, self._geometry)
        row = self._columns.row(wire, name)
        if geometry is not None:
            self._take_geometry(geometry)
            row[""] = geometry  # an attribute's name is never empty
        self._rows.write(orjson.dumps(row) + b"\n")
        self.count += 1

    def _take_geometry(self, geometry: dict[str, Any]) -> None:
        box = list(_shape(geometry, self._geometry or "").bounds)
        self._geometry_types.add(geometry["type"])
        held = self._bounds or box
        self._bounds = [min(held[0], box[0]), min(held[1], box[1]), max(held[2], box[2]), max(held[3], box[3])]

    def _schema(self) -> Any:
        arrow = library("pyarrow", "parquet", "An Arrow table")
        fields = [
            arrow.field(column.name, _arrow_type(arrow, column.kind), metadata=_metadata(column.unit, column.kind))
            for column in self._columns
        ]
        if self._geometry is None:
            return arrow.schema(fields)
        fields.append(arrow.field(_GEOMETRY, arrow.binary()))
        column: dict[str, Any] = {"encoding": "WKB", "geometry_types": sorted(self._geometry_types)}
        if self._bounds:
            column["bbox"] = self._bounds
        known = {"version": "1.1.0", "primary_column": _GEOMETRY, "columns": {_GEOMETRY: column}}
        return arrow.schema(fields, metadata={"geo": orjson.dumps(known).decode()})

    def batches(self, size: int = _BATCH) -> Iterator[Any]:
        """Yield the record batches of the table.

        Args:
            size: Entities to a batch.
        """
        arrow = library("pyarrow", "parquet", "An Arrow table")
        schema = self._schema()
        kinds = {column.name: column.kind for column in self._columns}
        self._rows.seek(0)
        lines = (orjson.loads(line) for line in self._rows)
        while rows := list(islice(lines, size)):
            arrays = []
            for field in schema:
                if field.name in kinds:
                    values = [_arrow_value(row.get(field.name), kinds[field.name]) for row in rows]
                else:
                    values = [None if "" not in row else _shape(row[""], "").wkb for row in rows]
                arrays.append(arrow.array(values, field.type))
            yield arrow.record_batch(arrays, schema=schema)

    def table(self) -> pyarrow.Table:
        """Make the Arrow table."""
        arrow = library("pyarrow", "parquet", "An Arrow table")
        return arrow.Table.from_batches(self.batches(), self._schema())

    def write(self, target: Path | str) -> Path:
        """Write a Parquet file; it changes as a whole, at the end.

        Args:
            target: The file.

        Raises:
            OSError: It cannot be written; it is left as it was.
        """
        return write_batches(self.batches(), self._schema(), target)


def write_batches(batches: Iterable[Any], schema: Any, target: Path | str) -> Path:
    """Write record batches as a Parquet file, a row group each; it changes as a whole, at the end.

    Args:
        batches: The batches.
        schema: Their schema.
        target: The file.

    Raises:
        OSError: It cannot be written; it is left as it was.
    """
    parquet = import_module("pyarrow.parquet")
    target = Path(target)
    beside = target.with_name(f".{target.name}.part")
    try:
        with parquet.ParquetWriter(beside, schema, compression="zstd") as file:
            for batch in batches:
                file.write_batch(batch)
        beside.replace(target)
    finally:
        beside.unlink(missing_ok=True)
    return target


def history_table(histories: History | Iterable[History]) -> pyarrow.Table:
    """Make an Arrow table of what attributes were, and when: a row for each value.

    Args:
        histories: The evolution of one entity or of several, in any form.

    Returns:
        ``entity_id``, ``attribute``, ``dataset_id``, ``time``, ``value`` for numbers, ``text`` for all else (texts as
        they are, other values as JSON), ``unit_code``, and ``method`` and ``end`` for aggregated values.

    Raises:
        MissingExtra: pyarrow is not installed.
        InvalidTime: A time is not valid, or has no zone.
    """
    arrow = library("pyarrow", "parquet", "An Arrow table")
    text, time = arrow.string(), arrow.timestamp("us", tz="UTC")
    types = {
        "entity_id": text,
        "attribute": text,
        "dataset_id": text,
        "time": time,
        "value": arrow.float64(),
        "text": text,
        "unit_code": text,
        "method": text,
        "end": time,
    }
    held: dict[str, list[Any]] = {name: [] for name in types}
    for history in each(histories):
        for row in history_rows(history):
            value = row["value"]
            is_number = isinstance(value, int | float) and not isinstance(value, bool)
            row["text"] = None if is_number else _text(value)
            row["value"] = float(value) if is_number else None
            for name, values in held.items():
                values.append(row.get(name))
    return arrow.table({name: arrow.array(values, types[name]) for name, values in held.items()})


def symbol_of(code: str) -> str:
    """Return how a unit is written behind a number; the code itself where it is not known.

    Args:
        code: A UN/CEFACT code.
    """
    with suppress(UnitError):
        return Unit.of(code).symbol
    return code


def _text(value: Any) -> str | None:
    if value is None or isinstance(value, str):
        return value
    return orjson.dumps(value).decode()


def _metadata(code: str | None, kind: Kind) -> dict[str, str] | None:
    known = {"unitCode": code, "unit": symbol_of(code)} if code is not None else {}
    if kind is Kind.JSON:
        known["encoding"] = "json"
    return known or None


def _arrow_type(arrow: Any, kind: Kind) -> Any:
    return {
        Kind.BOOLEAN: arrow.bool_(),
        Kind.INTEGER: arrow.int64(),
        Kind.NUMBER: arrow.float64(),
        Kind.TIME: arrow.timestamp("us", tz="UTC"),
        Kind.TEXTS: arrow.list_(arrow.string()),
        Kind.NUMBERS: arrow.list_(arrow.float64()),
    }.get(kind, arrow.string())


def _arrow_value(value: Any, kind: Kind) -> Any:
    if value is None:
        return None
    if kind is Kind.TIME:
        instant: datetime = parse_datetime(value)
        return instant.astimezone(UTC)
    if kind is Kind.JSON:
        return orjson.dumps(value).decode()
    return float(value) if kind is Kind.NUMBER else [float(one) for one in value] if kind is Kind.NUMBERS else value


def _shape(geometry: dict[str, Any], path: str) -> Any:
    try:
        return import_module("shapely.geometry").shape(geometry)
    except (ValueError, TypeError, IndexError, AttributeError) as wrong:
        raise DataError(f"a geometry cannot be read: {wrong}", path=path) from None
