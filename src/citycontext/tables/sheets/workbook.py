"""Sheets of Excel and OpenDocument files: their cells, merged ranges and errors."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from citycontext.errors import MissingExtra
from citycontext.tables.sheets.table import TableError, column_letters
from citycontext.tables.xml_elements import all_of, parse_xml

__all__ = ["Sheet", "fill_merged", "read_workbook"]

_MOST_BYTES: Final = 1_000_000_000
"""What a file may unpack to; more is an attack, or no work for a spreadsheet."""
_OLE: Final = bytes.fromhex("d0cf11e0a1b11ae1")
_ENCRYPTED: Final = "EncryptedPackage".encode("utf-16-le")
_ERROR_CELL: Final = re.compile(rb'<c\b([^>]*?\bt="e"[^>]*)>(.*?)</c>', re.DOTALL)
_PLACE: Final = re.compile(rb'\br="([A-Z]{1,3}\d{1,7})"')
_VALUE: Final = re.compile(rb"<v>([^<]*)</v>")


@dataclass(frozen=True, slots=True)
class Sheet:
    """The cells of a sheet, from A1.

    Args:
        name: Its name.
        cells: Rows of values; None where nothing stands.
        merged: Merged ranges: first row, first column, last row, last column, from 0.
        faults: Errors such as ``#N/A``, by address.
        hidden: Whether it is hidden.
    """

    name: str
    cells: Sequence[Sequence[Any]]
    merged: Sequence[tuple[int, int, int, int]] = ()
    faults: dict[str, str] = field(default_factory=dict)
    hidden: bool = False


def read_workbook(content: bytes) -> list[Sheet]:
    """Read the sheets of a workbook: xlsx, xlsm, xlsb, xls or ods.

    Args:
        content: The file.

    Raises:
        TableError: It is encrypted, damaged, or none.
        MissingExtra: The package that reads it is not installed.
    """
    try:
        import python_calamine as calamine
    except ModuleNotFoundError:
        raise MissingExtra("tables", package="python-calamine", purpose="Reading spreadsheets") from None
    if content.startswith(_OLE) and _ENCRYPTED in content:
        raise TableError("the file is encrypted; open it with its password and save it without one")
    _check_size(content)
    try:
        book = calamine.load_workbook(io.BytesIO(content))
        faults = _error_cells(content)
        sheets = []
        for about in book.sheets_metadata:
            if about.typ != calamine.SheetTypeEnum.WorkSheet:
                continue
            sheet = book.get_sheet_by_name(about.name)
            cells = [[_plain(value) for value in row] for row in sheet.to_python(skip_empty_area=False)]
            merged = [(*first, *last) for first, last in sheet.merged_cell_ranges or ()]
            hidden = about.visible != calamine.SheetVisibleEnum.Visible
            sheets.append(Sheet(about.name, cells, merged, faults.get(about.name, {}), hidden))
    except calamine.PasswordError:
        raise TableError("the file is encrypted; open it with its password and save it without one") from None
    except (calamine.CalamineError, OSError) as error:
        raise TableError(f"the file is not a spreadsheet that can be read: {error}") from None
    return sheets


def _check_size(content: bytes) -> None:
    if not content.startswith(b"PK"):
        return
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            size = sum(one.file_size for one in archive.infolist())
            manifest = "META-INF/manifest.xml" in archive.namelist() and archive.read("META-INF/manifest.xml")
    except (zipfile.BadZipFile, RuntimeError, NotImplementedError) as error:
        raise TableError(f"the file is damaged, or not a spreadsheet: {error}") from None
    if size > _MOST_BYTES:
        raise TableError(f"the file unpacks to {size:,} bytes, over the limit of {_MOST_BYTES:,}")
    if manifest and b"encryption-data" in manifest:
        raise TableError("the file is encrypted; open it with its password and save it without one")


def _plain(value: Any) -> Any:
    if value == "" and isinstance(value, str):
        return None
    if isinstance(value, float) and value.is_integer() and abs(value) < 2**53:
        return int(value)
    if isinstance(value, str):
        return value.strip() or None
    return value


def _error_cells(content: bytes) -> dict[str, dict[str, str]]:
    """Find the cells that hold an error, which the reader shows as empty: by sheet and address."""
    if not content.startswith(b"PK"):
        return {}
    found: dict[str, dict[str, str]] = {}
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        names = set(archive.namelist())
        if not {"xl/workbook.xml", "xl/_rels/workbook.xml.rels"} <= names:
            return {}
        links = {one.get("Id"): one.get("Target", "") for one in parse_xml(archive.read("xl/_rels/workbook.xml.rels"))}
        for name, link in _sheet_links(archive.read("xl/workbook.xml")):
            target = links.get(link, "")
            path = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
            if path in names:
                found[name] = _errors_in(archive.read(path))
    return found


def _sheet_links(content: bytes) -> Iterator[tuple[str, str]]:
    for element in all_of(parse_xml(content), "sheet"):
        yield element.get("name", ""), element.get("id", "")


def _errors_in(xml: bytes) -> dict[str, str]:
    found = {}
    if b't="e"' in xml:
        for cell in _ERROR_CELL.finditer(xml):
            place, value = _PLACE.search(cell[1]), _VALUE.search(cell[2])
            if place is not None:
                found[place[1].decode()] = value[1].decode(errors="replace") if value else "#N/A"
    return found


def fill_merged(sheet: Sheet) -> tuple[list[list[Any]], dict[tuple[int, int], str]]:
    """Return the cells with merged ranges filled by their value, and which range each filled cell is of."""
    cells = [list(row) for row in sheet.cells]
    filled: dict[tuple[int, int], str] = {}
    for top, left, bottom, right in sheet.merged:
        if top >= len(cells) or left >= len(cells[top]):
            continue
        name = f"{column_letters(left)}{top + 1}:{column_letters(right)}{bottom + 1}"
        value = cells[top][left]
        for row in range(top, min(bottom + 1, len(cells))):
            for column in range(left, min(right + 1, len(cells[row]))):
                if (row, column) != (top, left):
                    # A range over several columns is a title: only downwards is the value meant for each row.
                    if column == left:
                        cells[row][column] = value
                    filled[row, column] = name
    return cells, filled
