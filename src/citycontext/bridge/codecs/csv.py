"""Comma-separated values: a line, or several, each a document."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from typing import Any

from citycontext.bridge.codecs.several import Several
from citycontext.bridge.codecs.text import read_value
from citycontext.errors import PayloadError

__all__ = ["CsvCodec"]

_MOST_LINES = 100_000


class CsvCodec:
    """Read CSV. The document has a member for each column; numbers and truth values are read as such.

    Args:
        columns: Names of the columns; without, the first line of each message names them.
        delimiter: What stands between cells.
        encoding: How the text is encoded.
        decimal_comma: Whether ``21,5`` is a number.
        comment: What lines that are comments start with, such as ``#``.
        pairs: What stands between name and value, where each cell is such a pair: ``=`` for ``t=21.5;h=40``.
    """

    def __init__(
        self,
        *,
        columns: Iterable[str] | None = None,
        delimiter: str = ",",
        encoding: str = "utf-8",
        decimal_comma: bool = False,
        comment: str | None = None,
        pairs: str | None = None,
    ) -> None:
        if pairs is not None and columns is not None:
            raise ValueError("columns names the cells, pairs says that each cell names itself; give one of them")
        if len(delimiter) != 1:
            raise ValueError(f"the delimiter is one sign, not {delimiter!r}")
        "".encode(encoding)
        self._columns = None if columns is None else list(columns)
        self._delimiter = delimiter
        self._encoding = encoding
        self._decimal_comma = decimal_comma
        self._comment = comment or None
        self._pairs = pairs or None

    def decode(self, payload: bytes, topic: str) -> list[dict[str, Any]]:
        """Read a payload.

        Args:
            payload: The lines.
            topic: Not used.

        Returns:
            A document for each line.

        Raises:
            PayloadError: The payload is not text, empty, or a line has another number of cells; names the line.
        """
        try:
            lines = payload.decode(self._encoding).splitlines()
        except UnicodeDecodeError:
            raise PayloadError(f"the payload is not a {self._encoding} text") from None
        if len(lines) > _MOST_LINES:
            raise PayloadError(f"the payload has {len(lines)} lines; at most {_MOST_LINES} are read")
        if self._comment is not None:
            lines = [line for line in lines if not line.lstrip().startswith(self._comment)]
        try:
            rows = [row for row in csv.reader(lines, delimiter=self._delimiter) if row]
        except csv.Error as error:
            raise PayloadError(f"this is not CSV: {error}") from None
        if self._pairs is not None:
            if not rows:
                raise PayloadError("the payload has no line of values")
            return [self._of_pairs(row, self._pairs, number) for number, row in enumerate(rows, start=1)]
        names = self._columns
        if names is None:
            names = [name.strip() for name in rows.pop(0)] if rows else []
            if names and not names[-1]:
                names.pop()
        if not rows:
            raise PayloadError("the payload has no line of values")
        documents = []
        for number, row in enumerate(rows, start=1):
            if len(row) == len(names) + 1 and not row[-1].strip():
                row.pop()  # a delimiter ends the line
            if len(row) != len(names):
                raise PayloadError(f"line {number} has {len(row)} cells, but there are {len(names)} columns")
            documents.append(self._document(names, row))
        return documents

    def _document(self, names: list[str], cells: list[str]) -> dict[str, Any]:
        values = Several()
        for name, cell in zip(names, cells, strict=True):
            text = cell.strip()
            values.add(name, None if not text else read_value(text, decimal_comma=self._decimal_comma))
        return values.values()

    def _of_pairs(self, cells: list[str], sign: str, number: int) -> dict[str, Any]:
        pairs = [cell.partition(sign) for cell in cells if cell.strip()]
        wrong = next((name for name, found, _ in pairs if not found or not name.strip()), None)
        if wrong is not None:
            raise PayloadError(f"line {number}: {wrong!r:.40} is not a name{sign}value")
        return self._document([name.strip() for name, _, _ in pairs], [value for _, _, value in pairs])
