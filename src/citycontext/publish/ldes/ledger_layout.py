"""The tables of a ledger, and how those of an older layout become them."""

from __future__ import annotations

import sqlite3
from typing import Final

__all__ = ["LAYOUT", "layout_script"]

_SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS setting (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS mark (source TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS entity (number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE);
CREATE TABLE IF NOT EXISTS version (entity INTEGER, at INTEGER, counter INTEGER, page INTEGER, digest INTEGER,
    PRIMARY KEY (entity, at, counter)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS waiting (entity INTEGER, at INTEGER, counter INTEGER, published INTEGER NOT NULL,
    body BLOB NOT NULL, PRIMARY KEY (published, entity, at, counter)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS page (number INTEGER PRIMARY KEY, low INTEGER NOT NULL, high INTEGER NOT NULL,
    members INTEGER NOT NULL, unlinked REAL, revision INTEGER NOT NULL DEFAULT 0,
    published_low INTEGER NOT NULL, published_high INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS owed (page INTEGER PRIMARY KEY);
CREATE TABLE IF NOT EXISTS doomed (name TEXT PRIMARY KEY) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS withheld (digest TEXT, type TEXT, low INTEGER, high INTEGER,
    PRIMARY KEY (digest, type, low, high)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS withdrawal (number INTEGER PRIMARY KEY, record TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS disallowed (rule TEXT, path TEXT, message TEXT NOT NULL, count INTEGER NOT NULL,
    PRIMARY KEY (rule, path)) WITHOUT ROWID;
"""
LAYOUT: Final = 2
"""The number of the layout that this citycontext writes; 0 and 1 are those of citycontext 0.1."""
_REVISIONS: Final = "ALTER TABLE page ADD COLUMN revision INTEGER NOT NULL DEFAULT 0;"
_ASIDE: Final = """
ALTER TABLE version RENAME TO version_1; ALTER TABLE waiting RENAME TO waiting_1; ALTER TABLE page RENAME TO page_1;
"""
_COPIED: Final = """
INSERT INTO version SELECT entity, at, 1, page, NULL FROM version_1;
INSERT INTO waiting SELECT entity, at, 1, at, body FROM waiting_1;
INSERT INTO page SELECT number, low, high, members, unlinked, revision, low, high FROM page_1;
DROP TABLE version_1; DROP TABLE waiting_1; DROP TABLE page_1;
"""


def layout_script(db: sqlite3.Connection) -> str:
    """Return what brings a ledger to the layout of today, as statements of SQL.

    Args:
        db: The ledger.
    """
    has_versions = _has(db, "version")
    change = _SCHEMA
    if has_versions and not _has(db, "version", "counter"):
        change = "".join((_ASIDE, _SCHEMA, _COPIED))
        if not _has(db, "page", "revision"):
            change = _REVISIONS + change
    return f"{change} PRAGMA user_version = {LAYOUT};"


def _has(db: sqlite3.Connection, table: str, column: str = "") -> bool:
    columns = [row[1] for row in db.execute(f"PRAGMA table_info({table})")]
    return column in columns if column else bool(columns)
