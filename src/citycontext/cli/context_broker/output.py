"""The form of what a command shows: a table for people, and forms for programs."""

from __future__ import annotations

import csv
import json
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from enum import StrEnum
from itertools import chain, islice
from typing import Annotated, Any, Final

import jmespath
import orjson
import typer
from jmespath.exceptions import JMESPathError
from rich.table import Table
from rich.text import Text

from citycontext.cli.terminal import TextConsole, say, write_json
from citycontext.errors import ConfigurationError
from citycontext.foreign_text import escaped_json, printable, shown
from citycontext.ngsild.representations import simplified

__all__ = [
    "Fields",
    "Form",
    "FormOption",
    "SelectOption",
    "csv_cell",
    "note",
    "selected",
    "write_as_they_come",
    "write_items",
]

_MEASURED: Final = 100
_COLUMNS: Final = 8
_LONGEST_CELL: Final = 60
_NO_TERMINAL: Final = 1_000


class Form(StrEnum):
    """The form of the output."""

    TABLE = "table"
    JSON = "json"
    NDJSON = "ndjson"
    CSV = "csv"
    GEOJSON = "geojson"
    IDS = "ids"


FormOption = Annotated[
    Form | None,
    typer.Option("-o", "--output", help="The form of the output; a table on a terminal, NDJSON in a pipe."),
]
Fields = Annotated[
    str | None, typer.Option(metavar="NAME,...", help="Only these members, in this order, such as id,name,temperature.")
]
SelectOption = Annotated[
    str | None, typer.Option("--select", metavar="JMESPATH", help="An expression on each item (JMESPath).")
]


def chosen(form: Form | None) -> Form:
    """Return the form: what was asked for, else a table on a terminal and NDJSON in a pipe."""
    return form or (Form.TABLE if sys.stdout.isatty() else Form.NDJSON)


def write_items(
    items: Iterable[Mapping[str, Any]],
    form: Form | None,
    *,
    fields: str | None = None,
    select: str | None = None,
    member: str = "items",
    total: Callable[[], int | None] = lambda: None,
    limit: int | None = None,
    flat: bool = False,
) -> int:
    """Write wire forms to stdout, as they come where the form allows it.

    Args:
        items: What to write.
        form: How; None for a table on a terminal and NDJSON in a pipe.
        fields: Names of members, with commas between them; None for all.
        select: A JMESPath expression on each item.
        member: What they are, in the plural: the member of a JSON document.
        total: Returns how many there are in all; None if that is not known.
        limit: How many to write at most.
        flat: Whether items are not entities, but shown as they are in tables.

    Returns:
        How many were written.

    Raises:
        ConfigurationError: The expression cannot be read, or the form does not suit the items.
    """
    form = chosen(form)
    names = [name.strip() for name in fields.split(",") if name.strip()] if fields else None
    counted = _Counted(items if limit is None else islice(items, limit))
    kept: Iterator[Any] = iter(counted)
    if select is not None:
        if form in (Form.CSV, Form.GEOJSON, Form.IDS):
            raise ConfigurationError("goes with json, ndjson and table only.", key="--select")
        expression = selected(select)
        kept = (found for item in kept if (found := expression.search(item)) is not None)
        flat = True
    elif names is not None and form not in (Form.IDS, Form.GEOJSON):
        kept = ({name: item[name] for name in names if name in item} for item in kept)
    match form:
        case Form.JSON:
            listed = list(kept)
            document = {"total": _total(total, counted, limit), "shown": len(listed), member: listed}
            write_json(orjson.dumps(document, option=orjson.OPT_INDENT_2))
        case Form.NDJSON:
            for item in kept:
                write_json(orjson.dumps(item))
        case Form.IDS:
            for item in kept:
                say(printable(str(item.get("id", "")), _NO_TERMINAL))
        case Form.CSV:
            _write_csv(kept, names, flat)
        case Form.GEOJSON:
            _write_geojson(kept)
        case Form.TABLE:
            _write_table(kept, names, flat)
    sys.stdout.flush()
    if form is not Form.JSON and limit is not None and counted.number >= limit:
        found = total()
        if found is not None and found > counted.number:
            note(f"{counted.number:,} of {found:,}")
    return counted.number


