"""CSV (RFC 4180) with a description beside it (CSV on the Web)."""

from __future__ import annotations

import csv
import re
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote

import orjson

from citycontext.publish.config import Publication
from citycontext.publish.exports.provenance import Provenance
from citycontext.publish.exports.rows import Column, cells, is_instant, order_of
from citycontext.publish.ldes.disk import replacing
from citycontext.publish.policy import Cleared

__all__ = ["count", "write"]

_MEMORY: Final = 8_000_000
_NO_NAME: Final = re.compile("[^0-9A-Za-z]+")
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")
_FORMULA_WITHIN: Final = re.compile(r'(?:(?<=[;\n])|(?<=[^\t\r][\t\r]))(?=[ "]*[=+\-@])')  # some separate by ;


def write(
    entities: Iterable[Cleared], target: Path, publication: Publication, provenance: Provenance
) -> tuple[Path, ...]:
    """Write an entity a row.

    Columns are id, type and the listed attributes that occur, each followed by ``<attribute>.unitCode`` and
    ``<attribute>.observedAt`` where they occur; several instances have ``<attribute>[<datasetId>]``. Points are
    ``<attribute>.longitude`` and ``.latitude``, other geometries GeoJSON; texts in languages ``<attribute>.nl`` and so
    on. A text that a spreadsheet would take for a formula gets an apostrophe in front, also behind a semicolon, which
    some take for the separator.

    Args:
        entities: What may be published.
        target: The file.
        publication: Gives the order of the attributes.
        provenance: What the description says.
    """
    order = order_of(publication.allow)
    columns: dict[Column, set[str]] = {}
    with tempfile.SpooledTemporaryFile(max_size=_MEMORY) as rows:  # which columns there are is known at the end
        for one in entities:
            row: dict[str, Any] = {}
            for column, value in cells(one, order):
                row[column.name] = value
                columns.setdefault(column, set()).add(_datatype(column, value))
            rows.write(orjson.dumps(row) + b"\n")
        rows.seek(0)
        listed = sorted(columns)
        with replacing(target) as beside, beside.open("w", newline="", encoding="utf-8") as file:
            table = csv.writer(file)
            table.writerow([_cell(one.name) for one in listed] or ["id", "type"])
            for line in rows:
                row = orjson.loads(line)
                table.writerow([_cell(row.get(one.name)) for one in listed])
    description = target.with_name(f"{target.name}-metadata.json")
    description.write_bytes(_description(target.name, {one: columns[one] for one in listed}, provenance))
    return (target, description)


def count(path: Path) -> int:
    """Count the entities of a file that was written before; 0 if absent.

    Args:
        path: The file.
    """
    try:
        with path.open(newline="", encoding="utf-8-sig", errors="replace") as file:
            return max(0, sum(1 for _ in csv.reader(_without_nul(file))) - 1)
    except (FileNotFoundError, csv.Error):
        return 0


def _without_nul(lines: Iterable[str]) -> Iterator[str]:
    for line in lines:
        yield line.replace("\0", "")


def _cell(value: Any) -> Any:
    if isinstance(value, str):
        value = _FORMULA_WITHIN.sub("'", value)
        return f"'{value}" if value.startswith(_FORMULA) else value
    if isinstance(value, bool | dict | list):
        return orjson.dumps(value).decode().replace(";", r"\u003b")  # the same JSON, and no separator
    return value


def _datatype(column: Column, value: Any) -> str:
    """Return what a cell holds, by the names of CSV on the Web (tabular metadata, 5.11.1)."""
    if column.name.endswith(".observedAt") or is_instant(value):
        return "dateTime"
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, int):
        return "integer"
    if isinstance(value, float):
        return "double"
    return "json" if isinstance(value, dict | list) else "string"


def _of(found: set[str]) -> str:
    """Return what all cells of a column hold."""
    if found <= {"integer", "double"}:
        return "integer" if found == {"integer"} else "double"
    return next(iter(found)) if len(found) == 1 else "string"


def _description(name: str, columns: dict[Column, set[str]], provenance: Provenance) -> bytes:
    known = {member.replace("dct:", "dc:"): value for member, value in provenance.json_ld().items()}  # as CSVW has it
    names: dict[str, int] = {}
    described = []
    for column, found in columns.items():
        plain = _NO_NAME.sub("_", column.name).strip("_") or "column"
        names[plain] = names.get(plain, 0) + 1
        said: dict[str, Any] = {
            "name": plain if names[plain] == 1 else f"{plain}_{names[plain]}",
            "titles": column.name,
            "datatype": _of(found),
        }
        if column.language:
            said["lang"] = column.language
        if column.name == "id":
            said |= {"required": True, "datatype": "anyURI"}
        described.append(said)
    return orjson.dumps(
        {
            "@context": "http://www.w3.org/ns/csvw",
            "url": quote(name),
            "dialect": {"delimiter": ",", "header": True, "encoding": "utf-8"},
            **known,
            "tableSchema": {
                "columns": described or [{"name": "id", "titles": "id"}, {"name": "type", "titles": "type"}],
                "primaryKey": "id",
                "aboutUrl": "{+id}",
            },
        },
        option=orjson.OPT_INDENT_2,
    )
