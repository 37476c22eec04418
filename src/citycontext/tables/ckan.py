"""Tables of a CKAN portal: the datastore's search, page by page."""

from __future__ import annotations

from typing import Any, Final
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from citycontext.tables.records import FeedError, FeedReader, FeedRequest, Record, json_of, unpacked

__all__ = ["read_ckan"]

_PAGE: Final = 1_000
_MOST: Final = 100_000


def read_ckan(url: str, key: str | None = None) -> FeedReader:
    """Read the rows of a resource.

    Args:
        url: Address of ``/api/3/action/datastore_search`` with its ``resource_id``, or of ``datastore_search_sql`` with
            its ``sql``.
        key: Field that tells rows apart; the datastore's own ``_id`` by default.

    Raises:
        FeedError: It is not such an answer, says that it failed, or has very many rows.
    """
    parts = urlsplit(url)
    query = dict(parse_qsl(parts.query, keep_blank_values=True))
    size = min(int(query["limit"]), _PAGE) if query.get("limit", "").isdigit() else _PAGE
    rows: list[Record] = []
    if parts.path.rstrip("/").endswith("_sql"):
        # Its pages are in the statement itself.
        found = _rows(json_of((yield FeedRequest(url)), "the answer"))
        return _records(found, key or "_id", 0)
    while True:
        page = query | {"limit": str(size), "offset": str(len(rows))}
        document = json_of((yield FeedRequest(urlunsplit(parts._replace(query=urlencode(page))))), "a page")
        found = _rows(document)
        rows += _records(found, key or "_id", len(rows))
        total = document["result"].get("total", len(rows))
        if len(found) < size or (isinstance(total, int) and len(rows) >= total):
            return rows
        if len(rows) >= _MOST:
            raise FeedError(f"the resource has more than {_MOST} rows; narrow it down with filters=…")


def _records(found: list[dict[str, Any]], key: str, before: int) -> list[Record]:
    for number, row in enumerate(found, before):
        if key not in row:
            raise FeedError(f"row {number} has no {key!r} to tell it by")
    return [Record(str(row[key]), unpacked(row)) for row in found]


def _rows(document: Any) -> list[dict[str, Any]]:
    if not isinstance(document, dict):
        raise FeedError("this is not an answer of CKAN: it is not an object")
    if document.get("success") is False:
        raise FeedError(f"CKAN refuses: {str(document.get('error'))[:200]}")
    result = document.get("result")
    rows = result.get("records") if isinstance(result, dict) else None
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise FeedError("this is not an answer of datastore_search: it has no records")
    return rows
