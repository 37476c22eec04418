"""CSV (RFC 4180) with a description beside it (CSV on the Web)."""

from __future__ import annotations

import csv
import re
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, Final

import orjson

from citycontext.ngsild.geometry import is_plain_point
from citycontext.ngsild.representations.simplified import simplify
from citycontext.publish.config import Publication
from citycontext.publish.exports.provenance import Provenance
from citycontext.publish.ldes.disk import replacing
from citycontext.publish.linked_data import PREFIXES
from citycontext.publish.policy import Cleared

__all__ = ["count", "write"]

_MEMORY: Final = 8_000_000
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")
_FORMULA_WITHIN: Final = re.compile(r'(?:(?<=[;\n])|(?<=[^\t\r][\t\r]))(?=[ "]*[=+\-@])')  # some separate by ;


def write(
    entities: Iterable[Cleared], target: Path, publication: Publication, provenance: Provenance
) -> tuple[Path, ...]:
    """Write an entity a row.

    Columns are id, type and the listed attributes that occur, each followed by ``<attribute>.unitCode`` and
    ``<attribute>.observedAt`` where they occur; several instances have ``<attribute>[<datasetId>]``. Points are
    ``<attribute>.longitude`` and ``.latitude``, other geometries GeoJSON. A text that a spreadsheet would take for a
    formula gets an apostrophe in front, also behind a semicolon, which some take for the separator.

    Args:
        entities: What may be published.
        target: The file.
        publication: Gives the order of the attributes.
        provenance: What the description says.
    """
    listed = dict.fromkeys(name for names in publication.allow.values() for name in names)
    order = {name: place for place, name in enumerate(listed)}
    columns: dict[str, tuple[int, int]] = {}
    with tempfile.SpooledTemporaryFile(max_size=_MEMORY) as rows:  # which columns there are is known at the end
        for one in entities:
            row: dict[str, Any] = {}
            for place, (attribute, column, value) in enumerate(_cells(one)):
                row[column] = value
                columns.setdefault(column, (order.get(attribute, -1), place))
            rows.write(orjson.dumps(row) + b"\n")
        rows.seek(0)
        names = sorted(columns, key=columns.__getitem__)
        with replacing(target) as beside, beside.open("w", newline="", encoding="utf-8") as file:
            table = csv.writer(file)
            table.writerow([_cell(name) for name in names])
            for line in rows:
                row = orjson.loads(line)
                table.writerow([_cell(row.get(name)) for name in names])
    description = target.with_name(f"{target.name}-metadata.json")
    description.write_bytes(_description(target.name, names, provenance))
    return (target, description)


def count(path: Path) -> int:
    """Count the entities of a file that was written before; 0 where there is none.

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


def _cells(entity: Cleared) -> Iterator[tuple[str, str, Any]]:
    """Yield attribute, column and value of all that an entity has."""
    yield "", "id", entity.id
    yield "", "type", " ".join(entity.types)
    scope = entity.wire.get("scope")
    if scope is not None:
        yield "scope", "scope", " ".join(scope) if isinstance(scope, list) else scope
    for name, instances in entity.attributes():
        for instance in instances:
            dataset = instance.get("datasetId")
            column = name if dataset is None else f"{name}[{dataset}]"
            value = simplify({member: one for member, one in instance.items() if member != "datasetId"})
            if instance.get("type") == "GeoProperty" and is_plain_point(value):
                yield name, f"{column}.longitude", value["coordinates"][0]
                yield name, f"{column}.latitude", value["coordinates"][1]
            else:
                yield name, column, value
            for member in ("unitCode", "observedAt"):
                if member in instance:
                    yield name, f"{column}.{member}", instance[member]


def _cell(value: Any) -> Any:
    if isinstance(value, str):
        value = _FORMULA_WITHIN.sub("'", value)
        return f"'{value}" if value.startswith(_FORMULA) else value
    if isinstance(value, bool | dict | list):
        return orjson.dumps(value).decode().replace(";", r"\u003b")  # the same JSON, and no separator
    return value


def _description(name: str, columns: list[str], provenance: Provenance) -> bytes:
    known = provenance.json_ld()
    return orjson.dumps(
        {
            "@context": ["http://www.w3.org/ns/csvw", PREFIXES],
            "url": name,
            "dialect": {"delimiter": ",", "header": True, "encoding": "utf-8"},
            **known,
            "tableSchema": {"columns": [{"name": f"c{n}", "titles": one} for n, one in enumerate(columns)]},
        },
        option=orjson.OPT_INDENT_2,
    )
