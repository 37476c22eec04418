"""A file becomes a table: its form is told from its content, its sheet and its row of names are found."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from citycontext.tables.sheets.delimited import read_delimited
from citycontext.tables.sheets.documents import read_documents
from citycontext.tables.sheets.endings import rows_of_one_table
from citycontext.tables.sheets.table import Row, Table, TableError, column_letters
from citycontext.tables.sheets.workbook import Sheet, fill_merged, read_workbook

__all__ = ["TABLE_SUFFIXES", "is_table", "read_table"]

WORKBOOKS: Final = frozenset({".xlsx", ".xlsm", ".xlsb", ".xls", ".ods"})
DELIMITED: Final = frozenset({".csv", ".tsv", ".txt"})
TABLE_SUFFIXES: Final = WORKBOOKS | DELIMITED
"""What files are called that hold rows and no entities."""
_STARTS: Final = (b"PK\x03\x04", bytes.fromhex("d0cf11e0"))
_ROWS_LOOKED_AT: Final = 40
_MOST_BYTES: Final = 200_000_000
_NUMBER_SIGNS: Final = str.maketrans("", "", ".,-+ /:%€")
_ERRORS: Final = frozenset({"#N/A", "#REF!", "#DIV/0!", "#VALUE!", "#NAME?", "#NUM!", "#NULL!", "#N/B", "#VERW!"})


def is_table(path: Path) -> bool:
    """Return whether a file is named as a spreadsheet or CSV.

    Args:
        path: The file.
    """
    return path.suffix.lower() in TABLE_SUFFIXES


def read_table(
    path: Path,
    *,
    sheet: str | None = None,
    header_row: int | None = None,
    delimiter: str | None = None,
    names: Collection[str] = (),
) -> Table:
    """Read a file.

    Args:
        path: A spreadsheet, CSV, GeoJSON, JSON or NDJSON.
        sheet: The sheet's name; None for the one that looks most like a table.
        header_row: The number of the row of names; None to find it.
        delimiter: The delimiter of CSV; None to find it.
        names: Names of columns that are wanted; the row that has most of them is the row of names.

    Raises:
        TableError: It cannot be read, or holds no table.
        MissingExtra: The package that reads spreadsheets is not installed.
    """
    try:
        if path.stat().st_size > _MOST_BYTES:
            raise TableError(f"the file is larger than {_MOST_BYTES:,} bytes; write one entity a line (.ndjson)")
        content = path.read_bytes()
    except OSError as error:
        raise TableError(f"the file cannot be read: {error.strerror}") from None
    if not content:
        raise TableError("the file is empty")
    suffix = path.suffix.lower()
    if suffix in WORKBOOKS and not content.startswith(_STARTS):
        if content.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] == b"<":
            raise TableError("the file is a web page with the name of a spreadsheet; open it and save it as .xlsx")
        if b"\0" not in content[:1000]:
            raise TableError(f"the file is text with the name of a spreadsheet; name it {path.stem}.csv")
    if suffix in WORKBOOKS or content.startswith(_STARTS):
        return _of_workbook(read_workbook(content), path.name, sheet, header_row, names)
    if suffix not in DELIMITED and content.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] in (b"{", b"["):
        return read_documents(content, path.name)
    cells = read_delimited(content, delimiter)
    return _of_cells(path.name, "", cells, header_row, {}, {}, names)


def _of_workbook(
    sheets: Sequence[Sheet], file: str, wanted: str | None, header_row: int | None, columns: Collection[str]
) -> Table:
    names = ", ".join(repr(one.name) for one in sheets)
    if wanted is not None:
        chosen = next((one for one in sheets if one.name == wanted), None)
        if chosen is None:
            raise TableError(f"the file has no sheet {wanted!r}; it has {names[:300]}")
        return _of_sheet(chosen, file, header_row, columns)
    tables: list[Table] = []
    wrong: list[str] = []
    for one in sheets:
        if one.hidden:
            continue
        try:
            tables.append(_of_sheet(one, file, header_row, columns))
        except TableError as error:
            wrong.append(f"{error}")
    if not tables:
        raise TableError("; ".join(wrong)[:500] or "the file has no sheet that is shown")
    best = max(tables, key=lambda one: (len(set(columns) & set(one.columns)), min(len(one.columns), 3), len(one.rows)))
    others = [one.name for one in sheets if one.name != best.sheet]
    if not others:
        return best
    remark = f"sheet {best.sheet!r} is read; there are {', '.join(map(repr, others))[:200]} too (--sheet NAME)"
    return Table(
        best.file, best.sheet, best.header_row, best.columns, best.letters, best.rows, best.crs, (*best.remarks, remark)
    )


def _of_sheet(sheet: Sheet, file: str, header_row: int | None, columns: Collection[str]) -> Table:
    cells, merged = fill_merged(sheet)
    faults = {_index(address): error for address, error in sheet.faults.items()}
    return _of_cells(file, sheet.name, cells, header_row, faults, merged, columns)


def _index(address: str) -> tuple[int, int]:
    letters = address.rstrip("0123456789")
    column = 0
    for letter in letters:
        column = column * 26 + ord(letter) - 64
    return int(address[len(letters) :]) - 1, column - 1


def _of_cells(
    file: str,
    sheet: str,
    cells: Sequence[Sequence[Any]],
    header_row: int | None,
    faults: Mapping[tuple[int, int], str],
    merged: Mapping[tuple[int, int], str],
    wanted: Collection[str],
) -> Table:
    what = f"sheet {sheet!r}" if sheet else "the file"
    filled = [index for index, row in enumerate(cells) if any(value is not None for value in row)]
    if not filled:
        raise TableError(f"{what} is empty")
    head = header_row - 1 if header_row is not None else _header(cells, filled, wanted)
    if not 0 <= head < len(cells) or not any(value is not None for value in cells[head]):
        raise TableError(f"{what} has no names in row {head + 1}")
    titles = [
        None if (head, place) in merged and merged[head, place] and value is None else value
        for place, value in enumerate(cells[head])
    ]
    beyond = {
        place for index in filled if index > head for place, value in enumerate(cells[index]) if value is not None
    }
    places = [
        place
        for place in range(max(len(titles), max(beyond, default=-1) + 1))
        if place in beyond or _at(titles, place) is not None
    ]
    names = _names(titles, places)
    rows = []
    rows_at_fault = {row for row, _ in faults}
    for index in range(head + 1, len(cells)):
        row = cells[index]
        values = [_at(row, place) for place in places]
        wrong = {number: value for number, value in enumerate(values) if isinstance(value, str) and value in _ERRORS}
        if index in rows_at_fault:
            wrong |= {number: faults[index, place] for number, place in enumerate(places) if (index, place) in faults}
        own = (
            {number: merged[index, place] for number, place in enumerate(places) if (index, place) in merged}
            if merged
            else {}
        )
        if wrong:
            values = [None if number in wrong else value for number, value in enumerate(values)]
        # What merged cells alone fill is no row.
        if wrong or any(value is not None and number not in own for number, value in enumerate(values)):
            rows.append(Row(index + 1, values, wrong, own))
    if not rows:
        raise TableError(f"{what} has names in row {head + 1}, and no rows below")
    letters = tuple(column_letters(place) for place in places)
    above = () if head == filled[0] else (f"the names stand in row {head + 1}; what is above is left out",)
    rows, below = rows_of_one_table(rows)
    return Table(file, sheet, head + 1, tuple(names), letters, rows, "", (*above, *below))


def _at(row: Sequence[Any], place: int) -> Any:
    return row[place] if place < len(row) else None


def _names(titles: Sequence[Any], places: Sequence[int]) -> list[str]:
    names: list[str] = []
    for place in places:
        title = _at(titles, place)
        name = " ".join(str(title).split()) if title is not None else f"column {column_letters(place)}"
        number, unique = 1, name
        while unique in names:
            number += 1
            unique = f"{name} ({number})"
        names.append(unique)
    return names


def _header(cells: Sequence[Sequence[Any]], filled: Sequence[int], wanted: Collection[str]) -> int:
    """Return the index of the row of names: texts, each once, as wide as what stands below."""
    looked = filled[:_ROWS_LOOKED_AT]
    known = [(len(set(wanted) & set(_names(cells[index], range(len(cells[index]))))), -index) for index in looked]
    if wanted and max(known)[0]:
        return -max(known)[1]
    best, chosen = -1.0, looked[0]
    for position, index in enumerate(looked):
        row = [value for value in cells[index] if value is not None]
        texts = [value for value in row if _is_name(value)]
        below = [cells[other] for other in filled[position + 1 : position + 11]]
        if not below:
            break
        places = [place for place, value in enumerate(cells[index]) if value is not None]
        width = max(sum(value is not None for value in one) for one in below)
        fits = sum(_at(one, place) is not None for one in below for place in places) / (len(below) * len(places))
        unlike = any(not _is_name(_at(one, place)) for one in below for place in places if _at(one, place) is not None)
        distinct = len({str(value).strip().lower() for value in texts}) / len(row)
        score = distinct * min(len(row) / max(width, 1), 1.0) + 0.3 * fits + (0.2 if unlike else 0.0)
        if len(texts) < len(row):
            score -= 0.5 * (len(row) - len(texts)) / len(row)
        # The first of equals: rows of texts below the names look like names too.
        if score > best + 0.15:
            best, chosen = score, index
    return chosen


def _is_name(value: Any) -> bool:
    """Return whether a value may be the name of a column: a short text that is not a number and no date."""
    if not isinstance(value, str) or len(value) > 120 or value in _ERRORS:
        return False
    return not value.translate(_NUMBER_SIGNS).isdigit()
