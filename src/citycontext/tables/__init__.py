"""Tables and feeds of others, read into records: pure, without sockets. A reader asks for documents and gets bytes."""

from __future__ import annotations

from citycontext.tables.records import FeedError, FeedReader, FeedRequest, Record

__all__ = ["FeedError", "FeedReader", "FeedRequest", "Record"]
