"""A table: named columns, rows, and where each cell stands in its file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

__all__ = ["Row", "Table", "TableError", "column_letters"]


class TableError(ValueError):
    """A file that is not a table that can be read; in words for a person."""


@dataclass(frozen=True, slots=True)
class Row:
    """One row.

    Args:
        number: Its number in the file, from 1, as a spreadsheet shows it.
        values: A value for each column; None where nothing stands.
        faults: Cells that hold an error, by the column's index: ``#N/A``.
        merged: Cells whose value is that of a merged range, by the column's index: ``A3:A5``.
    """

    number: int
    values: Sequence[Any]
    faults: Mapping[int, str] = field(default_factory=dict)
    merged: Mapping[int, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Table:
    """A table.

    Args:
        file: The file's name.
        sheet: The sheet's name; empty where the file has none.
        header_row: The number of the row of names; 0 where names come with each row.
        columns: The names of the columns, each once.
        letters: The letter of each column; empty where the file has none.
        rows: The rows that hold something.
        crs: The reference system that the file names; empty for none.
        remarks: What a person should know of how it was read.
    """

    file: str
    sheet: str
    header_row: int
    columns: tuple[str, ...]
    letters: tuple[str, ...]
    rows: Sequence[Row]
    crs: str = ""
    remarks: tuple[str, ...] = ()

    def address(self, row: Row, column: str | None = None) -> str:
        """Return where a cell stands: ``C14``, or ``row 14`` without a column.

        Args:
            row: The row.
            column: The column's name.
        """
        if column is None or column not in self.columns:
            return f"row {row.number}"
        if not self.letters:
            return f"row {row.number}, {column}"
        return f"{self.letters[self.columns.index(column)]}{row.number}"

    def samples(self, most: int = 200) -> dict[str, list[Any]]:
        """Return the first values of each column, without empty ones.

        Args:
            most: How many rows are looked at.
        """
        return {
            name: [row.values[index] for row in self.rows[:most] if row.values[index] is not None]
            for index, name in enumerate(self.columns)
        }


def column_letters(index: int) -> str:
    """Return a column's letters: ``A`` for 0, ``AA`` for 26.

    Args:
        index: Its place, from 0.
    """
    letters = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        letters = chr(65 + rest) + letters
    return letters