def write_as_they_come(
    items: Iterable[Mapping[str, Any]], form: Form, *, names: Sequence[str] | None, before: Iterable[Mapping[str, Any]]
) -> None:
    """Write entities that come one by one without an end, each at once; what stands above them is written once.

    Args:
        items: What comes.
        form: How: as CSV, ids, GeoJSON (a feature on each line) or NDJSON.
        names: Of the members; None for all.
        before: What was there before, which says what columns CSV has.
    """
    if form is Form.CSV:
        _write_csv_at_once(iter(items), names, before)
        return
    for item in items:
        if form is Form.IDS:
            say(printable(str(item.get("id", "")), _NO_TERMINAL), flush=True)
        elif form is Form.GEOJSON:
            write_json(escaped_json(orjson.dumps(_feature(item)).decode()).encode())
        else:
            write_json(orjson.dumps(item if names is None else {name: item[name] for name in names if name in item}))
        sys.stdout.flush()


def selected(select: str) -> Any:
    """Return a compiled JMESPath expression.

    Raises:
        ConfigurationError: It cannot be read.
    """
    try:
        return jmespath.compile(select)
    except JMESPathError as error:
        reason = str(error).partition("\n")[0]
        raise ConfigurationError(f"{shown(select)} is not JMESPath: {reason}.", key="--select") from None


def note(text: str) -> None:
    """Say something about the output, where it is in nobody's way."""
    say(text, err=True)


class _Counted:
    def __init__(self, items: Iterable[Any]) -> None:
        self._items = items
        self.number = 0

    def __iter__(self) -> Iterator[Any]:
        for item in self._items:
            self.number += 1
            yield item


def _total(total: Callable[[], int | None], counted: _Counted, limit: int | None) -> int | None:
    if limit is None or counted.number < limit:
        return counted.number
    return total()


def _row(item: Any, flat: bool) -> dict[str, Any]:
    """Return an item as values by name: an entity in simplified form."""
    if not isinstance(item, Mapping):
        return {"value": item}
    return dict(item) if flat else simplified.render(dict(item))


def _columns(rows: Sequence[Mapping[str, Any]], names: Sequence[str] | None) -> list[str]:
    if names is not None:
        return list(names)
    found = dict.fromkeys(name for row in rows for name in row if name != "@context")
    first = [name for name in ("id", "type") if name in found]
    return [*first, *(name for name in found if name not in first)]


def _write_table(items: Iterator[Any], names: Sequence[str] | None, flat: bool) -> None:
    head = [_row(item, flat) for item in islice(items, _MEASURED)]
    if not head:
        note("nothing found")
        return
    columns = _columns(head, names)
    hidden = columns[_COLUMNS:] if names is None else []
    columns = columns if names is not None else columns[:_COLUMNS]
    table = Table(box=None, padding=(0, 2, 0, 0), header_style="dim", pad_edge=False)
    for name in columns:
        table.add_column(
            printable(name, _LONGEST_CELL), overflow="fold" if name == "id" else "ellipsis", no_wrap=name != "id"
        )
    for row in chain(head, (_row(item, flat) for item in items)):
        table.add_row(*(Text(_cell(row.get(name))) for name in columns))
    # What is read by another program has a line for each.
    TextConsole(width=None if sys.stdout.isatty() else _NO_TERMINAL).print(table)
    if hidden:
        note(f"and {len(hidden)} more: {printable(', '.join(hidden), 200)}; choose with --fields")


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:.10g}"
    if isinstance(value, str):
        return printable(value, _LONGEST_CELL)
    if isinstance(value, Mapping) and "coordinates" in value:
        coordinates = value["coordinates"]
        if value.get("type") == "Point" and isinstance(coordinates, list):
            return ", ".join(str(one) for one in coordinates)
        return str(value.get("type", ""))
    if isinstance(value, Mapping) and "languageMap" in value:
        value = value["languageMap"]
    return printable(value if isinstance(value, str) else json.dumps(value, ensure_ascii=False), _LONGEST_CELL)


