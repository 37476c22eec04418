"""A spreadsheet, or another file of rows, as a place that entities are read from."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from citycontext.errors import ConfigurationError
from citycontext.ngsild.batch import BatchResult
from citycontext.tables.sheets.conversion import Conversion, RowResult
from citycontext.tables.sheets.table import Row, Table
from citycontext.transfer.places import Place, Position

__all__ = ["TablePlace"]


class TablePlace(Place):
    """The rows of a table; those that become no entity are kept beside.

    .. versionadded:: 0.2

    Args:
        path: The file.
        table: What was read of it.
        conversion: What makes entities of its rows.
    """

    def __init__(self, path: Path, table: Table, conversion: Conversion) -> None:
        self._path = path
        self._table = table
        self._conversion = conversion
        self._rows: dict[str, Row] = {}
        self.refused: list[RowResult] = []
        """The rows that became no entity."""
        self.remarked: list[RowResult] = []
        """The rows that became an entity, and have findings."""

    @property
    def name(self) -> str:
        """The file's absolute path, and the sheet."""
        return f"{self._path.resolve()}{self._table.sheet and f' ({self._table.sheet})'}"

    def read(self, position: Position | None) -> Iterator[tuple[dict[str, Any], Position]]:
        """Yield the entities, by row; all rows are looked at, so that ids that occur twice are seen."""
        skip = int((position or {}).get("number", 0))
        self._rows, self.refused, self.remarked = {}, [], []
        for number, result in enumerate(self._conversion, 1):
            if result.entity is None:
                self.refused.append(result)
                continue
            if result.findings:
                self.remarked.append(result)
            self._rows[result.entity["id"]] = result.row
            if number > skip:
                yield result.entity, {"number": number}

    def row_of(self, identifier: str) -> Row | None:
        """Return the row that an entity was made of.

        Args:
            identifier: Its id.
        """
        return self._rows.get(identifier)

    def find(self, entities: Sequence[Mapping[str, Any]]) -> Mapping[str, dict[str, Any]]:
        """Return what is here of some entities, by id."""
        wanted = {one["id"] for one in entities}
        return {entity["id"]: entity for entity, _ in self.read(None) if entity["id"] in wanted}

    def write(self, entities: Sequence[dict[str, Any]]) -> BatchResult:
        """Refuse: a table is only read."""
        raise ConfigurationError("a table is only read; write to a file of NDJSON.", file=str(self._path))

    def count(self) -> int | None:
        """Return how many rows there are."""
        return len(self._table.rows)
