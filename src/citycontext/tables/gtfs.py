"""Stops of public transport: ``stops.txt`` of a GTFS feed, alone or in its zip."""

from __future__ import annotations

import csv
import io
import zipfile
from typing import Final

from citycontext.tables.records import FeedError, FeedReader, FeedRequest, Record

__all__ = ["read_gtfs_stops"]

_FILE: Final = "stops.txt"
_MOST_BYTES: Final = 500_000_000
_ACCEPT: Final = "application/zip, text/csv;q=0.9"
_LOCATION_TYPES: Final = ("stop", "station", "entrance", "node", "boarding area")


def read_gtfs_stops(url: str) -> FeedReader:
    """Read the stops of a feed.

    A record has the fields of ``stops.txt`` that are not empty, by their names, and ``kind``: ``stop``, ``station``,
    ``entrance``, ``node`` or ``boarding area``.

    Args:
        url: Address of the feed's zip, or of ``stops.txt``.

    Raises:
        FeedError: It is not such a feed.
    """
    content = yield FeedRequest(url, _ACCEPT)
    try:
        text = (_unzipped(content) if content.startswith(b"PK") else content).decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise FeedError(f"{_FILE} is not UTF-8, which GTFS asks for: byte {error.start}") from None
    rows = csv.DictReader(io.StringIO(text))
    if "stop_id" not in (rows.fieldnames or ()):
        raise FeedError(f"this is not a {_FILE}: it has no column stop_id")
    records = []
    try:
        for row in rows:
            document = {name: value.strip() for name, value in row.items() if name and value and value.strip()}
            identifier = document.get("stop_id")
            if identifier is None:
                continue
            kind = document.get("location_type", "0")
            known = kind.isascii() and kind.isdigit() and int(kind) < len(_LOCATION_TYPES)
            records.append(Record(identifier, document | {"kind": _LOCATION_TYPES[int(kind)] if known else kind}))
    except csv.Error as error:
        raise FeedError(f"line {rows.line_num} is not CSV: {error}") from None
    return records


def _unzipped(content: bytes) -> bytes:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            # Some pack a folder.
            name = next((one for one in archive.namelist() if one.rpartition("/")[2] == _FILE), None)
            if name is None:
                raise FeedError(f"the feed has no {_FILE}")
            if archive.getinfo(name).file_size > _MOST_BYTES:
                raise FeedError(f"{_FILE} unpacks to more than {_MOST_BYTES:,} bytes")
            return archive.read(name)
    except (zipfile.BadZipFile, RuntimeError, NotImplementedError) as error:
        raise FeedError(f"the feed is not a zip that can be read: {error}") from None
