"""CSV: each line a document."""

from __future__ import annotations

import pytest

from citycontext.bridge.codecs.csv import CsvCodec
from citycontext.errors import PayloadError


def test_columns_come_from_the_route_or_the_first_line() -> None:
    """Numbers and truth values are read as such; an empty cell is nothing."""
    line = b"7;21,5;on;\n"
    named = CsvCodec(columns=["id", "t", "lamp", "note"], delimiter=";", decimal_comma=True).decode(line, "t")
    assert named == [{"id": 7, "t": 21.5, "lamp": True, "note": None}]
    assert CsvCodec().decode(b"id, t\n7,21.5\n\n8,22\n", "t") == [{"id": 7, "t": 21.5}, {"id": 8, "t": 22}]


@pytest.mark.parametrize(
    ("payload", "says"),
    [
        (b"", "no line of values"),
        (b"id,t\n", "no line of values"),
        (b"id,t\n7\n", "line 1 has 1 cells, but there are 2 columns"),
        (b"\xff", "not a utf-8 text"),
        (b"\n" * 200_000, "200000 lines"),
    ],
)
def test_what_is_no_csv_is_explained(payload: bytes, says: str) -> None:
    """With the line."""
    with pytest.raises(PayloadError, match=says):
        CsvCodec().decode(payload, "t")


def test_a_delimiter_at_the_end_of_a_line_and_comments() -> None:
    """Neither is a cell; a line that is longer is still refused."""
    codec = CsvCodec(delimiter=";", columns=["t", "h"], comment="#")
    assert codec.decode(b"# taken at noon\n21.5;40;\n22;41", "t") == [{"t": 21.5, "h": 40}, {"t": 22, "h": 41}]
    assert CsvCodec().decode(b"t,h,\n21.5,40,", "t") == [{"t": 21.5, "h": 40}]
    with pytest.raises(PayloadError, match="line 1 has 3 cells"):
        codec.decode(b"21.5;40;7", "t")
