"""The history that streams hold, as flat rows."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Final

from citycontext.ngsild.flat_rows import MOST, FlatRow, RowRequest, TooManyRows, rows_of, written_rows
from citycontext.publish.features.sources import StreamFolder
from citycontext.publish.site.shelf import Shelf

__all__ = ["ROWS_PATH", "published_rows"]

ROWS_PATH: Final = "/rows"


def published_rows(request: RowRequest, shelves: Sequence[Shelf]) -> bytes:
    """Write the rows of all streams whose members are NGSI-LD.

    Args:
        request: Which rows.
        shelves: The datasets.

    Raises:
        TooManyRows: There are more than are given at once.
    """
    series: defaultdict[tuple[str, str], dict[str, FlatRow]] = defaultdict(dict)
    number = 0
    for row in _versions(request, shelves):
        one = series[row[1], row[4]]
        # A version repeats what has not changed, and a correction takes the place of what it corrects.
        number += row[0] not in one
        if number > MOST:
            raise TooManyRows
        one[row[0]] = row
    newest = (row for one in series.values() for row in sorted(one.values(), key=_time)[-request.last :])
    return written_rows(newest, as_csv=request.as_csv)


def _time(row: FlatRow) -> str:
    return row[0]


def _versions(request: RowRequest, shelves: Sequence[Shelf]) -> Iterator[FlatRow]:
    for shelf in shelves:
        folder, stream = shelf.stream_folder, shelf.publication.stream
        if folder is None or stream is None or stream.members != "ngsi-ld":
            continue
        for _, entity in StreamFolder(Path(folder), shelf.publication).versions():
            wire = entity.wire
            identifier, types = str(wire["id"]), _list(wire.get("type", ""))
            if not request.wants_types(types) or (request.ids and identifier not in request.ids):
                continue
            named = wire.get("name")
            name = named.get("value") if isinstance(named, dict) else named
            called = name if isinstance(name, str) else identifier.rpartition(":")[2]
            for attribute, held in wire.items():
                if request.wants_attribute(attribute):
                    instances = [one for one in _list(held) if isinstance(one, dict)]
                    yield from rows_of(request, identifier, called, str(types[0]), attribute, instances)


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]
