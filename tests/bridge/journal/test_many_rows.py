"""A statement for many rows does what ``executemany`` does."""

from __future__ import annotations

import sqlite3

import pytest

from citycontext.bridge.journal.many_rows import ManyRows


@pytest.mark.parametrize("count", [0, 1, 2, 6, 31, 499, 2_001])
def test_all_rows_are_written_and_deleted(count: int) -> None:
    """Whatever their number, each row is there once and in order; and those named are gone."""
    connection = sqlite3.connect(":memory:")
    connection.execute("CREATE TABLE t (id INTEGER PRIMARY KEY, text TEXT)")
    rows = [(number, f"row {number}") for number in range(count)]
    ManyRows("INSERT INTO t (id, text) VALUES ", 2).execute(connection, rows)
    assert connection.execute("SELECT id, text FROM t ORDER BY rowid").fetchall() == rows
    ManyRows("DELETE FROM t WHERE id IN (", 1, ")").execute(connection, [(number,) for number in range(0, count, 2)])
    assert connection.execute("SELECT id FROM t ORDER BY id").fetchall() == [(n,) for n in range(1, count, 2)]
    connection.close()