def _write_csv(items: Iterator[Any], names: Sequence[str] | None, flat: bool) -> None:
    """Write CSV; a column for each member of the first items, and an error for one that comes later."""
    head = [_row(item, flat) for item in islice(items, 10_000)]
    columns = _columns(head, names)
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow([csv_cell(name) for name in columns])
    late: set[str] = set()
    for row in chain(head, (_row(item, flat) for item in items)):
        late.update(name for name in row if name not in columns and name != "@context")
        writer.writerow([csv_cell(row.get(name)) for name in columns])
    if late and names is None:
        note(f"left out, since they came late: {', '.join(sorted(late))}; name them with --fields")


def _write_csv_at_once(
    items: Iterator[Mapping[str, Any]], names: Sequence[str] | None, before: Iterable[Mapping[str, Any]]
) -> None:
    """Write CSV row by row, below the names of what is there already, else of what comes first."""
    columns = _columns([_row(item, flat=False) for item in before], names)
    writer = csv.writer(sys.stdout, lineterminator="\n")
    begun = False
    late: set[str] = set()
    for item in items:
        row = _row(item, flat=False)
        columns = columns or _columns([row], None)
        if not begun:
            writer.writerow([csv_cell(name) for name in columns])
            begun = True
        writer.writerow([csv_cell(row.get(name)) for name in columns])
        sys.stdout.flush()
        new = [] if names is not None else [name for name in row if name not in (*columns, *late, "@context")]
        if new:
            late.update(new)
            note(f"left out, since they came late: {', '.join(new)}; name them with --fields")


def csv_cell(value: Any) -> Any:
    """Return a value as a cell of CSV that no program takes for a formula, and no terminal for a command.

    Args:
        value: The value.
    """
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Mapping) and value.get("type") == "Point":
        coordinates = value.get("coordinates")
        return f"POINT ({' '.join(str(one) for one in coordinates)})" if isinstance(coordinates, list) else ""
    if isinstance(value, (Mapping, list)):
        return _obeyed_by_none(json.dumps(value, ensure_ascii=False))
    if isinstance(value, str):
        value = _obeyed_by_none(value)
    if isinstance(value, str) and value[:1] in ("=", "+", "-", "@", "\t", "\r"):
        return f"'{value}"
    return value


def _obeyed_by_none(text: str) -> str:
    """Return a cell without what a terminal obeys; line ends and tabs are CSV's own matter."""
    if text.isprintable():
        return text
    text = text.replace("\r\n", "\n")
    return "".join(char if char in "\t\n" or char.isprintable() else repr(char)[1:-1] for char in text)


def _write_geojson(items: Iterator[Any]) -> None:
    sys.stdout.write('{"type":"FeatureCollection","features":[')
    separator = "\n"
    for item in items:
        sys.stdout.write(separator + escaped_json(orjson.dumps(_feature(item)).decode()))
        separator = ",\n"
    sys.stdout.write("\n]}\n")


def _feature(item: Mapping[str, Any]) -> dict[str, Any]:
    """Return an entity as a feature of GeoJSON."""
    simple = simplified.render(dict(item))
    geometry = simple.get("location")
    if not isinstance(geometry, dict):
        geometry = next((one for one in simple.values() if isinstance(one, dict) and "coordinates" in one), None)
    properties = {name: value for name, value in simple.items() if name not in ("id", "@context")}
    if properties.get("location") is geometry:
        properties.pop("location", None)
    return {"type": "Feature", "id": simple.get("id"), "geometry": geometry, "properties": properties}
