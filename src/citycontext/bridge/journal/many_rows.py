"""One SQL statement for many rows.

``executemany`` lets go of the interpreter at each row, and with other threads at work stands in line at each to get it
back. A statement that holds a hundred rows stands in line once.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from itertools import chain
from typing import Any, Final

__all__ = ["ManyRows"]

_MOST_VALUES: Final = 900
"""SQLite takes 999 values in a statement, where it was built a long time ago."""
_STEP: Final = 5


class ManyRows:
    """A statement in which a part is repeated for each row.

    Args:
        before: Text before the rows.
        columns: How many values a row has.
        after: Text after the rows.
    """

    def __init__(self, before: str, columns: int, after: str = "") -> None:
        row = "?" if columns == 1 else f"({', '.join('?' * columns)})"
        self._sizes: list[tuple[int, str]] = []
        size = _MOST_VALUES // columns
        while size:
            self._sizes.append((size, f"{before}{', '.join([row] * size)}{after}"))
            size = size // _STEP or int(size > 1)

    def execute(self, connection: sqlite3.Connection, rows: Sequence[Sequence[Any]]) -> None:
        """Execute it for all rows, in their order.

        Args:
            connection: Where.
            rows: The values of each row.
        """
        start = 0
        for size, statement in self._sizes:
            while len(rows) - start >= size:
                connection.execute(statement, list(chain.from_iterable(rows[start : start + size])))
                start += size
