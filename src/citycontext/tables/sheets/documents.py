"""GeoJSON, JSON and NDJSON as tables: a row for each object, a column for each member."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

import orjson

from citycontext.tables.sheets.table import Row, Table, TableError

__all__ = ["GEOMETRY", "read_documents", "table_of_records"]

GEOMETRY: Final = "geometry"
"""The name of the column that holds the geometry of features."""
_MARK: Final = b"\xef\xbb\xbf"
_DEEPEST: Final = 4
_KEPT_WHOLE: Final = ("coordinates", "lat", "latitude")
_LISTS: Final = ("results", "records", "items", "data", "value", "@graph")


def read_documents(content: bytes, file: str) -> Table:
    """Read GeoJSON, a list of objects, or an object a line.

    Args:
        content: The file.
        file: Its name.

    Raises:
        TableError: It is not one of these.
    """
    content = content.removeprefix(_MARK)
    if not content.strip():
        raise TableError("the file is empty")
    try:
        document: Any = orjson.loads(content)
    except orjson.JSONDecodeError as error:
        return table_of_records(_lines(content, error), file)
    crs = ""
    if isinstance(document, dict):
        if isinstance(document.get("features"), list):
            crs = str(((document.get("crs") or {}).get("properties") or {}).get("name") or "")
            return table_of_records(
                ((number, _feature(one)) for number, one in enumerate(document["features"], 1)), file, crs
            )
        if document.get("type") == "Feature":
            return table_of_records([(1, _feature(document))], file)
        listed = next((document[name] for name in _LISTS if isinstance(document.get(name), list)), None)
        document = [document] if listed is None else listed
    if not isinstance(document, list):
        raise TableError("the file holds no list of objects")
    return table_of_records(enumerate(document, 1), file)


def table_of_records(records: Iterable[tuple[int, Any]], file: str, crs: str = "") -> Table:
    """Make a table of objects; objects in them become columns such as ``address.street``.

    Args:
        records: Objects, each with its number.
        file: What they come from.
        crs: The reference system of geometries, where the file names one.

    Raises:
        TableError: One is not an object, or one is missing.
    """
    columns: dict[str, int] = {}
    flat: list[tuple[int, dict[str, Any]]] = []
    for number, record in records:
        if not isinstance(record, Mapping):
            raise TableError(f"row {number} is not an object: {str(record)[:60]}")
        members = dict(_flattened(record, "", 0))
        for name in members:
            columns.setdefault(name, len(columns))
        flat.append((number, members))
    if not flat:
        raise TableError("the file has no rows")
    names = tuple(columns)
    rows = [Row(number, [_value(members.get(name)) for name in names]) for number, members in flat]
    return Table(file, "", 0, names, (), rows, crs)


def _lines(content: bytes, whole: Exception) -> Iterator[tuple[int, Any]]:
    for number, line in enumerate(content.splitlines(), 1):
        if not line.strip():
            continue
        try:
            record = orjson.loads(line)
        except orjson.JSONDecodeError as error:
            raise TableError(
                f"the file is not JSON: {whole}" if number == 1 else f"line {number} is not JSON: {error}"
            ) from None
        yield number, _feature(record) if isinstance(record, dict) and record.get("type") == "Feature" else record


def _feature(feature: Any) -> Any:
    if not isinstance(feature, Mapping):
        return feature
    row = dict(feature.get("properties") or {})
    if feature.get("id") is not None and "id" not in row:
        row = {"id": feature["id"], **row}
    if feature.get("geometry") is not None:
        row[GEOMETRY] = feature["geometry"]
    return row


def _flattened(record: Mapping[str, Any], prefix: str, depth: int) -> Iterator[tuple[str, Any]]:
    for name, value in record.items():
        path = f"{prefix}{name}"
        if isinstance(value, Mapping) and value and depth < _DEEPEST and not any(one in value for one in _KEPT_WHOLE):
            yield from _flattened(value, f"{path}.", depth + 1)
        else:
            yield path, value


def _value(value: Any) -> Any:
    if isinstance(value, str):
        return value.strip() or None
    if isinstance(value, float) and value.is_integer() and abs(value) < 2**53:
        return int(value)
    return None if value in ([], {}) else value
