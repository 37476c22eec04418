"""Rows that were refused, written back as a sheet that can be mended and read again."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from citycontext.errors import MissingExtra
from citycontext.foreign_text import printable
from citycontext.tables.sheets.cells import text_of
from citycontext.tables.sheets.table import Row, Table

__all__ = ["REFUSED_SUFFIXES", "write_refused"]

REFUSED_SUFFIXES: Final = (".xlsx", ".csv")
_WHERE, _WHY = "row in the file", "why it was refused"
_LONGEST: Final = 32_000
_WIDEST: Final = 60


def write_refused(path: Path, table: Table, refused: Sequence[tuple[Row, str]]) -> None:
    """Write rows as a sheet: the columns as they were, where each row stood, and why it was refused.

    Args:
        path: The file, ``.xlsx`` or ``.csv``.
        table: Where they stood.
        refused: The rows, each with the reason.

    Raises:
        MissingExtra: The package that writes spreadsheets is not installed.
        OSError: The file cannot be written.
    """
    names = [*table.columns, _WHERE, _WHY]
    rows = [
        [
            *(row.faults.get(index, value) for index, value in enumerate(row.values)),
            row.number,
            printable(why, _LONGEST),
        ]
        for row, why in refused
    ]
    if path.suffix.lower() == ".csv":
        path.write_bytes(_delimited(names, rows))
    else:
        path.write_bytes(_workbook(table.sheet or "refused", names, rows))


def _delimited(names: Sequence[str], rows: Sequence[Sequence[Any]]) -> bytes:
    text = io.StringIO()
    writer = csv.writer(text, delimiter=";", lineterminator="\r\n")
    writer.writerow(names)
    for row in rows:
        writer.writerow(["" if value is None else _harmless(_written(value)) for value in row])
    # Excel reads UTF-8 only behind a mark.
    return text.getvalue().encode("utf-8-sig")


def _written(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False) if isinstance(value, dict | list) else text_of(value)


def _harmless(text: str) -> str:
    """Return a text that no spreadsheet takes for a formula."""
    return f"'{text}" if text[:1] in ("=", "@", "\t", "\r") else text


def _workbook(sheet: str, names: Sequence[str], rows: Sequence[Sequence[Any]]) -> bytes:
    try:
        import xlsxwriter
    except ModuleNotFoundError:
        raise MissingExtra("tables", package="XlsxWriter", purpose="Writing spreadsheets") from None
    content = io.BytesIO()
    with xlsxwriter.Workbook(content, {"in_memory": True, "remove_timezone": True}) as book:
        page = book.add_worksheet("".join(char for char in sheet if char not in "[]:*?/\\'")[:31] or "refused")
        bold = book.add_format({"bold": True})
        red = book.add_format({"font_color": "#a00000"})
        dates = {
            dt.datetime: book.add_format({"num_format": "dd/mm/yyyy hh:mm:ss"}),
            dt.date: book.add_format({"num_format": "dd/mm/yyyy"}),
            dt.time: book.add_format({"num_format": "hh:mm:ss"}),
        }
        for place, name in enumerate(names):
            page.write_string(0, place, name, bold)
            page.set_column(place, place, min(max(len(name) + 2, 10), _WIDEST))
        page.freeze_panes(1, 0)
        for number, row in enumerate(rows, 1):
            for place, value in enumerate(row):
                if value is None:
                    continue
                if isinstance(value, bool):
                    page.write_boolean(number, place, value)
                elif isinstance(value, int | float):
                    page.write_number(number, place, value)
                elif type(value) in dates:
                    page.write_datetime(number, place, value, dates[type(value)])
                else:
                    page.write_string(number, place, _written(value)[:_LONGEST], red if place == len(row) - 1 else None)
    return content.getvalue()
