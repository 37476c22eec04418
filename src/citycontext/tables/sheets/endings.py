"""Where a table ends: totals, notes and other tables below it are not rows of it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, Final

from citycontext.foreign_text import shown
from citycontext.tables.sheets.cells import number_and_unit, read_number
from citycontext.tables.sheets.table import Row

__all__ = ["rows_of_one_table"]

_TOTALS: Final = (
    *("totaal", "totalen", "total", "totals", "totaux", "som", "somme", "sum", "eindtotaal", "algemeen-totaal"),
    *("grand-total", "total-général", "gemiddelde", "gemiddeld", "average", "mean", "moyenne", "aantal"),
    *("subtotaal", "subtotal", "sous-total"),
)
_SUBTOTALS: Final = frozenset({"subtotaal", "subtotal", "sous-total"})
_MOST_ENDINGS: Final = 20


def rows_of_one_table(rows: Sequence[Row]) -> tuple[list[Row], list[str]]:
    """Return the rows of a table without what stands below it, and what a person should know of that.

    Args:
        rows: The rows below the names, without empty ones.
    """
    remarks: list[str] = []
    kept = list(rows)
    end = _beginning_of_another(kept)
    if end is not None:
        remarks.append(f"row {kept[end].number} begins another table; it and what is below are left out")
        del kept[end:]
    subtotals = [row for row in kept if _word(row) in _SUBTOTALS]
    if subtotals and len(subtotals) < len(kept):
        kept = [row for row in kept if _word(row) not in _SUBTOTALS]
        named = ", ".join(str(row.number) for row in subtotals[:5])
        remarks.append(f"rows of subtotals are left out: {named}{' …' if len(subtotals) > 5 else ''}")
    for _ in range(_MOST_ENDINGS):
        if len(kept) < 2 or (what := _ending(kept)) is None:
            break
        last = kept.pop()
        remarks.append(f"row {last.number} ({shown(_first(last), 40)}) is {what}, and is left out")
    return kept, remarks


def _first(row: Row) -> Any:
    return next(
        (value for number, value in enumerate(row.values) if value is not None and number not in row.merged), ""
    )


def _word(row: Row) -> str:
    first = _first(row)
    return "-".join(first.lower().strip(" :.=").split()) if isinstance(first, str) else ""


def _filled(row: Row) -> list[int]:
    return [number for number, value in enumerate(row.values) if value is not None or number in row.faults]


def _number(value: Any) -> float | None:
    try:
        return float(read_number(number_and_unit(value)[0]))
    except ValueError:
        return None


def _ending(rows: Sequence[Row]) -> str | None:
    """Return what the last row is, if it is not one of the table."""
    last, above = rows[-1], rows[:-1]
    apart = last.number - above[-1].number > 1
    filled = _filled(last)
    if _word(last) in _TOTALS:
        others = [place for place in filled if _number(last.values[place]) is not None]
        if apart or _word(last) in _SUBTOTALS or any(_is_sum(rows, place) for place in others):
            return "a total"
    usual = min(len(_filled(row)) for row in above)
    if apart and len(filled) == 1 and usual > 1 and isinstance(_first(last), str):
        return "a note"
    return None


def _is_sum(rows: Sequence[Row], place: int) -> bool:
    total = _number(rows[-1].values[place])
    if total == len(rows) - 1:
        return True  # a count
    parts = [number for row in rows[:-1] if (number := _number(row.values[place])) is not None]
    if total is None or not parts:
        return False
    return math.isclose(total, sum(parts), rel_tol=1e-6, abs_tol=0.51) or math.isclose(
        total, sum(parts) / len(parts), rel_tol=1e-3, abs_tol=0.01
    )


def _beginning_of_another(rows: Sequence[Row]) -> int | None:
    """Return where, below a gap, a row of names stands: texts alone, where the rows above have numbers."""
    for index in range(1, len(rows)):
        row, before = rows[index], rows[index - 1]
        if row.number - before.number < 2 or index + 1 >= len(rows):
            continue
        filled = _filled(row)
        if len(filled) < 2 or not all(_is_word(row.values[place]) for place in filled):
            continue
        if rows[index + 1].number - row.number > 1:
            continue
        numeric = [
            place
            for place in filled
            if any(_number(one.values[place]) is not None for one in rows[:index])
            and not any(_is_word(one.values[place]) for one in rows[:index])
        ]
        wider = any(place for place in filled if all(one.values[place] is None for one in rows[:index]))
        if numeric or wider:
            return index
    return None


def _is_word(value: Any) -> bool:
    return isinstance(value, str) and _number(value) is None and any(char.isalpha() for char in value)
