"""Open-data portals on Opendatasoft: Explore 2.1, by ``records`` with its pages or by ``exports``."""

from __future__ import annotations

from typing import Any, Final
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from citycontext.tables.records import FeedError, FeedReader, FeedRequest, Record, json_of, unpacked
from citycontext.tables.rows import csv_rows

__all__ = ["read_opendatasoft"]

_PAGE: Final = 100
_MOST: Final = 10_000
"""As far as ``offset`` goes; more have to come by ``exports``."""
_KEYS: Final = ("recordid", "id", "identifier", "uri", "objectid", "name", "naam", "nom")


def read_opendatasoft(url: str, key: str | None = None) -> FeedReader:
    """Read the records of a data set; JSON that stands inside of text is taken out of it.

    Args:
        url: Address of the data set's ``records``, of one of its ``exports`` (``json``, ``jsonl``, ``geojson`` or
            ``csv``), or of the data set itself.
        key: Field that tells records apart; one of the usual ones by default.

    Raises:
        FeedError: It is not such an answer, or has more records than can be had by pages.
    """
    parts = urlsplit(url)
    path = parts.path.rstrip("/")
    if "/exports/" in path:
        content = yield FeedRequest(url, "*/*")
        return _records(_exported(content, path.rpartition("/")[2]), key)
    if not path.endswith("/records"):
        path += "/records"
    query = dict(parse_qsl(parts.query, keep_blank_values=True))
    size = min(int(query.get("limit", _PAGE)), _PAGE) if query.get("limit", "1").isdigit() else _PAGE
    rows: list[Any] = []
    while True:
        page = query | {"limit": str(size), "offset": str(len(rows))}
        document = json_of((yield FeedRequest(urlunsplit(parts._replace(path=path, query=urlencode(page))))), "a page")
        if not isinstance(document, dict) or not isinstance(document.get("results"), list):
            raise FeedError("this is not an answer of Explore 2.1: it has no results")
        rows += document["results"]
        total = document.get("total_count", len(rows))
        if not document["results"] or len(rows) >= total:
            return _records(rows, key)
        if len(rows) + size > _MOST:
            raise FeedError(f"the data set has {total} records, and pages reach {_MOST}; name its exports/json instead")


def _exported(content: bytes, form: str) -> list[Any]:
    if form == "csv":
        return [dict(row.document) for row in csv_rows(content)]
    if form == "jsonl":
        return [json_of(line, "a line of the export") for line in content.splitlines() if line.strip()]
    return _listed(json_of(content, "the export"))


def _listed(document: Any) -> list[Any]:
    if isinstance(document, dict) and isinstance(document.get("features"), list):
        return [
            {**(one.get("properties") or {}), "geometry": one.get("geometry")}
            for one in document["features"]
            if isinstance(one, dict)
        ]
    if not isinstance(document, list):
        raise FeedError("this is not an export: it is not a list")
    return document


def _records(rows: list[Any], key: str | None) -> list[Record]:
    records = []
    for number, row in enumerate(rows):
        if not isinstance(row, dict):
            raise FeedError(f"record {number} is not an object")
        document = unpacked(row)
        names = _KEYS if key is None else (key,)
        found = next((row[name] for name in names if isinstance(row.get(name), str | int)), None)
        if found is None and key is not None:
            raise FeedError(f"record {number} has no {key!r} to tell it by")
        records.append(Record(str(number) if found is None else str(found), document))
    return records
