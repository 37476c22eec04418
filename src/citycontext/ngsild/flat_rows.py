"""A history as flat rows, as dashboards and spreadsheets read it: a value each, with its time and whose it is."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

import orjson

from citycontext.errors import DataError
from citycontext.ngsild.time import instant_of

__all__ = ["COLUMNS", "MOST", "FlatRow", "RowRequest", "TooManyRows", "last_part", "rows_of", "written_rows"]

COLUMNS: Final = ("time", "id", "name", "type", "attribute", "value", "unit")
MOST: Final = 100_000
_USUAL: Final = 1_000
_FORMULA: Final = frozenset("=+-@\t\r")
_KNOWN: Final = ("type", "attrs", "id", "from", "to", "last", "f")

FlatRow = tuple[str, str, str, str, str, Any, str]
"""What `COLUMNS` name; the time is ISO 8601 in UTC."""


class TooManyRows(DataError):
    """More rows are asked for than are given at once."""

    def __init__(self) -> None:
        super().__init__(f"there are more than {MOST:,} rows; narrow them down by type, attrs, id, from or last")


@dataclass(frozen=True, slots=True)
class RowRequest:
    """Which rows are asked for.

    Args:
        types: Names of types, short or as addresses; empty for all.
        attributes: Names of attributes, likewise.
        ids: Entities; empty for all.
        start: First moment; None for the beginning.
        end: Moment before which; None for now.
        last: How many values of each attribute at most, the newest.
        as_csv: Whether they are wanted as CSV.
    """

    types: frozenset[str]
    attributes: frozenset[str]
    ids: frozenset[str]
    start: datetime | None
    end: datetime | None
    last: int
    as_csv: bool

    @classmethod
    def read(cls, parameters: Mapping[str, str]) -> RowRequest:
        """Read the parameters of a request.

        Args:
            parameters: Those of the address.

        Raises:
            DataError: One is not known, or cannot be read.
        """
        for name in parameters:
            if name not in _KNOWN:
                raise DataError(f"there is no parameter {name[:50]!r} here; there are {', '.join(_KNOWN)}")
        lists = {name: frozenset(filter(None, parameters.get(name, "").split(","))) for name in ("type", "attrs", "id")}
        last = parameters.get("last", str(_USUAL))
        if not (last.isascii() and last.isdecimal() and 1 <= len(last) <= 9 and int(last) >= 1):
            raise DataError("last: a whole number, 1 or more")
        form = parameters.get("f", "json")
        if form not in ("json", "csv"):
            raise DataError("f: json or csv")
        start, end = (_moment(name, parameters.get(name, "")) for name in ("from", "to"))
        return cls(lists["type"], lists["attrs"], lists["id"], start, end, min(int(last), MOST), form == "csv")

    def wants_types(self, types: Iterable[str]) -> bool:
        """Return whether entities of these types are asked for."""
        return not self.types or any(one in self.types or last_part(one) in self.types for one in types)

    def wants_attribute(self, name: str) -> bool:
        """Return whether an attribute is asked for."""
        return not self.attributes or name in self.attributes or last_part(name) in self.attributes

    def wants_moment(self, moment: datetime) -> bool:
        """Return whether a moment is in the span asked for."""
        return (self.start is None or moment >= self.start) and (self.end is None or moment < self.end)


def rows_of(
    request: RowRequest, identifier: str, name: str, kind: str, attribute: str, instances: Iterable[Mapping[str, Any]]
) -> Iterator[FlatRow]:
    """Yield a row for each instance that has a value which fits into a cell, and a time.

    Args:
        request: What is asked for.
        identifier: The entity's id.
        name: How people call it.
        kind: Its type.
        attribute: The attribute's name.
        instances: Its instances.
    """
    for one in instances:
        written = next((one[key] for key in ("observedAt", "modifiedAt", "createdAt") if key in one), None)
        value = _cell(one)
        if written is None or value is None:
            continue
        moment = instant_of(written, "observedAt")
        if request.wants_moment(moment):
            time = moment.astimezone(UTC).isoformat().replace("+00:00", "Z")
            unit = str(one.get("unitCode", ""))
            yield time, identifier, name, last_part(kind), last_part(attribute), value, unit


def written_rows(rows: Iterable[FlatRow], *, as_csv: bool) -> bytes:
    """Write rows in the order of time.

    Args:
        rows: The rows.
        as_csv: CSV in place of a list of JSON objects.

    Raises:
        TooManyRows: There are more than are given at once.
    """
    kept: list[FlatRow] = []
    for row in rows:
        if len(kept) == MOST:
            raise TooManyRows
        kept.append(row)
    kept.sort(key=lambda row: row[:5])
    if not as_csv:
        return orjson.dumps([dict(zip(COLUMNS, row, strict=True)) for row in kept])
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(COLUMNS)
    # A text that a spreadsheet would take for a formula is marked as a text.
    writer.writerows(
        [f"'{cell}" if isinstance(cell, str) and cell[:1] in _FORMULA else cell for cell in row] for row in kept
    )
    return text.getvalue().encode()


def last_part(name: str) -> str:
    """Return the short name of a type or an attribute that is written as an address.

    Args:
        name: The name.
    """
    return name.rstrip("/#").replace("#", "/").rpartition("/")[2] or name


def _cell(instance: Mapping[str, Any]) -> Any:
    for key in ("value", "object", "vocab"):
        if isinstance(instance.get(key), (str, int, float)):
            return instance[key]
    words = instance.get("languageMap")
    return next((one for one in words.values() if isinstance(one, str)), None) if isinstance(words, dict) else None


def _moment(name: str, text: str) -> datetime | None:
    """Read a time, or milliseconds since 1970, as dashboards write them."""
    if not text:
        return None
    try:
        if text.removeprefix("-").isdecimal():
            return datetime.fromtimestamp(int(text) / 1000, UTC)
        moment = datetime.fromisoformat(text)
    except (ValueError, OverflowError, OSError):
        raise DataError(f"{name}: a time such as 2024-05-01T10:00:00Z, or milliseconds since 1970") from None
    return moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)
