"""Spreadsheets and files of rows, made entities by a mapping that people can read and edit."""

from __future__ import annotations

from citycontext.tables.sheets.conversion import CellFinding, Conversion, RowResult
from citycontext.tables.sheets.mapping import TableMapping, load_mapping
from citycontext.tables.sheets.mapping_text import written_mapping
from citycontext.tables.sheets.proposal import propose
from citycontext.tables.sheets.reading import TABLE_SUFFIXES, is_table, read_table
from citycontext.tables.sheets.table import Row, Table, TableError

__all__ = [
    "TABLE_SUFFIXES",
    "CellFinding",
    "Conversion",
    "Row",
    "RowResult",
    "Table",
    "TableError",
    "TableMapping",
    "is_table",
    "load_mapping",
    "propose",
    "read_table",
    "written_mapping",
]
