"""Records of plain files: CSV by its rows, JSON and XML by a list somewhere in them."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable
from typing import Any, Final

from citycontext.tables.records import FeedError, FeedReader, FeedRequest, Record, json_of, unpacked
from citycontext.tables.xml_elements import parse_xml, to_plain

__all__ = ["Find", "csv_rows", "read_csv", "read_json", "read_xml"]

Find = Callable[[Any], Any]
"""Returns what a path leads to in a document."""

_DELIMITERS: Final = ",;\t|"
_SEPARATOR: Final = re.compile(r"sep=(.)", re.IGNORECASE)
_QUOTED: Final = re.compile(r'"[^"]*"')
_XML: Final = "application/xml, text/xml;q=0.9"


def read_csv(url: str, key: str | None = None, encoding: str = "utf-8-sig") -> FeedReader:
    """Read a CSV file with a line of names; its delimiter is found.

    Args:
        url: Its address.
        key: Column that tells rows apart; the first by default.
        encoding: Its encoding.

    Raises:
        FeedError: It is not CSV, or lacks the column.
    """
    return csv_rows((yield FeedRequest(url, "text/csv")), key, encoding)


def csv_rows(content: bytes, key: str | None = None, encoding: str = "utf-8-sig") -> list[Record]:
    """Return the rows of a CSV file with a line of names.

    Args:
        content: The file.
        key: Column that tells rows apart; the first by default.
        encoding: Its encoding.

    Raises:
        FeedError: It is not CSV, or lacks the column.
    """
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError as error:
        raise FeedError(f"the file is not {encoding}: {error.reason} at byte {error.start}; say encoding = …") from None
    text = text.removeprefix("\ufeff").lstrip("\r\n")
    first = text.partition("\n")[0]
    # The first line of Excel's: what the delimiter is, for Excel.
    if said := _SEPARATOR.fullmatch(first.strip("\r")):
        delimiter, text = said[1], text.partition("\n")[2]
    else:
        # A name in quotes may hold any of them.
        delimiter = max(_DELIMITERS, key=_QUOTED.sub("", first).count)
    rows = csv.DictReader(io.StringIO(text), delimiter=delimiter)
    names = [name.strip() for name in rows.fieldnames or ()]
    if not names:
        raise FeedError("the file is empty")
    rows.fieldnames = names
    wanted = key or names[0]
    if wanted not in names:
        raise FeedError(f"the file has no column {wanted!r}; it has {', '.join(names)[:200]}")
    records = []
    try:
        for row in rows:
            document = {name: value.strip() for name, value in row.items() if name and isinstance(value, str)}
            if document.get(wanted):
                records.append(Record(document[wanted], {name: value for name, value in document.items() if value}))
    except csv.Error as error:
        raise FeedError(f"line {rows.line_num} is not CSV: {error}") from None
    return records


def read_json(url: str, records: Find, key: Find | None) -> FeedReader:
    """Read a JSON document that holds a list of records.

    Args:
        url: Its address.
        records: Finds the list.
        key: Finds, in a record, what tells it from the others; its place in the list by default.

    Raises:
        FeedError: There is no such list, or a record has no key.
    """
    document = json_of((yield FeedRequest(url)), "the document")
    return _listed(records(document), key)


def read_xml(url: str, records: Find, key: Find | None) -> FeedReader:
    """Read an XML document that holds a list of elements.

    Names lose their namespaces, attributes become ``@name``, text beside them ``#text``; what occurs once is a member,
    what occurs several times a list.

    Args:
        url: Its address.
        records: Finds the list.
        key: Finds, in a record, what tells it from the others; its place in the list by default.

    Raises:
        FeedError: It is not XML, there is no such list, or a record has no key.
    """
    root = parse_xml((yield FeedRequest(url, _XML)))
    found = records({root.tag: to_plain(root)})
    # A list of one looks like one.
    return _listed([found] if isinstance(found, dict) else found, key)


def _listed(found: Any, key: Find | None) -> list[Record]:
    if not isinstance(found, list):
        raise FeedError(f"records leads to {found!r:.60}, no list")
    records = []
    for number, one in enumerate(found):
        name = number if key is None else key(one)
        if not isinstance(name, str | int | float):
            raise FeedError(f"record {number} has no key: {name!r:.60}")
        document = unpacked(one) if isinstance(one, dict) else {"value": one}
        records.append(Record(str(name), document))
    return records
