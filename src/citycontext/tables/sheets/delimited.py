"""CSV and its relatives: encoding and delimiter are found."""

from __future__ import annotations

import csv
import io
from collections import Counter
from typing import Any, Final

from citycontext.tables.sheets.table import TableError

__all__ = ["read_delimited"]

_DELIMITERS: Final = ";\t,|"
_LOOKED_AT: Final = 50
_LONGEST_CELL: Final = 1_000_000


def read_delimited(content: bytes, delimiter: str | None = None) -> list[list[Any]]:
    """Read the rows of a text with delimiters.

    Args:
        content: The file: UTF-8, UTF-16 with a mark, or what Windows writes in Western Europe.
        delimiter: The delimiter; None to find it.

    Returns:
        Rows of texts, None where nothing stands; empty lines are empty rows, so that numbers of rows stay right.

    Raises:
        TableError: It is not such text.
    """
    text = _decoded(content)
    first, _, rest = text.partition("\n")
    if first.strip().lower().startswith("sep=") and len(first.strip()) == 5:
        # A line for Excel, which hides it: rows below keep the numbers that they have in the file.
        delimiter, text = first.strip()[4], f"\n{rest}"
    chosen = delimiter or _delimiter(text)
    limit = csv.field_size_limit(_LONGEST_CELL)
    try:
        return [[cell.strip() or None for cell in row] for row in csv.reader(io.StringIO(text), delimiter=chosen)]
    except csv.Error as error:
        raise TableError(f"the file is not CSV: {error}") from None
    finally:
        csv.field_size_limit(limit)


def _decoded(content: bytes) -> str:
    if content[:2] in (b"\xff\xfe", b"\xfe\xff"):
        encodings: tuple[str, ...] = ("utf-16",)
    elif b"\0" in content[:4096]:
        raise TableError("the file is not text")
    else:
        encodings = ("utf-8-sig", "cp1252", "latin-1")
    for encoding in encodings:
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise TableError("the file is not text that can be read; save it as UTF-8")


def _delimiter(text: str) -> str:
    """Return the sign that cuts the most lines into the same number of cells."""
    lines = text.splitlines()[:_LOOKED_AT]
    best, chosen = (0, 0), ","
    for sign in _DELIMITERS:
        try:
            widths = Counter(len(row) for row in csv.reader(lines, delimiter=sign) if len(row) > 1)
        except csv.Error:
            continue
        if widths:
            width, number = widths.most_common(1)[0]
            if (number, width) > best:
                best, chosen = (number, width), sign
    return chosen
